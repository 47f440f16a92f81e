"""SimCC: for each point a vector along x and one along y (RTMPose; Li et al. 2022, Simple coordinate classification).

Outputs as rtmlib (tools/pose_estimation/rtmpose.py) and MMDeploy export them: simcc_x (1, points, split * width) and
simcc_y (1, points, split * height).
"""

from collections.abc import Sequence

import numpy as np

from depthperception.pose.networks.layout import Instances, Layout, Shape
from depthperception.pose.networks.spec import IMAGENET_MEAN, IMAGENET_SD, NetworkSpec
from depthperception.types import FloatArray


def _points(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    width, height = (round(spec.split * side) for side in spec.input_px)
    if len(shapes) != 2 or any(len(shape) != 3 for shape in shapes):
        return None
    count = shapes[0][1]
    return count if list(shapes) == [(1, count, width), (1, count, height)] else None


def _decode(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    along = [np.asarray(values[0], np.float64) for values in outputs]
    places = np.stack([values.argmax(axis=1) / spec.split for values in along], axis=-1)
    scores = np.minimum(*(values.max(axis=1) for values in along))
    return Instances(places[None], np.clip(scores, 0.0, 1.0)[None])


LAYOUT = Layout(
    name="simcc",
    networks="RTMPose",
    expected="two outputs (1, points, split * width) and (1, points, split * height)",
    several=False,
    spec=NetworkSpec(mean=IMAGENET_MEAN, sd=IMAGENET_SD),
    points=_points,
    decode=_decode,
)
