"""Rendered squats: what is true in them comes from geometry, and from the seed alone."""

import dataclasses
import json
from importlib.resources import files

import numpy as np
import pytest

from depthperception.errors import DataError, OptionError
from depthperception.synth.attempt import hips_for_depth, perform
from depthperception.synth.body import Body, body_names, make_body, natural_stature_m, rig
from depthperception.synth.clip import clip_truth
from depthperception.synth.motion import Pose, squat_pose
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import Attempt, BodyShape, Rep, RepKind, Scenario, Style, Viewpoint
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.stills import performance_of
from depthperception.synth.truth import measure
from depthperception.synth.viewpoint import pinhole
from tests.support.rendered_clips import DATA


def body(name: str = "m_avg", girth_cm: float = 0.0) -> Body:
    return make_body(BodyShape(((name, 1.0),), natural_stature_m(name), girth_cm=girth_cm))


def bottom(of: Body, style: Style, depth_cm: float) -> Pose:
    return squat_pose(of, style, hips_for_depth(of, style, depth_cm)[0])


def test_a_seed_gives_the_same_truth_on_every_machine() -> None:
    acted = performance_of(sample_scenario(1))
    truth = acted.truth(acted.bottoms_s[0])
    np.testing.assert_allclose(truth.side_depth_cm, [6.061, 7.720], atol=1e-3)
    np.testing.assert_allclose(truth.crease[0], [-0.06576, -0.12345, 0.41801], atol=2e-5)


def test_shipped_truth_follows_from_its_own_recipe() -> None:
    demo = files("depthperception") / "demo" / "squat.json"
    for text in (demo.read_text(), (DATA / "two_reps.json").read_text()):
        stored = json.loads(text)
        made = clip_truth(Scenario.from_json(stored["scenario"]))
        assert [row["time_s"] for row in made["frames"]] == [row["time_s"] for row in stored["frames"]]
        for name in ("crease", "knee_top", "hip"):
            both = [[[row[name][side] for side in ("left", "right")] for row in t["frames"]] for t in (made, stored)]
            np.testing.assert_allclose(both[0], both[1], atol=2e-4)
        assert made["depth_cm"]["mean"] == pytest.approx(stored["depth_cm"]["mean"], abs=1e-3)


@pytest.mark.parametrize("name", body_names())
def test_every_body_reaches_twelve_centimetres_above_and_below(name: str) -> None:
    person = body(name)
    for depth_cm in (-12.0, 12.0):
        truth = measure(person, bottom(person, Style(stance_m=0.42 * person.scale), depth_cm))
        assert truth.depth_cm == pytest.approx(depth_cm, abs=0.01)


def test_a_depth_out_of_reach_is_refused_with_the_reach() -> None:
    with pytest.raises(OptionError, match="reaches"):
        hips_for_depth(body(), Style(), 60.0)


def test_crease_is_carried_by_the_femur_alone() -> None:
    """With feet under the hips and pointing ahead the femur turns in the sagittal plane: rotate by hand."""
    person = body()
    hip_rest, knee_rest = person.head("upperleg01.L"), person.head("lowerleg01.L")
    straight = Style(stance_m=2 * abs(float(hip_rest[0])), toe_out_left_deg=0.0, toe_out_right_deg=0.0)
    truth = measure(person, bottom(person, straight, 3.0))
    hip, knee = truth.joints["hip"][0], truth.joints["knee"][0]
    before, after = (np.arctan2(*(k - h)[[2, 1]]) for h, k in ((hip_rest, knee_rest), (hip, knee)))
    turn, (y, z) = after - before, (person.crease[0] - hip_rest)[1:]
    by_hand = hip[2] + np.sin(turn) * y + np.cos(turn) * z
    assert truth.crease[0, 2] == pytest.approx(by_hand, abs=0.002)
    assert truth.side_depth_cm[0] == pytest.approx(100.0 * (truth.knee_top[0, 2] - by_hand), abs=0.2)


def test_knee_top_is_the_highest_skin_at_the_knee_of_the_whole_mesh() -> None:
    person = body("f_heavy")
    pose = bottom(person, Style(stance_m=0.4), 4.0)
    truth = measure(person, pose)
    everything = skin(dual_quaternions(person.heads, pose.rotations, pose.origins), rig().weights, person.vertices)
    level = np.abs(person.vertices[:, 2] - person.head("lowerleg01.R")[2]) < 0.04 * person.scale
    near = level & (rig().share("upperleg", "lowerleg", side=".R") > 0.9)
    highest = everything[near, 2].max()
    assert highest <= truth.knee_top[1, 2] + 1e-9
    assert highest == pytest.approx(truth.knee_top[1, 2], abs=0.006)


def test_skin_of_an_unmoved_body_stays_where_it_is() -> None:
    person = body()
    still = np.tile(np.eye(3), (len(rig().names), 1, 1))
    there = skin(dual_quaternions(person.heads, still, person.heads), rig().weights, person.vertices)
    np.testing.assert_allclose(there, person.vertices, atol=1e-12)


def test_a_mirrored_lifter_has_the_sides_swapped() -> None:
    style = Style(
        toe_out_left_deg=15.0,
        toe_out_right_deg=28.0,
        hip_shift_m=0.03,
        pelvis_list_deg=5.0,
        pelvis_twist_deg=4.0,
        right_foot_ahead_m=0.03,
    )
    mirrored = Style(
        toe_out_left_deg=28.0,
        toe_out_right_deg=15.0,
        hip_shift_m=-0.03,
        pelvis_list_deg=-5.0,
        pelvis_twist_deg=-4.0,
        right_foot_ahead_m=-0.03,
    )
    one, other = (measure(body(), bottom(body(), s, 2.0)).side_depth_cm for s in (style, mirrored))
    assert abs(one[1] - one[0]) > 0.5
    np.testing.assert_allclose(one, other[::-1], atol=0.05)


def test_a_lowered_right_hip_makes_the_right_side_deeper() -> None:
    left, right = measure(body(), bottom(body(), Style(pelvis_list_deg=8.0), 0.0)).side_depth_cm
    assert right - left > 1.5


def test_feet_stay_on_the_floor_and_heels_rise_on_request() -> None:
    for style in (Style(), Style(heel_lift_m=0.04, shank_deg=40.0)):
        pose = bottom(body(), style, 3.0)
        ball, ankle = pose.joint("toe3-1.L"), pose.joint("foot.L")
        assert ball[2] == pytest.approx(body().head("toe3-1.L")[2], abs=1e-3)
        assert (ankle[2] - body().head("foot.L")[2] > 0.02) == (style.heel_lift_m > 0.0)


def test_bar_stays_over_mid_foot_on_the_whole_way() -> None:
    acted = perform(body(), Style(), Attempt(reps=(Rep(3.0),)))
    times = np.linspace(acted.spans_s[0][0], acted.spans_s[0][1], 9)
    assert np.ptp([acted.pose(float(t)).bar[1] for t in times]) < 0.01


def test_truth_changes_smoothly_from_body_to_body() -> None:
    """A thousandth of another body must not move the truth by more than hundredths of a centimetre."""
    shares = np.linspace(0.0, 0.02, 21)
    shapes = [BodyShape((("m_avg", 1.0 - s), ("f_short", float(s))), 1.75) for s in shares]
    depths = [measure(p, squat_pose(p, Style(), 0.45)).depth_cm for p in map(make_body, shapes)]
    assert np.abs(np.diff(depths)).max() < 0.02


@pytest.mark.parametrize("kind", ["squat", "failed_ascent", "double_bounce", "downward_movement"])
def test_first_bottom_is_the_deepest_moment_of_every_kind_of_rep(kind: RepKind) -> None:
    acted = perform(body(), Style(), Attempt(reps=(Rep(5.0, kind, ascent_s=2.0),)))
    times = np.arange(0.0, acted.duration_s, 0.02)
    depths = np.array([acted.truth(float(t)).depth_cm for t in times])
    assert acted.truth(acted.bottoms_s[0]).depth_cm == pytest.approx(5.0, abs=0.01)
    assert times[depths.argmax()] == pytest.approx(acted.bottoms_s[0], abs=0.021)
    assert (depths[-1] < -25.0) == (kind != "failed_ascent")
    rises = np.diff(depths[times > acted.bottoms_s[0]])
    assert (rises.max() > 0.05) == (kind != "squat")


def test_a_lifter_steps_back_and_then_stands_still() -> None:
    acted = perform(body(), Style(), Attempt(walk_s=3.0, stand_s=1.0))
    hips = [acted.truth(t).joints["hip"].mean(axis=0) for t in (0.0, 3.0, 3.9)]
    assert hips[0][1] - hips[1][1] == pytest.approx(0.45 * body().scale, abs=0.03)
    np.testing.assert_allclose(hips[1], hips[2], atol=1e-9)


def test_stature_and_limb_lengths_are_as_asked() -> None:
    plain = make_body(BodyShape((("f_avg", 1.0),), 1.60))
    long = make_body(BodyShape((("f_avg", 1.0),), 1.60, thigh_scale=1.06))
    assert np.ptp(plain.vertices[:, 2]) == pytest.approx(1.60, abs=0.003)
    assert long.thigh_m / long.shank_m == pytest.approx(1.06 * plain.thigh_m / plain.shank_m, rel=0.01)


def test_girth_moves_the_skin_and_not_the_joints() -> None:
    thin, thick = body(), body(girth_cm=1.5)
    np.testing.assert_array_equal(thin.heads, thick.heads)
    assert thick.crease[0, 1] - thin.crease[0, 1] == pytest.approx(0.014, abs=0.003)


def test_camera_at_the_lifters_left_sees_him_face_the_pictures_left() -> None:
    camera = pinhole(Viewpoint(azimuth_deg=90.0, height_m=1.0, distance_m=3.0, width_px=400, height_px=600))
    np.testing.assert_allclose(camera.position_m, [-3.0, 0.0, 1.0], atol=1e-12)
    centre, ahead, up = camera.project(np.array([[0.0, 0.0, 1.0], [0.0, 0.5, 1.0], [0.0, 0.0, 1.5]]))
    np.testing.assert_allclose(centre, [200.0, 300.0], atol=1e-9)
    assert ahead[0] < 200.0
    assert up[1] < 300.0


def test_field_of_view_spans_the_longer_side() -> None:
    camera = pinhole(Viewpoint(azimuth_deg=0.0, height_m=1.0, distance_m=2.0, fov_deg=90.0))
    top = camera.project(np.array([0.0, 0.0, 3.0]))
    np.testing.assert_allclose(top, [360.0, 0.0], atol=1e-9)


@pytest.mark.parametrize(
    ("turn", "sees"),
    [((5.0, 0.0, 0.0), (0, 1)), ((0.0, 5.0, 0.0), (-1, 0)), ((0.0, 0.0, 5.0), (0, -1))],
)
def test_turning_the_camera_moves_the_picture_the_other_way(
    turn: tuple[float, float, float], sees: tuple[int, int]
) -> None:
    """Up moves things down, right moves them left, clockwise lifts what is right of the centre."""
    point = np.array([-0.3, 0.0, 1.0])  # right of the centre for a camera in front
    view = Viewpoint(azimuth_deg=0.0, height_m=1.0)
    still, pitch, yaw, roll = pinhole(view), *turn
    turned = pinhole(dataclasses.replace(view, pitch_deg=pitch, yaw_deg=yaw, roll_deg=roll))
    by = turned.project(point) - still.project(point)
    moved = np.where(np.abs(by) < 5.0, 0.0, np.sign(by))
    assert tuple(moved) == sees


def test_a_scenario_survives_json() -> None:
    for seed in range(5):
        scenario = sample_scenario(seed)
        assert Scenario.from_json(json.loads(json.dumps(scenario.to_json()))) == scenario


def test_a_scenario_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(DataError, match="scenario"):
        Scenario.from_json({"seed": 1, "speed": 3})


def test_samples_keep_to_their_options() -> None:
    options = SampleOptions(bodies=("f_avg", "m_tall"), depth_cm=(1.0, 2.0), azimuth_deg=(80.0, 100.0), clean=True)
    for seed in range(12):
        scenario = sample_scenario(seed, options)
        assert {name for name, _ in scenario.body.weights} <= {"f_avg", "m_tall"}
        assert sum(share for _, share in scenario.body.weights) == pytest.approx(1.0)
        assert 1.0 <= scenario.attempt.reps[0].depth_cm <= 2.0
        assert 80.0 <= scenario.viewpoint.azimuth_deg <= 100.0
        assert not scenario.people
        assert not scenario.room.rack


def test_samples_reach_their_depth_and_mostly_show_the_legs() -> None:
    shown = 0
    for seed in range(40):
        scenario = sample_scenario(seed)
        acted = performance_of(scenario)
        truth = acted.truth(acted.bottoms_s[0])
        assert truth.depth_cm == pytest.approx(scenario.attempt.reps[0].depth_cm, abs=0.01)
        view = scenario.viewpoint
        px = pinhole(view).project(np.concatenate([truth.joints["hip"], truth.joints["knee"]]))
        shown += bool(np.all((px > 0) & (px < [view.width_px, view.height_px])))
    assert shown >= 34


def test_another_camera_leaves_the_truth_alone() -> None:
    scenario = sample_scenario(11)
    moved = dataclasses.replace(scenario, viewpoint=Viewpoint(azimuth_deg=200.0))
    one, other = (performance_of(s).truth(1.0).to_json() for s in (scenario, moved))
    assert one == other
