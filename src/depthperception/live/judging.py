"""Judging pieces of the film, one after the other, in a thread of its own."""

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from depthperception.case import Case
from depthperception.depth import calibrated
from depthperception.errors import VideoError
from depthperception.io.atomic import write_json
from depthperception.live.counts import Counts
from depthperception.live.memory import Memory, Piece
from depthperception.live.settings import MOST_WAITING
from depthperception.memory import give_back
from depthperception.models import session
from depthperception.options import Options
from depthperception.pipeline import examine_case
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import silent

logger = logging.getLogger(__name__)

ENDINGS = (".mp4", ".mkv", ".json")


@dataclass(frozen=True)
class LiveAttempt:
    """One attempt, judged while the camera runs.

    Attributes
    ----------
    number
        From 1.
    judgement, attempt
        Of its piece of the film, whose times they have, and which of its attempts it is.
    video
        That piece, as the camera gave it; the judgement lies beside it as .json.
    began_s
        When the piece begins, from the feed's first picture.
    delay_s
        From when the picture of the lockout came to when this was known.
    whole
        Whether this is the last that is told of it. First each attempt is told of without its bar, which takes as long
        as all else.
    bar_left_out
        The bar is not measured at all, because other squats wait: judging has fallen behind and catches up so.
    """

    number: int
    judgement: Judgement
    attempt: AttemptJudgement
    video: Path
    began_s: float
    delay_s: float
    whole: bool
    bar_left_out: bool = False


class Judging:
    """Judges pieces, one after the other, in a thread of its own."""

    def __init__(
        self, memory: Memory, folder: Path, options: Options, on_attempt: Callable[[LiveAttempt], None], keep: int
    ) -> None:
        self.memory, self.options, self.counts = memory, options, Counts()
        self._folder, self._on_attempt, self._keep = folder, on_attempt, keep
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judging")
        self._jobs: deque[Future[None]] = deque()
        self._pieces = deque(sorted(path.with_suffix("") for path in folder.glob("squat_[0-9][0-9][0-9][0-9].json")))
        self._number = int(self._pieces[-1].name.removeprefix("squat_")) if self._pieces else 0
        self._judged_s = -1.0
        self._jobs.append(self._thread.submit(_get_ready))

    @property
    def failed(self) -> bool:
        """Whether one could not be judged; `close` raises why."""
        while self._jobs and self._jobs[0].done() and self._jobs[0].exception() is None:
            self._jobs.popleft()
        return bool(self._jobs) and self._jobs[0].done()

    def submit(self, piece: Piece) -> bool:
        """Queue a piece; false where too many wait."""
        if self.waiting() >= MOST_WAITING:
            return False
        self._jobs.append(self._thread.submit(self._judge, piece))
        return True

    def look_ahead(self, piece: Piece) -> bool:
        """Look at the bottom of a squat that is not over yet, so that its networks' answers are known when it is.

        False where something else is at work, which comes first.
        """
        if self.waiting() or not piece.is_whole:
            return False
        self._jobs.append(self._thread.submit(self._look_ahead_at, piece))
        return True

    def waiting(self) -> int:
        """Say how many pieces wait or are at work."""
        return sum(not job.done() for job in self._jobs)

    def _look_ahead_at(self, piece: Piece) -> None:
        """Judge what there is of it, and forget it: what the networks saw is remembered."""
        with suppress(VideoError), TemporaryDirectory() as folder:
            video = self.memory.write(Path(folder) / "rising", piece)
            examine_case(self._depth_alone(piece.case(video, self.options)), silent)

    def _depth_alone(self, case: Case) -> Case:
        """Leave out the bar, and close looks at knees and feet: what the first word of an attempt does without."""
        settings = self.options.settings
        attempts = replace(settings.attempts, refinement=replace(settings.attempts.refinement, end_frames=0))
        bare = replace(settings, plates=replace(settings.plates, attempts=0), attempts=attempts)
        return replace(case, options=replace(self.options, settings=bare))

    def close(self) -> None:
        """Judge what waits."""
        self._thread.shutdown()
        for job in self._jobs:
            job.result()

    def _judge(self, piece: Piece) -> None:
        """Write a piece and judge it; one that cannot be read is counted and said, and does not end the rest."""
        self._number += 1
        place = self._folder / f"squat_{self._number:04d}"
        self._pieces.append(place)
        try:
            self._judge_at(place, piece)
        except VideoError as error:
            self.counts.not_judged += 1
            logger.warning("%s could not be judged: %s", place.name, error)
        give_back()
        while len(self._pieces) > self._keep:
            old = self._pieces.popleft()
            for ending in ENDINGS:
                old.with_suffix(ending).unlink(missing_ok=True)

    def _judge_at(self, place: Path, piece: Piece) -> None:
        video = self.memory.write(place, piece)
        case = piece.case(video, self.options)
        judgement = examine_case(self._depth_alone(case), silent).judgement
        behind = self.waiting() > 1  # this one is at work, others wait
        if not behind:
            self._tell(judgement, piece, video, whole=False)
            judgement = examine_case(case, silent).judgement
        told = self._tell(judgement, piece, video, whole=True, bar_left_out=behind)
        write_json(video.with_suffix(".json"), judgement.to_dict())
        self.counts.attempts += told
        self.counts.without_bar += told if behind else 0
        self._judged_s = max([self._judged_s, *(piece.began_s + one.end_s for one in judgement.attempts)])

    def _tell(self, judgement: Judgement, piece: Piece, video: Path, *, whole: bool, bar_left_out: bool = False) -> int:
        """Tell of the attempts that were not told of with an earlier piece; gives how many."""
        known_s, told = time.monotonic(), 0
        for attempt in judgement.attempts:
            if piece.began_s + attempt.bottom_s > self._judged_s:
                told += 1
                delay_s = known_s - piece.came_s(piece.began_s + attempt.end_s)
                number = self.counts.attempts + told
                where = video, piece.began_s, delay_s
                self._on_attempt(LiveAttempt(number, judgement, attempt, *where, whole, bar_left_out))
        return told


def _get_ready() -> None:
    """Load what the first judging would wait for."""
    for name in ("pose_landmark_full", "pose_mask", "plates"):
        session(name, threads=1)
    calibrated.get_ready()
