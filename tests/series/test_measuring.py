"""Angles, heights, axes and rows, against a figure whose geometry is known and a clip whose truth is."""

import json
from dataclasses import replace

import numpy as np
import pytest

from depthperception.bar_motion import BarMotion, BarPath
from depthperception.errors import OptionError
from depthperception.examination import Examination
from depthperception.geometry.skeletons import HEELS, TOES, Landmark
from depthperception.pose.track import empty_track
from depthperception.results import Camera, Judgement, Scale, ShotJudgement
from depthperception.series.angles import standing_feet
from depthperception.series.looking import frames_at_rate
from depthperception.series.measuring import COLUMNS, at_times, in_room, time_series
from depthperception.series.table import INTERPOLATED, MEASURED, MISSING
from tests.support import report_examples
from tests.support.figures import THIGH_M, axes, track
from tests.support.judged_once import Examined
from tests.support.rendered_clips import DATA, DEMO, DEMO_HEIGHT_CM

TIMES_S = np.arange(0.0, 3.01, 0.1)


def camera(azimuth_deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Camera:
    """Measure the camera of `figures.axes` without an error."""
    up = axes(azimuth_deg, pitch_deg, roll_deg) @ [0.0, 0.0, 1.0]
    return Camera("front", "towards", azimuth_deg, pitch_deg, roll_deg, tuple(up.tolist()))


def judged(seen_by: Camera, *, scale: Scale | None, bar: BarMotion | None = None) -> Judgement:
    """Judge one attempt from 1 s to 2 s with its bottom at 1.5 s, 3 cm deep."""
    lift = replace(report_examples.attempt(1.5), start_s=1.0, end_s=2.0, bar=bar)
    return replace(report_examples.judgement(lift), camera=seen_by, scale=scale)


@pytest.mark.parametrize(("azimuth_deg", "pitch_deg", "roll_deg"), [(0, 0, 0), (90, 0, 0), (215, 12, -7)])
def test_angles_and_room_are_the_figure_s_from_every_side(
    azimuth_deg: float, pitch_deg: float, roll_deg: float
) -> None:
    seen = track(np.array([0.0]), np.array([90.0]), axes(azimuth_deg, pitch_deg, roll_deg), trunk_deg=40.0)
    by = camera(azimuth_deg, pitch_deg, roll_deg)
    rows = time_series(judged(by, scale=Scale(0.2, "height", model_factor=1.5)), seen, seen.times_s)
    for side in ("left", "right"):
        angles = [rows.values[f"{name}_{side}_deg"][0] for name in ("knee_flexion", "hip_flexion", "trunk_lean")]
        # The knees are 6 cm further out than the hips, which turns thigh and hip by a few degrees.
        assert angles == pytest.approx([90 + 25, 90 + 40, 40], abs=8.0)
    assert rows.values["trunk_lean_left_deg"][0] == pytest.approx(40.0, abs=3.0)
    hip, knee, left = (rows.room_m[0, Landmark[f"LEFT_{name}"]] for name in ("HIP", "KNEE", "ANKLE"))
    assert knee[0] - hip[0] == pytest.approx(1.5 * THIGH_M, abs=1e-9)  # forward of the hip, true metres
    assert knee[1] == pytest.approx(hip[1], abs=1e-9)  # a parallel thigh
    assert left[2] == pytest.approx(-1.5 * 0.15, abs=1e-9)  # his left is not his right
    assert rows.room_m[0, np.concatenate([HEELS, TOES])].mean(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert rows.values["hip_height_cm"][0] == pytest.approx(rows.values["knee_height_cm"][0], abs=1e-6)


def test_a_foot_flat_under_a_leaning_shank_is_bent_by_the_shank_s_lean() -> None:
    seen = track(np.array([0.0]), np.array([90.0]), axes(0.0))
    rows = time_series(None, seen, seen.times_s)
    assert rows.values["ankle_dorsiflexion_right_deg"][0] == pytest.approx(25.0, abs=2.0)


def test_a_foot_that_one_network_turns_in_some_looks_turns_no_ankle_of_an_attempt() -> None:
    seen = track(TIMES_S, np.full(len(TIMES_S), 90.0), axes(0.0))
    turned = seen.world_m.copy()
    for look in (14, 15, 16, 30):  # of the attempt from 1 s to 2 s, with a second of lockout; and one after it
        heels = turned[look, HEELS]
        turned[look, TOES] = heels + np.linalg.norm(turned[look, TOES] - heels, axis=1)[:, None] * [0.0, -1.0, 0.0]
    rows = time_series(judged(camera(0.0), scale=None), replace(seen, world_m=turned), TIMES_S)
    alone = time_series(None, replace(seen, world_m=turned), TIMES_S)
    for side in ("left", "right"):
        name = f"ankle_dorsiflexion_{side}_deg"
        assert rows.values[name] == pytest.approx(np.full(len(TIMES_S), 25.0), abs=2.0)
        assert abs(alone.values[name][15] - 25.0) > 20.0, "without an attempt every look has its own foot"


def test_each_attempt_has_its_own_foot_and_rows_between_have_the_nearer_one_s() -> None:
    points = np.zeros((6, 33, 3))
    points[:3, TOES], points[3:, TOES] = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    feet = standing_feet(points, np.array([1, 1, 0, 0, 0, 2]))
    assert feet[:, 0].tolist() == [[1.0, 0.0, 0.0]] * 3 + [[1.0, 0.0, 0.0]] + [[0.0, 1.0, 0.0]] * 2
    points[5] = np.nan
    assert standing_feet(points, np.array([1, 1, 0, 0, 0, 2]))[4].tolist() == [[1.0, 0.0, 0.0]] * 2


def test_rows_say_whether_they_were_looked_at() -> None:
    looks = track(np.array([0.0, 0.2, 1.0, 1.1]), np.array([0.0, 40.0, 80.0, 80.0]))
    rows, pose = at_times(looks, np.array([0.0, 0.1, 0.2, 0.6, 1.00005, 1.1, 1.2]))
    assert pose.tolist() == [MEASURED, INTERPOLATED, MEASURED, MISSING, MEASURED, MEASURED, MISSING]
    assert rows.image_px[1] == pytest.approx((looks.image_px[0] + looks.image_px[1]) / 2)
    assert np.isnan(rows.image_px[3]).all()
    np.testing.assert_array_equal(rows.image_px[4], looks.image_px[2])


def test_nothing_is_put_between_pictures_on_both_sides_of_a_cut() -> None:
    looks = track(np.array([0.0, 0.2, 0.4, 0.6]), np.array([0.0, 0.0, 80.0, 80.0]))
    near, far = (Scale(cm_per_px, "height", model_factor=cm_per_px) for cm_per_px in (1.0, 2.0))
    by = camera(40.0)
    shots = ShotJudgement(0.0, 0.25, "judged", camera=by, scale=near), ShotJudgement(0.3, 0.6, "judged", None, by, far)
    rows = time_series(replace(judged(by, scale=near), shots=shots), looks, np.arange(0.0, 0.65, 0.1))
    assert rows.pose.tolist() == [MEASURED, INTERPOLATED, MEASURED, MISSING, MEASURED, INTERPOLATED, MEASURED]
    # Knees over feet: .43 + .06 m standing; .43 cos 22.2 deg + .06 with the thigh at 80 deg, twice that by its scale.
    assert rows.values["knee_height_cm"][[0, 4]] == pytest.approx([49.0, 2 * 45.8], abs=0.2)


def test_the_bar_and_the_crease_keep_to_their_attempt_and_their_numbers() -> None:
    height = tuple((-30.0 * np.sin(np.pi * (TIMES_S - 0.5) / 2).clip(0)).tolist())
    path = BarPath(tuple(TIMES_S.tolist()), tuple((0.0, 0.0) for _ in TIMES_S), height, None)
    seen = track(TIMES_S, 90.0 * np.exp(-(((TIMES_S - 1.5) / 0.4) ** 2)), axes(30.0))
    slow = BarMotion(("left",), path=path, film_speed=0.5)
    judgement = replace(
        judged(camera(30.0), scale=Scale(0.2, "plate"), bar=slow), provenance={"speed": 0.5, "method": "calibrated"}
    )
    rows = time_series(judgement, seen, TIMES_S)
    inside = rows.attempt == 1
    assert TIMES_S[inside] == pytest.approx(np.arange(1.0, 2.95, 0.1))  # with a second of lockout
    assert rows.values["bar_height_cm"][inside] == pytest.approx(np.array(height)[inside])
    assert np.isnan(rows.values["bar_height_cm"][~inside]).all()
    assert np.isnan(rows.values["bar_forward_cm"]).all()
    # d/dt of -.3 sin(pi (t - .5) / 2) is 0 at 1.5 s and -.3 pi / 2 cos(.3 pi) at 1.1 s; the film is at half speed.
    at = [15, 11]
    assert rows.values["bar_speed_m_s"][at] == pytest.approx(
        [0.0, -2 * 0.3 * np.pi / 2 * np.cos(0.3 * np.pi)], abs=0.02
    )
    bottom = rows.phase == "bottom"
    assert rows.values["crease_over_knee_top_cm"][15] == pytest.approx(-3.0)
    assert (np.isfinite(rows.values["crease_over_knee_top_cm"]) == bottom).all()
    assert rows.values["hip_speed_m_s"][11] < -0.2 < 0.2 < rows.values["hip_speed_m_s"][19]


def test_without_a_ruler_there_are_no_centimetres() -> None:
    seen = track(TIMES_S, np.full(len(TIMES_S), 30.0))
    rows = time_series(judged(camera(40.0), scale=None), seen, TIMES_S)
    for name in ("hip_height_cm", "knee_height_cm", "hip_speed_m_s", "crease_over_knee_top_cm"):
        assert np.isnan(rows.values[name]).all()
    assert np.isfinite(rows.values["knee_flexion_left_deg"]).all()
    assert set(rows.scale_source) == {""}


def test_nobody_is_a_table_of_empty_rows() -> None:
    nobody = replace(report_examples.judgement(), camera=None, scale=None)
    rows = Examination(nobody, empty_track(), TIMES_S).time_series()
    assert len(rows) == len(TIMES_S)
    assert set(rows.pose) == {MISSING}
    assert all(np.isnan(rows.values[name]).all() for name in COLUMNS)


def test_the_demo_has_a_row_for_each_frame_and_its_judgement_in_them(examined: Examined) -> None:
    found = examined(DEMO, DEMO_HEIGHT_CM)
    rows, (lift,) = found.time_series(), found.judgement.attempts
    assert rows.frames.tolist() == list(range(found.judgement.video.frames))
    np.testing.assert_array_equal(rows.times_s, found.frame_times_s)
    assert rows.phase[lift.bottom_frame] == "bottom"
    assert rows.pose[lift.bottom_frame] == MEASURED
    assert lift.depth.cm is not None
    assert rows.values["crease_over_knee_top_cm"][lift.bottom_frame] == pytest.approx(-lift.depth.cm, abs=0.5)
    frames = json.loads(DEMO.with_suffix(".json").read_text())["frames"]
    true_cm = [
        100 * np.mean([frame["hip"][leg][2] - frame["knee"][leg][2] for leg in ("left", "right")]) for frame in frames
    ]
    errors = rows.values["hip_height_cm"] - rows.values["knee_height_cm"] - true_cm
    assert np.nanmedian(np.abs(errors)) < 5.0
    assert np.isfinite(errors).mean() > 0.95


def test_a_rate_gives_rows_that_were_all_looked_at(examined: Examined) -> None:
    found = examined(DATA / "side_high.mp4")
    rows = found.time_series(rate_hz=2.0)
    assert rows.times_s == pytest.approx(np.arange(0.0, found.frame_times_s[-1], 0.5), abs=0.02)
    assert set(rows.pose) == {MEASURED}
    np.testing.assert_array_equal(found.frame_times_s[rows.frames], rows.times_s)


@pytest.mark.parametrize("rate_hz", [0.0, -5.0, 1e9, float("nan"), float("inf")])
def test_rates_that_make_no_sense_are_refused(rate_hz: float) -> None:
    with pytest.raises(OptionError, match="expected 0"):
        frames_at_rate(TIMES_S, rate_hz)


def test_in_a_notebook_names_are_text(examined: Examined) -> None:
    found = examined(DEMO, DEMO_HEIGHT_CM)
    video = replace(found.judgement.video, path="<img src=x>.mp4")
    shown = replace(found, judgement=replace(found.judgement, video=video))._repr_html_()
    assert "<img" not in shown
    assert shown.count("<tr>") == 2
    assert "<td>depth</td>" in shown


def test_the_room_without_a_camera_looks_towards_it() -> None:
    seen = track(np.array([0.0]), np.array([0.0]), axes(0.0))
    room = in_room(seen, None, None)
    assert room[0, Landmark.RIGHT_HIP, 2] > 0.0 > room[0, Landmark.LEFT_HIP, 2]
    assert room[0, Landmark.LEFT_SHOULDER, 1] == pytest.approx(0.08 + 0.43 + 0.43 + 0.5, abs=0.07)
