"""The page in a real browser: what is pressed does what it says, it fits every screen, and it prints on one sheet."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from depthperception.report.page.content import write_page
from depthperception.results import Judgement
from depthperception.video import VideoWriter
from tests.support.report_examples import HEIGHT, WIDTH, attempt, close_attempt, judgement, reading, track

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FRAMES_S = [0.0, 0.5, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 3.0, 4.0]
METHODS = ("calibrated", "side", "floor_plane", "gravity", "front", "front_published")


def judged(*depths_cm: float | None) -> Judgement:
    """Judge attempts by every method that there is."""
    measured = {name: replace(reading(3.0, 6.0), method=name, reason="Made for another view.") for name in METHODS}
    return judgement(*(replace(attempt(2.0, cm), measurements=measured) for cm in depths_cm))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of one attempt, of two, of a refusal and of no attempt."""
    folder = tmp_path_factory.mktemp("pages")
    with VideoWriter(folder / "squat.mp4", WIDTH, HEIGHT) as writer:
        for number, time_s in enumerate(FRAMES_S):
            writer.write(np.full((HEIGHT, WIDTH, 3), 20 * number, np.uint8), time_s)
    for name, one in {
        "one": judged(3.0), "two": judged(3.0, -2.0), "unclear": judged(None), "none": judgement(),
        "close": judgement(close_attempt(2.0), attempt(2.0), attempt(2.0, -3.0), attempt(2.0, None)),
    }.items():  # fmt: skip
        write_page(folder / f"{name}.html", folder / "squat.mp4", track(FRAMES_S), one)
    return folder


@pytest.fixture
def page(chromium: "Browser", folder: Path) -> Iterator["Page"]:
    """Open the page of one attempt; anything on the console is a fault."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto((folder / "one.html").as_uri())
    yield opened
    opened.close()
    assert not said


def view_box(page: "Page") -> list[float]:
    return [float(value) for value in str(page.locator(".stage > svg").get_attribute("viewBox")).split()]


def test_toggles_hide_and_show_what_they_name(page: "Page") -> None:
    for name in ("Skeleton", "Lines"):
        button, drawn = page.get_by_role("button", name=name), page.locator(f".stage .shot.shown .{name.lower()}")
        assert drawn.is_visible()
        button.press("Enter")
        assert button.get_attribute("aria-pressed") == "false"
        assert not drawn.is_visible()
        button.press("Space")
        assert drawn.is_visible()


def test_the_picture_zooms_and_moves_by_keyboard(page: "Page") -> None:
    whole = view_box(page)
    stage = page.locator(".stage")
    stage.focus()
    page.keyboard.press("+")
    zoomed = view_box(page)
    assert zoomed[2] == pytest.approx(whole[2] / 1.4, rel=1e-6)
    assert zoomed[0] + zoomed[2] / 2 == pytest.approx(whole[2] / 2), "about the middle"
    page.keyboard.press("ArrowRight")
    assert view_box(page)[0] == pytest.approx(zoomed[0] + 0.1 * zoomed[2])
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert view_box(page)[0] + view_box(page)[2] == pytest.approx(whole[2]), "never out of the picture"
    page.keyboard.press("0")
    assert view_box(page) == whole
    page.keyboard.press("-")
    assert view_box(page) == whole, "never smaller than whole"


def test_legs_fills_the_picture_with_hips_knees_and_lines(page: "Page") -> None:
    whole = view_box(page)
    page.get_by_role("button", name="Legs").click()
    left, top, right, bottom = page.locator(".stage > svg").evaluate(
        """(svg) => {
            const box = svg.getBoundingClientRect(), toPicture = svg.getScreenCTM().inverse();
            const at = (x, y) => new DOMPoint(x, y).matrixTransform(toPicture);
            const [start, end] = [at(box.left, box.top), at(box.right, box.bottom)];
            return [start.x, start.y, end.x, end.y];
        }"""
    )
    x, y, width, height = (float(v) for v in str(page.locator(".stage > svg").get_attribute("data-legs")).split())
    assert left <= x + 0.1
    assert top <= y + 0.1
    assert right >= x + width - 0.1
    assert bottom >= y + height - 0.1
    assert right - left < 1.02 * width or bottom - top < 1.02 * height, "no larger than it must be"
    page.get_by_role("button", name="Whole").click()
    assert view_box(page) == whole


def test_frames_step_by_key_and_by_click_and_say_their_time(page: "Page") -> None:
    stamp = page.locator(".stamp output")
    assert stamp.text_content() == "bottom · 2.00 s"
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    assert stamp.text_content() == "0.10 s after · 2.10 s"
    assert page.locator("[data-shot][aria-pressed=true]").get_attribute("aria-label") == "0.10 s after, at 2.10 s"
    page.get_by_role("button", name="0.30 s before").click()
    assert stamp.text_content() == "0.30 s before · 1.70 s"
    page.locator(".stage").focus()
    page.keyboard.press("ArrowLeft")
    assert stamp.text_content() == "0.30 s before · 1.70 s", "there is none before it"


def test_a_click_on_the_curve_tells_its_time_and_the_time_moves_its_line(page: "Page") -> None:
    page.evaluate("document.addEventListener('depthperception:time', (event) => { window.told = event.detail; })")
    plot = page.locator(".depth-plot")
    start_s, end_s = (float(str(plot.get_attribute(f"data-{edge}"))) for edge in ("start", "end"))
    box = plot.bounding_box()
    assert box
    plot.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    told = page.evaluate("window.told")
    assert told["attempt"] == 1
    assert told["time_s"] == pytest.approx(start_s + (end_s - start_s) / 4, abs=0.01)
    page.evaluate("document.dispatchEvent(new CustomEvent('depthperception:now', {detail: {time_s: 2.0}}))")
    at = str(plot.locator(".now").get_attribute("x1"))
    assert float(at.rstrip("%")) == pytest.approx(100 * (2.0 - start_s) / (end_s - start_s), abs=0.01)


def test_the_theme_can_be_forced(page: "Page") -> None:
    button = page.get_by_role("button", name="Theme")

    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    button.click()
    light = paper()
    button.click()
    assert paper() != light
    assert button.text_content() == "Theme: dark"


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_screen(chromium: "Browser", folder: Path, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    for name in ("one", "two", "unclear", "none", "close"):
        page.goto((folder / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()


@pytest.mark.parametrize(("name", "sheets"), [("one", 1), ("two", 2), ("unclear", 1), ("none", 1)])
def test_every_attempt_prints_on_one_sheet(chromium: "Browser", folder: Path, name: str, sheets: int) -> None:
    page = chromium.new_page(color_scheme="dark")
    page.goto((folder / f"{name}.html").as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == sheets


def test_without_javascript_the_proof_is_all_there(chromium: "Browser", folder: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "one.html").as_uri())
    assert page.locator(".stage .lines").first.is_visible()
    assert page.locator(".depth-plot").is_visible()
    assert not page.get_by_role("button", name="Theme").is_visible()
    context.close()


def test_a_white_lamp_is_only_ever_depth_and_amber_has_a_bar_for_those_who_see_no_amber(
    chromium: "Browser", folder: Path
) -> None:
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((folder / "close.html").as_uri())
    shown = opened.locator(".attempts .lamp").evaluate_all(
        "lamps => lamps.map(lamp => { const style = getComputedStyle(lamp);"
        " return [lamp.classList[1], style.backgroundColor, style.backgroundImage !== 'none']; })"
    )
    looks = {verdict: (colour, has_bar) for verdict, colour, has_bar in shown}
    opened.close()
    assert looks["depth"] == ("rgb(255, 255, 255)", False)
    assert looks["too_close"] == ("rgb(240, 166, 58)", True)
    assert len(set(looks.values())) == 4
