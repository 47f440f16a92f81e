"""The lifter standing before and after each attempt, looked at closely from one and the same region.

A look errs by centimetres, and by the same ones each time it is asked of the same picture: what differs between two
looks from one region is the lifter. In rendered attempts legs that end as they began differ by .1 cm, feet by .2.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.refinement import LifterIsolation, crop_nearest
from depthperception.attempts.stance import FEET_S, Stand, measure_stance
from depthperception.geometry.roi import Region
from depthperception.pose.blazepose import AUGMENTATIONS, estimate_pose
from depthperception.pose.samples import FrameCrop, PoseSamples, estimate_samples
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.video import Source

LOOKS, FRAMES = AUGMENTATIONS[:2], 3
"""At three frames of each end, plainly and in the mirror: a single frame would say nothing of its noise."""

SAME_PLACE = 0.05
"""Of the region's side, 11 cm: who stands so near to where he stood is looked at from the very same region; a camera
that was turned, or a walk, moves it along."""

SHORTEST_S = 0.2
"""So much of a stand is enough to be looked at; rather than all of it, the part in which feet count is."""

LEAST_APART_S = 0.03
"""Frames nearer to each other than this are one."""


def look_at_ends(
    source: Source,
    track: PoseTrack,
    attempts: Sequence[Attempt],
    isolation: LifterIsolation,
    size_px: tuple[int, int],
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
    size_px
        Width and height of the picture.
    """
    close = empty_track()
    for index in range(len(attempts)):
        stance = measure_stance(track, attempts, index, size_px)
        if stance.before is None or stance.after is None:
            continue
        after, feet_s = stance.after, attempts[index].end_s + FEET_S[1]
        if feet_s - after.start_s >= SHORTEST_S:
            after = replace(after, end_s=min(after.end_s, feet_s))
        ends = _look_at_both(source, track, (stance.before, after))
        if ends and max(isolation.strayed(one) for one in ends) < isolation.settings.refinement.strayed:
            for one in ends:
                close = close.with_finer(one.track())
    return close


def _look_at_both(source: Source, track: PoseTrack, stands: tuple[Stand, Stand]) -> tuple[PoseSamples, ...]:
    """Look at two stands from one region; nothing where their frames are too few."""
    found: list[PoseSamples] = []
    region: Region | None = None
    for stand in stands:
        times = np.linspace(stand.start_s, stand.end_s, FRAMES)
        crops = _distinct(crop_nearest(source, track.region_at, times, step_s=LEAST_APART_S))
        if len(crops) < FRAMES:
            return ()
        middle = crops[len(crops) // 2]
        own = estimate_pose(middle.part, middle.region, threads=1).next_region
        region = own if region is None else _same(region, own)
        found.append(estimate_samples([crop.at(region).whole() for crop in crops], LOOKS))
    return tuple(found)


def _same(first: Region, own: Region) -> Region:
    """Look from the first region, moved along where he is elsewhere."""
    moved = np.hypot(own.x_px - first.x_px, own.y_px - first.y_px) > SAME_PLACE * first.side_px
    return replace(first, x_px=own.x_px, y_px=own.y_px) if moved else first


def _distinct(crops: Sequence[FrameCrop]) -> list[FrameCrop]:
    """Leave out frames that are as good as the one before."""
    kept: list[FrameCrop] = []
    for crop in crops:
        if not kept or crop.time_s - kept[-1].time_s >= LEAST_APART_S:
            kept.append(crop)
    return kept
