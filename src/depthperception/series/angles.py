"""Angles of knees, hips, ankles and trunk in space, from landmarks.

Each is the angle between two lines through joint centres, as Pose2Sim and Sports2D define theirs (their `angle_dict`,
BSD-3), here in space instead of in the picture. Flexion and dorsiflexion are positive, and 0 is the lifter standing
straight, which is the sign of the ISB's joint coordinate systems (Wu et al., J Biomech 35, 2002). It is not the ISB's
angle itself: that is a turn about one axis of the joint, for which markers on the bones' epicondyles are needed. Knees
that fall inwards or feet that turn out are in these angles, where the ISB keeps them apart.
"""

import numpy as np

from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES
from depthperception.types import FloatArray, IntArray

SIDES = ("left", "right")


def feet_of(points_m: FloatArray) -> FloatArray:
    """Give the way (n, 2, 3) from heel to toe of both feet, left first, as each frame (n, 33, 3) shows it."""
    return np.asarray(points_m[:, TOES] - points_m[:, HEELS])


def standing_feet(points_m: FloatArray, number: IntArray) -> FloatArray:
    """Give the same, held still through each attempt: the median of its rows, for rows outside of the nearest one's.

    Feet stand while somebody squats. The networks see them worst of all: the full one turns them by 20 to 40 degrees
    against the heavy one, and by as much again in the hole.

    Parameters
    ----------
    points_m : (n, 33, 3)
        In axes that do not turn.
    number : (n,)
        Of each row's attempt; 0 outside of all. Where there is none every frame keeps its own.
    """
    feet = feet_of(points_m)
    inside = np.flatnonzero((number > 0) & np.isfinite(feet).all(axis=(1, 2)))
    if not len(inside):
        return feet
    medians = {k: np.median(feet[inside[number[inside] == k]], axis=0) for k in np.unique(number[inside])}
    rows = np.arange(len(number))
    after = np.searchsorted(inside, rows).clip(1, len(inside) - 1) if len(inside) > 1 else np.zeros_like(rows)
    before = np.maximum(after - 1, 0)
    nearest = np.where(rows - inside[before] <= inside[after] - rows, inside[before], inside[after])
    return np.array([medians[k] for k in number[nearest]])


def joint_angles(points_m: FloatArray, up: FloatArray, feet_m: FloatArray | None = None) -> dict[str, FloatArray]:
    """Measure the angles of every frame, by the names of their columns: knee_flexion_left_deg and so on.

    Parameters
    ----------
    points_m : (n, 33, 3)
        Landmarks in any axes and of any scale; what is NaN gives NaN.
    up : (3,) or (n, 3)
        Unit vector against gravity in the same axes, for the trunk.
    feet_m : (n, 2, 3)
        From heel to toe, left and right, for the ankles; by default `feet_of` each frame.

    Returns
    -------
    dict
        Each (n,), degrees.
    """
    found: dict[str, FloatArray] = {}
    feet = feet_of(points_m) if feet_m is None else feet_m
    for side, name in enumerate(SIDES):
        shoulder, hip, knee, ankle = (points_m[:, pair[side]] for pair in (SHOULDERS, HIPS, KNEES, ANKLES))
        found |= {
            f"knee_flexion_{name}_deg": 180.0 - _between_deg(hip - knee, ankle - knee),
            f"hip_flexion_{name}_deg": 180.0 - _between_deg(shoulder - hip, knee - hip),
            f"ankle_dorsiflexion_{name}_deg": 90.0 - _between_deg(feet[:, side], knee - ankle),
            f"trunk_lean_{name}_deg": _between_deg(shoulder - hip, np.broadcast_to(up, hip.shape)),
        }
    return {name: found[name] for name in sorted(found, key=lambda name: ORDER.index(name.rsplit("_", 2)[0]))}


ORDER = ("knee_flexion", "hip_flexion", "ankle_dorsiflexion", "trunk_lean")
"""Of the columns; left before right."""


def _between_deg(one: FloatArray, other: FloatArray) -> FloatArray:
    """Angle (n,) between vectors (n, 3); by the arc tangent, which is exact where they are nearly parallel."""
    across = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(across, np.sum(one * other, axis=-1))))
