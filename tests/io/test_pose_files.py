"""Landmarks that other tools wrote are judged by side and front, whichever layout they come in."""

import json
import pickle
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from depthperception.errors import DepthPerceptionError, MissingExtraError, PoseSourceError
from depthperception.geometry.point_names import landmark_named
from depthperception.geometry.skeletons import Landmark
from depthperception.io.pose_files import read_poses
from depthperception.planar.files import judge_landmarks
from tests.support.command_line import run
from tests.support.painted_networks import truth_px
from tests.support.pose_file_writers import WRITERS, in_space

RATE_HZ = 30.0
FRONT = Path(__file__).parents[1] / "data" / "front_deep.json"


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("depthperception") / "demo" / "squat.json").read_text())
    return content


def geometry_cm(truth: dict[str, Any]) -> float:
    """Hip under knee in the picture where the hips are lowest, by the stature that eyes and ankles show."""
    _, px = truth_px(truth)
    lowest = int(px[:, [23, 24], 1].mean(axis=1).argmax())
    tall_px = (px[:, [27, 28], 1].mean(axis=1) - px[:, [0, 2, 5], 1].min(axis=1)).max() / 0.89
    below_px = (px[lowest, [23, 24], 1] - px[lowest, [25, 26], 1]).mean()
    return float(below_px * truth["stature_cm"] / tall_px)


@pytest.mark.parametrize("name", WRITERS)
def test_the_demo_clip_from_a_file_of_each_tool_is_as_deep_as_its_truth(
    name: str, demo: dict[str, Any], tmp_path: Path
) -> None:
    tool, write = WRITERS[name]
    path = write(tmp_path, demo)
    found = judge_landmarks(path, rate_hz=RATE_HZ, height_cm=demo["stature_cm"])
    (attempt,) = found.attempts
    assert (found.tool, found.frames) == (tool, len(demo["frames"]))
    assert attempt.bottom_s == pytest.approx(demo["bottom_s"], abs=0.05)
    assert attempt.depth.cm == pytest.approx(geometry_cm(demo), abs=1.0)
    assert "needs BlazePose" in (attempt.measurements["calibrated"].reason or "")
    unchecked = {check.cause for check in attempt.checks if check.finding == "not_checked"}
    assert unchecked >= {"double_bounce", "downward_movement", "foot_movement", "spotter_contact", "bar_dropped"}
    assert len(attempt.lights) == 3
    assert found.rules is not None
    assert found.rules.name == "ipf"


def test_markers_in_space_are_as_deep_as_the_joints_are_high_without_a_height(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    (attempt,) = judge_landmarks(in_space(tmp_path, demo)).attempts
    lowest = min(demo["frames"], key=lambda frame: sum(frame["hip"][side][2] for side in ("left", "right")))
    over_cm = [100.0 * (lowest["knee"][side][2] - lowest["hip"][side][2]) for side in ("left", "right")]
    assert attempt.depth.cm == pytest.approx(np.mean(over_cm), abs=0.3)  # the frames beside it are higher


def test_markers_that_are_missing_for_a_while_change_nothing_and_warn_of_nothing(
    demo: dict[str, Any], tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path = in_space(tmp_path, demo)
    whole = judge_landmarks(path).attempts[0].depth.cm
    *head, first, second = path.read_text().splitlines()[:7]
    empty = "\t".join([*second.split("\t")[:2], *["NaN"] * (len(second.split("\t")) - 2)])
    rest = path.read_text().splitlines()[7:]
    path.write_text("\n".join([*head, first, empty, *rest]) + "\n")
    assert judge_landmarks(path).attempts[0].depth.cm == pytest.approx(whole, abs=0.1)
    assert [str(one.message) for one in recwarn] == []


def test_without_a_height_there_is_a_side_of_the_line_and_no_centimetres(demo: dict[str, Any], tmp_path: Path) -> None:
    path = WRITERS["mmpose"][1](tmp_path, demo)
    side = judge_landmarks(path, rate_hz=RATE_HZ).attempts[0].measurements["side"]
    assert side.cm is None
    assert side.probability == pytest.approx(0.4, abs=0.05)
    assert "No height was given" in (side.reason or "")


def test_a_squat_from_the_front_is_judged_by_the_front_network(tmp_path: Path) -> None:
    truth = json.loads(FRONT.read_text())
    path = WRITERS["pose2sim"][1](tmp_path, truth)
    (attempt,) = judge_landmarks(path, rate_hz=RATE_HZ, method="front").attempts
    assert attempt.verdict == "depth"
    assert attempt.depth.method == "front"
    assert "another network" in (attempt.measurements["front"].reason or "")


def test_a_leg_that_is_not_seen_has_no_number(demo: dict[str, Any], tmp_path: Path) -> None:
    path = WRITERS["rtmlib"][1](tmp_path, demo)
    frames = json.loads(path.read_text())
    for frame in frames:
        for scores in frame["scores"]:
            scores[13] = 0.0
    path.write_text(json.dumps(frames))
    side = judge_landmarks(path, rate_hz=RATE_HZ, height_cm=178).attempts[0].measurements["side"]
    front = judge_landmarks(path, rate_hz=RATE_HZ).attempts[0].measurements["front"]
    assert front.probability is None
    assert "seen in 0 frames" in (front.reason or "")
    assert side.left is None
    assert side.right is not None
    assert side.cm == pytest.approx(side.right.cm)


def test_the_command_says_what_was_read_and_what_it_means(
    demo: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = WRITERS["deeplabcut"][1](tmp_path, demo)
    assert run("judge-landmarks", path, "--rate", "30", "--height", "178") == 0
    said = capsys.readouterr().out
    assert "DeepLabCut: 136 frames" in said
    assert "attempt 1   NO DEPTH   3.2 cm above (90 %: 23.8 above to 17.3 below)" in said
    assert run("judge-landmarks", path, "--rate", "30", "--height", "178", "--json") == 0
    assert json.loads(capsys.readouterr().out)["attempts"][0]["verdict"] == "no_depth"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "frame,x,y\n1,2,3\n", "holds no landmarks that are known; expected TRC"),
        ("a.csv", "scorer,a,a\nbodyparts,snout,snout\ncoords,x,y\n0,1,2\n", "names snout; expected points such as"),
        ("a.csv", "scorer,a,a\n0,1,2\n", "has the heads scorer; expected scorer, individuals, bodyparts, coords"),
        ("a.json", '[{"instances": [{"keypoints": [[1, 2]], "keypoint_scores": [1]}]}]', "holds 1 points; expected 17"),
        ("a.json", '[{"instances": [{"keypoints": 1}]}]', "without points"),
        ("a.trc", "PathFileType\t4\n", "is no whole TRC"),
        ("a.h5", "", "holds no landmarks that are known"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(name: str, content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DepthPerceptionError, match=words):
        read_poses(tmp_path / name, RATE_HZ)


def test_a_file_without_times_needs_a_rate(demo: dict[str, Any], tmp_path: Path) -> None:
    path = WRITERS["mmpose"][1](tmp_path, demo)
    with pytest.raises(DepthPerceptionError, match="has no times"):
        read_poses(path)


def test_a_method_that_needs_more_than_landmarks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DepthPerceptionError, match=r"calibrated was asked to rule .* expected side or front"):
        judge_landmarks(tmp_path, method="calibrated")


def test_hdf5_without_its_package_names_the_extra(
    demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = WRITERS["sleap_h5"][1](tmp_path, demo)
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"depthperception\[files\]"):
        read_poses(path, RATE_HZ)


def test_a_table_whose_heads_would_run_something_is_refused_and_runs_nothing(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    path = WRITERS["deeplabcut_h5"][1](tmp_path, demo)
    with h5py.File(path, "r+") as file:
        file["df_with_missing/table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps([Hostile()], 0))
    with pytest.raises(PoseSourceError, match="expected names of points alone"):
        read_poses(path, RATE_HZ)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda file: file["metadata"].attrs.update({"json": b"{}"}), "is no whole .slp"),
        (lambda file: file.pop("pred_points"), "is no whole .slp"),
        (lambda file: file.pop("frames"), "expected SLEAP's tracks and node_names, a .slp, or DeepLabCut's table"),
    ],
)
def test_a_project_that_is_not_whole_is_refused(
    spoil: Callable[[Any], Any], words: str, demo: dict[str, Any], tmp_path: Path
) -> None:
    path = WRITERS["sleap_slp"][1](tmp_path, demo)
    with h5py.File(path, "r+") as file:
        spoil(file)
    with pytest.raises(PoseSourceError, match=words):
        read_poses(path, RATE_HZ)


def test_half_a_file_is_refused_in_a_sentence(demo: dict[str, Any], tmp_path: Path) -> None:
    path = WRITERS["sleap_h5"][1](tmp_path, demo)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PoseSourceError, match="expected a whole file"):
        read_poses(path, RATE_HZ)


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("RHip", Landmark.RIGHT_HIP), ("left_knee", Landmark.LEFT_KNEE), ("hip.R", Landmark.RIGHT_HIP),
        ("LBigToe", Landmark.LEFT_FOOT_INDEX), ("rankle", Landmark.RIGHT_ANKLE), ("Nose", Landmark.NOSE),
        ("Hip", None), ("LSmallToe", None), ("snout", None),
    ],
)  # fmt: skip
def test_points_are_known_by_their_names(name: str, mark: Landmark | None) -> None:
    assert landmark_named(name) == mark
