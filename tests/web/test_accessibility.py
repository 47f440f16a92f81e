"""axe-core finds nothing to complain of on any page, in light and in dark."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
Colours = Literal["light", "dark"]
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.parametrize("colours", ["light", "dark"])


def complaints(page: "Page", colours: Colours) -> list[str]:
    """Look at the page in these colours, once nothing moves any more; each complaint names where it is."""
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (colours == "dark")
    found = axe.Axe().run(page).response
    assert found["testEngine"]["name"] == "axe-core"
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def test_the_library_with_its_filters_and_what_is_chosen(judged: Any, open_page: OpenPage, colours: Colours) -> None:
    page = open_page("/")
    page.locator("#attempts tbody tr").nth(1).wait_for()
    page.locator("#filters-fold summary").click()
    page.get_by_text("For experts").first.click()
    page.locator("#attempts tbody input[type=checkbox]").first.check()
    assert complaints(page, colours) == []


def test_a_result_with_its_proof_and_its_options(judged: Any, open_page: OpenPage, colours: Colours) -> None:
    page = open_page(f"/judgings/{judged['spotted']['id']}")
    page.locator("#stage .app-frame img").wait_for()
    assert complaints(page, colours) == []
    page.get_by_role("button", name="Correct by hand").click()
    page.locator("#handles > *").first.wait_for()
    assert complaints(page, colours) == []
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Judge again").click()
    page.locator("#again-dialog summary").click()
    assert complaints(page, colours) == []


def test_two_attempts_side_by_side(judged: Any, open_page: OpenPage, colours: Colours) -> None:
    one, other = (f"{video['id']}.1" for video in judged.values())
    page = open_page(f"/compare?a={one}&b={other}")
    page.locator("#half-b .app-frame img").wait_for()
    assert complaints(page, colours) == []


def test_what_the_api_offers(judged: Any, open_page: OpenPage, colours: Colours) -> None:
    assert complaints(open_page("/api/docs"), colours) == []


def test_the_report(judged_library: Path, judged: Any, open_page: OpenPage, colours: Colours) -> None:
    report = judged_library / "judgings" / judged["spotted"]["id"] / "report.html"
    page = open_page("/")
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    assert complaints(page, colours) == []
