"""Legs fitted to points: drawn from the model itself, seen by cameras of known error, so that the truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from depthperception.attempts.missed import Missed
from depthperception.capture.lifter_camera import USUAL_GRAVITY_SD_RAD, LifterCamera, turned_lifter_camera
from depthperception.depth.leg_model import CREASES, FOLDS, KNEE_TOPS, shipped_legs
from depthperception.depth.legs import HIPS_OVER_FEET, Sightings, fit_legs, sighted_of, sightings_of
from depthperception.depth.reading import lowered
from depthperception.depth.settings import FITTING
from depthperception.results import Reading, Scale, ScaleEstimate
from depthperception.surfaces import COUNT, SeenSurfaces, index_of
from depthperception.types import FloatArray

STATURE_M = 1.8
SCALE = Scale(
    100.0 / 250.0, "height", sources=(ScaleEstimate("height", 0.4, 0.04),), stature_cm=180.0, stature_sd_share=0.0
)
CAMERA_SD_DEG = np.array([FITTING.azimuth_deg, *np.degrees(USUAL_GRAVITY_SD_RAD)])


def camera(azimuth_deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0, distance_m: float = 3.5) -> LifterCamera:
    angles = (float(np.radians(azimuth_deg)), float(np.radians(pitch_deg)), float(np.radians(roll_deg)))
    return turned_lifter_camera(np.array([350.0, 560.0]), 250.0, distance_m, np.array([360.0, 640.0]), angles)


def person(rng: np.random.Generator) -> FloatArray:
    """Points (16, 3) of a squatting person in statures, as the model has them."""
    model = shipped_legs()
    return model.points(rng.standard_normal((model.spread.shape[-1],)))


def seen_by(legs: FloatArray, eye: LifterCamera) -> FloatArray:
    """Where a camera sees them: with the feet below the standing hips."""
    axes = np.stack([eye.left, eye.forward, eye.up])
    feet = eye.distance_m * eye.pinhole.ray(eye.hips_px) - HIPS_OVER_FEET * STATURE_M * eye.up
    return eye.pinhole.project(STATURE_M * legs @ axes + feet)


def depths_cm(legs: FloatArray) -> FloatArray:
    return 100.0 * STATURE_M * (legs[KNEE_TOPS, 2] - legs[CREASES, 2])


def sightings(px: FloatArray, sd_px: float) -> Sightings:
    return Sightings(np.eye(COUNT), px, np.tile(np.eye(2) * sd_px**2, (COUNT, 1, 1)), ("left", "right"))


@pytest.mark.parametrize("azimuth_deg", [0.0, 40.0, 90.0, 150.0, 270.0])
def test_points_that_are_seen_exactly_by_a_known_level_camera_give_each_leg_its_depth(azimuth_deg: float) -> None:
    exact = replace(FITTING, azimuth_deg=0.01, distance_share=0.001, place_m=0.001, huber_sd=1e6)
    known = replace(SCALE, sources=(ScaleEstimate("height", 0.4, 0.0005),))
    for seed in range(4):
        legs = person(np.random.default_rng(seed))
        eye = replace(camera(azimuth_deg, 0.0, 3.0), gravity_sd_rad=(2e-4, 2e-4))
        fitted = fit_legs(sightings(seen_by(legs, eye), 0.1), eye, known, settings=exact)
        assert fitted.depth_cm == pytest.approx(depths_cm(legs), abs=0.5)
        assert fitted.points_px == pytest.approx(seen_by(legs, eye), abs=0.5)
        assert fitted.misfit < 1.0


def test_nine_in_ten_intervals_hold_when_points_and_cameras_err_as_they_are_said_to() -> None:
    rng = np.random.default_rng(7)
    inside, apart = [], []
    for _ in range(120):
        legs, true = person(rng), np.array([rng.uniform(0.0, 360.0), rng.normal(0.0, 6.0), 0.0])
        px = seen_by(legs, camera(*true)) + rng.normal(0.0, 3.0, (COUNT, 2))
        fitted = fit_legs(sightings(px, 3.0), camera(*(true + rng.normal(size=3) * CAMERA_SD_DEG)), SCALE)
        inside.append(abs(fitted.mean_cm - depths_cm(legs).mean()) < 1.645 * fitted.mean_sd_cm)
        difference, sd = np.array([1.0, -1.0]), fitted.covariance_cm2
        apart.append(
            abs(difference @ (fitted.depth_cm - depths_cm(legs))) < 1.645 * np.sqrt(difference @ sd @ difference)
        )
    assert 0.83 < np.mean(inside) < 0.97
    assert 0.83 < np.mean(apart) < 0.97


def test_linearised_errors_are_those_of_sampling() -> None:
    rng = np.random.default_rng(3)
    legs, eye = person(rng), camera(30.0, 5.0)
    px = seen_by(legs, eye)
    fitted = fit_legs(sightings(px, 2.0), eye, SCALE)
    model = shipped_legs()
    errors = []
    for _ in range(150):  # another person and camera that would have been seen alike, as far as the fit can tell
        other = model.points(rng.standard_normal((model.spread.shape[-1],)))
        true = np.array([30.0, 5.0, 0.0]) + rng.normal(size=3) * CAMERA_SD_DEG
        one = fit_legs(sightings(seen_by(other, camera(*true)) + rng.normal(0.0, 2.0, (COUNT, 2)), 2.0), eye, SCALE)
        errors.append(one.mean_cm - depths_cm(other).mean())
    assert np.std(errors) == pytest.approx(fitted.mean_sd_cm, rel=0.3)


def test_one_point_that_is_far_off_does_not_carry_the_legs_away() -> None:
    legs, eye = person(np.random.default_rng(5)), camera(60.0)
    px = seen_by(legs, eye)
    lost = px.copy()
    lost[index_of("knee_top", "left")] += [0.0, 80.0]  # a third of a metre
    here, there = (fit_legs(sightings(at, 3.0), eye, SCALE) for at in (px, lost))
    assert there.misfit > 2.0 * here.misfit
    assert there.mean_cm == pytest.approx(here.mean_cm, abs=3.0)


def test_a_depth_that_is_known_from_elsewhere_moves_points_and_level_together() -> None:
    legs, eye = person(np.random.default_rng(9)), camera(90.0)
    fitted = fit_legs(sightings(seen_by(legs, eye), 3.0), eye, SCALE)
    moved = fitted.at_depth(Reading("calibrated", fitted.mean_cm + 2.0))
    assert moved.mean_cm == pytest.approx(fitted.mean_cm + 2.0)
    for one in (fitted, moved):
        # From the side, a cm of depth is 2.5 px between the level and the crease under it, less or more with distance.
        gaps_px = (one.points_px[CREASES] - one.levels_px)[:, 1]
        assert gaps_px == pytest.approx(2.5 * one.depth_cm, rel=0.25, abs=0.5)
    assert fitted.at_depth(Reading("calibrated", reason="Hidden.")) is fitted


def look(legs: FloatArray, eye: LifterCamera) -> SeenSurfaces:
    states = np.tile([0.9, 0.05, 0.05], (COUNT, 1))
    return SeenSurfaces(seen_by(legs, eye), np.tile(np.eye(2) * 9.0, (COUNT, 1, 1)), states)


def test_a_hidden_leg_has_no_number_and_no_point() -> None:
    legs, eye = person(np.random.default_rng(11)), camera(90.0)
    seen = look(legs, eye)
    seen.states[index_of("knee_top", "right")] = [0.1, 0.8, 0.1]
    seen.states[index_of("fold", "left")] = [0.2, 0.6, 0.2]
    fitted = fit_legs(sightings_of(seen), eye, SCALE)
    reading = fitted.sides(Reading("calibrated", 3.0, (1.0, 5.0), 0.99))
    assert reading.right is None
    assert reading.left is not None
    assert reading.deciding_leg == "left"
    assert reading.cm == reading.left.cm, "the number that is said is that of the leg that is seen"
    proof = fitted.proof(seen)
    assert set(proof.knee_top_px) == set(proof.level_px) == set(proof.joint_crease_px) == {"left"}
    assert set(proof.crease_px) == {"right"}, "the fold of the left leg is hidden"
    assert proof.depth_cm["left"] == pytest.approx(fitted.depth_cm[0])


def test_legs_differ_round_what_was_measured_of_both() -> None:
    legs, eye = person(np.random.default_rng(13)), camera(20.0)
    fitted = fit_legs(sightings_of(look(legs, eye)), eye, SCALE)
    cm = fitted.mean_cm
    reading = fitted.sides(Reading("calibrated", cm, (cm - 2.0, cm + 2.0), 0.5))
    assert reading.left is not None
    assert reading.right is not None
    assert (reading.left.cm, reading.right.cm) == pytest.approx(tuple(fitted.depth_cm))
    assert reading.left.sd_cm > 2.0 / 1.645
    assert reading.probability is not None
    assert reading.probability < ndtr(cm / (2.0 / 1.645)), "two legs are both below less often than their mean"
    nothing = Reading("calibrated", reason="Hidden.")
    assert fitted.sides(nothing) == nothing


@pytest.mark.parametrize("hidden", [(), ("right",)])
def test_a_leg_has_one_number_in_the_reading_and_where_it_is_drawn(hidden: tuple[str, ...]) -> None:
    legs, eye = person(np.random.default_rng(17)), camera(70.0)
    seen = look(legs, eye)
    for leg in hidden:
        seen.states[index_of("knee_top", leg)] = [0.1, 0.8, 0.1]
    fitted = fit_legs(sightings_of(seen), eye, SCALE)
    reading = lowered(fitted.sides(Reading("calibrated", fitted.mean_cm + 4.0, (-3.0, 9.0), 0.5)), Missed.anywhere(1.0))
    drawn = fitted.at_depth(reading).proof(seen).depth_cm
    own = {leg: one.cm for leg, one in (("left", reading.left), ("right", reading.right)) if one}
    assert own == pytest.approx(drawn, abs=1e-9)
    assert np.mean(list(own.values())) == pytest.approx(reading.cm)


def test_what_was_seen_is_kept_for_readings_by_hand() -> None:
    legs, eye = person(np.random.default_rng(15)), camera(20.0)
    seen = look(legs, eye)
    kept = sighted_of(seen, eye)
    assert np.array(kept.points_px) == pytest.approx(seen.points_px)
    assert kept.covariance_px2[0] == (9.0, 0.0, 9.0)
    assert kept.standing_hips_px == (350.0, 560.0)


def test_the_model_is_of_people_who_squat() -> None:
    mean = shipped_legs().mean * 175.0
    left_knee, left_crease, left_fold = (mean[k[0]] for k in (KNEE_TOPS, CREASES, FOLDS))
    assert 30.0 < np.linalg.norm(left_knee - left_crease) < 45.0, "a thigh's length, cm"
    assert left_knee[0] > left_crease[0] > 0.0, "knees go out, to his left"
    assert left_knee[1] > left_crease[1], "the knee is in front"
    assert 3.0 < np.linalg.norm(left_fold - left_crease) < 12.0
    mirrored = mean.reshape(8, 2, 3)[:, ::-1].reshape(16, 3) * [-1.0, 1.0, 1.0]
    assert mirrored == pytest.approx(mean, abs=0.01)


def test_points_that_make_no_sense_give_a_number_with_a_doubt_and_no_crash() -> None:
    eye, rng = camera(10.0), np.random.default_rng(21)
    for px in (np.zeros((COUNT, 2)), rng.uniform(-3e3, 3e3, (COUNT, 2)), np.full((COUNT, 2), 360.0)):
        fitted = fit_legs(sightings(px, 3.0), eye, SCALE)
        assert np.isfinite(fitted.depth_cm).all()
        assert np.isfinite(fitted.points_px).all()
        assert fitted.misfit > 2.0
