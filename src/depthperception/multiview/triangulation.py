"""Joints in space from several views: each view by its covariance, one wrong view outvoted, bones of constant length.

Gauss-Newton on all joints of a moment at once, with Cauchy weights (one view that is far off counts hardly at all), and
a soft constraint for each bone on its own median length through the clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.geometry.skeletons import Landmark
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.types import BoolArray, FloatArray

JOINTS = np.array(
    [
        Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW,
        Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST, Landmark.LEFT_HIP, Landmark.RIGHT_HIP,
        Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE,
        Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL, Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX,
    ]
)  # fmt: skip
"""The landmarks that are put in space, left and right in turn."""

NAMES = ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle", "Heel", "BigToe")
"""What OpenPose, and so Pose2Sim, calls them."""

SHOULDER, HIP, KNEE, ANKLE, HEEL, TOE = (slice(2 * k, 2 * k + 2) for k in (0, 3, 4, 5, 6, 7))
"""Left and right of each among `JOINTS`."""

BONES = np.array(
    [(0, 1), (6, 7)]
    + [
        (a + side, b + side)
        for a, b in ((0, 2), (2, 4), (6, 8), (8, 10), (10, 12), (10, 14), (12, 14))
        for side in (0, 1)
    ]
)
"""Pairs of joints whose distance stays: the trunk's bends, and is left out."""


@dataclass(frozen=True, eq=False)
class Triangulated:
    """Points in the world.

    Attributes
    ----------
    points_m : (n, j, 3)
    covariance_m2 : (n, j, 3, 3)
        Of their errors, by linearisation.
    misfit_px : (views, n, j)
        From where each view sees them; NaN where it does not.
    """

    points_m: FloatArray
    covariance_m2: FloatArray
    misfit_px: FloatArray


def slopes(points_m: FloatArray, camera: PinholeCamera) -> tuple[FloatArray, FloatArray]:
    """Where world points (..., 3) are seen (..., 2), and how that changes with them (..., 2, 3)."""
    seen = points_m @ camera.R.T + camera.t
    away = np.maximum(seen[..., 2:], 0.05)
    px = camera.K[:2, 2] + seen[..., :2] / away * np.diag(camera.K)[:2]
    inner = np.zeros((*seen.shape[:-1], 2, 3))
    inner[..., 0, 0] = inner[..., 1, 1] = 1.0 / away[..., 0]
    inner[..., :2, 2] = -seen[..., :2] / away**2
    return px, (np.diag(camera.K)[:2, None] * inner) @ camera.R


def from_rays(px: FloatArray, cameras: Sequence[PinholeCamera], weight: FloatArray) -> FloatArray:
    """Points (..., 3) nearest to the lines of sight of px (views, ..., 2), each view by its weight (views, ...)."""
    total = np.zeros((*px.shape[1:-1], 3, 3))
    moment = np.zeros((*px.shape[1:-1], 3))
    for seen, camera, count in zip(px, cameras, weight, strict=True):
        rays = camera.inside.ray(seen) @ camera.R
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        across = (np.eye(3) - rays[..., :, None] * rays[..., None, :]) * count[..., None, None]
        total += across
        moment += across @ camera.position_m
    return np.asarray(np.linalg.solve(total + 1e-9 * np.eye(3), moment[..., None])[..., 0])


def triangulate(
    px: FloatArray,
    sd_px: FloatArray,
    cameras: Sequence[PinholeCamera],
    *,
    bones: FloatArray | None = None,
    settings: Together = TOGETHER,
) -> Triangulated:
    """Put joints in space.

    Parameters
    ----------
    px : (views, n, j, 2)
        Where they are seen, without distortion; NaN where they are not.
    sd_px : (views, n, j)
        Of the errors.
    cameras
        Of each view.
    bones : (b,)
        Lengths of `BONES`, m; None leaves them free.
    """
    seen: BoolArray = np.asarray(np.isfinite(px).all(axis=-1))
    px = np.where(seen[..., None], px, 0.0)
    weight = np.where(seen, sd_px**-2.0, 0.0)
    points = from_rays(px, cameras, weight)
    count, joints = points.shape[:2]
    for _ in range(settings.triangulation_steps):
        information = np.zeros((count, joints, 3, joints, 3))
        gradient = np.zeros((count, joints, 3))
        for k, camera in enumerate(cameras):
            at, slope = slopes(points, camera)
            away = (at - px[k]) / sd_px[k][..., None]
            robust = weight[k] / (1.0 + (away**2).sum(axis=-1) / settings.cauchy_sd**2)
            across = np.einsum("nj,njai,njab->njib", robust, slope, slope)
            information[:, np.arange(joints), :, np.arange(joints)] += across.swapaxes(0, 1)
            gradient += np.einsum("nj,njai,nja->nji", robust, slope, at - px[k])
        _add_bones(points, bones, information, gradient, settings)
        flat = information.reshape(count, 3 * joints, 3 * joints) + 1e-3 * np.eye(3 * joints)
        step = np.linalg.solve(flat, gradient.reshape(count, -1, 1)).reshape(points.shape)
        points = points - np.clip(step, -0.2, 0.2)
    blocks = np.linalg.inv(flat).reshape(count, joints, 3, joints, 3)
    covariance = np.moveaxis(blocks[:, np.arange(joints), :, np.arange(joints)], 0, 1)
    misfit = np.stack([np.linalg.norm(slopes(points, one)[0] - px[k], axis=-1) for k, one in enumerate(cameras)])
    return Triangulated(points, np.asarray(covariance, np.float64), np.where(seen, misfit, np.nan))


def _add_bones(
    points: FloatArray, bones: FloatArray | None, information: FloatArray, gradient: FloatArray, settings: Together
) -> None:
    """Add what the lengths of bones say to the normal equations."""
    if bones is None:
        return
    weight = settings.bone_sd_m**-2.0
    for (a, b), length in zip(BONES, bones, strict=True):
        along = points[:, b] - points[:, a]
        now = np.linalg.norm(along, axis=-1, keepdims=True)
        unit = along / np.maximum(now, 1e-6)
        block = weight * unit[:, :, None] * unit[:, None, :]
        force = weight * (now - length) * unit
        information[:, a, :, a] += block
        information[:, b, :, b] += block
        information[:, a, :, b] -= block
        information[:, b, :, a] -= block
        gradient[:, b] += force
        gradient[:, a] -= force


def bone_lengths(points_m: FloatArray) -> FloatArray:
    """Median length (b,) of each of `BONES` through the clip; left and right of a limb are taken to be as long."""
    each = np.median(np.linalg.norm(points_m[:, BONES[:, 0]] - points_m[:, BONES[:, 1]], axis=-1), axis=0)
    each[2:] = np.repeat((each[2::2] + each[3::2]) / 2.0, 2)
    return np.asarray(each)
