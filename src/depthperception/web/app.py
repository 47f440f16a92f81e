"""The web app, put together."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from depthperception.web import actions, api, cameras, juries, live, packets, pages, readings
from depthperception.web.decoder import Decoder
from depthperception.web.events import Events
from depthperception.web.failures import answer_errors
from depthperception.web.folders import Folders
from depthperception.web.jobs import AT_ONCE, Jobs, Runner
from depthperception.web.pacing import most_listeners
from depthperception.web.security import LOOPBACK, Guard
from depthperception.web.state import State
from depthperception.web.store import Store, database_of, is_shared, new_id
from depthperception.web.uploads import KEEP_FREE_BYTES, MOST_UPLOAD_BYTES, Limits
from depthperception.web.worker import run


def create_app(
    folder: Path,
    database_url: str | None = None,
    *,
    token: str | None = None,
    hosts: Collection[str] | None = LOOPBACK,
    max_upload_bytes: int = MOST_UPLOAD_BYTES,
    keep_free_bytes: int = KEEP_FREE_BYTES,
    runner: Runner = run,
    at_once: int = AT_ONCE,
) -> FastAPI:
    """Build the app; its queue runs from startup to shutdown.

    Parameters
    ----------
    folder
        Where videos, results and the library are kept; made when missing, and used by one server at a time, or by
        several with one database of their own.
    database_url
        SQLAlchemy URL of another database than the SQLite file in the folder.
    token
        What clients must show; None where only this machine can connect.
    hosts
        Host names that requests may name; None takes every name, which needs a token.
    max_upload_bytes, keep_free_bytes
        Largest upload, and what must stay free on the disk.
    runner
        What a judging's child process runs: a module-level function.
    at_once
        How many judgings run at the same time.

    Raises
    ------
    OptionError
        At startup, when the database cannot be opened.
    OutputError
        At startup, when the folder cannot be used.
    """
    server = new_id() if is_shared(database_url) else ""
    folders = Folders(folder.absolute(), server)
    limits = Limits(max_upload_bytes, keep_free_bytes)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with folders.prepare():
            store = Store(database_of(folders, database_url))
            events, decoder = Events(most_listeners()), Decoder(box=folders.decoding_box())
            jobs = Jobs(store, folders, events, runner=runner, at_once=at_once, server=server)
            recordings = live.Recordings()
            app.state.parts = State(folders, store, events, jobs, decoder, limits, recordings)
            jobs.start()
            try:
                yield
            finally:
                events.close()
                recordings.close()
                jobs.close()
                decoder.close()
                store.close()

    app = FastAPI(
        title="DepthPerception",
        description="Read-only: judgings, attempts, frames, and events as they happen.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    for part in (api, actions, cameras, readings, juries, packets, live, pages):
        app.include_router(part.router)
    answer_errors(app)
    app.add_middleware(Guard, token=token, hosts=hosts)
    return app
