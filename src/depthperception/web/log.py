"""What the server writes down for whoever runs it: who asked for what, when, and what came of it; nothing private."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from starlette.types import Scope

from depthperception.errors import OutputError
from depthperception.web.folders import ID

logger = logging.getLogger(__name__)

LARGEST_BYTES, KEPT_FILES = 5 * 1024**2, 3
"""A line has about 100 bytes: 200,000 requests, some days of a meet."""

WRITTEN = ("depthperception", "uvicorn.error")
"""Loggers whose lines go into the file."""


def write_down(scope: Scope, status: int, began_s: float) -> None:
    """Note a request: address, method, route and judging, status, time.

    The route is the server's own pattern, never the address as it was sent: that may hold a token, a name, a note, or
    what a visitor wants to be read here.

    Parameters
    ----------
    scope
        The request.
    status
        Of the answer.
    began_s
        `time.perf_counter()` at its beginning.
    """
    route = getattr(scope.get("route"), "path", "no route")
    judging = scope.get("path_params", {}).get("judging_id", "")
    shown = f" {judging}" if ID.fullmatch(judging) else ""
    took_ms = 1000 * (time.perf_counter() - began_s)
    level = logging.WARNING if status >= 400 else logging.INFO
    logger.log(level, "%s %s %s%s %d %.0f ms", address_of(scope), scope["method"], route, shown, status, took_ms)


def address_of(scope: Scope) -> str:
    """Return the address from which a request came; a TLS proxy's where there is one."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Write what the server logs to a file that only its owner may read; the oldest lines go when it grows.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    try:
        path.touch(mode=0o600)
        handler = RotatingFileHandler(path, maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"The log {path} cannot be written ({error.strerror}); expected a file in a folder of yours. Name another "
            "folder."
        ) from error
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    loggers = [logging.getLogger(name) for name in WRITTEN]
    before = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    try:
        yield
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.removeHandler(handler)
            one.setLevel(level)
        handler.close()
