"""What is done to every ONNX file before it ships: inner values handed out, weights in half precision.

Needs the package onnx, which running the files does not.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST = 64
"""Values in an initialiser below which halving it saves less than its Cast costs."""


def declare_outputs(model: onnx.ModelProto, shapes: Mapping[str, Sequence[int]]) -> onnx.ModelProto:
    """Add float values inside the graph, by name with their shape, to its outputs; the others stay as they are."""
    inside = {name for node in model.graph.node for name in node.output}
    for name, shape in shapes.items():
        if name not in inside:
            raise ValueError(f"no value {name!r} in the network {model.graph.name!r}")
        model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
    return model


def halve(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store float32 initialisers that float16 holds exactly as float16, with a Cast that folds when the file loads."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        half = values.astype(np.float16)
        if values.size < SMALLEST or not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model
