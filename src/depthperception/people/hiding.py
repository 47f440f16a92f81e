"""Somebody who goes before another and is seen no more: a lifter behind whom his spotter stands, filmed from behind."""

from collections.abc import Sequence

import numpy as np

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_SHOULDERS
from depthperception.people.lifting_cues import lowest_at
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.people.tracking import PersonTrack
from depthperception.types import FloatArray


def hidden_by(
    track: PersonTrack, others: Sequence[PersonTrack], *, settings: LifterSelection = SELECTION
) -> PersonTrack | None:
    """Find who stands hidden before somebody filmed from behind while this one goes down.

    A spotter stands behind his lifter, never before him: filmed from behind he hides the lifter, squats along, and is
    all that the networks see.
    """
    return next((other for other in others if _goes_before(other, track, settings)), None)


def _goes_before(other: PersonTrack, track: PersonTrack, settings: LifterSelection) -> bool:
    """Whether somebody went out of sight behind a track that is filmed from behind, and it went down after that."""
    gone_s = float(other.times_s[-1])
    after = track.times_s > gone_s
    if len(other.people) < settings.reflections.least_sightings or track.times_s[-1] - gone_s < settings.pick_within_s:
        return False
    lowest_s = lowest_at(track, settings=settings.cues)
    further = (other.points_at(gone_s) - track.points_at(gone_s))[COCO_ANKLES, 1].mean() < 0.0
    covered = _covered(other.box_at(gone_s), track.box_at(gone_s)) >= settings.covered
    return bool(lowest_s > gone_s and further and covered and _from_behind(track.points_px[after]))


def _from_behind(points_px: FloatArray) -> bool:
    """Whether a back is seen in most sightings (n, 17, 2): the left shoulder on the picture's left."""
    left, right = (points_px[:, COCO_SHOULDERS, 0][:, side] for side in (0, 1))
    return bool(np.median(left - right) < 0.0)


def _covered(box: FloatArray, by: FloatArray) -> float:
    """Part of a box that another covers."""
    low, high = np.maximum(box[:2], by[:2]), np.minimum(box[2:], by[2:])
    return float(np.prod(np.maximum(high - low, 0.0)) / max(float(np.prod(box[2:] - box[:2])), 1.0))
