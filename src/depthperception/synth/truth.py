"""What is true of a pose: joints, hip crease, top of the knee, depth. Float64 geometry; no picture is involved."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from depthperception.synth.body import SIDES, Body, rig
from depthperception.synth.motion import Pose
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.types import FloatArray

JOINTS = {
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "toe": "toe2-1",
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
}
"""Our name of a joint, and the bone that starts there. `toe` is where the second toe begins: the ball of the foot."""


@dataclass(frozen=True, eq=False)
class Truth:
    """World points in metres, left then right.

    Attributes
    ----------
    joints : name -> (2, 3)
        Joint centres.
    crease : (2, 3)
        Top surface of the leg at the hip joint: skin of the front thigh 5 cm (x stature / 1.75 m) below the hip
        joint when standing, carried rigidly by the femur.
    knee_top : (2, 3)
        Highest skin of those within 4 cm (scaled) of the knee joint's level when standing.
    """

    joints: dict[str, FloatArray]
    crease: FloatArray
    knee_top: FloatArray

    @property
    def side_depth_cm(self) -> FloatArray:
        """Crease below the top of the knee (2,), positive when deep."""
        return np.asarray(100.0 * (self.knee_top[:, 2] - self.crease[:, 2]), dtype=np.float64)

    @property
    def depth_cm(self) -> float:
        """Mean of both sides."""
        return float(self.side_depth_cm.mean())

    def to_json(self) -> dict[str, Any]:
        """Points rounded to 0.1 mm, depths to 0.001 mm."""
        points = {**self.joints, "crease": self.crease, "knee_top": self.knee_top}
        left, right = (round(float(cm), 4) for cm in self.side_depth_cm)
        return {
            "depth_cm": {"left": left, "right": right, "mean": round(self.depth_cm, 4)},
            **{name: {"left": _rounded(p[0]), "right": _rounded(p[1])} for name, p in points.items()},
        }


def measure(body: Body, pose: Pose) -> Truth:
    """Measure a pose; skins the few vertices that the rule asks about, not the whole mesh."""
    bones = dual_quaternions(body.heads, pose.rotations, pose.origins)
    creases, tops = [], []
    for i, c in enumerate(SIDES):
        femur = rig().bone(f"upperleg01.{c}")
        creases.append(pose.origins[femur] + pose.rotations[femur] @ (body.crease[i] - body.heads[femur]))
        knee = skin(bones, body.knee_weights[i], body.knee_skin[i])
        tops.append(knee[np.argmax(knee[:, 2])])
    joints = {name: np.stack([pose.joint(f"{bone}.{c}") for c in SIDES]) for name, bone in JOINTS.items()}
    return Truth(joints, np.array(creases), np.array(tops))


def _rounded(point: FloatArray) -> list[float]:
    return [round(float(x), 4) for x in point]
