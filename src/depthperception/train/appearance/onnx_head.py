"""The trained head as the ONNX file that ships: the graph, with what goes with it as the file's metadata.

The weights are named `bottom.enter`, `bottom.1.a`, `bottom.1.b`, ..., `bottom.where`, the same for `standing`, `read.0`
to `read.2`; each with `.weight` and `.bias`, normalisation folded in. Needs the package onnx.
"""

from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from depthperception.appearance.features import OUTPUTS, UNITS
from depthperception.appearance.head import MAP_SHAPE, NAMED_POINTS
from depthperception.train.onnx_files import halve

Weights = Mapping[str, NDArray[np.floating]]

OPSET, IR_VERSION = 17, 8
"""As in the other shipped files."""


def head_model(weights: Weights, conformal: float) -> onnx.ModelProto:
    """Build the network of a head, its weights rounded to half precision.

    Parameters
    ----------
    weights
        By name, as the module's docstring says.
    conformal
        Factor on the head's own doubt so that 90 % intervals hold on bodies left out.
    """
    graph = _Graph({name: values.astype(np.float16).astype(np.float32) for name, values in weights.items()})
    described = [graph.branch(name) for name in MOMENTS]
    x = graph.add("Concat", described, "described", axis=1)
    for layer, last in (("read.0", False), ("read.1", False), ("read.2", True)):
        x = graph.add("Gemm", [x, f"{layer}.weight", f"{layer}.bias"], "outputs" if last else layer, transB=1)
        x = x if last else graph.add("Relu", [x], f"{layer}.relu")
    model = helper.make_model(
        graph.made(),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="depthperception",
    )
    helper.set_model_props(model, metadata(conformal))
    return halve(model)


MOMENTS = ("bottom", "standing")
"""The network's inputs: maps (n, 192, 16, 16) of both."""


def metadata(conformal: float) -> dict[str, str]:
    """What the file says of itself: the factor, what its outputs are and in which units, by name."""
    return {
        "conformal": repr(conformal),
        "outputs": " ".join(OUTPUTS),
        "units": " ".join(f"{unit:g}" for unit in UNITS),
    }


class _Graph:
    """Nodes as they are added, and the arrays that they take."""

    def __init__(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        cells = cell_places()
        lists = {
            "flat": [0, -1],
            "points_first": [0, 0, -1],
            "last": [-1],
            "from": [0],
            "to": [NAMED_POINTS],
            "on": [1],
        }
        self.arrays: dict[str, NDArray[Any]] = {
            **arrays,
            "cells": cells,
            "cells.squared": (cells**2).sum(axis=1, keepdims=True),
            "none": np.array(0.0, np.float32),
            "least": np.array(1e-6, np.float32),
            **{name: np.array(values, np.int64) for name, values in lists.items()},
        }

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output, and give that output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def conv(self, x: str, layer: str) -> str:
        """Convolve with zeros outside."""
        reach = self.arrays[f"{layer}.weight"].shape[-1] // 2
        return self.add("Conv", [x, f"{layer}.weight", f"{layer}.bias"], layer, pads=[reach] * 4)

    def branch(self, name: str) -> str:
        """From one inner map to the numbers that describe it; its named points become an output."""
        x = self.add("Relu", [self.conv(name, f"{name}.enter")], f"{name}.0")
        for block in takewhile(lambda k: f"{name}.{k}.a.weight" in self.arrays, count(1)):
            change = self.add("Relu", [self.conv(x, f"{name}.{block}.a")], f"{name}.{block}.a.relu")
            change = self.conv(change, f"{name}.{block}.b")
            x = self.add("Relu", [self.add("Add", [x, change], f"{name}.{block}.sum")], f"{name}.{block}")
        places, spread = self.expected_places(self.conv(x, f"{name}.where"))
        self.add("Slice", [places, "from", "to", "on"], f"{name}_points")
        flat = self.add("Reshape", [places, "flat"], f"{name}.places.flat")
        mean = self.add("Flatten", [self.add("GlobalAveragePool", [x], f"{name}.mean")], f"{name}.mean.flat")
        return self.add("Concat", [flat, spread, mean], f"{name}.described", axis=1)

    def expected_places(self, logits: str) -> tuple[str, str]:
        """Expected place (n, k, 2), x and y from -1 to 1, and spread (n, k) under a softmax over maps (n, k, h, w)."""
        flat = self.add("Reshape", [logits, "points_first"], f"{logits}.flat")
        share = self.add("Softmax", [flat], f"{logits}.share", axis=-1)
        places = self.add("MatMul", [share, "cells"], f"{logits}.places")
        second = self.add("MatMul", [share, "cells.squared"], f"{logits}.second")
        second = self.add("Squeeze", [second, "last"], f"{logits}.second.flat")
        first = self.add("Mul", [places, places], f"{logits}.places.squared")
        first = self.add("ReduceSum", [first, "last"], f"{logits}.first", keepdims=0)
        variance = self.add("Sub", [second, first], f"{logits}.difference")
        variance = self.add("Max", [variance, "none"], f"{logits}.variance")
        return places, self.add("Sqrt", [self.add("Add", [variance, "least"], f"{logits}.raised")], f"{logits}.spread")

    def made(self) -> onnx.GraphProto:
        """Everything together, with its inputs and outputs."""
        tensor = helper.make_tensor_value_info
        inputs = [tensor(name, onnx.TensorProto.FLOAT, ["n", *MAP_SHAPE]) for name in MOMENTS]
        points = [tensor(f"{name}_points", onnx.TensorProto.FLOAT, ["n", NAMED_POINTS, 2]) for name in MOMENTS]
        outputs = [tensor("outputs", onnx.TensorProto.FLOAT, ["n", len(OUTPUTS)]), *points]
        arrays = [numpy_helper.from_array(np.asarray(values), name) for name, values in self.arrays.items()]
        return helper.make_graph(self.nodes, "appearance", inputs, outputs, arrays)


def cell_places() -> NDArray[np.float32]:
    """Middles (256, 2) of the map's cells, x and y from -1 to 1, row by row."""
    _, high, wide = MAP_SHAPE
    y, x = np.meshgrid(*((np.arange(n) + 0.5) / (n / 2) - 1.0 for n in (high, wide)), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
