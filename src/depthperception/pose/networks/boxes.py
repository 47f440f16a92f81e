"""Boxes with key points: YOLO-pose's rows, and RTMO's boxes and points as rtmlib exports them.

YOLO-pose (Ultralytics, docs on the task "pose"): (1, 5 + 3 * points, boxes), in each column middle x and y, width,
height, score, then x, y, score of each point, px of the input; exported with its own suppression (1, boxes,
6 + 3 * points): corners, score, class, points. RTMO (rtmlib, tools/pose_estimation/rtmo.py): corners and score
(1, boxes, 5), points (1, boxes, points, 3).
"""

from collections.abc import Sequence

import numpy as np

from depthperception.geometry.roi import box_iou
from depthperception.pose.networks.layout import Instances, Layout, Shape
from depthperception.pose.networks.spec import NetworkSpec
from depthperception.types import FloatArray, IntArray

LEAST_BOX, SAME_BOX = 0.25, 0.65
"""Score of a box that counts, and the overlap from which on two are of one person: Ultralytics' and rtmlib's own lie
between .25 and .7, and .45 and .7. A box too many costs nothing, as the lifter's is chosen by his sighting."""

CORNERS, SUPPRESSED = 5, 6
"""Numbers before the points, as the network gives them and with its own suppression."""


def suppressed(corners_px: FloatArray, scores: FloatArray, least: float, same: float) -> IntArray:
    """Rows of the surest boxes, without those of a person who has one already.

    Parameters
    ----------
    corners_px : (n, 4)
        x0, y0, x1, y1.
    scores : (n,)
        How sure each is.
    least, same
        The score that counts; the overlap (intersection over union) of two boxes of one person.
    """
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable"):
        if scores[row] < least:
            break
        if all(box_iou(corners_px[row], corners_px[other]) < same for other in kept):
            kept.append(int(row))
    return np.array(kept, dtype=np.int64)


def corners_of(middles_px: FloatArray) -> FloatArray:
    """Corners (n, 4) of boxes given by middle x, y, width and height (n, 4)."""
    half = middles_px[:, 2:] / 2
    return np.concatenate([middles_px[:, :2] - half, middles_px[:, :2] + half], axis=1)


def _rows(shapes: Sequence[Shape]) -> tuple[int, int] | None:
    """Find the axis of a box's numbers, and how many stand before its points."""
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][0] != 1:
        return None
    for axis in (1, 2):
        for before in (CORNERS, SUPPRESSED):
            points, rest = divmod(shapes[0][axis] - before, 3)
            if rest == 0 and points in _COUNTS and (before == CORNERS or axis == 2):
                return axis, before
    return None


_COUNTS = (17, 26, 133)
"""Points of bodies: by them (1, 56, 8400) is told from (1, 8400, 56)."""


def _yolo_points(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    found = _rows(shapes)
    return (shapes[0][found[0]] - found[1]) // 3 if found else None


def _decode_yolo(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    axis, before = _rows([outputs[0].shape]) or (1, CORNERS)
    rows = np.asarray(outputs[0][0] if axis == 2 else outputs[0][0].T, np.float64)
    corners = rows[:, :4] if before == SUPPRESSED else corners_of(rows[:, :4])
    points = rows[:, before:].reshape(len(rows), -1, 3)
    return _chosen(corners, rows[:, 4], points - [0.5, 0.5, 0.0])  # YOLO counts from the edge of the first px


def _rtmo_points(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    if len(shapes) != 2 or len(shapes[0]) != 3 or len(shapes[1]) != 4:
        return None
    boxes, points = shapes
    return points[2] if boxes[::2] == (1, 5) and points[:2] == boxes[:2] and points[3] == 3 else None


def _decode_rtmo(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    boxes, points = (np.asarray(values[0], np.float64) for values in outputs)
    return _chosen(boxes[:, :4], boxes[:, 4], points)


def _chosen(corners: FloatArray, scores: FloatArray, points: FloatArray) -> Instances:
    kept = suppressed(corners, scores, LEAST_BOX, SAME_BOX)
    return Instances(points[kept, :, :2], points[kept, :, 2])


YOLO = Layout(
    name="yolo_pose",
    networks="YOLO-pose",
    expected="one output (1, 5 + 3 * points, boxes), or (1, boxes, 6 + 3 * points) with its own suppression",
    several=True,
    spec=NetworkSpec(sd=(255.0, 255.0, 255.0)),
    points=_yolo_points,
    decode=_decode_yolo,
)

RTMO = Layout(
    name="rtmo",
    networks="RTMO",
    expected="two outputs (1, boxes, 5) and (1, boxes, points, 3)",
    several=True,
    spec=NetworkSpec(colours="bgr"),
    points=_rtmo_points,
    decode=_decode_rtmo,
)
