"""Pictures kept on disk with what is true in them: made once by either painter, another film at every use.

A file holds 16. Painted ones are linear light in half precision (3, s, s), rendered ones 8-bit display values (s, s, 3)
of a window that is larger than a crop.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from depthperception.surfaces.seeing import SIZE_PX
from depthperception.train.surfaces.chance import Chance
from depthperception.train.surfaces.film import Batch, develop, mirrored
from depthperception.train.surfaces.painting import Painter, Painting
from depthperception.train.surfaces.photos import Photos, linear
from depthperception.train.surfaces.pool import Pool
from depthperception.train.surfaces.stage import ROLL_DEG, SCALE, SHIFT, SHIFT_FAR
from depthperception.train.surfaces.stills import WINDOW, RenderedStill

TOGETHER = 16

MIXED = 4
"""Times as many pictures as are taken wait, so that those of one file are not learnt from together."""

AGAIN = (0.05, 0.03, 2.0)
"""Spread of the scale, the shift (halves of the picture) and the roll (degrees) of a painting at another use."""

FILMED = 0.5
"""Share of batches of renders that become another film; the others are seen as the measurement model sees them."""

PAINTED_PX = 512

Kept = dict[str, Tensor]
"""picture, points_px (16, 2), state (16,), px_per_m; of paintings lifter, the share of the picture that he takes."""


def paint_shelf(folder: Path, pool: Pool, painter: Painter, files: int) -> None:
    """Paint so many files more."""
    for number in _free(folder, files):
        painting = painter.paint(*pool.cast(TOGETHER), PAINTED_PX)
        share = painting.lifter.float().mean((1, 2))
        _put(folder, number, {**vars(painting), "picture": painting.picture.half(), "lifter": share})


def render_shelf(folder: Path, stills: Iterator[RenderedStill], files: int) -> None:
    """Render so many files more."""
    for number in _free(folder, files):
        some = [vars(next(stills)) for _ in range(TOGETHER)]
        columns = {name: torch.from_numpy(np.stack([one[name] for one in some])) for name in some[0]}
        _put(folder, number, columns)


def _free(folder: Path, files: int) -> range:
    folder.mkdir(parents=True, exist_ok=True)
    there = [int(path.stem) for path in folder.glob("*.pt")]
    first = max(there, default=-1) + 1
    return range(first, first + files)


def _put(folder: Path, number: int, columns: Kept) -> None:
    part = folder / f"{number:06d}.part"
    torch.save({name: value.float() if value.is_floating_point() and name != "picture" else value for name, value in
                columns.items()}, part)  # fmt: skip
    part.rename(part.with_suffix(".pt"))


class Shelf:
    """Takes pictures of a folder, each as often as any other; files that are added meanwhile are taken too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: dict[str, int] = {}
        self._waiting: list[Kept] = []

    def take(self, count: int) -> list[Kept]:
        """Take some at random."""
        while len(self._waiting) < MIXED * count:
            self._fetch()
        order = torch.randperm(len(self._waiting)).tolist()
        taken = [self._waiting[k] for k in order[:count]]
        self._waiting = [self._waiting[k] for k in order[count:]]
        return taken

    def _fetch(self) -> None:
        paths = sorted(self._folder.glob("*.pt"))
        least = min(self._used.get(path.name, 0) for path in paths)
        rare = [path for path in paths if self._used.get(path.name, 0) == least]
        path = rare[int(torch.randint(len(rare), ()))]
        self._used[path.name] = least + 1
        file = torch.load(path, weights_only=True)
        self._waiting += [{name: value[k].clone() for name, value in file.items()} for k in range(TOGETHER)]


@torch.no_grad()
def painted(kept: list[Kept], photos: Photos) -> Batch:
    """Develop paintings once more, each cut out a little otherwise."""
    whole = {name: torch.stack([one[name] for one in kept]) for name in kept[0]}
    chance = Chance(len(kept), torch.device("cpu"))
    scale, shift, roll_deg = AGAIN
    cut = _Cut(
        chance.normal(0.0, scale, within=(-0.12, 0.12)).exp(),
        chance.normal(0.0, shift, 2, within=(-0.08, 0.08)),
        torch.deg2rad(chance.normal(0.0, roll_deg, within=(-5.0, 5.0))),
    )
    batch: Batch = develop(cut.painting(whole["picture"].float(), whole, PAINTED_PX), photos, SIZE_PX)
    return batch


@torch.no_grad()
def rendered(kept: list[Kept], photos: Photos) -> Batch:
    """Cut crops out of rendered windows, as wrong as tracked ones are; half of all batches become another film."""
    whole = {name: torch.stack([one[name] for one in kept]) for name in kept[0]}
    whole["lifter"] = torch.ones(len(kept))
    chance = Chance(len(kept), torch.device("cpu"))
    scale = (SCALE * chance.normal(0.0, 1.0, within=(-2.5, 2.5))).exp() / WINDOW
    far = torch.where(chance.flip(0.1), SHIFT_FAR, SHIFT) * 2.0 * scale
    shift = far[:, None] * chance.normal(0.0, 1.0, 2, within=(-2.5, 2.5))
    cut = _Cut(scale, shift, torch.deg2rad(ROLL_DEG * chance.normal(0.0, 1.0, within=(-3.0, 3.0))))
    shown = whole["picture"].permute(0, 3, 1, 2).float() / 255.0
    if float(torch.rand(())) < FILMED:
        batch: Batch = develop(cut.painting(linear(shown), whole, PAINTED_PX), photos, SIZE_PX)
        return batch
    still = cut.painting(shown, whole, SIZE_PX)
    gain = chance.uniform(0.85, 1.15, 1, 1, 1) * chance.normal(0.0, 0.03, 3, 1, 1).exp()
    picture = (still.picture * gain).clamp(0.0, 1.0) ** chance.uniform(0.85, 1.18, 1, 1, 1)
    points = still.points_px / SIZE_PX * 2.0 - 1.0
    flip = chance.flip(0.5)
    return Batch(*mirrored(picture, points, still.state, flip), torch.ones(len(kept)), SIZE_PX / 2.0 / still.px_per_m)


class _Cut:
    """Squares cut out of pictures: side (b,) in sides, shift (b, 2) in halves of the picture, roll (b,)."""

    def __init__(self, scale: Tensor, shift: Tensor, roll: Tensor) -> None:
        cos, sin = roll.cos() * scale, roll.sin() * scale
        self._scale = scale
        self._matrix = torch.stack(
            [torch.stack([cos, -sin, shift[:, 0]], -1), torch.stack([sin, cos, shift[:, 1]], -1)], dim=1
        )

    def painting(self, picture: Tensor, whole: Kept, size: int) -> Painting:
        full = picture.shape[-1]
        grid = F.affine_grid(self._matrix, [len(picture), 3, size, size], align_corners=False)
        shown = F.grid_sample(picture, grid, padding_mode="zeros", align_corners=False)
        points = whole["points_px"].float() / full * 2.0 - 1.0
        back = torch.linalg.inv(self._matrix[:, :, :2])
        points = (points - self._matrix[:, None, :, 2]) @ back.transpose(1, 2)
        state = torch.where((points.abs() > 1.0).any(-1), 2, whole["state"])
        px_per_m = whole["px_per_m"].float() / self._scale * size / full
        return Painting(shown, (points + 1.0) * size / 2.0, state, whole["lifter"][:, None, None], px_per_m)
