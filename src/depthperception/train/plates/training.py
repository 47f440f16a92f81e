"""Train the detector: for a time or a number of steps, on whatever device there is."""

import logging
import math
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue

import numpy as np
import torch
from torch import Tensor

from depthperception.train.plates.canvas import Sources, draw, spoil
from depthperception.train.plates.dataset import LabelledPictures
from depthperception.train.plates.losses import BOX_WEIGHT, Targets, loss
from depthperception.train.plates.network import PlateNetwork, backbone_from_imagenet
from depthperception.train.plates.plans import RENDERED_SHARE, Plan, Planner, keep_planning

_LOG = logging.getLogger(__name__)

PREPARED, PLANNERS = 6, 3
"""Batches of plans drawn ahead, and the processes that draw them."""


TOLD = 50
"""Steps between lines of the log."""


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Attributes
    ----------
    seconds
        Wall clock after which it ends; the learning rate falls to nothing by then.
    steps
        It ends after so many steps, if that is sooner.
    batch
        Pictures a step.
    side_px
        Side of the training pictures: what a video frame is shown at.
    rate, backbone_rate
        Highest learning rates: the backbone knows pictures already.
    decay
        Weight decay of AdamW.
    memory
        Share of the running mean of the weights that a step keeps, once there were enough steps: the mean is the
        result, and is better than any one step.
    rendered_share
        Of the parts of training pictures.
    """

    seconds: float = 110.0
    steps: int = 1_000_000
    batch: int = 64
    side_px: int = 416
    rate: float = 1.2e-3
    backbone_rate: float = 3e-4
    decay: float = 0.02
    memory: float = 0.997
    rendered_share: float = RENDERED_SHARE
    seed: int = 0


def train(
    data: LabelledPictures, imagenet: dict[str, Tensor], options: TrainingOptions, device: torch.device
) -> PlateNetwork:
    """Train a network from ImageNet's backbone; returns the mean of its weights over the last steps."""
    torch.manual_seed(options.seed)
    network = PlateNetwork()
    network.load_state_dict(backbone_from_imagenet(imagenet), strict=False)
    return fit(network, data, options, device)


def fit(network: PlateNetwork, data: LabelledPictures, options: TrainingOptions, device: torch.device) -> PlateNetwork:
    """Train a network further; see `train`."""
    network.to(device, memory_format=torch.channels_last).train()
    sources = Sources.of(data.pictures, device)
    generator = torch.Generator(device=device).manual_seed(options.seed)
    optimiser = torch.optim.AdamW(
        [
            {"params": network.head_parameters(), "lr": options.rate},
            {"params": network.backbone_parameters(), "lr": options.backbone_rate},
        ],
        weight_decay=options.decay,
    )
    peaks = [group["lr"] for group in optimiser.param_groups]
    mean = {name: value.detach().clone() for name, value in network.state_dict().items()}
    half = torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
    totals = torch.zeros(2, device=device)
    with _batches(data, options) as queue:
        step, plans, started = 0, queue.get(), time.monotonic()
        while (done := max((time.monotonic() - started) / options.seconds, step / options.steps)) < 1.0:
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["lr"] = peak * _rate(done, step)
            with torch.no_grad():
                pictures = spoil(draw(sources, plans, options.side_px), generator)
            pictures = pictures.contiguous(memory_format=torch.channels_last)
            with half:
                centres, sides = network(pictures)
            wrong, box = loss(centres, sides, Targets.of(plans, device))
            optimiser.zero_grad(set_to_none=True)
            (wrong + BOX_WEIGHT * box).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            optimiser.step()
            _average(mean, network, min(options.memory, (1.0 + step) / (10.0 + step)))
            totals += torch.stack([wrong.detach(), box.detach()])
            step, plans = step + 1, queue.get()
            if step % TOLD == 0:
                _tell(step, done, totals)
    network.load_state_dict(mean)
    network.eval()
    return network


def _tell(step: int, done: float, totals: Tensor) -> None:
    centre_error, box_error = (totals / TOLD).tolist()
    totals.zero_()
    _LOG.info("step %d, %.0f %%: centres %.3f, boxes %.3f", step, 100 * done, centre_error, box_error)


def _rate(done: float, step: int) -> float:
    """Rise over 100 steps, then fall as a cosine to a hundredth."""
    return min(1.0, (step + 1) / 100.0) * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(done, 1.0))))


def _average(mean: dict[str, Tensor], network: PlateNetwork, keep: float) -> None:
    with torch.no_grad():
        values = network.state_dict()
        torch._foreach_lerp_(list(mean.values()), [values[name] for name in mean], 1.0 - keep)


@contextmanager
def _batches(data: LabelledPictures, options: TrainingOptions) -> Iterator["Queue[list[Plan]]"]:
    """Plans of batch after batch, drawn ahead by processes of their own: one would keep a fast device waiting."""
    context = multiprocessing.get_context("spawn")
    queue: Queue[list[Plan]] = context.Queue(PREPARED)
    planner = Planner(data, options.side_px, rendered_share=options.rendered_share)
    seeds = np.random.SeedSequence(options.seed).spawn(PLANNERS)
    workers = [
        context.Process(target=keep_planning, args=(planner, seed, options.batch, queue), daemon=True) for seed in seeds
    ]
    for worker in workers:
        worker.start()
    try:
        yield queue
    finally:
        for worker in workers:
            worker.terminate()
