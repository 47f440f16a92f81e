"""The jury in a real browser: on one machine, one after the other, and the packet that holds what they read."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.packet import verify_packet
from tests.support.rendered_clips import DATA
from tests.support.web_server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]


def hand_in(page: "Page", name: str, word: str, presses: int) -> None:
    """Read the left leg as a member of the jury, its points some pixels from where they start."""
    page.get_by_role("button", name="Read as a member").click()
    page.get_by_label("right leg").uncheck()
    assert page.get_by_role("button", name="Hand in my reading").is_disabled(), "no point was put yet"
    for point in ("left hip crease", "left top of the knee"):
        handle = page.get_by_role("button", name=point)
        handle.focus()
        for _ in range(presses):
            page.keyboard.press("Shift+ArrowUp")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("A word that only you know").fill(word)
    page.get_by_role("button", name="Hand in my reading").click()
    page.get_by_text(f"{name} has read").wait_for()


def seat(page: "Page", readers: int) -> None:
    page.get_by_text("Jury and appeal").click()
    page.get_by_label("How many read").select_option(str(readers))
    page.get_by_role("button", name="Seat a jury").click()


def test_a_jury_reads_without_seeing_and_its_packet_can_be_checked(
    server: Server, judged: Any, open_page: OpenPage, tmp_path: Path
) -> None:
    video = judged["side_high"]
    page = open_page(f"/judgings/{video['id']}", expect="403")
    page.locator("#attempts .app-attempt").first.wait_for()
    seat(page, 2)
    page.get_by_role("button", name="Read as a member").click()
    assert not page.locator("#report").is_visible(), "nothing that was measured is in sight"
    assert not page.locator("#attempts").is_visible()
    page.get_by_role("button", name="Cancel").click()

    hand_in(page, "Bea", "blue whale", 3)
    assert page.locator("#readings .app-reading").count() == 0
    assert "1 of 2 have read" in page.locator("#jury-words").inner_text()
    assert server.send(f"/api/judgings/{video['id']}")["attempts"][0]["readings"] == []

    hand_in(page, "Carl", "cuckoo", 4)
    page.locator("#readings .app-reading").nth(1).wait_for()
    assert page.locator("#readings").inner_text().count("(jury)") == 2
    assert "cm from the shallowest to the deepest" in page.locator("#jury-words").inner_text()
    page.emulate_media(media="print")
    printed = page.locator("#said-of").inner_text()
    assert all(words in printed for words in ("Bea", "Carl", video["sha256"], "frame"))
    page.emulate_media(media="screen")

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Appeal packet").click()
    path = tmp_path / "appeal.zip"
    downloading.value.save_as(path)
    assert verify_packet(path, DATA / "side_high.mp4").problems == ()
    with zipfile.ZipFile(path) as archive:
        said = json.loads(archive.read("said.json"))
    assert [(one["author"], one["jury"]) for one in said["readings"]] == [("Bea", True), ("Carl", True)]

    page.get_by_text("Bea has read").click()
    page.get_by_label("Word of Bea").fill("cuckoo")
    page.keyboard.press("Enter")
    page.get_by_text("This reading is Bea’s").wait_for()
    for name, word in (("Bea", "blue whale"), ("Carl", "cuckoo")):
        if not page.get_by_label(f"Word of {name}").is_visible():
            page.get_by_text(f"{name} has read").click()
        page.get_by_label(f"Word of {name}").fill(word)
        page.keyboard.press("Enter")
        page.get_by_text(f"{name} has read").wait_for(state="detached")
    page.get_by_role("button", name="Seat a jury").wait_for()
    assert server.send(f"/api/judgings/{video['id']}")["attempts"][0]["readings"] == []
