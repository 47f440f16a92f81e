"""A browser's recording judged while it comes, in a child process: bytes in, lights out."""

import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.errors import DepthPerceptionError
from depthperception.web.worker import say

if TYPE_CHECKING:
    from depthperception.live import Counts, LiveAttempt

NEWS_EVERY_S = 0.5
"""Counts are told of twice a second: as often as the page asks."""


@dataclass(frozen=True)
class LiveJob:
    """What a child is to watch, with which options, and where it puts the attempts' films."""

    folder: Path
    height_cm: float | None
    method: str
    sure: float
    rules: str


class Incoming:
    """Bytes that a connection brings, as a stream to read; an empty message ends it."""

    def __init__(self, connection: Connection) -> None:
        self._pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._rest = b""
        self._ended = False
        threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, connection: Connection) -> None:
        with suppress(EOFError, OSError):
            while piece := connection.recv_bytes():
                self._pieces.put(piece)
        self._pieces.put(b"")

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes, once there are some; none at the end."""
        if not self._rest and not self._ended:
            self._rest = self._pieces.get()
            self._ended = not self._rest
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class Tell:
    """Sends news to the server, from several threads; counts at most every `NEWS_EVERY_S`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._last_s = float("-inf")

    def __call__(self, kind: str, values: dict[str, Any]) -> None:
        """Send one piece of news."""
        with self._lock, suppress(OSError):
            say(self._connection, kind, values)

    def counts(self, counts: "Counts", waiting: int) -> None:
        """Tell what became of the pictures so far."""
        now_s = time.monotonic()
        if now_s - self._last_s >= NEWS_EVERY_S:
            self._last_s = now_s
            self("counts", {**vars(counts), "waiting": waiting, "said": counts.sentence()})


def run(job: LiveJob, connection: Connection) -> None:
    """Watch what the connection brings; send ("attempt", ...), ("counts", ...), then ("ended", {said, error})."""
    from depthperception.live import Feed, watch  # noqa: PLC0415  (the networks' runtime: not in the server)
    from depthperception.options import Options  # noqa: PLC0415

    tell = Tell(connection)
    options = Options(height_cm=job.height_cm, method=job.method, sure=job.sure, rules=job.rules)
    try:
        with Feed("The recording", stream=Incoming(connection)) as feed:
            counts = watch(feed, job.folder, options, lambda one: tell("attempt", _said(one)), on_arrival=tell.counts)
        tell("ended", {**vars(counts), "waiting": 0, "said": counts.sentence(), "error": None})
    except DepthPerceptionError as error:
        tell("ended", {"said": "", "error": str(error)})


def _said(one: "LiveAttempt") -> dict[str, Any]:
    """Say of an attempt what the page shows."""
    from depthperception.report.referee import cards_words, lights_words, open_line, review_words  # noqa: PLC0415

    attempt = one.attempt
    reviewed = [f"review: {words}" for words in review_words(attempt)]
    return {
        "number": one.number,
        "verdict": attempt.verdict,
        "cm": attempt.depth.cm,
        "lights": [light.light for light in attempt.lights],
        "words": lights_words(attempt),
        "cards": [*filter(None, [open_line(attempt)]), *cards_words(attempt), *reviewed],
        "reason": attempt.reason,
        "delay_s": round(one.delay_s, 1),
        "whole": one.whole,
        "bar_left_out": one.bar_left_out,
        "film": one.video.name,
    }
