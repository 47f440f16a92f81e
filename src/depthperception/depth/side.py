"""Method `side`: hip against knee in the picture, for a level camera at the lifter's side.

The report's sideAngle.py: at the frame with the lowest hips, the lift is good when the hip landmark lies below the
knee landmark in the picture. It knows nothing of the camera: a camera above the hip, or one that rolls, moves the
answer (facts: up to 19 cm from the front), and the landmarks are joint centres, not the surfaces of the rule.
"""

import numpy as np

from depthperception.depth.evidence import Evidence, reading, register, with_reason
from depthperception.judgement import Reading
from depthperception.pose.landmarks import HIPS, KNEES

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
