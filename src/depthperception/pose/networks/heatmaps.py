"""Heat maps, one for each point of one person (ViTPose, HRNet, SimpleBaseline): (1, points, height / 4, width / 4).

As rtmlib (tools/pose_estimation/vitpose.py) reads them.
"""

from collections.abc import Sequence

import numpy as np

from depthperception.pose.networks.layout import Instances, Layout, Shape, finest
from depthperception.pose.networks.spec import IMAGENET_MEAN, IMAGENET_SD, NetworkSpec
from depthperception.types import FloatArray

LARGEST_SHARE = 0.5
"""Of the input's sides: maps are a quarter as large, of some networks half."""


def _points(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][0] != 1:
        return None
    _, count, height, width = shapes[0]
    fits = max(width / spec.input_px[0], height / spec.input_px[1]) <= LARGEST_SHARE
    same = abs(width / height - spec.input_px[0] / spec.input_px[1]) < 0.05
    return count if fits and same else None


def _decode(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    maps = np.asarray(outputs[0][0], np.float64)
    size = np.array(maps.shape[:0:-1])
    peaks = [np.unravel_index(int(one.argmax()), one.shape) for one in maps]
    places = np.array([finest(one, int(x), int(y)) for one, (y, x) in zip(maps, peaks, strict=True)])
    whole = np.array(spec.input_px)
    places = places * ((whole - 1) / (size - 1) if spec.udp else whole / size)
    return Instances(places[None], np.clip(maps.max(axis=(1, 2)), 0.0, 1.0)[None])


LAYOUT = Layout(
    name="heatmaps",
    networks="ViTPose, HRNet",
    expected="one output (1, points, height / 4, width / 4)",
    several=False,
    spec=NetworkSpec(mean=IMAGENET_MEAN, sd=IMAGENET_SD),
    points=_points,
    decode=_decode,
)
