"""How slow a sender and how many listeners may be, so that a few of them do not take the page from everybody."""

import contextlib
import time
from types import ModuleType

from anyio import fail_after
from starlette.types import Message, Receive

from depthperception.errors import DepthPerceptionError

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None

LONGEST_PAUSE_S = 60.0
"""Between two pieces of a request's body: a phone that changes networks is back within it."""

FIRST_S, LEAST_BYTES_PER_S = 60.0, 1000.0
"""A body that has come more slowly than a modem for a minute and more is not somebody's video."""

KEPT_HANDLES = 200
"""File handles for everything but listeners: database, uploads, child processes, visitors' pages."""

MOST_LISTENERS = 2000
"""Open streams of events; each costs a handle and some kB."""


class TooSlowError(DepthPerceptionError):
    """A body that comes too slowly, or not at all."""

    def __init__(self) -> None:
        super().__init__(
            f"The request's body stopped for over {LONGEST_PAUSE_S:.0f} s, or came at less than "
            f"{LEAST_BYTES_PER_S / 1000:.0f} kB a second; expected a video on its way. Send it again from a better "
            "network, or export it smaller."
        )


def paced(receive: Receive) -> Receive:
    """Wrap what receives a request's body: `TooSlowError` where a sender keeps the server waiting."""
    began_s = time.monotonic()
    got_bytes = 0
    whole = False

    async def receive_paced() -> Message:
        nonlocal got_bytes, whole
        if whole:  # what comes now is the end of the connection, hours later for a stream of events
            return await receive()
        try:
            with fail_after(LONGEST_PAUSE_S):
                message = await receive()
        except TimeoutError:
            raise TooSlowError from None
        got_bytes += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        took_s = time.monotonic() - began_s
        if not whole and took_s > FIRST_S and got_bytes < LEAST_BYTES_PER_S * took_s:
            raise TooSlowError
        return message

    return receive_paced


def most_listeners() -> int:
    """Ask for as many file handles as the system gives; return how many streams of events fit beside the rest."""
    if resource is None:
        return MOST_LISTENERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = MOST_LISTENERS + KEPT_HANDLES
    wanted = asked if hard == resource.RLIM_INFINITY else min(asked, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_LISTENERS if soft == resource.RLIM_INFINITY else max(min(soft - KEPT_HANDLES, MOST_LISTENERS), 10)
