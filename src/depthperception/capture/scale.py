"""Centimetres per pixel, what the pose model's own metres are worth, and how tall the lifter is.

The report's idea: the lifter's height in cm over his height in the picture. Ours takes the height of his mask (or,
without one, of his landmarks) where he stands, not of a detector's box in the first frame. Turned round, a scale that
a plate gives measures a lifter whose height is not known.
"""

from collections.abc import Sequence

import numpy as np

from depthperception.capture.framing import is_whole
from depthperception.capture.rulers import odd_ones_out
from depthperception.errors import OptionError
from depthperception.geometry.skeletons import ANKLES, HEELS, TOES, Landmark
from depthperception.pose.samples import PoseSamples
from depthperception.pose.segmentation import Mask
from depthperception.pose.track import PoseTrack
from depthperception.results import Camera, Scale, ScaleEstimate
from depthperception.types import FloatArray

SHORTEST_CM, TALLEST_CM = 100.0, 250.0
"""Heights of lifters; outside it is a slip of the hand (17, 1800) or another unit."""


HEIGHT_SD, MODEL_SD = 0.04, 0.07
"""Errors of the scale by height and by the model's metres, as shares: 171 and 300 rendered lifters, robust sd. The
first is the error of the lifter's height in the picture, so of his stature too where the scale is known."""

MODEL_SHARE = 1.085
"""True metres over the pose model's own: median over 300 rendered lifters. Over 120 others 1.106, robust sd .07: 1.088
from 2 m away or more, 1.12 nearer. It grows with the lifter (1.04 below 170 cm, 1.16 above 180): the model makes
everybody nearly the same size. Real people have not been measured."""

STATURE_CM, STATURE_SHARE = 172.0, 0.05
"""Stature of adults and its spread as a share: an assumption, all that is known where nothing is measured."""

SMALLEST_CM, LARGEST_CM = 141.0, 210.0
"""A measured stature beyond these is the picture's fault, as where he does not stand upright or his feet are cut off:
three sd, .2, of adults and measurement together."""


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
    standing: PoseSamples,
    camera: Camera,
    height_cm: float | None,
    plate: ScaleEstimate | None = None,
    *,
    picture_px: tuple[int, int] | None = None,
) -> Scale:
    """Scale at the standing lifter, from his height when it is known, else from the pose model's metres; and the plate.

    The model's metres are always made longer by `MODEL_SHARE`. Sources are put together by their uncertainties, but for
    those that `odd_ones_out` drops. The stature is the height that was given, or what a plate makes of the lifter in
    the picture. A lifter who is not wholly in the picture (where its size is given) has no height in it.
    """
    px_per_m, tall_px = standing.px_per_m, stature_px(standing, camera)
    whole = picture_px is None or is_whole(standing, picture_px)
    model = ScaleEstimate("model", 100.0 * MODEL_SHARE / px_per_m, MODEL_SD)
    height = ScaleEstimate("height", height_cm / tall_px, HEIGHT_SD) if height_cm is not None and whole else None
    known = [source for source in (height, plate, model) if source]
    adult = not whole or plate is None or is_adult(tall_px * plate.cm_per_px)
    dropped = odd_ones_out(known, adult=adult)
    kept = [source for source in known if source not in dropped]
    sources = [source for source in kept if source is not model or height not in kept]
    sources.sort(key=lambda source: source.sd_share)
    if height_cm is None or height in dropped:
        stature_cm, stature_sd_share = measure_stature(tall_px, plate if whole and plate in kept else None)
    else:
        stature_cm, stature_sd_share = height_cm, 0.0
    cm_per_px = together(sources)
    return Scale(
        cm_per_px,
        sources[0].source,
        model_factor=cm_per_px * px_per_m / 100.0,
        height_cm=height_cm,
        sources=tuple(sources),
        stature_cm=stature_cm,
        stature_sd_share=stature_sd_share,
        dropped=dropped,
    )


def stature_of(scale: Scale) -> tuple[float, float]:
    """How tall the lifter is taken to be, m, and the sd of its error as a share; where nobody measured, an adult's."""
    if scale.stature_cm is None or scale.stature_sd_share is None:
        return STATURE_CM / 100.0, STATURE_SHARE
    return scale.stature_cm / 100.0, scale.stature_sd_share


def together(sources: Sequence[ScaleEstimate]) -> float:
    """Mean of several scales, weighted by the inverse of their variances; shares are of the scale, so of its log."""
    return _log_mean([source.cm_per_px for source in sources], [source.sd_share for source in sources])[0]


def measure_stature(tall_px: float, plate: ScaleEstimate | None) -> tuple[float, float] | tuple[None, None]:
    """Stature in cm and the sd of its error as a share: by a plate in the lifter's picture, beside what adults are.

    None where no plate is a ruler, or what is measured is no adult's. The pose model's metres are no ruler for it: the
    model makes everybody nearly the same size.
    """
    if plate is None or not is_adult(tall_px * plate.cm_per_px):
        return None, None
    measured_sd = float(np.hypot(plate.sd_share, HEIGHT_SD))
    return _log_mean([tall_px * plate.cm_per_px, STATURE_CM], [measured_sd, STATURE_SHARE])


def is_adult(stature_cm: float) -> bool:
    """Whether a measured stature may be an adult's."""
    return SMALLEST_CM < stature_cm < LARGEST_CM


def _log_mean(values: Sequence[float], sd_shares: Sequence[float]) -> tuple[float, float]:
    """Mean of values weighted by the inverse of their variances, which are shares, so of their logs; and its sd."""
    weights = [share**-2 for share in sd_shares]
    return float(np.exp(np.average(np.log(values), weights=weights))), float(sum(weights) ** -0.5)


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


HEAD_TO_ANKLE = 0.89
"""Eye height less ankle height over stature: eyes taken 12 cm under the top of 1.72 m, ankles 7 cm over the floor."""


def tall_in_picture_px(track: PoseTrack) -> float | None:
    """Stature in px by landmarks in the picture alone: the longest way from eye or nose to ankle in a sequence.

    None where no frame shows a head and an ankle.
    """
    head = track.image_px[:, [Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE], 1]
    seen = ~np.isnan(head).all(axis=1) & ~np.isnan(track.image_px[:, ANKLES, 1]).all(axis=1)
    if not seen.any():
        return None
    tall_px = np.nanmean(track.image_px[seen][:, ANKLES, 1], axis=1) - np.nanmin(head[seen], axis=1)
    return float(tall_px.max()) / HEAD_TO_ANKLE


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
