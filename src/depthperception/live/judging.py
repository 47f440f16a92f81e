"""Judging pieces of the film: their depths as soon as they can be, their bars when there is time."""

import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from depthperception.case import Case
from depthperception.depth import calibrated
from depthperception.errors import VideoError
from depthperception.io.atomic import write_json
from depthperception.live.counts import Counts
from depthperception.live.memory import Memory, Piece
from depthperception.live.settings import MOST_BARS, MOST_WAITING
from depthperception.live.turns import Turns
from depthperception.memory import give_back
from depthperception.models import session
from depthperception.options import Options
from depthperception.pipeline import examine_case
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import Progress, Step, silent

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


class _Enough(Exception):  # noqa: N818  it is no error
    """What was to be looked at is."""


def _until_bottoms(step: str, done: float) -> None:
    """Let a judging go on until it would look at bottoms."""
    if step == Step.REFINE:
        raise _Enough


@dataclass(frozen=True, eq=False)
class _Told:
    """A piece of which the depths were told: bottoms after `since_s`, as attempts from number `first` on."""

    case: Case
    piece: Piece
    video: Path
    since_s: float
    first: int


class Judging:
    """Judges pieces, one after the other: their depths at once, their bars when no depth is asked for."""

    def __init__(
        self, memory: Memory, folder: Path, options: Options, on_attempt: Callable[[LiveAttempt], None], keep: int
    ) -> None:
        self.memory, self.options, self.counts = memory, options, Counts()
        self._folder, self._on_attempt, self._keep = folder, on_attempt, keep
        self._turns = Turns()
        self._pieces = deque(sorted(path.with_suffix("") for path in folder.glob("squat_[0-9][0-9][0-9][0-9].json")))
        self._number = int(self._pieces[-1].name.removeprefix("squat_")) if self._pieces else 0
        self._judged_s = -1.0
        self._turns.at_once(_get_ready)

    @property
    def failed(self) -> bool:
        """Whether one could not be judged; `close` raises why."""
        return self._turns.failed

    def submit(self, piece: Piece) -> bool:
        """Queue a piece; false where too many wait."""
        if self.waiting() >= MOST_WAITING:
            return False
        self._turns.at_once(partial(self._judge, piece))
        return True

    def look_ahead(self, piece: Piece, *, standing_alone: bool) -> bool:
        """Look at a squat that is not over yet, so that its networks' answers are known when it is.

        At how he stood before, and, unless `standing_alone`, at the bottom. False where others' depths come first.
        """
        if self._turns.urgent > 1 or not piece.is_whole:
            return False
        self._turns.at_once(partial(self._look_ahead_at, piece, _until_bottoms if standing_alone else silent))
        return True

    def waiting(self) -> int:
        """Say how many pieces wait or are at work, be it for their bars alone."""
        return self._turns.urgent + self._turns.others

    def _look_ahead_at(self, piece: Piece, on_progress: Progress) -> None:
        """Judge what there is of it, and forget it: what the networks saw is remembered."""
        with suppress(VideoError, _Enough), TemporaryDirectory() as folder:
            video = self.memory.write(Path(folder) / "rising", piece)
            examine_case(self._depth_alone(piece.case(video, self.options)), on_progress)

    def _depth_alone(self, case: Case) -> Case:
        """Leave out the bar, and close looks at knees and feet: what the first word of an attempt does without."""
        settings = self.options.settings
        attempts = replace(settings.attempts, refinement=replace(settings.attempts.refinement, end_frames=0))
        bare = replace(settings, plates=replace(settings.plates, attempts=0), attempts=attempts)
        return replace(case, options=replace(self.options, settings=bare))

    def close(self) -> None:
        """Judge what waits."""
        self._turns.close()

    def _judge(self, piece: Piece) -> None:
        """Write a piece and judge its depths; one that cannot be read is counted and said, and does not end the rest.

        Where the bars of others wait its own is left out.
        """
        self._number += 1
        place = self._folder / f"squat_{self._number:04d}"
        try:
            video = self.memory.write(place, piece)
            case = piece.case(video, self.options)
            judgement = examine_case(self._depth_alone(case), silent).judgement
        except VideoError as error:
            self._give_up(place, error)
            self._finish(place)
            return
        told = _Told(case, piece, video, self._judged_s, self.counts.attempts + 1)
        behind = self.waiting() > MOST_BARS
        count = self._tell(judgement, told, whole=behind, bar_left_out=behind)
        self.counts.attempts += count
        self._judged_s = max([self._judged_s, *(piece.began_s + one.end_s for one in judgement.attempts)])
        if behind:
            self.counts.without_bar += count
            write_json(video.with_suffix(".json"), judgement.to_dict())
            self._finish(place)
        else:
            self._turns.later(partial(self._judge_whole, told))

    def _judge_whole(self, told: _Told) -> None:
        """Judge a piece with its bar, resting while another one's depth is asked for."""
        try:
            judgement = examine_case(told.case, self._turns.rest).judgement
        except VideoError as error:
            self._give_up(told.video, error)
        else:
            self._tell(judgement, told, whole=True)
            write_json(told.video.with_suffix(".json"), judgement.to_dict())
        self._finish(told.video.with_suffix(""))

    def _give_up(self, place: Path, error: VideoError) -> None:
        self.counts.not_judged += 1
        logger.warning("%s could not be judged: %s", place.stem, error)

    def _finish(self, place: Path) -> None:
        """Let go of memory, and of the oldest pieces that are more than are kept."""
        give_back()
        self._pieces.append(place)
        while len(self._pieces) > self._keep:
            old = self._pieces.popleft()
            for ending in ENDINGS:
                old.with_suffix(ending).unlink(missing_ok=True)

    def _tell(self, judgement: Judgement, told: _Told, *, whole: bool, bar_left_out: bool = False) -> int:
        """Tell of the attempts that were not told of with an earlier piece; gives how many."""
        known_s, piece = time.monotonic(), told.piece
        fresh = [one for one in judgement.attempts if piece.began_s + one.bottom_s > told.since_s]
        for number, attempt in enumerate(fresh, told.first):
            delay_s = known_s - piece.came_s(piece.began_s + attempt.end_s)
            where = told.video, piece.began_s, delay_s
            self._on_attempt(LiveAttempt(number, judgement, attempt, *where, whole, bar_left_out))
        return len(fresh)


def _get_ready() -> None:
    """Load what the first judging would wait for."""
    for name in ("pose_landmark_full", "pose_mask", "plates"):
        session(name, threads=1)
    calibrated.get_ready()
