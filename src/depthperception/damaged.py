"""Reading what strangers wrote: whatever goes wrong in it is said in a sentence, not as a traceback."""

import csv
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from tokenize import TokenError
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
    said, name = shortened(str(error)), type(error).__name__
    return f"{name}: {said}" if said else name
