"""The lifter found again where somebody or something hides him, by what does not move: his feet and his size.

At the bottom, behind a plate, a rack, and spotters who squat along, MoveNet misses him or takes the spotter behind for
him, and the pose network doubts what it sees there. His feet stay. So the heavy network looks above them, in regions
too narrow for those beside him, and a look is his whose feet are the standing feet and whose size is his.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from depthperception.concurrency import parallel_map
from depthperception.geometry.skeletons import COCO_TO_BLAZEPOSE
from depthperception.people import PersonTrack
from depthperception.people.movenet import Person
from depthperception.pose.beyond import APART_S, with_ends
from depthperception.pose.footing import AROUND_S, LEAST_KNOWN, Footing, footing, look_above
from depthperception.pose.track import PoseTrack, stack
from depthperception.pose.tracking import HIMSELF, LEAST_PRESENCE
from depthperception.video import Still

UNSIGHTED_S = 0.6
"""Time between sightings from which on somebody is lost and not only missed once: he is looked for every .25 s."""


@dataclass(frozen=True)
class Recovery:
    """What is known of the lifter after looking again.

    Attributes
    ----------
    track
        His poses.
    person
        His sightings.
    hidden_s
        Spans of time in which neither network had found him at first: there he is placed, but hardly seen.
    """

    track: PoseTrack
    person: PersonTrack
    hidden_s: tuple[tuple[float, float], ...] = ()

    def hidden_at(self, time_s: float) -> bool:
        """Whether he is hidden at a time, or so near to it that his lowest moment may lie where he is."""
        return any(start_s - APART_S <= time_s <= end_s + APART_S for start_s, end_s in self.hidden_s)

    def footing_at(self, time_s: float) -> Footing | None:
        """Where his feet stay about a time; None where he goes about."""
        return footing(self.track, self.person, time_s)

    def above_feet(self, stills: Iterable[Still]) -> PoseTrack | None:
        """His poses, with looks above his feet for all others about the time of some pictures; None where none is his.

        Others are left out for `APART_S` before and after, so that nobody is looked for where they say.
        """
        found = _looks_above_feet(self.track, self.person, stills)
        if not len(found):
            return None
        first_s, last_s = found.times_s[[0, -1]]
        kept = (self.track.times_s < first_s - APART_S) | (self.track.times_s > last_s + APART_S)
        return self.track.take(kept).with_finer(found)


def recover(
    stills_between: Callable[[float, float], Iterator[Still]],
    person: PersonTrack,
    track: PoseTrack,
    others: Sequence[PersonTrack] = (),
) -> Recovery:
    """Look again where a coarse track is in doubt, and mend it and the lifter's sightings by what is found.

    So it is done before his first sighting and after his last, as long as he is surely followed there.

    Parameters
    ----------
    stills_between
        Gives the pictures between two times.
    person
        The lifter's sightings.
    track
        His poses, the coarse pass's.
    others
        Everybody else.
    """
    track, ends = with_ends(stills_between, person, track, others)
    person = with_looks(person, ends) if len(ends) else person
    spans = doubted_spans(track)
    stills = (still for start_s, end_s in spans for still in stills_between(start_s, end_s))
    found = _looks_above_feet(track, person, stills)
    hidden = hidden_spans(person, spans)
    if not len(found):
        return Recovery(track, person, hidden)
    return Recovery(_mended(track, found, person.height_px), with_looks(person, found), hidden)


def _looks_above_feet(track: PoseTrack, person: PersonTrack, stills: Iterable[Still]) -> PoseTrack:
    """Look in pictures for the lifter above his feet; those in which nobody stands on them give nothing."""
    asked = ((still, footing(track, person, still.time_s)) for still in stills)
    looked = parallel_map(lambda one: look_above(*one), ((still, feet) for still, feet in asked if feet is not None))
    his = (pose for pose in looked if pose is not None and not person.is_off_bar(pose.image_px[None], pose.time_s)[0])
    return stack(list(his))


def hidden_spans(person: PersonTrack, doubted_s: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans of time in doubt in which he is not sighted either, for `UNSIGHTED_S` and more."""
    gaps = [gap for gap in pairwise(person.times_s) if gap[1] - gap[0] >= UNSIGHTED_S]
    both = [(max(a, c), min(b, d)) for a, b in gaps for c, d in doubted_s]
    return tuple((float(start_s), float(end_s)) for start_s, end_s in both if start_s < end_s)


def doubted_spans(track: PoseTrack) -> list[tuple[float, float]]:
    """First and last times between looks that are surely at him, where some in between are in doubt or missing."""
    sure_s = track.times_s[track.presence >= LEAST_PRESENCE]
    if len(sure_s) < LEAST_KNOWN:
        return []
    step_s = float(np.median(np.diff(track.times_s)))
    return [
        (float(start_s) + step_s / 2, float(end_s) - step_s / 2)
        for start_s, end_s in pairwise(sure_s)
        if 1.5 * step_s < end_s - start_s <= 2 * AROUND_S
    ]


def _mended(track: PoseTrack, found: PoseTrack, height_px: float) -> PoseTrack:
    """Put looks that were found in the place of those in doubt; where they differ, leave out the others in doubt."""
    kept = np.ones(len(track), bool)
    for start_s, end_s in doubted_spans(track):
        here = (track.times_s >= start_s) & (track.times_s <= end_s)
        now = found.between(start_s, end_s)
        doubted = [track.image_at(float(time_s)) for time_s in now.times_s]
        apart = [
            np.linalg.norm(one - look, axis=-1)[COCO_TO_BLAZEPOSE].mean()
            for one, look in zip(doubted, now.image_px, strict=True)
            if one is not None
        ]
        if max(apart, default=0.0) > HIMSELF * height_px:
            kept &= ~here
    return track.take(kept).with_finer(found)


def with_looks(person: PersonTrack, found: PoseTrack) -> PersonTrack:
    """Put looks at somebody among his sightings, in the place of those that say otherwise at about the same time."""
    looks = PersonTrack(found.times_s, tuple(_sighting(found, k) for k in range(len(found))))
    kept = [
        (time_s, one)
        for time_s, one in zip(person.times_s, person.people, strict=True)
        if looks.unseen_s(time_s) > APART_S or _agrees(one, looks, time_s, person.height_px)
    ]
    times = {float(time_s): one for time_s, one in [*kept, *zip(looks.times_s, looks.people, strict=True)]}
    ordered = sorted(times)
    return replace(person, times_s=np.array(ordered), people=tuple(times[time_s] for time_s in ordered))


def _agrees(one: Person, looks: PersonTrack, time_s: float, height_px: float) -> bool:
    away = np.linalg.norm(one.points_px - looks.points_at(time_s), axis=1)[5:].mean()
    return bool(away <= HIMSELF * height_px)


def _sighting(found: PoseTrack, k: int) -> Person:
    points = found.image_px[k, COCO_TO_BLAZEPOSE]
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return Person(points, found.visibility[k, COCO_TO_BLAZEPOSE], box, float(found.presence[k]))
