"""Running the app: where it binds, and what it says when it is up."""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from depthperception.errors import OutputError
from depthperception.web.app import create_app
from depthperception.web.folders import Folders, default_root
from depthperception.web.heads import TimedHeads
from depthperception.web.jobs import AT_ONCE
from depthperception.web.log import written_to
from depthperception.web.security import LOOPBACK, checked_token
from depthperception.web.store import Store, database_of, is_shared, new_id
from depthperception.web.uploads import MOST_UPLOAD_BYTES

PORT = 8347
"""No service is registered for it (IANA), and no common development server takes it."""

LOG = "server.log"

LAST_WORDS_S = 3
"""How long open downloads may take to end when the server stops."""


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    folder: Path | None = None,
    database_url: str | None = None,
    token: str | None = None,
    max_upload_bytes: int = MOST_UPLOAD_BYTES,
    at_once: int = AT_ONCE,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `server.log` in the folder says who asked for what, and what came of it.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes a free one.
    folder
        Where everything is kept; this platform's folder for user data when not given.
    database_url
        Another database than the SQLite file in the folder; several servers may share it, and the folder with it.
    token
        Demanded from every client where it is given; must be given for every host but this machine's own.
    max_upload_bytes
        Largest upload.
    at_once
        How many judgings run at the same time.
    on_ready
        Called with the address to open, once connections are taken.

    Raises
    ------
    OptionError
        When a token is missing or too short, or the database cannot be opened.
    OutputError
        When the folder, the log or the port cannot be used.
    """
    token = checked_token(host, token)
    folder = folder or default_root()
    _check(folder, database_url)
    listening = _listen(host, port)
    app = create_app(
        folder,
        database_url,
        token=token,
        hosts=LOOPBACK if host in LOOPBACK else None,
        max_upload_bytes=max_upload_bytes,
        at_once=at_once,
    )
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=TimedHeads,
        ws="none",
        timeout_graceful_shutdown=LAST_WORDS_S,
    )
    with listening, written_to(folder / LOG), suppress(KeyboardInterrupt):
        if on_ready is not None:
            on_ready(_address(listening, host, token))
        _Server(config, app).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends the streams of events first: uvicorn waits for open answers, and these have no end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.parts.events.close()
        await super().shutdown(sockets)


def _check(folder: Path, database_url: str | None) -> None:
    """Raise what would fail at startup, where uvicorn would only log it."""
    folders = Folders(folder.absolute(), new_id() if is_shared(database_url) else "")
    with folders.prepare():
        Store(database_of(folders, database_url)).close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise OutputError(
            f"Port {port} of {host} cannot be listened on ({error}); expected a free port of this machine. Name "
            "another with --port, or stop what uses it."
        ) from error


def _address(listening: socket.socket, host: str, token: str | None) -> str:
    port = listening.getsockname()[1]
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{port}/" + (f"?token={token}" if token else "")
