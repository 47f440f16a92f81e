"""Several files dropped as one lift in a real browser: one row in the queue and the library, the views on one clock."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.rendered_clips import DATA
from tests.support.web_server import JUDGED_WITHIN_S, Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
CLIPS = [DATA / "front_deep.mp4", DATA / "side_high.mp4"]
SHOWN = ".frames img:not([hidden])"


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("fastapi", reason="the extra `web` is not installed")
    folder = tmp_path_factory.mktemp("cameras")
    with serving(folder / "library", folder / "serve.py", "web_runners.judged_cameras") as server:
        yield server


@pytest.fixture
def open_library(chromium: "Browser", cameras: Server) -> Iterator[Callable[..., "Page"]]:
    """Open a page; the test fails on any error in the browser's console."""
    problems: list[str] = []
    contexts = []

    def heard(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            problems.append(message.text)

    def open_(path: str = "/", width: int = 1280) -> "Page":
        context = chromium.new_context(base_url=cameras.address, viewport={"width": width, "height": 900})
        contexts.append(context)
        context.set_default_timeout(1000 * JUDGED_WITHIN_S)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda one: problems.append(str(one)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not problems


def _drop_as_one_lift(page: "Page", files: list[Path]) -> None:
    page.get_by_label("These are one lift by several cameras").check()
    page.set_input_files("#files", files)


def _said_of(views: "Locator") -> list[str]:
    """What is said of the picture that each camera shows."""
    return [str(view.get_attribute("alt")) for view in views.all()]


def _tops_px(page: "Page", *selectors: str) -> list[float]:
    """How far down a phone's page these begin."""
    page.set_viewport_size({"width": 390, "height": 844})
    tops = page.evaluate("all => all.map(one => document.querySelector(one).getBoundingClientRect().top)", selectors)
    page.set_viewport_size({"width": 1280, "height": 900})
    return list(tops)


def test_files_of_one_lift_become_one_row_a_page_with_one_clock_and_go_as_one(
    open_library: Callable[..., "Page"], cameras: Server
) -> None:
    page = open_library()
    page.get_by_label("Lifter", exact=True).fill("Anna")
    _drop_as_one_lift(page, CLIPS)
    row = page.locator("#attempts tbody tr")
    row.wait_for()
    assert row.count() == 1
    assert row.locator(".app-cell-name a").inner_text() == "front_deep.mp4 + side_high.mp4"
    assert "No lift" in row.locator(".app-cell-ruling").inner_text()
    assert not page.get_by_label("These are one lift by several cameras").is_checked()

    row.locator(".app-cell-name a").click()
    page.locator(SHOWN).first.wait_for()
    page.locator("#facts:not(:empty)").wait_for()
    assert page.locator("#facts").inner_text().startswith("2 cameras")
    assert not page.locator("#waiting").is_visible()
    views = page.locator(SHOWN)
    expect(views).to_have_count(2)
    bottom = _said_of(views)
    page.get_by_role("button", name="Step on").click()
    for view, said in enumerate(bottom):
        expect(views.nth(view)).not_to_have_attribute("alt", said)
    times_s = [[float(re.findall(r"([0-9.]+) s$", said)[0]) for said in both] for both in (bottom, _said_of(views))]
    assert all(later > before for before, later in zip(*times_s, strict=True))
    page.get_by_role("button", name="Bottom").click()
    for view, said in enumerate(bottom):
        expect(views.nth(view)).to_have_attribute("alt", said)

    assert page.get_by_label("Lifter", exact=True).input_value() == "Anna"
    page.get_by_label("Notes").fill("third attempt")
    page.get_by_label("Notes").blur()
    page.locator("textarea.app-saved").wait_for()
    assert cameras.send("/api/attempts")["items"][0]["notes"] == "third attempt"
    with page.expect_download() as packet:
        page.get_by_role("link", name="Appeal packet").nth(1).click()
    assert packet.value.suggested_filename == "side_high-attempt-1.zip"

    ruling_px, views_px, delete_px = _tops_px(page, "#report h2", "#report .views", "#delete")
    assert ruling_px < 844
    assert views_px < delete_px
    page.get_by_role("button", name="Delete", exact=True).first.click()
    page.locator("#delete-dialog button[value=delete]").click()
    page.wait_for_url("**/")
    assert cameras.send("/api/judgings")["total"] == 0


def test_one_file_alone_is_no_lift_by_several_cameras(open_library: Callable[..., "Page"]) -> None:
    page = open_library()
    _drop_as_one_lift(page, CLIPS[:1])
    row = page.locator("#jobs .app-job[data-state=refused]")
    row.wait_for()
    assert "expected 2 to 6" in row.inner_text()


def test_two_attempts_of_a_meet_are_still_two_without_the_mark(
    open_library: Callable[..., "Page"], cameras: Server
) -> None:
    page = open_library()
    page.set_input_files("#files", CLIPS)
    page.locator("#attempts tbody tr").nth(1).wait_for()
    assert {one["name"] for one in cameras.send("/api/judgings")["items"]} >= {one.name for one in CLIPS}
