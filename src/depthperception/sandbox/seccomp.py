"""seccomp: a Linux process gives up system calls (docs.kernel.org/userspace-api/seccomp_filter.html).

A list of what is refused, not of what is allowed: networks' runtime, FFmpeg and Python use too many calls, and others
with every version. Refused are new sockets, starting programs, and looking into, or changing, what is outside.
"""

import ctypes
import errno
import platform
import struct
import sys

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

REFUSED: dict[str, tuple[int, int]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
}
"""Calls and their numbers on x86-64 and on 64-bit ARM."""

SET_MODE_FILTER, ALL_THREADS = 1, 1
SECCOMP = {"x86_64": 317, "aarch64": 277}
_NO_NEW_PRIVILEGES, _GET_SECCOMP = 38, 21
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCH_AT = 0, 4
_FOREIGN = 0x40000000
"""From here on call numbers of x86-64 are those of its 32-bit variant (x32), which nothing here uses."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def is_offered() -> bool:
    """Whether this kernel has seccomp, and we know its calls by number."""
    if not sys.platform.startswith("linux") or platform.machine() not in AUDIT_ARCH:
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0)


def restrict() -> bool:
    """Refuse the calls from now on, in every thread of this process; whether that was possible."""
    if not is_offered():
        return False
    machine = platform.machine()
    column = list(AUDIT_ARCH).index(machine)
    steps = _filter(AUDIT_ARCH[machine], [numbers[column] for numbers in REFUSED.values()])
    held = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(libc.syscall(SECCOMP[machine], SET_MODE_FILTER, ALL_THREADS, ctypes.byref(program)) == 0)


def _filter(architecture: int, numbers: list[int]) -> bytes:
    """Write the filter: another architecture's calls end the process, those listed are refused, others go on."""
    steps = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, len(numbers) + 1, 0, _FOREIGN),
    ]
    steps += [(_EQUAL, len(numbers) - k, 0, number) for k, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
