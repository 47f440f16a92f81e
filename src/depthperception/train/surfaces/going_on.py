"""Go on with the training of the network that ships, on a CPU: from pictures of both painters that are kept on disk."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed, multiprocessing

from depthperception.train.surfaces.film import Batch
from depthperception.train.surfaces.photos import Photos
from depthperception.train.surfaces.shelf import TOGETHER, Shelf, painted, rendered
from depthperception.train.surfaces.training import VARIANTS, Plan, Pupil, learns_with_others, report

VARIANT = VARIANTS["onwards"]

PAINTED = 2 / 3
"""Share of paintings in a batch: with half of them, and each seen seven times, what paintings had taught was lost."""


@dataclass(frozen=True)
class Shelves:
    """Folders of pictures: both painters', and paintings of people who are never trained on."""

    painted: Path
    rendered: Path
    held: Path


def go_on(plan: Plan, shelves: Shelves) -> None:
    """Learn for the plan's time from both painters, in one process a core; batches are put together of theirs."""
    plan.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29511")
    if plan.processes == 1:
        _learn(0, plan, shelves)
    else:
        multiprocessing.spawn(_learn, (plan, shelves), nprocs=plan.processes)


def _learn(rank: int, plan: Plan, shelves: Shelves) -> None:
    torch.set_num_threads(1)
    if plan.processes > 1:
        distributed.init_process_group("gloo", rank=rank, world_size=plan.processes)
    cpu = torch.device("cpu")
    photos = Photos.load(plan.photos, cpu) if plan.photos else Photos.none(cpu)
    pupil = Pupil.new(VARIANT, plan, cpu)
    test = _held(shelves.held, photos) if rank == 0 else []
    torch.manual_seed(1 + plan.processes * plan.seed + rank)
    own, other = Shelf(shelves.painted), Shelf(shelves.rendered)
    begun = saved = time.monotonic()
    step = 0
    while (share := _first_says((time.monotonic() - begun) / plan.seconds)) < 1.0:
        count = round(PAINTED * plan.batch)
        batch = _joined(painted(own.take(count), photos), rendered(other.take(plan.batch - count), photos))
        pupil.learn(batch, share, step)
        step += 1
        if rank == 0 and time.monotonic() - saved > plan.save_every_s:
            saved = time.monotonic()
            report(plan, [pupil], test, saved - begun, step, step * plan.batch * plan.processes)
    if rank == 0:
        report(plan, [pupil], test, time.monotonic() - begun, step, step * plan.batch * plan.processes)


def _first_says(share: float) -> float:
    """All processes stop at the same step."""
    if not learns_with_others():
        return share
    said = torch.tensor([share])
    distributed.broadcast(said, 0)
    return float(said)


def _held(folder: Path, photos: Photos) -> list[Batch]:
    """The same film of the same people every time."""
    torch.manual_seed(777)
    shelf = Shelf(folder)
    return [painted(shelf.take(TOGETHER), photos) for _ in folder.glob("*.pt")]


def _joined(*batches: Batch) -> Batch:
    columns: Sequence[tuple[Tensor, ...]] = list(zip(*(vars(one).values() for one in batches), strict=True))
    return Batch(*(torch.cat(column) for column in columns))
