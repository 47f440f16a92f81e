"""Joints in space are where they are; one wrong view of three does not move them."""

import numpy as np

from depthperception.multiview.triangulation import BONES, JOINTS, bone_lengths, triangulate
from tests.support.figures import figure
from tests.support.several_views import camera_at

CAMERAS = [camera_at(45.0), camera_at(315.0), camera_at(0.0, 3.0)]
TRUTH = np.array([figure(angle)[JOINTS] for angle in np.linspace(0.0, 100.0, 9)])


def _seen(noise_px: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([one.project(TRUTH) + noise_px * rng.normal(size=(*TRUTH.shape[:2], 2)) for one in CAMERAS])


def test_exact_sightings_give_exact_points_with_the_covariance_that_noise_shows() -> None:
    px, sd = _seen(0.0), np.full((3, *TRUTH.shape[:2]), 4.0)
    assert np.abs(triangulate(px, sd, CAMERAS).points_m - TRUTH).max() < 1e-5

    off = [triangulate(_seen(4.0, seed), sd, CAMERAS) for seed in range(20)]
    z = [(one.points_m - TRUTH) / np.sqrt(np.diagonal(one.covariance_m2, axis1=-2, axis2=-1)) for one in off]
    assert 0.7 < np.sqrt(np.mean(np.square(z))) < 1.3


def test_a_view_that_is_wrong_is_outvoted() -> None:
    px, sd = _seen(1.0), np.full((3, *TRUTH.shape[:2]), 4.0)
    px[2, :, 6] += [90.0, 60.0]  # a plate before the hip

    found = triangulate(px, sd, CAMERAS)

    assert np.linalg.norm(found.points_m[:, 6] - TRUTH[:, 6], axis=-1).max() < 0.03
    assert found.misfit_px[2, :, 6].min() > 60.0


def test_bones_of_constant_length_make_joints_surer() -> None:
    px, sd = _seen(6.0)[:2], np.full((2, *TRUTH.shape[:2]), 6.0)
    free = triangulate(px, sd, CAMERAS[:2])
    true = np.linalg.norm(TRUTH[:, BONES[:, 0]] - TRUTH[:, BONES[:, 1]], axis=-1).mean(axis=0)

    held = triangulate(px, sd, CAMERAS[:2], bones=true)

    free_off, held_off = (np.linalg.norm(one.points_m - TRUTH, axis=-1).mean() for one in (free, held))
    assert held_off < 0.9 * free_off
    assert np.abs(bone_lengths(TRUTH) - true).max() < 0.005


def test_a_joint_that_one_view_does_not_show_is_where_the_others_have_it() -> None:
    px, sd = _seen(0.0), np.full((3, *TRUTH.shape[:2]), 4.0)
    px[0, :, 8] = np.nan

    found = triangulate(px, sd, CAMERAS)

    assert np.abs(found.points_m - TRUTH).max() < 1e-5
    assert np.isnan(found.misfit_px[0, :, 8]).all()
