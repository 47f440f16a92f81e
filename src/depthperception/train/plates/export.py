"""The trained network as an ONNX file: byte pictures in, scores and boxes of every cell out."""

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from depthperception.train.onnx_files import SMALLEST, halve
from depthperception.train.plates.network import STRIDE_PX, Convolution, PlateNetwork

OPSET = 17
"""As the package's other networks."""


class _Deployed(nn.Module):
    """The network with what comes before and after it at run time."""

    def __init__(self, network: PlateNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (1, h, w, 3) of bytes to scores (1, h / 8, w / 8) and boxes (1, h / 8, w / 8, 4) in px."""
        centres, sides = self.network(rgb.permute(0, 3, 1, 2).float())
        scores = centres.sigmoid()[:, 0]
        # Cells are counted by sums over ones: an arange of a traced size would be a constant of one picture's size.
        ones = torch.ones_like(scores)
        x = (ones.cumsum(dim=2) - 0.5) * STRIDE_PX
        y = (ones.cumsum(dim=1) - 0.5) * STRIDE_PX
        left, top, right, bottom = sides[:, 0], sides[:, 1], sides[:, 2], sides[:, 3]
        return scores, torch.stack([x - left, y - top, x + right, y + bottom], dim=-1)


def export(network: PlateNetwork, path: Path) -> int:
    """Write the network with half-precision weights; returns the file's size in bytes.

    The arithmetic stays in single precision: a Cast stands behind each weight, which is folded when a session loads.
    """
    for module in network.modules():
        if isinstance(module, Convolution):
            with torch.no_grad():
                module.conv.weight.mul_(module.scale[:, None, None, None])
                module.scale.fill_(1.0)
    buffer = io.BytesIO()
    deployed = _Deployed(network.float().cpu().eval())
    torch.onnx.export(
        deployed,
        (torch.zeros((1, 64, 96, 3), dtype=torch.uint8),),
        buffer,
        input_names=["rgb"],
        output_names=["scores", "boxes"],
        dynamic_axes={"rgb": {1: "h", 2: "w"}, "scores": {1: "rows", 2: "columns"}, "boxes": {1: "rows", 2: "columns"}},
        opset_version=OPSET,
        dynamo=False,
    )
    model = halve(_rounded(onnx.load_from_string(buffer.getvalue())))
    path.write_bytes(model.SerializeToString())
    return path.stat().st_size


def _rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """Round weights to what half precision holds, so that they can be stored so."""
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= SMALLEST:
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16).astype(np.float32), tensor.name))
    return model
