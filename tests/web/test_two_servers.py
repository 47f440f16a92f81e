"""Two servers on one library in PostgreSQL: each takes what waits, and what one leaves behind the other takes up."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from depthperception.errors import OutputError
from depthperception.web import heart, jobs
from depthperception.web import store as store_module
from depthperception.web.events import Events
from depthperception.web.folders import Folders
from depthperception.web.jobs import Jobs, Runner
from depthperception.web.store import Store
from depthperception.web.tables import Judging
from tests.support import web_runners as runners
from tests.support.clips import numbered_clip
from tests.support.postgres import new_database
from tests.support.web_client import ACTION, finished, running_app, send

LONGEST_S = 240.0

DOOMED = """
import sys
from pathlib import Path
from depthperception.web import heart, jobs
from depthperception.web.app import create_app
from starlette.testclient import TestClient
from tests.support import web_runners
if __name__ == "__main__":
    folder, url = Path(sys.argv[1]), sys.argv[2]
    with TestClient(create_app(folder, url, runner=web_runners.hangs), base_url="http://127.0.0.1") as client:
        head = {"X-DepthPerception": "1", "X-File-Name": "squat.mp4"}
        sent = client.post("/judgings", content=(folder.parent / "clip.mp4").read_bytes(), headers=head)
        print(sent.json()["id"], flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def url() -> str:
    return new_database()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hearts beat fast."""
    monkeypatch.setattr(store_module, "LEASE_S", 3.0)
    for module in (heart, jobs):
        monkeypatch.setattr(module, "BEAT_S", 0.2)


class Server:
    """The queue of one of several servers."""

    def __init__(self, folder: Path, url: str, name: str, runner: Runner) -> None:
        self.folders = Folders(folder / "library", name)
        self.lock = self.folders.prepare()
        self.store = Store(url)
        self.jobs = Jobs(self.store, self.folders, Events(), runner=runner, at_once=1, server=name)
        self.told: list[str] = []
        self.jobs._events.publish = lambda news: self.told.append(news["state"])  # type: ignore[method-assign]

    def add(self, name: str) -> str:
        video = self.folders.video("00")
        if not video.exists():
            video.parent.mkdir()
            numbered_clip(self.folders.root / "clip.mp4", [0.0, 0.1]).rename(video)
        values: dict[str, Any] = {"size_bytes": 1, "playable": True, "method": "calibrated", "height_cm": None}
        judging = self.store.add(name=name, sha256="00", pick=None, **values)
        self.jobs.add(judging)
        return judging.id

    def wait_for(self, judging_id: str, *states: str, server: str | None = None) -> Judging:
        end_s = time.monotonic() + LONGEST_S
        while True:
            found = self.store.get(judging_id)
            assert found is not None
            if found.state in states and server in (None, found.server):
                return found
            assert time.monotonic() < end_s, f"waited in vain; {found.state} at {found.server}"
            time.sleep(0.05)


@contextmanager
def serving(folder: Path, url: str, name: str, runner: Runner) -> Iterator[Server]:
    server = Server(folder, url, name, runner)
    server.jobs.start()
    try:
        yield server
    finally:
        server.jobs.close()
        server.store.close()
        server.lock.release()


def test_what_waits_at_a_busy_server_is_taken_by_the_other(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, url, "busy", runners.hangs) as busy:
        first = busy.add("first")
        busy.wait_for(first, "running")
        with serving(tmp_path, url, "free", runners.judged):
            second = busy.add("second")
            done = busy.wait_for(second, "done")
            assert (done.server, len(done.attempts)) == ("free", 1)
            end_s = time.monotonic() + LONGEST_S
            while "done" not in busy.told and time.monotonic() < end_s:
                time.sleep(0.05)
            assert "done" in busy.told, "its pages hear of it"
            time.sleep(1.5 * store_module.LEASE_S)
            assert busy.wait_for(first, "running").server == "busy", "it beats, so nobody takes what it runs"


def test_what_is_cancelled_at_one_server_ends_at_the_other(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, url, "works", runners.hangs) as works:
        judging_id = works.add("long")
        works.wait_for(judging_id, "running")
        with serving(tmp_path, url, "asks", runners.hangs) as asks:
            assert asks.jobs.cancel(judging_id) is not None
            end_s = time.monotonic() + LONGEST_S
            while works.jobs._running and time.monotonic() < end_s:
                time.sleep(0.05)
            assert not works.jobs._running
            assert asks.wait_for(judging_id, "cancelled")


def test_what_begins_during_a_beat_is_not_taken_for_lost(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    with serving(tmp_path, url, "one", runners.hangs) as one:
        beat = one.store.beat

        def slow(server: str) -> set[str]:
            kept = beat(server)
            if not begun:
                judging_id = one.add("late")
                while judging_id not in one.jobs._running:
                    time.sleep(0.02)
                begun.append(judging_id)
            return kept

        monkeypatch.setattr(one.store, "beat", slow)
        end_s = time.monotonic() + LONGEST_S
        while not begun and time.monotonic() < end_s:
            time.sleep(0.05)
        time.sleep(1.0)
        assert one.wait_for(begun[0], "running", "failed").state == "running"


def test_a_server_that_was_silent_too_long_changes_nothing_of_what_was_taken_over(tmp_path: Path, url: str) -> None:
    silent = Server(tmp_path, url, "silent", runners.hangs)
    for thread in silent.jobs._threads:
        thread.start()  # its heart never beats
    try:
        judging_id = silent.add("lift")
        silent.wait_for(judging_id, "running")
        with serving(tmp_path, url, "lively", runners.judged) as lively:
            done = lively.wait_for(judging_id, "done")
            assert (done.server, done.runs) == ("lively", 2)
            silent.jobs._lose(silent.jobs._now() - silent.store.beat("silent"))
            end_s = time.monotonic() + LONGEST_S
            while silent.jobs._running and time.monotonic() < end_s:
                time.sleep(0.05)
            assert lively.wait_for(judging_id, "done", "failed", "cancelled").state == "done"
            assert (lively.folders.results(judging_id) / "judgement.json").exists()
    finally:
        silent.jobs.close()
        silent.store.close()


def test_what_a_killed_server_ran_is_judged_by_the_other_and_its_upload_taken_away(tmp_path: Path, url: str) -> None:
    library, script = tmp_path / "library", tmp_path / "doomed.py"
    numbered_clip(tmp_path / "clip.mp4", [0.0, 0.1])
    script.write_text(DOOMED, encoding="utf-8")
    command = [sys.executable, str(script), str(library), url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path])}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as doomed:
        assert doomed.stdout is not None
        judging_id = doomed.stdout.readline().strip()
        (incoming,) = [path for path in (library / "incoming").iterdir() if path.is_dir()]
        (incoming / "half an upload").touch()
        with running_app(library, database_url=url) as client:
            end_s = time.monotonic() + LONGEST_S
            while client.get(f"/api/judgings/{judging_id}").json()["state"] != "running":
                assert time.monotonic() < end_s
                time.sleep(0.05)
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
            with Store(url).engine.begin() as connection:  # it died long ago
                connection.exec_driver_sql("UPDATE judging SET lease_s = 0")
            found = finished(client, judging_id)
            assert (found["state"], len(found["attempts"])) == ("done", 1)
    with running_app(library, database_url=url):
        assert not incoming.exists()


def test_the_pages_of_both_servers_show_one_library(tmp_path: Path, url: str) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", [0.0, 0.1])
    one, other = (running_app(tmp_path / "library", database_url=url) for _ in range(2))
    with one as first, other as second:
        judging_id = send(first, clip, "squat.mp4").json()["id"]
        assert finished(second, judging_id)["state"] == "done"
        path = f"/judgings/{judging_id}"
        body = {"lifter": "Åse", "weight_kg": 140, "date": "2026-11-27", "notes": "ß"}
        assert second.patch(f"{path}/attempts/1", json=body, headers=ACTION).status_code == 200
        (row,) = first.get("/api/attempts", params={"query": "åse"}).json()["items"]
        assert (row["weight_kg"], row["date"], row["notes"]) == (140.0, "2026-11-27", "ß")
        for page in ("/", path, "/library.csv", f"/api/judgings/{judging_id}/judgement"):
            assert (page, second.get(page).status_code) == (page, 200)
        assert second.delete(path, headers=ACTION).status_code == 200
        assert first.get(f"/api{path}").status_code == 404
        assert not list((tmp_path / "library" / "videos").iterdir())


def test_a_folder_of_one_server_is_not_shared(tmp_path: Path) -> None:
    with Folders(tmp_path).prepare(), pytest.raises(OutputError, match="unless all of them name the same database"):
        Folders(tmp_path, "second").prepare()
