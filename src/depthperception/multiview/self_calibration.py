"""Cameras calibrated by the lifter himself, when nobody had a board.

Where each camera stands is known roughly from how it sees him standing. From there cameras, focal lengths and the legs
are adjusted together until every point on his surface lies where each view sees it (bundle adjustment, Triggs et al.,
2000, with the model of legs as prior): hips to toes at the bottom span half a metre in each direction. Each view's
gravity counts in it by the errors of its pitch and roll (`capture.uprights`), so that a camera is known to be upright
before it is known where it stands. The scale comes from his stature, as given or as plates and the pose model's metres
have it.

The skeleton through the whole movement was tried as well, and so was that of the standing lifter; neither added
anything: a pose network draws shoulders and hips narrower from one side than from the other, the same at every moment
(docs/multiview.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from depthperception.capture.lifter_camera import LifterCamera, make_lifter_camera
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE, PinholeCamera
from depthperception.multiview.calibration import CalibratedCamera, Calibration
from depthperception.multiview.legs import SeenLegs, fit_legs_in_space
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.results import Camera, Judgement, Scale
from depthperception.types import FloatArray


@dataclass(frozen=True, eq=False)
class RoughCamera:
    """A view's camera round the standing lifter's hips, by how it sees him: x to his right, y forward, z up."""

    sees: LifterCamera
    pinhole: PinholeCamera


def rough_camera(
    camera: Camera, scale: Scale, standing_hips_px: FloatArray, width_px: int, height_px: int
) -> RoughCamera:
    """Place a camera by what was measured of it, with a phone's usual focal length."""
    middle_px = np.array([width_px, height_px]) / 2.0
    focal_px = FOCAL_OVER_LONG_SIDE * max(width_px, height_px)
    px_per_m = 100.0 / scale.cm_per_px
    away_m = float(np.hypot(focal_px, np.linalg.norm(standing_hips_px - middle_px))) / px_per_m
    sees = make_lifter_camera(replace(camera, distance_m=away_m), standing_hips_px, px_per_m, middle_px)
    k = np.array([[focal_px, 0.0, middle_px[0]], [0.0, focal_px, middle_px[1]], [0.0, 0.0, 1.0]])
    turn = np.stack([-sees.left, sees.forward, sees.up], axis=1)
    shift = sees.distance_m * sees.pinhole.ray(sees.hips_px)
    return RoughCamera(sees, PinholeCamera(k, turn, shift, width_px, height_px))


def rough_camera_of(judgement: Judgement) -> RoughCamera | None:
    """Place a view's camera by its judgement; None where that did not measure it."""
    hips = next((one.sighted.standing_hips_px for one in judgement.attempts if one.sighted), None)
    if judgement.camera is None or judgement.scale is None or hips is None:
        return None
    video = judgement.video
    return rough_camera(judgement.camera, judgement.scale, np.array(hips), video.width, video.height)


def calibrate_by_lifter(
    rough: Sequence[RoughCamera],
    bottoms: Sequence[Sequence[SeenLegs]],
    stature_m: float,
    stature_sd_share: float,
    *,
    settings: Together = TOGETHER,
) -> Calibration:
    """Calibrate the cameras of some views by what they see of the legs at each bottom; z is up, the unit the metre.

    Parameters
    ----------
    rough
        Where they start.
    bottoms
        Of each attempt what each view sees.
    stature_m, stature_sd_share
        The lifter's, from which comes the scale.
    """
    start = Calibration(
        tuple(CalibratedCamera(f"camera {k + 1}", one.pinhole, np.zeros(5)) for k, one in enumerate(rough)),
        np.array([0.0, 0.0, 1.0]), "lifter", None,
        settings.rough_turn_deg, settings.rough_shift_m, settings.focal_share,
    )  # fmt: skip
    turns = [_known_turn(one, settings) for one in rough]
    fitted = [
        fit_legs_in_space(
            seen, start, stature_m, stature_sd_share,
            gravity_sd_deg=settings.rough_gravity_deg, turns=turns, settings=settings,
        )
        for seen in bottoms
    ]  # fmt: skip
    fits = [one.cameras for one in fitted]
    cameras = _middle(fits)
    up = cameras[0].R.T @ np.mean([one[0].R[:, 2] for one in fits], axis=0)
    adjusted = [replace(one, pinhole=camera) for one, camera in zip(start.cameras, cameras, strict=True)]
    return replace(
        start.with_cameras(adjusted), turn_sd_deg=settings.lifter_turn_deg, shift_sd_m=settings.lifter_shift_m,
        focal_sd_share=settings.lifter_focal_share,
    ).upright(up)  # fmt: skip


def _known_turn(rough: RoughCamera, settings: Together) -> FloatArray:
    """Inverse (3, 3) of the covariance of a camera's turn, by its own axes: its pitch and roll are known better."""
    axes = rough.sees.level_axes
    sd_rad = np.array([*rough.sees.gravity_sd_rad, np.radians(settings.rough_turn_deg)])
    return np.asarray((axes / sd_rad**2) @ axes.T)


def _middle(fits: Sequence[Sequence[PinholeCamera]]) -> list[PinholeCamera]:
    """The cameras that several attempts agree on, as they stand to the first: medians of turns, ways and lengths."""
    first = fits[0][0]
    cameras = []
    for views in zip(*fits, strict=True):
        turns, ways = [], []
        for own, base in zip(views, (one[0] for one in fits), strict=True):
            turn = own.R @ base.R.T
            turns.append(turn)
            ways.append(own.t - turn @ base.t)
        spread = [np.ravel(cv2.Rodrigues(one @ turns[0].T)[0]) for one in turns]
        turn = np.asarray(cv2.Rodrigues(np.median(spread, axis=0))[0], np.float64) @ turns[0]
        way = np.median(ways, axis=0)
        k = np.median([one.K for one in views], axis=0)
        cameras.append(replace(views[0], K=k, R=turn @ first.R, t=turn @ first.t + way))
    return cameras


def gravity(seen: Sequence[LifterCamera], cameras: Sequence[PinholeCamera]) -> FloatArray:
    """Direction (3,) against gravity in the world: each view knows its roll well, and its pitch less well."""
    total, likely = np.zeros((3, 3)), np.zeros(3)
    for one, camera in zip(seen, cameras, strict=True):
        pitch_sd, roll_sd = one.gravity_sd_rad
        for way, sd in zip(one.level_axes.T, (roll_sd, pitch_sd), strict=False):
            level = camera.R.T @ way
            total += np.outer(level, level) / sd**2
        likely += camera.R.T @ one.up
    _, ways = np.linalg.eigh(total)
    up = ways[:, 0]
    return np.asarray(up if up @ likely > 0.0 else -up)
