"""An app on a folder with a client that acts as its own page does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from depthperception.web.app import create_app
from tests.support import web_runners as runners
from tests.support.postgres import database_of

ACTION = {"X-DepthPerception": "1"}
ADDRESS = "http://127.0.0.1"
LONGEST_S = 240.0


@contextmanager
def running_app(folder: Path, **options: Any) -> Iterator[TestClient]:
    """Run an app whose judgings take no time, unless another runner is given."""
    usual = {"runner": runners.judged, "keep_free_bytes": 0, "database_url": database_of(folder)}
    app = create_app(folder, **{**usual, **options})
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client


def send(client: TestClient, content: bytes | Path, name: str = "squat.mp4", **query: str) -> Any:
    """Upload as the page does; returns the response."""
    data = content.read_bytes() if isinstance(content, Path) else content
    return client.post("/judgings", params=query, content=data, headers={**ACTION, "X-File-Name": quote(name)})


def send_together(client: TestClient, files: dict[str, bytes], sizes: str | None = None, **query: str) -> Any:
    """Upload several cameras' videos of one lift, by name, as the page does; returns the response."""
    said = "/".join(str(len(one)) for one in files.values()) if sizes is None else sizes
    headers = {**ACTION, "X-File-Name": "/".join(quote(name) for name in files), "X-File-Sizes": said}
    return client.post("/judgings/together", params=query, content=b"".join(files.values()), headers=headers)


def uploads_in(library: Path) -> list[Path]:
    """Give what lies where uploads arrive: of a server that shares its database in a folder of its own, with a lock."""
    return [path for path in (library / "incoming").rglob("*") if path.is_file() and path.suffix != ".lock"]


def finished(client: TestClient, judging_id: str) -> Any:
    """Wait until a judging has ended; returns it with its attempts."""
    end_s = time.monotonic() + LONGEST_S
    while (found := client.get(f"/api/judgings/{judging_id}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.02)
    return found
