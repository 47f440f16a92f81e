"""What the maps should be, and how wrong they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from depthperception.train.plates.network import STRIDE_PX
from depthperception.train.plates.plans import MOST_BOXES, Plan

SPREAD = 0.54 / 6.0
"""Standard deviation of a plate's hill in the map of centres, per side of its box (Liu et al. 2020, TTFNet)."""

LEAST_SPREAD = 0.6
"""In cells: a hill of a small plate still covers the cells round its centre."""

TAUGHT = 0.3
"""Cells of a hill at least so high learn the box: those from which the plate will be read."""

BOX_WEIGHT = 2.0
"""Of the boxes' error beside the centres'. TTFNet takes 5; here a box is a start for rims, a missed plate is lost."""


@dataclass(frozen=True, eq=False)
class Targets:
    """Boxes (n, m, 4) in px, filled up with empty ones, to be found and to be ignored."""

    boxes: Tensor
    ignored: Tensor

    @classmethod
    def of(cls, plans: Sequence[Plan], device: torch.device) -> "Targets":
        """Put the boxes of plans on a device."""
        tables = np.zeros((2, len(plans), MOST_BOXES, 4), np.float32)
        for k, plan in enumerate(plans):
            tables[0, k, : len(plan.boxes)] = plan.boxes
            tables[1, k, : len(plan.ignored)] = plan.ignored
        both = torch.from_numpy(tables).to(device)
        return cls(both[0], both[1])


def loss(centres: Tensor, sides: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
    """Error of the centres (a focal loss, per plate) and of the boxes (generalised IoU, per plate)."""
    cells = _cells(centres)
    hills, valid = _hills(targets.boxes, cells)
    count = valid.sum().clamp_min(1.0)
    heat, owner = hills.max(dim=1)
    counted = 1.0 - _inside(targets.ignored, cells).float() * (heat < TAUGHT)
    wrong = _focal(centres[:, 0].float(), heat, counted) / count
    rows = torch.arange(len(centres), device=centres.device)[:, None, None]
    wanted = targets.boxes[rows, owner]
    found = _corners(sides.float(), cells)
    weight = torch.where(heat >= TAUGHT, heat, torch.zeros_like(heat))
    per_plate = torch.zeros_like(valid, dtype=torch.float32).scatter_add_(1, owner.flatten(1), weight.flatten(1))
    weight = weight / per_plate.gather(1, owner.flatten(1)).reshape(weight.shape).clamp_min(1e-6)
    box = ((1.0 - _giou(found, wanted)) * weight).sum() / count
    return wrong, box


def _cells(centres: Tensor) -> Tensor:
    """Middles of the cells (h, w, 2) in px."""
    h, w = centres.shape[-2:]
    y = (torch.arange(h, device=centres.device) + 0.5) * STRIDE_PX
    x = (torch.arange(w, device=centres.device) + 0.5) * STRIDE_PX
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], dim=-1)


def _hills(boxes: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
    """A hill (n, m, h, w) of height 1 over each box's centre, and which boxes are none (n, m)."""
    size = boxes[..., 2:] - boxes[..., :2]
    valid = size.amin(dim=-1) > 0
    middle = (boxes[..., 2:] + boxes[..., :2]) / 2
    spread = (SPREAD * size).clamp_min(LEAST_SPREAD * STRIDE_PX)[:, :, None, None]
    away = (cells[None, None] - middle[:, :, None, None]) / spread
    hills = torch.exp(-0.5 * (away**2).sum(dim=-1))
    hills = hills / hills.amax(dim=(2, 3), keepdim=True).clamp_min(1e-6)
    return hills * valid[:, :, None, None], valid.float()


def _inside(boxes: Tensor, cells: Tensor) -> Tensor:
    """Whether a cell (n, h, w) lies in any of some boxes."""
    x, y = cells[..., 0], cells[..., 1]
    a, b, c, d = (boxes[..., k, None, None] for k in range(4))
    return ((x > a) & (x < c) & (y > b) & (y < d)).any(dim=1)


def _focal(logits: Tensor, heat: Tensor, counted: Tensor) -> Tensor:
    """The loss of CornerNet and CenterNet: what lies near a centre is wrong to a lesser degree."""
    p = logits.sigmoid()
    hit = -functional.logsigmoid(logits) * (1.0 - p) ** 2 * (heat > 0.999)
    miss = -functional.logsigmoid(-logits) * p**2 * (1.0 - heat) ** 4 * (heat <= 0.999)
    return ((hit + miss) * counted).sum()


def _corners(sides: Tensor, cells: Tensor) -> Tensor:
    """Boxes (n, h, w, 4) from distances (n, 4, h, w)."""
    left, top, right, bottom = sides.unbind(dim=1)
    x, y = cells[..., 0], cells[..., 1]
    return torch.stack([x - left, y - top, x + right, y + bottom], dim=-1)


def _giou(a: Tensor, b: Tensor) -> Tensor:
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    both = (high - low).clamp_min(0.0).prod(dim=-1)
    either = _area(a) + _area(b) - both
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(dim=-1)
    return both / either.clamp_min(1e-6) - (hull - either) / hull.clamp_min(1e-6)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp_min(0.0).prod(dim=-1)
