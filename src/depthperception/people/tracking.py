"""One person through the video."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import (
    COCO_HIPS,
    COCO_LIMBS,
    COCO_SHOULDERS,
    COCO_TO_BLAZEPOSE,
    COCO_TRUNK_AND_LEGS,
    SHOULDERS,
)
from depthperception.people.movenet import Person
from depthperception.types import BoolArray, FloatArray, IntArray, time_span

STANDS_WITHIN_S = 2.0
"""A squat has its standing start or end within this time of any of its moments, but for long pauses."""

REGION_OVER_HEIGHT = 1.3
"""Side of the pose network's region over the person's standing height: 2.2 m for 1.7 m, as in pose/blazepose.py."""

LEAST_POINT_SCORE = 0.2
"""MoveNet's demo draws points from .11 on; ankles out of the picture of a rendered lifter mostly scored .02 to .12."""

FLEETING = 3
"""Fewer sightings are often not of a person at all."""

TRUNK = 4
"""Of trunk and legs the first, shoulders and hips, count however unsure their sighting is; arms, which hold the bar in
poses that networks guess, do not count."""


@dataclass(frozen=True, eq=False)
class BarCourse:
    """Where the middle of the bar on somebody's shoulders is: places (n, 2) in px at times (n,).

    His shoulders are `ahead_px` to its right, or to its left where that is negative; hidden by its plates they are
    taken to be where it is. `reach_px` is how far from either, and from all between them, they may be seen.
    """

    times_s: FloatArray
    middles_px: FloatArray
    reach_px: float
    ahead_px: float = 0.0

    def is_off(self, shoulders_px: FloatArray, time_s: float) -> BoolArray:
        """Which middles (k,) of shoulders (k, 2) are not under it; none at a time at which it was not looked for."""
        if not self.times_s[0] <= time_s <= self.times_s[-1]:
            return np.zeros(len(shoulders_px), bool)
        x_px, y_px = (shoulders_px - between(self.times_s, self.middles_px, time_s)).T
        x_px = x_px - np.clip(x_px, min(self.ahead_px, 0.0), max(self.ahead_px, 0.0))
        return np.asarray(np.hypot(x_px, y_px) > self.reach_px)


@dataclass(frozen=True)
class PersonTrack:
    """One person through the video, at the times at which he was found.

    `carries` says how much of what is beside his shoulders goes down and up with them, and `between` how well he stands
    between the plates of a bar, 0 to 1; where one plate alone is seen, `may_have` says whether it can be his. `bar` is
    the bar on his shoulders, and `astray` the sightings that were taken for his and are not under it. None where nobody
    looked, or there is none.
    """

    times_s: FloatArray
    people: tuple[Person, ...]
    carries: float | None = None
    between: float | None = None
    may_have: bool | None = None
    bar: BarCourse | None = None
    astray: "PersonTrack | None" = None

    def __repr__(self) -> str:
        return f"<PersonTrack {time_span(self.times_s)}>"

    @cached_property
    def boxes_px(self) -> FloatArray:
        """Boxes (n, 4): x0, y0, x1, y1."""
        return np.array([person.box_px for person in self.people])

    @cached_property
    def heights_px(self) -> FloatArray:
        """Heights (n,) of the boxes."""
        return np.asarray(self.boxes_px[:, 3] - self.boxes_px[:, 1])

    @cached_property
    def points_px(self) -> FloatArray:
        """COCO points (n, 17, 2)."""
        return np.array([person.points_px for person in self.people])

    @cached_property
    def scores(self) -> FloatArray:
        """Confidence (n, 17) in each point, 0 to 1."""
        return np.array([person.scores for person in self.people])

    @cached_property
    def colours(self) -> FloatArray:
        """Colours (6,) of his clothes, as `Person.colours`: the median; NaN where nobody looked."""
        return usual_colours(self.people)

    def points_at(self, time_s: float) -> FloatArray:
        """COCO points (17, 2) at any time, linear between sightings, held at the ends."""
        return between(self.times_s, self.points_px, time_s)

    def box_at(self, time_s: float) -> FloatArray:
        """Box (4,) at any time, likewise."""
        return between(self.times_s, self.boxes_px, time_s)

    def during(self, start_s: float, end_s: float) -> "PersonTrack | None":
        """Give his part of a span of time; None where he is not seen in it."""
        here = (self.times_s >= start_s) & (self.times_s <= end_s)
        return self._taken(here) if here.any() else None

    def clear_at(self, time_s: float) -> BoolArray:
        """Which COCO points (17,) the nearest sighting is sure of: those out of the picture are not."""
        nearest = self.people[int(np.argmin(np.abs(self.times_s - time_s)))]
        return np.asarray(nearest.scores >= LEAST_POINT_SCORE)

    def apart(self, looks_px: FloatArray, time_s: float) -> FloatArray:
        """Mean distance (k,) of trunk and legs in looks (k, 33, 2) at somebody from where he is sighted, in heights.

        Left and right may be swapped. Endless where the shoulders are not under the bar that he has.
        """
        sighted, clear = self.points_at(time_s)[COCO_TRUNK_AND_LEGS], self.clear_at(time_s)[COCO_TRUNK_AND_LEGS]
        clear[:TRUNK] = True
        found = looks_px[:, COCO_TO_BLAZEPOSE[COCO_TRUNK_AND_LEGS]]
        swapped = found.reshape(len(found), -1, 2, 2)[:, :, ::-1].reshape(found.shape)
        away = [np.linalg.norm(points - sighted, axis=-1)[:, clear].mean(axis=1) for points in (found, swapped)]
        return np.where(self.is_off_bar(looks_px, time_s), np.inf, np.min(away, axis=0) / self.height_px)

    def is_off_bar(self, looks_px: FloatArray, time_s: float) -> BoolArray:
        """Which looks (k,) of (k, 33, 2) have shoulders that are not under the bar on his."""
        if self.bar is None:
            return np.zeros(len(looks_px), bool)
        return self.bar.is_off(looks_px[:, SHOULDERS].mean(axis=1), time_s)

    def held_to(self, bar: BarCourse) -> "PersonTrack":
        """Give him the bar that he stands under, and the sightings alone that are under it, if any is."""
        shoulders_px = self.points_px[:, COCO_SHOULDERS].mean(axis=1)
        looks = zip(shoulders_px, self.times_s.tolist(), strict=True)
        off = np.array([bool(bar.is_off(place_px[None], time_s)[0]) for place_px, time_s in looks])
        if off.all() or not off.any():
            return replace(self, bar=None if off.all() else bar)
        return replace(self._taken(~off), bar=bar, astray=PersonTrack(self.times_s[off], self._taken(off).people))

    def _taken(self, kept: BoolArray) -> "PersonTrack":
        people = tuple(self.people[k] for k in np.flatnonzero(kept))
        return replace(self, times_s=self.times_s[kept], people=people)

    def region_at(self, time_s: float) -> Region:
        """The pose network's region: round the hips, as large as the tallest box within two seconds asks for.

        A lifter in the hole is as large as he was standing; his box is not.
        """
        x, y = self.points_at(time_s)[COCO_HIPS].mean(axis=0)
        reach = max(STANDS_WITHIN_S, self.unseen_s(time_s))
        first, last = np.searchsorted(self.times_s, [time_s - reach, time_s + reach + 1e-9])
        return Region(float(x), float(y), REGION_OVER_HEIGHT * float(self.heights_px[first:last].max()))

    def tight_region_at(self, time_s: float) -> Region:
        """A region round the box of the moment, which leaves out more of the people beside him."""
        x0, y0, x1, y1 = self.box_at(time_s)
        side = REGION_OVER_HEIGHT * max(y1 - y0, x1 - x0)
        return Region(float(x0 + x1) / 2, float(y0 + y1) / 2, float(side))

    def unseen_s(self, time_s: float) -> float:
        """Seconds from `time_s` to the nearest sighting."""
        after = int(np.searchsorted(self.times_s, time_s))
        return float(np.abs(self.times_s[max(0, after - 1) : after + 1] - time_s).min())

    @property
    def first_box_px(self) -> tuple[float, float, float, float]:
        """Box where he is first seen."""
        x0, y0, x1, y1 = (float(value) for value in self.people[0].box_px)
        return x0, y0, x1, y1

    @cached_property
    def height_px(self) -> float:
        """Height of the person when standing: the 90th percentile of the boxes'."""
        return float(np.percentile(self.heights_px, 90))


def between(times_s: FloatArray, values: FloatArray, time_s: float) -> FloatArray:
    """Rows of `values` linear between their times, held at the ends."""
    after = int(np.clip(np.searchsorted(times_s, time_s), 1, max(1, len(times_s) - 1)))
    if len(times_s) < 2:
        return np.asarray(values[0])
    t0, t1 = times_s[after - 1], times_s[after]
    part = float(np.clip((time_s - t0) / (t1 - t0), 0.0, 1.0))
    return np.asarray((1.0 - part) * values[after - 1] + part * values[after])


def usual_colours(people: Sequence[Person]) -> FloatArray:
    """Colours (6,) of the clothes in most sightings; NaN where nobody looked."""
    worn = [person.colours for person in people if person.colours is not None]
    return np.asarray(np.median(worn, axis=0)) if worn else np.full(6, np.nan)


def colours_apart(one: FloatArray, other: FloatArray, *, unknown: float) -> float:
    """Mean difference of trunk and thighs, in part of that of black and white; `unknown` where one was not seen."""
    apart = np.linalg.norm((one - other).reshape(2, 3), axis=1) / 255.0
    return float(apart.mean()) if np.isfinite(apart).all() else unknown


def size_apart(before: Sequence[Person], now: Person) -> float:
    """How many times larger or smaller somebody is than in any sighting before: by the length of all limbs and trunk.

    Of the limbs those count that are seen both times, so that the picture's edge, which cuts a box, changes nothing; 1
    where none is. A squat makes a box much smaller, limbs and trunk as they are drawn hardly.
    """
    limbs = np.array(COCO_LIMBS)
    return min((_ratio(one, now, limbs) for one in before), default=1.0)


def _ratio(one: Person, other: Person, limbs: IntArray) -> float:
    clear = (np.minimum(one.scores, other.scores)[limbs] >= LEAST_POINT_SCORE).all(axis=1)
    if not clear.any():
        return 1.0
    ends = [person.points_px[limbs[clear]] for person in (one, other)]
    sizes = [np.linalg.norm(part[:, 0] - part[:, 1], axis=-1).sum() for part in ends]
    return float(max(sizes) / max(min(sizes), 1.0))
