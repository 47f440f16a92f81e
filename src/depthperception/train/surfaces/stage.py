"""Where the camera stands, what of its picture is cut out, and the things about: bar, discs, rack, boxes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from depthperception.synth.scene import Mesh, box, cylinder
from depthperception.train.surfaces.chance import Chance
from depthperception.train.surfaces.posing import GOBLET, NOTHING

SIDE_M = 1.45
"""Side of the crop at the lifter, at a stature of 1.75 m: hips, knees and feet of a squat's bottom."""

SHIFT, SHIFT_FAR, SCALE, ROLL_DEG = 0.035, 0.10, 0.13, 4.0
"""Errors (sd) of a tracked crop: shift in sides (the larger one in one of ten), log of its side, roll."""

BOXES, CYLINDERS = 11, 9
"""Boxes: four uprights, two safeties, five that stand about. Cylinders: bar, two sleeves, four discs, two hubs."""


@dataclass(frozen=True, eq=False)
class Shots:
    """Cameras of a batch, each with the square that is cut out of its picture.

    Attributes
    ----------
    project : (b, 3, 4)
        World to the square's px, homogeneous; the third value is the distance along the line of sight.
    eye : (b, 3)
    rays : (b, 3, 3)
        Takes (x px, y px, 1) to a direction in the world whose length along the line of sight is 1.
    """

    project: Tensor
    eye: Tensor
    rays: Tensor

    def pixels(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Px (b, n, 2) and distance (b, n) of world points (b, n, 3)."""
        at = points @ self.project[:, :, :3].transpose(1, 2) + self.project[:, None, :, 3]
        return at[..., :2] / at[..., 2:].clamp_min(1e-3), at[..., 2]


def shoot(points: Tensor, stature_m: Tensor, size: int) -> Shots:
    """Film the people whose points (b, 16, 3) are given, from anywhere, more often from the front."""
    chance = Chance(len(points), points.device)
    band = chance.pick((0.42, 0.26, 0.16, 0.16))
    spread = torch.stack([chance.uniform(-22, 22), chance.uniform(22, 68), chance.uniform(68, 112),
                          chance.uniform(112, 180)], dim=1).gather(1, band[:, None])[:, 0]  # fmt: skip
    azimuth = torch.deg2rad(torch.where(chance.flip(0.5), spread, -spread))
    distance = chance.log_uniform(1.3, 8.0)
    height = torch.where(chance.flip(0.25), chance.uniform(0.1, 0.6), chance.uniform(0.4, 2.0))
    zero = torch.zeros_like(azimuth)
    eye = torch.stack([-azimuth.sin() * distance, azimuth.cos() * distance, height], dim=-1)
    aim = torch.stack([chance.normal(0.0, 0.12), chance.normal(0.0, 0.12), chance.uniform(0.25, 1.1)], dim=-1)
    forward = aim - eye
    forward = _turned(forward, chance.normal(0.0, 0.14, within=(-0.4, 0.4)))
    forward = forward / forward.norm(dim=-1, keepdim=True)
    right = torch.linalg.cross(forward, torch.stack([zero, zero, zero + 1.0], dim=-1))
    right = right / right.norm(dim=-1, keepdim=True)
    rotation = torch.stack([right, torch.linalg.cross(forward, right), forward], dim=1)
    shift = -(rotation @ eye[..., None])[..., 0]

    middle = points[:, 6:10]  # hips and knees
    seen = middle @ rotation.transpose(1, 2) + shift[:, None]
    flat = (seen[..., :2] / seen[..., 2:]).mean(1)
    away = seen[:, :2, 2].mean(1).clamp_min(0.3)
    side = SIDE_M * stature_m / 1.75 / away * (SCALE * chance.normal(0.0, 1.0, within=(-2.5, 2.5))).exp()
    far = torch.where(chance.flip(0.1), SHIFT_FAR, SHIFT)
    flat = flat + side[:, None] * far[:, None] * chance.normal(0.0, 1.0, 2, within=(-2.5, 2.5))
    roll = torch.deg2rad(ROLL_DEG * chance.normal(0.0, 1.0, within=(-3.0, 3.0)))
    zoom = size / side
    cos, sin = roll.cos() * zoom, roll.sin() * zoom
    cut = torch.stack([torch.stack([cos, -sin, zero], -1), torch.stack([sin, cos, zero], -1),
                       torch.stack([zero, zero, zero + 1.0], -1)], dim=1)  # fmt: skip
    cut[:, :2, 2] = size / 2.0 - (cut[:, :2, :2] @ flat[..., None])[..., 0]
    linear = cut @ rotation
    project = torch.cat([linear, (cut @ shift[..., None])], dim=2)
    return Shots(project, eye, torch.linalg.inv(linear))


def _turned(vectors: Tensor, angle: Tensor) -> Tensor:
    """Turn vectors (b, 3) about the vertical."""
    cos, sin = angle.cos(), angle.sin()
    x, y, z = vectors.unbind(-1)
    return torch.stack([cos * x - sin * y, sin * x + cos * y, z], dim=-1)


@dataclass(frozen=True, eq=False)
class Things:
    """Rigid things of a batch in one topology: corners (b, n, 3), normals, which thing (n,), triangles (f, 3)."""

    points: Tensor
    normals: Tensor
    colours: Tensor
    thing: Tensor
    faces: Tensor


def in_the_way(spots: Tensor, eye: Tensor, chance: Chance) -> Tensor:
    """Which spots (b, n, 2+) on the floor stand between camera and lifter (b, n); one in eight of them may."""
    to_eye = eye[:, None, :2]
    along = (spots[..., :2] * to_eye).sum(-1) / (to_eye**2).sum(-1)
    off = (spots[..., :2] - along[..., None] * to_eye).norm(dim=-1)
    return (along > 0.05) & (off < 0.35 + 0.75 * (1.0 - along).clamp(0.0, 1.0)) & ~chance.flip(0.12, spots.shape[1])


def set_up(bar: Tensor, trunk: Tensor, held: Tensor, eye: Tensor, chance: Chance) -> Things:
    """Put the bar where it is held and things about the lifter; what is not there has no size."""
    device = bar.device
    block, rod = (_template(name, device) for name in ("box", "cylinder"))
    sizes, centres, turns = _boxes(chance, eye)
    boxes = block.points * sizes[:, :, None] @ turns.transpose(2, 3) + centres[:, :, None]
    box_normals = (block.normals @ turns.transpose(2, 3)).expand(-1, BOXES, -1, -1)
    radii, lengths, offsets = _barbell(chance, held)
    rods = rod.points * torch.stack([lengths, radii, radii], dim=-1)[:, :, None]
    rods = rods + torch.stack([offsets, torch.zeros_like(offsets), torch.zeros_like(offsets)], -1)[:, :, None]
    rods = rods @ trunk[:, None].transpose(2, 3) + bar[:, None, None]
    rod_normals = (rod.normals @ trunk[:, None].transpose(2, 3)).expand(-1, CYLINDERS, -1, -1)
    things = torch.arange(BOXES + CYLINDERS, device=device)
    counts = [block.points.shape[0], rod.points.shape[0]]
    faces = [block.faces + k * counts[0] for k in range(BOXES)]
    faces += [rod.faces + BOXES * counts[0] + k * counts[1] for k in range(CYLINDERS)]
    colours = chance.colours(BOXES + CYLINDERS)
    colours[:, 1:6] = colours[:, :1]
    steel = chance.uniform(0.2, 0.6, 1, 1).expand(-1, 3, 3)
    colours[:, BOXES : BOXES + 3] = steel
    discs = torch.where(chance.flip(0.6, 1, 1), chance.uniform(0.01, 0.06, 1, 1), colours[:, BOXES + 3 : BOXES + 4])
    colours[:, BOXES + 3 : BOXES + 7] = discs
    each = torch.tensor([counts[0]] * BOXES + [counts[1]] * CYLINDERS, device=device)
    return Things(
        torch.cat([boxes.flatten(1, 2), rods.flatten(1, 2)], dim=1),
        torch.cat([box_normals.flatten(1, 2), rod_normals.flatten(1, 2)], dim=1),
        colours,
        torch.repeat_interleave(things, each),
        torch.cat(faces),
    )


def _boxes(chance: Chance, eye: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sizes, centres (b, 11, 3) and rotations (b, 11, 3, 3): a rack or none, and boxes behind and beside."""
    b = chance.count
    rack, safeties = chance.flip(0.4, 1, 1), chance.flip(0.35, 1, 1)
    half, front = chance.uniform(0.5, 0.75, 1), chance.uniform(0.1, 0.7, 1)
    back = front - chance.uniform(0.6, 1.3, 1)
    thick = chance.uniform(0.04, 0.08, 1)
    one = torch.ones_like(half)
    uprights = torch.stack([torch.cat([x * half, y, 1.1 * one], 1) for x in (-1.0, 1.0) for y in (front, back)], 1)
    upright_size = torch.cat([thick, thick, 2.3 * one], 1)[:, None].expand(-1, 4, -1) * rack
    level, reach = chance.uniform(0.3, 0.95, 1), front - back
    rails = torch.stack([torch.cat([x * half, (front + back) / 2.0, level], 1) for x in (-1.0, 1.0)], 1)
    rail_size = torch.cat([0.06 * one, reach, thick], 1)[:, None].expand(-1, 2, -1) * safeties
    around = chance.uniform(0.0, 6.283, 5)
    away = chance.uniform(1.1, 4.5, 5)
    size = torch.stack(
        [chance.uniform(0.15, 1.2, 5), chance.uniform(0.15, 1.2, 5), chance.log_uniform(0.15, 2.4, 5)], -1
    )
    spots = torch.stack([away * around.cos(), away * around.sin(), size[..., 2] / 2.0], -1)
    # Behind the camera's side of the lifter few things stand in the way: most lie behind him.
    spots[..., 1] = torch.where(chance.flip(0.8, 5), -spots[..., 1].abs(), spots[..., 1])
    size = size * (chance.flip(0.4, 5) & ~in_the_way(spots, eye, chance))[..., None]
    yaw = torch.cat([torch.zeros((b, 6), device=chance.device), chance.uniform(0.0, 3.14, 5)], 1)
    cos, sin, zero = yaw.cos(), yaw.sin(), torch.zeros_like(yaw)
    turns = torch.stack([torch.stack([cos, -sin, zero], -1), torch.stack([sin, cos, zero], -1),
                         torch.stack([zero, zero, zero + 1.0], -1)], dim=2)  # fmt: skip
    return torch.cat([upright_size, rail_size, size], 1), torch.cat([uprights, rails, spots], 1), turns


def _barbell(chance: Chance, held: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Radii, lengths and offsets along the bar (b, 9); all 0 where there is none."""
    b, device = chance.count, chance.device
    big = torch.tensor([0.225, 0.225, 0.16, 0.125, 0.0], device=device)[chance.pick((2, 1, 1, 1, 0.7))]
    width = chance.uniform(0.02, 0.075)
    second = big * torch.where(chance.flip(0.5), chance.uniform(0.5, 1.0), 0.0)
    radii = torch.stack([torch.full((b,), 0.014, device=device), *[torch.full((b,), 0.025, device=device)] * 2,
                         big, big, second, second, 0.3 * big, 0.3 * big], 1)  # fmt: skip
    lengths = torch.stack([torch.full((b,), 1.31, device=device), *[torch.full((b,), 0.42, device=device)] * 2,
                           width, width, width, width, width + 0.01, width + 0.01], 1)  # fmt: skip
    inner = 0.67 + width / 2.0
    outer = inner + width + 0.004
    ends = [
        torch.zeros(b, device=device),
        torch.full((b,), 0.865, device=device),
        torch.full((b,), -0.865, device=device),
    ]
    offsets = torch.stack([*ends, inner, -inner, outer, -outer, inner, -inner], 1)
    # A dumbbell is a short bar with small discs; both ends of a kettlebell are near enough to its middle.
    half, small = chance.uniform(0.05, 0.15), chance.uniform(0.04, 0.10)
    zero = torch.zeros(b, device=device)
    bell_radii = torch.stack([zero + 0.015, zero, zero, small, small, zero, zero, zero, zero], 1)
    bell_lengths = torch.stack([2.0 * half, zero, zero, half, half, zero, zero, zero, zero], 1)
    bell_offsets = torch.stack([zero, zero, zero, half, -half, zero, zero, zero, zero], 1)
    bell, some = (held == GOBLET)[:, None], (held > NOTHING)[:, None]
    radii, lengths = torch.where(bell, bell_radii, radii) * some, torch.where(bell, bell_lengths, lengths) * some
    return radii, lengths, torch.where(bell, bell_offsets, offsets)


@lru_cache(maxsize=4)
def _template(name: str, device: torch.device) -> "_Solid":
    mesh = (
        box((-0.5,) * 3, (0.5,) * 3, (1.0,) * 3)
        if name == "box"
        else cylinder((-0.5, 0, 0), (0.5, 0, 0), 1.0, (1.0,) * 3, 0, 28)
    )
    return _Solid(
        torch.tensor(mesh.points, dtype=torch.float32, device=device),
        torch.tensor(mesh.normals, dtype=torch.float32, device=device),
        torch.tensor(_outward(mesh), device=device),
    )


@dataclass(frozen=True, eq=False)
class _Solid:
    points: Tensor
    normals: Tensor
    faces: Tensor


def _outward(mesh: Mesh) -> np.ndarray:
    """Triangles that turn anticlockwise seen from outside."""
    a, b, c = (mesh.points[mesh.faces[:, k]] for k in range(3))
    wrong = np.sum(np.cross(b - a, c - a) * mesh.normals[mesh.faces[:, 0]], axis=1) < 0.0
    faces = mesh.faces.copy()
    faces[wrong] = faces[wrong][:, ::-1]
    return faces
