"""The lifter's own axes in a pinhole camera: gravity, his left and his front, where he stands and how far away."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from depthperception.geometry.pinhole import Pinhole, axis_pitch, up_of
from depthperception.geometry.skeletons import HIPS
from depthperception.pose.samples import PoseSamples
from depthperception.results import Camera, Scale
from depthperception.types import FloatArray

USUAL_DISTANCE_M = 3.0
"""Of a camera whose distance is not known."""

USUAL_GRAVITY_SD_RAD = float(np.radians(Camera.pitch_sd_deg)), float(np.radians(Camera.roll_sd_deg))
"""Errors of pitch and roll where nothing but the lifter tells them."""

Angles: TypeAlias = tuple[float, float, float]
"""Azimuth of the line of sight to the hips, pitch and roll of the camera's axis, radians."""


@dataclass(frozen=True, eq=False)
class LifterCamera:
    """The lifter's axes in a pinhole camera, in metres.

    Attributes
    ----------
    up, left, forward : (3,)
        Unit vectors, camera axes (x right, y down, z away).
    hips_px : (2,)
        Where he stands.
    px_per_m
        At his hips.
    distance_m
        From the camera to his hips along the camera's axis.
    middle_px : (2,)
        Of the picture, where the camera's axis goes through it.
    gravity_sd_rad
        Errors of pitch and roll.
    """

    up: FloatArray
    left: FloatArray
    forward: FloatArray
    hips_px: FloatArray
    px_per_m: float
    distance_m: float
    middle_px: FloatArray
    gravity_sd_rad: tuple[float, float]

    @property
    def pinhole(self) -> Pinhole:
        """The camera's inside that goes with scale and distance."""
        return Pinhole(self.px_per_m * self.distance_m, self.middle_px)

    @property
    def angles_rad(self) -> Angles:
        """Of the camera."""
        away = self.pinhole.ray(self.hips_px)
        azimuth = np.arctan2(-(self.left @ away), -(self.forward @ away))
        return float(azimuth), float(np.arcsin(-self.up[2])), float(np.arctan2(-self.up[0], -self.up[1]))

    @property
    def level_axes(self) -> FloatArray:
        """To the camera's right and away from it, both level, and up: columns (3, 3), camera axes.

        An error of its pitch turns it about the first, one of its roll about the second.
        """
        right = _cross(np.array([0.0, 0.0, 1.0]), self.up)
        right /= np.linalg.norm(right)
        return np.stack([right, _cross(self.up, right), self.up], axis=1)

    def shrunk(self, factor: float) -> "LifterCamera":
        """In a picture that is smaller by a factor."""
        return replace(
            self,
            hips_px=self.hips_px * factor,
            px_per_m=self.px_per_m * factor,
            middle_px=self.middle_px * factor,
        )

    def turned(self, angles_rad: Angles, px_per_m: float, distance_m: float) -> "LifterCamera":
        """Look at the same hips from elsewhere."""
        return turned_lifter_camera(self.hips_px, px_per_m, distance_m, self.middle_px, angles_rad, self.gravity_sd_rad)

    def bar_at(self, middle_px: FloatArray) -> FloatArray:
        """Middle of the bar (..., 3) in metres, where it is seen (..., 2): neither before nor behind the hips."""
        hips = self.pinhole.ray(self.hips_px)
        away = hips - (hips @ self.up) * self.up
        rays = self.pinhole.ray(middle_px)
        return np.asarray(rays * (self.distance_m * (hips @ away) / (rays @ away))[..., None])


def lifter_camera_of(standing: PoseSamples, camera: Camera, scale: Scale, size_px: tuple[int, int]) -> LifterCamera:
    """Build the axes from the standing lifter, in a picture of a size."""
    hips_px = standing.median_px[HIPS].mean(axis=0)
    return make_lifter_camera(camera, hips_px, 100.0 / scale.cm_per_px, np.array(size_px) / 2.0)


def make_lifter_camera(camera: Camera, hips_px: FloatArray, px_per_m: float, middle_px: FloatArray) -> LifterCamera:
    """Build the axes from the measured camera and the true scale at the hips.

    The camera's pitch and distance are those of the line of sight to the hips, which need not be its axis.
    """
    beside_m = float(np.linalg.norm(hips_px - middle_px)) / px_per_m
    sight_m = camera.distance_m or USUAL_DISTANCE_M
    distance_m = max(float(np.sqrt(max(sight_m**2 - beside_m**2, 0.0))), sight_m / 2.0)
    roll = np.radians(camera.roll_deg)
    ray = np.array([*(hips_px - middle_px) / (px_per_m * distance_m), 1.0])
    ray /= np.linalg.norm(ray)
    pitch = float(axis_pitch(np.radians(camera.pitch_deg), roll, ray))
    angles = float(np.radians(camera.azimuth_deg)), pitch, roll
    sd_rad = float(np.radians(camera.pitch_sd_deg)), float(np.radians(camera.roll_sd_deg))
    return turned_lifter_camera(hips_px, px_per_m, distance_m, middle_px, angles, sd_rad)


def turned_lifter_camera(
    hips_px: FloatArray,
    px_per_m: float,
    distance_m: float,
    middle_px: FloatArray,
    angles_rad: Angles,
    gravity_sd_rad: tuple[float, float] = USUAL_GRAVITY_SD_RAD,
) -> LifterCamera:
    """Build the axes from the camera's angles."""
    azimuth, pitch, roll = angles_rad
    up = up_of(pitch, roll)
    ray = Pinhole(px_per_m * distance_m, middle_px).ray(hips_px)
    away = ray - (ray @ up) * up
    away /= np.linalg.norm(away)
    right = _cross(away, up)
    left = np.cos(azimuth) * right - np.sin(azimuth) * away
    forward = -np.sin(azimuth) * right - np.cos(azimuth) * away
    return LifterCamera(up, left, forward, hips_px, px_per_m, distance_m, middle_px, gravity_sd_rad)


def _cross(one: FloatArray, other: FloatArray) -> FloatArray:
    """Cross product of two vectors (3,): numpy's, made for arrays of them, took a tenth of the time of a camera fit."""
    (a, b, c), (x, y, z) = one.tolist(), other.tolist()
    return np.array([b * z - c * y, c * x - a * z, a * y - b * x])
