"""Method `floor_plane`: distance of hip and knee from the plane under the feet, in 3-D.

The report's main.py: the plane through heels and toes of the 3-D landmarks is the floor; the lift is good when the
hip is nearer to it than the knee. When the feet are not seen well it falls back to image coordinates. The short feet
make a shaky plane: one degree of tilt moves the hip by 0.8 cm.
"""

from dataclasses import replace

import numpy as np

from depthperception.depth.evidence import Evidence, reading, register, with_reason
from depthperception.depth.side import side
from depthperception.geometry.skeletons import HEELS, HIPS, KNEES, TOES
from depthperception.results import Reading
from depthperception.types import FloatArray

LEAST_VISIBILITY = 0.5
"""The report's rule: below this a foot point is not trusted (MediaPipe's own threshold)."""

FLATTEST = 0.3
"""Least |vertical| part of the plane's normal: a plane steeper than 73 degrees is not a floor."""

MODEL_SD_CM = 12.8
"""Error over all views: nine in ten rendered squats within 21.1 cm (docs/accuracy.md)."""


@register("floor_plane")
def floor_plane(evidence: Evidence) -> Reading:
    """Measure hip below knee along the normal of the plane through heels and toes."""
    feet = np.concatenate([HEELS, TOES])
    bottom = evidence.bottom
    if np.median(bottom.visibility, axis=(0, 1))[feet].min() < LEAST_VISIBILITY:
        return with_reason(_renamed(side(evidence)), "The feet are not seen: measured in the picture instead.")
    looks = bottom.world_m.reshape(-1, *bottom.world_m.shape[2:])
    normals = np.array([plane_normal(look[feet]) for look in looks])
    if np.abs(np.median(normals[:, 1])) < FLATTEST:
        return with_reason(_renamed(side(evidence)), "The feet give no floor: measured in the picture instead.")
    below_knee = looks[:, KNEES] - looks[:, HIPS]
    sides_cm = np.einsum("lsk,lk->ls", below_knee, normals) * 100.0 * evidence.scale.model_factor
    return reading("floor_plane", sides_cm, model_sd_cm=MODEL_SD_CM)


def plane_normal(points: FloatArray) -> FloatArray:
    """Unit normal (3,) of the least-squares plane through points (n, 3), pointing up (against image y)."""
    centred = points - points.mean(axis=0)
    normal = np.linalg.svd(centred)[2][2]
    return np.asarray(-normal if normal[1] > 0 else normal)


def _renamed(value: Reading) -> Reading:
    return replace(value, method="floor_plane")
