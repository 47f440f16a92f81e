"""The head of method `appearance`, as it runs: a few convolutions in numpy over the frozen network's inner maps.

It finds points in each map (crease, knee top, joints, and some of its own choice) as the expected place under a softmax
over the cells, which keeps fractions of a cell (Levine et al. 2016, End-to-end training of deep visuomotor policies),
and reads depth, its uncertainty and the camera off them. `learn/appearance/network.py` is the same head in training.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from depthperception.types import FloatArray

MAP_SHAPE = (192, 16, 16)

NAMED_POINTS = 18
"""The first points are crease, knee top and joints (`learn/appearance/pictures.POINTS`), each left, then right."""

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Said:
    """What a head says of n pairs of crops.

    Attributes
    ----------
    outputs : (n, 9)
        In the order of `prediction.OUTPUTS`, before their units.
    bottom, standing : (n, 18, 2)
        Where it sees the named points, x and y from -1 to 1 across each crop.
    """

    outputs: FloatArray
    bottom: FloatArray
    standing: FloatArray


@dataclass(frozen=True, eq=False)
class Head:
    """The trained head.

    Attributes
    ----------
    weights
        `bottom.enter`, `bottom.1.a`, `bottom.1.b`, ..., `bottom.where`, the same for `standing`, `read.0` to `read.2`;
        each with `.weight` and `.bias`, normalisation folded in.
    conformal
        Factor on the head's own doubt so that 90 % intervals hold on bodies left out.
    """

    weights: Weights
    conformal: float = 1.0

    def __call__(self, bottom: NDArray[np.float32], standing: NDArray[np.float32]) -> Said:
        """Read maps (n, 192, 16, 16) of the bottom and of the standing lifter."""
        low, low_places = self._describe("bottom", bottom)
        high, high_places = self._describe("standing", standing)
        x = np.concatenate([low, high], axis=1)
        for layer in ("read.0", "read.1"):
            x = np.maximum(x @ self.weights[f"{layer}.weight"].T + self.weights[f"{layer}.bias"], 0.0)
        outputs = x @ self.weights["read.2.weight"].T + self.weights["read.2.bias"]
        return Said(*(np.asarray(found, np.float64) for found in (outputs, low_places, high_places)))

    def _describe(self, branch: str, maps: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        x = np.maximum(self._convolved(f"{branch}.enter", maps), 0.0)
        block = 1
        while f"{branch}.{block}.a.weight" in self.weights:
            change = self._convolved(f"{branch}.{block}.a", x)
            x = np.maximum(x + self._convolved(f"{branch}.{block}.b", np.maximum(change, 0.0)), 0.0)
            block += 1
        places, spread = expected_places(self._convolved(f"{branch}.where", x))
        described = np.concatenate([places.reshape(len(x), -1), spread, x.mean(axis=(2, 3))], axis=1)
        return described, places[:, :NAMED_POINTS]

    def _convolved(self, layer: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
        return convolved(x, self.weights[f"{layer}.weight"], self.weights[f"{layer}.bias"])


def load_head(path: Path) -> Head:
    """Load a head that `learn/appearance` wrote (half precision)."""
    with np.load(path) as file:
        stored = {name: file[name].astype(np.float32) for name in file.files}
    return Head(stored, float(stored.pop("conformal")))


def convolved(x: NDArray[np.float32], weight: NDArray[np.float32], bias: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convolve maps (n, c, h, w) with kernels (k, c, s, s) of odd size; zeros outside; gives (n, k, h, w)."""
    reach = weight.shape[-1] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    windows = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    found = np.tensordot(windows, weight, axes=((1, 4, 5), (1, 2, 3)))
    return np.asarray(np.moveaxis(found + bias, -1, 1), np.float32)


def expected_places(logits: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Expected place (n, k, 2), x and y from -1 to 1, and spread (n, k) under a softmax over maps (n, k, h, w)."""
    _, _, high, wide = logits.shape
    flat = logits.reshape(*logits.shape[:2], -1)
    share = np.exp(flat - flat.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    y, x = np.meshgrid(*((np.arange(n) + 0.5) / (n / 2) - 1.0 for n in (high, wide)), indexing="ij")
    cells = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    places = share @ cells
    variance = share @ (cells**2).sum(axis=1) - (places**2).sum(axis=-1)
    return np.asarray(places, np.float32), np.asarray(np.sqrt(np.maximum(variance, 0.0) + 1e-6), np.float32)
