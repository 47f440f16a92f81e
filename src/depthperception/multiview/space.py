"""What used views show in space: cameras with gravity, joints through the attempts, legs at the bottoms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.interpolate import CubicSpline

from depthperception.capture.scale import stature_of
from depthperception.multiview.calibration import Calibration, angle_deg, baseline_m, relative_turn
from depthperception.multiview.following import is_followed
from depthperception.multiview.legs import LegsInSpace, fit_legs_in_space
from depthperception.multiview.results import CalibrationFacts
from depthperception.multiview.self_calibration import calibrate_by_lifter, gravity, rough_camera_of
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.triangulation import JOINTS, bone_lengths, triangulate
from depthperception.multiview.views import Bottom, View
from depthperception.types import BoolArray, FloatArray

RATE_HZ = 30.0
"""Of the joints in space."""

LEAST_VISIBILITY = 0.1
"""A joint that the network doubts more errs as one that it doubts so much."""


@dataclass(frozen=True, eq=False)
class SpaceTrack:
    """The lifter's joints in the world: metres, z up.

    Attributes
    ----------
    times_s : (n,)
        Even, on the first view's clock.
    points_m : (n, 16, 3)
        In the order of `triangulation.JOINTS`; NaN where he was not followed.
    covariance_m2 : (n, 16, 3, 3)
        Of their errors.
    misfit_px : (views, n, 16)
        From where each used view sees them.
    """

    times_s: FloatArray
    points_m: FloatArray
    covariance_m2: FloatArray
    misfit_px: FloatArray


@dataclass(frozen=True, eq=False)
class Space:
    """What is known in space.

    Attributes
    ----------
    calibration
        Of the used views, z up.
    facts
        What is said of it.
    track
        The joints.
    legs
        At each bottom; None where fewer than two views see it.
    """

    calibration: Calibration
    facts: CalibrationFacts
    track: SpaceTrack
    legs: tuple[LegsInSpace | None, ...]


def measure_space(
    views: Sequence[View],
    bottoms: Sequence[Bottom],
    calibration: Calibration | None,
    *,
    settings: Together = TOGETHER,
) -> Space | None:
    """Put what two or more views see in space; without a calibration the lifter himself gives it.

    None where he cannot either.
    """
    stature_m, share = stature(views)
    seen_by_all = [bottom for bottom in bottoms if len(bottom.seen) == len(views)]
    way_up: Literal["calibration", "lifter"] = "lifter"
    if calibration is None:
        at = [[bottom.seen[place] for place in range(len(views))] for bottom in seen_by_all]
        rough = [one for one in (rough_camera_of(view.judgement) for view in views) if one]
        if not at or len(rough) < len(views):
            return None
        calibration = calibrate_by_lifter(rough, at, stature_m, share, settings=settings)
    else:
        calibration, way_up = _with_gravity(views, calibration, settings)
    gravity_deg = settings.lifter_gravity_deg if way_up == "lifter" else settings.file_gravity_deg
    legs: list[LegsInSpace | None] = []
    for bottom in bottoms:
        places = sorted(bottom.seen)
        if len(places) < 2:
            legs.append(None)
            continue
        cameras = [calibration.cameras[place] for place in places]
        seen = [
            replace(bottom.seen[place], px=camera.straightened(bottom.seen[place].px))
            for place, camera in zip(places, cameras, strict=True)
        ]
        legs.append(
            fit_legs_in_space(
                seen, calibration.with_cameras(cameras), stature_m, share, gravity_sd_deg=gravity_deg, settings=settings
            )
        )
    track = joints_in_space(views, calibration, settings=settings)
    if calibration.source == "lifter":
        calibration = replace(calibration, reprojection_px=float(np.nanmedian(track.misfit_px)))
    others = range(1, len(views))
    facts = CalibrationFacts(
        calibration.source,
        calibration.reprojection_px,
        tuple(baseline_m(calibration, k) for k in others),
        tuple(angle_deg(relative_turn(calibration, k), np.eye(3)) for k in others),
        way_up,
        _too_poor([one for one in legs if one], settings),
    )
    return Space(calibration, facts, track, tuple(legs))


def _too_poor(legs: Sequence[LegsInSpace], settings: Together) -> str | None:
    """Say that cameras contradict each other, where they do at most bottoms."""
    worst = float(np.median([one.view_misfit.max() for one in legs])) if legs else 0.0
    if worst <= settings.most_misfit:
        return None
    return (
        f"What the cameras see of the legs does not fit together: points are {worst:.1f} times their error from where "
        f"they should be, expected up to {settings.most_misfit:g}. The calibration does not belong to these films, a "
        "camera was moved after it, or one picture is mirrored. Calibrate again, or leave the calibration out."
    )


def stature(views: Sequence[View]) -> tuple[float, float]:
    """How tall the lifter is, m, and the sd of its error as a share: as the surest view has it."""
    known = [stature_of(view.judgement.scale) for view in views if view.judgement.scale]
    return min(known, key=lambda one: one[1])


def _with_gravity(
    views: Sequence[View], calibration: Calibration, settings: Together
) -> tuple[Calibration, Literal["calibration", "lifter"]]:
    """Turn the world upright: as the calibration says, where the standing lifter agrees, else as he stands."""
    rough = [rough_camera_of(view.judgement) for view in views]
    known = [(one.sees, camera.pinhole) for one, camera in zip(rough, calibration.cameras, strict=True) if one]
    stands = gravity([one for one, _ in known], [camera for _, camera in known]) if known else None
    up = calibration.up
    if stands is None:
        return calibration.upright(np.array([0.0, 0.0, 1.0]) if up is None else up), "calibration"
    agrees = up is not None and up @ stands > np.cos(np.radians(settings.gravity_agrees_deg))
    return (
        (calibration.upright(up), "calibration")
        if agrees and up is not None
        else (calibration.upright(stands), "lifter")
    )


def joints_in_space(views: Sequence[View], calibration: Calibration, *, settings: Together = TOGETHER) -> SpaceTrack:
    """Triangulate the joints at even times that all views show, first freely, then with bones of constant length."""
    start_s = max(view.close.times_s[0] + view.offset.offset_s for view in views)
    end_s = min(view.close.times_s[-1] + view.offset.offset_s for view in views)
    times_s = np.arange(start_s, end_s, 1.0 / RATE_HZ)
    px, sd_px, followed = [], [], np.ones(len(times_s), bool)
    for view, camera in zip(views, calibration.cameras, strict=True):
        own_s, at_s = view.close.times_s, times_s - view.offset.offset_s
        px.append(CubicSpline(own_s, camera.straightened(view.close.image_px[:, JOINTS]))(at_s))
        visible = np.clip(CubicSpline(own_s, view.close.visibility[:, JOINTS])(at_s), LEAST_VISIBILITY, 1.0)
        scale = view.judgement.scale
        sd_px.append(settings.joint_sd_m * (100.0 / scale.cm_per_px if scale else 1.0) / visible)
        followed &= is_followed(own_s, at_s)
    cameras = [camera.pinhole for camera in calibration.cameras]
    seen, errors = np.array(px)[:, followed], np.array(sd_px)[:, followed]
    free = triangulate(seen, errors, cameras, settings=settings)
    found = triangulate(seen, errors, cameras, bones=bone_lengths(free.points_m), settings=settings)
    return SpaceTrack(
        times_s,
        _where(followed, found.points_m),
        _where(followed, found.covariance_m2),
        np.moveaxis(_where(followed, np.moveaxis(free.misfit_px, 0, 1)), 1, 0),
    )


def _where(followed: BoolArray, values: FloatArray) -> FloatArray:
    """Put values (m, ...) at the moments (n,) that were followed; NaN elsewhere."""
    everything = np.full((len(followed), *values.shape[1:]), np.nan)
    everything[followed] = values
    return everything
