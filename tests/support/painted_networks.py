"""Tiny networks with the true output layouts, and films in which they find what they paint.

In a film every joint of a rendered squat's truth gets a dot in a colour of its own. A network finds the dots' middles
in whatever part of the picture it is shown, takes back the normalisation that its kind is trained with, and paints from
there what such a network gives: SimCC vectors, heat maps, boxes, part affinity fields. So a wrong colour order,
normalisation, crop, order of points or way back to the picture moves or loses the joints.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

from depthperception.geometry.skeletons import SKELETONS, SWAP, Landmark
from depthperception.pose.networks.part_affinity import BODY_25, COCO, Skeleton
from depthperception.types import FloatArray
from depthperception.video import frames
from tests.support.clips import make_clip

JOINTS = ("shoulder", "elbow", "wrist", "ankle", "knee", "hip")
"""Of a truth file that are painted, the deciding ones over the others."""

EYES_OVER_ANKLES = 0.89
"""In statures, as `capture.scale.HEAD_TO_ANKLE`: where the head is painted, which no truth file has."""

DOT_PX, TOLERANCE = 8, 40.0
"""Radius of a dot in a picture of 1280 px, and how far from a colour it is still that one."""

MARKS = (
    Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE, *(
        Landmark[f"{side}_{joint.upper()}"] for joint in JOINTS for side in ("LEFT", "RIGHT")
    ),
)  # fmt: skip

COLOURS: dict[Landmark, tuple[int, int, int]] = dict(
    zip(
        MARKS,
        [
            (255, 255, 128), (128, 255, 255), (255, 128, 255), (255, 0, 128), (128, 0, 255), (0, 255, 128),
            (255, 128, 0), (0, 128, 255), (128, 255, 0), (255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 0),
            (0, 255, 255), (255, 0, 255),
        ],
        strict=True,
    )
)  # fmt: skip


def truth_px(truth: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Times (n,) of a truth file and its joints (n, 33, 2) in the picture; NaN where nothing is known."""
    intrinsic, turn, way = (np.array(truth["camera"][name]) for name in ("K", "R", "t"))
    points = np.full((len(truth["frames"]), 33, 3), np.nan)
    for row, frame in enumerate(truth["frames"]):
        for joint in JOINTS:
            for side in ("left", "right"):
                points[row, Landmark[f"{side}_{joint}".upper()]] = frame[joint][side]
    shoulders, hips = points[:, [11, 12]].mean(axis=1), points[:, [23, 24]].mean(axis=1)
    trunk = (shoulders - hips) / np.linalg.norm(shoulders - hips, axis=1, keepdims=True)
    over_m = EYES_OVER_ANKLES * truth["stature_cm"] / 100.0 + points[0, 27, 2] - shoulders[0, 2]
    for mark, aside in ((Landmark.NOSE, 0.0), (Landmark.LEFT_EYE, -0.04), (Landmark.RIGHT_EYE, 0.04)):
        points[:, mark] = shoulders + over_m * trunk + [aside, 0.0, -0.05 * (mark == Landmark.NOSE)]
    seen = points @ turn.T + way
    image = seen @ intrinsic.T
    return np.array([frame["time_s"] for frame in truth["frames"]]), image[..., :2] / image[..., 2:]


def dotted(clip: Path, out: Path) -> Path:
    """Write a rendered clip with a dot at each joint of the truth beside it, without any loss."""
    truth = json.loads(clip.with_suffix(".json").read_text())
    _, joints = truth_px(truth)
    pictures, times = [], []
    for frame, points in zip(frames(clip), joints, strict=False):
        picture = frame.rgb()
        radius = round(DOT_PX * max(picture.shape[:2]) / 1280)
        for mark, colour in COLOURS.items():
            middle = np.rint(16 * (points[mark] - 0.5)).astype(int)  # cv2 counts from the middles of px
            cv2.circle(picture, middle.tolist(), 16 * radius, colour, -1, shift=4)
        pictures.append(picture)
        times.append(frame.time_s)
    return make_clip(
        out, pictures, times, codec="libx264rgb", pix_fmt="rgb24", options={"qp": "0", "preset": "ultrafast"}
    )


@dataclass
class Graph:
    """An ONNX graph while it is built."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def of(self, values: Any, kind: type = np.float32) -> str:
        """Add a constant."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def __call__(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add a node, and name what it gives."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def times(self, value: str, by: Any) -> str:
        """Multiply by a constant."""
        return self("Mul", value, self.of(by))

    def plus(self, value: str, more: Any) -> str:
        """Add a constant."""
        return self("Add", value, self.of(more))

    def squared(self, value: str) -> str:
        """Multiply by itself."""
        return self("Mul", value, value)

    def total(self, value: str, axes: Sequence[int], *, keep: bool = True) -> str:
        """Sum over axes."""
        return self("ReduceSum", value, self.of(axes, np.int64), keepdims=int(keep))

    def gauss(self, squares: str, sd: float) -> str:
        """Give the Gaussian of squared distances."""
        return self("Exp", self.times(squares, -0.5 / sd**2))


@dataclass(frozen=True)
class Kind:
    """How a network of a kind is fed: size, colours, normalisation, and whether as MoveNet's whole numbers."""

    size_px: tuple[int, int]
    colours: str = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sd: tuple[float, float, float] = (1.0, 1.0, 1.0)
    whole_numbers: bool = False


IMAGENET = Kind((192, 256), mean=(123.675, 116.28, 103.53), sd=(58.395, 57.12, 57.375))
KINDS = {
    "simcc": IMAGENET,
    "simcc_halpe": IMAGENET,
    "heatmaps": IMAGENET,
    "yolo_pose": Kind((320, 320), sd=(255.0,) * 3),
    "yolo_pose_suppressed": Kind((320, 320), sd=(255.0,) * 3),
    "rtmo": Kind((320, 320), colours="bgr"),
    "movenet": Kind((256, 256), whole_numbers=True),
    "movenet_multipose": Kind((256, 256), whole_numbers=True),
    "body_25": Kind((368, 368), colours="bgr", mean=(128.0,) * 3, sd=(256.0,) * 3),
    "openpose_coco": Kind((368, 368), colours="bgr", mean=(128.0,) * 3, sd=(256.0,) * 3),
}
"""Written down by hand, from the sources that the layouts' modules name."""

SKELETON_OF = {"simcc_halpe": "halpe_26", "body_25": "body_25", "openpose_coco": "coco_18"}


def write_network(path: Path, name: str, metadata: dict[str, str] | None = None) -> Path:
    """Write the network of a kind that finds dots."""
    kind, graph = KINDS[name], Graph()
    places, scores = _found(graph, kind, SKELETONS[SKELETON_OF.get(name, "coco_17")])
    outputs = HEADS[name](graph, kind, places, scores)
    return _saved(path, graph, kind, outputs, metadata or {})


def _found(graph: Graph, kind: Kind, skeleton: tuple[int, Any]) -> tuple[str, str]:
    """Find the middles (1, points, 2) of the dots in px of the input, and whether they are there (1, points, 1)."""
    width, height = kind.size_px
    value = "input"
    if kind.whole_numbers:
        value = graph("Transpose", graph("Cast", value, to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    sd, mean = (np.array(part).reshape(1, 3, 1, 1) for part in (kind.sd, kind.mean))
    rgb = graph.plus(graph.times(value, sd), mean)
    count, marks = skeleton
    colours = np.full((count, 3), 1e4)
    for row, mark in marks.items():
        if mark in COLOURS:
            colours[row] = COLOURS[mark][:: 1 if kind.colours == "rgb" else -1]
    away = graph("Sub", graph("Unsqueeze", rgb, graph.of([1], np.int64)), graph.of(colours.reshape(1, count, 3, 1, 1)))
    squares = graph.total(graph.squared(away), [2], keep=False)
    weights = graph("Relu", graph.plus(graph.times(squares, -1.0 / TOLERANCE**2), 1.0))
    whole = graph.plus(graph.total(weights, [2, 3], keep=False), 1e-6)
    grid = np.arange(width).reshape(1, 1, 1, width), np.arange(height).reshape(1, 1, height, 1)
    middles = [graph("Div", graph.total(graph.times(weights, part), [2, 3], keep=False), whole) for part in grid]
    axis = graph.of([2], np.int64)
    places = graph("Concat", *(graph("Unsqueeze", one, axis) for one in middles), axis=2)
    there = graph("Clip", graph.times(whole, 2.0), graph.of(0.0), graph.of(0.9))
    return _as_seen(graph, marks, places, graph("Unsqueeze", there, axis))


def _as_seen(graph: Graph, marks: Any, places: str, scores: str) -> tuple[str, str]:
    """Take left for right in a mirror image, as whoever sees a body does: there his left is at the picture's left."""
    rows = {mark: row for row, mark in marks.items()}
    swapped = [rows.get(SWAP[marks[row]], row) if row in marks else row for row in range(max(marks) + 1)]
    left, right = (
        graph("Gather", _column(graph, places, 0), graph.of([rows[mark]], np.int64), axis=1)
        for mark in (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    )
    mirrored = graph("Less", left, right)
    order = graph.of(swapped, np.int64)
    exchanged = (graph("Gather", one, order, axis=1) for one in (places, scores))
    both = [graph("Where", mirrored, *pair) for pair in zip(exchanged, (places, scores), strict=True)]
    return both[0], both[1]


def _column(graph: Graph, places: str, axis: int) -> str:
    return graph("Slice", places, *(graph.of([value], np.int64) for value in (axis, axis + 1, 2)))


def _simcc(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    vectors = []
    for axis, side in enumerate(kind.size_px):
        bins = graph.of(np.arange(2 * side).reshape(1, 1, -1))
        away = graph("Sub", bins, graph.times(_column(graph, places, axis), 2.0))
        vectors.append(graph("Mul", graph.gauss(graph.squared(away), 6.0), scores))
    return vectors


def _heat(graph: Graph, places: str, scores: str, size: tuple[int, int], sd: float) -> str:
    """Paint Gaussians (1, points, height, width) round places in cells."""
    grids = np.arange(size[0]).reshape(1, 1, 1, -1), np.arange(size[1]).reshape(1, 1, -1, 1)
    axis = graph.of([3], np.int64)
    squares = [
        graph.squared(graph("Sub", graph.of(grid), graph("Unsqueeze", _column(graph, places, k), axis)))
        for k, grid in enumerate(grids)
    ]
    return graph("Mul", graph.gauss(graph("Add", *squares), sd), graph("Unsqueeze", scores, axis))


def _heatmaps(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    size = kind.size_px[0] // 4, kind.size_px[1] // 4
    cells = graph.times(places, (np.array(size) - 1) / (np.array(kind.size_px) - 1))
    return [_heat(graph, cells, scores, size, 2.0)]


def _rows(graph: Graph, places: str, scores: str, before: Sequence[float]) -> str:
    """Lay places and scores of one person out as one row (1, 1, before + 3 * points)."""
    points = graph("Reshape", graph("Concat", places, scores, axis=2), graph.of([1, 1, -1], np.int64))
    return graph("Concat", graph.of([[before]]), points, axis=2)


def _yolo(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    right = _rows(graph, graph.plus(places, 0.5), scores, [160.0, 160.0, 150.0, 200.0, 0.8])
    wrong = _rows(graph, graph.plus(places, 40.0), scores, [164.0, 160.0, 150.0, 200.0, 0.6])
    return [graph("Transpose", graph("Concat", right, wrong, axis=1), perm=[0, 2, 1])]


def _yolo_suppressed(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    right = _rows(graph, graph.plus(places, 0.5), scores, [60.0, 60.0, 210.0, 260.0, 0.8, 0.0])
    nothing = _rows(graph, places, scores, [0.0] * 6)
    return [graph("Concat", right, nothing, axis=1)]


def _rtmo(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    points = graph("Unsqueeze", graph("Concat", places, scores, axis=2), graph.of([1], np.int64))
    return [graph("Identity", graph.of([[[60.0, 60.0, 210.0, 260.0, 0.8]]])), points]


def _shares(graph: Graph, kind: Kind, places: str, scores: str) -> str:
    """Give y, x, score (1, points, 3) as shares of the input."""
    shares = graph.times(graph.plus(places, 0.5), 1.0 / np.array(kind.size_px))
    return graph("Concat", _column(graph, shares, 1), _column(graph, shares, 0), scores, axis=2)


def _movenet(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    return [graph("Unsqueeze", _shares(graph, kind, places, scores), graph.of([1], np.int64))]


def _multipose(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
    points = graph("Reshape", _shares(graph, kind, places, scores), graph.of([1, 1, -1], np.int64))
    person = graph("Concat", points, graph.of([[[0.1, 0.1, 0.9, 0.9, 0.8]]]), axis=2)
    return [graph("Concat", person, graph.of(np.zeros((1, 5, 56))), axis=1)]


def _part_affinity(skeleton: Skeleton, middle_hip: bool) -> Any:
    def paint(graph: Graph, kind: Kind, places: str, scores: str) -> list[str]:
        """Paint maps of parts, the neck and the middle of the hips from their sides, and fields along limbs."""
        mix = np.eye(skeleton.parts)
        mix[1] = 0.5 * (mix[2] + mix[5])
        if middle_hip:
            mix[8] = 0.5 * (mix[9] + mix[12])
        places, scores = (graph("MatMul", graph.of(mix[None]), one) for one in (places, scores))
        size = kind.size_px[0] // 8, kind.size_px[1] // 8
        cells = graph.plus(graph.times(graph.plus(places, 0.5), 1.0 / 8.0), -0.5)
        fields = [""] * (2 * len(skeleton.limbs))
        for ends, at in zip(skeleton.limbs, skeleton.fields, strict=True):
            fields[at], fields[at + 1] = _field(graph, cells, scores, ends, size)
        background = graph.of(np.zeros((1, 1, size[1], size[0])))
        return [graph("Concat", _heat(graph, cells, scores, size, 1.0), background, *fields, axis=1)]

    return paint


def _field(graph: Graph, cells: str, scores: str, ends: tuple[int, int], size: tuple[int, int]) -> list[str]:
    """Paint the unit vector from one part to another over a band of one cell to each side: x and y (1, 1, h, w)."""
    axis = graph.of([1], np.int64)
    rows = [graph.of([end], np.int64) for end in ends]
    first, second = (graph("Gather", cells, row, axis=1) for row in rows)
    way = graph("Sub", second, first)
    length = graph("Sqrt", graph.plus(graph.total(graph.squared(way), [2]), 1e-6))
    unit = graph("Div", way, length)
    ux, uy, x, y = (
        graph("Unsqueeze", _column(graph, one, k), axis) for one, k in ((unit, 0), (unit, 1), (first, 0), (first, 1))
    )
    dx = graph("Sub", graph.of(np.arange(size[0]).reshape(1, 1, 1, -1)), x)
    dy = graph("Sub", graph.of(np.arange(size[1]).reshape(1, 1, -1, 1)), y)
    along = graph("Add", graph("Mul", dx, ux), graph("Mul", dy, uy))
    across = graph("Sub", graph("Mul", dx, uy), graph("Mul", dy, ux))
    inside = [
        graph("Less", graph("Abs", across), graph.of(1.0)),
        graph("Greater", along, graph.of(-1.0)),
        graph("Less", along, graph.plus(graph("Unsqueeze", length, axis), 1.0)),
    ]
    band = graph("Cast", graph("And", graph("And", *inside[:2]), inside[2]), to=TensorProto.FLOAT)
    there = graph("Mul", *(graph("Unsqueeze", graph("Gather", scores, row, axis=1), axis) for row in rows))
    weighted = graph("Mul", band, there)
    return [graph("Mul", weighted, ux), graph("Mul", weighted, uy)]


HEADS = {
    "simcc": _simcc, "simcc_halpe": _simcc, "heatmaps": _heatmaps, "yolo_pose": _yolo,
    "yolo_pose_suppressed": _yolo_suppressed, "rtmo": _rtmo, "movenet": _movenet, "movenet_multipose": _multipose,
    "body_25": _part_affinity(BODY_25, True), "openpose_coco": _part_affinity(COCO, False),
}  # fmt: skip


def write_constant(path: Path, outputs: Sequence[Any], size_px: tuple[int, int] = (192, 256)) -> Path:
    """Write a network that gives the same whatever it is shown."""
    graph = Graph()
    nothing = graph.times(graph("ReduceMean", "input", axes=[0, 1, 2, 3], keepdims=0), 0.0)
    given = [graph("Add", graph.of(values), nothing) for values in outputs]
    return _saved(path, graph, Kind(size_px), given, {})


def _saved(path: Path, graph: Graph, kind: Kind, outputs: Sequence[str], metadata: dict[str, str]) -> Path:
    width, height = kind.size_px
    shape = [1, height, width, 3] if kind.whole_numbers else [1, 3, height, width]
    taken = helper.make_tensor_value_info(
        "input", TensorProto.INT32 if kind.whole_numbers else TensorProto.FLOAT, shape
    )
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    whole = helper.make_graph(graph.nodes, "painted", [taken], given, graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, metadata)
    save(model, str(path))
    return path
