"""Method `side`: hip against knee in the picture, for a level camera at the lifter's side.

The report's sideAngle.py: at the frame with the lowest hips, the lift is good when the hip landmark lies below the
knee landmark in the picture. It knows nothing of the camera: a camera above the hip, or one that rolls, moves the
answer (facts: up to 19 cm from the front), and the landmarks are joint centres, not the surfaces of the rule.
"""

from dataclasses import dataclass

import numpy as np

from depthperception.depth.evidence import Evidence, reading, register, with_reason
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, Landmark
from depthperception.pose.track import PoseTrack
from depthperception.results import Reading

MODEL_SD_CM = 12.5
"""Error of joints for surfaces over all views: nine in ten rendered squats within 20.6 cm (docs/accuracy.md)."""


@register("side")
def side(evidence: Evidence) -> Reading:
    """Measure hip below knee in image coordinates, in cm at the lifter."""
    looks = evidence.bottom.image_px.reshape(-1, *evidence.bottom.image_px.shape[2:])
    cm_per_px = 100.0 * evidence.scale.model_factor / evidence.bottom.px_per_m
    sides_cm = (looks[:, HIPS, 1] - looks[:, KNEES, 1]) * cm_per_px
    limit = None
    if evidence.camera.view != "side":
        limit = f"Made for a camera at the lifter's side; this view is {evidence.camera.view.replace('_', ' ')}."
    return with_reason(reading("side", np.asarray(sides_cm), model_sd_cm=MODEL_SD_CM), limit)


@dataclass(frozen=True)
class LowestFrame:
    """The report's answer for a whole sequence: hip against knee where the hip is lowest.

    `cm` is None where no height gives a scale; `px` is positive when the hip is below the knee.
    """

    time_s: float
    px: float
    cm: float | None


def side_of_track(track: PoseTrack, height_cm: float | None = None) -> LowestFrame:
    """Judge a sequence of image landmarks as sideAngle.py did, from any pose source.

    Parameters
    ----------
    track
        Landmarks in the picture; metres are not needed.
    height_cm
        The lifter's height, for centimetres: over the longest distance from eye or nose to ankle in the sequence.
    """
    hips = np.nanmean(track.image_px[:, HIPS, 1], axis=1)
    lowest = int(np.argmax(hips))
    px = float(hips[lowest] - np.nanmean(track.image_px[lowest, KNEES, 1]))
    if height_cm is None:
        return LowestFrame(float(track.times_s[lowest]), px, None)
    head = track.image_px[:, [Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE], 1]
    seen = ~np.isnan(head).all(axis=1) & ~np.isnan(track.image_px[:, ANKLES, 1]).all(axis=1)
    if not seen.any():
        return LowestFrame(float(track.times_s[lowest]), px, None)
    tall_px = np.nanmean(track.image_px[seen][:, ANKLES, 1], axis=1) - np.nanmin(head[seen], axis=1)
    return LowestFrame(float(track.times_s[lowest]), px, px * HEAD_TO_ANKLE * height_cm / float(tall_px.max()))


HEAD_TO_ANKLE = 0.89
"""Eye height less ankle height over stature: eyes taken 12 cm under the top of 1.72 m, ankles 7 cm over the floor."""
