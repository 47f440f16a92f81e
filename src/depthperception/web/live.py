"""Recordings that are judged while they come: the browser sends its film in pieces and is told of lights."""

import contextlib
import hashlib
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from depthperception.sandbox import Box, processes
from depthperception.web.actions import UploadIn, checked_options, queue_video
from depthperception.web.answers import refuse
from depthperception.web.live_worker import LiveJob, run
from depthperception.web.security import LARGEST_PIECE_BYTES
from depthperception.web.state import Parts, State
from depthperception.web.uploads import Received

router = APIRouter(include_in_schema=False)

SILENT_S = 20.0
"""A page that sends nothing for so long was closed, or its camera was taken away: what came is judged and kept."""

ASK_EVERY_S = 0.2


@dataclass
class Recording:
    """One recording that is judged while it comes, and what is known of it.

    Attributes
    ----------
    attempts
        By number; what is known as a whole takes the place of the depth alone.
    counts
        What became of the pictures.
    state
        running, then ending (what waits is judged), then ended.
    added
        Ids of the judgings that the library got.
    """

    folder: Path
    job: LiveJob
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    attempts: dict[int, dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    state: str = "running"
    error: str | None = None
    added: list[str] = field(default_factory=list)
    heard_s: float = field(default_factory=time.monotonic)

    def begin(self, keep: Callable[[Path, int], str]) -> None:
        """Start the child, and a thread that listens to it until it ends; `keep` adds a film to the library."""
        self.folder.mkdir(mode=0o700)
        self._process, self._connection = processes.start(run, self.job, box=Box(writes=(self.folder,)))
        self._sending = threading.Lock()
        threading.Thread(target=self._listen, args=(keep,), daemon=True, name="live").start()

    def take(self, piece: bytes) -> None:
        """Pass on a piece of the film; an empty one ends it."""
        self.heard_s = time.monotonic()
        with self._sending, contextlib.suppress(OSError):  # a child that ended says why itself
            self._connection.send_bytes(piece)
        if not piece and self.state == "running":
            self.state = "ending"

    def kill(self) -> None:
        """End it at once, as when the server stops."""
        with contextlib.suppress(ValueError):
            self._process.kill()

    def news(self) -> dict[str, Any]:
        """Give what the page shows."""
        known = {name: getattr(self, name) for name in ("id", "state", "error", "counts", "added")}
        return {**known, "attempts": [self.attempts[number] for number in sorted(self.attempts)]}

    def _listen(self, keep: Callable[[Path, int], str]) -> None:
        ended: dict[str, Any] = {"said": "", "error": "The process that judged this recording ended. Expected it to go "
                                 "on. Record again; if it ends so again, free some memory."}  # fmt: skip
        with contextlib.suppress(EOFError, OSError):
            while True:
                if self.state == "running" and time.monotonic() - self.heard_s > SILENT_S:
                    self.take(b"")
                if not self._connection.poll(ASK_EVERY_S):
                    continue
                kind, values = processes.received(self._connection)
                if kind == "ended":
                    ended = values
                    break
                if kind == "counts":
                    self.counts = values
                else:
                    self.attempts[values["number"]] = values
        processes.stop(self._process, self._connection)
        self.error = ended.pop("error")
        self.counts = {**self.counts, **ended}
        films = {one["film"]: number for number, one in self.attempts.items()}
        for name, number in films.items():
            if (film := self.folder / name).is_file():
                with contextlib.suppress(Exception):  # one film that the library refuses keeps no other out
                    self.added.append(keep(film, number))
        shutil.rmtree(self.folder, ignore_errors=True)
        self.state = "ended"


class Recordings:
    """The recording that is judged now, and the last one."""

    def __init__(self) -> None:
        self._last: Recording | None = None
        self._lock = threading.Lock()

    def start(self, recording: Recording, keep: Callable[[Path, int], str]) -> None:
        """Begin one, unless another one runs: two at once would both fall behind."""
        with self._lock:
            if self._last is not None and self._last.state != "ended":
                refuse(409, "Another recording is judged at this moment; expected one at a time. Stop it, or wait "
                            "until what came of it is judged.")  # fmt: skip
            self._last = recording
        recording.begin(keep)

    def get(self, recording_id: str) -> Recording:
        """Give one by its id; an unknown one ends the request with 404."""
        if self._last is None or self._last.id != recording_id:
            refuse(404, "There is no such recording; expected the one that runs. Start it again.")
        return self._last

    def close(self) -> None:
        """End what runs."""
        if self._last is not None and self._last.state != "ended":
            self._last.kill()


@router.post("/live", status_code=201)
def start(parts: Parts, asked: Annotated[UploadIn, Query()]) -> dict[str, Any]:
    """Begin to judge a recording while it comes."""
    options = checked_options(parts, asked)
    chosen = {name: options[name] for name in ("height_cm", "method", "sure", "rules")}
    folder = parts.folders.incoming / secrets.token_hex(16)
    recording = Recording(folder, LiveJob(folder=folder, **chosen))
    began = time.strftime("%Y-%m-%d %H.%M.%S")
    columns = {**options, "lifter": asked.lifter}
    parts.recordings.start(recording, lambda film, number: _keep(parts, film, f"live {began}, {number}", columns))
    return recording.news()


@router.post("/live/{recording_id}/pieces")
async def take(recording_id: str, request: Request, parts: Parts) -> dict[str, Any]:
    """Take the film's next piece; an empty one ends it."""
    recording = parts.recordings.get(recording_id)
    piece = bytearray()
    async for chunk in _chunks(request):
        piece += chunk
        if len(piece) > LARGEST_PIECE_BYTES:
            refuse(413, f"A piece of the recording has over {LARGEST_PIECE_BYTES // 10**6} MB; expected a second of "
                        "film at most. Record with fewer pixels.")  # fmt: skip
    await run_in_threadpool(recording.take, bytes(piece))
    return recording.news()


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """Give a body as it comes; a page that was closed meanwhile leaves it unfinished."""
    with contextlib.suppress(ClientDisconnect):
        async for chunk in request.stream():
            yield chunk


@router.get("/live/{recording_id}")
def news(recording_id: str, parts: Parts) -> dict[str, Any]:
    """Say how it stands."""
    return parts.recordings.get(recording_id).news()


def _keep(parts: State, film: Path, name: str, columns: dict[str, Any]) -> str:
    """Add an attempt's film to the library, which judges it as every video: with its bar, its page and its pictures."""
    content = film.read_bytes()
    received = Received(film, hashlib.sha256(content).hexdigest(), len(content))
    return queue_video(parts, received, f"{name}{film.suffix}", columns).id
