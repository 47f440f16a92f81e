"""Jobs on a Ray cluster: a task for each video, a few more in flight than there is room for, retried if a node dies."""

import logging
import time
from collections.abc import Generator
from functools import cache
from typing import Any

import ray
from ray.exceptions import RayError

from depthperception.batch.children import Children, Waiting
from depthperception.batch.jobs import CRASHED, Ended, Failure, Job, outcome
from depthperception.errors import OptionError

CORES_PER_VIDEO = 2
"""Following and looking run beside each other: one core is never enough, and three are not used."""

QUEUED_PER_PLACE = 2
"""Tasks in flight for each that can run: a node has the next one at hand, and an autoscaler sees that more wait."""

MOST_RETRIES = 3
"""Of a task whose node or worker died; a video that itself brings its process down is no such thing."""

LOOK_EVERY_S = 5.0
"""Nodes come and go: so often it is looked how many there are."""


class Cluster:
    """Does jobs on a Ray cluster.

    Parameters
    ----------
    address
        Of its head ("10.0.0.1:6379", "ray://10.0.0.1:10001"), or "auto" for the one that this machine belongs to.
    most
        Most tasks in flight; as the cluster has room where it is not given.
    limit_s
        Longest time of a job, as in `Children`.
    cores
        That a task asks for; no more than the largest node has.
    in_child
        Whether a job has a process of its own on its node, so that it can be stopped; only benchmarks do without.

    Raises
    ------
    OptionError
        When there is no such cluster.
    """

    def __init__(
        self,
        address: str,
        *,
        most: int | None = None,
        limit_s: float | None = None,
        cores: int = CORES_PER_VIDEO,
        in_child: bool = True,
    ) -> None:
        try:
            ray.init(address, logging_level=logging.ERROR, log_to_driver=False, ignore_reinit_error=True)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise OptionError(
                f"There is no Ray cluster at {address} ({str(error).splitlines()[0]}); expected one that was started "
                "with `ray start --head`. Start it, or give its address (docs/cluster.md)."
            ) from error
        self._most, self._limit_s, self._cores, self._in_child = most, limit_s, cores, in_child
        self._looked_s, self._room = float("-inf"), 1

    def run(self, waiting: Waiting) -> Generator[Ended, None, None]:
        """Do every job that waits; gives each as it ends."""
        running: dict[Any, Job] = {}
        try:
            while self._submit(waiting, running) or running:
                ready, _ = ray.wait(list(running), timeout=LOOK_EVERY_S)
                for task in ready:
                    job = running.pop(task)
                    waiting.ended(job)
                    yield _ended(task, job)
        finally:
            for task in running:
                ray.cancel(task, force=True)

    def close(self) -> None:
        """Leave the cluster."""
        ray.shutdown()

    def _submit(self, waiting: Waiting, running: dict[Any, Job]) -> bool:
        """Submit as many as may be in flight; whether there was any."""
        self._look()
        given = False
        while len(running) < (self._most or QUEUED_PER_PLACE * self._room) and (job := waiting.take()) is not None:
            running[self._task.remote(job, self._limit_s, self._in_child)] = job
            given = True
        return given

    def _look(self) -> None:
        """See how many tasks have room now."""
        if time.monotonic() - self._looked_s < LOOK_EVERY_S:
            return
        nodes = [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]
        cores = max(1.0, min(self._cores, max(nodes, default=1.0)))
        self._room = max(1, sum(int(node // cores) for node in nodes))
        self._task = ray.remote(num_cpus=cores, max_retries=MOST_RETRIES)(_do)
        self._looked_s = time.monotonic()


def _ended(task: Any, job: Job) -> Ended:
    try:
        ended: Ended = ray.get(task)
    except RayError as error:
        says = (
            f"{job.video}: its machine was lost {MOST_RETRIES + 1} times ({type(error).__name__}). Expected one that "
            "stays. Look at the cluster, and run the batch again with --retry-failed."
        )
        return Ended(job, None, Failure(CRASHED, "", says))
    return ended


def _do(job: Job, limit_s: float | None, in_child: bool) -> Ended:
    """Do one job, on a node of the cluster."""
    if not in_child:
        began_s = time.monotonic()
        made, failure = outcome(job, lambda *_: None)
        return Ended(job, made, failure, time.monotonic() - began_s)
    (ended,) = _children(limit_s).run(Waiting([job]))
    return ended


@cache
def _children(limit_s: float | None) -> Children:
    """Give the child of this worker, which it keeps from task to task: starting one loads the networks anew."""
    return Children(limit_s=limit_s)
