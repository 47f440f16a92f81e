"""Chance on a device: numbers, choices and colours for a whole batch at once, and noise in space."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

VOLUME = 48
"""Side of the noise's tile, in cells."""


@dataclass(frozen=True, eq=False)
class Chance:
    """Draws for `count` pictures on a device."""

    count: int
    device: torch.device

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw (count, *shape) between two ends."""
        return low + (high - low) * torch.rand((self.count, *shape), device=self.device)

    def normal(self, mean: float, sd: float, *shape: int, within: tuple[float, float] | None = None) -> Tensor:
        """Draw (count, *shape), clipped."""
        drawn = mean + sd * torch.randn((self.count, *shape), device=self.device)
        return drawn.clamp(*within) if within else drawn

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw (count, *shape) whose logarithm is uniform."""
        ends = torch.tensor([low, high]).log().tolist()
        return self.uniform(ends[0], ends[1], *shape).exp()

    def flip(self, share: float, *shape: int) -> Tensor:
        """Draw (count, *shape) booleans, true in that share."""
        return torch.rand((self.count, *shape), device=self.device) < share

    def pick(self, shares: Sequence[float], *shape: int) -> Tensor:
        """Draw (count, *shape) indices, each as likely as its share says."""
        ends = torch.tensor(shares, device=self.device).cumsum(0)
        drawn = torch.rand((self.count, *shape), device=self.device) * ends[-1]
        return torch.searchsorted(ends, drawn).clamp_max(len(shares) - 1)

    def colours(self, *shape: int, pale: bool = False) -> Tensor:
        """Linear colours (count, *shape, 3): grey or tinted; dark ones are common in gyms, white is not rare."""
        value = self.uniform(0.15, 0.85, *shape, 1) if pale else self.uniform(0.03, 0.95, *shape, 1) ** 2.2
        spread = torch.tensor([0.04, 0.15, 0.6, 1.0], device=self.device)[self.pick((0.4, 0.25, 0.2, 0.15), *shape, 1)]
        tint = 1.0 + spread * (2.0 * torch.rand((self.count, *shape, 3), device=self.device) - 1.0)
        return (value * tint).clamp(0.008, 0.95)

    def turns(self) -> Tensor:
        """Random rotations (count, 3, 3)."""
        q, r = torch.linalg.qr(torch.randn((self.count, 3, 3), device=self.device))
        return q * torch.sign(torch.diagonal(r, dim1=-2, dim2=-1))[:, None]


@dataclass(frozen=True, eq=False)
class Noise:
    """Four smooth noises over space, each from -1 to 1 with a standard deviation near .4, repeating every tile."""

    tile: Tensor

    @classmethod
    def on(cls, device: torch.device, seed: int = 1) -> "Noise":
        """Make the tile: the same for the same seed."""
        drawn = torch.rand((4, VOLUME, VOLUME, VOLUME), generator=torch.Generator().manual_seed(seed)) * 2.0 - 1.0
        # One more cell at each end, so that the tile's edges interpolate to each other.
        return cls(F.pad(drawn[None], (1,) * 6, mode="circular").to(device))

    def at(self, points: Tensor) -> Tensor:
        """Noise (..., 4) at points (..., 3) in cells."""
        inside = torch.remainder(points, VOLUME)
        grid = (inside + 1.5) / (VOLUME + 2) * 2.0 - 1.0
        flat = grid.reshape(1, 1, 1, -1, 3).to(self.tile.dtype)
        found = F.grid_sample(self.tile, flat, mode="bilinear", padding_mode="border", align_corners=False)
        return found.reshape(4, -1).T.reshape(*points.shape[:-1], 4)
