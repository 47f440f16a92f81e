"""The web app, put together."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock

from fastapi import FastAPI

from depthperception.web import actions, api, juries, packets, pages, readings
from depthperception.web.decoder import Decoder
from depthperception.web.events import Events
from depthperception.web.failures import answer_errors
from depthperception.web.folders import Folders
from depthperception.web.jobs import Jobs, Runner
from depthperception.web.security import LOOPBACK, Guard
from depthperception.web.state import State
from depthperception.web.store import Store, database_of
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
) -> FastAPI:
    """Build the app; its queue runs from startup to shutdown.

    Parameters
    ----------
    folder
        Where videos, results and the library are kept; made when missing, and used by one server at a time.
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

    Raises
    ------
    OptionError
        At startup, when the database cannot be opened.
    OutputError
        At startup, when the folder cannot be used.
    """
    folders = Folders(folder.absolute())
    limits = Limits(max_upload_bytes, keep_free_bytes)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with folders.prepare():
            store = Store(database_of(folders, database_url))
            events, decoder = Events(), Decoder(box=folders.decoding_box())
            jobs = Jobs(store, folders, events, runner=runner)
            app.state.parts = State(folders, store, events, jobs, decoder, limits, Lock())
            jobs.start()
            try:
                yield
            finally:
                events.close()
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
    for router in (api.router, actions.router, readings.router, juries.router, packets.router, pages.router):
        app.include_router(router)
    answer_errors(app)
    app.add_middleware(Guard, token=token, hosts=hosts)
    return app
