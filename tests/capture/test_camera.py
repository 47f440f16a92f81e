"""Who films from too near is told so, by what the legs' perspective says of the distance."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.capture.camera import with_distance
from depthperception.capture.lifter_camera import LifterCamera, turned_lifter_camera
from depthperception.depth.distance import measure_distance
from depthperception.depth.leg_model import shipped_legs
from depthperception.depth.legs import HIPS_OVER_FEET, Sightings
from depthperception.results import Camera, Scale, ScaleEstimate
from depthperception.surfaces import COUNT
from depthperception.types import FloatArray

STATURE_M = 1.75
SCALE = Scale(0.4, "height", sources=(ScaleEstimate("height", 0.4, 0.02),), stature_cm=175.0, stature_sd_share=0.0)


def eye(distance_m: float, azimuth_deg: float) -> LifterCamera:
    """A camera at hip height before which the lifter is as large as at any other distance: nearer is wider."""
    angles = (float(np.radians(azimuth_deg)), 0.0, 0.0)
    return turned_lifter_camera(np.array([360.0, 560.0]), 250.0, distance_m, np.array([360.0, 640.0]), angles)


def sightings(camera: LifterCamera, legs: FloatArray) -> Sightings:
    axes = np.stack([camera.left, camera.forward, camera.up])
    feet = camera.distance_m * camera.pinhole.ray(camera.hips_px) - HIPS_OVER_FEET * STATURE_M * camera.up
    px = camera.pinhole.project(STATURE_M * legs @ axes + feet)
    return Sightings(np.eye(COUNT), px, np.tile(np.eye(2) * 2.25, (COUNT, 1, 1)), ("left", "right"))


@pytest.mark.parametrize("distance_m", [1.3, 2.0, 3.5])
def test_the_legs_tell_how_far_the_camera_is_whatever_it_was_taken_for(distance_m: float) -> None:
    model, rng, errors = shipped_legs(), np.random.default_rng(3), []
    for azimuth_deg in (0.0, 30.0, 330.0, 60.0):
        legs = model.points(0.7 * rng.standard_normal((model.spread.shape[-1],)))
        camera = eye(distance_m, azimuth_deg)
        found_m, sd_share = measure_distance([sightings(camera, legs)], replace(camera, distance_m=3.0), SCALE)
        errors.append(np.log(found_m / distance_m) / sd_share)
        assert sd_share < 0.5, "it says more than the lens alone"
    assert np.abs(errors).max() < 2.5
    assert np.abs(np.mean(errors)) < 1.3


def test_a_near_camera_is_told_so_and_the_advice_and_the_distance_are_one_number() -> None:
    camera = Camera("front", "towards", 0.0, 0.0, 0.0, (0.0, -1.0, 0.0), distance_m=2.9, advice=("Hold it level.",))
    near = with_distance(camera, 1.4, 0.25)
    assert near.advice == ("Hold it level.", "Camera about 1.4 m away: film from 3 m or more.")
    assert near.distance_m == 1.4
    # 2.2 m with an error of .3 are .32 sd from 2 m: nearer with 38 %. 2.4 m: 27 %.
    assert len(with_distance(camera, 2.2, 0.3).advice) == 2
    assert with_distance(camera, 2.4, 0.3).advice == camera.advice
