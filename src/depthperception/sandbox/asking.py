"""One question to a process in a box: what it says meanwhile, and its answer, or why there is none."""

import sys
import time
from collections.abc import Callable, Mapping
from math import inf
from multiprocessing.connection import Connection
from typing import Any

from depthperception.errors import DepthPerceptionError, VideoError
from depthperception.sandbox import Box, processes

Tell = Callable[[str, Mapping[str, Any]], None]
"""Takes what is said while it works: a name, and plain values."""

LOOK_EVERY_S = 0.5
"""So often it is looked whether there is time left."""

ENDED, FAILED = "ended", "failed"


class LostError(Exception):
    """The process in the box ended without a word, or said what is none.

    Attributes
    ----------
    exit_code
        Its own; the negative number of the signal that killed it, and None where it was killed for what it said.
    """

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


def ask(
    do: Callable[[Tell], Any], box: Box, *, heard: Tell = lambda *_: None, ends_s: Callable[[], float] = lambda: inf
) -> Any:
    """Let a process in a box do something; gives what came of it: plain values, for a file may have taken it over.

    Parameters
    ----------
    do
        What is to be done, as it can be pickled.
    box
        What it may read and write.
    heard
        Hears what it tells.
    ends_s
        When it is stopped (`time.monotonic`), asked again and again.

    Raises
    ------
    DepthPerceptionError
        What it raised, when that is an error of ours.
    LostError
        When it ended without a word.
    TimeoutError
        When it was stopped.
    """
    sys.stdout.flush()
    process, connection = processes.start(_answer, do, box=box)
    try:
        while True:
            while not connection.poll(LOOK_EVERY_S):
                if time.monotonic() >= ends_s():
                    raise TimeoutError
            kind, value = _message(processes.received(connection))
            if kind == ENDED:
                return value
            if kind == FAILED:
                raise value
            heard(kind, value)
    except TimeoutError:
        raise
    except (EOFError, OSError) as error:
        process.join(LOOK_EVERY_S)
        raise LostError(process.exitcode) from error
    finally:
        processes.stop(process, connection)


def _message(said: Any) -> tuple[str, Any]:
    """Take a message apart; what is none is as good as silence."""
    kind, value = said if isinstance(said, tuple) and len(said) == 2 else ("", None)
    if not isinstance(kind, str) or not isinstance(
        value, {ENDED: object, FAILED: DepthPerceptionError}.get(kind, dict)
    ):
        raise EOFError
    return kind, value


def _answer(do: Callable[[Tell], Any], connection: Connection) -> None:
    """Do it and answer; runs in the box."""
    try:
        answer = ENDED, do(lambda kind, values: connection.send((kind, dict(values))))
    except DepthPerceptionError as error:
        answer = FAILED, error
    except MemoryError:
        answer = (
            FAILED,
            VideoError("It needs more memory than the box has. Expected less. Export it smaller, or cut it."),
        )
    sys.stdout.flush()
    connection.send(answer)
