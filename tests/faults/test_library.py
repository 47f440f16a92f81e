"""The library's every write fails once: a change is there as a whole or not at all, and nothing is judged twice."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from depthperception.errors import OptionError, OutputError
from depthperception.web import reading_store
from depthperception.web import store as stores
from depthperception.web.folders import Folders
from depthperception.web.store import Store
from depthperception.web.uploads import DiskFullError, Received, store_video
from tests.support.clips import numbered_clip
from tests.support.failing_disk import failing
from tests.support.web_client import running_app, send
from tests.support.web_runners import ATTEMPT

VIDEO = {"sha256": "00", "size_bytes": 1, "playable": True, "method": "calibrated", "height_cm": None, "pick": None}


class Killed(BaseException):
    """The process is gone: nothing is rolled back by it, and nothing committed."""


@contextmanager
def failing_at(store: Store, at: int) -> Iterator[list[str]]:
    """Let the statement of this number fail, the commits counted too."""
    seen: list[str] = []

    def check(what: str) -> None:
        seen.append(what)
        if len(seen) == at + 1:
            raise Killed

    def statement(_1: Any, _2: Any, text: str, *_: Any) -> None:
        check(text)

    def commit(_: Any) -> None:
        check("COMMIT")

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(store.engine, "before_cursor_execute", statement)
        event.remove(store.engine, "commit", commit)


def a_running_one(store: Store) -> str:
    judging = store.add("squat.mp4", **VIDEO)
    assert store.take_next() is not None
    return judging.id


CHANGES: dict[str, Callable[[Store, str], object]] = {
    "finish": lambda store, one: store.finish(one, [ATTEMPT, {**ATTEMPT, "number": 2}], status="judged", reason=None),
    "change": lambda store, one: store.change(one, state="failed", error="x"),
    "delete": lambda store, one: store.delete(one),
    "requeue": lambda store, one: store.requeue(),
    "add": lambda store, one: store.add("other.mp4", **VIDEO),
}


def content(store: Store) -> list[tuple[Any, ...]]:
    _, rows = store.find("", limit=100)
    return sorted((row.name, row.state, row.status, len(row.attempts)) for row in rows)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_is_interrupted_is_none_or_whole(tmp_path: Path, change: str) -> None:
    url = f"sqlite:///{tmp_path}/library.db"
    for at in range(40):
        store = Store(url)
        _, rows = store.find("", limit=100)
        for row in rows:
            store.delete(row.id)
        one = a_running_one(store)
        before = content(store)
        interrupted = False
        with failing_at(store, at) as seen:
            try:
                CHANGES[change](store, one)
            except Killed:
                interrupted = True
        store.close()
        again = Store(url)
        found = content(again)
        if not interrupted:
            assert found != before, seen
            again.close()
            break
        assert found == before, seen[at]
        CHANGES[change](again, one)
        assert content(again) != before
        again.close()
    else:
        pytest.fail("it never ended well")
    assert at >= 2


def test_a_clock_that_jumps_back_loses_nothing_and_judges_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = iter(("12", "11", "13", "02", "23"))

    def jumping() -> str:
        return f"2026-11-27T{next(hours, '01')}:00:00.000Z"

    monkeypatch.setattr(stores, "now", jumping)
    monkeypatch.setattr(reading_store, "now", jumping)
    store = Store(f"sqlite:///{tmp_path}/library.db")
    names = [f"{number}.mp4" for number in range(5)]
    for name in names:
        store.add(name, **VIDEO)
    taken = [judging.name for _ in range(6) if (judging := store.take_next())]
    assert sorted(taken) == names
    store.close()


def test_a_damaged_library_is_said_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    store = Store(f"sqlite:///{path}")
    for number in range(200):
        store.add(f"{number}.mp4", **VIDEO)
    store.close()
    whole = path.read_bytes()
    for start in range(4096, len(whole) - 4096, 4096):
        path.write_bytes(whole[:start] + os.urandom(4096) + whole[start + 4096 :])
        with pytest.raises(OptionError, match="expected") as raised:
            Store(f"sqlite:///{path}")
        assert "\n" not in str(raised.value)


def test_a_value_that_is_no_json_is_said_when_the_library_is_opened(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/library.db")
    store.add("squat.mp4", **VIDEO)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("update judging set pick = '{'")
    store.close()
    with pytest.raises(OptionError, match=r"is damaged .* a new one is made"):
        Store(f"sqlite:///{tmp_path}/library.db")


def test_a_second_server_is_refused_and_takes_no_upload_away(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    with folders.prepare():
        upload = folders.incoming / "half"
        upload.write_bytes(b"half of a video")
        with pytest.raises(OutputError, match="Another depthperception server"):
            folders.prepare()
        assert upload.exists(), "the first server is still receiving it"


def test_an_upload_that_cannot_be_kept_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    with folders.prepare():
        for fault in ("no space", "no permission", "read-only"):
            for at in range(2):
                upload = folders.incoming / "upload"
                shutil.rmtree(folders.video("ab" * 32).parent, ignore_errors=True)
                upload.write_bytes(b"video")
                with failing(at, fault), pytest.raises(DiskFullError, match=r"could not be written .* Expected room"):
                    store_video(Received(upload, "ab" * 32, 5), folders)
                assert not folders.video("ab" * 32).exists()


def test_a_database_that_is_full_answers_in_a_sentence_and_keeps_no_video_without_a_judging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", [0.0, 0.1])

    def full(*_: object, **__: object) -> None:
        raise SQLAlchemyError("database or disk is full")

    with running_app(tmp_path / "library") as client:
        monkeypatch.setattr(Store, "add", full)
        answer = send(client, clip)
        assert answer.status_code == 507
        assert "full" in answer.text
    assert not list((tmp_path / "library" / "incoming").iterdir())
    assert not list((tmp_path / "library" / "videos").rglob("video"))


def test_the_lock_of_a_server_that_was_killed_holds_nobody(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("left behind")
    lock = Folders(tmp_path).prepare()
    assert isinstance(lock, FileLock) or hasattr(lock, "release")
    lock.release()
