"""Where the points that the network sees (`surfaces.points`) are on a drawn body.

`crease` is that of `synth.truth`. `fold` is nearer to the knee the more flesh lies on the thigh.
"""

from functools import lru_cache

import numpy as np

from depthperception.synth.body import SIDES, Body, rig
from depthperception.synth.motion import Pose
from depthperception.synth.truth import Truth, measure
from depthperception.types import BoolArray, FloatArray

STRIP_M = 0.03
"""Half the width of the strip along the thigh in which the fold is looked for; scaled with stature."""

TOUCH_M = 0.012
"""Trunk and thigh touch when they are so near: the mesh is no finer."""

ALONG = np.linspace(0.02, 0.62, 49)
"""Where along the thigh the fold is looked for: 0 the hip joint, 1 the knee joint."""

FOLD_ALONG = (0.17, 0.48)
"""Ends of what is called a fold, along the thigh: at the lower one trunk and thigh merge (in a high squat nothing
touches, and the bend of the skin is seen 2 cm in front of the crease)."""

SEEN_WITHIN_M = (0.06, 0.06, 0.05, 0.16, 0.11, 0.10, 0.07, 0.06)
"""A point is seen where the lifter's surface lies at most so far before it along the line of sight: joints lie
inside."""

SEEN_BEFORE_M = 0.15
"""Nor is it seen where what is there lies this far behind it: on an outline the room is."""


def points_of(body: Body, pose: Pose, skin_m: FloatArray) -> FloatArray:
    """World points (16, 3) in m of a body whose posed skin (13718, 3), without clothes, is given."""
    truth: Truth = measure(body, pose)
    ends = [_foot_ends(skin_m, body, i) for i in range(2)]
    heels, toes = (np.stack([end[k] for end in ends]) for k in range(2))
    folds = np.stack([fold(body, pose, skin_m, i) for i in range(2)])
    joints = [truth.joints[name] for name in ("hip", "knee", "ankle")]
    return np.concatenate([truth.crease, folds, truth.knee_top, *joints, heels, toes])


def fold(body: Body, pose: Pose, skin_m: FloatArray, side: int) -> FloatArray:
    """Point (3,) on the top of a thigh where the trunk's skin leaves it."""
    bone = rig().bone(f"upperleg01.{SIDES[side]}")
    hip, knee = (pose.joint(f"{name}.{SIDES[side]}") for name in ("upperleg01", "lowerleg01"))
    turn = pose.rotations[bone]
    along = (knee - hip) / np.linalg.norm(knee - hip)
    front = turn @ np.array([0.0, 1.0, 0.0])
    front = front - along * (front @ along)
    front = front / np.linalg.norm(front)
    across = np.cross(along, front)
    local = (skin_m - hip) @ np.stack([along / np.linalg.norm(knee - hip), across, front], axis=1)
    crease = turn @ (body.crease[side] - body.heads[bone])
    line = np.array([crease @ along / np.linalg.norm(knee - hip), crease @ across])
    middle = line[1] * (1.0 - (local[:, 0] - line[0]) / (1.0 - line[0]))
    near = (np.abs(local[:, 1] - middle) < STRIP_M * body.scale) & (local[:, 2] > 0.0)
    thigh, trunk = (local[near & part] for part in (_thigh(side), _trunk()))
    top = _ends(thigh, highest=True)
    low = _ends(trunk, highest=False)
    touching = np.flatnonzero(low < top + TOUCH_M)
    share = float(ALONG[touching[-1]]) if len(touching) else 0.0
    share = float(np.clip(share, *FOLD_ALONG))
    height = float(np.interp(share, ALONG, top))
    return np.asarray(
        hip
        + along * share * np.linalg.norm(knee - hip)
        + across * line[1] * (1.0 - (share - line[0]) / (1.0 - line[0]))
        + front * height
    )


def _ends(points: FloatArray, *, highest: bool) -> FloatArray:
    """Highest or lowest of points (n, 3) in bins along the thigh; bins without any take their neighbours'."""
    sign = 1.0 if highest else -1.0
    step = ALONG[1] - ALONG[0]
    found = np.full(len(ALONG), -np.inf)
    bins = np.rint((points[:, 0] - ALONG[0]) / step).astype(np.int64)
    for shift in (-1, 0, 1):
        inside = (bins + shift >= 0) & (bins + shift < len(ALONG))
        np.maximum.at(found, bins[inside] + shift, sign * points[inside, 2])
    if not highest:
        return sign * found
    known = np.isfinite(found)
    if not known.any():
        return np.zeros(len(ALONG))
    return np.asarray(np.interp(ALONG, ALONG[known], found[known]))


def _foot_ends(skin_m: FloatArray, body: Body, side: int) -> tuple[FloatArray, FloatArray]:
    heel, toe = _foot_vertices(side, body)
    return skin_m[heel], skin_m[toe]


def _foot_vertices(side: int, body: Body) -> tuple[int, int]:
    """Hindmost and foremost corner of a foot at rest."""
    mine = np.flatnonzero(_foot(side))
    yaw = body.foot_yaw_rad[side]
    along = body.vertices[mine, :2] @ np.array([np.sin(yaw), np.cos(yaw)])
    return int(mine[np.argmin(along)]), int(mine[np.argmax(along)])


@lru_cache(maxsize=2)
def _foot(side: int) -> BoolArray:
    return np.asarray(rig().share("foot", "toe", side=f".{SIDES[side]}") > 0.7)


@lru_cache(maxsize=2)
def _thigh(side: int) -> BoolArray:
    return np.asarray(rig().share("upperleg", "lowerleg", side=f".{SIDES[side]}") > 0.5)


@lru_cache(maxsize=1)
def _trunk() -> BoolArray:
    return np.asarray(rig().share("pelvis", "root", "spine", "breast") > 0.5)
