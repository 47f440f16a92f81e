"""When somebody who squatted stands again: a coarse answer from the looks alone, for the pipeline to check."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_HIPS
from depthperception.live.settings import DOWN, FAILS_S, LEFT_S, RISES, RISES_FOR_S, STANDS_S, UP
from depthperception.people import PersonTrack
from depthperception.types import FloatArray

USUAL = 0.9
"""Quantile of his heights that is taken for standing: the tallest looks are errors."""

LEAST_LOOKS = 6


@dataclass(frozen=True)
class Squat:
    """Somebody went down and stands again, or does not any more: from, lowest, to, s."""

    start_s: float
    bottom_s: float
    end_s: float


def finished_squat(people: Iterable[PersonTrack], now_s: float, since_s: float, *, ended: bool = False) -> Squat | None:
    """Find a squat that is over, whose lowest look comes after a time; of several people's the first that began.

    Parameters
    ----------
    people
        Everyone, as linked so far.
    now_s
        Time of the last look.
    since_s
        Lowest points up to here were judged already.
    ended
        Whether no more pictures come: then a squat is over as it is.
    """
    found = [_squat_of(one, now_s, since_s, ended) for one in people if len(one.times_s) >= LEAST_LOOKS]
    return min((one for one in found if one is not None), key=lambda one: one.start_s, default=None)


def _squat_of(person: PersonTrack, now_s: float, since_s: float, ended: bool) -> Squat | None:
    times_s, heights = person.times_s, relative_heights(person)
    low = np.flatnonzero((heights < DOWN) & (times_s > since_s))
    if not len(low):
        return None
    after = np.flatnonzero((heights >= UP) & (times_s > times_s[low[0]]))
    last = int(after[0]) if len(after) else len(times_s)
    bottom = int(low[0] + np.argmin(heights[low[0] : last]))
    start_s = _stood_s(times_s, heights, float(times_s[low[0]]))
    if len(after):
        stands_s = float(times_s[last])
        is_over = now_s - stands_s >= STANDS_S or ended
        return Squat(start_s, float(times_s[bottom]), now_s) if is_over else None
    is_over = ended or now_s - float(times_s[bottom]) > FAILS_S
    return Squat(start_s, float(times_s[bottom]), now_s) if is_over else None


def rising_squat(
    people: Iterable[PersonTrack],
    now_s: float,
    since_s: float,
    *,
    down: float = DOWN,
    rises: float = RISES,
    for_s: float = RISES_FOR_S,
) -> Squat | None:
    """Find a squat whose bottom is over while he still rises, by how far and for how long; else as `finished_squat`.

    `down` is how low he has to have been.
    """
    for person in people:
        times_s, heights = person.times_s, relative_heights(person)
        low = np.flatnonzero((heights < down) & (times_s > since_s))
        if len(times_s) < LEAST_LOOKS or not len(low):
            continue
        bottom = int(low[0] + np.argmin(heights[low[0] :]))
        bottom_s = float(times_s[bottom])
        if heights[-1] >= heights[bottom] + rises and now_s - bottom_s >= for_s:
            return Squat(_stood_s(times_s, heights, float(times_s[low[0]])), bottom_s, now_s)
    return None


def may_have_begun_s(people: Iterable[PersonTrack], now_s: float, since_s: float) -> float:
    """Say from when on a squat that is still to be judged may last: from where he stood last, whoever is down or seen.

    Parameters as in `finished_squat`.
    """
    begun = [_begun_s(one, now_s, since_s) for one in people if len(one.times_s) >= LEAST_LOOKS]
    return min((one for one in begun if one is not None), default=now_s)


def _begun_s(person: PersonTrack, now_s: float, since_s: float) -> float | None:
    """When he stood last before he came down, or stood last at all; None of one who left without having come down."""
    times_s, heights = person.times_s, relative_heights(person)
    low = np.flatnonzero((heights < DOWN) & (times_s > since_s))
    if not len(low) and times_s[-1] < now_s - LEFT_S:
        return None
    return _stood_s(times_s, heights, float(times_s[low[0]]) if len(low) else np.inf)


def _stood_s(times_s: FloatArray, heights: FloatArray, before_s: float) -> float:
    """When he stood last before a time; his first look where he never did."""
    standing = np.flatnonzero((heights >= UP) & (times_s < before_s))
    return float(times_s[standing[-1]] if len(standing) else times_s[0])


def relative_heights(person: PersonTrack) -> FloatArray:
    """Give the heights (n,) of somebody's hips over his ankles, over those of standing."""
    y = person.points_px[:, :, 1]
    heights = y[:, COCO_ANKLES].mean(axis=1) - y[:, COCO_HIPS].mean(axis=1)
    return np.asarray(heights / max(float(np.quantile(heights, USUAL)), 1.0))
