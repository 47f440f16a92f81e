"""A library of judged videos, a server of its own, and pages in a headless Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.judged_once import once, shared_folder
from tests.support.rendered_clips import DATA
from tests.support.web_server import ANSWERED_WITHIN_S, Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

JUDGED = ("spotted", "side_high")
"""Clips that are in the library from the beginning: one with spotters, one from the side."""


@pytest.fixture(scope="session")
def judged_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in which the real worker has judged two clips; to be copied, never used itself."""
    pytest.importorskip("fastapi", reason="the extra `web` is not installed")
    from depthperception.web import worker  # noqa: PLC0415
    from tests.support.web_client import finished, running_app, send  # noqa: PLC0415

    def judge(library: Path) -> None:
        # In SQLite, which goes with the folder when that is copied; PostgreSQL takes it over from there.
        with running_app(library, runner=worker.run, database_url=None) as client:
            sent = [send(client, DATA / f"{name}.mp4", f"{name}.mp4").json()["id"] for name in JUDGED]
            for judging in sent:
                assert finished(client, judging)["state"] == "done"

    return once(shared_folder(tmp_path_factory) / "judged library", judge)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, judged_library: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("web")
    with serving(Path(shutil.copytree(judged_library, folder / "kept")), folder / "serve.py") as running:
        yield running


@pytest.fixture(scope="session")
def judged(server: Server) -> dict[str, Any]:
    """The videos of `judged_library` by name."""
    found = [server.send(f"/api/judgings/{one['id']}") for one in server.send("/api/judgings")["items"]]
    by_name = {Path(one["name"]).stem: one for one in found}
    return {name: by_name[name] for name in JUDGED}


@pytest.fixture
def open_page(chromium: "Browser", server: Server) -> Iterator[Callable[..., "Page"]]:
    """Open an address of the server; the test fails on any error in the browser's console that it does not expect."""
    contexts = []
    problems: list[str] = []
    expected: list[str] = []

    def heard(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            problems.append(f"{message.text} ({message.location.get('url')})")

    def open_(path: str, *, width: int = 1280, touch: bool = False, expect: str | None = None) -> "Page":
        context = chromium.new_context(
            base_url=server.address,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            accept_downloads=True,
            has_touch=touch,
            is_mobile=touch,
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
