"""What the detector of plates finds in pictures of a bar that goes down and up beside whoever is seen."""

import numpy as np

from depthperception.barbell.plate_detector import PlateBox

UP, DOWN, RADIUS = 200.0, 300.0, 40.0


def plate(y_px: float, x_px: float = 500.0, radius_px: float = RADIUS) -> PlateBox:
    """A plate at a height in the picture."""
    return PlateBox(np.array([x_px - radius_px / 2, y_px - radius_px, x_px + radius_px / 2, y_px + radius_px]), 0.8)


def rep(up: float = UP, down: float = DOWN) -> list[tuple[PlateBox, ...]]:
    """Half a second apart: standing, a bottom, standing again."""
    return [(plate(y_px),) for y_px in (up, up, (up + down) / 2, down, (up + down) / 2, up, up)]
