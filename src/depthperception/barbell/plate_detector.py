"""Plates on barbells in one picture, from any side: a small network says where, today's rims say exactly.

>>> plates = detect_plates(rgb)
>>> plates[0].box_px, plates[0].score, plates[0].ellipse

The network (see `depthperception.train.plates`) saw real plates and rendered ones, from full circles to edges. Its
boxes hold all plates on one end of a bar; they are good to a tenth of a plate, and are a start, not a measurement.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from depthperception.geometry.roi import box_iou
from depthperception.models import session
from depthperception.types import FloatArray, Picture

if TYPE_CHECKING:
    import onnxruntime as ort

LONG_SIDE_PX = 416
"""What the network was trained at; a plate of 3 % of the picture is 12 px then, the least that it was taught."""

GRID_PX = 32
"""Pictures are filled up to multiples of this: the network halves five times."""

LEAST_SCORE = 0.3
"""Below this a find is not told; see docs for precision and recall at other thresholds."""

SAME_IOU = 0.55
"""Two finds that overlap more are one plate; near and far plate of a bar seen from the side overlap up to half."""


@dataclass(frozen=True, eq=False)
class PlateBox:
    """The plates on one end of a bar.

    Attributes
    ----------
    box_px : (4,)
        x0, y0, x1, y1 in the picture; may reach beyond its edges, where the plate does.
    score
        The network's confidence, 0 to 1.
    """

    box_px: FloatArray
    score: float

    @cached_property
    def ellipse(self) -> tuple[FloatArray, FloatArray]:
        """Middle (2,) and half-axes (2,) along x and y, in px, of the ellipse that fills the box.

        It is the plate's outline where the camera is not tilted sideways and one plate is on the bar.
        """
        low, high = self.box_px[:2], self.box_px[2:]
        return (low + high) / 2, (high - low) / 2


def detect_plates(
    rgb: Picture,
    *,
    long_side_px: int = LONG_SIDE_PX,
    least_score: float = LEAST_SCORE,
    network: "ort.InferenceSession | None" = None,
) -> tuple[PlateBox, ...]:
    """Find the plates in a picture, the surest first.

    Parameters
    ----------
    rgb : (h, w, 3)
        Upright picture, of any size.
    long_side_px
        The picture is scaled to this for the network; more finds smaller plates and costs its square.
    least_score
        Finds below this are left out.
    network
        Another network than the shipped one.
    """
    height, width = rgb.shape[:2]
    scale = long_side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(rgb, size, interpolation=smooth)
    canvas = np.full((*(-(-side // GRID_PX) * GRID_PX for side in small.shape[:2]), 3), 114, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    running = network or session("plates", threads=1)
    scores, boxes = (out[0].astype(np.float64) for out in running.run(None, {"rgb": canvas[None]}))
    unit = np.tile([width / small.shape[1], height / small.shape[0]], 2)
    return tuple(PlateBox(box * unit, score) for box, score in _distinct(*_peaks(scores, boxes, least_score)))


def _peaks(scores: FloatArray, boxes: FloatArray, least: float) -> tuple[FloatArray, FloatArray]:
    """Scores (n,) and boxes (n, 4) of cells that no neighbour exceeds, the highest first."""
    highest = cv2.dilate(scores, np.ones((3, 3), np.uint8))
    chosen = (scores >= highest) & (scores >= least)
    order = np.argsort(-scores[chosen])
    return scores[chosen][order], boxes[chosen][order]


def _distinct(scores: FloatArray, boxes: FloatArray) -> list[tuple[FloatArray, float]]:
    """Leave out boxes that overlap a surer one."""
    kept: list[tuple[FloatArray, float]] = []
    for score, box in zip(scores, boxes, strict=True):
        if all(box_iou(box, other) <= SAME_IOU for other, _ in kept):
            kept.append((box, float(score)))
    return kept
