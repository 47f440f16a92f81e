"""The lifter found again where somebody or something hides him, by what does not move: his feet and his size.

At the bottom, behind a plate, a rack, and spotters who squat along, MoveNet misses him or takes the spotter behind for
him, and the pose network doubts what it sees there. His feet stay. So the heavy network looks above them, in regions
too narrow for those beside him, and a look is his whose feet are the standing feet and whose size is his.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from depthperception.concurrency import parallel_map
from depthperception.geometry.roi import Region, cut_out
from depthperception.geometry.skeletons import ANKLES, COCO_TO_BLAZEPOSE
from depthperception.people import PersonTrack
from depthperception.people.movenet import Person
from depthperception.pose.beyond import APART_S, with_ends
from depthperception.pose.blazepose import SIZE_PX, PoseEstimate, estimate_pose, px_per_m
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.pose.tracking import HIMSELF, LEAST_PRESENCE, pose_of
from depthperception.types import FloatArray
from depthperception.video import Still

AROUND_S = 3.0
"""Feet are where they were, or will be, within this time: a squat lasts two to five seconds, and its middle may be
hidden."""

FEET_STAY = 0.1
"""Spread of the ankles, and their distance from where they stood, over the standing height: a foot is .15 long, and a
spotter's feet are further off."""

LEAST_KNOWN = 4
"""Looks that are surely at him, from which on feet and size are known: half a second's."""

SURELY = 0.9
"""Presence from which on the heavy network sees a body: of the looks that took legs from two people half had more, so
that feet and size decide; with less it guesses those too."""

SAME_SIZE = 1.25
"""Most by which a look's px a metre differ from the standing lifter's: sizes echo the region by .7, and the regions
differ from his by 1.4 at most."""

ABOVE, SIDES = (0.25, 0.35, 0.45), (1.1, 0.95)
"""Centres of the regions above the ankles and their sides, in standing heights: hips are .26 above them at parallel and
.5 standing; a lifter in the hole is .6 high, and 1.3, the region of one who stands, holds the legs of those beside
him."""


UNSIGHTED_S = 0.6
"""Time between sightings from which on somebody is lost and not only missed once: he is looked for every .25 s."""


@dataclass(frozen=True)
class Footing:
    """What does not move through a squat: ankles (2, 2) in px, standing height in px, and px a metre."""

    ankles_px: FloatArray
    height_px: float
    px_per_m: float

    def regions(self) -> list[Region]:
        """Where he may be above his feet."""
        x, y = self.ankles_px.mean(axis=0)
        height = self.height_px
        return [Region(float(x), float(y) - up * height, side * height) for side in SIDES for up in ABOVE]

    def away(self, seen: PoseEstimate) -> float:
        """Distance of a look's ankles from the standing ones, in standing heights; endless where it is not his."""
        size = px_per_m(seen.image_px, seen.world_m) / self.px_per_m
        if seen.presence < SURELY or not 1.0 / SAME_SIZE <= size <= SAME_SIZE:
            return np.inf
        away = float(np.linalg.norm(seen.image_px[ANKLES] - self.ankles_px, axis=1).mean() / self.height_px)
        return away if away <= FEET_STAY else np.inf


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
    asked = ((still, footing(track, person, still.time_s)) for still in stills)
    looked = parallel_map(_look_above, ((still, feet) for still, feet in asked if feet is not None))
    his = (pose for pose in looked if pose is not None and not person.is_off_bar(pose.image_px[None], pose.time_s)[0])
    found = stack(list(his))
    hidden = hidden_spans(person, spans)
    if not len(found):
        return Recovery(track, person, hidden)
    return Recovery(_mended(track, found, person.height_px), with_looks(person, found), hidden)


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


def footing(track: PoseTrack, person: PersonTrack, time_s: float) -> Footing | None:
    """Feet and size of somebody about a time, from the looks that are surely at him; None where he goes about."""
    sure = (np.abs(track.times_s - time_s) <= AROUND_S) & (track.presence >= LEAST_PRESENCE)
    if sure.sum() < LEAST_KNOWN:
        return None
    ankles = track.image_px[sure][:, ANKLES]
    middle = np.median(ankles, axis=0)
    spread = np.median(np.linalg.norm(ankles - middle, axis=-1).mean(axis=1)) / person.height_px
    sizes = [px_per_m(*look) for look in zip(track.image_px[sure], track.world_m[sure], strict=True)]
    return Footing(middle, person.height_px, float(np.median(sizes))) if spread <= FEET_STAY else None


def _look_above(asked: tuple[Still, Footing]) -> Pose | None:
    """Look with the heavy network above the feet; the look whose feet are nearest to his, None where none is his."""
    still, feet = asked
    nearest, best = np.inf, None
    for region in feet.regions():
        part = cut_out(still.rgb, region, SIZE_PX, scale=still.scale)
        seen = estimate_pose(part, region, threads=1)
        if feet.away(seen) < nearest:
            nearest, best = feet.away(seen), pose_of(still.time_s, seen, region)
        if nearest <= FEET_STAY / 2:
            break
    return best


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
