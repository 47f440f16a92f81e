"""Heights of a squat filmed from the front, and whether the lifter stood up again.

Everything is measured in standing-leg lengths (ankle to hip of the lifter standing) from picture heights alone, so
that the framing (where the lifter stands, how large, how wide the picture is) cannot leak into a judgement: with
framing alone a classifier reaches .94 on random splits of the published data set and .52 on a lifter left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from depthperception.errors import DataError
from depthperception.geometry.signals import even_times, resampled, smoothed
from depthperception.geometry.skeletons import ANKLES, COUNT, HIPS, KNEES, SHOULDERS
from depthperception.types import FloatArray

HEIGHTS = ("hip_height", "hip_drop", "knee_depth", "knee_depth_worse", "shoulder_drop")
"""The five heights of the recipe that reaches .996 on lifters left out."""

FEATURES = (*HEIGHTS, "standing_thigh")
"""Everything that a model may use. The standing thigh says how the lifter is built and how high the camera stands: on
rendered bodies left out it takes the heights from .93 to .97 right; five real lifters are too few to teach it."""

SMOOTHING_S = 0.05
"""Gaussian sigma: the recipe's 1.5 frames of a phone's 30 a second. Results are the same from .03 to .08 s."""

STANDING_SHARE = 0.1
"""Share of the time, that with the highest hips, which counts as standing."""

END_S = 0.1
"""How long the start and the end of a sequence are looked at: the recipe's last 3 frames at 30 a second."""

LEAST_FRAMES = 8
"""A rep takes 2 to 6 s: fewer pictures than 8 can miss the bottom by a third of the descent."""

PAIRS = np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])
"""All landmarks that are used."""

GRID_S = 0.01
"""Step of the even time grid: a hip at the bottom (5 m/s2) moves .06 mm in half a step."""


@dataclass(frozen=True)
class SquatHeights:
    """What is measured of one squat from the front.

    Attributes
    ----------
    hip_height
        Hips over ankles at the bottom, in standing legs. A thigh parallel to the floor has about .48.
    hip_drop
        How far the hips went down, in standing legs.
    knee_depth
        Largest height of the knees over the hips, in standing legs; negative while the hips stay above.
    knee_depth_worse
        The same by the side that went less deep.
    shoulder_drop
        How far the shoulders were down at the bottom, in standing legs.
    standing_thigh
        Knees under hips while standing, in standing legs: long thighs, or a camera above the knees.
    recovery
        Share of the descent that was climbed again at the end of the sequence.
    start
        Share of the descent that was already done at the start of the sequence.
    width
        Mean of the shoulders' and the hips' width in the picture, lifter's left minus right, in standing legs, while
        standing. Means something only where x and y have the same unit.
    """

    hip_height: float
    hip_drop: float
    knee_depth: float
    knee_depth_worse: float
    shoulder_drop: float
    standing_thigh: float
    recovery: float
    start: float
    width: float

    def values(self, names: tuple[str, ...] = HEIGHTS) -> FloatArray:
        """Give the named features as an array (len(names),)."""
        return np.array([getattr(self, name) for name in names], dtype=float)


def squat_heights(times_s: ArrayLike, landmarks: ArrayLike, *, smoothing_s: float = SMOOTHING_S) -> SquatHeights:
    """Measure one squat.

    Parameters
    ----------
    times_s : (n,)
        Presentation times, ascending; uneven steps are welcome.
    landmarks : (n, 33, 2 or more)
        BlazePose landmarks, x to the right, y down, in pixels or in shares of the picture; NaN where the lifter was
        not seen.
    smoothing_s
        Sigma of the Gaussian that smooths the heights over time.

    Raises
    ------
    DataError
        When the shapes are wrong, fewer than 8 frames show the lifter, times do not ascend, or ankles lie above the
        hips.
    """
    times, points = _checked(times_s, landmarks)
    grid_s = even_times(times, GRID_S)
    heights = smoothed(resampled(grid_s, times, points[:, PAIRS, 1]), GRID_S, sigma_s=smoothing_s)
    shoulder, hip, knee, ankle = middles = heights.reshape(len(grid_s), 4, 2).mean(axis=2).T
    standing = np.argsort(hip, kind="stable")[: max(1, round(STANDING_SHARE * len(hip)))]
    bottom = int(hip.argmax())
    shoulder_up, hip_up, knee_up, ankle_up = middles[:, standing].mean(axis=1).tolist()
    leg = ankle_up - hip_up
    if leg <= 0:
        raise DataError(
            "The ankles lie above the hips where the lifter stands; expected y to grow downwards and a lifter who "
            "stands upright. Check the rotation of the video and the order of the landmarks."
        )
    drop = float(hip[bottom]) - hip_up
    sides = (heights[:, 2:4] - heights[:, 4:6]).max(axis=0) / leg
    ends = max(1, round(END_S / GRID_S))
    return SquatHeights(
        hip_height=float(ankle[bottom] - hip[bottom]) / leg,
        hip_drop=drop / leg,
        knee_depth=float((hip - knee).max()) / leg,
        knee_depth_worse=float(sides.min()),
        shoulder_drop=(float(shoulder[bottom]) - shoulder_up) / leg,
        standing_thigh=(knee_up - hip_up) / leg,
        recovery=float(hip[bottom] - hip[-ends:].mean()) / max(drop, 1e-9),
        start=1 - float(hip[bottom] - hip[:ends].mean()) / max(drop, 1e-9),
        width=_standing_width(times, points, grid_s[standing]) / leg,
    )


def seen_frames(times_s: ArrayLike, landmarks: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Keep the frames in which the lifter was seen: those in which x and y of his trunk and legs are all finite.

    Raises
    ------
    DataError
        When the shapes are not (n,) and (n, 33, 2 or more).
    """
    times, points = np.asarray(times_s, dtype=float), np.asarray(landmarks, dtype=float)
    if points.ndim != 3 or points.shape[1] != COUNT or points.shape[2] < 2 or times.shape != points.shape[:1]:
        raise DataError(
            f"Found landmarks of shape {points.shape} and times of shape {times.shape}; expected (n, {COUNT}, 2 or "
            "more) and (n,). Give one time for each frame of BlazePose landmarks."
        )
    seen = np.isfinite(points[:, PAIRS, :2]).all(axis=(1, 2))
    return times[seen], points[seen]


def _checked(times_s: ArrayLike, landmarks: ArrayLike) -> tuple[FloatArray, FloatArray]:
    times, points = seen_frames(times_s, landmarks)
    if len(times) < LEAST_FRAMES:
        raise DataError(
            f"Found {len(times)} frames that show the lifter; expected at least {LEAST_FRAMES} for one squat. "
            "Film with more frames a second, or check that the lifter is seen."
        )
    if not np.all(np.diff(times) > 0):
        raise DataError(
            "Found times that do not ascend; expected presentation times in seconds, each later than the one before. "
            "Sort the frames and drop repeated ones."
        )
    return times, points


def _standing_width(times_s: FloatArray, points: FloatArray, standing_s: FloatArray) -> float:
    frames = np.unique(np.searchsorted(times_s, standing_s).clip(0, len(times_s) - 1))
    x = points[frames][..., 0]
    widths = [x[:, left] - x[:, right] for left, right in (SHOULDERS, HIPS)]
    return float(np.median(np.mean(widths, axis=0)))
