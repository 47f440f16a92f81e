"""Throughput of a Ray cluster of simulated nodes on this machine, and what a node that is killed costs.

    python benchmarks/cluster.py                          1, 4 and 16 nodes, judging replaced by a sleep of 10 s
    python benchmarks/cluster.py --sleep 21.4             by one of the seconds that you measured
    python benchmarks/cluster.py --kill                   and a node killed in the middle: what is lost?
    python benchmarks/cluster.py --real VIDEO... --nodes 1 2    the real work; all nodes share this machine's cores

Nodes are Ray's own (`ray.cluster_utils.Cluster`): each has a scheduler and workers of its own. The sleep stands for the
network calls; everything else, from the manifest to the table, is what a batch does. A first video on each node starts
its worker and is not counted. `of linear` is videos a second against nodes times one video in a sleep.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

from ray.cluster_utils import Cluster as Nodes

from depthperception.batch.children import Waiting
from depthperception.batch.cluster import Cluster
from depthperception.batch.jobs import Ended, Tell
from depthperception.batch.places import LocalPlace
from depthperception.batch.running import Batch
from depthperception.batch.sources import entries_of
from depthperception.options import Options

PER_NODE = 6

STORE_BYTES = 80 * 1024**2
"""Of a node's store of objects, about the least that Ray takes: only names and records go through it."""


@dataclass(frozen=True)
class Sleep:
    """A video whose judging takes this long."""

    video: str
    sleep_s: float

    def do(self, tell: Tell) -> str:
        """Sleep."""
        time.sleep(self.sleep_s)
        return self.video


@contextmanager
def cluster_of(nodes: int, cores: int) -> Iterator[tuple[Any, list[Any]]]:
    """Start a head that judges nothing, and nodes."""
    head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": STORE_BYTES}
    cluster = Nodes(initialize_head=True, head_node_args=head)
    try:
        sizes = {"num_cpus": cores, "object_store_memory": STORE_BYTES}
        added = [cluster.add_node(**sizes, wait=False) for _ in range(nodes)]
        cluster.wait_for_nodes(timeout=300)
        yield cluster, added
    finally:
        cluster.shutdown()


def sleeping(nodes: int, sleep_s: float, *, kill: bool) -> None:
    """Measure with sleeps."""
    with cluster_of(nodes, 1) as (cluster, added):
        executor = Cluster(cluster.address, cores=1, in_child=False)
        try:
            list(executor.run(Waiting([Sleep(f"warm{n}", 5.0) for n in range(2 * nodes)])))
            jobs = [Sleep(str(number), sleep_s) for number in range(PER_NODE * nodes)]
            began_s = time.monotonic()
            ended: list[Ended] = []
            for one in executor.run(Waiting(jobs)):
                ended.append(one)
                if kill and len(ended) == len(jobs) // 2:
                    cluster.remove_node(added[-1], allow_graceful=False)
            took_s = time.monotonic() - began_s
        finally:
            executor.close()
    share = len(jobs) * sleep_s / nodes / took_s
    done = len({one.made for one in ended if one.failure is None})
    lost = ", a node killed in the middle" if kill else ""
    print(f"{nodes:3d} nodes  {done} of {len(jobs)} videos in {took_s:.1f} s  {share:.0%} of linear{lost}", flush=True)


def really(nodes: int, videos: list[str]) -> None:
    """Judge videos."""
    with cluster_of(nodes, 1) as (cluster, _), tempfile.TemporaryDirectory() as folder:
        executor = Cluster(cluster.address)
        try:
            batch = Batch(entries_of(videos, Options()), LocalPlace(Path(folder) / "out"))
            began_s = time.monotonic()
            done = list(batch.run(executor.run))
            took_s = time.monotonic() - began_s
        finally:
            executor.close()
    judged = sum(one.record.failure is None for one in done)
    print(f"{nodes:3d} nodes  {judged} of {len(done)} videos in {took_s:.1f} s, workers' start included", flush=True)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--sleep", type=float, default=10.0)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--real", nargs="+", default=[])
    asked = parser.parse_args()
    for nodes in asked.nodes:
        if asked.real:
            really(nodes, asked.real)
        else:
            sleeping(nodes, asked.sleep, kill=asked.kill and nodes > 1)


if __name__ == "__main__":
    main()
