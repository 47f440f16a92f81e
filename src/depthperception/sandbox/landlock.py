"""Landlock: a Linux process gives up access to files (docs.kernel.org/userspace-api/landlock.html; Linux 5.13).

By its system calls, for there is no released package. Rights are of files that are opened from then on: what is open
already, and threads that run already, keep theirs.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System calls; the same numbers on every architecture."""

READ_FILE, READ_DIR = 1 << 2, 1 << 3
WRITES = 0b1_1111_1111_1111 & ~(1 | READ_FILE | READ_DIR)
"""Writing to, making and removing whatever there is, in the first version."""

LATER = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights that later versions know: to move between folders, to truncate, to command devices."""

MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 6, 1 << 9, 1 << 10, 1 << 11, 1 << 12
FILES_ONLY = ~(MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM)
"""Results are files and folders."""

OF_FILES = 0b110 | 1 << 14
"""Rights that a rule on a single file may name."""

BIND_TCP, CONNECT_TCP = 1, 2
SCOPES = 0b11
"""Abstract sockets and signals of processes outside."""

_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Version of Landlock that this kernel has; 0 where it has none, or it is switched off."""
    if not sys.platform.startswith("linux"):
        return 0
    found = ctypes.CDLL(None, use_errno=True).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return max(0, int(found))


def restrict(*, reads: Iterable[Path], lists: Iterable[Path], writes: Iterable[Path]) -> bool:
    """Leave this thread, and what it starts, only these files; whether that was possible.

    Parameters
    ----------
    reads
        Files and folders to read, with all that is in them.
    lists
        Folders whose names may be listed.
    writes
        Folders in which files are read, made, written and removed.
    """
    known = version()
    if not known:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    later = sum(right for since, right in LATER.items() if known >= since)
    handled = 1 | READ_FILE | READ_DIR | WRITES | later
    rules = _Ruleset(handled, BIND_TCP | CONNECT_TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = libc.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in reads:
            _allow(libc, ruleset, path, READ_FILE | READ_DIR)
        for path in lists:
            _allow(libc, ruleset, path, READ_DIR)
        for path in writes:
            _allow(libc, ruleset, path, (READ_FILE | READ_DIR | WRITES | later) & FILES_ONLY)
        _allow(libc, ruleset, Path("/dev/null"), READ_FILE | 1 << 1)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    """Add a rule; what is not there needs none."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _PathBeneath(rights if path.is_dir() else rights & OF_FILES, opened)
        libc.syscall(ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)
