"""Centimetres per pixel, and what the pose model's own metres are worth.

The report's idea: the lifter's height in cm over his height in the picture. Ours takes the height of his mask (or,
without one, of his landmarks) where he stands, not of a detector's box in the first frame.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.capture.stature import stature_px
from depthperception.errors import OptionError
from depthperception.pose.samples import PoseSamples
from depthperception.results import Camera, Scale, ScaleEstimate

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
