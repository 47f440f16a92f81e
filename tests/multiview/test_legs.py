"""One pair of legs is fitted to what all views see; without a board it gives the cameras, too."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.multiview.calibration import angle_deg, baseline_m, relative_turn
from depthperception.multiview.fusion import fuse, offset_cm
from depthperception.multiview.legs import fit_legs_in_space, moved, seen_legs
from depthperception.multiview.self_calibration import calibrate_by_lifter, rough_camera_of
from depthperception.multiview.settings import TOGETHER
from depthperception.results import Reading
from tests.support.several_views import (
    STATURE_M,
    Filmed,
    calibration_of,
    camera_at,
    examination_of,
    legs_in_world,
    sighted_by,
    true_depth_cm,
)

CAMERAS = camera_at(45.0), camera_at(315.0), camera_at(0.0, 3.0)
SEEN = [seen_legs(sighted_by(one)) for one in CAMERAS]


def test_two_views_give_depth_and_place() -> None:
    found = fit_legs_in_space(SEEN[:2], calibration_of(*CAMERAS[:2]), STATURE_M, 0.0, gravity_sd_deg=0.3)

    assert found.mean_cm == pytest.approx(true_depth_cm(), abs=0.1)
    assert np.abs(found.points_m - legs_in_world()).max() < 0.01
    assert found.view_misfit.max() < 0.2
    assert 0.3 < found.mean_sd_cm < 2.5


def test_three_views_outvote_one_that_takes_a_plate_for_a_leg() -> None:
    wrong = replace(SEEN[2], px=SEEN[2].px + np.where(np.arange(16)[:, None] % 2, 0.0, [70.0, -50.0]))

    found = fit_legs_in_space([*SEEN[:2], wrong], calibration_of(*CAMERAS), STATURE_M, 0.0, gravity_sd_deg=0.3)

    assert found.mean_cm == pytest.approx(true_depth_cm(), abs=0.8)
    assert found.view_misfit[2] > 3.0 > found.view_misfit[:2].max()


def test_the_interval_grows_where_views_contradict_each_other() -> None:
    known = calibration_of(*CAMERAS[:2])
    turned = replace(known.cameras[1], pinhole=moved(known.cameras[1].pinhole, np.array([0, 0.2, 0, 0, 0, 0, 0.0])))
    fits = [
        fit_legs_in_space(SEEN[:2], one, STATURE_M, 0.0, gravity_sd_deg=0.3)
        for one in (known, known.with_cameras([known.cameras[0], turned]))
    ]

    right, wrong = (fuse(one, [], STATURE_M) for one in fits)

    assert right.interval90_cm
    assert wrong.interval90_cm
    assert np.ptp(wrong.interval90_cm) > 1.5 * np.ptp(right.interval90_cm)


def test_single_views_count_by_their_errors_and_never_against_themselves() -> None:
    legs = fit_legs_in_space(SEEN[:2], calibration_of(*CAMERAS[:2]), STATURE_M, 0.0, gravity_sd_deg=0.3)
    alone = fuse(legs, [], STATURE_M).cm
    assert alone is not None
    assert alone == pytest.approx(legs.mean_cm - TOGETHER.offset_of_both_cm * STATURE_M / 1.75)

    sure = Reading("calibrated", alone + 2.0, (alone + 0.5, alone + 3.5), 0.9)
    vague = Reading("calibrated", alone + 9.0, (alone - 3.0, alone + 21.0), 0.9)
    hidden = Reading("calibrated", reason="Nothing is seen.")
    both = fuse(legs, [sure, hidden], STATURE_M)

    assert both.cm is not None
    assert alone < both.cm < alone + 2.0
    assert fuse(legs, [vague], STATURE_M).cm == pytest.approx(alone)


def test_cameras_at_both_sides_of_the_lifter_have_an_offset_of_their_own() -> None:
    one_side = camera_at(45.0), camera_at(100.0)
    seen = [seen_legs(sighted_by(one)) for one in one_side]
    same = fit_legs_in_space(seen, calibration_of(*one_side), STATURE_M, 0.0, gravity_sd_deg=0.3)
    both = fit_legs_in_space(SEEN[:2], calibration_of(*CAMERAS[:2]), STATURE_M, 0.0, gravity_sd_deg=0.3)

    assert np.degrees(np.arcsin(both.aside)) == pytest.approx([45.0, -45.0], abs=3.0)
    assert offset_cm(both, 1.75) == pytest.approx(TOGETHER.offset_of_both_cm)
    assert offset_cm(same, 1.75) == pytest.approx(TOGETHER.offset_cm)
    assert offset_cm(both, 1.925) == pytest.approx(1.1 * TOGETHER.offset_of_both_cm)


def test_the_lifter_calibrates_cameras_that_are_known_roughly() -> None:
    films = Filmed(45.0, azimuth_error_deg=10.0), Filmed(315.0, azimuth_error_deg=-7.0)
    rough = [one for one in (rough_camera_of(examination_of(film).judgement) for film in films) if one]
    start = angle_deg(rough[0].pinhole.R @ rough[1].pinhole.R.T, CAMERAS[0].R @ CAMERAS[1].R.T)

    found = calibrate_by_lifter(rough, [SEEN[:2]], STATURE_M, 0.0)

    true = calibration_of(*CAMERAS[:2])
    assert start > 15.0
    assert angle_deg(relative_turn(found, 1), relative_turn(true, 1)) < 2.0
    assert baseline_m(found, 1) == pytest.approx(baseline_m(true, 1), rel=0.04)
    again = fit_legs_in_space(SEEN[:2], found, STATURE_M, 0.0, gravity_sd_deg=TOGETHER.lifter_gravity_deg)
    assert again.mean_cm == pytest.approx(true_depth_cm(), abs=1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cameras_that_know_their_gravity_stay_upright_whatever_the_legs_say(seed: int) -> None:
    films = Filmed(45.0, azimuth_error_deg=10.0), Filmed(315.0, azimuth_error_deg=-7.0)
    judged = [examination_of(film).judgement for film in films]
    sure = [replace(one, camera=replace(one.camera, pitch_sd_deg=0.3, roll_sd_deg=0.3)) for one in judged if one.camera]
    rough = [one for one in map(rough_camera_of, sure) if one]
    seen = [seen_legs(sighted_by(one, noise_px=9.0, seed=seed)) for one in CAMERAS[:2]]

    found = calibrate_by_lifter(rough, [seen], STATURE_M, 0.0)

    up = np.array([one.pinhole.R[:, 2] for one in found.cameras])
    true_up = np.array([one.R[:, 2] for one in CAMERAS[:2]])
    assert np.degrees(np.arccos((up * true_up).sum(axis=1))).max() < 0.7


def test_a_third_view_counts_for_less_than_an_independent_one() -> None:
    legs = fit_legs_in_space(SEEN, calibration_of(*CAMERAS), STATURE_M, 0.0, gravity_sd_deg=0.3)
    apart, alike = (
        fuse(legs, [], STATURE_M, settings=replace(TOGETHER, views_correlation=shared)) for shared in (0.0, 0.5)
    )

    assert apart.interval90_cm
    assert alike.interval90_cm
    # The mean of n views alike by r has the variance (1 + (n - 1) r) / n: at .5 three have 2 / 1.5 of what two have.
    assert np.ptp(alike.interval90_cm) / np.ptp(apart.interval90_cm) == pytest.approx(np.sqrt(2.0 / 1.5), abs=1e-3)
