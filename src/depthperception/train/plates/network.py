"""The detector: EfficientNet-Lite0 without its last stage, three scales merged, one map of centres and one of boxes.

A cell of the map says whether a plate's centre lies near it, and how far the plate's edges are away. One map at an
eighth of the picture serves all sizes, because the coarser scales are merged into it (Zhou et al. 2019, Objects as
points; Liu et al. 2020, Training-time-friendly network for real-time object detection).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE_PX = 8
"""Side of a cell: a plate seen edge-on is 10 px wide and more where a lifter fills the picture."""

BLOCKS = (
    (3, 1, 1, 32, 16),
    (3, 2, 6, 16, 24), (3, 1, 6, 24, 24),
    (5, 2, 6, 24, 40), (5, 1, 6, 40, 40),
    (3, 2, 6, 40, 80), (3, 1, 6, 80, 80), (3, 1, 6, 80, 80),
    (5, 1, 6, 80, 112), (5, 1, 6, 112, 112), (5, 1, 6, 112, 112),
    (5, 2, 6, 112, 192), (5, 1, 6, 192, 192), (5, 1, 6, 192, 192),
)  # fmt: skip
"""Kernel, stride, expansion, channels in and out of EfficientNet-Lite0's blocks, but for its last two.

Those would make the file too large: 1.5 of 3.4 million numbers, for maps that classify and need not say where.
"""

TAPS = {4: 40, 10: 112, 13: 192}
"""Blocks whose output is merged, at an eighth, a sixteenth and a thirty-second of the picture, and their channels."""

CHANNELS = 96
BATCH_EPSILON = 1e-3
"""As EfficientNet was trained with."""

RARE = -4.0
"""First bias of the centres: a cell in fifty holds one, which keeps the first steps from drowning in background."""


class Convolution(nn.Module):
    """A convolution padded as TensorFlow pads, and a normalisation whose statistics are frozen.

    Batches mix real pictures with renders and mosaics, whose statistics no picture at run time has.
    """

    def __init__(self, inside: int, outside: int, kernel: int, stride: int = 1, *, depthwise: bool = False) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        groups = inside if depthwise else 1
        self.conv = nn.Conv2d(inside, outside, kernel, stride, bias=False, groups=groups)
        self.scale = nn.Parameter(torch.ones(outside))
        self.shift = nn.Parameter(torch.zeros(outside))

    def forward(self, x: Tensor) -> Tensor:
        """(n, inside, h, w) to (n, outside, h / stride, w / stride); h and w are multiples of the stride."""
        spare = self.kernel - self.stride
        before = spare // 2
        if spare and self.stride > 1:
            x = functional.pad(x, (before, spare - before, before, spare - before))
        padding = 0 if self.stride > 1 else before
        weight = self.conv.weight * self.scale[:, None, None, None]
        return functional.conv2d(x, weight, self.shift, self.stride, padding, 1, self.conv.groups)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; the input passes by where shapes allow."""

    def __init__(self, kernel: int, stride: int, expansion: int, inside: int, outside: int) -> None:
        super().__init__()
        middle = inside * expansion
        self.widen = Convolution(inside, middle, 1) if expansion > 1 else None
        self.filter = Convolution(middle, middle, kernel, stride, depthwise=True)
        self.narrow = Convolution(middle, outside, 1)
        self.passes = stride == 1 and inside == outside

    def forward(self, x: Tensor) -> Tensor:
        """(n, inside, h, w) to (n, outside, h / stride, w / stride)."""
        y = x if self.widen is None else functional.relu6(self.widen(x))
        y = self.narrow(functional.relu6(self.filter(y)))
        return x + y if self.passes else y


class Smoothing(nn.Module):
    """A depthwise 5 x 5 and a pointwise convolution: cheap, and it sees far."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.filter = Convolution(channels, channels, 5, depthwise=True)
        self.mix = Convolution(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Shape as the input."""
        return functional.relu6(x + self.mix(functional.relu6(self.filter(x))))


class PlateNetwork(nn.Module):
    """Pictures in, logits of centres and sizes out."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution(3, 32, 3, 2)
        self.blocks = nn.ModuleList(InvertedResidual(*block) for block in BLOCKS)
        self.laterals = nn.ModuleList(Convolution(channels, CHANNELS, 1) for channels in TAPS.values())
        self.merges = nn.ModuleList(Smoothing(CHANNELS) for _ in TAPS)
        self.centre_head = nn.Sequential(Smoothing(CHANNELS), nn.Conv2d(CHANNELS, 1, 1))
        self.box_head = nn.Sequential(Smoothing(CHANNELS), nn.Conv2d(CHANNELS, 4, 1))
        self._begin()

    def _begin(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.normal_(self.centre_head[-1].weight, std=0.01)
        nn.init.constant_(self.centre_head[-1].bias, RARE)
        nn.init.normal_(self.box_head[-1].weight, std=0.01)
        nn.init.constant_(self.box_head[-1].bias, 1.5)  # e^1.5 cells of 8 px: a plate of 72 px

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures to maps.

        Parameters
        ----------
        rgb : (n, 3, h, w)
            0 to 255, sides multiples of 32 px.

        Returns
        -------
        centres : (n, 1, h / 8, w / 8)
            Logit that a plate's centre is near.
        sides : (n, 4, h / 8, w / 8)
            Distances in px from the cell's middle to the plate's left, top, right and bottom edge.
        """
        x = functional.relu6(self.stem((rgb - 127.0) / 128.0))
        maps = []
        for k, block in enumerate(self.blocks):
            x = block(x)
            if k in TAPS:
                maps.append(x)
        merged: Tensor | None = None
        for k in reversed(range(len(maps))):
            lateral, merge = self.laterals[k], self.merges[k]
            y = lateral(maps[k])
            if merged is not None:
                y = y + functional.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = merge(y)
        assert merged is not None
        # Beyond e^5 cells lie 1,187 px; the bound keeps a first, wild step finite in half precision.
        return self.centre_head(merged), self.box_head(merged).float().clamp(-3.0, 5.0).exp() * STRIDE_PX

    def backbone_parameters(self) -> list[nn.Parameter]:
        """What ImageNet has taught already."""
        return [*self.stem.parameters(), *self.blocks.parameters()]

    def head_parameters(self) -> list[nn.Parameter]:
        """What begins at chance."""
        known = {id(parameter) for parameter in self.backbone_parameters()}
        return [parameter for parameter in self.parameters() if id(parameter) not in known]


def backbone_from_imagenet(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Fold the published EfficientNet-Lite0 (PyTorch names, Apache-2.0) into the backbone's parameters.

    The normalisation of each convolution becomes its scale and shift.
    """
    places = [("stem", "_conv_stem", "_bn0")]
    for k, (_, _, expansion, _, _) in enumerate(BLOCKS):
        steps = [("filter", "_depthwise_conv", "_bn1"), ("narrow", "_project_conv", "_bn2")]
        if expansion > 1:
            steps.insert(0, ("widen", "_expand_conv", "_bn0"))
        places += [(f"blocks.{k}.{own}", f"_blocks.{k}.{conv}", f"_blocks.{k}.{norm}") for own, conv, norm in steps]
    folded = {}
    for own, conv, norm in places:
        gain = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + BATCH_EPSILON)
        folded[f"{own}.conv.weight"] = state[f"{conv}.weight"] * gain[:, None, None, None]
        folded[f"{own}.scale"] = torch.ones_like(gain)
        folded[f"{own}.shift"] = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * gain
    return folded
