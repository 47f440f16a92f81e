"""Where a bar sinks on its way up: a second bounce at the bottom, or downward movement in the ascent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.barbell.kinematics import AT_END_M, LONGEST_GAP_S, REACH_S, smooth
from depthperception.geometry.signals import resampled, turning_points
from depthperception.types import FloatArray

AT_BOTTOM = 1 / 3
"""Lowest part of the way up: what sinks within it, or back into it, is a bounce or a second recovery attempt; what
sinks above it is downward movement in the ascent."""


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
    """The way up: its sinkings, the largest first, and the sd of what smoothing takes out of the heights."""

    sinkings: tuple[Sinking, ...]
    jitter_cm: float

    def largest(self, *, at_bottom: bool) -> Sinking | None:
        """Give the largest at the bottom, or above it."""
        return next((one for one in self.sinkings if one.at_bottom == at_bottom), None)


def watch_ascent(
    times_s: Sequence[float],
    height_cm: Sequence[float],
    start_s: float,
    end_s: float,
    *,
    stood_up: bool,
    least_cm: float,
) -> Ascent | None:
    """Look where heights sink between the lowest point and the highest after it.

    Parameters
    ----------
    times_s, height_cm : (n,)
        Of the bar, or of what carries it.
    start_s, end_s
        Of the attempt.
    stood_up
        Whether he does; else his last way down belongs to it.
    least_cm
        Smaller ones are not told from noise.
    """
    times, heights = np.asarray(times_s, dtype=float), np.asarray(height_cm, dtype=float)
    near = (times >= start_s - REACH_S) & (times <= end_s + REACH_S)
    times, heights = times[near], heights[near]
    if len(times) < 8 or np.diff(times).max() > LONGEST_GAP_S or times[0] > start_s or times[-1] < end_s - REACH_S / 2:
        return None
    even, calm, _ = smooth(times, heights)
    jitter_cm = float(np.std(heights - resampled(times, even, calm)))
    return Ascent(_sinkings(even, calm, least_cm, stood_up=stood_up), jitter_cm)


def _sinkings(times: FloatArray, heights: FloatArray, least_cm: float, *, stood_up: bool) -> tuple[Sinking, ...]:
    low = int(np.argmin(heights))
    way = float(heights[: low + 1].max() - heights[low])
    last = len(heights) - 1
    if stood_up:
        highest = float(heights[low:].max())
        last = low + int(np.flatnonzero(heights[low:] >= highest - 100.0 * AT_END_M)[0])
    turns = turning_points(heights[: last + 1], reversal=least_cm)
    lows = [index for index, is_low in turns if is_low and heights[index] <= heights[low] + AT_BOTTOM * way]
    found = []
    for (top, is_low), (after, _) in zip(turns, [*turns[1:], (last, True)], strict=True):
        if is_low or not lows or top < lows[0]:
            continue
        at_bottom = heights[after] <= heights[low] + AT_BOTTOM * way
        drop = float(heights[top] - heights[after])
        if drop > 0.0:
            found.append(Sinking(float(times[top]), float(times[after]), drop, bool(at_bottom)))
    return tuple(sorted(found, key=lambda one: -one.drop_cm))
