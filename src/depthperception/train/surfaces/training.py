"""Train the network on pictures made as they are needed, several variants on the same pictures, for a given time."""

import json
import logging
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import Tensor, distributed

from depthperception.surfaces import POINTS
from depthperception.train.surfaces.film import Batch, develop
from depthperception.train.surfaces.losses import loss_of
from depthperception.train.surfaces.network import SurfaceNet
from depthperception.train.surfaces.onnx_file import state_of
from depthperception.train.surfaces.painting import Painter
from depthperception.train.surfaces.photos import Photos
from depthperception.train.surfaces.pool import Pool

LOG = logging.getLogger(__name__)

CLIP_NORM = 5.0

WARM = (0.02, 0.10)
"""Shares of the time in which the rates of decoder and encoder rise: a decoder that knows nothing spoils an encoder."""


@dataclass(frozen=True)
class Variant:
    """One way to train.

    Attributes
    ----------
    size_px
        What the network is shown; a multiple of 32.
    encoder_rate, rate
        Highest learning rates of encoder and decoder; an encoder at 0 stays as it is.
    settled
        Normalisation stays as it is: of the file that ships, or with batches too small to measure it.
    """

    name: str
    size_px: int = 256
    encoder_rate: float = 2e-4
    rate: float = 2e-3
    channels: int = 96
    settled: bool = False


VARIANTS = {
    "frozen": Variant("frozen", encoder_rate=0.0),
    "slow": Variant("slow", encoder_rate=3e-5),
    "tuned": Variant("tuned", encoder_rate=1e-4),
    "tuned320": Variant("tuned320", size_px=320, encoder_rate=1e-4),
    "slow320": Variant("slow320", size_px=320, encoder_rate=3e-5),
    "onwards": Variant("onwards", size_px=320, encoder_rate=2e-5, rate=2e-4, settled=True),
}


@dataclass(frozen=True)
class Plan:
    """How long and how much at once.

    Attributes
    ----------
    paint_px, size_px
        Side of the paintings, and of what is made of them; variants that are shown less shrink it.
    uses
        How often one painting is developed, each time as another film.
    held
        People who are never trained on.
    start_from
        Folder of the checkpoints to go on from, or the ONNX file that ships.
    """

    seconds: float
    variants: tuple[Variant, ...]
    out: Path
    photos: Path | None
    weights: Path
    processes: int = 15
    capacity: int = 16384
    batch: int = 96
    paint_px: int = 512
    size_px: int = 320
    uses: int = 2
    held: int = 256
    save_every_s: float = 45.0
    seed: int = 0
    start_from: Path | None = None


@dataclass(eq=False)
class Pupil:
    """A network in training, and the running mean of its weights, which is what is kept."""

    variant: Variant
    net: SurfaceNet
    mean: SurfaceNet
    optimiser: torch.optim.Optimizer
    rates: tuple[float, ...]
    parts: dict[str, float] = field(default_factory=dict)
    pairs: tuple[list[Tensor], list[Tensor]] = field(default_factory=lambda: ([], []))

    def __post_init__(self) -> None:
        for mine, theirs in zip(self.mean.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mine.is_floating_point():
                self.pairs[0].append(mine)
                self.pairs[1].append(theirs)

    @classmethod
    def new(cls, variant: Variant, plan: Plan, device: torch.device) -> "Pupil":
        """Start from BlazePose's encoder, or go on from a checkpoint."""
        torch.manual_seed(plan.seed)
        net = SurfaceNet(plan.weights, variant.channels)
        if plan.start_from:
            _load(net, plan.start_from, variant)
        net = net.to(device, memory_format=torch.channels_last)
        encoder = list(net.encoder.parameters())
        rest = [value for name, value in net.named_parameters() if not name.startswith("encoder.")]
        for value in encoder:
            value.requires_grad_(variant.encoder_rate > 0.0)
        groups = [{"params": rest, "lr": variant.rate}]
        if variant.encoder_rate > 0.0:
            groups.append({"params": encoder, "lr": variant.encoder_rate})
        optimiser = torch.optim.AdamW(groups, weight_decay=0.02, fused=device.type == "cuda")
        rates = (variant.rate, variant.encoder_rate)[: len(groups)]
        return cls(variant, net, deepcopy(net).eval(), optimiser, rates)

    def learn(self, batch: Batch, share: float, step: int) -> None:
        """One step, at a share (0 to 1) of the training."""
        cooled = 0.5 * (1.0 + np.cos(np.pi * min(share, 1.0)))
        for group, rate, warm in zip(self.optimiser.param_groups, self.rates, WARM, strict=False):
            group["lr"] = rate * (min(1.0, share / warm) * cooled + 0.005)
        self.net.train(not self.variant.settled)
        with torch.autocast(batch.picture.device.type, dtype=torch.bfloat16):
            said = self.net(_shown(batch.picture, self.variant.size_px))
        loss, parts = loss_of(said, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        _agree(list(self.net.parameters()))
        # Each by itself: the encoder's gradients are many times the decoder's.
        groups = self.optimiser.param_groups
        norms = torch.stack([torch.nn.utils.clip_grad_norm_(group["params"], CLIP_NORM) for group in groups])
        if torch.isfinite(norms).all():
            self.optimiser.step()
        if step % 20 == 0:
            self.parts = {name: round(float(value), 4) for name, value in parts.items()}
        self._follow(min(0.998, (1.0 + step) / (20.0 + step)))

    @torch.no_grad()
    def _follow(self, keep: float) -> None:
        torch._foreach_lerp_(*self.pairs, 1.0 - keep)

    def save(self, folder: Path) -> None:
        """Write the running mean; a crash while writing leaves the last one."""
        part = folder / f"{self.variant.name}.part"
        torch.save({name: value.cpu() for name, value in self.mean.state_dict().items()}, part)
        part.replace(folder / f"{self.variant.name}.pt")


def _load(net: SurfaceNet, start: Path, variant: Variant) -> None:
    saved = start / f"{variant.name}.pt"
    if start.suffix == ".onnx":
        net.load_state_dict(state_of(onnx.load(str(start)), net))
    elif saved.exists():
        net.load_state_dict(torch.load(saved, map_location="cpu", weights_only=True))


def learns_with_others() -> bool:
    """Whether this process is one of several that learn the same."""
    return bool(distributed.is_available() and distributed.is_initialized())


def _agree(parameters: Sequence[Tensor]) -> None:
    """Take the mean of the gradients of all processes that learn together."""
    if not learns_with_others():
        return
    gradients = [value.grad for value in parameters if value.grad is not None]
    together = torch.cat([one.flatten() for one in gradients])
    distributed.all_reduce(together)
    together /= distributed.get_world_size()
    for one, mean in zip(gradients, together.split([one.numel() for one in gradients]), strict=True):
        one.copy_(mean.view_as(one))


def train(plan: Plan) -> dict[str, Any]:
    """Train until the time is up; what was reached on people who were never trained on comes back and is written."""
    started = time.monotonic()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # Painting multiplies places in metres by matrices: TF32 would move them by millimetres.
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.benchmark = True
    plan.out.mkdir(parents=True, exist_ok=True)
    pool = Pool(device, plan.processes, plan.capacity, seed=1000 * plan.seed)
    try:
        photos = Photos.load(plan.photos, device) if plan.photos else Photos.none(device)
        painter = Painter(photos, device)
        pupils = [Pupil.new(variant, plan, device) for variant in plan.variants]
        held = min(plan.held, pool.wait_for(plan.held + 2 * plan.batch, patience_s=40.0) // 2)
        pool.keep(held)
        test = _held_out(pool, painter, plan, held)
        return _until_time_is_up(replace(plan, held=held), started, pool, painter, pupils, test)
    finally:
        pool.close()


def _until_time_is_up(
    plan: Plan, started: float, pool: Pool, painter: Painter, pupils: Sequence[Pupil], test: Sequence[Batch]
) -> dict[str, Any]:
    begun = time.monotonic()
    # Getting ready counts, but a start that took too long must not leave a training without any time.
    length_s = max(plan.seconds - (begun - started), 0.3 * plan.seconds)
    step = pictures = 0
    batch_size, saved = plan.batch, begun
    found: dict[str, Any] = {}
    while (share := (time.monotonic() - begun) / length_s) < 1.0:
        try:
            painting = painter.paint(*pool.cast(batch_size, plan.held), plan.paint_px)
            for _ in range(plan.uses):
                batch = develop(painting, painter.photos, plan.size_px)
                for pupil in pupils:
                    pupil.learn(batch, share, step)
                step += 1
            pictures += batch_size
            del painting
        except torch.cuda.OutOfMemoryError:
            LOG.warning("out of memory with %d pictures at once; going on with half", batch_size)
            torch.cuda.empty_cache()
            batch_size = max(batch_size // 2, 4)
        if time.monotonic() - saved > plan.save_every_s or step <= plan.uses:
            saved = time.monotonic()
            found = report(plan, pupils, test, saved - started, step, pictures)
    return report(plan, pupils, test, time.monotonic() - started, step, pictures) or found


def report(
    plan: Plan, pupils: Sequence[Pupil], test: Sequence[Batch], at_s: float, step: int, pictures: int
) -> dict[str, Any]:
    """Save every pupil, test it, and add a line to the log."""
    row: dict[str, Any] = {"at_s": round(at_s, 1), "step": step, "pictures": pictures}
    for pupil in pupils:
        pupil.save(plan.out)
        row[pupil.variant.name] = {**pupil.parts, **errors_cm(pupil.mean, test, pupil.variant.size_px)}
    with (plan.out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    LOG.info(json.dumps(row))
    return row


def _held_out(pool: Pool, painter: Painter, plan: Plan, held: int) -> list[Batch]:
    lifters, others = pool.first(held)
    batches = []
    for part in torch.arange(held, device=painter.device).split(min(plan.batch, 32)):
        painting = painter.paint(lifters.take(part), others.take(part), plan.paint_px)
        batches.append(develop(painting, painter.photos, plan.size_px))
    return batches


@torch.no_grad()
def errors_cm(net: SurfaceNet, batches: Sequence[Batch], size_px: int) -> dict[str, float]:
    """Median distances in cm at the lifter, by point, seen ones and hidden ones; the spread of crease over knee."""
    away, states, height, log_wide = [], [], [], []
    for batch in batches:
        with torch.autocast(batch.picture.device.type, dtype=torch.bfloat16):
            said = net(_shown(batch.picture, size_px))
        off = (said.points - batch.points) * batch.metres[:, None, None] * 100.0
        state = torch.where(batch.counts[:, None] > 0.0, batch.state, 2)
        away.append(off.norm(dim=-1))
        states.append(state)
        high = off[:, 0:2, 1] - off[:, 4:6, 1]
        height.append(high[(state[:, 0:2] < 2) & (state[:, 4:6] < 2)])
        log_wide.append(off.norm(dim=-1) / (said.spread[..., :2].exp().prod(-1).sqrt() * batch.metres[:, None] * 100.0))
    distance, state, height_cm = torch.cat(away), torch.cat(states), torch.cat(height)
    row: dict[str, float] = {}
    for k, name in enumerate(POINTS):
        pair = distance[:, 2 * k : 2 * k + 2]
        for word, number in (("seen", 0), ("hidden", 1)):
            chosen = pair[state[:, 2 * k : 2 * k + 2] == number]
            row[f"{name}_{word}"] = round(float(chosen.median()), 2) if len(chosen) else float("nan")
    row["height_sd"] = round(float(height_cm.clamp(-15.0, 15.0).std()), 2)
    row["height_median"] = round(float(height_cm.abs().median()), 2)
    row["error_over_spread"] = round(float(torch.cat(log_wide)[state < 2].median()), 2)
    return row


def _shown(picture: Tensor, size_px: int) -> Tensor:
    if picture.shape[-1] != size_px:
        picture = F.interpolate(picture, size=(size_px, size_px), mode="bilinear", antialias=True, align_corners=False)
    return picture.contiguous(memory_format=torch.channels_last)
