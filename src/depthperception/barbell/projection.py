"""Where a plate on the lifter's bar must be seen, and as what ellipse."""

from dataclasses import dataclass

import numpy as np

from depthperception.capture.lifter_camera import LifterCamera
from depthperception.types import FloatArray, Side

INNER_M = 0.66
"""Middle of the bar to the inner face of a plate: collars stand 131 cm apart."""

SLEEVE_M = 0.75
"""Middle of the bar to the middle of a stack of plates of usual thickness."""


@dataclass(frozen=True, eq=False)
class PlateView:
    """How a plate on the bar is seen.

    Attributes
    ----------
    centre_px : (2,)
    px_per_m
        At the plate.
    openness
        Minor over major axis of its ellipse: 1 from the side, 0 from the front.
    minor : (2,)
        Unit vector along the minor axis in the picture, from the lifter outwards.
    """

    centre_px: FloatArray
    px_per_m: float
    openness: float
    minor: FloatArray


def plate_view(
    lifter_camera: LifterCamera, shoulders_px: FloatArray, side: Side, sleeve_m: float = SLEEVE_M
) -> PlateView:
    """View of a plate at the lifter's left (`side` 1) or right (-1), the bar's middle being at the shoulders."""
    outward = side * lifter_camera.left
    at = lifter_camera.bar_at(shoulders_px) + sleeve_m * outward
    ray = at / np.linalg.norm(at)
    facing = float(outward @ ray)
    across = outward - facing * ray
    minor = across[:2] - at[:2] / at[2] * across[2]
    return PlateView(
        centre_px=lifter_camera.pinhole.project(at),
        px_per_m=float(lifter_camera.pinhole.focal_px / at[2]),
        openness=abs(facing),
        minor=minor / max(float(np.linalg.norm(minor)), 1e-9),
    )
