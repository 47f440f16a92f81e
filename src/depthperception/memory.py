"""Memory of pictures, given back when a stage is done: the C library keeps what was let go of for the next who asks."""

import ctypes
import os
import sys
from functools import cache
from typing import Any

HEAPS_NAME, M_ARENA_MAX, HEAPS = "MALLOC_ARENA_MAX", -8, 2
"""What glibc calls the number of heaps in the environment, and for `mallopt`; and how many are enough for us."""


def share_heaps() -> None:
    """Let all threads of this process and of its children work in two heaps, before any is started; elsewhere nothing.

    glibc gives every thread one of its own, up to eight for each core, and more stays in each than in two: with every
    piece of a long film some 20 MB, which no trim gives back. It costs up to a hundredth of the processor's time. Who
    has set MALLOC_ARENA_MAX has decided otherwise.
    """
    mallopt = getattr(_libc(), "mallopt", None)
    if mallopt and HEAPS_NAME not in os.environ:
        mallopt(M_ARENA_MAX, HEAPS)
        os.environ[HEAPS_NAME] = str(HEAPS)


def give_back() -> None:
    """Give memory that was let go of back to the system; elsewhere than in glibc nothing.

    Between stages, not always: where `mallopt` says so the networks, too, ask the system for every layer's memory, and
    one look for surfaces takes 108 ms of processor instead of 69.
    """
    if trim := getattr(_libc(), "malloc_trim", None):
        trim(0)


@cache
def _libc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
