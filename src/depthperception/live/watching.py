"""The loop: pictures come, are looked at in a thread of their own, and finished squats are judged in another."""

import queue
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from depthperception.case import COARSE_STEP_S
from depthperception.depth import calibrated
from depthperception.io.atomic import write_json
from depthperception.live.feed import Arrival, Feed
from depthperception.live.memory import Memory, Piece
from depthperception.live.settings import KEEP_S, LOOK_EVERY, LOOKS_WAITING, MOST_WAITING
from depthperception.live.trigger import finished_squat
from depthperception.models import session
from depthperception.options import Options
from depthperception.people import Sightings, link
from depthperception.people.detection import FRAME_MISSING
from depthperception.pipeline import examine_case
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import silent
from depthperception.video import Frame

KEPT_ATTEMPTS = 10
"""A flight at a meet has up to 14 lifters, and who appeals does so before the next attempt."""


@dataclass
class Counts:
    """What became of the pictures.

    Attributes
    ----------
    frames, looked
        That came, and in which everyone was looked for.
    missed
        That were due to be looked at and came while earlier ones still were; the film has them all the same.
    gaps
        Places where the camera left pictures out, or the film was damaged.
    squats, not_judged
        How often somebody went down and stood again, and how many of these had to be given up.
    """

    frames: int = 0
    looked: int = 0
    missed: int = 0
    gaps: int = 0
    squats: int = 0
    not_judged: int = 0

    def sentence(self) -> str:
        """Say it in words: nothing is left out silently."""
        said = f"{self.frames} frames came, everyone was looked for in {self.looked}; "
        said += f"{self.missed} frames that were due could not be looked at, {self.gaps} gaps in what the camera sent"
        return said + (f", {self.not_judged} of {self.squats} squats could not be judged" if self.not_judged else "")


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
    """

    number: int
    judgement: Judgement
    attempt: AttemptJudgement
    video: Path
    began_s: float
    delay_s: float


def watch(
    feed: Feed,
    folder: Path,
    options: Options,
    on_attempt: Callable[[LiveAttempt], None],
    *,
    keep: int = KEPT_ATTEMPTS,
) -> Counts:
    """Judge every squat that a feed shows, until it ends or is interrupted (Ctrl-C).

    Parameters
    ----------
    feed
        Opened.
    folder
        Where the attempts go; it is there.
    options
        What is asked of each.
    on_attempt
        Called with each attempt, from another thread, soon after its lockout.
    keep
        How many attempts are kept; older ones are deleted.

    Raises
    ------
    VideoError
        When the feed's pictures cannot be kept.
    OutputError
        When the folder cannot be written.
    """
    judging = _Judging(Memory(feed), folder, options, on_attempt, keep)
    looking = _Looking(judging)
    try:
        with suppress(KeyboardInterrupt):
            for arrival in feed.arrivals():
                judging.memory.add(arrival)
                looking.take(arrival)
                if looking.ended or judging.failed:
                    break
    finally:
        looking.close()
        judging.close()
    judging.counts.gaps += feed.damaged
    return judging.counts


class _Looking:
    """Looks at the pictures that are due, in a thread of its own, and asks after each whether a squat is over."""

    def __init__(self, judging: "_Judging") -> None:
        self._judging = judging
        self._counts = judging.counts
        self._due: queue.Queue[tuple[Frame, bool] | None] = queue.Queue(LOOKS_WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="looking")
        self._sightings: Sightings | None = None
        self._since_s = self._last_s = self._step_s = 0.0
        self._cell = -1
        self._work = self._thread.submit(self._look_on)

    @property
    def ended(self) -> bool:
        """Whether looking came to an end, as by an error, which `close` raises."""
        return self._work.done()

    def take(self, arrival: Arrival) -> None:
        """Count frames and the gaps between them, and let those be looked at that are due, if there is time."""
        for frame in arrival.frames:
            step_s = frame.time_s - self._last_s
            self._counts.gaps += self._counts.frames > 1 and step_s > FRAME_MISSING * self._step_s
            self._last_s, self._step_s = frame.time_s, step_s if self._counts.frames < 2 else min(step_s, self._step_s)
            self._counts.frames += 1
            cell, before = int(frame.time_s / COARSE_STEP_S + 1e-3), self._cell
            if cell == before:
                continue
            self._cell = cell
            try:
                self._due.put_nowait((frame, cell // LOOK_EVERY != before // LOOK_EVERY))
            except queue.Full:
                self._counts.missed += 1

    def close(self) -> None:
        """Look at what waits; what was going on when the pictures ended is judged as it is."""
        if not self._work.done():
            self._due.put(None)
        self._thread.shutdown()
        self._work.result()

    def _look_on(self) -> None:
        while (due := self._due.get()) is not None:
            self._look(*due)
        if self._sightings is not None and self._sightings.found:
            self._ask(self._sightings, ended=True)

    def _look(self, frame: Frame, everyone: bool) -> None:
        still = self._judging.memory.add_still(frame)
        if not everyone:
            return
        tracking = self._judging.options.settings.tracking
        if self._sightings is None:
            height, width = (round(side / still.scale) for side in still.rgb.shape[:2])
            self._sightings = Sightings((width, height), tracking)
        self._sightings.look_at(frame)
        self._sightings.forget(frame.time_s - KEEP_S)
        self._counts.looked += 1
        self._ask(self._sightings)

    def _ask(self, sightings: Sightings, *, ended: bool = False) -> None:
        """Ask whether a squat is over; if so its part of the film is judged."""
        people = link(sightings.found, settings=self._judging.options.settings.tracking)
        squat = finished_squat(people, sightings.found[-1].time_s, self._since_s, ended=ended)
        if squat is None:
            return
        self._since_s = squat.end_s
        self._counts.squats += 1
        piece = self._judging.memory.piece(squat, sightings.found)
        if piece is None or not self._judging.submit(piece):
            self._counts.not_judged += 1


class _Judging:
    """Judges pieces, one after the other, in a thread of its own."""

    def __init__(
        self, memory: Memory, folder: Path, options: Options, on_attempt: Callable[[LiveAttempt], None], keep: int
    ) -> None:
        self.memory, self.options, self.counts = memory, options, Counts()
        self._folder, self._on_attempt, self._keep = folder, on_attempt, keep
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judging")
        self._jobs: deque[Future[None]] = deque()
        self._pieces: deque[Path] = deque()
        self._number = self._attempts = 0
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
        if sum(not job.done() for job in self._jobs) >= MOST_WAITING:
            return False
        self._jobs.append(self._thread.submit(self._judge, piece))
        return True

    def close(self) -> None:
        """Judge what waits."""
        self._thread.shutdown()
        for job in self._jobs:
            job.result()

    def _judge(self, piece: Piece) -> None:
        self._number += 1
        video = self.memory.write(self._folder / f"squat_{self._number:04d}", piece)
        judgement = examine_case(piece.case(video, self.options), silent).judgement
        write_json(video.with_suffix(".json"), judgement.to_dict())
        self._pieces.append(video)
        known_s = time.monotonic()
        for attempt in judgement.attempts:
            if piece.began_s + attempt.bottom_s > self._judged_s:
                self._judged_s, self._attempts = piece.began_s + attempt.end_s, self._attempts + 1
                delay_s = known_s - piece.came_s(piece.began_s + attempt.end_s)
                self._on_attempt(LiveAttempt(self._attempts, judgement, attempt, video, piece.began_s, delay_s))
        while len(self._pieces) > self._keep:
            old = self._pieces.popleft()
            old.unlink(missing_ok=True)
            old.with_suffix(".json").unlink(missing_ok=True)


def _get_ready() -> None:
    """Load what the first judging would wait for."""
    for name in ("pose_landmark_full", "pose_mask", "plates"):
        session(name, threads=1)
    calibrated.get_ready()
