"""Camera, scale and the three geometric methods against plain geometry."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.capture.camera import advise, camera_of_landmarks, facing_of, view_of
from depthperception.capture.scale import checked_height, measure_scale
from depthperception.depth import measure
from depthperception.depth.geometric import plane_normal
from depthperception.errors import OptionError
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.pose.samples import PoseSamples
from depthperception.results import Camera, Reading
from depthperception.ruling.rule import Ruling, obstacle, rule
from tests.support.evidence import SEEN, evidence
from tests.support.figures import THIGH_M, axes, figure, samples


@pytest.mark.parametrize(("azimuth_deg", "pitch_deg", "roll_deg"), [(0, 0, 0), (40, 10, 0), (90, -8, 5), (200, 0, -6)])
def test_the_camera_is_read_off_the_standing_lifter(azimuth_deg: float, pitch_deg: float, roll_deg: float) -> None:
    standing = samples(figure(0.0, trunk_deg=0.0), axes(azimuth_deg, pitch_deg, roll_deg))
    camera = camera_of_landmarks(standing, 720, 1280, lean_deg=(0.0, 0.0))
    assert camera.azimuth_deg == pytest.approx(azimuth_deg, abs=0.5)
    assert camera.pitch_deg == pytest.approx(pitch_deg, abs=0.1)
    assert camera.roll_deg == pytest.approx(roll_deg, abs=0.1)
    # 400 px for a metre of the model, so for 1.085 true ones; a phone's focal length is a share of the long side.
    assert camera.distance_m == pytest.approx(FOCAL_OVER_LONG_SIDE * 1280 * 1.085 / 400)
    assert np.linalg.norm(camera.up) == pytest.approx(1.0)


@pytest.mark.parametrize("azimuth_deg", [0, 90, 220])
def test_the_lean_under_the_bar_is_not_taken_for_a_tilted_camera(azimuth_deg: float) -> None:
    # Hips and shoulders in front of the feet by tan(5 degrees) of their height.
    points = figure(0.0, trunk_deg=0.0)
    points[:, 1] += np.tan(np.radians(5.0)) * (points[:, 2] - 0.04)
    camera = camera_of_landmarks(samples(points, axes(azimuth_deg)), 720, 1280, lean_deg=(5.0, 5.0))
    assert camera.pitch_deg == pytest.approx(0.0, abs=0.2)
    assert camera.roll_deg == pytest.approx(0.0, abs=0.2)


def test_views_and_facing_in_words() -> None:
    assert [view_of(a) for a in (0, 22, 40, 90, 140, 180, 270, 350)] == [
        "front", "front", "front_oblique", "side", "rear_oblique", "rear", "side", "front",
    ]  # fmt: skip
    assert [facing_of(a) for a in (0, 90, 180, 270)] == ["towards", "left", "away", "right"]


def test_advice_names_a_high_camera_with_its_height() -> None:
    camera = Camera("side", "left", 90.0, 12.0, 0.0, (0.0, -1.0, 0.0), height_above_hip_cm=60.0, distance_m=3.0)
    assert advise(camera, 0.6) == ("Camera 60 cm above the hip: film at hip height.",)


@pytest.mark.parametrize("pitch_deg", [0.0, 12.0])
def test_gravity_measures_along_the_vertical_whatever_the_pitch(pitch_deg: float) -> None:
    truth_cm = -100.0 * THIGH_M * np.cos(np.radians(100.0))
    reading = measure("gravity", evidence(100.0, axes(40.0, pitch_deg)))
    assert reading.cm == pytest.approx(truth_cm, abs=0.1)
    assert reading.probability is not None
    assert reading.probability > 0.5


def test_side_is_right_from_the_side_and_wrong_from_above_in_front() -> None:
    truth_cm = -100.0 * THIGH_M * np.cos(np.radians(80.0))
    assert measure("side", evidence(80.0, axes(90.0))).cm == pytest.approx(truth_cm, abs=0.5)
    from_above = measure("side", evidence(80.0, axes(0.0, pitch_deg=15.0)))
    assert from_above.cm == pytest.approx(truth_cm * np.cos(np.radians(15)) - 42.3 * np.sin(np.radians(15)), abs=1.0)
    assert from_above.reason == "Made for a camera at the lifter's side; this view is front."


def test_floor_plane_follows_the_feet_and_falls_back_when_they_are_hidden() -> None:
    shown = evidence(100.0, axes(30.0, pitch_deg=10.0))
    truth_cm = -100.0 * THIGH_M * np.cos(np.radians(100.0))
    reading = measure("floor_plane", shown)
    assert reading.reason is None
    # The figure's toes are as low as its heels: the plane is the floor.
    assert reading.cm == pytest.approx(truth_cm, abs=0.5)
    bottom = PoseSamples(**{**vars(shown.bottom), "visibility": np.full((1, 8, 33), 0.2)})
    hidden = replace(shown, bottom=bottom, prediction=SEEN)
    assert measure("floor_plane", hidden).cm == measure("side", hidden).cm
    assert "feet are not seen" in (measure("floor_plane", hidden).reason or "")


def test_plane_normal_points_up() -> None:
    points = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    assert plane_normal(points) == pytest.approx([0.0, -1.0, 0.0])


def test_more_noise_in_the_looks_widens_the_interval() -> None:
    calm = measure("gravity", evidence(95.0, axes(40.0), noise_m=0.002)).interval90_cm
    wild = measure("gravity", evidence(95.0, axes(40.0), noise_m=0.08)).interval90_cm
    assert calm is not None
    assert wild is not None
    assert wild[1] - wild[0] > 1.2 * (calm[1] - calm[0])


def test_height_scales_the_models_metres() -> None:
    standing = samples(figure(0.0, trunk_deg=0.0), axes(0.0))
    camera = camera_of_landmarks(standing, 720, 1280)
    # Its eyes are 1.67 m above its soles (0.02 m), the top of its head at 1.075 times that, which is .988 of a stature.
    stature_cm = 107.5 * 1.67 / 0.988
    scale = measure_scale(standing, camera, stature_cm * 1.1)
    assert scale.source == "height"
    assert scale.model_factor == pytest.approx(1.1, rel=0.01)
    assert scale.cm_per_px == pytest.approx(100.0 / 400.0 * 1.1, rel=0.01)


@pytest.mark.parametrize("height_cm", [17.0, 1800.0])
def test_a_height_that_nobody_has_is_refused(height_cm: float) -> None:
    with pytest.raises(OptionError, match=r"expected 100 to 250 cm"):
        checked_height(height_cm)


def test_knees_out_of_the_picture_are_named_as_the_reason() -> None:
    shown = evidence(95.0, axes(40.0))
    assert obstacle(shown, 720, 1280) is None
    knee_px = float(np.median(shown.bottom.image_px[..., KNEES, 1]))
    assert float(np.median(shown.bottom.image_px[..., HIPS, 1])) < knee_px + 100
    cut = obstacle(shown, 720, int(shown.bottom.image_px[..., KNEES, 1].min()) - 1)
    assert cut == "The knees are cut off at the lower edge of the picture at the bottom: film the whole lifter."
    # The front of a knee is 5 cm before its joint: seen from the side it is cut off before the joint is.
    side = evidence(95.0, axes(90.0))
    knees_px = float(side.bottom.median_px[KNEES, 0].min())
    assert obstacle(side, 720, 1280) is None
    moved = replace(side.bottom, image_px=side.bottom.image_px - [knees_px - 15.0, 0.0])
    cut = obstacle(replace(side, bottom=moved), 720, 1280)
    assert cut == "The knees are cut off at the left edge of the picture at the bottom: film the whole lifter."
    moved = replace(side.bottom, image_px=side.bottom.image_px - [knees_px - 25.0, 0.0])
    assert obstacle(replace(side, bottom=moved), 720, 1280) is None


def test_looks_that_disagree_wildly_are_not_judgeable() -> None:
    hindrance = obstacle(evidence(95.0, axes(40.0), noise_m=0.2), 720, 1280)
    assert hindrance is not None
    assert "looks differ" in hindrance


def test_the_verdict_follows_the_probability() -> None:
    deep = Reading("gravity", cm=2.0, interval90_cm=(0.5, 3.5), probability=0.98)
    sentence = "The hip crease is 2.0 cm below the top of the knee, 98 % sure."
    assert rule(deep, None) == Ruling("depth", sentence, deep)
    close = rule(Reading("gravity", cm=-0.3, interval90_cm=(-1.4, 0.8), probability=0.33), None)
    assert close.verdict == "no_depth"
    assert close.reason.endswith("The 90 % interval reaches across the line.")


def test_a_refusal_gives_its_reason_and_no_number() -> None:
    deep = Reading("gravity", cm=2.0, interval90_cm=(0.5, 3.5), probability=0.98)
    reason = "The knees are out of the picture."
    assert rule(deep, reason) == Ruling("not_judgeable", reason, Reading("gravity", reason=reason))
    assert rule(Reading("gravity", reason="no"), None).verdict == "not_judgeable"
