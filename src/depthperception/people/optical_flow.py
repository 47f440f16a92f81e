"""What goes down and up beside somebody's shoulders, on both sides: a bar and its plates do, the room does not."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.people.settings import TRACKING, PersonTracking
from depthperception.types import FloatArray, Picture

LONG_SIDE_PX, CELLS = 256, 32
"""Of the pictures that optical flow compares, and of the grid on which it is kept. At 192 flow told lifters from others
that squat a little worse (area under the curve .79 for .82), at 384 as well at twice the cost."""

LEAST_SIDE_PX = 12
"""OpenCV compares nothing narrower."""

ASIDE, LEVEL = np.linspace(0.15, 0.35, 5), np.linspace(-0.1, 0.1, 5)
"""Where a bar is beside the middle of the shoulders, in standing heights: beyond the arms, and to the plates."""


@dataclass(frozen=True, eq=False)
class VerticalFlow:
    """How far down (rows, columns) everything in the picture went since the look before, in px of the video."""

    down_px: NDArray[np.float16]
    cell_px: FloatArray

    def at(self, places_px: FloatArray) -> FloatArray:
        """Of places (rows, columns, 2) in px of the video; NaN outside the picture."""
        cells = (places_px / self.cell_px - 0.5).astype(np.float32)
        values = self.down_px.astype(np.float32)
        inside = ((cells > -0.5) & (cells < np.array(values.shape[::-1]) - 0.5)).all(axis=-1)
        found = cv2.remap(values, cells[..., 0], cells[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.where(inside, np.asarray(found, np.float64), np.nan)


def vertical_flow(before: Picture, now: Picture, picture_px: tuple[int, int]) -> VerticalFlow | None:
    """Compare two looks by dense optical flow (T. Kroeger et al., 2016: inverse search); None in a picture too thin."""
    greys = [_grey(rgb) for rgb in (before, now)]
    if min(greys[0].shape) < LEAST_SIDE_PX:
        return None
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(greys[0], greys[1], np.zeros(0))
    rows, columns = (max(1, round(side * CELLS / LONG_SIDE_PX)) for side in greys[0].shape)
    down = cv2.resize(np.ascontiguousarray(flow[..., 1]), (columns, rows), interpolation=cv2.INTER_AREA)
    enlarged = picture_px[1] / greys[0].shape[0]
    return VerticalFlow(np.asarray(down * enlarged, np.float16), np.array(picture_px) / [columns, rows])


def _grey(rgb: Picture) -> Picture:
    scale = LONG_SIDE_PX / max(rgb.shape)
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def follows_shoulders(
    falls: Sequence[VerticalFlow | None],
    shoulders_px: FloatArray,
    height_px: float,
    *,
    settings: PersonTracking = TRACKING,
) -> float | None:
    """How much of what is beside the shoulders goes with them, on the side where less does: up to 1, 0 for a wall.

    Parameters
    ----------
    falls
        Since each look (n) at somebody that came right after another look at him, else None.
    shoulders_px : (n, 2)
        Their middle at these looks.
    height_px
        Standing.
    settings
        Which places count, and how far.

    Returns
    -------
    The part of the shoulders' movement that is found there too; None where nothing was compared.
    """
    steps = [k for k, one in enumerate(falls) if one is not None and k > 0]
    if not steps:
        return None
    down = np.diff(shoulders_px[:, 1], prepend=shoulders_px[0, 1])[steps]
    sides = []
    for sign in (-1.0, 1.0):
        offsets = np.stack(np.meshgrid(sign * ASIDE, LEVEL), axis=-1) * height_px
        found = np.array([one.at(shoulders_px[k - 1] + offsets) for k in steps if (one := falls[k]) is not None])
        sides.append(_explained(found, down[:, None, None], settings))
    return min(sides)


def _explained(found: FloatArray, down: FloatArray, settings: PersonTracking) -> float:
    """Part of the movement `down` that places (n, rows, columns) share, a mean over the places."""
    seen = np.isfinite(found)
    moved = np.sum(np.where(seen, down, 0.0) ** 2, axis=0)
    missed = np.sum(np.where(seen, found - down, 0.0) ** 2, axis=0)
    shared = np.clip(1.0 - missed / np.maximum(moved, 1e-9), settings.least_shared, 1.0)
    return float(np.where(moved > settings.seen_part * np.sum(down**2), shared, 0.0).mean())
