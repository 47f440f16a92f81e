"""Folders that OpenPose wrote are a pose source for the side method."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthperception.depth.geometric import side_of_track
from depthperception.errors import DepthPerceptionError
from depthperception.geometry.skeletons import BODY_25, COCO_18, Landmark
from depthperception.io.pose_files import read_openpose
from tests.support.command_line import run
from tests.support.figures import THIGH_M, axes, figure, seen


def write_frames(folder: Path, angles: list[float], layout: dict[int, Landmark], points: int) -> Path:
    """A figure seen from the side, and a smaller one who only stands, as OpenPose writes them."""
    folder.mkdir()
    for number, angle in enumerate(angles):
        people = []
        for thigh, size in ((0.0, 150.0), (angle, 400.0)):
            image, _ = seen(figure(thigh), axes(90.0), px_per_m=size)
            rows = np.zeros((points, 3))
            for index, mark in layout.items():
                rows[index] = [*image[mark], 0.9]
            people.append({"pose_keypoints_2d": rows.ravel().tolist()})
        (folder / f"clip_{number:012d}_keypoints.json").write_text(json.dumps({"people": people}))
    return folder


@pytest.mark.parametrize(("layout", "points"), [(BODY_25, 25), (COCO_18, 18)])
@pytest.mark.parametrize("deepest", [80.0, 100.0])
def test_the_lowest_hip_of_the_largest_person_is_compared_with_his_knee(
    layout: dict[int, Landmark], points: int, deepest: float, tmp_path: Path
) -> None:
    track = read_openpose(write_frames(tmp_path / "json", [0, 40, deepest, 40, 0], layout, points), 10.0)
    found = side_of_track(track, height_cm=178.0)
    below_m = -THIGH_M * np.cos(np.radians(deepest))
    assert found.time_s == pytest.approx(0.2)
    assert found.px == pytest.approx(400.0 * below_m, abs=1.0)
    assert found.cm == pytest.approx(100.0 * below_m, rel=0.06)
    assert side_of_track(track).cm is None


def test_the_command_rules_on_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_frames(tmp_path / "json", [0, 100, 0], BODY_25, 25)
    assert run("openpose", folder, "--rate", "30") == 0
    assert capsys.readouterr().out.startswith("  DEPTH   hip 30 px below the knee")
    assert run("openpose", folder, "--rate", "30", "--height", "178", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "depth"
    assert "not a replacement of referees" in said["notice"]


@pytest.mark.parametrize(("ends", "lift"), [(0.0, "good_lift"), (85.0, "no_lift")])
def test_landmarks_alone_leave_what_needs_bar_or_picture_unchecked(
    ends: float, lift: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    angles = [0, 0, 20, 50, 80, 100, 80, 50, 20, ends, ends, ends]
    angles = angles if not ends else [0, 0, 20, 50, 80, 100, 98, *[ends] * 5]
    folder = write_frames(tmp_path / "json", angles, BODY_25, 25)
    assert run("openpose", folder, "--rate", "10", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    findings = {check["cause"]: check["finding"] for check in said["checks"]}
    assert findings.pop("depth") == "passed"
    assert findings.pop("not_completed") == ("passed" if lift == "good_lift" else "fault")
    assert set(findings.values()) == {"not_checked"}
    assert said["lift"] == lift
    assert run("openpose", folder, "--rate", "10", "--rules", "usapl") == 0
    assert "not checked: knees locked at the start" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "holds no \\*_keypoints.json"),
        ("{", "not a file of OpenPose"),
        ('{"people": [{}]}', "without pose_keypoints_2d"),
        ('{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}', "holds 1 points"),
        ('{"people": []}', "shows a hip and a knee"),
    ],
)
def test_a_folder_that_openpose_did_not_write_is_refused(content: str | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a_keypoints.json").write_text(content)
    with pytest.raises(DepthPerceptionError, match=words):
        read_openpose(tmp_path, 30.0)


def test_a_frame_rate_of_zero_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DepthPerceptionError, match="expected one above 0"):
        read_openpose(tmp_path, 0.0)
