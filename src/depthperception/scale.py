"""Centimetres per pixel, and what the pose model's own metres are worth.

The report's idea: the lifter's height in cm over his height in the picture. Ours takes the height of his mask (or,
without one, of his landmarks) where he stands, not of a detector's box in the first frame.
"""

import numpy as np

from depthperception.closeup import CloseUp
from depthperception.errors import OptionError
from depthperception.judgement import Camera, Scale
from depthperception.pose.landmarks import HEELS, TOES, Landmark

SHORTEST_CM, TALLEST_CM = 100.0, 250.0
"""Heights of lifters; outside it is a slip of the hand (17, 1800) or another unit."""

STATURE_OVER_EYES = 1.075
"""Stature over the eyes' height above the floor: eyes taken 12 cm under the top of the head of a lifter of 1.72 m."""


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


def measure_scale(standing: CloseUp, camera: Camera, height_cm: float | None) -> Scale:
    """Scale at the standing lifter, from his height when it is known, else from the pose model's metres."""
    px_per_m = standing.px_per_m
    if height_cm is None:
        return Scale(cm_per_px=100.0 / px_per_m, source="model")
    cm_per_px = height_cm / stature_px(standing, camera)
    return Scale(cm_per_px=cm_per_px, source="height", model_factor=cm_per_px * px_per_m / 100.0, height_cm=height_cm)


def stature_px(standing: CloseUp, camera: Camera) -> float:
    """Height in px of the standing lifter from the floor to the top of his head, along the picture's gravity."""
    image = np.median(standing.image_px, axis=(0, 1))
    up = np.array(camera.up[:2]) / np.linalg.norm(camera.up[:2])
    eyes = image[[Landmark.LEFT_EYE, Landmark.RIGHT_EYE]].mean(axis=0) @ up
    floor = image[np.concatenate([HEELS, TOES])].mean(axis=0) @ up
    return float(STATURE_OVER_EYES * (eyes - floor))
