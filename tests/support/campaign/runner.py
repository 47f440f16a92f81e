"""A warm process that tries inputs, replaced when one takes it down, or takes too long."""

import multiprocessing
import os
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.campaign.trial import UNMADE, Row, serve

MOST_CPU_S, IDLE_S = 180.0, 300.0
"""Processor time after which a trial is ended, and wall time in which one that uses none is taken to hang: a machine
may be busy with other work, so that wall time alone says nothing."""

RENEWED_AFTER = 400
"""Trials of one process: what one of them leaves behind must not be the next one's peak."""


RENEWED_ABOVE_MB = 700.0
"""The allocator keeps what one trial needed, and the next one would be said to have needed it."""


class Runner:
    """Gives every input to a process; a context manager.

    Parameters
    ----------
    folder
        Where base films are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._tried = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def try_one(self, kind: str, seed: int) -> Row:
        """Try one input; what takes the process down is a crash or a hang."""
        if self._tried >= RENEWED_AFTER:
            self._stop()
        connection = self._connection or self._start()
        self._tried += 1
        made = False
        try:
            connection.send((kind, seed))
            while self._comes(connection):
                row = connection.recv()
                if row is not None:
                    self._tried += RENEWED_AFTER * (row["peak_mb"] > RENEWED_ABOVE_MB)
                    return Row(**row)
                made = True
            outcome = "hang", f"nothing came in {MOST_CPU_S:.0f} s of processor time, or it used none"
        except (EOFError, OSError):
            assert self._process is not None
            self._process.join()
            outcome = "crash", f"the process ended with {self._process.exitcode}"
        self._stop()
        return Row(kind, seed, 0, *(outcome if made else (UNMADE, outcome[1])))

    def _comes(self, connection: Connection) -> bool:
        """Wait for the next message, as long as the process works and has not worked too long."""
        first_s = last_s = self._cpu_s()
        idle_s = 0.0
        while not connection.poll(5.0):
            now_s = self._cpu_s()
            idle_s = idle_s + 5.0 if now_s == last_s else 0.0
            last_s = now_s
            if now_s - first_s > MOST_CPU_S or idle_s > IDLE_S:
                return False
        return True

    def _cpu_s(self) -> float:
        """Processor time of the process, 0 where it is gone or the system does not say."""
        assert self._process is not None
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(self._folder, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._connection.recv()
        self._tried = 0
        return self._connection

    def _stop(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None
        self._tried = 0
