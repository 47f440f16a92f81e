"""Which frames of a video come nearest to an even grid of times."""

from collections.abc import Generator, Iterable
from typing import Generic, Protocol, TypeVar

# Times that went through a text format come back rounded. No camera that we know of is faster than 1000
# frames per second, so a tenth of that interval tells neighbouring frames apart and forgives the rounding.
SAME_TIME_S = 1e-4


class Timed(Protocol):
    """Anything that is shown at a time."""

    @property
    def time_s(self) -> float:
        """Presentation time."""
        ...


One = TypeVar("One", bound=Timed)


class Nearest(Generic[One]):
    """Picks, from frames in order of time, the one nearest to each multiple of a time; the earlier of two as near."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._cell = 0
        self.best: One | None = None

    def offer(self, frame: One) -> One | None:
        """Take the next frame; give the one that was picked before it, once that is certain."""
        cell = round(frame.time_s / self._every_s)
        done = self.best if cell != self._cell else None
        if done is not None:
            self.best = None
        target_s = cell * self._every_s
        if self.best is None or abs(frame.time_s - target_s) + SAME_TIME_S < abs(self.best.time_s - target_s):
            self.best, self._cell = frame, cell
        return done


def nearest(frames: Iterable[One], every_s: float) -> Generator[One, None, None]:
    """Give those of a stream's frames that are nearest to the multiples of a time."""
    picking = Nearest[One](every_s)
    for frame in frames:
        if (picked := picking.offer(frame)) is not None:
            yield picked
    if picking.best is not None:
        yield picking.best
