"""The report's third method as it was published: a small dense network on a padded landmark sequence.

Flatten(192 frames x 33 landmarks x 2), Dense 32 ReLU, Dense 64 ReLU, Dense 1 sigmoid. It is here to be compared with:
on lifters that it has never seen it is right on two lifts in three. `train/front/published.py` trains it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike

from depthperception.errors import DataError, ModelError
from depthperception.geometry.skeletons import COUNT
from depthperception.models import checked_bytes
from depthperception.types import FloatArray

FRAMES = 192
"""Length to which sequences are padded with zeros, or cut; the longest published clip has 191 frames."""

INPUTS = FRAMES * COUNT * 2
HIDDEN = (32, 64)

_SHAPES = {
    "weights1": (INPUTS, HIDDEN[0]),
    "bias1": (HIDDEN[0],),
    "weights2": HIDDEN,
    "bias2": (HIDDEN[1],),
    "weights3": (HIDDEN[1], 1),
    "bias3": (1,),
}


@dataclass(frozen=True, eq=False)
class PublishedNetwork:
    """The network's parameters; layer k takes x to x @ weights_k + bias_k."""

    weights1: FloatArray
    bias1: FloatArray
    weights2: FloatArray
    bias2: FloatArray
    weights3: FloatArray
    bias3: FloatArray
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def probability(self, inputs: FloatArray) -> FloatArray:
        """Probability (m,) that each row of `inputs` (m, inputs) is a valid lift."""
        first = np.maximum(inputs @ self.weights1 + self.bias1, 0)
        second = np.maximum(first @ self.weights2 + self.bias2, 0)
        return sigmoid(second @ self.weights3 + self.bias3)[:, 0]

    def save(self, path: Path) -> None:
        """Write the parameters as float16, which moves probabilities by .0002 at most, with their provenance."""
        arrays = {name: getattr(self, name).astype(np.float16) for name in _SHAPES}
        with path.open("wb") as file:
            np.savez_compressed(file, provenance=np.array(json.dumps(dict(self.provenance))), **arrays)

    @classmethod
    def load(cls, path: Path) -> "PublishedNetwork":
        """Read a network that `save` wrote.

        Raises
        ------
        ModelError
            When the file is missing or is not such a network.
        """
        try:
            return cls.parse(path.read_bytes())
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"{path} cannot be read as the published network ({error}); expected an .npz of its six arrays. "
                "Train it again with `depthperception train front-published DATA --out MODEL`."
            ) from error

    @classmethod
    def parse(cls, content: bytes) -> "PublishedNetwork":
        """Make the network of the content of such a file."""
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            arrays = {part.name: stored[part.name] for part in fields(cls)}
        provenance = json.loads(str(arrays.pop("provenance")))
        if wrong := [name for name, shape in _SHAPES.items() if arrays[name].shape != shape]:
            raise ValueError(f"{', '.join(wrong)} of another shape")
        return cls(**{name: array.astype(float) for name, array in arrays.items()}, provenance=provenance)


def network_input(image: ArrayLike) -> FloatArray:
    """Pad or cut a sequence to the network's input.

    Parameters
    ----------
    image : (n, 33, 2 or more)
        Landmarks frame by frame: x in picture widths, y in picture heights.

    Returns
    -------
    (12672,)
        x, y of landmark 0 to 32 of frame 0, then frame 1, ...; zeros after the end.
    """
    points = np.asarray(image, dtype=float)
    if points.ndim != 3 or points.shape[1] != COUNT or points.shape[2] < 2:
        raise DataError(
            f"Found landmarks of shape {points.shape}; expected (n, {COUNT}, 2 or more). Give BlazePose landmarks "
            "frame by frame."
        )
    padded = np.zeros((FRAMES, COUNT, 2))
    used = points[:FRAMES, :, :2]
    padded[: len(used)] = used
    return padded.ravel()


def published_probability(landmarks_px: ArrayLike, size_px: tuple[int, int]) -> float:
    """Probability of a valid lift by the shipped network.

    Parameters
    ----------
    landmarks_px : (n, 33, 2 or more)
        Landmarks of every frame of one squat; frames without a lifter left out.
    size_px
        Width and height of the picture.
    """
    image = np.asarray(landmarks_px, dtype=float)[..., :2] / np.array(size_px, dtype=float)
    return float(shipped_network().probability(network_input(image)[None])[0])


def sigmoid(x: FloatArray) -> FloatArray:
    """Logistic function, clipped where float64 cannot tell the result from 0 or 1 any more."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -36, 36))))


@cache
def shipped_network() -> PublishedNetwork:
    """Load the network that ships with the package, once."""
    return PublishedNetwork.parse(checked_bytes("front_published"))
