"""Centimetres per pixel, and what the pose model's own metres are worth.

The report's idea: the lifter's height in cm over his height in the picture. Ours takes the height of his mask (or,
without one, of his landmarks) where he stands, not of a detector's box in the first frame.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.errors import OptionError
from depthperception.geometry.skeletons import HEELS, TOES, Landmark
from depthperception.pose.samples import PoseSamples
from depthperception.pose.segmentation import Mask
from depthperception.results import Camera, Scale, ScaleEstimate
from depthperception.types import FloatArray

SHORTEST_CM, TALLEST_CM = 100.0, 250.0
"""Heights of lifters; outside it is a slip of the hand (17, 1800) or another unit."""


HEIGHT_SD, MODEL_SD = 0.04, 0.07
"""Errors of the scale by height and by the model's metres, as shares: 171 and 300 rendered lifters, robust sd."""

MODEL_SHARE = 1.085
"""True metres over the pose model's own: median over 300 rendered lifters. Real people have not been measured."""

DISAGREE = 0.08
"""Sources that are further apart than this share are named with what to check."""


def checked_height(height_cm: float | None) -> float | None:
    """Refuse a height that no lifter has.

    Raises
    ------
    OptionError
    """
    if height_cm is not None and not SHORTEST_CM <= height_cm <= TALLEST_CM:
        raise OptionError(
            f"A height of {height_cm:g} cm was given; expected {SHORTEST_CM:.0f} to {TALLEST_CM:.0f} cm. "
            "Give the lifter's height in centimetres, for example --height 180."
        )
    return height_cm


def measure_scale(
    standing: PoseSamples, camera: Camera, height_cm: float | None, plate: ScaleEstimate | None = None
) -> Scale:
    """Scale at the standing lifter: from his height when it is known, else from the pose model's metres; and the plate.

    Sources are put together by their uncertainties. Without a plate the model's metres stand as they are; beside one
    they are first made longer by `MODEL_SHARE`.
    """
    px_per_m = standing.px_per_m
    if height_cm is None:
        own = ScaleEstimate("model", 100.0 / px_per_m, MODEL_SD)
        beside = replace(own, cm_per_px=MODEL_SHARE * own.cm_per_px)
    else:
        own = beside = ScaleEstimate("height", height_cm / stature_px(standing, camera), HEIGHT_SD)
    sources = (own,) if plate is None else tuple(sorted((beside, plate), key=lambda source: source.sd_share))
    cm_per_px = together(sources)
    factor = 1.0 if plate is None and height_cm is None else cm_per_px * px_per_m / 100.0
    return Scale(cm_per_px, sources[0].source, factor, height_cm, sources)


def together(sources: Sequence[ScaleEstimate]) -> float:
    """Mean of several scales, weighted by the inverse of their variances; shares are of the scale, so of its log."""
    weights = [source.sd_share**-2 for source in sources]
    return float(np.exp(np.average(np.log([source.cm_per_px for source in sources]), weights=weights)))


def disagreement(scale: Scale) -> str | None:
    """Say that two sources of the scale contradict each other, and what to do; None where they agree."""
    if len(scale.sources) < 2:
        return None
    one, other = scale.sources
    apart = abs(float(np.log(one.cm_per_px / other.cm_per_px)))
    if apart <= np.log1p(DISAGREE):
        return None
    asked = "Check the height that was given" if scale.height_cm else "Give the lifter's height with --height"
    names = {"height": "the lifter's height", "plate": "the plate", "model": "the pose model"}
    return (
        f"The scale is {one.cm_per_px:.3f} cm a pixel by {names[one.source]} and {other.cm_per_px:.3f} by "
        f"{names[other.source]}, {100 * np.expm1(apart):.0f} % apart. {asked}, and --plate-cm if the largest plate is "
        "not 45 cm across."
    )


OVER_EYES = 1.075
"""Top of the head over the eyes' height above the floor: eyes taken 12 cm under it in a lifter of 1.72 m."""

HEAD = np.array([Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR])

HEAD_REACH_M = 0.1
"""Half the width in which the mask's top is sought: a head's, less than the way to a plate or a hand."""

HEAD_DOUBT = 0.06
"""Part of his height by which mask and eyes may differ (10 cm at 1.75 m): three times the eyes' own error."""

UNDER_BAR = 0.988
"""Height of the head of a lifter who stands under a bar, over his stature; 171 rendered lifters, sd .008."""


def stature_px(standing: PoseSamples, camera: Camera) -> float:
    """Stature in px at the standing lifter's distance, across the line of sight.

    Measured along the picture's gravity and stretched by what the camera's pitch foreshortens.
    """
    image: FloatArray = standing.median_px
    across_sight = float(np.linalg.norm(camera.up[:2]))
    up = np.array(camera.up[:2]) / across_sight
    floor = float(image[np.concatenate([HEELS, TOES])].mean(axis=0) @ up)
    eyes = float(image[[Landmark.LEFT_EYE, Landmark.RIGHT_EYE]].mean(axis=0) @ up)
    tall = OVER_EYES * (eyes - floor)
    for mask in standing.masks[-1:]:
        seen = head_top_px(mask, image, up, HEAD_REACH_M * standing.px_per_m) - floor
        tall = seen if abs(seen - tall) < HEAD_DOUBT * tall else tall
    return tall / UNDER_BAR / across_sight


def head_top_px(mask: Mask, image_px: FloatArray, up: FloatArray, reach_px: float) -> float:
    """Find the top of the head in a mask, as a height along `up` (px); minus infinity where no head is seen.

    Parameters
    ----------
    image_px : (33, 2)
        Landmarks, for where the head is across.
    up : (2,)
        Unit vector against gravity in the picture.
    reach_px
        How far to both sides of the middle of the head the mask counts.
    """
    pixels = mask.pixels_px()
    across = (pixels - image_px[HEAD].mean(axis=0)) @ [-up[1], up[0]]
    heights = pixels[np.abs(across) < reach_px] @ up
    return float(heights.max() + mask.pixel_px / 2) if len(heights) else -np.inf
