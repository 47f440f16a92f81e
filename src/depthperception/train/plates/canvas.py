"""The pixels of training pictures: parts warped into place, things in front, and what cameras and codecs do.

Everything works on a whole batch where the network trains, so that one processor core feeds a fast device.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from depthperception.train.plates.plans import Part, Plan
from depthperception.types import Picture

GREY = 114.0
"""Where no picture reaches."""

OCCLUDERS = 3
"""At most, before a picture: posts, arms, bars."""


@dataclass(frozen=True, eq=False)
class Sources:
    """All pictures on the device, whole and halved: (n, 3, s, s) and (n, 3, s / 2, s / 2), 0 to 255 as bytes."""

    whole: Tensor
    half: Tensor

    @classmethod
    def of(cls, pictures: Picture, device: torch.device) -> "Sources":
        """Put pictures (n, s, s, 3) on a device."""
        whole = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
        half = torch.cat([functional.avg_pool2d(some.float(), 2).round().byte() for some in whole.split(64)])
        return cls(whole.to(device), half.to(device))


def draw(sources: Sources, plans: Sequence[Plan], side_px: int) -> Tensor:
    """Warp every part into its place: (n, 3, side, side), 0 to 255."""
    device = sources.whole.device
    canvas = torch.full((len(plans), 3, side_px, side_px), GREY, device=device)
    steps = torch.arange(side_px, device=device) + 0.5
    rows, columns = torch.meshgrid(steps, steps, indexing="ij")
    ones = torch.stack([columns, rows, torch.ones_like(rows)], dim=-1)
    for turn in range(max(len(plan.parts) for plan in plans)):
        for pictures, least, most in ((sources.whole, 0.6, np.inf), (sources.half, 0.0, 0.6)):
            side = sources.whole.shape[-1]
            chosen = [
                (k, plan.parts[turn])
                for k, plan in enumerate(plans)
                if turn < len(plan.parts) and least <= plan.parts[turn].shrink / side < most
            ]
            if chosen:
                _put(canvas, pictures, ones, chosen)
    return canvas


def _put(canvas: Tensor, pictures: Tensor, ones: Tensor, chosen: list[tuple[int, Part]]) -> None:
    device = canvas.device
    owners = torch.tensor([k for k, _ in chosen], device=device)
    parts = [part for _, part in chosen]
    back = torch.tensor(np.stack([part.back for part in parts]), dtype=torch.float32, device=device)
    places = torch.tensor([part.place for part in parts], device=device)[:, :, None, None]
    sources = pictures[torch.tensor([part.source for part in parts], device=device)].float()
    grid = torch.einsum("hwc,ndc->nhwd", ones, back) * 2.0 - 1.0
    warped = functional.grid_sample(sources, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    there = (grid.abs() < 1.0).all(dim=-1)
    there &= (ones[..., 0] >= places[:, 0]) & (ones[..., 0] < places[:, 2])
    there &= (ones[..., 1] >= places[:, 1]) & (ones[..., 1] < places[:, 3])
    canvas[owners] = torch.where(there[:, None], warped, canvas[owners])


def spoil(canvas: Tensor, generator: torch.Generator) -> Tensor:
    """Put things in front, change light and colour, blur, add noise and compression."""
    canvas = _occlude(canvas, generator)
    canvas = _recolour(canvas, generator)
    canvas = _blur(canvas, generator)
    noise = _uniform(generator, canvas, 0.0, 12.0) * _some(generator, canvas, 0.4)
    canvas = canvas + noise * torch.randn(canvas.shape, generator=generator, device=canvas.device)
    canvas = _compress(canvas.clamp(0.0, 255.0), generator)
    return canvas.clamp(0.0, 255.0)


def _uniform(generator: torch.Generator, like: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    drawn = torch.rand((len(like), channels, 1, 1), generator=generator, device=like.device)
    return low + (high - low) * drawn


def _some(generator: torch.Generator, like: Tensor, share: float) -> Tensor:
    return (_uniform(generator, like, 0.0, 1.0) < share).float()


def _occlude(canvas: Tensor, generator: torch.Generator) -> Tensor:
    """Narrow bars at any angle, of one colour with a little shading: too narrow to hide a plate that matters."""
    side = canvas.shape[-1]
    steps = (torch.arange(side, device=canvas.device) + 0.5) / side
    rows, columns = torch.meshgrid(steps, steps, indexing="ij")
    for _ in range(OCCLUDERS):
        angle = _uniform(generator, canvas, 0.0, math.pi)
        x, y = columns - _uniform(generator, canvas, 0.0, 1.0), rows - _uniform(generator, canvas, 0.0, 1.0)
        along, across = x * angle.cos() + y * angle.sin(), y * angle.cos() - x * angle.sin()
        wide, long = _uniform(generator, canvas, 0.004, 0.05), _uniform(generator, canvas, 0.05, 0.5)
        inside = (along.abs() < long) & (across.abs() < wide) & (_some(generator, canvas, 0.25) > 0)
        colour = _uniform(generator, canvas, 0.0, 255.0, 3) * (1.0 - 0.4 * (across / wide).clamp(-1.0, 1.0))
        canvas = torch.where(inside, colour, canvas)
    return canvas


def _recolour(canvas: Tensor, generator: torch.Generator) -> Tensor:
    x = (canvas / 255.0).clamp(1e-4, 1.0)
    grey = (x * torch.tensor([0.299, 0.587, 0.114], device=x.device)[None, :, None, None]).sum(dim=1, keepdim=True)
    colourless = _some(generator, x, 0.12)
    saturation = _uniform(generator, x, 0.3, 1.7) * (1.0 - colourless)
    x = grey + (x - grey) * saturation
    # A turn of hue is a turn about the grey axis.
    turn = _uniform(generator, x, -math.pi, math.pi) * _some(generator, x, 0.3)
    a, b, c = x.unbind(dim=1)
    cross = torch.stack([c - b, a - c, b - a], dim=1) / math.sqrt(3.0)
    mean = x.mean(dim=1, keepdim=True)
    x = x * turn.cos() + cross * turn.sin() + mean * (1.0 - turn.cos())
    x = x.clamp(1e-4, 1.0) ** _uniform(generator, x, -0.5, 0.5).exp()
    x = (x - 0.5) * _uniform(generator, x, 0.6, 1.3) + 0.5 + _uniform(generator, x, -0.15, 0.15)
    x = x * _uniform(generator, x, 0.88, 1.12, 3)
    return (x * 255.0).clamp(0.0, 255.0)


def _blur(canvas: Tensor, generator: torch.Generator) -> Tensor:
    """Defocus or shake: Gaussians of different width along and across, a picture each; and a poor picture blown up."""
    reach = 7
    steps = torch.arange(-reach, reach + 1, device=canvas.device).float()
    blurred = _some(generator, canvas, 0.4)[:, 0, 0]
    for axis in (2, 3):
        sigma = 0.05 + blurred * _uniform(generator, canvas, 0.0, 1.6)[:, 0, 0] ** 2
        kernel = torch.exp(-0.5 * (steps / sigma) ** 2)
        kernel = kernel / kernel.sum(dim=1, keepdim=True)
        shape = [1, 1]
        shape[axis - 2] = 2 * reach + 1
        pads = (reach, reach, 0, 0) if axis == 3 else (0, 0, reach, reach)
        weight = kernel.repeat_interleave(3, dim=0).reshape(-1, 1, *shape)
        flat = functional.pad(canvas, pads, mode="replicate").flatten(0, 1)[None]
        canvas = functional.conv2d(flat, weight, groups=weight.shape[0]).reshape(canvas.shape)
    poor = functional.interpolate(functional.avg_pool2d(canvas, 2), scale_factor=2.0, mode="bilinear")
    return torch.where(_some(generator, canvas, 0.12) > 0, poor, canvas)


def _compress(canvas: Tensor, generator: torch.Generator) -> Tensor:
    """Quantise the cosine transform of blocks of 8 x 8, coarser for fine detail, as JPEG does."""
    n, c, h, w = canvas.shape
    k = torch.arange(8, device=canvas.device).float()
    basis = torch.cos(math.pi / 8.0 * (k[None, :] + 0.5) * k[:, None]) * 0.5
    basis[0] /= math.sqrt(2.0)
    blocks = canvas.reshape(n, c, h // 8, 8, w // 8, 8).transpose(3, 4)
    waves = basis @ blocks @ basis.T
    step = (1.0 + k[:, None] + k[None, :]) * (_uniform(generator, canvas, 0.0, 3.0) ** 2)[..., None, None] * 1.5 + 1.0
    rounded = torch.round(waves / step) * step
    done = (basis.T @ rounded @ basis).transpose(3, 4).reshape(canvas.shape)
    return torch.where(_some(generator, canvas, 0.5) > 0, done, canvas)
