"""MoveNet: y, x and score of COCO's 17 points as shares of the input (Google 2021, model cards on Kaggle).

Lightning and Thunder give (1, 1, 17, 3) of one person, MultiPose (1, 6, 56) of six: 17 times y, x, score, then
ymin, xmin, ymax, xmax, score. The input is int32, height by width by colour, as tf2onnx keeps it.
"""

from collections.abc import Sequence

import numpy as np

from depthperception.pose.networks.layout import Instances, Layout, Shape
from depthperception.pose.networks.spec import NetworkSpec
from depthperception.types import FloatArray

POINTS, PEOPLE = 17, 6

LEAST_PERSON = 0.15
"""As `people.movenet`: below it a detection is taken for furniture."""


def _single(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    return POINTS if list(shapes) == [(1, 1, POINTS, 3)] else None


def _multiple(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    return POINTS if list(shapes) == [(1, PEOPLE, 3 * POINTS + 5)] else None


def _decode_single(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    return _placed(np.asarray(outputs[0][0], np.float64), spec)


def _decode_multiple(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    rows = np.asarray(outputs[0][0], np.float64)
    rows = rows[rows[:, -1] >= LEAST_PERSON]
    return _placed(rows[:, : 3 * POINTS].reshape(-1, POINTS, 3), spec)


def _placed(points: FloatArray, spec: NetworkSpec) -> Instances:
    return Instances(points[..., 1::-1] * spec.input_px - 0.5, points[..., 2])


SINGLE = Layout(
    name="movenet",
    networks="MoveNet Lightning and Thunder",
    expected="one output (1, 1, 17, 3)",
    several=False,
    spec=NetworkSpec(),
    points=_single,
    decode=_decode_single,
)

MULTIPLE = Layout(
    name="movenet_multipose",
    networks="MoveNet MultiPose",
    expected="one output (1, 6, 56)",
    several=True,
    spec=NetworkSpec(),
    points=_multiple,
    decode=_decode_multiple,
)
