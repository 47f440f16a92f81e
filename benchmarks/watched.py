"""What a process and its children hold over a long day: memory, handles, threads, temporary files (Linux)."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

NOTED_EVERY_S = 5.0
MEGABYTE = 1e6


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(one for child in children for one in family(int(child)))]
    return []


def state_of(pid: int, temporary: Iterable[Path]) -> tuple[float, float, int, int, int]:
    """Measure memory of a process and of its family, MB; its handles and threads; files in temporary folders."""
    resident_mb = [_resident_mb(one) for one in family(pid)]
    handles, threads = (len(os.listdir(f"/proc/{pid}/{what}")) for what in ("fd", "task"))
    return resident_mb[0], sum(resident_mb), handles, threads, sum(1 for one in temporary for _ in one.rglob("*"))


def _resident_mb(pid: int) -> float:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    return 0.0


def quarters(rows: np.ndarray, name: str) -> str:
    """Make a table of seconds and states (N, 6): medians of the first and of the last quarter, and the most."""
    lines = [f"| state of the {name} | first quarter | last quarter | most |", "| --- | --- | --- | --- |"]
    quarter = max(len(rows) // 4, 1)
    names = (f"{name}, MB", "with its children, MB", "handles", "threads", "temporary files")
    for state, values in zip(names, rows[:, 1:].T, strict=True):
        first, last = np.median(values[:quarter]), np.median(values[-quarter:])
        lines.append(f"| {state} | {first:.0f} | {last:.0f} | {values.max():.0f} |")
    return "\n".join(lines)


def draw(rows: np.ndarray, name: str, path: Path) -> None:
    """Draw seconds and states (N, 6)."""
    figure, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 7), layout="constrained")
    minutes = rows[:, 0] / 60
    names = (name, "with its children", "handles", "threads", "files")
    for axis, columns, label in zip(axes, ((1, 2), (3, 4), (5,)), ("MB", "count", "temporary files"), strict=True):
        for column in columns:
            axis.plot(minutes, rows[:, column], label=names[column - 1])
        axis.set_ylabel(label)
        axis.set_ylim(bottom=0)
        axis.legend(loc="upper left")
    axes[-1].set_xlabel("minutes")
    figure.savefig(path, dpi=110)
