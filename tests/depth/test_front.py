"""The `front` method at runtime: heights, lockout, refusals, invariance; and both shipped models."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception.attempts.heights import SquatHeights, squat_heights
from depthperception.attempts.lockout import lockout
from depthperception.depth.front.method import front_reading
from depthperception.depth.front.model import FrontModel, shipped_model
from depthperception.depth.front.published import (
    INPUTS,
    PublishedNetwork,
    network_input,
    published_probability,
    shipped_network,
)
from depthperception.errors import DataError, ModelError
from depthperception.geometry.skeletons import SWAP
from depthperception.types import FloatArray
from tests.support.front_squats import AT_55, squat

Sequence = tuple[FloatArray, FloatArray]
Change = Callable[[FloatArray, FloatArray], Sequence]


def mirrored(points: FloatArray) -> FloatArray:
    turned = points[:, SWAP[:33]].copy()
    turned[..., 0] = 1 - turned[..., 0]
    return turned


def rolled(points: FloatArray, by_deg: float) -> FloatArray:
    a = np.deg2rad(by_deg)
    return np.asarray(0.5 + (points - 0.5) @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]))


def test_heights_are_those_of_the_construction() -> None:
    features = squat_heights(*squat(drop=0.6))
    assert features.hip_drop == pytest.approx(0.6, abs=0.004)
    assert features.hip_height == pytest.approx(0.4, abs=0.004)
    assert features.knee_depth == pytest.approx(0.15, abs=0.004)
    assert features.shoulder_drop == pytest.approx(0.6, abs=0.004)
    assert features.standing_thigh == pytest.approx(0.45, abs=0.004)
    assert features.recovery == pytest.approx(1.0, abs=0.004)
    assert features.start == pytest.approx(0.0, abs=0.004)
    assert features.width == pytest.approx((0.24 + 0.16) / 2 / 0.4, abs=1e-6)


def test_worse_side_is_the_one_that_goes_less_deep() -> None:
    times, points = squat(drop=0.6)
    points[:, 26, 1] += 0.04  # the right knee a tenth of a leg lower: that thigh is .05 deep, the other .15
    features = squat_heights(times, points)
    assert features.knee_depth_worse == pytest.approx(0.05, abs=0.004)
    assert features.knee_depth == pytest.approx(0.10, abs=0.004)


@pytest.mark.parametrize(
    "change",
    [
        lambda t, p: (t, p + [0.2, -0.1]),
        lambda t, p: (t, p * 1234.5),
        lambda t, p: (t, mirrored(p)),
        lambda t, p: (t + 100.0, p),
        lambda t, p: (t, np.concatenate([p, np.full((len(p), 33, 2), np.nan)], axis=2)),
    ],
    ids=["shift", "scale", "mirror", "later", "z-and-visibility"],
)
def test_framing_mirror_and_clock_do_not_enter(change: Change) -> None:
    times, points = squat(drop=0.58)
    points[:, 26, 1] += 0.02
    before, after = squat_heights(times, points), squat_heights(*change(times, points))
    np.testing.assert_allclose(after.values(), before.values(), atol=1e-9)
    assert after.width == pytest.approx(before.width)


def test_six_degrees_of_roll_move_symmetric_heights_by_the_cosine() -> None:
    times, points = squat(drop=0.6)
    before, after = squat_heights(times, points), squat_heights(times, rolled(points, 6))
    # Heights of points in the middle shrink by cos 6 = .9945 alike, so that their ratios stay.
    for name in ("hip_height", "hip_drop", "knee_depth", "shoulder_drop"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=1e-6)
    # Knees .04 further out than the hips go down by .04 sin 6 on one side: .0105 legs.
    assert before.knee_depth_worse - after.knee_depth_worse == pytest.approx(0.04 * 0.1045 / 0.4 / 0.9945, abs=1e-4)


def test_frame_rate_and_lost_frames_move_heights_by_less_than_a_hundredth() -> None:
    expected = squat_heights(*squat(drop=0.58, fps=30)).values()
    for fps in (15, 60, 24.97):
        np.testing.assert_allclose(squat_heights(*squat(drop=0.58, fps=fps)).values(), expected, atol=0.004)
    times, points = squat(drop=0.58)
    kept = np.sort(np.random.default_rng(1).choice(len(times), round(0.7 * len(times)), replace=False))
    np.testing.assert_allclose(squat_heights(times[kept], points[kept]).values(), expected, atol=0.01)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_faster_or_slower_squat_is_the_same_squat(factor: float) -> None:
    times, points = squat(drop=0.58)
    before, after = squat_heights(times, points), squat_heights(times * factor, points)
    np.testing.assert_allclose(after.values(), before.values(), atol=0.006)


@pytest.mark.parametrize(("drop", "verdict"), [(0.65, "depth"), (0.45, "no_depth"), (0.555, "not_judgeable")])
def test_verdict_follows_the_probability(drop: float, verdict: str) -> None:
    reading = front_reading(*squat(drop=drop), model=AT_55)
    measured = squat_heights(*squat(drop=drop)).hip_drop
    assert reading.probability == pytest.approx(1 / (1 + np.exp(-(measured - 0.55) / 0.02)))
    assert reading.depth_verdict == verdict
    assert (reading.refused is None) == (verdict != "not_judgeable")
    assert reading.stood_up is True


def test_a_deep_lift_that_is_not_stood_up_is_deep_and_not_valid() -> None:
    reading = front_reading(*squat(drop=0.65, climbed=0.0), model=AT_55)
    assert reading.stood_up is False
    assert reading.probability == pytest.approx(0.02)
    assert reading.depth_probability == pytest.approx(1 / (1 + np.exp(-5)), abs=0.01)
    assert reading.depth_verdict == "depth"


def test_a_shallow_lift_that_is_not_stood_up_keeps_its_smaller_probability() -> None:
    reading = front_reading(*squat(drop=0.40, climbed=0.0), model=AT_55)
    assert reading.probability is not None
    assert reading.probability == reading.depth_probability
    assert reading.probability < 0.001


def test_a_video_that_ends_at_the_bottom_is_no_failed_lift() -> None:
    reading = front_reading(*squat(drop=0.65, climbed=0.0), model=AT_55, cut_short=True)
    assert reading.stood_up is None
    assert "ends in the middle" in (reading.refused or "")


@pytest.mark.parametrize(("climbed", "stood_up"), [(1.0, True), (0.8, True), (0.6, None), (0.4, False), (0.0, False)])
def test_lockout_by_the_share_that_is_climbed(climbed: float, stood_up: bool | None) -> None:
    found = lockout(*squat(climbed=climbed))
    assert found.recovery == pytest.approx(climbed, abs=0.01)
    assert found.stood_up is stood_up


def _late(times: FloatArray, points: FloatArray) -> Sequence:
    return times[40:], points[40:]


def _side(times: FloatArray, points: FloatArray) -> Sequence:
    return squat(drop=0.65, side=np.cos(np.deg2rad(70)))


def _behind(times: FloatArray, points: FloatArray) -> Sequence:
    points[..., 0] = 1 - points[..., 0]
    return times, points


def _quarter_bow(times: FloatArray, points: FloatArray) -> Sequence:
    return squat(drop=0.1)


def _lost(times: FloatArray, points: FloatArray) -> Sequence:
    points[50:70] = np.nan  # 21 steps of 1/30 s between what is seen
    return times, points


def _never(times: FloatArray, points: FloatArray) -> Sequence:
    points[5:] = np.nan
    return times, points


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_late, "starts in the middle"),
        (_side, "too narrow"),
        (_behind, "from behind"),
        (_quarter_bow, "no squat"),
        (_lost, "out of sight for 0.7 s"),
        (_never, "in 5 frames only"),
    ],
)
def test_refuses_with_a_reason(change: Change, reason: str) -> None:
    reading = front_reading(*change(*squat(drop=0.65)), model=AT_55)
    assert reason in (reading.refused or "")
    assert reading.depth_verdict == "not_judgeable"


@pytest.mark.parametrize(
    ("azimuth_deg", "refused"),
    [(0, False), (19, False), (345, False), (-15, False), (21, True), (180, True), (335, True)],
)
def test_a_known_camera_must_stand_in_front(azimuth_deg: float, refused: bool) -> None:
    reading = front_reading(*squat(drop=0.65), model=AT_55, azimuth_deg=azimuth_deg)
    assert (reading.refused is not None) == refused


def test_a_few_frames_without_the_lifter_do_not_matter() -> None:
    times, points = squat(drop=0.65)
    whole = front_reading(times, points, model=AT_55).features
    points[[3, 44, 45, 90]] = np.nan
    rest = front_reading(times, points, model=AT_55).features
    assert whole is not None
    assert rest is not None
    np.testing.assert_allclose(rest.values(), whole.values(), atol=0.003)
    assert lockout(times, points).stood_up is True


@pytest.mark.parametrize(
    ("times", "points", "found"),
    [
        (np.arange(20.0), np.zeros((20, 17, 2)), "shape (20, 17, 2)"),
        (np.arange(5.0), np.zeros((5, 33, 2)), "5 frames"),
        (np.arange(20.0), np.full((20, 33, 2), np.nan), "0 frames"),
        (np.zeros(20), np.zeros((20, 33, 2)), "do not ascend"),
        (np.arange(20.0), -squat()[1][:20], "ankles lie above"),
    ],
)
def test_measuring_the_impossible_says_what_is_wrong(times: FloatArray, points: FloatArray, found: str) -> None:
    with pytest.raises(DataError, match="expected") as error:
        squat_heights(times, points)
    assert found in str(error.value)


def test_a_sequence_of_another_layout_is_an_error_not_a_reading() -> None:
    with pytest.raises(DataError, match=r"shape \(20, 34\)"):
        front_reading(np.arange(20.0), np.zeros((20, 34)))


def test_model_survives_saving(tmp_path: Path) -> None:
    model = replace(AT_55, provenance={"data": {"clips": 3}})
    model.save(tmp_path / "m.json")
    again = FrontModel.load(tmp_path / "m.json")
    assert again.probability(_features(hip_drop=0.57)) == pytest.approx(np.e / (1 + np.e))
    assert again.provenance == {"data": {"clips": 3}}


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.update(schema="other/1"),
        lambda c: c.pop("bias"),
        lambda c: c.update(weights=[1.0, 2.0]),
        lambda c: c.update(features=["waist"]),
        lambda c: c.update(mean=[float("nan")]),
    ],
)
def test_a_damaged_model_file_is_refused(tmp_path: Path, damage: Callable[[dict[str, Any]], object]) -> None:
    AT_55.save(tmp_path / "m.json")
    content = json.loads((tmp_path / "m.json").read_text())
    damage(content)
    (tmp_path / "m.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match=r"expected .* Train it again"):
        FrontModel.load(tmp_path / "m.json")


def test_a_missing_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Train it again"):
        FrontModel.load(tmp_path / "none.json")


@pytest.mark.parametrize(("drop", "deep"), [(0.65, True), (0.40, False)])
def test_shipped_model_knows_deep_from_high(drop: float, deep: bool) -> None:
    # Hips at .35 of a leg are far below any knee (.45 to .6 of a leg); at .60 they are over every knee.
    reading = front_reading(*squat(drop=drop))
    assert reading.refused is None
    assert reading.depth_verdict == ("depth" if deep else "no_depth")


def test_shipped_model_says_what_it_was_made_from() -> None:
    made = shipped_model().provenance
    assert made["data"]["clips"] == 239
    assert len(made["data"]["sha256"]) == 64
    assert made["results"]["front"]["accuracy"] >= 0.99


def test_published_input_is_padded_cut_and_in_frame_order() -> None:
    image = np.arange(200 * 33 * 4, dtype=float).reshape(200, 33, 4)
    whole = network_input(image)
    assert whole.shape == (192 * 33 * 2,) == (INPUTS,)
    assert whole[:4].tolist() == [0, 1, 4, 5]
    assert whole[66] == image[1, 0, 0]
    assert whole[-1] == image[191, 32, 1]
    short = network_input(image[:2])
    assert short[131] == image[1, 32, 1]
    assert not short[132:].any()


def test_published_network_by_hand() -> None:
    # One path: input 0 (x of the nose) times 2 minus 1, ReLU, times 3, ReLU, times -1 plus .5.
    weights1, weights2, weights3 = np.zeros((INPUTS, 32)), np.zeros((32, 64)), np.zeros((64, 1))
    weights1[0, 5], weights2[5, 7], weights3[7, 0] = 2, 3, -1
    network = PublishedNetwork(weights1, np.full(32, -1.0), weights2, np.zeros(64), weights3, np.array([0.5]))
    inputs = np.zeros((2, INPUTS))
    inputs[0, 0] = 1.0
    # 2 - 1 = 1, 3, -3 + .5 = -2.5; and for a zero input .5
    expected = np.array([1 / (1 + np.exp(2.5)), 1 / (1 + np.exp(-0.5))])
    np.testing.assert_allclose(network.probability(inputs), expected)


def test_shipped_published_network_answers_for_pixels() -> None:
    _, points = squat(drop=0.65)
    as_shares = float(shipped_network().probability(network_input(points)[None])[0])
    assert published_probability(points * 1000, (1000, 1000)) == pytest.approx(as_shares, abs=1e-9)
    assert 0 < as_shares < 1


def test_a_damaged_published_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.npz").write_bytes(b"PK not a zip")
    with pytest.raises(ModelError, match="Train it again"):
        PublishedNetwork.load(tmp_path / "n.npz")


def test_judging_needs_no_scikit_learn(tmp_path: Path) -> None:
    times, points = squat(drop=0.65)
    np.savez(tmp_path / "squat.npz", times=times, points=points)
    code = (
        "import sys, numpy; sys.modules['sklearn'] = None;"
        "from depthperception.depth.front.method import front_reading;"
        "squat = numpy.load(sys.argv[1]); print(front_reading(squat['times'], squat['points']).depth_verdict)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "squat.npz")], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "depth", done.stderr


def _features(**known: float) -> SquatHeights:
    zeros = dict.fromkeys(SquatHeights.__dataclass_fields__, 0.0)
    return SquatHeights(**{**zeros, "recovery": 1.0, **known})
