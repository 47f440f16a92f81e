"""Method `gravity`: hip against knee in 3-D along the true vertical, which the standing lifter shows.

Ours. The pose model's metres are in the camera's axes; the direction of gravity in them comes from the lifter
standing before the descent, so neither a tilted camera nor short feet mislead it.
"""

import numpy as np

from depthperception.depth.evidence import Evidence, reading, register
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.results import Reading

MODEL_SD_CM = 11.3
"""Error over all views: nine in ten rendered squats within 18.6 cm (docs/accuracy.md)."""


@register("gravity")
def gravity(evidence: Evidence) -> Reading:
    """Measure hip below knee along gravity, in cm."""
    world = evidence.bottom.world_m
    looks = world.reshape(-1, *world.shape[2:])
    rise = (looks[:, KNEES] - looks[:, HIPS]) @ np.array(evidence.camera.up)
    return reading("gravity", rise * 100.0 * evidence.scale.model_factor, model_sd_cm=MODEL_SD_CM)
