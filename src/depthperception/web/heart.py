"""The heart of a server: it says in the database that the server lives, and hears there what the others did."""

import logging
import threading
import time
from collections.abc import Callable, Collection

from sqlalchemy.exc import SQLAlchemyError

from depthperception.web.store import LEASE_S, Store
from depthperception.web.tables import Judging

logger = logging.getLogger(__name__)

BEAT_S = 2.0
"""So often a server says that it lives, and looks what others did: a page hears of that as late."""


class Heart:
    """A thread that beats for as long as the server runs.

    Parameters
    ----------
    store
        The database.
    server
        This server's name; empty of the only one, which has nobody to tell.
    running
        Gives the ids of what runs here.
    lost
        Takes those of them that are no longer this server's, and have to end.
    found
        Called when there are judgings again that nobody runs.
    news
        Takes judgings that have changed.
    """

    def __init__(
        self,
        store: Store,
        server: str,
        *,
        running: Callable[[], set[str]],
        lost: Callable[[Collection[str]], None],
        found: Callable[[], None],
        news: Callable[[Judging], None],
    ) -> None:
        self._store, self._server = store, server
        self._running, self._lost, self._found, self._news = running, lost, found, news
        self._known: dict[str, tuple[str, str | None, float]] = {}
        self._heard_s = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart")

    def start(self) -> None:
        """Begin, where there are others."""
        if self._server:
            self._thread.start()

    def stop(self) -> None:
        """Stop beating."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_S):
            running = self._running()  # before the beat: what begins meanwhile is not lost
            try:
                self._lost(running - self._store.beat(self._server))
                self._heard_s = time.monotonic()
                if self._store.requeue(everyone=False):
                    self._found()
                self._tell()
            except SQLAlchemyError as error:
                logger.warning("the database does not answer, trying again in %.0f s: %s", BEAT_S, error)
                if time.monotonic() - self._heard_s > LEASE_S:
                    self._lost(running)  # others take over what is running here

    def _tell(self) -> None:
        """Pass on how judgings stand that were changed since the last beat."""
        unfinished = {judging.id: judging for judging in self._store.unfinished()}
        ended = [self._store.get(judging_id) for judging_id in self._known.keys() - unfinished.keys()]
        known = {judging.id: (judging.state, judging.step, judging.done) for judging in unfinished.values()}
        changed = [unfinished[one] for one, state in known.items() if self._known.get(one) != state]
        for judging in (*filter(None, ended), *changed):
            self._news(judging)
        self._known = known
