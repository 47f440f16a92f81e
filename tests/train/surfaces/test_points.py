"""Where the points to be learnt lie on a drawn body: on its skin, in the right order along the thigh."""

import numpy as np
import pytest

from depthperception.surfaces import COUNT, LEGS, index_of
from depthperception.synth.attempt import hips_for_depth
from depthperception.synth.body import Body, make_body, natural_stature_m, rig
from depthperception.synth.motion import Pose, squat_pose
from depthperception.synth.scenario import BodyShape, Style
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.truth import measure
from depthperception.train.surfaces.points import points_of
from depthperception.types import FloatArray


def squatting(name: str, depth_cm: float) -> tuple[Body, Pose, FloatArray]:
    """A body at a bottom, and its skin."""
    body = make_body(BodyShape(((name, 1.0),), natural_stature_m(name)))
    style = Style(stance_m=0.42 * body.scale)
    pose = squat_pose(body, style, hips_for_depth(body, style, depth_cm)[0])
    bones = dual_quaternions(body.heads, pose.rotations, pose.origins)
    return body, pose, skin(bones, rig().weights, body.vertices)


def shares(points: FloatArray, leg: str, name: str) -> float:
    """How far along the thigh a point is: 0 the hip joint, 1 the knee joint."""
    hip, knee, point = (points[index_of(what, leg)] for what in ("hip", "knee", name))
    return float((point - hip) @ (knee - hip) / ((knee - hip) @ (knee - hip)))


@pytest.mark.parametrize("depth_cm", [-10.0, 4.0])
def test_the_fold_lies_on_the_skin_between_crease_and_knee(depth_cm: float) -> None:
    body, pose, surface = squatting("m_avg", depth_cm)
    points = points_of(body, pose, surface)
    assert points.shape == (COUNT, 3)
    truth = measure(body, pose)
    for k, leg in enumerate(LEGS):
        assert points[index_of("crease", leg)] == pytest.approx(truth.crease[k])
        assert points[index_of("knee_top", leg)] == pytest.approx(truth.knee_top[k])
        assert shares(points, leg, "crease") < shares(points, leg, "fold") < 0.6
        # The mesh's corners are some 2 cm apart.
        assert np.linalg.norm(surface - points[index_of("fold", leg)], axis=1).min() < 0.03
