"""Whether the lifter stood up again."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from depthperception.attempts.heights import SquatHeights, squat_heights
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection


@dataclass(frozen=True)
class Lockout:
    """Whether a lifter stood up again: `stood_up` is None where the sequence does not tell."""

    recovery: float
    stood_up: bool | None


def lockout(
    times_s: ArrayLike, landmarks_px: ArrayLike, *, cut_short: bool = False, settings: AttemptDetection = ATTEMPTS
) -> Lockout:
    """Say whether a lifter stood up again at the end of a sequence, from any view.

    Parameters
    ----------
    times_s : (n,)
        Presentation times, ascending, from standing to half a second after the lockout.
    landmarks_px : (n, 33, 2 or more)
        BlazePose landmarks, upright picture, x right and y down; NaN where the lifter was not seen.
    cut_short
        The video ends with the sequence, or the lifter was lost: then one who is not up again has not failed.
    settings
        How much of the descent is to be climbed.

    Raises
    ------
    DataError
        When the sequence cannot be measured, as `squat_heights`.
    """
    return lockout_of(squat_heights(times_s, landmarks_px), cut_short=cut_short, settings=settings)


def lockout_of(heights: SquatHeights, *, cut_short: bool, settings: AttemptDetection = ATTEMPTS) -> Lockout:
    """Say it of heights that are measured already."""
    if heights.recovery >= settings.stood_up:
        return Lockout(heights.recovery, True)
    failed = heights.recovery <= settings.not_stood_up and not cut_short
    return Lockout(heights.recovery, False if failed else None)
