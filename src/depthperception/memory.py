"""Memory of pictures, given back when a stage is done: the C library keeps what was let go of for the next who asks."""

import ctypes
import sys
from functools import cache
from typing import Any


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
