"""Child processes: started afresh (spawn), deaf to Ctrl-C, never outliving who started them, in a box where asked."""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from depthperception import errors
from depthperception.damaged import unpickled
from depthperception.sandbox import Box, enter

CONTEXT = multiprocessing.get_context("spawn")
"""A fresh interpreter: forking a process with threads, as a server has, can leave locks held for ever."""

MOST_MESSAGE_BYTES = 256 * 1024**2
"""What a child may say at once: the case sheet of an appeal has a few MB of pictures."""


def start(target: Callable[..., None], *arguments: Any, box: Box | None = None) -> tuple[SpawnProcess, Connection]:
    """Run `target(*arguments, connection)` in a child process; returns it and our end of the connection.

    Read what it says by `received`: a child that a file has taken over says what it likes.
    """
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_run, args=(box, target, *arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def received(connection: Connection, kinds: Collection[type] = ()) -> Any:
    """Take a child's next message: plain values, our own errors and `kinds` only, so that none runs code here.

    Raises
    ------
    EOFError, OSError
        When the child is gone, or says something else.
    """
    try:
        ours = (one for one in vars(errors).values() if isinstance(one, type))
        known = {(one.__module__, one.__qualname__): one for one in (*kinds, *ours)}
        return unpickled(connection.recv_bytes(MOST_MESSAGE_BYTES), lambda *named: known.get(named))
    except (pickle.UnpicklingError, ValueError, TypeError, AttributeError, IndexError, KeyError, MemoryError) as error:
        raise OSError(f"a child said what is no message ({error})") from error


def stop(process: SpawnProcess, connection: Connection) -> None:
    """Kill a child, wait for its end and free what it held here."""
    process.kill()
    process.join()
    process.close()
    connection.close()


def _run(box: Box | None, target: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if box is not None:
        enter(box)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    target(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
