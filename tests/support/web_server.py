"""The app as a user starts it: a server in a process of its own, and the few calls that prepare a test."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.postgres import database_of

JUDGED_WITHIN_S = 300.0
ANSWERED_WITHIN_S = 60.0
"""A judging takes about ten seconds, an answer a tenth of one; a machine that others load takes many times that."""
SERVE = """
import sys
from functools import partial
from pathlib import Path
sys.path.insert(0, {root!r})
from depthperception.web import server, worker
from tests.support import web_runners
server.create_app = partial(server.create_app, runner={runner})
if __name__ == "__main__":
    database = (sys.argv[2:] or [None])[0]
    where = dict(port=0, folder=Path(sys.argv[1]), database_url=database)
    server.serve(**where, on_ready=lambda address: print(address, flush=True))
"""


class Server:
    """What a test asks of a running server."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.forgotten: list[str] = []

    def send(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        """Give the JSON that the server answers."""
        request = urllib.request.Request(
            self.address + path, body, {"X-DepthPerception": "1", **headers}, method=method
        )
        with urllib.request.urlopen(request, timeout=ANSWERED_WITHIN_S) as answer:
            return json.loads(answer.read())

    def upload(self, clip: Path, name: str | None = None) -> str:
        """Give the id of the new judging."""
        header = {"X-File-Name": quote(name or clip.name)}
        return str(self.send("/judgings", "POST", clip.read_bytes(), **header)["id"])

    def wait(self, judging: str, state: str = "done") -> Any:
        """Give the judging once it is in that state."""
        last = time.monotonic() + JUDGED_WITHIN_S
        while time.monotonic() < last:
            found = self.send(f"/api/judgings/{judging}")
            if found["state"] == state:
                return found
            assert found["state"] in ("queued", "running"), found
            time.sleep(0.2)
        raise AssertionError(f"not {state} within {JUDGED_WITHIN_S} s: {found}")

    def forget(self, judging: str) -> None:
        """Leave no trace for the next test: deleted once no page asks for it any more."""
        self.forgotten.append(judging)

    def clean(self) -> None:
        """Delete what is to be forgotten."""
        while self.forgotten:
            self.send(f"/judgings/{self.forgotten.pop()}", "DELETE")


@contextmanager
def serving(library: Path, script: Path, runner: str = "worker.run") -> Iterator[Server]:
    """Serve a library; the script that does so is written first, for its child processes start from it again.

    `runner` is what judges: `worker.run`, or a stand-in such as `web_runners.judged_cameras`.
    """
    script.write_text(SERVE.format(root=str(Path(__file__).parents[2]), runner=runner), encoding="utf-8")
    database = database_of(library)
    command = [sys.executable, str(script), str(library), *([database] if database else [])]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    address = running.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "the server did not start"
    yield Server(address)
    running.terminate()
    try:
        running.wait(timeout=30)
    except subprocess.TimeoutExpired:
        running.kill()
