"""Legs in space, fitted to the points that are seen on their surface: what turns pixels into centimetres.

A model of legs at the bottom of a squat (the mean of thousands of drawn people of all shapes, and how they vary) is put
where the measured camera sees it, and shaped until its points lie on those that the network of `surfaces` sees. Every
unknown counts by its error: each point by the network's covariance, the camera by what is known of such cameras, the
legs by how people differ. What comes out is where crease and top of the knee of both legs are, and the joint error of
their heights. Least squares with a normal prior (maximum a posteriori, Gauss-Newton), errors by linearisation; points
far off their place count less (Huber 1964).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.capture.lifter_camera import LifterCamera
from depthperception.capture.scale import MODEL_SD, stature_of
from depthperception.depth.leg_model import CREASES, KNEE_TOPS, LegModel, shipped_legs
from depthperception.depth.reading import normal_reading, on_legs, sd_of
from depthperception.depth.settings import FITTING, LegFitting
from depthperception.proof import Ellipse, Point, SeenPoints, Sighted
from depthperception.results import Reading, Scale, SideDepth
from depthperception.surfaces import COUNT, LEGS, SeenSurfaces, index_of
from depthperception.types import FloatArray

AZIMUTH, PITCH, ROLL, SCALE, DISTANCE, PLACE, STATURE = 0, 1, 2, 3, 4, slice(5, 8), 8
CAMERA = 9
"""Unknowns before those of the shape: angles in radians, logs of scale and distance, place of the feet in m along the
lifter's own axes, log of the stature."""

BY_FITTED_LEGS = ("calibrated", "surfaces")
"""Methods whose number is drawn at the fitted legs."""

HIPS_OVER_FEET = 0.525
"""Height of the standing hip joints over the floor, in statures."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """What is seen of the legs.

    Attributes
    ----------
    mix : (m, 16)
        Which of the legs' points is seen, or which mean of them.
    px : (m, 2)
        Where, in the upright picture.
    covariance_px2 : (m, 2, 2)
        Of the errors.
    legs
        Those that are seen: a hidden leg has no number and no line.
    """

    mix: FloatArray
    px: FloatArray
    covariance_px2: FloatArray
    legs: tuple[str, ...]


def sightings_of(seen: SeenSurfaces, *, settings: LegFitting = FITTING) -> Sightings:
    """Take every point as the network sees it."""
    legs = tuple(leg for leg in LEGS if seen.state("knee_top", leg) == "seen" and seen.state("hip", leg) != "outside")
    return Sightings(np.eye(COUNT), seen.points_px, with_tolerance(seen.covariance_px2, settings), legs)


def with_tolerance(covariance_px2: FloatArray, settings: LegFitting) -> FloatArray:
    """Errors (m, 2, 2) that points are given in the fit: the network's, larger, and the picture's."""
    return np.asarray(settings.covariance_share**2 * covariance_px2 + settings.point_px**2 * np.eye(2))


@dataclass(frozen=True, eq=False)
class LegDepths:
    """How deep both legs are, and the joint error.

    Attributes
    ----------
    depth_cm : (2,)
        Crease below the top of the knee of the left and the right leg, along gravity.
    covariance_cm2 : (2, 2)
        Of their errors.
    """

    depth_cm: FloatArray
    covariance_cm2: FloatArray

    @property
    def mean_cm(self) -> float:
        """Mean depth of both legs."""
        return float(self.depth_cm.mean())

    @property
    def mean_sd_cm(self) -> float:
        """Standard deviation of its error."""
        return float(np.sqrt(self.covariance_cm2.mean()))


@dataclass(frozen=True, eq=False)
class FittedLegs(LegDepths):
    """Both legs in space.

    Attributes
    ----------
    points_px : (16, 2)
        In the upright picture, in the order of `surfaces.POINTS`.
    covariance_px2 : (16, 2, 2)
        Of their errors.
    levels_px : (2, 2)
        Straight over or under each crease, as high as the top of the knee.
    misfit_sd : (m,)
        How far each sighting is from the fitted legs, in standard deviations.
    moving_with_depth : (18, 2)
        By how much points, then levels, move in the picture when the mean depth is a cm more: px.
    legs
        Those that are seen.
    distance_m, distance_sd_share
        From the camera to the hips as the legs' perspective corrects it, and the sd of its error as a share.
    """

    points_px: FloatArray
    covariance_px2: FloatArray
    levels_px: FloatArray
    misfit_sd: FloatArray
    moving_with_depth: FloatArray
    legs: tuple[str, ...]
    distance_m: float
    distance_sd_share: float

    @property
    def deciding_px(self) -> FloatArray:
        """Creases, then tops of the knee, each left, then right (4, 2)."""
        return self.points_px[CREASES + KNEE_TOPS]

    @property
    def misfit(self) -> float:
        """How badly the worst quarter of the points fits together, in standard deviations."""
        worst = np.sort(self.misfit_sd)[-max(1, len(self.misfit_sd) // 4) :]
        return float(worst.mean())

    def sides(self, reading: Reading, factor: float = 1.0) -> Reading:
        """Rule by each leg that is seen: give a reading of both legs their depths, by how the legs differ.

        Its depth becomes the mean of those; where no leg is seen it stays that of both.

        Parameters
        ----------
        reading
            Whose mean and interval count.
        factor
            On the error of the difference.
        """
        if reading.cm is None or reading.interval90_cm is None or not self.legs:
            return reading
        share, mean_cm2 = self._share, self.covariance_cm2.mean()
        alone_cm2 = np.diag(self.covariance_cm2) - share**2 * mean_cm2
        depth_cm = self.depth_cm + (reading.cm - self.mean_cm) * share
        sd_cm = np.sqrt((share * sd_of(reading.interval90_cm)) ** 2 + factor**2 * np.maximum(alone_cm2, 0.0))
        of = {leg: SideDepth(float(depth_cm[k]), float(sd_cm[k])) for k, leg in enumerate(LEGS) if leg in self.legs}
        if len(of) == 1:
            (only,) = of.values()
            reading = replace(normal_reading(reading.method, only.cm, only.sd_cm), reason=reading.reason)
        return on_legs(replace(reading, left=of.get("left"), right=of.get("right")))

    def at_depth(self, reading: Reading) -> "FittedLegs":
        """Where everything is when depths are known from elsewhere: what can move, moves by its errors."""
        if reading.cm is None:
            return self
        known = {LEGS.index(leg): one.cm for leg, one in (("left", reading.left), ("right", reading.right)) if one}
        chosen = list(known) or [0, 1]
        more_cm = (reading.cm - self.depth_cm[chosen].mean()) / self._share[chosen].mean()
        points, levels = np.split(more_cm * self.moving_with_depth, [COUNT])
        depth_cm = self.depth_cm + more_cm * self._share
        depth_cm[list(known)] = list(known.values())
        return replace(self, depth_cm=depth_cm, points_px=self.points_px + points, levels_px=self.levels_px + levels)

    @property
    def _share(self) -> FloatArray:
        """How much deeper each leg (2,) is when their mean is a cm deeper, by the errors of both."""
        return np.asarray(self.covariance_cm2.mean(axis=1) / self.covariance_cm2.mean())

    def proof(self, seen: SeenSurfaces) -> SeenPoints:
        """Give what a picture may show: the points of a leg that the network says that it sees."""
        folds, tops = ([leg for leg in LEGS if seen.state(name, leg) == "seen"] for name in ("fold", "knee_top"))
        return SeenPoints(
            crease_px=self._at("fold", folds),
            knee_top_px=self._at("knee_top", tops),
            joint_crease_px=self._at("crease", self.legs),
            level_px={leg: _pair(self.levels_px[LEGS.index(leg)]) for leg in self.legs},
            depth_cm={leg: float(self.depth_cm[LEGS.index(leg)]) for leg in self.legs},
            crease_covariance_px2=self._ellipses("fold", folds),
            knee_top_covariance_px2=self._ellipses("knee_top", tops),
        )

    def _at(self, name: str, legs: Sequence[str]) -> dict[str, Point]:
        return {leg: _pair(self.points_px[index_of(name, leg)]) for leg in legs}

    def _ellipses(self, name: str, legs: Sequence[str]) -> dict[str, Ellipse]:
        return {leg: ellipse(self.covariance_px2[index_of(name, leg)]) for leg in legs}


def ellipse(covariance_px2: FloatArray) -> Ellipse:
    """A covariance (2, 2) as results keep it."""
    (xx, xy), (_, yy) = covariance_px2
    return float(xx), float(xy), float(yy)


def _pair(point_px: FloatArray) -> Point:
    x, y = point_px
    return float(x), float(y)


def sighted_of(seen: SeenSurfaces, camera: LifterCamera) -> Sighted:
    """What a judgement keeps of what was seen and from where, for readings by hand."""
    points = tuple(map(_pair, seen.points_px))
    return Sighted(points, tuple(map(ellipse, seen.covariance_px2)), _pair(camera.hips_px))


def fit_legs(
    sightings: Sightings,
    camera: LifterCamera,
    scale: Scale,
    *,
    model: LegModel | None = None,
    settings: LegFitting = FITTING,
) -> FittedLegs:
    """Fit the legs to what is seen of them.

    Parameters
    ----------
    camera, scale
        As measured at the standing lifter.
    """
    stature_m, stature_sd_share = stature_of(scale)
    scale_sd_share = min((source.sd_share for source in scale.sources), default=MODEL_SD)
    fit = _Fit(sightings, camera, model or shipped_legs(), stature_m)
    known = np.array([
        np.radians(settings.azimuth_deg), *camera.gravity_sd_rad,
        scale_sd_share, settings.distance_share, *[settings.place_m] * 3, max(stature_sd_share, 0.005),
    ])  # fmt: skip
    prior_sd = np.concatenate([known, np.ones(fit.model.spread.shape[-1])])
    values = np.zeros(len(prior_sd))
    root = np.linalg.cholesky(np.linalg.inv(sightings.covariance_px2)).swapaxes(1, 2)
    for _ in range(settings.steps):
        away = np.einsum("mij,mj->mi", root, fit.project(values) - sightings.px)
        misfit = np.linalg.norm(away, axis=1)
        weight = np.sqrt(np.minimum(1.0, settings.huber_sd / np.maximum(misfit, 1e-9)))
        slope = (root @ fit.slope(values)) * weight[:, None, None]
        slope, away = slope.reshape(-1, len(values)), (away * weight[:, None]).ravel()
        information = slope.T @ slope + np.diag(prior_sd**-2)
        step = -np.linalg.solve(information, slope.T @ away + values / prior_sd**2)
        values = np.clip(values + step, -settings.bound_sd * prior_sd, settings.bound_sd * prior_sd)
        if np.abs(step / prior_sd).max() < settings.settled:
            break
    return fit.result(values, np.linalg.inv(information), misfit)


class _Fit:
    """The legs in the picture as a function of the unknowns."""

    def __init__(self, sightings: Sightings, camera: LifterCamera, model: LegModel, stature_m: float) -> None:
        self.sightings, self.before, self.model, self.stature_m = sightings, camera, model, stature_m

    def project(self, values: FloatArray) -> FloatArray:
        """Sighted points (m, 2) in the picture."""
        camera = self.camera(values)
        return camera.pinhole.project(self.sightings.mix @ self.in_camera(values, camera))

    def camera(self, values: FloatArray) -> LifterCamera:
        """The lifter's axes with other angles, scale and distance."""
        before = self.before
        azimuth, pitch, roll = np.array(before.angles_rad) + values[[AZIMUTH, PITCH, ROLL]]
        scale, distance = np.exp(values[[SCALE, DISTANCE]])
        return before.turned((azimuth, pitch, roll), before.px_per_m * scale, before.distance_m * distance)

    def in_camera(self, values: FloatArray, camera: LifterCamera) -> FloatArray:
        """All points (16, 3) in camera axes, in metres; never nearer than a hand's breadth."""
        axes = np.stack([camera.left, camera.forward, camera.up])
        hips = camera.distance_m * camera.pinhole.ray(camera.hips_px)
        feet = hips - HIPS_OVER_FEET * self.stature_m * camera.up + values[PLACE] @ axes
        points = self.in_statures(values) * self.tall_m(values) @ axes + feet
        return np.concatenate([points[:, :2], np.maximum(points[:, 2:], 0.1)], axis=1)

    def in_statures(self, values: FloatArray) -> FloatArray:
        """All points (16, 3) in the lifter's own axes."""
        return self.model.points(values[CAMERA:])

    def tall_m(self, values: FloatArray) -> float:
        """Stature."""
        return float(self.stature_m * np.exp(values[STATURE]))

    def slope(self, values: FloatArray) -> FloatArray:
        """Change (m, 2, n) of the sighted points with each unknown: the camera's by differences."""
        here, small = self.project(values), 1e-4
        moved = [self.project(values + small * np.eye(len(values))[k]) for k in range(CAMERA)]
        camera = self.camera(values)
        axes = np.stack([camera.left, camera.forward, camera.up])
        spread = np.einsum("mp,pak,ab->mbk", self.sightings.mix, self.model.spread, axes) * self.tall_m(values)
        at = self.sightings.mix @ self.in_camera(values, camera)
        shape = _through_pinhole(spread, at, camera.pinhole.focal_px)
        return np.concatenate([(np.stack(moved, axis=-1) - here[..., None]) / small, shape], axis=-1)

    def result(self, values: FloatArray, covariance: FloatArray, misfit: FloatArray) -> FittedLegs:
        """What is said of the legs, and how sure."""
        camera, tall_m = self.camera(values), self.tall_m(values)
        heights_cm = 100.0 * tall_m * self.in_statures(values)[:, 2]
        depth_cm = heights_cm[KNEE_TOPS] - heights_cm[CREASES]
        slope = np.zeros((2, len(values)))
        slope[:, CAMERA:] = 100.0 * tall_m * (self.model.spread[KNEE_TOPS, 2] - self.model.spread[CREASES, 2])
        slope[:, STATURE] = depth_cm
        points = self.in_camera(values, camera)
        levels = points[CREASES] + depth_cm[:, None] / 100.0 * camera.up
        movable = self.all_points_slope(values)
        cm_up_px = camera.pinhole.project(levels + 0.01 * camera.up) - camera.pinhole.project(levels)
        level_slope = movable[CREASES] + cm_up_px[:, :, None] * slope[:, None, :]
        of_depth = covariance @ slope.mean(axis=0)
        moving = np.concatenate([movable, level_slope]) @ of_depth / (slope.mean(axis=0) @ of_depth)
        return FittedLegs(
            depth_cm=depth_cm,
            covariance_cm2=slope @ covariance @ slope.T,
            points_px=camera.pinhole.project(points),
            covariance_px2=np.einsum("pik,kl,pjl->pij", movable, covariance, movable),
            levels_px=camera.pinhole.project(levels),
            misfit_sd=misfit,
            moving_with_depth=moving,
            legs=self.sightings.legs,
            distance_m=camera.distance_m,
            distance_sd_share=float(np.sqrt(covariance[DISTANCE, DISTANCE])),
        )

    def all_points_slope(self, values: FloatArray) -> FloatArray:
        """`slope` of all points (16, 2, n)."""
        everything = Sightings(np.eye(COUNT), np.zeros((COUNT, 2)), np.zeros((COUNT, 2, 2)), ())
        return _Fit(everything, self.before, self.model, self.stature_m).slope(values)


def _through_pinhole(change_m: FloatArray, at_m: FloatArray, focal_px: float) -> FloatArray:
    """Change (m, 2, k) in the picture of points at (m, 3) that change by (m, 3, k), camera axes."""
    away = at_m[:, 2:, None]
    return np.asarray(focal_px * (change_m[:, :2] / away - at_m[:, :2, None] * change_m[:, 2:] / away**2))
