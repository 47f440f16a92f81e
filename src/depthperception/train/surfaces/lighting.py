"""Light of a batch: irradiance from panoramas, one lamp that casts shadows, and corners that little light reaches."""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from depthperception.train.surfaces.chance import Chance
from depthperception.train.surfaces.raster import draw

SHADOW_PX, SHADOW_REACH_M = 320, 1.3
"""Shadow map: its side, and half of what it covers at the lifter."""

TAPS = ((3, 0), (-2, 3), (-3, -2), (1, -4), (9, 3), (-4, 9), (-9, -5), (6, -9), (19, -7), (8, 20), (-20, 6), (-7, -18))
"""Neighbours, in px of a picture 256 px wide, that may shade a pixel."""


@dataclass(frozen=True, eq=False)
class Panoramas:
    """Light from all round, on a device: radiance (n, 3, 48, 96), irradiance (n, 9, 3), lamps (n, 3)."""

    pictures: Tensor
    irradiance: Tensor
    lamps: Tensor

    @classmethod
    def on(cls, device: torch.device) -> "Panoramas":
        """Load those that ship."""
        source = files("depthperception.train.surfaces") / "light.npz"
        with source.open("rb") as handle, np.load(handle) as data:
            pictures, irradiance, lamps = (torch.tensor(data[name].astype(np.float32)) for name in
                                           ("pictures", "irradiance", "lamp"))  # fmt: skip
        return cls(pictures.permute(0, 3, 1, 2).contiguous().to(device), irradiance.to(device), lamps.to(device))


@dataclass(frozen=True, eq=False)
class Light:
    """Light of each picture: which panorama turned by how much, its share, the lamp's direction and colour."""

    panoramas: Panoramas
    which: Tensor
    turn: Tensor
    ambient: Tensor
    lamp: Tensor
    lamp_colour: Tensor
    harshness: Tensor

    def irradiance(self, normals: Tensor, picture: Tensor) -> Tensor:
        """Light (n, 3) on surfaces with unit normals (n, 3), lamp aside."""
        found = (
            harmonics(_about_z(normals, self.turn[picture]))[..., None] * self.panoramas.irradiance[self.which[picture]]
        ).sum(-2)
        return found.clamp_min(0.02) * self.ambient[picture]

    def background(self, directions: Tensor) -> Tensor:
        """Radiance (b, 3, h, w) in unit directions (b, h, w, 3)."""
        d = _about_z(directions, self.turn[:, None, None])
        column = torch.atan2(d[..., 1], d[..., 0]) / torch.pi
        row = -torch.asin(d[..., 2].clamp(-1.0, 1.0)) / (torch.pi / 2.0)
        pictures = self.panoramas.pictures[self.which]
        return F.grid_sample(pictures, torch.stack([column, row], -1), padding_mode="border", align_corners=False)


def light_up(chance: Chance, panoramas: Panoramas) -> Light:
    """Dull to harsh; lamps stand high, as gyms have them, or low like a window."""
    which = chance.pick((1.0,) * len(panoramas.pictures))
    turn = chance.uniform(0.0, 6.283)
    own = _about_z(panoramas.lamps[which], -turn)
    azimuth, up = chance.uniform(0.0, 6.283), torch.deg2rad(chance.uniform(25.0, 88.0))
    other = torch.stack([azimuth.cos() * up.cos(), azimuth.sin() * up.cos(), up.sin()], -1)
    lamp = torch.where(chance.flip(0.4, 1), own, other)
    warm = chance.normal(0.0, 0.12)
    colour = torch.stack([1.0 + warm, torch.ones_like(warm), 1.0 - warm], -1)
    grey = chance.uniform(0.0, 1.0, 1)
    tint = 1.0 + 0.3 * chance.normal(0.0, 0.4, 3) * (1.0 - grey)
    return Light(
        panoramas, which, turn, chance.uniform(0.35, 1.0, 1) * tint.clamp(0.4, 1.6),
        lamp / lamp.norm(dim=-1, keepdim=True), colour * chance.uniform(0.0, 1.6, 1), chance.uniform(0.2, 1.0),
    )  # fmt: skip


def shadow_map(points: Tensor, faces: Tensor, light: Light) -> tuple[Tensor, Tensor]:
    """Distance from the lamp (b, s, s) of what it sees first, and the matrix (b, 3, 4) into the map: px, px, m."""
    up = torch.tensor([0.0, 0.0, 1.0], device=points.device).expand_as(light.lamp)
    right = torch.linalg.cross(up, light.lamp)
    right = right / right.norm(dim=-1, keepdim=True).clamp_min(1e-3)
    axes = torch.stack([right, torch.linalg.cross(right, light.lamp), -light.lamp], dim=1)
    centre = torch.tensor([0.0, 0.0, 0.55], device=points.device)
    scale = torch.tensor([SHADOW_PX / 2.0 / SHADOW_REACH_M] * 2 + [1.0], device=points.device)
    shift = torch.tensor([SHADOW_PX / 2.0, SHADOW_PX / 2.0, 10.0], device=points.device)
    linear = axes * scale[:, None]
    matrix = torch.cat([linear, (shift - linear @ centre)[..., None]], dim=2)
    at = points @ linear.transpose(1, 2) + matrix[:, None, :, 3]
    seen = draw(at[..., :2], at[..., 2], faces, SHADOW_PX, both_sides=True)
    return seen.depth_m, matrix


def lit(points: Tensor, picture: Tensor, shadows: tuple[Tensor, Tensor]) -> Tensor:
    """Share (n,) of the lamp that reaches points (n, 3); soft over a few px of the map."""
    depth, matrix = shadows
    at = (matrix[picture, :, :3] @ points[..., None])[..., 0] + matrix[picture, :, 3]
    total = torch.zeros_like(at[..., 0])
    offsets = ((0.0, 0.0), (-1.6, 0.7), (1.2, 1.4), (0.6, -1.7))
    for dx, dy in offsets:
        x = (at[..., 0] + dx).long().clamp(0, SHADOW_PX - 1)
        y = (at[..., 1] + dy).long().clamp(0, SHADOW_PX - 1)
        total += (depth[picture, y, x] > at[..., 2] - 0.03).to(total.dtype)
    return total / len(offsets)


def openness(depth_m: Tensor) -> Tensor:
    """Share (b, s, s) of the light from all round that gets to a pixel, by what its neighbours' depths leave open."""
    half = F.avg_pool2d(depth_m.clamp_max(60.0)[:, None], 2)[:, 0]
    step = half.shape[-1] / 256.0
    shade = torch.zeros_like(half)
    for dx, dy in TAPS:
        shift = (round(dy * step), round(dx * step))
        nearer = half - half.roll(shift, dims=(1, 2))
        shade += ((nearer - 0.006) / 0.05).clamp(0.0, 1.0) * (1.0 - (nearer - 0.25) / 0.25).clamp(0.0, 1.0)
    shade = F.avg_pool2d(shade[:, None] / len(TAPS), 3, 1, 1)
    return (1.0 - 1.15 * F.interpolate(shade, scale_factor=2, mode="bilinear", align_corners=False)[:, 0]).clamp(
        0.15, 1.0
    )


def harmonics(d: Tensor) -> Tensor:
    """Real spherical harmonics (..., 9) up to degree 2 of unit directions (..., 3)."""
    x, y, z = d.unbind(-1)
    one = torch.ones_like(x)
    rows = [0.282095 * one, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
            0.315392 * (3.0 * z * z - 1.0), 1.092548 * x * z, 0.546274 * (x * x - y * y)]  # fmt: skip
    return torch.stack(rows, dim=-1)


def _about_z(d: Tensor, angle: Tensor) -> Tensor:
    cos, sin = angle.cos(), angle.sin()
    x, y, z = d.unbind(-1)
    return torch.stack([cos * x - sin * y, sin * x + cos * y, z], dim=-1)
