"""The network: BlazePose's encoder tapped at every scale, a decoder up to stride 4, and what is said of each point.

The encoder comes from the ONNX file that ships; its weights stay trainable and go back to ONNX with the decoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn

from depthperception.surfaces import COUNT, STATES

TAPS = ("model_1/model/add/add", "model_1/model/add_1/add", "model_1/model/add_5/add", "model_1/model/add_8/add")
"""Ends of the names of the encoder's maps of strides 4, 8, 16 and 32 in pose_landmark_full.onnx."""

TAP_CHANNELS = (24, 32, 88, 144)


class Output(NamedTuple):
    """What is said of a batch.

    Attributes
    ----------
    points : (b, 16, 2)
        -1 to 1 across the picture.
    spread : (b, 16, 3)
        Log of both standard deviations along x and y, and the inverse hyperbolic tangent of their correlation.
    states : (b, 16, 3)
        Logits.
    heat : (b, 16, s / 4, s / 4)
        Logits of where each point is.
    """

    points: Tensor
    spread: Tensor
    states: Tensor
    heat: Tensor


@dataclass(frozen=True)
class Step:
    """One operation of an ONNX graph."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    options: dict[str, Any]


class Encoder(nn.Module):
    """The convolutions of an ONNX file up to some of its inner maps, trainable.

    It holds Conv, Clip, Add, MaxPool and Pad alone, as MediaPipe's pose networks do.
    """

    def __init__(self, path: Path, taps: Sequence[str]) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
        steps: list[Step] = []
        for node in graph.node:
            options = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
            if node.op_type in ("Cast", "Identity") and node.input[0] in constants:
                constants[node.output[0]] = constants[node.input[0]].astype(np.float32)
            else:
                steps.append(Step(node.op_type, tuple(node.input), node.output[0], options))
        self.source = graph.input[0].name
        self.taps = [next(step.output for step in steps if step.output.endswith(tap)) for tap in taps]
        self.steps = _needed(steps, self.taps)
        self.weights = nn.ParameterDict()
        self.names: dict[str, str] = {}
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        for step in self.steps:
            for name in step.inputs:
                if name in constants and name not in self.names:
                    if step.kind in ("Conv", "Add"):
                        self.names[name] = f"w{len(self.names)}"
                        self.weights[self.names[name]] = nn.Parameter(torch.tensor(constants[name].astype(np.float32)))
                    else:
                        self.constants[name] = constants[name]

    def forward(self, picture: Tensor) -> list[Tensor]:
        """Inner maps of pictures (b, 3, s, s), 0 to 1."""
        values = {self.source: picture.permute(0, 2, 3, 1)}
        for step in self.steps:
            values[step.output] = self._run(step, values)
        return [values[tap] for tap in self.taps]

    def _value(self, name: str, values: dict[str, Tensor]) -> Tensor:
        return values[name] if name in values else self.weights[self.names[name]]

    def _run(self, step: Step, values: dict[str, Tensor]) -> Tensor:
        x = self._value(step.inputs[0], values)
        if step.kind == "Conv":
            return self._convolved(step, x)
        if step.kind == "Add":
            return x + self._value(step.inputs[1], values)
        if step.kind == "Clip":
            low, high = (float(self.constants[name]) if name else None for name in step.inputs[1:3])
            # On a CPU hardtanh's gradient takes a third of clamp's time.
            return torch.clamp(x, low, high) if low is None or high is None else F.hardtanh(x, low, high)
        if step.kind == "Pad":
            ends = [int(n) for n in self.constants[step.inputs[1]]]
            half = len(ends) // 2
            return F.pad(x, [n for k in reversed(range(half)) for n in (ends[k], ends[k + half])])
        if step.kind == "Transpose":
            return x.permute(*step.options["perm"])
        if step.kind == "MaxPool":
            top, left, bottom, right = step.options.get("pads", [0, 0, 0, 0])
            padded = F.pad(x, (left, right, top, bottom), value=-1e30) if any((top, left, bottom, right)) else x
            return F.max_pool2d(padded, step.options["kernel_shape"], step.options["strides"])
        raise NotImplementedError(step.kind)

    def _convolved(self, step: Step, x: Tensor) -> Tensor:
        weight, *bias = (self.weights[self.names[name]] for name in step.inputs[1:])
        top, left, bottom, right = step.options.get("pads", [0, 0, 0, 0])
        even = (top, left) == (bottom, right)
        padded = x if even else F.pad(x, (left, right, top, bottom))
        stride, groups = step.options.get("strides", [1, 1]), step.options.get("group", 1)
        return F.conv2d(padded, weight, bias[0] if bias else None, stride, (top, left) if even else 0, 1, groups)


def _needed(steps: list[Step], outputs: Sequence[str]) -> list[Step]:
    needed, kept = set(outputs), []
    for step in reversed(steps):
        if step.output in needed:
            kept.append(step)
            needed |= set(step.inputs)
    return kept[::-1]


def _separable(channels: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
    ]


class Rise(nn.Module):
    """One step up the decoder: the encoder's map beside, the coarser one from below."""

    def __init__(self, beside: int, channels: int) -> None:
        super().__init__()
        # The encoder's maps reach from 0 to some hundreds.
        self.beside = nn.Sequential(nn.Conv2d(beside, channels, 1, bias=False), nn.BatchNorm2d(channels))
        self.mix = nn.Sequential(*_separable(channels), *_separable(channels))

    def forward(self, beside: Tensor, below: Tensor | None) -> Tensor:
        """Join both."""
        x: Tensor = self.beside(beside)
        if below is not None:
            x = x + F.interpolate(below, scale_factor=2.0, mode="bilinear", align_corners=False)
        return x + self.mix(x)


class SurfaceNet(nn.Module):
    """Crease, fold, knee top and joints of both legs in a crop.

    Parameters
    ----------
    weights
        BlazePose full as ONNX.
    channels
        Of the decoder.
    """

    def __init__(self, weights: Path, channels: int = 96) -> None:
        super().__init__()
        self.encoder = Encoder(weights, TAPS)
        self.rises = nn.ModuleList([Rise(beside, channels) for beside in TAP_CHANNELS])
        self.heat = nn.Conv2d(channels, COUNT, 1)
        self.name = nn.Parameter(0.1 * torch.randn(COUNT, 32))
        last = nn.Linear(96, 2 + 3 + len(STATES))
        inputs = 2 * channels + 3 + 32
        self.say = nn.Sequential(nn.LayerNorm(inputs), nn.Linear(inputs, 96), nn.ReLU(), last)
        # The encoder's maps are large: small first weights keep the first heat and words near even.
        with torch.no_grad():
            self.heat.weight.mul_(0.05)
            last.weight.mul_(0.1)

    def forward(self, picture: Tensor) -> Output:
        """Look at pictures (b, 3, s, s) of display values from 0 to 1; s is a multiple of 32."""
        maps = self.encoder(picture)
        low: Tensor | None = None
        coarse: Tensor | None = None
        for rise, beside in zip(reversed(self.rises), reversed(maps), strict=True):
            low = rise(beside, low)
            coarse = low if coarse is None else coarse
        assert low is not None
        assert coarse is not None
        heat = self.heat(low)
        # A place to a part of a px needs more digits than bfloat16 has.
        with torch.autocast(picture.device.type, enabled=False):
            return self.read(low.float(), heat.float(), coarse.float())

    def read(self, fine: Tensor, heat: Tensor, coarse: Tensor) -> Output:
        """Read points off the heat, and what is known of each off the map where it is hot."""
        rows, columns = heat.shape[2:]
        hot = heat.flatten(2).softmax(-1)
        x = ((torch.arange(columns, device=heat.device) + 0.5) / columns * 2.0 - 1.0).repeat(rows)
        y = ((torch.arange(rows, device=heat.device) + 0.5) / rows * 2.0 - 1.0).repeat_interleave(columns)
        grid = torch.stack([x, y, x * x, y * y, x * y], dim=-1)
        moments = hot @ grid
        points = moments[..., :2]
        wide = (moments[..., 2:4] - points**2).clamp_min(1e-6)
        tilt = (moments[..., 4] - points[..., 0] * points[..., 1]) / wide.prod(-1).sqrt()
        there = hot @ fine.flatten(2).transpose(1, 2)
        around = coarse.mean((2, 3))[:, None].expand(-1, COUNT, -1)
        names = self.name[None].expand(len(heat), -1, -1)
        said = self.say(torch.cat([there, around, wide.log() * 0.25, tilt[..., None], names], dim=-1))
        shift, spread, states = said[..., :2], said[..., 2:5], said[..., 5:]
        # Half the log of the variance of the heat is where the spread starts from.
        start = torch.cat([0.5 * wide.log(), torch.zeros_like(tilt)[..., None]], dim=-1)
        return Output(points + 0.02 * shift, start + spread, states, heat)
