"""One pair of legs in space, fitted to what all views see of its surface: the depth of several views at once.

The model of legs is that of `depth.legs`, which one view shapes; here its pose is the world's, and every calibrated
camera sees the same legs. Surfaces that two views see are where both say; one that a view does not see, or sees wrongly
(Cauchy weights), is where the others and the rest of the leg say: joints with the offset from joint to skin that the
model has learnt. Cameras may turn and move by the errors of their calibration, and gravity by its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.depth.leg_model import CREASES, KNEE_TOPS, LegModel, shipped_legs
from depthperception.depth.legs import LegDepths, with_tolerance
from depthperception.depth.settings import FITTING
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.multiview.calibration import Calibration
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.triangulation import from_rays
from depthperception.proof import Sighted
from depthperception.surfaces import COUNT, LEGS, index_of
from depthperception.types import FloatArray, IntArray

TILT, AZIMUTH, PLACE, STATURE = slice(0, 2), 2, slice(3, 6), 6
BODY = 7
"""Unknowns before those of the shape: tilt of gravity and azimuth in radians, place of the feet in m, log stature."""

OF_CAMERA = 7
"""Unknowns of each camera: turn in radians, shift in m, log of the focal length."""

FROM_LEFT = np.array([-1.0, 1.0, 1.0])
"""The model's first axis goes to the lifter's left, so that its axes are left-handed; a world's are not."""


@dataclass(frozen=True, eq=False)
class SeenLegs:
    """What one view sees at the bottom, without distortion.

    Attributes
    ----------
    px : (16, 2)
    covariance_px2 : (16, 2, 2)
    """

    px: FloatArray
    covariance_px2: FloatArray


def seen_legs(sighted: Sighted) -> SeenLegs:
    """Take what a judgement keeps of what was seen."""
    covariance = np.array([[[xx, xy], [xy, yy]] for xx, xy, yy in sighted.covariance_px2])
    return SeenLegs(np.array(sighted.points_px), with_tolerance(covariance, FITTING))


@dataclass(frozen=True, eq=False)
class LegsInSpace(LegDepths):
    """Both legs in the world.

    Attributes
    ----------
    points_m : (16, 3)
        In the world, in the order of `surfaces.POINTS`.
    misfit_sd : (views, 16)
        How far each sighting is from the fitted legs, in standard deviations.
    points_px : (views, 16, 2)
        Where each view should see them, without distortion.
    cameras
        As they were moved to see them.
    """

    points_m: FloatArray
    misfit_sd: FloatArray
    points_px: FloatArray
    cameras: tuple[PinholeCamera, ...]

    @property
    def view_misfit(self) -> FloatArray:
        """How badly each view's points fit, in standard deviations (views,): the mean of the worse half."""
        return np.asarray(np.sort(self.misfit_sd, axis=1)[:, COUNT // 2 :].mean(axis=1))

    @property
    def aside(self) -> FloatArray:
        """Where each camera stands, seen from between the hips (views,): sine of its angle, positive at his left."""
        hips = np.array([self.points_m[index_of("hip", leg)] for leg in LEGS])
        leftwards = (hips[0] - hips[1])[:2]
        away = np.array([camera.position_m for camera in self.cameras])[:, :2] - hips.mean(axis=0)[:2]
        return np.asarray(away @ leftwards / np.linalg.norm(away, axis=1) / np.linalg.norm(leftwards))


def fit_legs_in_space(
    seen: Sequence[SeenLegs],
    calibration: Calibration,
    stature_m: float,
    stature_sd_share: float,
    *,
    gravity_sd_deg: float,
    turns: Sequence[FloatArray] | None = None,
    settings: Together = TOGETHER,
) -> LegsInSpace:
    """Fit one pair of legs to what all views see; `calibration` has z up.

    `turns` is what is known of each camera's turn, where that is not alike about all axes: the inverse (3, 3) of the
    covariance of its error, radians about the camera's own axes.
    """
    fit = _Fit(seen, calibration, shipped_legs(), stature_m)
    views, shape = len(seen), fit.model.spread.shape[-1]
    camera_sd = [
        *np.radians([calibration.turn_sd_deg] * 3), *[calibration.shift_sd_m] * 3, calibration.focal_sd_share
    ]  # fmt: skip
    body_sd = [*np.radians([gravity_sd_deg] * 2), np.pi, *[10.0] * 3, max(stature_sd_share, 0.01)]
    prior = np.diag(np.array([*body_sd, *[1.0] * shape, *camera_sd * views]) ** -2)
    for own, turn in zip(fit.of_cameras(), turns or (), strict=False):
        prior[own[:3, None], own[:3]] = turn
    start = fit.start()
    values = start.copy()
    root = np.stack([np.linalg.cholesky(np.linalg.inv(one.covariance_px2)).swapaxes(1, 2) for one in seen])
    for _ in range(settings.leg_steps):
        away = np.einsum("vmij,vmj->vmi", root, fit.project(values) - fit.px)
        misfit = np.linalg.norm(away, axis=-1)
        weight = 1.0 / (1.0 + misfit**2 / settings.cauchy_sd**2)
        slope = np.einsum("vmij,vmjk->vmik", root, fit.slope(values))
        weighted = slope * weight[..., None, None]
        information = np.einsum("vmik,vmil->kl", weighted, slope) + prior
        gradient = np.einsum("vmik,vmi->k", weighted, away) + prior @ (values - start)
        step = np.linalg.solve(information, gradient)
        values = values - np.clip(step, -3.0 * fit.reach, 3.0 * fit.reach)
        if np.abs(step / fit.reach).max() < 1e-3:
            break
    return fit.result(values, np.linalg.inv(information), misfit)


class _Fit:
    """The legs in every picture as a function of the unknowns."""

    def __init__(self, seen: Sequence[SeenLegs], calibration: Calibration, model: LegModel, stature_m: float) -> None:
        self.cameras, self.model, self.stature_m = [one.pinhole for one in calibration.cameras], model, stature_m
        self.px = np.stack([one.px for one in seen])
        self.covariance = np.stack([one.covariance_px2 for one in seen])
        self.shape = slice(BODY, BODY + model.spread.shape[-1])
        body = [0.05, 0.05, 0.3, *[0.2] * 3, 0.05]
        camera = [0.02] * 3 + [0.05] * 3 + [0.02]
        self.reach = np.array([*body, *[1.0] * model.spread.shape[-1], *camera * len(seen)])

    def start(self) -> FloatArray:
        """Legs of a mean person where lines of sight meet, turned as they lie."""
        weight = 1.0 / np.trace(self.covariance, axis1=2, axis2=3)
        met = from_rays(self.px, self.cameras, weight)
        mean = self.model.mean * self.stature_m
        a, b = (points[:, :2] - points[:, :2].mean(axis=0) for points in (mean * FROM_LEFT, met))
        turn = np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum())
        values = np.zeros(len(self.reach))
        values[AZIMUTH] = turn
        values[PLACE] = (met - mean @ _axes(np.zeros(2), turn)).mean(axis=0)
        return values

    def in_statures(self, values: FloatArray) -> FloatArray:
        """All points (16, 3) in the lifter's own axes."""
        return self.model.points(values[self.shape])

    def in_world(self, values: FloatArray) -> FloatArray:
        """All points (16, 3)."""
        tall_m = self.stature_m * np.exp(values[STATURE])
        return np.asarray(
            tall_m * self.in_statures(values) @ _axes(values[TILT], float(values[AZIMUTH])) + values[PLACE]
        )

    def project(self, values: FloatArray) -> FloatArray:
        """All points (views, 16, 2) in the pictures."""
        points = self.in_world(values)
        return np.stack([camera.project(points) for camera in self.moved_cameras(values)])

    def of_cameras(self) -> IntArray:
        """Which unknowns (views, 7) are each camera's."""
        return np.arange(self.shape.stop, len(self.reach)).reshape(-1, OF_CAMERA)

    def moved_cameras(self, values: FloatArray) -> tuple[PinholeCamera, ...]:
        """The cameras as the unknowns have them."""
        return tuple(moved(camera, values[own]) for camera, own in zip(self.cameras, self.of_cameras(), strict=True))

    def slope(self, values: FloatArray) -> FloatArray:
        """Change (views, 16, 2, k) of the points with each unknown, by differences."""
        small = 1e-4 * self.reach
        here = self.project(values)
        moved_to = [self.project(values + small[k] * np.eye(len(values))[k]) for k in range(len(values))]
        return np.asarray((np.stack(moved_to, axis=-1) - here[..., None]) / small)

    def result(self, values: FloatArray, covariance: FloatArray, misfit: FloatArray) -> LegsInSpace:
        """What is said of the legs, and how sure."""

        def depth_cm(at: FloatArray) -> FloatArray:
            heights = 100.0 * self.stature_m * np.exp(at[STATURE]) * self.in_statures(at)[:, 2]
            return np.asarray(heights[KNEE_TOPS] - heights[CREASES])

        depth = depth_cm(values)
        small = 1e-4 * self.reach
        slope = np.stack(
            [(depth_cm(values + small[k] * np.eye(len(values))[k]) - depth) / small[k] for k in range(len(values))], 1
        )
        return LegsInSpace(
            depth,
            slope @ covariance @ slope.T,
            self.in_world(values),
            misfit,
            self.project(values),
            self.moved_cameras(values),
        )


def _axes(tilt_rad: FloatArray, azimuth_rad: float) -> FloatArray:
    """Rows (3, 3): the lifter's left, forward and up in the world."""
    turn = cv2.Rodrigues(np.array([0.0, 0.0, azimuth_rad]))[0].T
    lean = cv2.Rodrigues(np.array([*tilt_rad, 0.0]))[0].T
    return np.asarray(np.diag(FROM_LEFT) @ turn @ lean, np.float64)


def moved(camera: PinholeCamera, values: FloatArray) -> PinholeCamera:
    """Turn a camera (radians, in its own axes), shift it (m, likewise), and change its focal length (log)."""
    turn = np.asarray(cv2.Rodrigues(values[:3])[0], np.float64)
    k = camera.K.copy()
    k[[0, 1], [0, 1]] *= np.exp(values[6])
    return PinholeCamera(k, turn @ camera.R, turn @ camera.t + values[3:6], camera.width_px, camera.height_px)
