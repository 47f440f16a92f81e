"""A video of several attempts in a real browser: one at a time on the screen, all of them on paper."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.clips import make_clip
from tests.support.web_server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def shown(page: "Page") -> list[bool]:
    """Which attempts' reports can be seen."""
    return [one.is_visible() for one in page.locator("#report article.attempt").all()]


def test_the_report_is_of_the_attempt_that_is_looked_at(chromium: "Browser", tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the extra `web` is not installed")
    noise = np.random.default_rng(1).integers(80, 100, (20, 1200, 800, 3), np.uint8)
    clip = make_clip(tmp_path / "set.mp4", noise, [number / 20 for number in range(20)])
    with serving(tmp_path / "library", tmp_path / "serve.py", "web_runners.judged_set") as server:
        judging = server.upload(clip)
        server.wait(judging)
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{server.address}/judgings/{judging}?attempt=2")
        expect(page.locator("#attempts .app-attempt")).to_have_count(2)
        expect(page.locator("#report article.attempt").first).to_be_hidden()
        assert shown(page) == [False, True]
        page.locator("#report .attempts a").first.click()
        assert shown(page) == [True, False]
        expect(page.locator("#attempts .app-attempt").first).to_have_attribute("aria-pressed", "true")
        page.locator("#attempts .app-attempt").nth(1).click()
        assert shown(page) == [False, True]
        page.emulate_media(media="print")
        assert shown(page) == [True, True]
        page.close()
