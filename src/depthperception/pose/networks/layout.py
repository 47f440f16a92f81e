"""What a layout of outputs is: one module for each, registered in `pose.networks`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.pose.networks.spec import NetworkSpec
from depthperception.types import FloatArray

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Instances:
    """The people whom a network found.

    Attributes
    ----------
    points_px : (n, points, 2)
        In px of its input, counted from the middle of the first; NaN where a point is not found.
    scores : (n, points)
        Confidence in each, 0 where it is not found.
    """

    points_px: FloatArray
    scores: FloatArray


@dataclass(frozen=True)
class Layout:
    """A way in which networks lay their outputs out.

    Attributes
    ----------
    name
        What TOML and messages call it.
    networks
        Which ones do, in words.
    expected
        Its shapes, in words: what somebody reads whose file has others.
    several
        Whether it finds several people, and so is shown a square round the lifter instead of his box.
    spec
        How such networks are fed, as they are trained and exported.
    points
        How many points outputs of these shapes give; None where they are not of this layout.
    decode
        Reads the outputs of one picture.
    """

    name: str
    networks: str
    expected: str
    several: bool
    spec: NetworkSpec
    points: Callable[[Sequence[Shape], NetworkSpec], int | None]
    decode: Callable[[Sequence[FloatArray], NetworkSpec], Instances]


def finest(heat: FloatArray, x: int, y: int) -> tuple[float, float]:
    """Place a peak of a heat map (height, width) between cells, by the parabola through the logs of its neighbours.

    Exact where the peak is a Gaussian. Zhang et al. 2020, Distribution-aware coordinate representation, the diagonal of
    their Hessian.
    """
    return _between(heat[y], x), _between(heat[:, x], y)


def _between(values: FloatArray, at: int) -> float:
    if not 0 < at < len(values) - 1:
        return float(at)
    low, middle, high = np.log(np.maximum(values[at - 1 : at + 2], 1e-9))
    bend = low - 2.0 * middle + high
    return float(at + np.clip((low - high) / (2.0 * bend), -0.5, 0.5)) if bend < 0 else float(at)
