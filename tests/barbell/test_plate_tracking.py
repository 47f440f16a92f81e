"""The bar's plates: found where geometry puts them, not found where there are none, followed, and used as a ruler."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from depthperception.barbell.detection import Moment
from depthperception.barbell.plate_scale import checked_plate, measure_plate_scale
from depthperception.barbell.plate_search import Plates, find_plates
from depthperception.barbell.plate_tracking import Follower
from depthperception.barbell.projection import plate_view
from depthperception.barbell.settings import PlateDetection
from depthperception.barbell.stabilisation import CameraMotion
from depthperception.barbell.tracking import BarWatch
from depthperception.capture.lifter_camera import make_lifter_camera
from depthperception.errors import OptionError
from depthperception.results import Camera
from depthperception.types import Side
from tests.support.painted_bar import DISC_AT_M, FOCAL_PX, Scene, falls, room

TIMES = np.linspace(0.0, 3.0, 7)


def moments(scene: Scene, seed: int = 0) -> list[Moment]:
    return [scene.moment(float(t), float(fall), room(seed)) for t, fall in zip(TIMES, falls(7), strict=True)]


@cache
def found_in(scene: Scene, distance_m: float | None = None) -> Plates:
    return find_plates(moments(scene), scene.lifter_camera(distance_m))


def watched(scene: Scene, distance_m: float | None = None) -> BarWatch:
    return as_watch(found_in(scene, distance_m))


def as_watch(found: Plates) -> BarWatch:
    assert found.fit is not None
    return BarWatch(found.fit.lifter_camera, found.candidates, (), fit=found.fit)


def test_the_rig_puts_a_plate_where_a_pinhole_camera_sees_it() -> None:
    scene = Scene(azimuth_deg=65.0)
    shoulders = scene.project(np.array([0.0, 0.0, 1.4]))
    for side in Side:
        view, at = plate_view(scene.lifter_camera(), shoulders, side, DISC_AT_M), scene.plate_m(side, 0.0)
        assert view.centre_px == pytest.approx(scene.project(at), abs=0.1)
        assert view.px_per_m == pytest.approx(FOCAL_PX / scene.depth_m(at), rel=1e-3)


def test_a_plate_is_a_circle_from_the_side_and_a_line_from_the_front() -> None:
    for azimuth, open_ in ((90.0, 1.0), (270.0, 1.0), (0.0, 0.0)):
        camera = Camera("side", "left", azimuth, 0.0, 0.0, (0.0, -1.0, 0.0), 0.0, 1e4)
        view = plate_view(
            make_lifter_camera(camera, np.zeros(2), 100.0, np.zeros(2)), np.array([0.0, -50.0]), Side.LEFT
        )
        assert view.openness == pytest.approx(open_, abs=1e-3)


@pytest.mark.parametrize("azimuth_deg", [35.0, 50.0, 125.0])
def test_both_plates_are_found_to_a_centimetre_and_two_percent(azimuth_deg: float) -> None:
    scene = Scene(azimuth_deg=azimuth_deg)
    found = found_in(scene).candidates
    assert {plate.side for plate in found} == {1, -1}
    for plate in found:
        px_per_m = FOCAL_PX / scene.depth_m(scene.plate_m(plate.side, 0.0))
        assert plate.radius_px == pytest.approx(0.225 * px_per_m, rel=0.03)
        truth = [scene.project(scene.plate_m(plate.side, float(fall))) for fall in falls(7)]
        assert np.abs(plate.centres_px - truth).max() < 0.015 * px_per_m


def test_from_the_side_the_near_plate_is_found_although_the_distance_is_wrong_by_a_fifth() -> None:
    scene = Scene(azimuth_deg=90.0, sides=(Side.LEFT,))
    found = find_plates(moments(scene), scene.lifter_camera(distance_m=0.8 * scene.distance_m)).candidates
    assert [plate.side for plate in found] == [1]
    assert found[0].radius_px == pytest.approx(0.225 * FOCAL_PX / (scene.distance_m - DISC_AT_M), rel=0.03)


@pytest.mark.parametrize("seed", range(2))
def test_a_bar_without_plates_has_none(seed: int) -> None:
    scene = Scene(sides=())
    assert find_plates(moments(scene, seed), scene.lifter_camera()).candidates == ()


def test_a_plate_that_leans_on_the_wall_is_not_the_bars() -> None:
    scene = Scene(sides=())
    wall = replace(scene, sides=tuple(Side)).picture(0.0, room())
    still = [replace(moment, rgb=wall) for moment in moments(scene)]
    assert find_plates(still, scene.lifter_camera()).candidates == ()


def test_a_single_picture_is_not_enough() -> None:
    scene = Scene()
    assert find_plates(moments(scene)[:1], scene.lifter_camera()).candidates == ()


def test_a_plate_is_followed_and_lost_where_it_leaves_the_picture() -> None:
    scene = Scene()
    plate = next(one for one in found_in(scene).candidates if one.side == 1)
    follower = Follower(plate, scene.lifter_camera())
    depths = falls(31)
    for number, fall in enumerate(depths):
        moment = scene.moment(number / 10, float(fall), room())
        if 12 <= number < 18:
            moment = replace(moment, rgb=room())
        follower.look(moment, np.eye(3))
    track = follower.track()
    assert track.side == Side.LEFT
    assert not track.seen[12:18].any()
    assert track.seen[:12].all()
    assert track.seen[18:].all()
    truth = np.array([scene.project(scene.plate_m(1, float(fall))) for fall in depths])
    assert np.abs(track.centre_px - truth)[track.seen].max() < 2.0


def test_a_shaking_camera_is_told_from_a_moving_bar() -> None:
    scene, camera_motion = Scene(), CameraMotion()
    for number, (dx, dy) in enumerate(((0, 0), (3, -2), (9, 4), (-6, 11))):
        moment = scene.moment(number / 10, float(falls(8)[number]), room())
        shaken = replace(moment, rgb=np.roll(moment.rgb, (dy, dx), axis=(0, 1)))
        move = camera_motion.look(shaken.rgb, moment.landmarks_px + [dx, dy])
        assert move @ [270 + dx, 360 + dy, 1.0] == pytest.approx([270, 360, 1.0], abs=0.3)


def test_two_plates_give_the_scale_whatever_the_distance() -> None:
    scene = Scene()
    for distance_m in (None, 4.5):
        estimate = measure_plate_scale(watched(scene, distance_m)).estimate
        assert estimate is not None
        assert estimate.cm_per_px == pytest.approx(100.0 * scene.distance_m / FOCAL_PX, rel=0.015)


def test_two_plates_mend_a_wrong_camera_and_a_wrong_height() -> None:
    scene = Scene()
    wrong = scene.lifter_camera(0.75 * scene.distance_m, turned_deg=-8.0, larger=0.85)
    found = find_plates(moments(scene), wrong)
    assert found.fit is not None
    lifter_camera = found.fit.lifter_camera
    assert lifter_camera.distance_m == pytest.approx(scene.distance_m, rel=0.05)
    assert np.degrees(lifter_camera.angles_rad) == pytest.approx([scene.azimuth_deg, 0.0, 0.0], abs=1.5)
    estimate = measure_plate_scale(as_watch(found)).estimate
    assert estimate is not None
    assert estimate.cm_per_px == pytest.approx(100.0 * scene.distance_m / FOCAL_PX, rel=0.015)


def test_a_single_plate_is_less_sure_of_the_scale_at_the_lifter() -> None:
    both, one = (measure_plate_scale(watched(Scene(sides=sides))) for sides in (tuple(Side), (Side.LEFT,)))
    assert both.estimate is not None
    assert one.estimate is not None
    assert one.estimate.cm_per_px == pytest.approx(both.estimate.cm_per_px, rel=0.04)
    assert one.estimate.sd_share > 1.2 * both.estimate.sd_share


def test_small_plates_are_no_ruler_until_somebody_says_how_large_they_are() -> None:
    scene = Scene(radius_m=0.16)
    unknown = measure_plate_scale(watched(scene))
    assert unknown.estimate is None
    assert unknown.note is not None
    assert re.search("about 3[1-4] cm", unknown.note)
    known = measure_plate_scale(as_watch(find_plates(moments(scene), scene.lifter_camera(), 0.16))).estimate
    assert known is not None
    assert known.cm_per_px == pytest.approx(350.0 / FOCAL_PX, rel=0.015)


def test_a_clear_plate_that_fits_no_bar_is_followed_and_is_no_ruler() -> None:
    scene = Scene(azimuth_deg=65.0)
    no_fit_is_good_enough = PlateDetection(least_vote=1.1)
    found = find_plates(moments(scene), scene.lifter_camera(), settings=no_fit_is_good_enough)
    assert found.fit is None
    (plate,) = found.candidates
    at = scene.project(scene.plate_m(plate.side, 0.0))
    assert np.linalg.norm(plate.centres_px[0] - at) < 0.15 * plate.radius_px
    plate_scale = measure_plate_scale(BarWatch(scene.lifter_camera(), found.candidates, ()))
    assert plate_scale.estimate is None
    assert "no ruler" in (plate_scale.note or "")


@pytest.mark.parametrize("plate_cm", [0.45, 450.0])
def test_a_size_that_no_plate_has_is_refused(plate_cm: float) -> None:
    with pytest.raises(OptionError, match="expected 15 to 60 cm"):
        checked_plate(plate_cm)
