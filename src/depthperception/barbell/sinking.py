"""Where a bar sinks on its way up: a second bounce at the bottom, or downward movement in the ascent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.barbell.kinematics import (
    AT_END_M,
    LEAST_PLACES,
    LONGEST_GAP_S,
    SMOOTHING_S,
    Course,
    Places,
    smooth,
)
from depthperception.geometry.signals import resampled, turning_points
from depthperception.types import FloatArray

AT_BOTTOM = 1 / 3
"""Lowest part of the way up: what sinks within it, or back into it, is a bounce or a second recovery attempt; what
sinks above it is downward movement in the ascent."""


BOTTOM_WITHIN_S = 0.3
"""The bar is lowest this soon after the hips; later low points are others."""

LOOKS_WITHIN_S = 0.25
"""Looks at what carries the bar are as near to its turns: eight a second give two."""

PARTS, PARTS_ERRORS = 0.5, 3.0
"""A bar that parts from the shoulders it lies on by over this part of its own way, and by so many times the error (sd)
of that, is not seen there."""

SETTLES_S, LEAST_AT_END = (0.1, 0.25), 3
"""From so long before an attempt, and after it, a bar is where it stands, by so many places at least: a tenth of a lift
of two seconds takes .4 s at its end."""

LOST_S, LOST_STEPS = 0.09, 1.5
"""A bar that is lost for so long (two pictures of 30 a second), and for so many of its usual steps, is not seen to sink
there: a plate that is found again may be found at another place."""


@dataclass(frozen=True)
class Sinking:
    """A bar that sinks on its way up.

    Attributes
    ----------
    rises_s, top_s, low_s
        The low before it, where it stops to rise, and where it rises again.
    drop_cm
        How far it sinks.
    at_bottom
        Whether it sinks to within the lowest third of its way.
    seen
        Whether what sinks is seen in it all the time.
    """

    rises_s: float
    top_s: float
    low_s: float
    drop_cm: float
    at_bottom: bool
    seen: bool = True


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
    slips
        Sinkings of what was followed for the bar that are no evidence, the largest first: it is lost in them, or who
        carries it contradicts.
    """

    sinkings: tuple[Sinking, ...]
    jitter_cm: float
    highest_s: float
    recovered: float
    slips: tuple[Sinking, ...] = ()

    def largest(self, *, at_bottom: bool) -> Sinking | None:
        """Give the largest sinking at the bottom, or above it."""
        return _first(self.sinkings, at_bottom)

    def largest_slip(self, *, at_bottom: bool) -> Sinking | None:
        """Give the largest that is no evidence."""
        return _first(self.slips, at_bottom)


def _first(sinkings: Sequence[Sinking], at_bottom: bool) -> Sinking | None:
    return next((one for one in sinkings if one.at_bottom == at_bottom), None)


def watch_ascent(
    times_s: Places, height_cm: Places, bottom_s: float, span_s: tuple[float, float], least_cm: float
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


def ends_lower_cm(times_s: Places, height_cm: Places, span_s: tuple[float, float]) -> float | None:
    """Say how much lower a bar ends than it began, in cm; None where either is not seen.

    Parameters
    ----------
    times_s, height_cm : (n,)
        Of the bar.
    span_s
        From a tenth of the way down to nine tenths of the way up.
    """
    times, heights = np.asarray(times_s, dtype=float), np.asarray(height_cm, dtype=float)
    ends = heights[times <= span_s[0] - SETTLES_S[0]], heights[times >= span_s[1] + SETTLES_S[1]]
    if min(map(len, ends)) < LEAST_AT_END:
        return None
    return float(np.median(ends[0]) - np.median(ends[1]))


def _sinkings(
    times: FloatArray, heights: FloatArray, bounds: tuple[int, int], way: float, least_cm: float
) -> tuple[Sinking, ...]:
    """Find every high after the first low near the bottom from which it sinks before it arrives at the top."""
    low, arrives = bounds
    third = heights[low] + AT_BOTTOM * way
    turns = turning_points(heights[: arrives + 1], reversal=least_cm)
    lows = [index for index, is_low in turns if is_low and heights[index] <= third]
    found = []
    for (before, _), (top, is_low), (after, _) in zip(turns, turns[1:], turns[2:], strict=False):
        if not is_low and lows and top > lows[0]:
            drop_cm = float(heights[top] - heights[after])
            rises_s, top_s, low_s = (float(times[index]) for index in (before, top, after))
            found.append(Sinking(rises_s, top_s, low_s, drop_cm, bool(heights[after] <= third)))
    return tuple(sorted(found, key=lambda one: -one.drop_cm))


def without_gaps(ascent: Ascent, times_s: Sequence[float]) -> Ascent:
    """Tell a bar that is seen to sink from one that is lost, and found again lower.

    Parameters
    ----------
    times_s : (n,)
        When the bar is seen.
    """
    times = np.asarray(times_s, dtype=float)
    steps = np.diff(times)
    lost = steps > max(LOST_S, LOST_STEPS * float(np.median(steps)))
    begins, ends = times[:-1][lost] - SMOOTHING_S / 2.0, times[1:][lost] + SMOOTHING_S / 2.0
    unseen = [one for one in ascent.sinkings if np.any((begins < one.low_s) & (ends > one.top_s))]
    return _put_aside(ascent, {one: replace(one, seen=False) for one in unseen})


def _put_aside(ascent: Ascent, slips: Mapping[Sinking, Sinking]) -> Ascent:
    """Take sinkings for slips."""
    return replace(
        ascent,
        sinkings=tuple(one for one in ascent.sinkings if one not in slips),
        slips=tuple(sorted((*ascent.slips, *slips.values()), key=lambda one: -one.drop_cm)),
    )


def without_slips(ascent: Ascent, bar: Course, carriers: Sequence[Course]) -> Ascent:
    """Tell a bar that sinks from a plate that was lost and followed at another place: who carries a bar sinks with it.

    Parameters
    ----------
    ascent
        The bar's.
    bar, carriers
        Heights of the bar, and of the shoulders and hips that carry it. All have to contradict: behind plates one of
        them is a guess.
    """
    slips = [one for one in ascent.sinkings if all(_is_slip(one, bar, carrier) for carrier in carriers)]
    return _put_aside(ascent, {one: one for one in slips})


def _is_slip(sinking: Sinking, bar: Course, carrier: Course) -> bool:
    """Whether the bar rises to where it sinks from, or sinks, by itself: fitted to how high it is over its carrier.

    What the fit leaves says how much looks at the carrier jitter: there are too few of them to smooth.
    """
    times, heights = (np.asarray(one, dtype=float) for one in carrier)
    near = (times >= sinking.rises_s - LOOKS_WITHIN_S) & (times <= sinking.low_s + LOOKS_WITHIN_S)
    near &= np.isfinite(heights)
    times, over_cm = times[near], np.interp(times[near], *bar) - heights[near]
    legs = (sinking.rises_s, sinking.top_s), (sinking.top_s, sinking.low_s)
    ways_cm = [np.interp(times.clip(*leg), *bar) - np.interp(leg[0], *bar) for leg in legs]
    design = np.stack([np.ones(len(times)), *ways_cm], axis=1)
    alone, _, rank, _ = np.linalg.lstsq(design, over_cm, rcond=1e-6)
    if rank < design.shape[1] or rank == len(times):
        return False
    jitter_cm = np.linalg.norm(over_cm - design @ alone) / np.sqrt(len(times) - rank)
    errors = jitter_cm * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    return bool(np.any((alone > PARTS) & (alone > PARTS_ERRORS * errors), where=[False, True, True]))
