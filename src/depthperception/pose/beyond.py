"""The lifter before his first sighting and after his last: from look to look, as long as the pose network is sure.

Who stands with the head out of the picture, or close before the camera, is sighted only when he is down. Where he was
until then that sighting does not say: a film that begins with his descent would have none, or looks that were held to
where he is in the middle of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from depthperception.geometry.roi import Region, cut_out
from depthperception.people import PersonTrack
from depthperception.pose.blazepose import SIZE_PX, estimate_pose
from depthperception.pose.inpainting import alone
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.pose.tracking import LEAST_PRESENCE, OTHER, pose_of
from depthperception.types import FloatArray
from depthperception.video import Still

BEYOND_S = 3.0
"""How far: a descent and the stand before it. What is further away is another lift, or another errand."""

APART_S = 0.3
"""A look says where he is this long before and after: between two sightings of the first pass."""

BESIDE_S = 0.05
"""Pictures nearer to the look that is gone on from show no more than it: half of the coarse pass's step."""


def with_ends(
    stills_between: Callable[[float, float], Iterator[Still]],
    person: PersonTrack,
    track: PoseTrack,
    others: Sequence[PersonTrack] = (),
) -> tuple[PoseTrack, PoseTrack]:
    """Go on from the first and the last sure look that a sighting bears out; all looks, and those that were added.

    A look counts while the network is sure and finds him about where the one before it did. It takes the place of one
    that was held to a sighting of another time.

    Parameters
    ----------
    stills_between
        Gives the pictures between two times.
    person
        His sightings.
    track
        His poses, the coarse pass's.
    others
        Everybody else, who is painted over.
    """
    start_s, end_s = person.times_s[0] - APART_S, person.times_s[-1] + APART_S
    sighted = (track.times_s >= start_s) & (track.times_s <= end_s)
    sure = np.flatnonzero(sighted & (track.presence >= LEAST_PRESENCE))
    if not len(sure):
        return track, stack([])
    first, last = (track.take(slice(k, k + 1)) for k in (int(sure[0]), int(sure[-1])))
    first_s, last_s = float(first.times_s[0]), float(last.times_s[0])
    before_s = first_s - BESIDE_S
    earlier = list(stills_between(max(0.0, first_s - BEYOND_S), before_s))[::-1] if before_s > 0.0 else []
    later = stills_between(last_s + BESIDE_S, last_s + BEYOND_S)
    back, on = (list(_onward(one, look, person, others)) for one, look in ((earlier, first), (later, last)))
    found = stack([*reversed(back), *on])
    return track.with_finer(found), found


def _onward(
    stills: Iterable[Still], look: PoseTrack, person: PersonTrack, others: Sequence[PersonTrack]
) -> Iterator[Pose]:
    """Look where he was in the picture before, until he is not found there."""
    region, last_px = Region(*look.regions[0]), look.image_px[0]
    for still in stills:
        apart = replace(still, rgb=alone(still.rgb, person, others, still.time_s, scale=still.scale))
        part = cut_out(apart.rgb, region, SIZE_PX, scale=still.scale)
        seen = estimate_pose(part, region, model="full", threads=1)
        moved = _moved(seen.image_px, last_px) / person.height_px
        off = person.is_off_bar(seen.image_px[None], still.time_s)[0]
        if seen.presence < LEAST_PRESENCE or moved > OTHER or off:
            return
        region, last_px = seen.next_region, seen.image_px
        yield pose_of(still.time_s, seen, region)


def _moved(now_px: FloatArray, last_px: FloatArray) -> float:
    return float(np.linalg.norm(now_px - last_px, axis=-1).mean())
