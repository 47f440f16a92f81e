"""Sightings joined to one track for each person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_BODY, COCO_SHOULDERS
from depthperception.people.detection import FrameDetections, body_distance, without_doubles
from depthperception.people.movenet import Person
from depthperception.people.optical_flow import follows_shoulders
from depthperception.people.settings import TRACKING, PersonTracking
from depthperception.people.tracking import FLEETING, PersonTrack, colours_apart, size_apart, usual_colours
from depthperception.types import FloatArray

IMPOSSIBLE = 1e3
"""Cost of what cannot be."""

RECENT = 5
"""Sightings by whose median a new one is judged: a lifter half hidden wears in part what hides him, and a sighting may
be half wrong."""


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
    difference of the clothes' colours; beyond `farthest_step` or `most_growth` a sighting starts a track of its own.
    Who is alone in the picture may be filmed nearer from one look to the next, or over the same feet be half a squat
    further on, in a film that is sped up. The tracks come from left to right where they are first seen, the fleeting
    ones last.
    """
    tracks: list[_Open] = []
    looks: list[FrameDetections] = []
    for sighting in sightings:
        looks.append(sighting)
        people = without_doubles(sighting.people, settings=settings)
        growing = [t for t in tracks if sighting.time_s - t.times_s[-1] <= settings.longest_absence_s]
        taken = set()
        if growing and people:
            alone = len(growing) == len(people) == 1
            cost = np.array([[_cost(t, p, sighting.time_s, alone, settings) for p in people] for t in growing])
            for row, column in _assigned(cost):
                if cost[row, column] < IMPOSSIBLE:
                    growing[row].times_s.append(sighting.time_s)
                    growing[row].people.append(people[column])
                    taken.add(column)
        tracks += [_Open([sighting.time_s], [p]) for index, p in enumerate(people) if index not in taken]
    done = [PersonTrack(np.array(track.times_s), tuple(track.people)) for track in _mended(tracks, settings)]
    known = _with_bars(done, looks, settings)
    return tuple(sorted(known, key=lambda track: (len(track.people) < FLEETING, *track.first_box_px)))


def _assigned(cost: FloatArray) -> list[tuple[int, int]]:
    """Pair rows and columns at the least cost in all; one alone takes the best, and spares an import of .13 s."""
    if min(cost.shape) == 1:
        return [divmod(int(cost.argmin()), cost.shape[1])]
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    rows, columns = linear_sum_assignment(cost)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _with_bars(
    tracks: Sequence[PersonTrack], looks: Sequence[FrameDetections], settings: PersonTracking
) -> list[PersonTrack]:
    """Say of each track how much of what is beside his shoulders goes with them."""
    order = {look.time_s: k for k, look in enumerate(looks)}
    found = []
    for track in tracks:
        shoulders = track.points_px[:, COCO_SHOULDERS].mean(axis=1)
        seen = [order[float(time_s)] for time_s in track.times_s]
        falls = [looks[k].fall if k == before + 1 else None for before, k in zip([-2, *seen], seen, strict=False)]
        carries = follows_shoulders(falls, shoulders, track.height_px, settings=settings)
        found.append(replace(track, carries=carries))
    return found


def _mended(tracks: list[_Open], settings: PersonTracking) -> list[_Open]:
    """Join tracks of which one begins as the other ends, at the same place and in the same clothes.

    A post before a lifter makes two halves of him, which are found in turn and for a moment both.
    """
    whole: list[_Open] = []
    for track in sorted(tracks, key=lambda one: one.times_s[0]):
        seams = [_seam(one, track, _grows(one, track, tracks, settings), settings) for one in whole]
        before = whole[int(np.argmin(seams))] if seams else None
        if before is None or min(seams) >= IMPOSSIBLE:
            whole.append(track)
            continue
        kept = sum(time_s < track.times_s[0] for time_s in before.times_s)
        before.times_s[kept:], before.people[kept:] = track.times_s, track.people
    return whole


def _grows(before: _Open, after: _Open, tracks: Sequence[_Open], settings: PersonTracking) -> float:
    """How much larger or smaller a track may go on than it ended: any, where nobody else is about."""
    start_s, end_s = before.times_s[-1] - settings.soon_s, after.times_s[0] + settings.soon_s
    others = (one for one in tracks if one is not before and one is not after)
    crowded = any(start_s <= time_s <= end_s for one in others for time_s in one.times_s)
    return settings.most_growth if crowded else np.inf


def _seam(before: _Open, after: _Open, grows: float, settings: PersonTracking) -> float:
    """Distance in heights between the end of one track and the start of another, if they can be of one person."""
    start_s, end_s = after.times_s[0], before.times_s[-1]
    if before.times_s[0] >= start_s or not -settings.soon_s < start_s - end_s <= settings.longest_absence_s:
        return IMPOSSIBLE
    if after.times_s[-1] <= end_s:
        return IMPOSSIBLE
    kept = [one for time_s, one in zip(before.times_s, before.people, strict=True) if time_s < start_s]
    last, first = kept[-1], after.people[0]
    away = body_distance(last.points_px, first.points_px, max(last.height_px, first.height_px))
    clothes = colours_apart(usual_colours(kept[-RECENT:]), usual_colours(after.people[:RECENT]), unknown=IMPOSSIBLE)
    same_size = size_apart(kept[-RECENT:], first) <= grows
    same = away <= settings.farthest_seam and clothes < settings.stranger and same_size
    return away if same else IMPOSSIBLE


def _cost(track: _Open, person: Person, time_s: float, alone: bool, settings: PersonTracking) -> float:
    last = track.people[-1]
    expected_px = track.expected_px(time_s, settings.soon_s)
    away = body_distance(expected_px, person.points_px, max(last.height_px, person.height_px))
    clothes = _clothes_differ(track, person)
    stranger = clothes > settings.stranger and time_s - track.times_s[-1] > settings.soon_s
    other_size = not alone and size_apart(track.people[-RECENT:], person) > settings.most_growth
    in_place = alone and _feet_apart(last, person) <= settings.farthest_step
    if away > (settings.farthest_seam if in_place else settings.farthest_step) or stranger or other_size:
        return IMPOSSIBLE
    return away + settings.colour_weight * clothes


def _feet_apart(one: Person, other: Person) -> float:
    """How far the ankles of two sightings are from each other, in heights of the larger box."""
    away = np.linalg.norm((one.points_px - other.points_px)[COCO_ANKLES], axis=1).mean()
    return float(away / max(one.height_px, other.height_px, 1.0))


def _clothes_differ(track: _Open, person: Person) -> float:
    """Difference of a person's clothes from a track's, in part of that of black and white; 0 where they were not seen.

    Compared with the median of the last sightings, for a lifter half hidden wears in part what hides him.
    """
    return colours_apart(usual_colours(track.people[-RECENT:]), usual_colours([person]), unknown=0.0)
