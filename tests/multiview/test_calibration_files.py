"""Calibrations are read from what the ecosystem writes, and written as Pose2Sim has it."""

import json
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.errors import DataError
from depthperception.multiview.calibration import Calibration, angle_deg
from depthperception.multiview.calibration_files import read_calibration, write_calibration
from tests.support.several_views import calibration_of, camera_at

POINT_M = np.array([0.3, 0.2, 0.9])
KNOWN = calibration_of(camera_at(45.0), camera_at(315.0, 4.0, 0.8))


def _table(number: int, unit: float = 1.0) -> list[str]:
    """One camera as aniposelib writes it: OpenCV's px, from the middle of the first one."""
    own = KNOWN.cameras[number].pinhole
    k = own.K - [[0, 0, 0.5], [0, 0, 0.5], [0, 0, 0]]
    return [
        f"[cam_{number}]",
        f'name = "phone{number}"',
        f"size = [{own.width_px}, {own.height_px}]",
        f"matrix = {k.tolist()}",
        "distortions = [0.0, 0.0, 0.0, 0.0, 0.0]",
        f"rotation = {np.ravel(cv2.Rodrigues(own.R)[0]).tolist()}",
        f"translation = {(unit * own.t).tolist()}",
    ]


def _assert_same(found: Calibration) -> None:
    for one, other in zip(found.cameras, KNOWN.cameras, strict=True):
        turn = other.pinhole.R.T @ one.pinhole.R
        assert np.allclose(one.project(POINT_M @ turn), other.project(POINT_M), atol=0.01)
        assert np.linalg.norm(one.pinhole.position_m) == pytest.approx(
            np.linalg.norm(other.pinhole.position_m), abs=1e-6
        )


def test_what_is_written_for_pose2sim_reads_back(tmp_path: Path) -> None:
    write_calibration(KNOWN, tmp_path / "calibration.toml")

    found = read_calibration(tmp_path / "calibration.toml")

    _assert_same(found)
    assert [one.name for one in found.cameras] == ["camera 0", "camera 1"]
    assert found.up is not None
    assert found.up.tolist() == [0.0, 0.0, 1.0]
    assert found.reprojection_px == 0.2


def test_aniposelibs_millimetres_become_metres_and_its_world_has_no_up(tmp_path: Path) -> None:
    lines = [*_table(0, 1000.0), *_table(1, 1000.0), "[metadata]", "adjusted = true", "error = 0.31"]
    (tmp_path / "calibration.toml").write_text("\n".join(lines))

    found = read_calibration(tmp_path / "calibration.toml")

    _assert_same(found)
    assert found.up is None
    assert found.reprojection_px == 0.31


def test_caliscopes_tables_without_a_place_are_left_out(tmp_path: Path) -> None:
    lines = ["[cameras]"]
    for number in (0, 1):
        lines += [line.replace("[cam_", "[cameras.") if line.startswith("[") else line for line in _table(number)]
        lines += ["error = 0.4", "ignore = false", "rotation_count = 0", "fisheye = false"]
    lines += ["[cameras.2]", "size = [720, 1280]", "matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]"]
    (tmp_path / "camera_array.toml").write_text("\n".join(lines))

    found = read_calibration(tmp_path / "camera_array.toml")

    _assert_same(found)
    assert found.reprojection_px == pytest.approx(0.4)


def _opencap(folder: Path, content: object) -> None:
    folder.mkdir(parents=True)
    (folder / "cameraIntrinsicsExtrinsics.pickle").write_bytes(pickle.dumps(content))


def test_opencaps_pickles_are_read(tmp_path: Path) -> None:
    for number, one in enumerate(KNOWN.cameras):
        own = one.pinhole
        content = {
            "distortion": np.zeros((1, 5)),
            "intrinsicMat": own.K - [[0, 0, 0.5], [0, 0, 0.5], [0, 0, 0]],
            "imageSize": np.array([[own.height_px], [own.width_px]], float),
            "rotation": own.R,
            "translation": 1000.0 * own.t[:, None],
        }
        _opencap(tmp_path / f"Cam{number}", content)

    _assert_same(read_calibration(tmp_path))


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("print('this must never run')",)  # Ray replaces print itself


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _opencap(tmp_path / "Cam0", {"rotation": _Evil()})

    with pytest.raises(DataError, match=r"it names builtins\.eval"):
        read_calibration(tmp_path)
    assert "never run" not in capsys.readouterr().out


@pytest.mark.shared
def test_the_calibration_of_the_real_pair_is_read() -> None:
    found = read_calibration(Path("../shared/clips/oc_sq_calibration.json"))

    assert [one.name for one in found.cameras] == ["oc_sq_cam0", "oc_sq_cam1"]
    turn = found.cameras[1].pinhole.R @ found.cameras[0].pinhole.R.T
    assert angle_deg(turn, np.eye(3)) == pytest.approx(37.7, abs=0.2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", "size = 3", "places no camera"),
        ("a.toml", "size = 3", "its bytes are no text"),
        ("a.toml", "not toml", "is no calibration"),
        ("a.json", json.dumps({"cameras": {"a": {}}}), "is no calibration"),
        ("a.toml", "\n".join([*_table(0), "fisheye = true"]), "fisheye"),
    ],
)
def test_what_is_no_calibration_is_refused_in_one_sentence(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-16" if "no text" in said else "utf-8")

    with pytest.raises(DataError, match=said):
        read_calibration(tmp_path / name)


def test_a_camera_follows_the_size_of_the_picture_but_not_its_shape() -> None:
    one = KNOWN.cameras[0]
    assert np.allclose(one.of_size(360, 640).project(POINT_M), one.project(POINT_M) / 2.0)
    with pytest.raises(DataError, match="720 x 1280 px, the upright video has 1280 x 720"):
        one.of_size(1280, 720)
