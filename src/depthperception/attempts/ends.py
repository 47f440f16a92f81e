"""The lifter standing before and after each attempt, looked at closely from one and the same region.

A look errs by centimetres, and by the same ones each time it is asked of the same picture: what differs between two
looks from one region is the lifter. In rendered attempts legs that end as they began differ by .2 cm, feet by .3.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.refinement import LifterIsolation, crop_nearest
from depthperception.attempts.stance import Span, end_spans, feet_span
from depthperception.geometry.roi import Region
from depthperception.pose.blazepose import AUGMENTATIONS, estimate_pose
from depthperception.pose.samples import FrameCrop, PoseSamples, estimate_samples
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.video import Source

LOOKS = AUGMENTATIONS[:2]
"""Plainly and in the mirror."""

SAME_PLACE = 0.05
"""Of the region's side, 11 cm: who stands so near to where he stood is looked at from the very same region; a camera
that was turned, or a walk, moves it along."""

LEAST_APART_S = 0.03
"""Frames nearer to each other than this are one."""


def look_at_ends(
    source: Source,
    track: PoseTrack,
    attempts: Sequence[Attempt],
    isolation: LifterIsolation,
) -> PoseTrack:
    """Look closely at the lifter standing before and after each attempt of which the film shows both.

    Parameters
    ----------
    source, track
        The film, and all looks at him so far.
    attempts
        In order of time.
    isolation
        Who he is among others: looks that stray to somebody else are left out.
    """
    close = empty_track()
    count = isolation.settings.refinement.end_frames
    for index in range(len(attempts) if count else 0):
        both = end_spans(track, attempts, index)
        feet_s = feet_span(attempts, index, both[1])
        ends = _look_at_each(source, track, both, feet_s, count)
        if ends and max(isolation.strayed(one) for one in ends) < isolation.settings.refinement.strayed:
            for one in ends:
                close = close.with_finer(one.track())
    return close


def _look_at_each(
    source: Source, track: PoseTrack, both: tuple[Span, Span], feet_s: Span | None, count: int
) -> tuple[PoseSamples, ...]:
    """Look at both ends from one region, and at the feet after it; nothing where an end's frames are too few."""
    found: list[PoseSamples] = []
    region: Region | None = None
    first = track.region_at(both[0][0])
    for start_s, end_s in (*both, *((feet_s,) if feet_s else ())):
        crops = _crops(source, track, (start_s, end_s), count)
        if len(crops) < count:
            return tuple(found) if len(found) == len(both) else ()
        if region is None:
            region = estimate_pose(crops[count // 2].part, crops[count // 2].region, threads=1).next_region
        own = _moved_along(region, first, track.region_at(start_s))
        found.append(estimate_samples([crop.at(own).whole() for crop in crops], LOOKS))
    return tuple(found)


def _crops(source: Source, track: PoseTrack, span: Span, count: int) -> list[FrameCrop]:
    """Cut so many different frames out of a stretch in which he was looked at; fewer where there are not as many."""
    if span[1] - span[0] < LEAST_APART_S * count or not len(track.between(*span)):
        return []
    return _distinct(crop_nearest(source, track.region_at, np.linspace(*span, count), step_s=LEAST_APART_S))


def _moved_along(region: Region, first: Region, here: Region) -> Region:
    """Look from a region, moved by as much as he has, where that is not next to nothing."""
    x_px, y_px = here.x_px - first.x_px, here.y_px - first.y_px
    moved = np.hypot(x_px, y_px) > SAME_PLACE * region.side_px
    return replace(region, x_px=region.x_px + x_px, y_px=region.y_px + y_px) if moved else region


def _distinct(crops: Sequence[FrameCrop]) -> list[FrameCrop]:
    """Leave out frames that are as good as the one before."""
    kept: list[FrameCrop] = []
    for crop in crops:
        if not kept or crop.time_s - kept[-1].time_s >= LEAST_APART_S:
            kept.append(crop)
    return kept
