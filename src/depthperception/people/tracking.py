"""Identity: sightings joined to one track for each person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import (
    COCO_BODY,
    COCO_HIPS,
    COCO_SHOULDERS,
    COCO_TO_BLAZEPOSE,
    COCO_TRUNK_AND_LEGS,
)
from depthperception.people.barbell_cues import travelling
from depthperception.people.detection import FrameDetections, body_distance, without_doubles
from depthperception.people.movenet import Person
from depthperception.people.optical_flow import follows_shoulders
from depthperception.people.settings import TRACKING, PersonTracking
from depthperception.types import BoolArray, FloatArray, time_span

STANDS_WITHIN_S = 2.0
"""A squat has its standing start or end within this time of any of its moments, but for long pauses."""

REGION_OVER_HEIGHT = 1.3
"""Side of the pose network's region over the person's standing height: 2.2 m for 1.7 m, as in pose/blazepose.py."""

LEAST_POINT_SCORE = 0.2
"""MoveNet's demo draws points from .11 on; ankles out of the picture of a rendered lifter mostly scored .02 to .12."""

FLEETING = 3
"""Fewer sightings are often not of a person at all."""

IMPOSSIBLE = 1e3
"""Cost of what cannot be."""

TRUNK = 4
"""Of trunk and legs the first, shoulders and hips, count however unsure their sighting is; arms, which hold the bar in
poses that networks guess, do not count."""


@dataclass(frozen=True)
class PersonTrack:
    """One person through the video, at the times at which he was found.

    `holds` says how surely a plate that goes down and up is his, 0 to 1, and `carries` how much of what is beside his
    shoulders goes down and up with them; None where nobody looked.
    """

    times_s: FloatArray
    people: tuple[Person, ...]
    holds: float = 0.0
    carries: float | None = None

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
        return _usual_colours(self.people)

    def points_at(self, time_s: float) -> FloatArray:
        """COCO points (17, 2) at any time, linear between sightings, held at the ends."""
        return between(self.times_s, self.points_px, time_s)

    def box_at(self, time_s: float) -> FloatArray:
        """Box (4,) at any time, likewise."""
        return between(self.times_s, self.boxes_px, time_s)

    def clear_at(self, time_s: float) -> BoolArray:
        """Which COCO points (17,) the nearest sighting is sure of: those out of the picture are not."""
        nearest = self.people[int(np.argmin(np.abs(self.times_s - time_s)))]
        return np.asarray(nearest.scores >= LEAST_POINT_SCORE)

    def apart(self, looks_px: FloatArray, time_s: float) -> FloatArray:
        """Mean distance (k,) of trunk and legs in looks (k, 33, 2) at somebody from where he is sighted, in heights.

        Left and right may be swapped.
        """
        sighted, clear = self.points_at(time_s)[COCO_TRUNK_AND_LEGS], self.clear_at(time_s)[COCO_TRUNK_AND_LEGS]
        clear[:TRUNK] = True
        found = looks_px[:, COCO_TO_BLAZEPOSE[COCO_TRUNK_AND_LEGS]]
        swapped = found.reshape(len(found), -1, 2, 2)[:, :, ::-1].reshape(found.shape)
        away = [np.linalg.norm(points - sighted, axis=-1)[:, clear].mean(axis=1) for points in (found, swapped)]
        return np.asarray(np.min(away, axis=0) / self.height_px)

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


@dataclass
class _Open:
    """A track that may still grow."""

    times_s: list[float] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    def expected_px(self, time_s: float, soon_s: float) -> FloatArray:
        """Where his points (17, 2) should be by now: half of the way that the last step would take him.

        Half, because a step may be an error of the network's, and a squat turns.
        """
        last = self.people[-1].points_px
        if len(self.people) < 2 or time_s - self.times_s[-2] > 2 * soon_s:
            return last
        before = self.people[-2].points_px
        pace = (last - before)[COCO_BODY].mean(axis=0) / (self.times_s[-1] - self.times_s[-2])
        return np.asarray(last + 0.5 * pace * (time_s - self.times_s[-1]))


def link(sightings: Iterable[FrameDetections], *, settings: PersonTracking = TRACKING) -> tuple[PersonTrack, ...]:
    """Join sightings to tracks, by place and by clothes: the Hungarian method.

    The cost is the mean distance of the body's points from where they are expected, in heights of the box, and the
    difference of the clothes' colours; beyond `farthest_step` a sighting starts a track of its own. The tracks come
    from left to right where they are first seen, the fleeting ones last.
    """
    tracks: list[_Open] = []
    looks: list[FrameDetections] = []
    for sighting in sightings:
        looks.append(sighting)
        people = without_doubles(sighting.people, settings=settings)
        growing = [t for t in tracks if sighting.time_s - t.times_s[-1] <= settings.longest_absence_s]
        taken = set()
        if growing and people:
            cost = np.array([[_cost(t, person, sighting.time_s, settings) for person in people] for t in growing])
            for row, column in zip(*linear_sum_assignment(cost), strict=True):
                if cost[row, column] < IMPOSSIBLE:
                    growing[row].times_s.append(sighting.time_s)
                    growing[row].people.append(people[column])
                    taken.add(column)
        tracks += [_Open([sighting.time_s], [p]) for index, p in enumerate(people) if index not in taken]
    done = [PersonTrack(np.array(track.times_s), tuple(track.people)) for track in _mended(tracks, settings)]
    known = _with_bars(done, looks, settings)
    return tuple(sorted(known, key=lambda track: (len(track.people) < FLEETING, *track.first_box_px)))


def _with_bars(
    tracks: Sequence[PersonTrack], looks: Sequence[FrameDetections], settings: PersonTracking
) -> list[PersonTrack]:
    """Say of each track how well a plate fits him, and how much goes with his shoulders."""
    plates = travelling(((look.time_s, look.rounds) for look in looks), settings=settings.plate_cues)
    order = {look.time_s: k for k, look in enumerate(looks)}
    found = []
    for track in tracks:
        shoulders = track.points_px[:, COCO_SHOULDERS].mean(axis=1)
        middles = np.column_stack([track.boxes_px[:, [0, 2]].mean(axis=1), shoulders[:, 1]])
        known = track.times_s, middles, track.height_px
        held = max((plate.held(*known, settings=settings.plate_cues) for plate in plates), default=0.0)
        seen = [order[float(time_s)] for time_s in track.times_s]
        falls = [looks[k].fall if k == before + 1 else None for before, k in zip([-2, *seen], seen, strict=False)]
        carries = follows_shoulders(falls, shoulders, track.height_px, settings=settings)
        found.append(replace(track, holds=held, carries=carries))
    return found


def _mended(tracks: list[_Open], settings: PersonTracking) -> list[_Open]:
    """Join tracks of which one begins as the other ends, at the same place and in the same clothes.

    A post before a lifter makes two halves of him, which are found in turn and for a moment both.
    """
    whole: list[_Open] = []
    for track in sorted(tracks, key=lambda one: one.times_s[0]):
        before = min(whole, key=lambda one: _seam(one, track, settings), default=None)
        if before is None or _seam(before, track, settings) >= IMPOSSIBLE:
            whole.append(track)
            continue
        kept = sum(time_s < track.times_s[0] for time_s in before.times_s)
        before.times_s[kept:], before.people[kept:] = track.times_s, track.people
    return whole


def _seam(before: _Open, after: _Open, settings: PersonTracking) -> float:
    """Distance in heights between the end of one track and the start of another, if they can be of one person."""
    start_s, end_s = after.times_s[0], before.times_s[-1]
    if before.times_s[0] >= start_s or not -settings.soon_s < start_s - end_s <= settings.longest_absence_s:
        return IMPOSSIBLE
    if after.times_s[-1] <= end_s:
        return IMPOSSIBLE
    kept = [one for time_s, one in zip(before.times_s, before.people, strict=True) if time_s < start_s]
    last, first = kept[-1], after.people[0]
    away = body_distance(last.points_px, first.points_px, max(last.height_px, first.height_px))
    clothes = colours_apart(_usual_colours(kept[-5:]), _usual_colours(after.people[:5]), unknown=IMPOSSIBLE)
    return away if away <= settings.farthest_seam and clothes < settings.stranger else IMPOSSIBLE


def _cost(track: _Open, person: Person, time_s: float, settings: PersonTracking) -> float:
    last = track.people[-1]
    expected_px = track.expected_px(time_s, settings.soon_s)
    away = body_distance(expected_px, person.points_px, max(last.height_px, person.height_px))
    clothes = _clothes_differ(track, person)
    stranger = clothes > settings.stranger and time_s - track.times_s[-1] > settings.soon_s
    return IMPOSSIBLE if away > settings.farthest_step or stranger else away + settings.colour_weight * clothes


def _clothes_differ(track: _Open, person: Person) -> float:
    """Difference of a person's clothes from a track's, in part of that of black and white; 0 where they were not seen.

    Compared with the median of the last sightings, for a lifter half hidden wears in part what hides him.
    """
    return colours_apart(_usual_colours(track.people[-5:]), _usual_colours([person]), unknown=0.0)


def _usual_colours(people: Sequence[Person]) -> FloatArray:
    worn = [person.colours for person in people if person.colours is not None]
    return np.asarray(np.median(worn, axis=0)) if worn else np.full(6, np.nan)


def colours_apart(one: FloatArray, other: FloatArray, *, unknown: float) -> float:
    """Mean difference of trunk and thighs, in part of that of black and white; `unknown` where one was not seen."""
    apart = np.linalg.norm((one - other).reshape(2, 3), axis=1) / 255.0
    return float(apart.mean()) if np.isfinite(apart).all() else unknown
