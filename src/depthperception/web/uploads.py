"""A video on its way from the browser to the disk: limited, hashed, looked at, and stored under its hash."""

import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from anyio.to_thread import run_sync

from depthperception.errors import DepthPerceptionError
from depthperception.web.folders import Folders

LONGEST_NAME = 200

MOST_UPLOAD_BYTES = 2 * 1024**3
"""Ten minutes of 1080p or five of 4K from a phone."""

KEEP_FREE_BYTES = 256 * 1024**2
"""Stays free on the disk for the results of what waits in the queue: those of a minute of 1080p take about 50 MB."""

PIECE_BYTES = 1024**2
"""Written and hashed off the event loop in pieces of this size, so that pages stay quick during an upload."""


class TooLargeError(DepthPerceptionError):
    """An upload over the limit."""


class DiskFullError(DepthPerceptionError):
    """No room for an upload."""


@dataclass(frozen=True)
class Received:
    """An upload that has arrived whole under a temporary name."""

    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Limits:
    """How large an upload may be, and what must stay free on the disk."""

    most_bytes: int = MOST_UPLOAD_BYTES
    keep_free_bytes: int = KEEP_FREE_BYTES


def shown_name(given: str) -> str:
    """Make a name to show of a percent-encoded file name: no folders, no control or direction marks, not too long."""
    last = unquote(given).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip(" .")
    if len(clean) > LONGEST_NAME:
        stem, dot, suffix = clean.rpartition(".")
        tail = dot + suffix if dot and len(suffix) < 10 else ""
        clean = (stem or clean)[: LONGEST_NAME - len(tail)] + tail
    return clean or "video"


async def receive(stream: AsyncIterator[bytes], stated_bytes: int | None, folders: Folders, limits: Limits) -> Received:
    """Write an upload to a temporary file, which is gone again after any error.

    Raises
    ------
    TooLargeError, DiskFullError
    """
    _check_size(stated_bytes or 0, limits)
    _check_room(stated_bytes or 0, folders, limits)
    path = folders.incoming / secrets.token_hex(16)
    digest, size_bytes = hashlib.sha256(), 0

    def keep(file: BinaryIO, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)

    try:
        with path.open("xb", buffering=0) as file:
            waiting: list[bytes] = []
            waiting_bytes = 0
            async for chunk in stream:
                size_bytes += len(chunk)
                _check_size(size_bytes, limits)
                waiting.append(chunk)
                waiting_bytes += len(chunk)
                if waiting_bytes >= PIECE_BYTES:
                    await run_sync(keep, file, waiting)
                    waiting, waiting_bytes = [], 0
            await run_sync(keep, file, waiting)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritten(error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(path, digest.hexdigest(), size_bytes)


def store_video(received: Received, folders: Folders) -> Path:
    """Move an upload to its place; the same video is kept once.

    Raises
    ------
    DiskFullError
    """
    place = folders.video(received.sha256)
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(received.path, place)
    except OSError as error:
        raise _unwritten(error) from error
    return place


def _unwritten(error: OSError) -> DiskFullError:
    return DiskFullError(
        f"The upload could not be written ({error.strerror}). Expected room on the server's disk. Free some, or "
        "delete judgings you no longer need."
    )


def _check_size(size_bytes: int, limits: Limits) -> None:
    if size_bytes > limits.most_bytes:
        raise TooLargeError(
            f"The file is larger than {limits.most_bytes / 1e6:.0f} MB. Expected a video of one or a few lifts. "
            "Cut it, or export it smaller."
        )


def _check_room(size_bytes: int, folders: Folders, limits: Limits) -> None:
    free_bytes = shutil.disk_usage(folders.incoming).free
    if free_bytes - size_bytes < limits.keep_free_bytes:
        raise DiskFullError(
            f"The server's disk has {free_bytes / 1e6:.0f} MB free, and {limits.keep_free_bytes / 1e6:.0f} MB have to "
            "stay free. Expected room for the video. Free some, or delete judgings you no longer need."
        )
