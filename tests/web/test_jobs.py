"""The queue and its child processes: two at a time, cancellable, and nothing is lost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from depthperception.web.events import Events
from depthperception.web.folders import Folders
from depthperception.web.jobs import Jobs, Runner
from depthperception.web.store import Store
from depthperception.web.tables import Judging
from tests.support import web_runners as runners
from tests.support.clips import numbered_clip
from tests.support.postgres import database_of

LONGEST_S = 240.0


class Queue:
    """A queue with its store in a folder, and one video in it."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        self.folders = Folders(folder)
        self.folders.prepare().release()
        self.store = Store(database_of(folder) or f"sqlite:///{self.folders.database}")
        self.jobs = Jobs(self.store, self.folders, Events(), runner=runner)
        video = self.folders.video("00")
        if not video.exists():
            video.parent.mkdir()
            numbered_clip(folder / "clip.mp4", [0.0, 0.1]).rename(video)

    def add(self, name: str = "squat.mp4") -> str:
        values: dict[str, Any] = {"size_bytes": 1, "playable": True, "method": "calibrated", "height_cm": None}
        judging = self.store.add(name=name, sha256="00", pick=None, **values)
        self.jobs.add(judging)
        return judging.id

    def get(self, judging_id: str) -> Judging:
        found = self.store.get(judging_id)
        assert found is not None
        return found

    def wait_for(self, judging_id: str, *states: str) -> Judging:
        until(lambda: self.get(judging_id).state in states)
        return self.get(judging_id)


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.02)


@contextmanager
def running(folder: Path, runner: Runner) -> Iterator[Queue]:
    queue = Queue(folder, runner)
    queue.jobs.start()
    try:
        yield queue
    finally:
        queue.jobs.close()
        queue.store.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_judgings_run_at_once_and_never_three(tmp_path: Path) -> None:
    with running(tmp_path, runners.in_the_folder) as queue:
        ids = [queue.add(str(number)) for number in range(4)]
        for judging_id in ids:
            assert queue.wait_for(judging_id, "done").reason == "Nobody squats."
        spans = [json.loads((queue.folders.results(judging_id) / "span").read_text()) for judging_id in ids]
    moments = sorted([(began, 1) for began, _ in spans] + [(ended, -1) for _, ended in spans])
    at_once = [sum(change for _, change in moments[: n + 1]) for n in range(len(moments))]
    assert max(at_once) == 2


@pytest.mark.parametrize(("runner", "how"), [(runners.is_killed, "signal 9"), (runners.crashes_on_bad, "crashed")])
def test_a_child_that_dies_fails_its_judging_with_a_sentence(tmp_path: Path, runner: Runner, how: str) -> None:
    with running(tmp_path, runner) as queue:
        failed = queue.wait_for(queue.add("bad.mp4"), "failed", "done")
        assert failed.state == "failed"
        assert failed.error is not None
        assert how in failed.error
        assert "Expected" in failed.error


def test_a_crash_does_not_stop_the_next_judging(tmp_path: Path) -> None:
    with running(tmp_path, runners.crashes_on_bad) as queue:
        bad, good = queue.add("bad.mp4"), queue.add("good.mp4")
        assert queue.wait_for(bad, "failed", "done").state == "failed"
        assert queue.wait_for(good, "failed", "done").state == "done"


def test_cancelling_kills_the_process_and_takes_its_files_away(tmp_path: Path) -> None:
    with running(tmp_path, runners.hangs) as queue:
        judging_id = queue.add()
        pid_file = queue.folders.results(judging_id) / "pid"
        until(lambda: queue.get(judging_id).step == "hanging")
        pid = int(pid_file.read_text())
        cancelled = queue.jobs.cancel(judging_id)
        assert cancelled is not None
        assert cancelled.state == "cancelled"
        assert not is_alive(pid)
        assert not queue.folders.results(judging_id).exists()
        assert queue.jobs.cancel(judging_id) is None


def test_a_queued_judging_is_cancelled_before_it_starts(tmp_path: Path) -> None:
    with running(tmp_path, runners.hangs) as queue:
        first, second, third = (queue.add(str(number)) for number in range(3))
        for judging_id in (first, second):
            queue.wait_for(judging_id, "running")
        assert queue.jobs.cancel(third) is not None
        queue.jobs.cancel(first)
        time.sleep(0.1)
        assert queue.get(third).state == "cancelled"


def test_what_ran_when_the_server_stopped_is_judged_by_the_next_one(tmp_path: Path) -> None:
    with running(tmp_path, runners.hangs_until_told) as queue:
        ids = [queue.add(str(number)) for number in range(3)]
        written = [queue.folders.results(judging_id) / "pid" for judging_id in ids]
        until(lambda: [path.exists() for path in written].count(True) == 2)
    assert [path.exists() for path in written].count(True) == 2, "what is known of a long film's pieces stays"
    (tmp_path / "videos" / "go").touch()
    with running(tmp_path, runners.hangs_until_told) as queue:
        for judging_id in ids:
            assert queue.wait_for(judging_id, "done", "failed").state == "done"
            assert queue.get(judging_id).runs == 1, "a stop of the server is not the video's fault"


def test_news_of_a_judging_go_from_queued_to_done(tmp_path: Path) -> None:
    told: list[str] = []
    with running(tmp_path, runners.judged) as queue:
        queue.jobs._events.publish = lambda news: told.append(news["state"])  # type: ignore[method-assign]
        queue.wait_for(queue.add(), "done")
        until(lambda: "done" in told)
    assert list(dict.fromkeys(told)) == ["queued", "running", "done"]


def test_a_child_loads_nothing_heavy_before_it_works() -> None:
    heavy = "{'cv2', 'av', 'onnxruntime', 'scipy', 'matplotlib', 'sqlalchemy'}"
    code = f"import sys, depthperception.web.worker; sys.exit(' '.join({heavy} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_last_that_is_told_of_a_judging_cancelled_as_it_is_taken_is_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(tmp_path, runners.judged)
    told: list[str] = []
    monkeypatch.setattr(queue.jobs, "publish", lambda judging: told.append(judging.state))
    take = queue.store.take_next

    def cancelled_as_it_is_taken(server: str) -> Judging | None:
        taken = take(server)
        if taken is not None:
            queue.jobs.cancel(taken.id)
        return taken

    monkeypatch.setattr(queue.store, "take_next", cancelled_as_it_is_taken)
    queue.jobs.start()
    try:
        judging = queue.add()
        queue.wait_for(judging, "cancelled")
    finally:
        queue.jobs.close()
        queue.store.close()
    assert told == ["queued", "cancelled"]
