"""Networks in the formats of Caffe and darknet, tiny ones, written byte by byte."""

from pathlib import Path

import numpy as np

from depthperception.types import FloatArray


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _field(number: int, content: bytes) -> bytes:
    """A field of protocol buffers that has a length."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _blob(values: FloatArray) -> bytes:
    shape = _field(1, b"".join(_varint(side) for side in values.shape))
    return _field(7, _field(7, shape) + _field(5, values.astype("<f4").tobytes()))


def write_caffe(path: Path, weights: FloatArray, bias: FloatArray, size_px: int) -> Path:
    """Write one convolution (outputs, 3, kernel, kernel) whose stride is its kernel, and its description beside it."""
    outputs, _, kernel, _ = weights.shape
    path.with_suffix(".prototxt").write_text(
        f'input: "image"\ninput_dim: 1\ninput_dim: 3\ninput_dim: {size_px}\ninput_dim: {size_px}\n'
        f'layer {{ name: "net_output" type: "Convolution" bottom: "image" top: "net_output" convolution_param '
        f"{{ num_output: {outputs} kernel_size: {kernel} stride: {kernel} }} }}\n"
    )
    names = _field(1, b"net_output") + _field(2, b"Convolution") + _field(3, b"image") + _field(4, b"net_output")
    path.write_bytes(_field(100, names + _blob(weights) + _blob(bias)))
    return path


def write_darknet(path: Path, bias: FloatArray, red: FloatArray, size_px: int, anchor_px: tuple[int, int]) -> Path:
    """Write a convolution (85 of a cell of 32 px: bias, and weight of its first px' red), then YOLO's layer."""
    path.with_suffix(".cfg").write_text(
        f"[net]\nwidth={size_px}\nheight={size_px}\nchannels=3\n\n"
        f"[convolutional]\nsize=1\nstride=32\npad=0\nfilters={len(bias)}\nactivation=linear\n\n"
        f"[yolo]\nmask=0\nanchors={anchor_px[0]},{anchor_px[1]}\nclasses=80\nnum=1\n"
    )
    weights = np.zeros((len(bias), 3))
    weights[:, 0] = red
    head = np.array([0, 2, 5], "<i4").tobytes() + np.array([0], "<i8").tobytes()
    path.write_bytes(head + bias.astype("<f4").tobytes() + weights.astype("<f4").tobytes())
    return path
