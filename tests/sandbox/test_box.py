"""What a process in the box cannot do: call anybody, read or write what is not its own, start programs, eat memory."""

import json
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception.errors import VideoError
from depthperception.sandbox import FILES, LIMITS, NETWORK, Box, holds, processes, said
from tests.support.command_line import run
from tests.support.rendered_clips import DATA

HERE = Path(__file__).parents[2]
"""Code of the tests, which the child has to read."""

needs_files = pytest.mark.skipif(FILES not in holds(), reason="no Landlock here")
needs_network = pytest.mark.skipif(NETWORK not in holds(), reason="no seccomp here")
needs_limits = pytest.mark.skipif(LIMITS not in holds() or sys.platform != "linux", reason="no limits here")


def tried(function: Callable[..., Any], arguments: tuple[Any, ...], connection: Connection) -> None:
    """Say what a function returned, or the name of what it raised."""
    try:
        function(*arguments)
        connection.send("done")
    except Exception as error:
        connection.send(type(error).__name__)


def in_box(box: Box, function: Callable[..., Any], *arguments: Any) -> str:
    process, connection = processes.start(tried, function, arguments, box=box)
    try:
        return str(processes.received(connection))
    finally:
        processes.stop(process, connection)


def box_of(tmp_path: Path, **limits: int) -> tuple[Box, Path, Path]:
    """A box that may read one file and write to one folder; beside them a secret."""
    allowed, own, secret = tmp_path / "video", tmp_path / "own", tmp_path / "secret"
    allowed.write_text("film")
    secret.write_text("secret")
    own.mkdir()
    return Box(reads=(allowed, HERE / "tests"), writes=(own,), **limits), own, secret


def opens_a_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))


def opens_a_local_socket() -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def opens_a_socket_in_another_thread() -> None:
    raised: list[Exception] = []

    def work() -> None:
        try:
            opens_a_socket()
        except OSError as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise raised[0]


def starts_a_program() -> None:
    subprocess.run(["/bin/true"], check=True)


def takes(count: int) -> None:
    np.ones(count, np.uint8)


def opens_many(path: Path) -> None:
    kept = [path.open() for _ in range(2000)]
    assert kept


def burns() -> None:
    while True:
        pass


@needs_network
@pytest.mark.parametrize("call", [opens_a_socket, opens_a_local_socket, opens_a_socket_in_another_thread])
def test_no_socket_can_be_opened(tmp_path: Path, call: Callable[[], None]) -> None:
    assert in_box(box_of(tmp_path)[0], call) == "PermissionError"


@needs_network
def test_no_program_can_be_started(tmp_path: Path) -> None:
    assert in_box(box_of(tmp_path)[0], starts_a_program) == "PermissionError"


@needs_files
def test_only_its_own_files_can_be_read(tmp_path: Path) -> None:
    box, own, secret = box_of(tmp_path)
    (own / "link").symlink_to(secret)
    for path in (secret, Path("/etc/passwd"), own / "link", own / ".." / "secret"):
        assert in_box(box, Path.read_bytes, path) == "PermissionError", path
    assert in_box(box, Path.read_bytes, tmp_path / "video") == "done"
    assert in_box(box, os.listdir, tmp_path) == "PermissionError"


@needs_files
def test_only_its_own_folder_can_be_written(tmp_path: Path) -> None:
    box, own, secret = box_of(tmp_path)
    for path in (tmp_path / "new", secret, tmp_path / "video"):
        assert in_box(box, Path.write_text, path, "x") == "PermissionError", path
    assert in_box(box, Path.unlink, tmp_path / "video") == "PermissionError"
    assert in_box(box, Path.rename, own, tmp_path / "elsewhere") in ("PermissionError", "OSError")
    assert in_box(box, Path.write_text, own / "new", "x") == "done"
    assert (own / "new").read_text() == "x"


@needs_limits
def test_memory_files_and_time_have_an_end(tmp_path: Path) -> None:
    box = box_of(tmp_path, most_memory_bytes=1024**3)[0]
    assert in_box(box, takes, 2 * 1024**3) == "MemoryError"
    assert in_box(box, takes, 1024**2) == "done"
    assert in_box(box, opens_many, tmp_path / "video") == "OSError"
    (tmp_path / "short").mkdir()
    with pytest.raises((EOFError, OSError)):
        in_box(box_of(tmp_path / "short", most_cpu_s=1)[0], burns)


def test_what_does_not_hold_is_said() -> None:
    assert said([FILES, LIMITS]) == f"closes {FILES}, {LIMITS}; not here: {NETWORK}"
    assert said([]) == "closes nothing here"


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("ran",)


def says(message: bytes, connection: Connection) -> None:
    connection.send_bytes(message)


def test_a_child_that_was_taken_over_runs_nothing_in_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for message in (pickle.dumps(Runs()), b"no pickle", pickle.dumps(np.zeros(3)), b""):
        process, connection = processes.start(says, message)
        with pytest.raises((OSError, EOFError)):
            processes.received(connection)
        processes.stop(process, connection)
    assert not (tmp_path / "ran").exists()


def test_our_own_errors_and_plain_values_come_through() -> None:
    for value in (("done", {"cm": 1.5, "rows": [None, "x", b"y"]}), VideoError("x")):
        process, connection = processes.start(says, pickle.dumps(value))
        assert repr(processes.received(connection)) == repr(value)
        processes.stop(process, connection)


def test_a_clip_is_judged_to_the_same_numbers_in_the_box(tmp_path: Path) -> None:
    found = []
    for option in ((), ("--sandbox",)):
        out = tmp_path / f"out{len(option)}"
        assert run("judge", DATA / "side_high.mp4", "-q", "--out", out, *option) == 0
        found.append(json.loads((out / "judgement.json").read_text()))
        assert sorted(path.name for path in out.iterdir())[-3:] == ["overlay.mp4", "report.html", "share.jpg"]
    assert found[0]["attempts"] == found[1]["attempts"]
    assert found[0]["scale"] == found[1]["scale"]


def test_a_packet_from_the_box_holds(tmp_path: Path) -> None:
    out = tmp_path / "appeal.zip"
    assert run("packet", DATA / "side_high.mp4", "-q", "--out", out, "--sandbox") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["appeal.zip"]
    assert run("packet", "verify", out, DATA / "side_high.mp4", "-q") == 0


def test_what_is_no_video_is_refused_from_the_box_and_leaves_no_folder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "page.mp4"
    text.write_text("<!doctype html>")
    assert run("judge", text, "--sandbox") == 1
    assert "the file holds text" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["page.mp4"]
    assert run("packet", text, "--out", tmp_path / "appeal.zip", "--sandbox") == 1
    assert "the file holds text" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["page.mp4"]
    assert run("judge", tmp_path / "none.mp4", "--sandbox") == 1
    assert "no such file" in capfd.readouterr().err
