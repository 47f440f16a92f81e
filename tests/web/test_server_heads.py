"""Heads of requests that never end, over real connections: each is given up, and holds nobody else."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")

from depthperception.web import heads, server

HEAD_S = 1.0
"""Short, so that the test is."""

ASKS = b"GET /api/judgings HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Where the page is served as `serve` does it."""
    started: list[server._Server] = []
    ready: list[str] = []

    class Kept(server._Server):
        def run(self, sockets: list[socket.socket] | None = None) -> None:
            started.append(self)
            super().run(sockets)

    monkeypatch.setattr(heads, "LONGEST_HEAD_S", HEAD_S)
    monkeypatch.setattr(server, "_Server", Kept)
    serving = threading.Thread(target=server.serve, kwargs={"port": 0, "folder": tmp_path, "on_ready": ready.append})
    serving.start()
    while not (started and started[0].started):
        assert serving.is_alive()
        time.sleep(0.05)
    place = urlsplit(ready[0])
    assert place.hostname
    assert place.port
    yield place.hostname, place.port
    started[0].should_exit = True
    serving.join()


def ended_after_s(connection: socket.socket, trickle: bytes = b"", watched_s: float = 100.0) -> float:
    """Send a byte now and then until the server ends the connection; how long it bore that."""
    began_s = time.monotonic()
    connection.settimeout(0.1)
    for byte in trickle + bytes(round(watched_s / 0.1)):
        try:
            if byte:
                connection.sendall(bytes([byte]))
            if not connection.recv(1000):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began_s


@pytest.mark.parametrize("trickle", [b"", b"GET / HTTP/1.1\r\nX-A: " + b"a" * 500])
def test_a_head_that_does_not_end_is_given_up(address: tuple[str, int], trickle: bytes) -> None:
    with closing(socket.create_connection(address)) as slow:
        assert HEAD_S * 0.5 < ended_after_s(slow, trickle) < 20.0


def test_the_head_of_a_second_request_is_timed_too_and_an_answer_is_whole(address: tuple[str, int]) -> None:
    with closing(socket.create_connection(address)) as visitor:
        visitor.sendall(ASKS)
        assert visitor.recv(10000).startswith(b"HTTP/1.1 200")
        assert ended_after_s(visitor, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 500) < 20.0


def test_a_request_that_takes_long_is_not_given_up(address: tuple[str, int]) -> None:
    stream = b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
    with closing(socket.create_connection(address)) as listener:
        listener.sendall(stream)
        assert b"200" in listener.recv(10000)
        assert ended_after_s(listener, watched_s=4.0 * HEAD_S) > 3.0 * HEAD_S


def test_dawdlers_hold_nobody_else(address: tuple[str, int]) -> None:
    slow = [socket.create_connection(address) for _ in range(100)]
    for one in slow:
        one.sendall(b"GET / HT")
    with closing(socket.create_connection(address)) as visitor:
        visitor.settimeout(20.0)
        visitor.sendall(ASKS)
        assert visitor.recv(10000).startswith(b"HTTP/1.1 200")
    for one in slow:
        one.settimeout(20.0)
        assert one.recv(1) == b""
        one.close()
