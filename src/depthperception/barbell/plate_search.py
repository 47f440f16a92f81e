"""The bar's plates through an attempt, and the camera and bar that fit them.

A detector says where plates are in single pictures; what moves with the lifter is his. Without such plates their rims
are sought where camera and shoulders say that they must be. Either way camera and bar are then fitted to the rims, and
a clear plate that fits no bar is followed all the same, but is no ruler.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations, product

import numpy as np

from depthperception.barbell.bundle_adjustment import BIG_M
from depthperception.barbell.camera_fit import CameraFit, PlateObservation, fit_camera
from depthperception.barbell.detection import Moment, PlateCandidate, find_plate, fine_patch, fit_link
from depthperception.barbell.edges import LEAST_SQUEEZE, Outline, best_near, patch_axes
from depthperception.barbell.plate_detector import detect_plates
from depthperception.barbell.plate_linking import LinkedPlate, link_plates
from depthperception.barbell.projection import plate_view
from depthperception.barbell.settings import CAMERA, PLATES, CameraFitting, PlateDetection
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.concurrency import parallel_map
from depthperception.geometry.signals import resampled
from depthperception.types import FloatArray, Side

SQUASHED = 0.05
"""Least minor over major axis of a plate in a patch: from the front its rims are all width."""

TURNS_DEG, LOG_DISTANCES = np.arange(-40.0, 40.1, 4.0), np.arange(-0.9, 0.31, 0.15)
"""By which a camera may be off that a lifter half behind plates and posts gave."""

FAR_ALONE = 2.0
"""Radii that the far one of two ends may be nearer to a plate for it to be its: where the view is from the side."""

OPENNESS_SD, LOG_RADIUS_SD = 0.1, 0.1
"""Errors of a box's width over height, by which a stack widens it, and of its size."""


@dataclass(frozen=True, eq=False)
class StrayPlate:
    """Where a plate goes that is not followed picture by picture.

    Attributes
    ----------
    times_s, centre_px : (n,), (n, 2)
        Its middle through the moments of an attempt.
    radius_px
        Half of its height.
    """

    times_s: FloatArray
    centre_px: FloatArray
    radius_px: float

    def resized(self, factor: FloatArray) -> "StrayPlate":
        """In px of a picture that is larger by a factor (2,), x and y."""
        return StrayPlate(self.times_s, self.centre_px * factor, self.radius_px * float(factor[1]))

    def at(self, times_s: FloatArray) -> FloatArray:
        """Middle (k, 2) at some times, straight between those at which it is known."""
        return resampled(times_s, self.times_s, self.centre_px)


@dataclass(frozen=True, eq=False)
class Plates:
    """The plates that the camera sees, none, one or two, and what their rims say of camera and scale.

    Where there are none, those that are `astray`, or both `ends` of the bar where they are too unclear to be followed.
    """

    candidates: tuple[PlateCandidate, ...] = ()
    fit: CameraFit | None = None
    astray: tuple[StrayPlate, ...] = ()
    ends: tuple[StrayPlate, ...] = ()


def find_plates(
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    radius_m: float | None = None,
    *,
    settings: PlateDetection = PLATES,
    fitting: CameraFitting = CAMERA,
) -> Plates:
    """Find the plate at either end of the bar by rims alone; none where nothing is surely a plate.

    Parameters
    ----------
    moments
        The standing lifter first, then some of the way down and up.
    lifter_camera
        Of the standing lifter.
    radius_m
        Of the largest plates, where somebody said it.
    settings
        What is taken for a plate.
    fitting
        How camera and bar are fitted to it.
    """
    if len(moments) < settings.least_moments:
        return Plates()
    sides = (find_plate(moments, lifter_camera, side, settings=settings) for side in Side)
    best = sorted(((plate.weight(settings.chance_vote), plate) for plate in sides), key=lambda one: -one[0])
    fit = partial(fit_camera, settings=fitting, edges=settings.edges)
    pictures = [moment.rgb for moment in moments]
    shoulders_px = np.array([moment.shoulders_px for moment in moments])
    for weight, plate in best:
        if weight < settings.worth_a_look:
            break
        seen = PlateObservation(plate.side, plate.centres_px, plate.radius_px)
        found = fit(pictures, shoulders_px, lifter_camera, seen, radius_m)
        sure = weight >= settings.least_weight or sum(found.votes) >= settings.least_together
        if sure and found.votes[0] >= settings.least_vote:
            return Plates(tuple(_as_seen(found, moments, side, settings) for side in found.sides), found)
    plain = [plate for weight, plate in best if weight >= settings.least_weight and plate.vote >= settings.plain_vote]
    return Plates((max(plain, key=lambda plate: plate.vote),)) if plain else Plates()


def find_linked_plates(
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    radius_m: float | None = None,
    *,
    settings: PlateDetection = PLATES,
    fitting: CameraFitting = CAMERA,
) -> Plates:
    """Find the plates that a detector sees go down and up with the lifter; parameters as for `find_plates`."""
    if len(moments) < settings.least_moments:
        return Plates()
    trunk_px = np.array([moment.trunk_px for moment in moments])
    found_in = list(parallel_map(detect_plates, [moment.rgb for moment in moments]))
    linked = link_plates(found_in, trunk_px, settings=settings.linking)
    sided = _sided(linked, moments, lifter_camera, settings)
    clear = _clear(sided, moments, lifter_camera, settings)
    if not clear:
        astray = () if sided else _astray(linked, moments, settings)
        return Plates(astray=astray, ends=_strays([plate for _, plate in sided], moments) if len(sided) == 2 else ())
    found = _fit_from(clear[0], moments, lifter_camera, radius_m, settings, fitting)
    if found.fit is None:
        return Plates(clear)
    others = [(side, plate) for side, plate in sided if side not in found.fit.sides]
    return replace(found, candidates=(*found.candidates, *_clear(others, moments, found.fit.lifter_camera, settings)))


def _astray(
    linked: Sequence[LinkedPlate], moments: Sequence[Moment], settings: PlateDetection
) -> tuple[StrayPlate, ...]:
    """Linked plates that all moments together show as surely as a single find must be."""
    return _strays([plate for plate in linked if plate.score >= settings.linking.least_score], moments)


def _strays(plates: Sequence[LinkedPlate], moments: Sequence[Moment]) -> tuple[StrayPlate, ...]:
    times_s = np.array([moment.time_s for moment in moments])
    return tuple(StrayPlate(times_s, plate.centres_px, plate.radius_px) for plate in plates)


def _clear(
    sided: Sequence[tuple[Side, LinkedPlate]],
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    settings: PlateDetection,
) -> tuple[PlateCandidate, ...]:
    """Outlines of linked plates, each with its side, that are seen clearly enough to be followed."""
    fitted = (fit_link(moments, lifter_camera, side, plate, settings=settings) for side, plate in sided)
    return tuple(plate for plate in fitted if plate.vote >= settings.linked_vote)


def _fit_from(
    plate: PlateCandidate,
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    radius_m: float | None,
    settings: PlateDetection,
    fitting: CameraFitting,
) -> Plates:
    """Fit camera and bar to one plate's rim and what else is there; none where they do not hold."""
    shoulders_px = np.array([moment.shoulders_px for moment in moments])
    # A bar keeps its place against the shoulders; shoulders behind a plate jump, and are put back.
    steady_px = plate.centres_px + np.median(shoulders_px - plate.centres_px, axis=0)
    for camera in (_turned(lifter_camera, plate, steady_px[0], radius_m or BIG_M, fitting), lifter_camera):
        found = fit_camera(
            [moment.rgb for moment in moments],
            steady_px,
            camera,
            PlateObservation(plate.side, plate.centres_px, plate.radius_px),
            radius_m,
            settings=fitting,
            edges=settings.edges,
        )
        candidates = tuple(_as_seen(found, moments, side, settings) for side in found.sides)
        if found.votes[0] >= settings.least_vote and _alike(candidates[0], plate, settings.alike):
            return Plates(candidates, found)
    return Plates()


def _sided(
    linked: Sequence[LinkedPlate], moments: Sequence[Moment], lifter_camera: LifterCamera, settings: PlateDetection
) -> list[tuple[Side, LinkedPlate]]:
    """Which end of the bar each plate is on, by where the camera puts both; what is on neither is left out."""
    views = {side: [plate_view(lifter_camera, moment.shoulders_px, side) for moment in moments] for side in Side}

    def off(plate: LinkedPlate, side: Side) -> float:
        away_px = [at - view.centre_px for at, view in zip(plate.centres_px, views[side], strict=True)]
        return float(np.linalg.norm(np.median(away_px, axis=0))) / plate.radius_px

    def unlikely(plate: LinkedPlate, side: Side) -> float:
        # From the side the near plate hides the far one: one that is seen alone is the near one.
        far = side * lifter_camera.left[2] > 0
        return off(plate, side) + (FAR_ALONE * views[side][0].openness if far else 0.0)

    # Of several at one end at most one is on the bar: as many as can be are placed, and of these ways the likeliest.
    ways = set(permutations([*Side, *[None] * len(linked)], len(linked)))

    def placed(sides: Sequence[Side | None]) -> list[tuple[Side, LinkedPlate]]:
        taken = zip(sides, linked, strict=True)
        return [(side, plate) for side, plate in taken if side and off(plate, side) <= settings.linked_off]

    def worth(found: list[tuple[Side, LinkedPlate]]) -> tuple[int, float]:
        return len(found), -sum(unlikely(plate, side) for side, plate in found)

    return max(map(placed, ways), key=worth)


def _turned(
    lifter_camera: LifterCamera,
    plate: PlateCandidate,
    shoulders_px: FloatArray,
    radius_m: float,
    fitting: CameraFitting,
) -> LifterCamera:
    """Turn the camera, and bring it nearer, as far as a plate's openness and size ask for it.

    Whoever is half behind a plate gives an azimuth that is off by up to 40 degrees, and a camera at arm's length from
    the near end looks to see a plate of 90 cm. A smaller plate than a big one says nothing of the distance.
    """
    azimuth, pitch, roll = lifter_camera.angles_rad
    openness = plate.outline.squash * plate.squeeze
    best, least = lifter_camera, np.inf
    for turn, log_distance in product(np.radians(TURNS_DEG), LOG_DISTANCES):
        distance_m = lifter_camera.distance_m * float(np.exp(log_distance))
        tried = lifter_camera.turned((azimuth + turn, pitch, roll), lifter_camera.px_per_m, distance_m)
        view = plate_view(tried, shoulders_px, plate.side)
        if view.px_per_m <= 0.0:
            continue  # so near that the plate would be behind the camera
        larger = max(0.0, float(np.log(plate.radius_px / (radius_m * view.px_per_m))))
        off = ((view.openness - openness) / OPENNESS_SD) ** 2 + (larger / LOG_RADIUS_SD) ** 2
        # Errors of a lifter who is seen are small and of one who is hidden large: tails as Cauchy's.
        off += 2.0 * np.log1p((turn / fitting.azimuth_sd_rad) ** 2) + (log_distance / fitting.log_distance_sd) ** 2
        if off < least:
            best, least = tried, off
    return best


def _alike(one: PlateCandidate, other: PlateCandidate, most: float) -> bool:
    """Whether two outlines are of one plate."""
    away = np.linalg.norm(one.centres_px - other.centres_px, axis=1) / other.radius_px
    return bool(np.median(away) < most and abs(np.log(one.radius_px / other.radius_px)) < most)


def _as_seen(found: CameraFit, moments: Sequence[Moment], side: Side, settings: PlateDetection) -> PlateCandidate:
    """The plate at one side as an outline in patches of the fitted camera."""
    views = [plate_view(found.lifter_camera, moment.shoulders_px, side) for moment in moments]
    squeeze = max(views[0].openness, LEAST_SQUEEZE)
    to_px = [patch_axes(view, squeeze) for view in views]
    rings = [
        np.linalg.solve(axes, (ring - view.centre_px).T).T
        for axes, ring, view in zip(to_px, found.rings_px(side), views, strict=True)
    ]
    offsets_m = np.array([(ring.min(axis=0) + ring.max(axis=0)) / 2.0 for ring in rings])
    half_m = np.ptp(rings[0], axis=0) / 2.0
    inner, outer = np.split(rings[0], 2)
    width_m = abs(float((outer - inner).mean(axis=0)[0]))
    squash = max(SQUASHED, float(half_m[0] - width_m / 2.0) / found.radius_m)
    outline = Outline(found.radius_m, squash, width_m)
    patches = [
        fine_patch(moment.rgb, view, squeeze, at_m, settings=settings)
        for moment, view, at_m in zip(moments, views, offsets_m, strict=True)
    ]
    votes = [best_near(patch, outline, patch.middle_px, 3, settings=settings.edges)[0] for patch in patches]
    vote = float(np.mean(votes))
    centres_px = [view.centre_px + axes @ at for view, axes, at in zip(views, to_px, offsets_m, strict=True)]
    times_s = np.array([moment.time_s for moment in moments])
    return PlateCandidate(
        side=side,
        outline=outline,
        squeeze=squeeze,
        vote=vote,
        times_s=times_s,
        offsets_m=offsets_m,
        centres_px=np.array(centres_px),
        view=views[0],
    )
