"""Where a bar sinks on its way up: a second bounce at the bottom, or downward movement in the ascent."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from depthperception.barbell.kinematics import AT_END_M, LEAST_PLACES, LONGEST_GAP_S, smooth
from depthperception.geometry.signals import resampled, turning_points
from depthperception.types import FloatArray

AT_BOTTOM = 1 / 3
"""Lowest part of the way up: what sinks within it, or back into it, is a bounce or a second recovery attempt; what
sinks above it is downward movement in the ascent."""


BOTTOM_WITHIN_S = 0.3
"""The bar is lowest this soon after the hips; later low points are others."""


@dataclass(frozen=True)
class Sinking:
    """A bar that sinks on its way up.

    Attributes
    ----------
    top_s, low_s
        Where it stops to rise, and where it rises again.
    drop_cm
        How far it sinks.
    at_bottom
        Whether it sinks to within the lowest third of its way.
    """

    top_s: float
    low_s: float
    drop_cm: float
    at_bottom: bool


@dataclass(frozen=True)
class Ascent:
    """The way up.

    Attributes
    ----------
    sinkings
        Each followed by another rise, the largest first.
    jitter_cm
        Sd of what smoothing takes out of the heights.
    highest_s, recovered
        When it is highest after the bottom, and which part of the way down it has climbed again then.
    """

    sinkings: tuple[Sinking, ...]
    jitter_cm: float
    highest_s: float
    recovered: float

    def largest(self, *, at_bottom: bool) -> Sinking | None:
        """Give the largest sinking at the bottom, or above it."""
        return next((one for one in self.sinkings if one.at_bottom == at_bottom), None)


def watch_ascent(
    times_s: Sequence[float], height_cm: Sequence[float], bottom_s: float, span_s: tuple[float, float], least_cm: float
) -> Ascent | None:
    """Look where heights sink between the lowest point and the highest after it; None where they are not seen.

    Parameters
    ----------
    times_s, height_cm : (n,)
        Of the bar, or of what carries it.
    bottom_s
        About when they are lowest.
    span_s
        From standing to standing, or as long as he may come up.
    least_cm
        Smaller ones are not told from noise.
    """
    times, heights = np.asarray(times_s, dtype=float), np.asarray(height_cm, dtype=float)
    near = (times >= span_s[0]) & (times <= span_s[1]) & np.isfinite(heights)
    times, heights = times[near], heights[near]
    if len(times) < LEAST_PLACES or np.diff(times).max() > LONGEST_GAP_S or not times[0] < bottom_s < times[-1]:
        return None
    even, calm, _ = smooth(times, heights)
    low = int(np.argmin(calm[even <= bottom_s + BOTTOM_WITHIN_S]))
    high = float(calm[: low + 1].max())
    highest = low + int(np.argmax(calm[low:]))
    arrives = low + int(np.flatnonzero(calm[low:] >= calm[highest] - 100.0 * AT_END_M)[0])
    way = max(high - float(calm[low]), 1e-9)
    return Ascent(
        _sinkings(even, calm, (low, arrives), way, least_cm),
        float(np.std(heights - resampled(times, even, calm))),
        float(even[highest]),
        float(calm[highest] - calm[low]) / way,
    )


def _sinkings(
    times: FloatArray, heights: FloatArray, bounds: tuple[int, int], way: float, least_cm: float
) -> tuple[Sinking, ...]:
    """Find every high after the first low near the bottom from which it sinks before it arrives at the top."""
    low, arrives = bounds
    third = heights[low] + AT_BOTTOM * way
    turns = turning_points(heights[: arrives + 1], reversal=least_cm)
    lows = [index for index, is_low in turns if is_low and heights[index] <= third]
    found = []
    for (top, is_low), (after, _) in pairwise(turns):
        if not is_low and lows and top > lows[0]:
            drop_cm = float(heights[top] - heights[after])
            found.append(Sinking(float(times[top]), float(times[after]), drop_cm, bool(heights[after] <= third)))
    return tuple(sorted(found, key=lambda one: -one.drop_cm))
