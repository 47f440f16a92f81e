"""Child processes that do jobs, a few side by side: one that crashes or hangs is replaced, and the others go on."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from depthperception.batch.jobs import Ended, Failure, Job, died, outcome, too_long
from depthperception.models import device_in_use, use_device
from depthperception.sandbox import processes

START_S, PER_FILM_S = 600.0, 20.0
"""Without --timeout a video has ten minutes, and 20 s more for each second of its film once that is known: the median
of computing is 1.2 s for a second of film, the most 5.7 (docs/lifter.md), and a loaded machine is several times slower.
What takes longer is stuck."""

MOST_JOBS_OF_A_CHILD = 200
"""Then a new one takes its place: libraries that decode and draw may keep some memory of every video."""

Heard = Callable[[Job, str, float], None]
"""Takes the progress of a job: the step, and how much of it is done."""


class Waiting:
    """Jobs that wait for their turn; two that may be of the same content never run side by side.

    Parameters
    ----------
    jobs
        What is to be done, in this order.
    twin
        Gives a key that jobs have in common which may turn out to be the same; None of one that has no twin.
    """

    def __init__(self, jobs: Iterable[Job], twin: Callable[[Job], Any] = lambda _: None) -> None:
        self._jobs, self._twin = deque(jobs), twin
        self._running: set[Any] = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def take(self) -> Job | None:
        """Give the first job that may begin now; None where there is none."""
        for job in self._jobs:
            twin = self._twin(job)
            if twin not in self._running:
                self._jobs.remove(job)
                if twin is not None:
                    self._running.add(twin)
                return job
        return None

    def ended(self, job: Job) -> None:
        """Say that a job has ended: its twins may begin."""
        self._running.discard(self._twin(job))


@dataclass
class _Child:
    """A process that does one job after the other, and what it does now."""

    process: SpawnProcess
    connection: Connection
    job: Job | None = None
    began_s: float = 0.0
    limit_s: float = 0.0
    begun: Mapping[str, Any] = field(default_factory=dict)
    jobs: int = 0

    @property
    def ends_s(self) -> float:
        return self.began_s + self.limit_s


class Children:
    """Up to `at_once` child processes, kept from job to job: starting one loads the networks anew.

    Parameters
    ----------
    at_once
        How many jobs run side by side.
    limit_s
        Longest time of a job; None for one that grows with its film.
    on_progress
        Hears of every job's progress.
    """

    def __init__(self, at_once: int = 1, *, limit_s: float | None = None, on_progress: Heard = lambda *_: None) -> None:
        self._at_once, self._limit_s, self._heard = at_once, limit_s, on_progress
        self._idle: list[_Child] = []
        self._busy: list[_Child] = []

    def run(self, waiting: Waiting) -> Iterator[Ended]:
        """Do every job that waits; gives each as it ends."""
        while self._fill(waiting) or self._busy:
            for child in self._ready():
                ended = self._hear(child)
                if ended is not None:
                    waiting.ended(ended.job)
                    yield ended
            for child in [one for one in self._busy if time.monotonic() >= one.ends_s]:
                ended = self._lose(child, lambda job, one=child: too_long(job, one.limit_s))  # type: ignore[misc]
                waiting.ended(ended.job)
                yield ended

    def close(self) -> None:
        """End every child, whatever it does."""
        for child in (*self._idle, *self._busy):
            processes.stop(child.process, child.connection)
        self._idle, self._busy = [], []

    def _fill(self, waiting: Waiting) -> bool:
        """Give work to whoever has none; whether there was any."""
        given = False
        while len(self._busy) < self._at_once and (job := waiting.take()) is not None:
            child = self._free()
            child.job, child.began_s, child.begun = job, time.monotonic(), {}
            child.limit_s = START_S
            child.jobs += 1
            child.connection.send(job)
            self._busy.append(child)
            given = True
        return given

    def _free(self) -> _Child:
        """Give a child that has nothing to do; one that died meanwhile is passed over."""
        while self._idle:
            child = self._idle.pop()
            if child.process.is_alive():
                return child
            processes.stop(child.process, child.connection)
        return _Child(*processes.start(_serve, logging.getLogger("depthperception").level, device_in_use()))

    def _ready(self) -> list[_Child]:
        """Wait until a child has said something, or the first has no time left."""
        left_s = max(0.0, min(child.ends_s for child in self._busy) - time.monotonic())
        spoken = wait([child.connection for child in self._busy], left_s)
        return [child for child in self._busy if child.connection in spoken]

    def _hear(self, child: _Child) -> Ended | None:
        assert child.job is not None
        try:
            kind, values = child.connection.recv()
        except (EOFError, OSError):
            child.process.join()
            return self._lose(child, lambda job: died(job, child.process.exitcode))
        if kind == "progress":
            self._heard(child.job, values["step"], values["done"])
        elif kind == "ready":  # now it has loaded what it needs, which takes long where others work too
            child.began_s, child.limit_s = time.monotonic(), self._limit_s or START_S
        elif kind == "begun":
            child.begun = values
            if self._limit_s is None:
                child.limit_s += PER_FILM_S * values["duration_s"]
        else:
            return self._finish(child, *values)
        return None

    def _finish(self, child: _Child, made: Any, failure: Failure | None) -> Ended:
        self._busy.remove(child)
        assert child.job is not None
        ended = Ended(child.job, made, failure, time.monotonic() - child.began_s, child.begun)
        if child.jobs < MOST_JOBS_OF_A_CHILD:
            self._idle.append(child)
        else:
            processes.stop(child.process, child.connection)
        return ended

    def _lose(self, child: _Child, why: Callable[[Job], Failure]) -> Ended:
        """Give a child up, and say why."""
        self._busy.remove(child)
        assert child.job is not None
        failure = why(child.job)
        processes.stop(child.process, child.connection)
        return Ended(child.job, None, failure, time.monotonic() - child.began_s, child.begun)


def _serve(log_level: int, device: str, connection: Connection) -> None:
    """Do jobs as they come, in the child, on the device that the parent uses."""
    logging.getLogger("depthperception").setLevel(log_level)
    use_device(device)

    def tell(kind: str, values: Mapping[str, Any]) -> None:
        connection.send((kind, values))

    while True:
        job = connection.recv()
        connection.send(("ready", {}))
        connection.send(("ended", outcome(job, tell)))
