"""How the bar moves in an attempt, as a judgement says it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class BarPhase:
    """The bar's way down or up: when, how far, its mean and its greatest speed (m/s, positive)."""

    start_s: float
    end_s: float
    way_cm: float
    mean_m_s: float
    peak_m_s: float


@dataclass(frozen=True)
class Sticking:
    """Where the bar was slowest on its way up between two faster stretches; the height is over the bottom."""

    time_s: float
    height_cm: float
    velocity_m_s: float


@dataclass(frozen=True)
class BarPath:
    """Where the bar is.

    Attributes
    ----------
    times_s : (n,)
        Of the frames in which a plate was found.
    px : (n, 2)
        Middle of the plates that were found, in the upright picture.
    height_cm, forward_cm : (n,)
        Against the first frame, along gravity and where the lifter looks; forward is None where it cannot be seen.
    """

    times_s: tuple[float, ...]
    px: tuple[tuple[float, float], ...]
    height_cm: tuple[float, ...]
    forward_cm: tuple[float, ...] | None

    def __repr__(self) -> str:
        return f"<BarPath of {len(self.times_s)} points>"


@dataclass(frozen=True)
class BarMotion:
    """How the bar moves in one attempt.

    Attributes
    ----------
    plates
        Ends of the bar, the lifter's own, at which a plate was followed.
    bottom_s
        When the bar is lowest.
    descent, ascent
        None where the bar is not seen through them. The ascent's mean is the mean concentric velocity.
    sticking
        None where the bar does not slow down on its way up.
    path
        None without a plate.
    reason
        Why something is None; one sentence.
    film_speed
        The film's speed as it was given, .25 in fourfold slow motion: times are the film's, speeds the true ones.
    """

    plates: tuple[Literal["left", "right"], ...] = ()
    bottom_s: float | None = None
    descent: BarPhase | None = None
    ascent: BarPhase | None = None
    sticking: Sticking | None = None
    path: BarPath | None = None
    reason: str | None = None
    film_speed: float = 1.0
