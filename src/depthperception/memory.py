"""How a process of ours keeps memory: for commands and children of the page, never in somebody else's process."""

import ctypes
import sys

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""Numbers of `mallopt` in glibc's malloc.h."""

ARENAS = 2
PICTURE_BYTES = 1_000_000
"""Smaller than any picture that is kept or passed on. Without it the C library learns from the first pictures that
pieces of 32 MB are usual, keeps what they leave, and 10 s of 1080p end at 920 MB instead of 700."""


def keep_small() -> None:
    """Let the C library give the memory of every picture back when it is let go of; elsewhere than on Linux nothing."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, ARENAS)
        mallopt(_MMAP_THRESHOLD, PICTURE_BYTES)
