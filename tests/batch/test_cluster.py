"""A batch on a Ray cluster of several nodes, with videos and results in an S3-compatible store."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from depthperception.batch.addresses import fingerprint
from depthperception.batch.children import Waiting
from depthperception.batch.jobs import Tell
from depthperception.batch.places import RemotePlace, place_of
from depthperception.batch.running import Batch
from depthperception.batch.sources import entries_of
from depthperception.errors import OptionError
from depthperception.options import Options
from tests.support.batch_jobs import Judge, inline
from tests.support.clips import numbered_clip
from tests.support.stand import Stand

BUCKET = "meet"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """An S3-compatible server in a process of its own, with a bucket; gives its address."""
    pytest.importorskip("s3fs", reason="the extra `cluster` is not installed")
    pytest.importorskip("moto", reason="moto is not installed: pip install 'moto[server]'")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    address = f"http://127.0.0.1:{port}"
    with (
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in {**keys, "AWS_ENDPOINT_URL": address}.items():
            environment.setenv(name, value)
        try:
            _wait_for(port)
            files().makedirs(BUCKET, exist_ok=True)
            yield address
        finally:
            server.kill()


def files() -> Any:
    """The store as fsspec sees it, without what it remembers."""
    import s3fs  # noqa: PLC0415

    found = s3fs.S3FileSystem()
    found.invalidate_cache()
    return found


def _wait_for(port: int) -> None:
    end_s = time.monotonic() + 120.0
    while time.monotonic() < end_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the store did not start")


def test_videos_come_from_s3_and_results_go_there_whole_and_once(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge()
    monkeypatch.setattr("depthperception.batch.work.judge_into", judge)
    for number, name in enumerate(("day1/squat.mp4", "day2/squat.mp4", "day2/nobody.mp4")):
        clip = numbered_clip(tmp_path / f"{number}.mp4", [k / 30 for k in range(2 + number)])
        files().put_file(str(clip), f"{BUCKET}/in/{name}")
    files().pipe_file(f"{BUCKET}/in/day2/broken.mp4", b"hello" * 9)
    files().pipe_file(f"{BUCKET}/list.csv", b"path,lifter\nin/day1/squat.mp4,Anna\nin/gone.mp4,Bo\n")
    asked = entries_of([f"s3://{BUCKET}/in/"], Options())
    assert [entry.video.removeprefix(f"s3://{BUCKET}/in/") for entry in asked] == [
        "day1/squat.mp4", "day2/broken.mp4", "day2/nobody.mp4", "day2/squat.mp4",
    ]  # fmt: skip
    assert entries_of([f"s3://{BUCKET}/in/*/squat.mp4"], Options()) == (asked[0], asked[3])
    place = place_of(f"s3://{BUCKET}/out")
    assert isinstance(place, RemotePlace)
    for again in (False, True):
        done = list(Batch(asked, place).run(inline))
        assert [one.record.failure is None for one in sorted(done, key=lambda one: one.number)] == [
            True, False, True, True,
        ]  # fmt: skip
        assert len(judge.judged) == 3, f"judged twice: {again}"
    rows = [json.loads(line) for line in files().cat_file(f"{BUCKET}/out/results.jsonl").splitlines()]
    assert [row["folder"] for row in rows] == ["squat.judged", "", "nobody.judged", "squat-2.judged"]
    assert f"s3://{BUCKET}/in/day2/broken.mp4: the file holds text" in rows[1]["error"]
    for row in (rows[0], rows[3]):
        judged = json.loads(files().cat_file(f"{BUCKET}/out/{row['folder']}/judgement.json"))
        assert judged["video"]["path"] == row["video"]
    assert files().exists(f"{BUCKET}/out/results.parquet")
    listed = list(Batch(entries_of([f"s3://{BUCKET}/list.csv"], Options()), place).run(inline))
    assert [(one.entry.labels.lifter, one.kept) for one in listed] == [("Anna", True), ("Bo", False)]
    assert "there is no such object" in str(listed[1].record.failure)


def test_an_object_that_was_put_anew_is_not_taken_for_the_one_before(store: str) -> None:
    files().pipe_file(f"{BUCKET}/x.mp4", b"one")
    first = fingerprint(f"s3://{BUCKET}/x.mp4")
    files().pipe_file(f"{BUCKET}/x.mp4", b"two")
    second = fingerprint(f"s3://{BUCKET}/x.mp4")
    assert first[1] == second[1] == 3
    assert first != second
    assert fingerprint(f"s3://{BUCKET}/none.mp4") == ("", None)


@dataclass(frozen=True)
class Slow(Stand):
    """Says where it was done."""

    def do(self, tell: Tell) -> Any:
        """Sleep a little."""
        import ray  # noqa: PLC0415

        _, pid = super().do(tell)
        return ray.get_runtime_context().get_node_id() if ray.is_initialized() else "", pid


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """Ray's own test cluster of a head that judges nothing and two nodes of one core; skipped without Ray."""
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        size = {"object_store_memory": 80 * 1024**2}  # about the least that Ray takes
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **size})
        try:
            yield cluster, [cluster.add_node(num_cpus=1, **size) for _ in range(2)]
        finally:
            cluster.shutdown()


def test_every_node_works_and_what_a_killed_node_did_is_done_by_the_others(nodes: Any, tmp_path: Path) -> None:
    from depthperception.batch.cluster import Cluster  # noqa: PLC0415

    running, (_, second) = nodes
    cluster = Cluster(running.address, in_child=False)
    try:
        jobs = [Slow(f"slow{number}", str(tmp_path)) for number in range(8)]
        done = {ended.job.video: ended.made for ended in cluster.run(Waiting(jobs))}
        assert sorted(done) == [job.video for job in jobs]
        assert len({node for node, _ in done.values()}) == 2

        names = []
        for number, ended in enumerate(cluster.run(Waiting(jobs))):
            if number == 1:
                running.remove_node(second, allow_graceful=False)
            assert ended.failure is None
            names.append(ended.job.video)
        assert sorted(names) == [job.video for job in jobs]
    finally:
        cluster.close()


def test_a_video_in_a_child_on_a_node_may_hang_and_crash(nodes: Any, tmp_path: Path) -> None:
    from depthperception.batch.cluster import Cluster  # noqa: PLC0415

    cluster = Cluster(nodes[0].address, limit_s=5.0)
    try:
        jobs = [Stand(name) for name in ("one", "hangs", "killed", "two")]
        ended = {one.job.video: one.failure.kind if one.failure else "" for one in cluster.run(Waiting(jobs))}
        assert ended == {"one": "", "hangs": "too_long", "killed": "crashed", "two": ""}
    finally:
        cluster.close()


def test_a_cluster_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    from depthperception.batch.cluster import Cluster  # noqa: PLC0415

    def nobody(*_: Any, **__: Any) -> None:
        raise ConnectionError("Could not find any running Ray instance.")

    monkeypatch.setattr(ray, "init", nobody)
    with pytest.raises(OptionError, match="There is no Ray cluster at auto"):
        Cluster("auto")
