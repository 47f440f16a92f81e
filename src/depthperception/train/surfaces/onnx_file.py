"""The trained network as the ONNX file that ships: weights in half precision, normalisation folded in.

Needs the packages torch and onnx, which running the file does not.
"""

import io
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

OPSET = 17
"""As in the other shipped files."""

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


def _round_convolutions(model: onnx.ModelProto) -> None:
    """Round weights of convolutions to half precision; places on the map need all digits and stay."""
    weights = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name in weights and values.size >= SMALLEST:
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16).astype(np.float32), tensor.name))
