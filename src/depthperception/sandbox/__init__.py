"""A box for a process that decodes files of strangers: what it may read and write, how much, and that it calls nobody.

`enter` closes it for good, for this process and whatever it starts. It stands on what the system offers: Landlock
(files), seccomp (network, other programs), resource limits (memory, time, open files). `doctor` says which hold here.
"""

import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from depthperception.sandbox import landlock, seccomp

MOST_MEMORY_BYTES = 4 * 1024**3
"""Data of a process: judging a 4K film takes about 1.5 GB, a few frames of 8K 1 GB more."""

MAPPED_BYTES, MAPPED_BYTES_A_CORE = 4 * 1024**3, 256 * 1024**2
"""Address space beside the data: libraries, and what the allocator sets aside for each thread without using it."""

MOST_FILES = 256
"""Open at once: networks, fonts and results are a few dozen."""

MOST_CPU_S = 4 * 3600
"""Of all threads; a minute of 1080p takes about two."""

MOST_FILE_BYTES = 8 * 1024**3
"""Of one file that is written: an hour of 1080p, drawn over, has 2 GB."""


@dataclass(frozen=True)
class Box:
    """What a process may do once it is in the box.

    Attributes
    ----------
    reads
        Files and folders that it may read, beside the code of Python and of its packages.
    writes
        Folders in which it may do as it likes; the first one takes temporary files too.
    most_memory_bytes, most_cpu_s
        Data that it may have, and processor time of all its threads.
    """

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    most_memory_bytes: int = MOST_MEMORY_BYTES
    most_cpu_s: int = MOST_CPU_S


def enter(box: Box) -> tuple[str, ...]:
    """Close the box round this process, before it starts a thread; returns what holds, as `holds`.

    What the system does not offer is left out. Nothing opens the box again.
    """
    if box.writes:
        tempfile.tempdir = os.environ["TMPDIR"] = str(box.writes[0])
    layers = []
    if landlock.restrict(reads=[*_code(), *box.reads], lists=_places(), writes=box.writes):
        layers.append(FILES)
    if seccomp.restrict():
        layers.append(NETWORK)
    if _limit(box):
        layers.append(LIMITS)
    return tuple(layers)


FILES = "files (Landlock)"
NETWORK = "network and other programs (seccomp)"
LIMITS = "memory, time and open files (limits)"


def holds() -> tuple[str, ...]:
    """Name what a box closes on this system: some of `FILES`, `NETWORK` and `LIMITS`."""
    offered = ((FILES, landlock.version() > 0), (NETWORK, seccomp.is_offered()), (LIMITS, _has_limits()))
    return tuple(name for name, is_offered in offered if is_offered)


def said(layers: Iterable[str]) -> str:
    """Say in words what holds, and what does not."""
    found = tuple(layers)
    missing = [name for name in (FILES, NETWORK, LIMITS) if name not in found]
    closed = f"closes {', '.join(found)}" if found else "closes nothing here"
    return closed + (f"; not here: {', '.join(missing)}" if missing and found else "")


def _code() -> Iterator[Path]:
    """Where Python, its packages and the libraries of the system are: code and its data, nobody's files."""
    import depthperception  # noqa: PLC0415  (itself: where it lies)

    yield Path(depthperception.__file__).parent
    yield from (Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (Path(place) for place in (*site.getsitepackages(), site.getusersitepackages()))
    yield from (Path(place) / "lib" for place in (sys.prefix, sys.base_prefix))
    yield from map(Path, _SYSTEM)
    home = Path(os.path.expanduser("~"))
    yield from (home / ".cache" / "matplotlib", home / ".config" / "matplotlib", home / ".local" / "share" / "fonts")


_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/local/share/fonts",
    "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/ssl/openssl.cnf", "/dev/null",
    "/dev/urandom", "/dev/zero", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices",
    "/sys/bus/pci/devices", "/sys/fs/cgroup",
)  # fmt: skip


def _places() -> Iterator[Path]:
    """Folders that may be listed, not read: where Python looks for packages."""
    yield from (Path(place) for place in sys.path if place)


def _has_limits() -> bool:
    return sys.platform != "win32"


def _limit(box: Box) -> bool:
    """Set limits, each no higher than what was set before."""
    if sys.platform == "win32":
        return False
    import resource  # noqa: PLC0415  (not on every platform)

    mapped = box.most_memory_bytes + MAPPED_BYTES + (os.cpu_count() or 1) * MAPPED_BYTES_A_CORE
    wanted = {
        resource.RLIMIT_DATA: box.most_memory_bytes,
        resource.RLIMIT_AS: mapped,
        resource.RLIMIT_CPU: box.most_cpu_s,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_FSIZE: MOST_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for name, most in wanted.items():
        hard = resource.getrlimit(name)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):  # macOS takes some of them only
            resource.setrlimit(name, (allowed, allowed))
    return True
