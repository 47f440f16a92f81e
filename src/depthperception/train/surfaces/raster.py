"""Drawing triangles with tensor operations: the same on a CPU and on a GPU, no graphics driver needed.

Every triangle is spread over the pixels of its box, and each pixel keeps the nearest (a maximum over 1/z with the
triangle's number in the low bits). Meshes of some ten thousand small triangles, as bodies are, suit that.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

NEAR_M = 0.12
"""What is nearer to the camera is not drawn."""

AT_ONCE = 24_000_000
"""Pixel tests in one go: some 3 GB of intermediate values."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What every pixel of a batch (b, s, s) shows.

    Attributes
    ----------
    hit : bool
        Whether there is a triangle.
    face : int64
        Number of the triangle; 0 where there is none.
    share : (b, s, s, 3)
        Weights of its corners, perspective-correct.
    depth_m
        Distance along the line of sight; 1e3 where there is nothing.
    """

    hit: Tensor
    face: Tensor
    share: Tensor
    depth_m: Tensor

    def of(self, values: Tensor, faces: Tensor) -> Tensor:
        """Values (b, corners, c) of the mesh's corners at every pixel (b, s, s, c); anything where nothing is hit."""
        b, s, _ = self.face.shape
        corners = faces[self.face.reshape(b, -1)]
        shares = self.share.reshape(b, -1, 3)
        total: Tensor | None = None
        for k in range(3):
            index = corners[..., k, None].expand(-1, -1, values.shape[2])
            part = values.gather(1, index) * shares[..., k, None].to(values.dtype)
            total = part if total is None else total + part
        assert total is not None
        return total.reshape(b, s, s, -1)


def draw(pixels: Tensor, depth_m: Tensor, faces: Tensor, size: int, *, both_sides: bool = False) -> Seen:
    """Draw meshes of one topology.

    Parameters
    ----------
    pixels : (b, v, 2)
        Corners in the picture, x right, y down, (0, 0) the picture's corner.
    depth_m : (b, v)
        Their distances along the line of sight.
    faces : (f, 3)
        Seen from outside they turn anticlockwise; with `both_sides` that does not matter.
    """
    with torch.no_grad():
        batch, count = pixels.shape[0], len(faces)
        best = torch.zeros(batch * size * size, dtype=torch.int64, device=pixels.device)
        work = _setup(pixels, depth_m, faces, size, both_sides=both_sides)
        start = 0
        ends = work.tests.cumsum(0)
        while start < len(work.tests):
            done = int(ends[start - 1]) if start else 0
            end = max(int(torch.searchsorted(ends, done + AT_ONCE, right=True)), start + 1)
            _spread(work.part(start, end), best, size)
            start = end
        return _resolve(best.reshape(batch, size, size), pixels, depth_m, faces, size, count)


@dataclass(frozen=True, eq=False)
class _Work:
    """Triangles (n) that may be seen: box, edge and depth planes (n, 12), and the number of pixel tests."""

    low_x: Tensor
    low_y: Tensor
    wide: Tensor
    tests: Tensor
    planes: Tensor
    picture: Tensor
    face: Tensor

    def part(self, start: int, end: int) -> "_Work":
        return _Work(*(value[start:end] for value in vars(self).values()))


def _setup(pixels: Tensor, depth_m: Tensor, faces: Tensor, size: int, *, both_sides: bool) -> _Work:
    inverse = 1.0 / depth_m.clamp_min(1e-3)
    x, y, w = (value[:, faces] for value in (pixels[..., 0], pixels[..., 1], inverse))
    ahead = (depth_m[:, faces] > NEAR_M).all(-1)
    # Pixel centres lie at half numbers: the box holds those between its ends.
    low_x, high_x = ((value - 0.5).clamp(-1.0, size) for value in (x.amin(-1), x.amax(-1)))
    low_y, high_y = ((value - 0.5).clamp(-1.0, size) for value in (y.amin(-1), y.amax(-1)))
    first_x, last_x = low_x.ceil().clamp_min(0), high_x.floor().clamp_max(size - 1)
    first_y, last_y = low_y.ceil().clamp_min(0), high_y.floor().clamp_max(size - 1)
    twice = (x[..., 1] - x[..., 0]) * (y[..., 2] - y[..., 0]) - (y[..., 1] - y[..., 0]) * (x[..., 2] - x[..., 0])
    faces_us = twice.abs() > 1e-9 if both_sides else twice < -1e-9
    picture, face = torch.nonzero(ahead & faces_us & (last_x >= first_x) & (last_y >= first_y), as_tuple=True)
    x, y, w, twice = (value[picture, face] for value in (x, y, w, twice))
    first_x, last_x, first_y, last_y = (value[picture, face].long() for value in (first_x, last_x, first_y, last_y))
    base_x, base_y = first_x.to(x.dtype) + 0.5, first_y.to(x.dtype) + 0.5
    weights = []
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        along_x, along_y = (y[:, i] - y[:, j]) / twice, (x[:, j] - x[:, i]) / twice
        at_base = along_x * (base_x - x[:, i]) + along_y * (base_y - y[:, i])
        weights.append(torch.stack([along_x, along_y, at_base], dim=-1))
    edges = torch.stack(weights, dim=1)
    plane = (edges * w[..., None]).sum(1)
    planes = torch.cat([edges.flatten(1), plane], dim=1)
    wide = last_x - first_x + 1
    return _Work(first_x, first_y, wide, wide * (last_y - first_y + 1), planes, picture, face)


def _spread(work: _Work, best: Tensor, size: int) -> None:
    """Test every pixel of every box, and keep the nearest triangle of each."""
    total = int(work.tests.sum())
    which = torch.repeat_interleave(torch.arange(len(work.tests), device=best.device), work.tests, output_size=total)
    offset = torch.arange(total, device=best.device) - (work.tests.cumsum(0) - work.tests)[which]
    dy = offset // work.wide[which]
    dx = offset - dy * work.wide[which]
    planes, fx, fy = work.planes[which], dx.to(work.planes.dtype), dy.to(work.planes.dtype)
    values = [planes[:, 3 * k] * fx + planes[:, 3 * k + 1] * fy + planes[:, 3 * k + 2] for k in range(4)]
    inside = (values[0] >= 0.0) & (values[1] >= 0.0) & (values[2] >= 0.0) & (values[3] > 0.0)
    which, dx, dy, near = which[inside], dx[inside], dy[inside], values[3][inside]
    at = (work.picture[which] * size + work.low_y[which] + dy) * size + work.low_x[which] + dx
    # The bits of positive floats order as the floats do.
    key = (near.float().contiguous().view(torch.int32).long() << 32) | (work.face[which] + 1)
    best.scatter_reduce_(0, at, key, reduce="amax")


def _resolve(best: Tensor, pixels: Tensor, depth_m: Tensor, faces: Tensor, size: int, count: int) -> Seen:
    """Corner weights and depth of the triangle that each pixel shows."""
    hit = best > 0
    face = ((best & 0xFFFFFFFF) - 1).clamp(0, count - 1)
    batch = len(best)
    corners = faces[face.reshape(batch, -1)].reshape(batch, -1)
    at = pixels.gather(1, corners[..., None].expand(-1, -1, 2)).reshape(batch, size, size, 3, 2)
    w = (1.0 / depth_m.clamp_min(1e-3)).gather(1, corners).reshape(batch, size, size, 3)
    middle = torch.arange(size, device=best.device, dtype=pixels.dtype) + 0.5
    px, py = middle[None, None, :, None], middle[None, :, None, None]
    x, y = at[..., 0], at[..., 1]
    xj, yj = x.roll(-1, -1), y.roll(-1, -1)
    area = (xj - px) * (y.roll(-2, -1) - py) - (yj - py) * (x.roll(-2, -1) - px)
    share = area / area.sum(-1, keepdim=True).where(hit[..., None], torch.ones_like(px))
    weighted = share * w
    total = weighted.sum(-1, keepdim=True).where(hit[..., None], torch.ones_like(px))
    depth = torch.where(hit, 1.0 / total[..., 0], torch.full_like(total[..., 0], 1e3))
    return Seen(hit, face, torch.where(hit[..., None], weighted / total, torch.zeros_like(weighted)), depth)
