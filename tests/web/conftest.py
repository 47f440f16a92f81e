"""A server of its own and a headless Chromium, for the tests that look at the pages."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

DATA = Path(__file__).parents[1] / "data"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)  # fmt: skip
JUDGED_WITHIN_S = 300.0
ANSWERED_WITHIN_S = 60.0
"""A judging takes about ten seconds, an answer a tenth of one; a machine that others load takes many times that."""
SERVE = """
import sys
from pathlib import Path
from depthperception.web import server
if __name__ == "__main__":
    server.serve(port=0, folder=Path(sys.argv[1]), on_ready=lambda address: print(address, flush=True))
"""


class Server:
    """The app as a user starts it, and the few calls that prepare a test."""

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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("uvicorn", reason="the extra `web` is not installed")
    folder = tmp_path_factory.mktemp("web")
    script = folder / "serve.py"
    script.write_text(SERVE, encoding="utf-8")
    running = subprocess.Popen([sys.executable, str(script), str(folder / "kept")], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    address = running.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "the server did not start"
    yield Server(address)
    running.terminate()
    try:
        running.wait(timeout=30)
    except subprocess.TimeoutExpired:
        running.kill()


@pytest.fixture(scope="session")
def judged(server: Server) -> dict[str, Any]:
    """Two judged videos by name: one with spotters, one from the side."""
    names = ("spotted", "side_high")
    sent = {name: server.upload(DATA / f"{name}.mp4") for name in names}
    return {name: server.wait(sent[name]) for name in names}


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(CHROMIUMS)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser", server: Server) -> Iterator[Callable[..., "Page"]]:
    """Open an address of the server; the test fails on any error in the browser's console that it does not expect."""
    contexts = []
    problems: list[str] = []
    expected: list[str] = []

    def heard(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            problems.append(f"{message.text} ({message.location.get('url')})")

    def open_(path: str, *, width: int = 1280, expect: str | None = None) -> "Page":
        context = chromium.new_context(
            base_url=server.address, viewport={"width": width, "height": 900}, locale="en-GB", accept_downloads=True
        )
        contexts.append(context)
        context.set_default_timeout(1000 * ANSWERED_WITHIN_S)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: problems.append(str(error)))
        expected.extend([expect] if expect else [])
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    server.clean()
    unexpected = [problem for problem in problems if not any(words in problem for words in expected)]
    assert not unexpected, unexpected
