"""Calibrations that others write: Pose2Sim's, aniposelib's and caliscope's TOML, OpenCap's pickles, and plain JSON.

All are OpenCV's model. Pose2Sim and caliscope have metres and, once the world is set, z up; aniposelib has the unit of
its board, mostly mm, and the world of its first camera.
"""

import json
import pickle
import tomllib
from collections.abc import Mapping, Sequence
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from depthperception.damaged import MISREAD, reason, unpickled
from depthperception.errors import DataError, path_of
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.io.atomic import whole_file
from depthperception.multiview.calibration import CORNER_PX, CalibratedCamera, Calibration
from depthperception.types import FloatArray

EXPECTED = (
    "expected a TOML file of Pose2Sim, aniposelib or caliscope, a JSON file with cameras, or a folder of OpenCap's "
    "cameraIntrinsicsExtrinsics.pickle"
)

SKEWED = 0.01
"""Of a rotation times its transpose, from the unit matrix: files round to four digits and more."""

FARTHEST_M = 50.0
"""Cameras further from each other are in mm: nobody films a squat from there."""


def read_calibration(path: str | PathLike[str]) -> Calibration:
    """Read a calibration, whoever wrote it.

    Raises
    ------
    DataError
        When it cannot be read as one.
    """
    path = path_of(path)
    try:
        if path.is_dir():
            return _opencap(path)
        content = path.read_bytes()
        if path.suffix == ".json":
            return _json(json.loads(content))
        return _toml(tomllib.loads(content.decode("utf-8")))
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {EXPECTED}. Check the path.") from error
    except (*MISREAD, cv2.error, pickle.UnpicklingError) as error:
        raise DataError(f"{path} is no calibration ({reason(error)}); {EXPECTED}. Choose another file.") from error


def _toml(content: Mapping[str, Any]) -> Calibration:
    tables = content.get("cameras", content)
    cameras = [(name, one) for name, one in tables.items() if isinstance(one, dict) and "matrix" in one]
    metadata = content.get("metadata", {})
    error = metadata.get("error")
    errors = [one["error"] for _, one in cameras if isinstance(one.get("error"), int | float)]
    placed = [(name, one) for name, one in cameras if not one.get("ignore") and _is_placed(one)]
    if not placed:
        raise ValueError("it places no camera")
    stated = error or (float(np.mean(errors)) if errors else None)
    in_world = [(_named(name, one), _fields(one)) for name, one in placed]
    up = None if metadata.get("up") is None else np.array(metadata["up"], np.float64)
    z_up = up is None and any("fisheye" in one for _, one in placed)
    return _calibration(in_world, np.array([0.0, 0.0, 1.0]) if z_up else up, stated)


def _is_placed(one: Mapping[str, Any]) -> bool:
    return one.get("rotation") is not None and one.get("translation") is not None


def _named(name: str, one: Mapping[str, Any]) -> str:
    return str(one.get("name", name))


def _fields(one: Mapping[str, Any]) -> dict[str, Any]:
    if one.get("fisheye") or one.get("rotation_count"):
        raise ValueError("a camera is a fisheye or was turned; expected pinhole cameras of upright pictures")
    return {
        "matrix": one["matrix"],
        "distortion": one.get("distortions", ()),
        "turn": one["rotation"],
        "shift": one["translation"],
        "size": one["size"],
    }


def _json(content: Mapping[str, Any]) -> Calibration:
    cameras = []
    for name, one in content["cameras"].items():
        size = one["image_size"]
        fields = {
            "matrix": one["intrinsics"],
            "distortion": one.get("distortion", ()),
            "turn": one["rotation"],
            "shift": one["translation"],
            "size": (size["width"], size["height"]) if isinstance(size, dict) else size,
        }
        cameras.append((name, fields))
    up = content.get("up_in_world")
    return _calibration(cameras, None if up is None else np.array(up, np.float64), content.get("reprojection_px"))


ARRAY_MODULES = ("numpy", *(f"numpy.{core}.{name}" for core in ("core", "_core") for name in ("multiarray", "numeric")))
"""Where the parts of a pickled array are, before and since numpy 2."""


def _of_arrays(module: str, name: str) -> Any:
    """Give what a pickle of arrays names."""
    parts = ("_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer")
    return getattr(import_module(module), name, None) if module in ARRAY_MODULES and name in parts else None


def _opencap(folder: Path) -> Calibration:
    cameras = []
    for path in sorted(folder.rglob("cameraIntrinsicsExtrinsics.pickle")):
        one = unpickled(path.read_bytes(), _of_arrays)
        height, width = np.ravel(one["imageSize"])[:2]
        fields = {
            "matrix": one["intrinsicMat"],
            "distortion": np.ravel(one["distortion"]),
            "turn": one["rotation"],
            "shift": np.ravel(one["translation"]) / 1000.0,
            "size": (width, height),
        }
        cameras.append((path.parent.name, fields))
    if not cameras:
        raise ValueError("there is none in it")
    return _calibration(cameras, None, None)


def _calibration(
    cameras: Sequence[tuple[str, Mapping[str, Any]]], up: FloatArray | None, error: float | None
) -> Calibration:
    """Put cameras together, in metres: aniposelib's board may be in mm."""
    built = [_camera(name, **fields) for name, fields in cameras]
    centres = np.array([one.pinhole.position_m for one in built])
    if np.linalg.norm(centres - centres[0], axis=1).max() > FARTHEST_M:
        built = [_camera(name, **{**fields, "shift": np.ravel(fields["shift"]) / 1000.0}) for name, fields in cameras]
    return Calibration(tuple(built), up, "file", error)


def _camera(name: str, *, matrix: Any, distortion: Any, turn: Any, shift: Any, size: Any) -> CalibratedCamera:
    k = np.array(matrix, np.float64)
    k[:2, 2] += CORNER_PX
    rotation = np.array(turn, np.float64)
    if rotation.size == 3:
        rotation = np.asarray(cv2.Rodrigues(rotation.reshape(3, 1))[0], np.float64)
    bent = np.zeros(5)
    given = np.array(distortion, np.float64).ravel()
    if len(given) > len(bent):
        raise ValueError(f"camera {name} has {len(given)} distortions; expected up to 5")
    bent[: len(given)] = given
    width, height = (round(float(side)) for side in size)
    pinhole = PinholeCamera(k, rotation, np.array(shift, np.float64).ravel(), width, height)
    _check(name, pinhole, bent)
    return CalibratedCamera(name, pinhole, bent)


def _check(name: str, camera: PinholeCamera, bent: FloatArray) -> None:
    """Refuse numbers that no camera has: they would give a depth all the same."""
    numbers = np.concatenate([np.ravel(camera.K), np.ravel(camera.R), camera.t, bent])
    if camera.K.shape != (3, 3) or camera.R.shape != (3, 3) or camera.t.shape != (3,):
        raise ValueError(f"camera {name} has matrices of other shapes than 3 x 3, 3 x 3 and 3")
    if not np.isfinite(numbers).all() or np.abs(camera.R @ camera.R.T - np.eye(3)).max() > SKEWED:
        raise ValueError(f"camera {name} has a rotation that is none, or numbers that are not finite")
    if min(camera.K[0, 0], camera.K[1, 1], camera.width_px, camera.height_px) <= 0:
        raise ValueError(f"camera {name} has no focal length, or a picture without a size")


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write Pose2Sim's TOML, which aniposelib reads too: metres, z up where gravity is known.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    if calibration.up is not None:
        calibration = calibration.upright(calibration.up)
    tables = []
    for one in calibration.cameras:
        own = one.pinhole
        k = own.K - CORNER_PX * np.array([[0, 0, 1], [0, 0, 1], [0, 0, 0]])
        k1, k2, p1, p2, k3 = one.distortion.tolist()
        rows = {
            "name": json.dumps(one.name),
            "size": [float(own.width_px), float(own.height_px)],
            "matrix": k.tolist(),
            "distortions": [k1, k2, p1, p2, *([k3] if k3 else [])],
            "rotation": np.ravel(cv2.Rodrigues(own.R)[0]).tolist(),
            "translation": own.t.tolist(),
            "fisheye": "false",
        }
        lines = [f"{key} = {value}" for key, value in rows.items()]
        tables.append("\n".join([f"[{json.dumps(one.name)}]", *lines]))
    about = ["[metadata]", "adjusted = false", f"error = {calibration.reprojection_px or 0.0}"]
    if calibration.up is not None:
        about.append(f"up = {calibration.up.tolist()}")
    with whole_file(path) as partial:
        partial.write_text("\n\n".join([*tables, "\n".join(about)]) + "\n", encoding="utf-8")
