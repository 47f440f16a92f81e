"""Posed people on a device, made by processes beside the training and drawn from again and again."""

import logging
import multiprocessing
import os
import queue
import threading
import time
from dataclasses import fields
from multiprocessing.queues import Queue
from typing import Any

import numpy as np
import torch
from torch import Tensor

from depthperception.synth.space import space
from depthperception.train.surfaces.painting import Cast
from depthperception.train.surfaces.posing import Posed, posed_people, standing_person

LOG = logging.getLogger(__name__)

TOGETHER = 8
"""People who travel together: seven lifters and one who stands."""


class Pool:
    """Grows while it is drawn from, then replaces its oldest.

    Parameters
    ----------
    processes
        How many make people; 0 makes them here, when they are waited for.
    capacity
        How many lifters are kept: .25 MB each on the device.
    seed
        First seed of the processes; each has one of its own.
    """

    def __init__(self, device: torch.device, processes: int, capacity: int, seed: int = 0) -> None:
        self.lifters = _Ring(device, capacity)
        self.bystanders = _Ring(device, max(capacity // 7, 8))
        self._lock = threading.Lock()
        self._here: Any = _maker(seed) if processes == 0 else None
        self._workers: list[Any] = []
        if processes:
            context = multiprocessing.get_context("spawn")
            self._made: Queue[Any] = context.Queue(maxsize=8 * processes)
            for k in range(processes):
                worker = context.Process(target=_work, args=(seed + k, self._made), daemon=True)
                worker.start()
                self._workers.append(worker)
            threading.Thread(target=self._take_in, daemon=True).start()

    def wait_for(self, count: int, patience_s: float) -> int:
        """Wait for so many lifters, or for so long; return how many there are, at least `TOGETHER`."""
        end = time.monotonic() + patience_s
        while self.lifters.count < count and (time.monotonic() < end or self.lifters.count < TOGETHER):
            if time.monotonic() >= end and self._here is None:
                LOG.error("the makers of people bring nobody: making them here")
                self._here = _maker(seed=0)
            if self._here is not None:
                self._store(next(self._here))
            else:
                time.sleep(0.05)
        return self.lifters.count

    def cast(self, count: int, first: int = 0) -> tuple[Cast, Cast]:
        """Draw lifters, none of the first so many, and as many who stand about."""
        with self._lock:
            return self.lifters.drawn(count, first), self.bystanders.drawn(count, 0)

    def first(self, count: int) -> tuple[Cast, Cast]:
        """The first so many, which are for testing."""
        with self._lock:
            index = torch.arange(count, device=self.lifters.device)
            return self.lifters.cast.take(index), self.bystanders.drawn(count, 0)

    def keep(self, count: int) -> None:
        """Never replace the first so many."""
        self.lifters.kept = count

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.terminate()

    def _take_in(self) -> None:
        while True:
            try:
                made = self._made.get(timeout=5.0)
            except queue.Empty:
                if not any(worker.is_alive() for worker in self._workers):
                    LOG.error("all makers of people have ended; %d people stay", self.lifters.count)
                    return
                continue
            except (EOFError, OSError):
                return
            self._store(made)

    def _store(self, made: tuple[dict[str, Any], dict[str, Any]]) -> None:
        lifters, bystanders = made
        with self._lock:
            self.lifters.put(lifters)
            self.bystanders.put(bystanders)


class _Ring:
    def __init__(self, device: torch.device, capacity: int) -> None:
        self.device = device
        self.capacity = capacity
        self.count = 0
        self.kept = 0
        self._next = 0
        self._store: dict[str, Tensor] = {}

    @property
    def cast(self) -> Cast:
        return Cast(**self._store)

    def put(self, people: dict[str, Any]) -> None:
        count = len(people["rest"])
        if self._next + count > self.capacity:
            self._next = min(self.kept, self.capacity - count)
        for name, values in people.items():
            value = torch.from_numpy(values)
            if name not in self._store:
                self._store[name] = torch.empty(
                    (self.capacity, *value.shape[1:]), dtype=value.dtype, device=self.device
                )
            self._store[name][self._next : self._next + count].copy_(value)
        self._next += count
        self.count = max(self.count, self._next)

    def drawn(self, count: int, first: int) -> Cast:
        first = min(first, self.count - 1)
        return self.cast.take(torch.randint(first, self.count, (count,), device=self.device))


def _maker(seed: int) -> Any:
    bodies = space()
    lifters = posed_people(seed, bodies)
    rng = np.random.default_rng((seed, 1))
    bystanders: list[Posed] = []
    while True:
        # Who stands about is seen less closely: each stands about eight times.
        if len(bystanders) < 8 or rng.random() < 0.125:
            bystanders = [*bystanders[-15:], standing_person(rng, bodies)]
        yield (
            _stacked([next(lifters) for _ in range(TOGETHER - 1)]),
            _stacked([bystanders[int(rng.integers(len(bystanders)))]]),
        )


def _stacked(people: list[Posed]) -> dict[str, Any]:
    return {field.name: np.stack([getattr(one, field.name) for one in people]) for field in fields(Posed)}


def _work(seed: int, made: Any) -> None:
    os.nice(5)
    for people in _maker(seed):
        made.put(people)
