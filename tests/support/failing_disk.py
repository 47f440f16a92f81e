"""A disk that fails at one place: every call that changes it is counted, and the one that is asked for goes wrong."""

import builtins
import errno
import io
import os
import pathlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

FAULTS = {"no space": errno.ENOSPC, "no permission": errno.EACCES, "read-only": errno.EROFS, "killed": None}
"""What goes wrong; after "killed" nothing changes the disk any more, cleaning up included."""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Disk:
    """Counts calls, and fails at one.

    Attributes
    ----------
    at
        The number of the call that fails, from 0; None counts only.
    fault
        A key of `FAULTS`.
    calls
        Names of the calls so far.
    """

    at: int | None
    fault: str
    calls: list[str] = field(default_factory=list)

    def check(self, name: str) -> None:
        """Count a call; raise where it is its turn."""
        number = len(self.calls)
        self.calls.append(name)
        if self.at is None or number < self.at:
            return
        code = FAULTS[self.fault]
        if code is None:
            raise Killed
        if number == self.at:
            raise OSError(code, os.strerror(code))


CHANGES = ("replace", "unlink", "mkdir", "rename", "rmdir", "fsync")


@contextmanager
def failing(at: int | None = None, fault: str = "no space") -> Iterator[Disk]:
    """Let every call that opens a file for writing, or changes a folder, go through a `Disk`."""
    disk = Disk(at, fault)
    with pytest.MonkeyPatch.context() as patch:
        for place in (builtins, io):
            patch.setattr(place, "open", _checked_open(disk, io.open))
        for name in CHANGES:
            patch.setattr(os, name, _checked(disk, name, getattr(os, name)))
        if not hasattr(pathlib, "_NormalAccessor"):
            patch.setattr(pathlib.Path, "touch", _checked(disk, "touch", pathlib.Path.touch))
        yield disk


def _checked_open(disk: Disk, real: Callable[..., Any]) -> Callable[..., Any]:
    def opened(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if not set(mode) & set("wxa+"):
            return real(file, mode, *arguments, **named)
        disk.check(f"open {file}")
        handle = real(file, mode, *arguments, **named)
        if "+" in mode:
            return handle
        try:
            disk.check(f"write {file}")
        except (OSError, Killed):
            handle.write(b"{" if "b" in mode else "{")  # some of it was written
            handle.close()
            raise
        return handle

    return opened


def _checked(disk: Disk, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> Any:
        disk.check(name)
        return real(*arguments, **named)

    return called
