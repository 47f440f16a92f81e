"""Child processes: started afresh (spawn), deaf to Ctrl-C, and never outliving who started them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

CONTEXT = multiprocessing.get_context("spawn")
"""A fresh interpreter: forking a process with threads, as a server has, can leave locks held for ever."""


def start(target: Callable[..., None], *arguments: Any) -> tuple[SpawnProcess, Connection]:
    """Run `target(*arguments, connection)` in a child process; returns it and our end of the connection."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_run, args=(target, *arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def stop(process: SpawnProcess, connection: Connection) -> None:
    """Kill a child, wait for its end and free what it held here."""
    process.kill()
    process.join()
    process.close()
    connection.close()


def _run(target: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    target(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
