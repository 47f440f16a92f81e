"""How tall the lifter stands in the picture: from the floor to the top of his head.

The report took a detector's box in the first frame. Here his mask says where his head ends, over 171 rendered lifters
within .9 cm (median), where the eyes and a usual forehead say it within 3.0; his feet's landmarks say where the floor
is. Where the mask goes astray (a plate behind the head, somebody else), the eyes serve.
"""

import numpy as np

from depthperception.geometry.skeletons import HEELS, TOES, Landmark
from depthperception.pose.samples import PoseSamples
from depthperception.pose.segmentation import Mask
from depthperception.results import Camera
from depthperception.types import FloatArray

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
