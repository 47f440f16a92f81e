"""The trained network as the ONNX file that ships: weights in half precision, normalisation folded in.

Needs the packages torch and onnx, which running the file does not.
"""

import io
import re
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from depthperception.surfaces import POINTS, STATES
from depthperception.surfaces.seeing import SIZE_PX
from depthperception.train.onnx_files import SMALLEST, halve
from depthperception.train.surfaces.network import SurfaceNet
from depthperception.types import FloatArray

OPSET = 17
"""As in the other shipped files."""

LAYER = re.compile(r"/net/(rises\.\d|say)(?:/(beside|mix))?/(?:say|beside|mix)\.(\d)/(Conv|MatMul)")
"""Nodes of a file that ships whose weights have lost their names."""

OUTPUTS = ("points", "spread", "states")


class _Said(nn.Module):
    """What ships of the outputs: the heat is only learnt from."""

    def __init__(self, net: SurfaceNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        said = self.net(picture)
        return said.points, said.spread, said.states


def surfaces_model(state: Path, encoder: Path) -> onnx.ModelProto:
    """Make the ONNX model of a checkpoint: a crop and its mirror image in, `OUTPUTS` out.

    Parameters
    ----------
    state
        What training wrote.
    encoder
        BlazePose full as it ships, whose graph the encoder follows.
    """
    net = SurfaceNet(encoder)
    net.load_state_dict(torch.load(state, map_location="cpu", weights_only=True))
    written = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter warns of itself, and of sizes that it holds fast: they are fixed.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Said(net).eval(), (torch.zeros(2, 3, SIZE_PX, SIZE_PX),), written, opset_version=OPSET,
            input_names=["picture"], output_names=list(OUTPUTS), dynamo=False,
        )  # fmt: skip
    model = onnx.load_from_string(written.getvalue())
    _round_convolutions(model)
    model.producer_name, model.producer_version = "depthperception", ""
    helper.set_model_props(model, {"points": " ".join(POINTS), "states": " ".join(STATES)})
    return halve(model)


def state_of(model: onnx.ModelProto, net: SurfaceNet) -> dict[str, Tensor]:
    """Read a file that `surfaces_model` made back into a checkpoint that `net` loads: training goes on from it.

    Normalisation is folded into the convolutions; what is left of it is neutral, but for the shifts, and must stay so:
    train such a network in `eval` mode.
    """
    values = _initialisers(model)
    modules, names = dict(net.named_modules()), net.state_dict()
    found = {name: values[f"net.{name}"] for name in names if f"net.{name}" in values}
    for node in model.graph.node:
        place = LAYER.fullmatch(node.name)
        if place is None:
            continue
        path, k = ".".join(part for part in place.groups()[:2] if part), int(place[3])
        weight = values[node.input[1]]
        found[f"{path}.{k}.weight"] = weight.T if place[4] == "MatMul" else weight
        if place[4] == "Conv" and len(node.input) > 2:
            found |= _neutral(f"{path}.{k + 1}", modules[f"{path}.{k + 1}"], values[node.input[2]])
    found["name"] = next(value for value in values.values() if value.shape == (1, *net.name.shape))[0]
    return {name: torch.tensor(found[name], dtype=value.dtype) for name, value in names.items()}


def _initialisers(model: onnx.ModelProto) -> dict[str, FloatArray]:
    """Values by the names that nodes use: those that ship in half precision go through a Cast."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    casts = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Cast"}
    values |= {name: values[source] for name, source in casts.items() if source in values}
    return {name: value.astype(np.float64) for name, value in values.items()}


def _neutral(path: str, norm: nn.Module, shift: FloatArray) -> dict[str, FloatArray]:
    assert isinstance(norm, nn.BatchNorm2d)
    one = np.ones_like(shift)
    parts = {"weight": one, "bias": shift, "running_mean": 0.0 * one, "running_var": one - norm.eps,
             "num_batches_tracked": np.array(0.0)}  # fmt: skip
    return {f"{path}.{name}": value for name, value in parts.items()}


def _round_convolutions(model: onnx.ModelProto) -> None:
    """Round weights of convolutions to half precision; places on the map need all digits and stay."""
    weights = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name in weights and values.size >= SMALLEST:
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16).astype(np.float32), tensor.name))
