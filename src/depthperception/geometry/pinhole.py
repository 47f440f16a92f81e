"""The pinhole camera, and what is assumed of a phone's."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from depthperception.types import FloatArray

FOCAL_OVER_LONG_SIDE = 0.75
"""Focal length over the picture's long side of a phone's main camera filming (26 to 28 mm on 36 mm, video crops a
little); a wide or tele lens makes distances wrong by the same factor, but no angle."""


@dataclass(frozen=True, eq=False)
class Pinhole:
    """A camera's inside: square pixels, no distortion.

    Attributes
    ----------
    focal_px
        Focal length.
    middle_px : (2,)
        Where the camera's axis goes through the picture.
    """

    focal_px: float
    middle_px: FloatArray

    def project(self, points_m: FloatArray) -> FloatArray:
        """Points (..., 3) in camera axes (x right, y down, z away), in metres, to px (..., 2)."""
        return np.asarray(self.middle_px + self.focal_px * points_m[..., :2] / points_m[..., 2:])

    def ray(self, points_px: FloatArray) -> FloatArray:
        """Lines of sight (..., 3) of px (..., 2), 1 long along the camera's axis."""
        across = (points_px - self.middle_px) / self.focal_px
        if across.ndim == 1:  # a camera fit asks for thousands of single points
            return np.array([*across.tolist(), 1.0])
        return np.concatenate([across, np.ones((*across.shape[:-1], 1))], axis=-1)


@dataclass(frozen=True, eq=False)
class PinholeCamera:
    """A pinhole camera in a world, in OpenCV's form: x_camera = R x + t (metres), pixel = K x_camera / z."""

    K: FloatArray
    R: FloatArray
    t: FloatArray
    width_px: int
    height_px: int

    @property
    def inside(self) -> Pinhole:
        """Without its place."""
        return Pinhole(float(self.K[0, 0]), self.K[:2, 2])

    @property
    def position_m(self) -> FloatArray:
        """Centre of the camera (3,) in the world."""
        return np.asarray(-self.R.T @ self.t, dtype=np.float64)

    def project(self, points_m: FloatArray) -> FloatArray:
        """World points (..., 3) to pixels (..., 2); the picture's top left corner is (0, 0)."""
        return self.inside.project(points_m @ self.R.T + self.t)

    def to_json(self) -> dict[str, Any]:
        """Matrices as nested lists."""
        size = {"width_px": self.width_px, "height_px": self.height_px}
        return {"K": self.K.tolist(), "R": self.R.tolist(), "t": self.t.tolist(), **size}


def up_of(pitch_rad: FloatArray | float, roll_rad: FloatArray | float) -> FloatArray:
    """Give the unit vector (3, ...) against gravity in camera axes, by angles of one shape (...).

    Parameters
    ----------
    pitch_rad
        Positive when the camera looks down.
    roll_rad
        Positive when the camera is turned clockwise, seen from behind it.
    """
    level = np.cos(pitch_rad)
    return np.array([-level * np.sin(roll_rad), -level * np.cos(roll_rad), -np.sin(pitch_rad)])


def axis_pitch(pitch_rad: FloatArray | float, roll_rad: FloatArray | float, ray: FloatArray) -> FloatArray:
    """Give the pitch (...) of a camera's axis by that of a line of sight, a unit vector (3,) in camera axes."""
    across = -np.sin(roll_rad) * ray[0] - np.cos(roll_rad) * ray[1]
    steep = np.clip(np.sin(pitch_rad) / np.hypot(across, ray[2]), -1.0, 1.0)
    return np.asarray(np.arctan2(across, ray[2]) + np.arcsin(steep))
