"""Heads of requests that never end: uvicorn waits for them for ever, this protocol does not."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LONGEST_HEAD_S = 20.0
"""From the connection, or the last request's end, to the end of a request's head: some hundred bytes, which a phone at
the edge of its network sends in a second."""


class TimedHeads(H11Protocol):
    """Ends a connection on which the head of a request is not whole in time, however often a byte of it comes."""

    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._head_due is None:
            self._head_due = self.loop.call_later(LONGEST_HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
