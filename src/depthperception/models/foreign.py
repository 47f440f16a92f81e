"""Networks that a user brings: ONNX through ONNX Runtime, Caffe and darknet through OpenCV's dnn.

OpenCV has read Caffe and darknet up to version 4; 5 does not.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthperception.errors import ModelError, quoted
from depthperception.models import open_network
from depthperception.types import FloatArray

WEIGHTS = {".onnx": (), ".caffemodel": (".prototxt",), ".weights": (".cfg",)}
"""Endings of files that are read, and of what has to lie beside each under the same name."""

COLOURS = 3


@dataclass(frozen=True)
class Runner:
    """A network that is loaded.

    Attributes
    ----------
    path
        Its file.
    sha256
        Of the file.
    size_px
        Width and height of its input; 0 where the file leaves it open.
    colours_last
        Whether the input is height by width by colour; else colour by height by width.
    integers
        Whether it takes whole numbers.
    metadata
        What the file says of itself.
    run
        Gives the outputs of one input, batch of one.
    """

    path: Path
    sha256: str
    size_px: tuple[int, int]
    colours_last: bool
    integers: bool
    metadata: Mapping[str, str]
    run: Callable[[NDArray[Any]], Sequence[FloatArray]]

    def look(self, picture: FloatArray) -> list[FloatArray]:
        """Run on a picture (height, width, 3) that is normalised already.

        Raises
        ------
        ModelError
            When the network does not take it.
        """
        laid = picture if self.colours_last else picture.transpose(2, 0, 1)
        blob = np.ascontiguousarray(laid[None], np.int32 if self.integers else np.float32)
        try:
            return [np.asarray(values) for values in self.run(blob)]
        except Exception as error:  # each runtime has errors of its own, without a common base
            raise ModelError(
                f"{self.path.name} cannot be run on a picture of {blob.shape} ({_line(error)}); expected a network "
                "that takes one picture. Export it again."
            ) from error


def checked_weights(path: Path) -> Path:
    """Refuse a file that no runtime here reads, or one that is not there.

    Raises
    ------
    ModelError
    """
    if path.suffix.lower() not in WEIGHTS:
        raise ModelError(
            f"{path} ends in {quoted(path.suffix or 'nothing')}; expected {', '.join(WEIGHTS)}. Export the network "
            "as ONNX."
        )
    for needed in (path, *(path.with_suffix(ending) for ending in WEIGHTS[path.suffix.lower()])):
        if not needed.is_file():
            raise ModelError(f"{needed} is not there; expected the file of a network. Check the path.")
    return path


def load_foreign(path: Path) -> Runner:
    """Load a network.

    Raises
    ------
    ModelError
        When it is missing, cannot be read, or is of a kind that the installed OpenCV does not read.
    """
    checked_weights(path)
    try:
        return _onnx(path) if path.suffix.lower() == ".onnx" else _by_opencv(path)
    except ModelError:
        raise
    except Exception as error:  # as in `look`
        raise ModelError(
            f"{path} cannot be loaded ({_line(error)}); expected a network. Export or download it again."
        ) from error


def _onnx(path: Path) -> Runner:
    content = path.read_bytes()
    session = open_network(content, threads=1)
    taken, *others = session.get_inputs()
    if others or len(taken.shape) != 4:
        raise ModelError(
            f"{path.name} takes {len(others) + 1} inputs, the first of shape {taken.shape}; expected one picture "
            "(1, 3, height, width) or (1, height, width, 3). Export it again."
        )
    last = taken.shape[3] == COLOURS
    sides = taken.shape[1:3] if last else taken.shape[2:4]
    height, width = (side if isinstance(side, int) else 0 for side in sides)
    return Runner(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_px=(width, height),
        colours_last=last,
        integers="int" in taken.type,
        metadata=session.get_modelmeta().custom_metadata_map,
        run=lambda blob: session.run(None, {taken.name: blob}),
    )


def _by_opencv(path: Path) -> Runner:
    import cv2  # noqa: PLC0415

    caffe = path.suffix.lower() == ".caffemodel"
    name = "readNetFromCaffe" if caffe else "readNetFromDarknet"
    if not hasattr(cv2.dnn, name):
        raise ModelError(
            f"{path.name} is a {'Caffe' if caffe else 'darknet'} network, which OpenCV {cv2.__version__} does not "
            "read; expected OpenCV 4, or the network as ONNX. Install 'opencv-python-headless<5', or convert it."
        )
    described = path.with_suffix(WEIGHTS[path.suffix.lower()][0])
    network, alone = getattr(cv2.dnn, name)(str(described), str(path)), Lock()

    def run(blob: NDArray[Any]) -> Sequence[FloatArray]:
        with alone:  # a net keeps its input
            network.setInput(blob)
            found: Sequence[FloatArray] = network.forward(network.getUnconnectedOutLayersNames())
            return found

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Runner(path, digest, _darknet_size(described) if not caffe else (0, 0), False, False, {}, run)


def _darknet_size(described: Path) -> tuple[int, int]:
    """Width and height of a darknet's input, by its description; 0 where it does not say."""
    lines = (line.partition("=") for line in described.read_text(encoding="utf-8").splitlines())
    said = {name.strip(): value.strip() for name, _, value in lines if name.strip() in ("width", "height")}
    return int(said.get("width", 0)), int(said.get("height", 0))


def _line(error: Exception) -> str:
    """Give the first line of what a runtime says."""
    return str(error).strip().partition("\n")[0][:160]
