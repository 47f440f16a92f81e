"""The head: a small network on the frozen pose network's inner maps of the lifter at the bottom and standing.

It looks for points (crease, knee top, joints, and some of its own choice) as the expected place under a softmax over
the map, which keeps fractions of a cell (Levine et al. 2016, End-to-end training of deep visuomotor policies), and
reads depth, its uncertainty and the camera off them.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from depthperception.appearance.features import OUTPUTS
from depthperception.appearance.head import MAP_SHAPE, NAMED_POINTS


class Residual(nn.Module):
    """Two 3 x 3 convolutions round which the input passes by."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Shapes as the input."""
        return functional.relu(x + self.change(x))


class Points(nn.Module):
    """Expected place and spread of `count` points, from -1 to 1 across the map."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        self.where = nn.Conv2d(channels, count, 1)
        cells = (torch.arange(MAP_SHAPE[1]) + 0.5) / (MAP_SHAPE[1] / 2) - 1.0
        y, x = torch.meshgrid(cells, cells, indexing="ij")
        self.register_buffer("places", torch.stack([x.reshape(-1), y.reshape(-1)]))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Places (n, count, 2) and spreads (n, count)."""
        share = self.where(x).flatten(2).softmax(-1)
        places = share @ self.places.T
        spread = share @ (self.places**2).sum(0) - (places**2).sum(-1)
        return places, (spread.clamp_min(0.0) + 1e-6).sqrt()


class Branch(nn.Module):
    """From one inner map to the numbers that describe it."""

    def __init__(self, channels: int, points: int, blocks: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.BatchNorm2d(MAP_SHAPE[0]), nn.Dropout2d(0.1), nn.Conv2d(MAP_SHAPE[0], channels, 1, bias=False),
            nn.BatchNorm2d(channels), nn.ReLU(), *(Residual(channels) for _ in range(blocks)),
        )  # fmt: skip
        self.points = Points(channels, points)
        self.size = 3 * points + channels

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Description (n, size) and named places (n, 18, 2)."""
        x = self.trunk(x)
        places, spread = self.points(x)
        described = torch.cat([places.flatten(1), spread, x.mean((2, 3))], 1)
        return described, places[:, :NAMED_POINTS]


class Head(nn.Module):
    """Both branches, and what is read off them together: see `prediction.OUTPUTS`."""

    def __init__(self, hidden: int = 192, dropout: float = 0.2) -> None:
        super().__init__()
        self.bottom, self.standing = Branch(64, 48, 2), Branch(48, 28, 1)
        size = self.bottom.size + self.standing.size
        self.read = nn.Sequential(
            nn.BatchNorm1d(size), nn.Dropout(dropout), nn.Linear(size, hidden), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, len(OUTPUTS)),
        )  # fmt: skip

    def forward(self, bottom: Tensor, standing: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Outputs (n, 9), and the named places (n, 18, 2) at the bottom and standing."""
        low, low_places = self.bottom(bottom)
        high, high_places = self.standing(standing)
        return self.read(torch.cat([low, high], 1)), low_places, high_places
