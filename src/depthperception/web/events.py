"""Changes on their way from the job threads to every page that listens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from depthperception.web.pacing import MOST_LISTENERS

News = dict[str, Any]
"""A judging as the API gives it."""


class Listener:
    """What one page has not been told yet: the latest state of each judging, so that a slow page costs no memory.

    Made inside the event loop that reads it; `tell` and `close` may be called from any thread.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, News] = {}
        self._any = asyncio.Event()
        self._closed = False

    def tell(self, news: News) -> None:
        """Take news; later news of the same judging replaces what was not read yet."""

        def take() -> None:
            self._waiting[news["id"]] = news
            self._any.set()

        self._call(take)

    def close(self) -> None:
        """End the stream."""

        def end() -> None:
            self._closed = True
            self._any.set()

        self._call(end)

    def _call(self, what: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    async def stream(self) -> AsyncIterator[News]:
        """Yield news as they come, until closed."""
        while not self._closed:
            await self._any.wait()
            self._any.clear()
            waiting, self._waiting = self._waiting, {}
            for news in waiting.values():
                yield news


class Events:
    """Hands every change to every listener.

    Parameters
    ----------
    most
        Listeners at a time.
    """

    def __init__(self, most: int = MOST_LISTENERS) -> None:
        self._listeners: set[Listener] = set()
        self._most = most

    @property
    def full(self) -> bool:
        """Whether there is no room for another listener."""
        return len(self._listeners) >= self._most

    def listen(self) -> Listener:
        """Add a listener."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        self._listeners.discard(listener)

    def publish(self, news: News) -> None:
        """Tell everyone, from any thread."""
        for listener in self._listeners.copy():
            listener.tell(news)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for listener in self._listeners.copy():
            listener.close()
