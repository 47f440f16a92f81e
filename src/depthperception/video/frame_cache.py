"""Pictures of a video that are kept from one pass for the next, which then decodes only what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from depthperception.memory import give_back
from depthperception.types import FloatArray
from depthperception.video.reading import Frame, Still, frames
from depthperception.video.resampling import Nearest, nearest
from depthperception.video.source import Shot, Source, span_in

MOST_BYTES = 125_000_000
"""Memory for kept pictures, whatever a video's length: at eight a second 10 s of 1080p shrunk to 960 px."""

Picks: TypeAlias = tuple[float, float, float]
"""From, to, and every so often, s."""


@dataclass(eq=False)
class FrameCache:
    """Keeps a video's first pictures, shrunk, one every so often, as many as memory is set aside for.

    Attributes
    ----------
    source
        The video, as for `frames`.
    every_s
        As for `frames`.
    max_side_px
        As for `Frame.rgb`.
    most_bytes
        Memory for the pictures.
    lent
        Whether the pictures are somebody else's, who keeps them.
    """

    source: Source
    every_s: float
    max_side_px: int
    most_bytes: int = MOST_BYTES
    lent: bool = False
    _kept: list[Still] = field(default_factory=list)
    _bytes: int = 0
    _whole: bool = False
    _picked: dict[Picks, list[Still]] = field(default_factory=dict)
    _nearest: Nearest[Frame] = field(init=False)

    def __post_init__(self) -> None:
        self._nearest = Nearest(self.every_s)

    @classmethod
    def of_all(cls, source: Source, stills: Iterable[Still], *, every_s: float, max_side_px: int) -> "FrameCache":
        """Lend a cache every picture, in order of time."""
        return cls(source, every_s, max_side_px, lent=True, _kept=list(stills), _whole=True)

    def offer(self, frame: Frame) -> None:
        """Show every frame of a pass from the video's start on, in order."""
        if self._bytes < self.most_bytes:
            self._keep(self._nearest.offer(frame))

    def finish(self) -> None:
        """Say that the pass came to the video's end."""
        if self._bytes < self.most_bytes:
            self._keep(self._nearest.best)
            self._whole = True

    def _keep(self, frame: Frame | None) -> None:
        if frame is not None:
            self._kept.append(frame.still(self.max_side_px))
            self._bytes += self._kept[-1].rgb.nbytes

    def of(self, shot: Shot) -> "FrameCache":
        """Give the pictures of one shot of the film, when the pass is over."""
        return replace(self, source=shot)

    def stills(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Still]:
        """Give the pictures between two times: those that were kept, and what the file has beyond them."""
        start_s, last_s = span_in(self.source, start_s, np.inf if end_s is None else end_s)
        yield from (still for still in self._kept if start_s <= still.time_s <= last_s)
        last_cell = round(self._kept[-1].time_s / self.every_s) if self._kept else -1
        start_s = max(0.0, start_s, (last_cell + 0.5) * self.every_s)
        if self._whole or start_s > last_s:
            return
        for frame in frames(self.source, start_s=start_s, end_s=end_s, every_s=self.every_s):
            if round(frame.time_s / self.every_s) > last_cell:
                yield frame.still(self.max_side_px)

    def count(self, times_s: FloatArray) -> int:
        """Say how many pictures there are of frames at these times."""
        return len(np.unique(np.round(times_s / self.every_s)))

    def pick(self, picks: Picks) -> list[Still]:
        """Give those pictures between two times that are nearest to the multiples of a third."""
        start_s, end_s, every_s = picks
        return self._picked.get(picks) or list(nearest(self.stills(start_s, end_s), every_s))

    def let_go(self, but: Iterable[Picks]) -> None:
        """Let go of what is kept, but for some picks; who asks for more has it decoded again."""
        if not self.lent:
            self._picked = {one: self.pick(one) for one in but if self._holds(one[1])}
            self._kept, self._whole = [], False
            give_back()

    def _holds(self, until_s: float) -> bool:
        """Whether every picture up to a time is kept."""
        return self._whole or bool(self._kept and self._kept[-1].time_s >= until_s)
