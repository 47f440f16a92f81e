"""Writing files so that a half-written one never carries the final name."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from depthperception.errors import OutputError

PARTIAL = ".partial"
"""In the name of a file that is being written."""


@contextmanager
def writable(what: str) -> Iterator[None]:
    """Say what the disk refuses while something is written.

    Raises
    ------
    OutputError
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{what} cannot be written ({error.strerror or error}); expected a folder that exists, can be written "
            "and has room. Choose another place with --out, or make room."
        ) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`, and rename it to `path` once the block has ended well.

    The temporary name keeps the suffix, from which writers tell the format, and is no other process's. After an error
    nothing is left; a process that is killed leaves the temporary file.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    partial = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{PARTIAL}{path.suffix}")
    try:
        with writable(str(path)):
            yield partial
            _reach_the_disk(partial)
            partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _reach_the_disk(path: Path) -> None:
    """Wait until the content is on the disk: else a power cut can keep the name and lose what it names."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def held(mark: Path, what: str) -> Iterator[None]:
    """Hold a file against other processes; it is gone after a good end, and stays after a bad one.

    Parameters
    ----------
    mark
        The file. A lock on it ends with the process, however that ends.
    what
        What it stands for, as the message names it.

    Raises
    ------
    OutputError
        When another process holds it, or it cannot be made.
    """
    with writable(what):
        file = mark.open("a")
    with file:
        if not _locks(file):
            raise OutputError(
                f"Another depthperception writes to {what}; expected one at a time. Wait for it, or name another with "
                "--out."
            )
        yield
        with suppress(OSError):
            mark.unlink()


def _locks(file: TextIO) -> bool:
    """Lock a file, if nobody has; on a file system without locks nobody ever has."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON; what is not finite is refused.

    Raises
    ------
    OutputError
    """
    with whole_file(path) as partial:
        partial.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
