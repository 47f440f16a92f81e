"""Memory of pictures, given back when a stage is done: the C library keeps what was let go of for the next who asks."""

import ctypes
import sys
from functools import cache
from typing import Any

_ARENA_MAX = -8
"""Number of `mallopt` in glibc's malloc.h."""

ARENAS = 2
"""Heaps of a process of ours: each thread else gets its own, with holes of its own."""


def give_back() -> None:
    """Give memory that was let go of back to the system; elsewhere than in glibc nothing.

    Between stages, not always: with the threshold of `mallopt` networks ask the system for every layer's memory, and a
    look of the surfaces' takes 108 ms of processor instead of 69.
    """
    if trim := getattr(_libc(), "malloc_trim", None):
        trim(0)


def keep_small() -> None:
    """Keep few heaps: for commands and children of the page, never in somebody else's process."""
    if mallopt := getattr(_libc(), "mallopt", None):
        mallopt(_ARENA_MAX, ARENAS)


@cache
def _libc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
