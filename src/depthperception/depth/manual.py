"""A human reading: crease and top of the knee set by hand in one frame, measured by the geometry of `depth.legs`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from depthperception.capture.lifter_camera import make_lifter_camera
from depthperception.depth.calling import call, sure_of
from depthperception.depth.leg_model import CREASES, FOLDS, KNEE_TOPS
from depthperception.depth.legs import Sightings, fit_legs, with_tolerance
from depthperception.depth.reading import half_of_90, normal_reading, on_legs
from depthperception.depth.settings import FITTING, LegFitting
from depthperception.errors import OptionError
from depthperception.proof import Ellipse, Point, Sighted
from depthperception.results import Camera, Judgement, Scale, SideDepth, Verdict, up_in_picture
from depthperception.surfaces import COUNT, LEGS
from depthperception.types import FloatArray

HAND_CM = 0.7
"""Error of a point set by hand (sd): two readers of the same bottoms differ by 5 % of a thigh (docs/accuracy.md)."""

ALONG_CM = 3.0
"""Where along the thigh people put the crease: on the skin over the hip joint, on the fold 7 to 8 cm nearer to the
knee, or between. The point counts across the thigh, where both lie on its upper surface."""


@dataclass(frozen=True)
class Lines:
    """Where a person sees the hip crease and the top of the knee, px, for each of the lifter's legs that he saw."""

    creases_px: Mapping[str, Point]
    knees_px: Mapping[str, Point]

    def __post_init__(self) -> None:
        if not self.creases_px or set(self.creases_px) != set(self.knees_px):
            raise OptionError(
                "The points do not belong together. Expected crease and knee of the left leg, of the right, or of "
                "both. Set both points of a leg."
            )


@dataclass(frozen=True)
class HumanDepth:
    """What the points say: depth in cm, positive when the crease is below the top of the knee; each leg by itself.

    `cm` is the mean of the legs that were set; `probability` and `verdict` are on each of them, as the rule is.

    `levels_px` are, of each leg, the point straight over or under the measured crease that is as high as the top of the
    knee, and that crease.
    """

    cm: float
    interval90_cm: tuple[float, float]
    probability: float
    verdict: Verdict
    legs: Mapping[str, SideDepth]
    levels_px: Mapping[str, tuple[Point, Point]]


def measure(
    lines: Lines,
    judgement: Judgement,
    sighted: Sighted | None,
    *,
    at_bottom: bool = True,
    settings: LegFitting = FITTING,
) -> HumanDepth:
    """Measure crease below knee of the legs given, and their mean.

    Parameters
    ----------
    lines
        In the upright picture.
    judgement
        Of the video; its camera and its scale are used.
    sighted
        What was seen of the attempt.
    at_bottom
        Whether the lines were set in the bottom's frame: there the rest of the legs tells how the camera sees them.

    Raises
    ------
    OptionError
        When the judgement has no scale or no camera, or nothing was seen of the attempt.
    """
    camera, scale = judgement.camera, judgement.scale
    if camera is None or scale is None or sighted is None:
        raise OptionError(
            "This video was judged without a camera and a scale, so pixels have no centimetres. Expected a judged "
            "squat of a lifter who is seen standing. Judge the video again."
        )
    size_px = np.array([judgement.video.width, judgement.video.height])
    lifter_camera = make_lifter_camera(
        camera, np.array(sighted.standing_hips_px), 100.0 / scale.cm_per_px, size_px / 2.0
    )
    sightings = _sightings(lines, sighted if at_bottom else None, camera, scale)
    legs = fit_legs(sightings, lifter_camera, scale, settings=settings)
    chosen = [k for k, leg in enumerate(LEGS) if leg in lines.creases_px]
    depth_cm, covariance = legs.depth_cm[chosen], legs.covariance_cm2[np.ix_(chosen, chosen)]
    cm, sd_cm = float(depth_cm.mean()), float(np.sqrt(covariance.mean()))
    each = {
        LEGS[k]: SideDepth(float(one), float(sd))
        for k, one, sd in zip(chosen, depth_cm, np.sqrt(np.diag(covariance)), strict=True)
    }
    ruled = on_legs(replace(normal_reading("hand", cm, sd_cm), left=each.get("left"), right=each.get("right")))
    probability = ruled.probability or 0.0
    return HumanDepth(
        cm=round(cm, 4),
        interval90_cm=(round(cm - half_of_90(sd_cm), 4), round(cm + half_of_90(sd_cm), 4)),
        probability=round(probability, 4),
        verdict=call(probability, sure_of(judgement)),
        legs={leg: SideDepth(round(one.cm, 4), round(one.sd_cm, 4)) for leg, one in each.items()},
        levels_px={LEGS[k]: (_pair(legs.levels_px[k]), _pair(legs.points_px[CREASES[k]])) for k in chosen},
    )


def _pair(point_px: FloatArray) -> Point:
    x, y = point_px
    return round(float(x), 2), round(float(y), 2)


def _sightings(lines: Lines, sighted: Sighted | None, camera: Camera, scale: Scale) -> Sightings:
    """What was set by hand, and what was seen beside it."""
    mix, px, covariance = _seen_beside(lines, sighted)
    level = np.array(up_in_picture(camera.up))[::-1] * [-1.0, 1.0]
    for leg, crease in lines.creases_px.items():
        k, knee = LEGS.index(leg), np.array(lines.knees_px[leg])
        thigh = np.array(crease) - knee
        length = float(np.linalg.norm(thigh))
        along = thigh / length if length > 1.0 else level
        exact = np.eye(2) * (HAND_CM / scale.cm_per_px) ** 2
        somewhere = exact + np.outer(along, along) * (ALONG_CM / scale.cm_per_px) ** 2
        for points, at, doubt in (
            ((KNEE_TOPS[k],), knee, exact),
            ((CREASES[k], FOLDS[k]), np.array(crease), somewhere),
        ):
            row = np.zeros(COUNT)
            row[list(points)] = 1.0 / len(points)
            mix, px, covariance = [*mix, row], [*px, at], [*covariance, doubt]
    return Sightings(np.array(mix), np.array(px), np.array(covariance), tuple(lines.creases_px))


def _seen_beside(lines: Lines, sighted: Sighted | None) -> tuple[list[FloatArray], list[FloatArray], list[FloatArray]]:
    if sighted is None:
        return [], [], []
    by_hand = {points[LEGS.index(leg)] for leg in lines.creases_px for points in (CREASES, FOLDS, KNEE_TOPS)}
    others = [k for k in range(COUNT) if k not in by_hand]
    said = with_tolerance(np.array([_matrix(sighted.covariance_px2[k]) for k in others]), FITTING)
    return [np.eye(COUNT)[k] for k in others], [np.array(sighted.points_px[k]) for k in others], list(said)


def _matrix(ellipse: Ellipse) -> FloatArray:
    xx, xy, yy = ellipse
    return np.array([[xx, xy], [xy, yy]])
