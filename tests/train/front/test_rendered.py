"""Rendered attempts as data: geometry against the body's truth, scoring by hand, the shipped table."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.attempts.heights import FEATURES, HEIGHTS
from depthperception.depth.front.model import FrontModel
from depthperception.errors import DataError
from depthperception.geometry.roi import Region
from depthperception.pose.blazepose import PoseEstimate
from depthperception.synth.scenario import Scenario
from depthperception.synth.stills import performance_of
from depthperception.synth.viewpoint import pinhole
from depthperception.train.front import rendered
from depthperception.train.front.augmentation import read_measured, shipped_measured, write_measured
from depthperception.train.front.rendered import RenderedClip, as_dataset, frame_times_s, front_scenario, score_rendered
from depthperception.train.front.training import FrontTrainer, measure, train_front
from tests.support.front_squats import AT_55, clip, lifters_data


def far_away(scenario: Scenario) -> Scenario:
    """A camera at hip height so far off that nearer things look no larger."""
    view = replace(
        scenario.viewpoint,
        azimuth_deg=0.0,
        height_m=0.8,
        distance_m=400.0,
        pitch_deg=0.0,
        yaw_deg=0.0,
        roll_deg=0.0,
        fov_deg=0.4,
        shake_deg=0.0,
    )
    return replace(scenario, viewpoint=view)


def test_traced_heights_are_the_bodys_own_from_far_away() -> None:
    scenario = far_away(front_scenario(5, "m_avg"))
    one = rendered.trace(scenario)
    acted = performance_of(scenario)
    up = {name: p[:, 2].mean() for name, p in acted.truth(0.0).joints.items()}
    low = {name: p[:, 2].mean() for name, p in acted.truth(acted.bottoms_s[0]).joints.items()}
    leg = up["hip"] - up["ankle"]
    found = one.clip.features()
    assert found.hip_drop == pytest.approx((up["hip"] - low["hip"]) / leg, abs=0.02)
    assert found.hip_height == pytest.approx((low["hip"] - low["ankle"]) / leg, abs=0.02)
    assert found.knee_depth == pytest.approx((low["knee"] - low["hip"]) / leg, abs=0.02)
    assert found.standing_thigh == pytest.approx((up["hip"] - up["knee"]) / leg, abs=0.01)
    # Left is to the right in a picture from the front.
    assert found.width > 0.25
    assert one.depth_cm == pytest.approx(acted.truth(acted.bottoms_s[0]).depth_cm)
    assert one.clip.valid == (one.depth_cm > 0 and not one.clip.failed_ascent)


def test_attempts_repeat_themselves_and_some_fail() -> None:
    assert front_scenario(3, "f_avg") == front_scenario(3, "f_avg")
    kinds = [front_scenario(seed, "f_avg").attempt.reps[0].kind for seed in range(30)]
    assert 1 <= kinds.count("failed_ascent") <= 10
    assert set(kinds) == {"squat", "failed_ascent"}


def test_a_failed_ascent_is_traced_as_not_stood_up() -> None:
    seed = next(s for s in range(60) if front_scenario(s, "f_avg").attempt.reps[0].kind == "failed_ascent")
    one = rendered.trace(front_scenario(seed, "f_avg"))
    assert one.clip.failed_ascent
    assert not one.clip.valid
    assert one.clip.features().recovery <= 0.5


def test_well_filmed_shows_the_whole_lifter() -> None:
    for seed in range(8):
        scenario = rendered.well_filmed(front_scenario(seed, "m_tall"))
        joints = np.concatenate(list(performance_of(scenario).truth(0.0).joints.values()))
        px = pinhole(scenario.viewpoint).project(joints) / [360, 640]
        assert px.min() > 0.02
        assert px.max() < 0.98
        assert not scenario.people


def test_moments_are_dense_at_the_bottom_and_ascend() -> None:
    times = frame_times_s(2.0, 5.0)
    assert np.all(np.diff(times) > 0.02)
    np.testing.assert_allclose(np.diff(times[(times >= 1.59) & (times <= 2.41)]), 0.05)
    assert times[0] == 0.0
    assert 4.85 < times[-1] < 5.0


@dataclass
class _Stage:
    """A studio whose pictures are never looked at."""

    drawn: int = 0

    def still(self, scenario: Scenario, time_s: float) -> object:
        self.drawn += 1
        return type("Drawn", (), {
            "picture": np.full((4, 4, 3), self.drawn, np.uint8),
            "truth": performance_of(scenario).truth(time_s),
            "camera": pinhole(scenario.viewpoint),
        })()  # fmt: skip


@pytest.mark.parametrize(("seen_share", "kept"), [(1.0, True), (0.7, True), (0.3, False)])
def test_a_lifter_lost_in_most_frames_gives_no_clip(
    monkeypatch: pytest.MonkeyPatch, seen_share: float, kept: bool
) -> None:
    scenario = rendered.well_filmed(front_scenario(5, "m_avg"))
    points = rendered.trace(scenario).clip.image[0] * [360, 640]

    def estimate_pose(picture: np.ndarray, region: Region, *, model: str) -> PoseEstimate:
        presence = 1.0 if picture[0, 0, 0] % 10 < 10 * seen_share else 0.0
        return PoseEstimate(points, np.zeros((33, 3)), np.ones(33), presence, region)

    monkeypatch.setattr(rendered, "estimate_pose", estimate_pose)
    one = rendered.film(scenario, _Stage())  # type: ignore[arg-type]
    assert (one is not None) == kept
    if one is not None:
        np.testing.assert_allclose(one.clip.image[0], points / [360, 640])
        expected = frame_times_s(performance_of(scenario).bottoms_s[0], performance_of(scenario).duration_s)
        assert len(one.clip.times_s) == pytest.approx(seen_share * len(expected), abs=6)


def made(name: str, drop: float, depth_cm: float, *, climbed: float = 1.0, azimuth_deg: float = 0.0) -> RenderedClip:
    return RenderedClip(clip(name, drop=drop, climbed=climbed), depth_cm, azimuth_deg, 1.0, 3.0)


def test_scores_against_the_truth_by_hand() -> None:
    found = score_rendered(
        AT_55,
        [
            made("right deep", 0.65, 5.0),
            made("right high", 0.45, -5.0),
            made("wrong", 0.65, -4.0),
            made("unsure", 0.555, 4.0),
            made("near", 0.65, 1.0),
            made("failed", 0.65, 5.0, climbed=0.0),
            made("from the side", 0.65, 5.0, azimuth_deg=50.0),
        ],
    )
    assert found["clear"]["count"] == 6
    assert found["clear"]["answered"] == 4
    assert found["clear"]["right_of_answered"] == pytest.approx(3 / 4)
    assert found["clear"]["right_by_probability"] == pytest.approx(5 / 6)
    assert found["near"]["count"] == 1
    assert found["lockout"] == 1.0
    assert found["refused"] == {"The camera stands 50": 1, "Too close to call:": 1}
    assert [row[0] for row in found["wrong"]] == ["wrong"]


def test_table_gives_back_what_was_measured(tmp_path: Path) -> None:
    clips = [made("a", 0.6, 3.0), made("b", 0.4, -3.0)]
    write_measured(tmp_path / "t.csv", clips)
    again = read_measured(tmp_path / "t.csv")
    assert again.valid.tolist() == [True, False]
    for found, expected in zip(again.features, measure(as_dataset(clips)), strict=True):
        np.testing.assert_allclose(found.values(FEATURES), expected.values(FEATURES), atol=1e-5)


def test_a_broken_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("clip,body\na,b\n")
    with pytest.raises(DataError, match="cannot be read as a table of rendered attempts"):
        read_measured(tmp_path / "t.csv")


def test_shipped_table_can_leave_bodies_out() -> None:
    whole = shipped_measured()
    part = whole.without({"m_avg", "f_avg"})
    assert len(set(whole.bodies)) - len(set(part.bodies)) == 2
    assert len(part.features) == len(part.valid) == len(part.bodies) < len(whole.bodies)
    assert 0.3 < whole.valid.mean() < 0.6


def test_rendered_attempts_bring_the_standing_thigh_and_their_share_of_the_fit() -> None:
    data = lifters_data(3)
    assert train_front(data).features == HEIGHTS
    model = train_front(data, rendered=shipped_measured())
    assert model.features == FEATURES
    assert model.provenance["parameters"]["rendered_attempts"] == len(shipped_measured().features)
    trained = FrontTrainer(data, rendered=shipped_measured()).fit(np.arange(len(data)))
    np.testing.assert_array_equal(trained.weights, model.weights)


def test_a_model_of_rendered_attempts_alone_knows_bodies_that_it_never_saw() -> None:
    whole, held = shipped_measured(), {"m_longfem", "f_shortfem", "m_tall"}
    empty = lifters_data(1).subset([0, 3])
    model: FrontModel = train_front(empty, rendered=whole.without(held))
    bodies = np.array([body in held for body in whole.bodies])
    stood = np.array([one.recovery > 0.5 for one in whole.features])
    chosen = np.flatnonzero(bodies & stood)
    right = [(model.depth_probability(whole.features[i]) > 0.5) == whole.valid[i] for i in chosen]
    assert len(right) > 30
    assert np.mean(right) > 0.8
