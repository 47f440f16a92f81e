"""YOLO as the person detector of the report's height rule: box of the centremost person in the first picture.

Redmon and Farhadi 2018, YOLOv3. darknet's configuration and weights give, through OpenCV's dnn, a table of boxes for
each of three scales: middle x and y, width, height as shares of the input, objectness, and a score for each of COCO's
80 classes, multiplied by it already (OpenCV, modules/dnn/src/layers/region_layer.cpp). ONNX exports give one table in
px of the input (1, boxes, 85), or, of its later anchor-free form, (1, 84, boxes) without objectness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from depthperception.errors import ModelError
from depthperception.geometry.roi import box_iou
from depthperception.models.foreign import Runner, load_foreign
from depthperception.types import FloatArray, Picture

CLASSES, PERSON = 80, 0
"""Of COCO, in the order of darknet's coco.names."""

SIDE_PX = 416
"""Of the input, where the file leaves it open: YOLOv3's own."""

LEAST_SCORE, SAME_BOX = 0.5, 0.4
"""darknet's and OpenCV's own: from what score a box counts, and from what overlap two are of one person."""

GREY = 114
"""Of what is beside a picture that is not square."""


@dataclass(frozen=True)
class PersonDetector:
    """A loaded detector."""

    runner: Runner

    def people(self, rgb: Picture) -> FloatArray:
        """Find everybody: boxes (n, 4) of x0, y0, x1, y1 in px of the picture, the surest first.

        Raises
        ------
        ModelError
            When the network's outputs are not those of YOLO.
        """
        width, height = (side or SIDE_PX for side in self.runner.size_px)
        scale = min(width / rgb.shape[1], height / rgb.shape[0])
        small = cv2.resize(
            rgb, (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)), interpolation=cv2.INTER_AREA
        )
        canvas = np.full((height, width, 3), GREY, np.uint8)
        canvas[: small.shape[0], : small.shape[1]] = small
        rows = _rows(self.runner.look(np.asarray(canvas / 255.0, np.float64)), self.runner.path)
        boxes, scores = rows[:, :4], rows[:, 4:].max(axis=1)
        of_people = (rows[:, 4:].argmax(axis=1) == PERSON) & (scores >= LEAST_SCORE)
        boxes = boxes[of_people][np.argsort(-scores[of_people], kind="stable")]
        if len(boxes) and boxes.max() <= 2.0:  # shares of the input
            boxes = boxes * [width, height, width, height]
        corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1) / scale
        kept: list[FloatArray] = []
        for box in corners:
            if all(box_iou(box, other) < SAME_BOX for other in kept):
                kept.append(box)
        return np.array(kept).reshape(-1, 4)

    def centremost(self, rgb: Picture) -> FloatArray | None:
        """Box (4,) of the person whose middle is nearest to the picture's; None where nobody is found."""
        boxes = self.people(rgb)
        if not len(boxes):
            return None
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        away = np.linalg.norm(middles - np.array(rgb.shape[1::-1]) / 2, axis=1)
        return np.asarray(boxes[int(away.argmin())])


def _rows(outputs: Sequence[FloatArray], path: Path) -> FloatArray:
    """Put the tables together: middle x, y, width, height, and a score for each class (n, 84)."""
    tables: list[FloatArray] = [values.reshape(values.shape[-2:]) for values in outputs if values.ndim >= 2]
    whole: list[FloatArray] = [table if table.shape[1] >= CLASSES + 4 else table.T for table in tables]
    widths = {int(table.shape[1]) for table in whole}
    if widths == {CLASSES + 5}:
        rows = np.concatenate(whole)
        multiplied = len(outputs) > 1  # by OpenCV, which gives a table for each scale
        scores = rows[:, 5:] if multiplied else rows[:, 5:] * rows[:, 4:5]
        return np.concatenate([rows[:, :4], scores], axis=1)
    if widths == {CLASSES + 4} and len(whole) == 1:
        return whole[0]
    found = " and ".join(str(values.shape) for values in outputs)
    raise ModelError(
        f"{path.name} gives {found}; expected YOLO's boxes of COCO's classes: (1, boxes, {CLASSES + 5}), (1, "
        f"{CLASSES + 4}, boxes), or darknet's tables (boxes, {CLASSES + 5}). Take YOLOv3."
    )


def load_detector(path: Path) -> PersonDetector:
    """Load a detector, once.

    Raises
    ------
    ModelError
        When it cannot be read.
    """
    return _loaded(path.resolve())


@cache
def _loaded(path: Path) -> PersonDetector:
    return PersonDetector(load_foreign(path))
