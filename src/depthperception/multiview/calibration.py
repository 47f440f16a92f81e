"""Calibrated cameras in one world: where a point is seen, and how far off such a calibration is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from depthperception.errors import DataError
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.types import FloatArray, check_shapes

CalibrationSource = Literal["file", "board", "lifter"]

CORNER_PX = 0.5
"""OpenCV, and all who write its calibrations, count from the middle of the top left pixel; we count from its corner."""


@dataclass(frozen=True, eq=False)
class CalibratedCamera:
    """A camera in the world, as OpenCV has it, in px from the corner of the top left pixel.

    Attributes
    ----------
    name
        As its calibration calls it.
    pinhole
        x_camera = R x + t in metres, pixel = K x_camera / z, without distortion.
    distortion : (5,)
        k1, k2, p1, p2, k3.
    """

    name: str
    pinhole: PinholeCamera
    distortion: FloatArray

    def __post_init__(self) -> None:
        check_shapes(self.pinhole, {"K": (3, 3), "R": (3, 3), "t": (3,)})
        check_shapes(self, {"distortion": (5,)})
        turn = self.pinhole.R
        if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-4) or np.linalg.det(turn) < 0.0:
            raise DataError(
                f"The rotation of camera {self.name} is no rotation; expected three numbers of a Rodrigues vector, or "
                "a right-handed 3 x 3 matrix. Calibrate again, or correct the file."
            )

    def project(self, points_m: FloatArray) -> FloatArray:
        """World points (..., 3) to px (..., 2) of the picture as it was filmed."""
        shape = points_m.shape[:-1]
        turn = cv2.Rodrigues(self.pinhole.R)[0]
        px, _ = cv2.projectPoints(points_m.reshape(-1, 3), turn, self.pinhole.t, self.pinhole.K, self.distortion)
        return np.asarray(px, np.float64).reshape(*shape, 2)

    def straightened(self, points_px: FloatArray) -> FloatArray:
        """Where px (..., 2) of the picture would be without distortion."""
        if not self.distortion.any():
            return points_px
        k = self.pinhole.K
        flat = cv2.undistortPoints(np.ascontiguousarray(points_px.reshape(-1, 1, 2)), k, self.distortion, P=k)
        return np.asarray(flat, np.float64).reshape(points_px.shape)

    def of_size(self, width_px: int, height_px: int) -> "CalibratedCamera":
        """Give the same camera for a picture that was shrunk or enlarged.

        Raises
        ------
        DataError
            When the picture has another shape.
        """
        own = self.pinhole
        factor = width_px / own.width_px
        if abs(own.height_px * factor - height_px) > 1.0:
            raise DataError(
                f"Camera {self.name} was calibrated for pictures of {own.width_px} x {own.height_px} px, the upright "
                f"video has {width_px} x {height_px}; expected the same shape. Calibrate with the phone held as in "
                "the lift."
            )
        k = own.K * np.array([[factor], [factor], [1.0]])
        return replace(self, pinhole=replace(own, K=k, width_px=width_px, height_px=height_px))


@dataclass(frozen=True, eq=False)
class Calibration:
    """Cameras in one world, and how sure that is.

    Attributes
    ----------
    cameras
        In the order of the videos.
    up : (3,)
        Unit vector against gravity in the world; None where the calibration does not say.
    source
        A file, a board, or the lifter himself.
    reprojection_px
        Its own error (rms); None where it does not say.
    turn_sd_deg, shift_sd_m
        How far each camera may be turned and off (sd): by this the adjustment to what is seen may move it.
    focal_sd_share
        Likewise of the focal length.
    """

    cameras: tuple[CalibratedCamera, ...]
    up: FloatArray | None
    source: CalibrationSource
    reprojection_px: float | None = None
    turn_sd_deg: float = 0.3
    shift_sd_m: float = 0.01
    focal_sd_share: float = 0.005

    def with_cameras(self, cameras: Sequence[CalibratedCamera]) -> "Calibration":
        """Give the same with others."""
        return replace(self, cameras=tuple(cameras))

    def upright(self, up: FloatArray) -> "Calibration":
        """Turn the world so that `up` (3,) is its z axis."""
        turn = turn_between(up / np.linalg.norm(up), np.array([0.0, 0.0, 1.0]))
        cameras = [replace(one, pinhole=replace(one.pinhole, R=one.pinhole.R @ turn.T)) for one in self.cameras]
        return replace(self, cameras=tuple(cameras), up=np.array([0.0, 0.0, 1.0]))


def turn_between(one: FloatArray, other: FloatArray) -> FloatArray:
    """Rotation matrix (3, 3) that takes a unit vector to another by the shortest way."""
    axis = np.cross(one, other)
    sine, cosine = float(np.linalg.norm(axis)), float(one @ other)
    if sine < 1e-9:
        flip = np.array([1.0, 0.0, 0.0]) if abs(one[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
        across = np.cross(one, flip)
        half_turn = np.pi * across / np.linalg.norm(across)
        return np.eye(3) if cosine > 0.0 else np.asarray(cv2.Rodrigues(half_turn)[0], np.float64)
    return np.asarray(cv2.Rodrigues(axis / sine * np.arctan2(sine, cosine))[0], np.float64)


def angle_deg(one: FloatArray, other: FloatArray) -> float:
    """Angle between two rotations (3, 3)."""
    return float(np.degrees(np.linalg.norm(cv2.Rodrigues(one @ other.T)[0])))


def relative_turn(calibration: Calibration, number: int) -> FloatArray:
    """Rotation (3, 3) from the first camera's axes to another's."""
    first, other = calibration.cameras[0].pinhole, calibration.cameras[number].pinhole
    return np.asarray(other.R @ first.R.T)


def baseline_m(calibration: Calibration, number: int) -> float:
    """From the first camera's centre to another's."""
    first, other = calibration.cameras[0].pinhole, calibration.cameras[number].pinhole
    return float(np.linalg.norm(first.position_m - other.position_m))
