"""Reading what strangers wrote: whatever goes wrong in it is said in a sentence, not as a traceback."""

import csv
import io
import pickle
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

from depthperception.errors import DepthPerceptionError, shortened

MISREAD = (
    OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError, RuntimeError,
    SyntaxError, EOFError, MemoryError, BadZipFile, csv.Error, zlib.error,
    TokenError,
)  # fmt: skip
"""What parsers of JSON, CSV, TOML, HDF5 and numpy's files raise when values have another kind, size or order."""


@contextmanager
def unless_damaged(kind: type[DepthPerceptionError], found: object, expected: str) -> Iterator[None]:
    """Turn whatever goes wrong while something is read into one sentence; our own errors pass.

    Parameters
    ----------
    kind
        What is raised.
    found
        What was read: a path, or a name.
    expected
        What was expected there, and what to do, as the message goes on after "expected".
    """
    try:
        yield
    except DepthPerceptionError:
        raise
    except MISREAD as error:
        raise kind(f"{found} cannot be read ({reason(error)}); expected {expected}") from error


def reason(error: BaseException) -> str:
    """Say why, in the parser's own words, on one line and not too long."""
    if isinstance(error, UnicodeError):
        return "its bytes are no text"
    said, name = shortened(str(error)), type(error).__name__
    return f"{name}: {said}" if said else name


def nothing_named(module: str, name: str) -> None:
    """Know no class or function that a pickle may name."""


def unpickled(pickled: bytes, known: Callable[[str, str], Any] = nothing_named) -> Any:
    """Read a pickle of plain values: one may name any function, and what it names would run.

    Parameters
    ----------
    pickled
        What a stranger wrote.
    known
        Gives what may be named beside plain values, by its module and name; None for everything else.

    Raises
    ------
    pickle.UnpicklingError
        Where it names something else.
    """
    return _Plain(pickled, known).load()


class _Plain(pickle.Unpickler):
    def __init__(self, pickled: bytes, known: Callable[[str, str], Any]) -> None:
        super().__init__(io.BytesIO(pickled))
        self._known = known

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        found = self._known(module_name, global_name)
        if found is None:
            raise pickle.UnpicklingError(f"it names {module_name}.{global_name}")
        return found
