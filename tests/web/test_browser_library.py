"""The library page in a real browser: videos in, progress, the table, exports, refusals."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.clips import text_file
from tests.support.rendered_clips import DATA
from tests.support.web_server import JUDGED_WITHIN_S, Server

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

OpenPage = Callable[..., "Page"]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def row(page: "Page", name: str) -> Any:
    return page.locator("#attempts tbody tr").filter(has_text=name)


def note(server: Server, judging: Any, **said: Any) -> None:
    """Say something of its first attempt."""
    body = json.dumps(said).encode()
    server.send(f"/judgings/{judging['id']}/attempts/1", "PATCH", body, **{"Content-Type": "application/json"})


def text_of(download: "Download") -> str:
    return Path(download.path()).read_text(encoding="utf-8-sig")


def test_an_uploaded_clip_is_followed_to_its_verdict(server: Server, judged: Any, open_page: OpenPage) -> None:
    truth = json.loads((DATA / "front_deep.json").read_text())["depth_cm"]["mean"]
    page = open_page("/")
    page.set_input_files("#files", DATA / "front_deep.mp4")
    job = page.locator("#jobs .app-job").filter(has_text="front_deep.mp4")
    job.locator("progress").first.wait_for(state="visible")
    row(page, "front_deep.mp4").wait_for(timeout=1000 * JUDGED_WITHIN_S)
    job.wait_for(state="detached")
    shown = row(page, "front_deep.mp4").locator(".app-cell-ruling").inner_text()
    assert truth > 0
    assert shown.startswith("Depth")
    assert float(re.findall(r"([\d.]+) cm below", shown)[0]) == pytest.approx(truth, abs=4.0)

    row(page, "front_deep.mp4").get_by_role("link").click()
    assert page.locator("#attempts .app-attempt b").inner_text() == "Depth"
    assert page.locator(".report").count() == 1
    server.forget(page.locator("#judging").get_attribute("data-id") or "")


def test_a_file_that_is_no_video_is_refused_with_what_to_do(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/", expect="415")
    page.set_input_files("#files", text_file(tmp_path / "squat.mp4"))
    words = page.locator("#jobs .app-job[data-state=refused] .app-job-words")
    words.wait_for()
    assert "squat.mp4" in words.inner_text()
    assert "Expected a video" in words.inner_text()
    page.get_by_role("button", name="Dismiss squat.mp4").click()
    page.locator("#queue").wait_for(state="hidden")


def test_a_running_judging_can_be_cancelled_and_stays_listed(server: Server, judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    page.set_input_files("#files", DATA / "two_reps.mp4")
    page.locator("#jobs a").filter(has_text="two_reps.mp4").wait_for()
    expect(page.locator("#jobs .app-job").filter(has_text="two_reps.mp4")).to_have_count(1)
    page.get_by_role("button", name="Cancel two_reps.mp4").click()
    listed = page.locator("#bare-list .app-job").filter(has_text="two_reps.mp4")
    listed.wait_for()
    assert "cancelled" in listed.inner_text()

    # The dialog says what goes; keeping keeps, deleting deletes.
    listed.get_by_role("button", name="Delete two_reps.mp4").click()
    assert "report, overlay, pictures, landmarks" in page.locator("#delete-dialog").inner_text()
    page.get_by_role("button", name="Keep").click()
    assert listed.count() == 1
    listed.get_by_role("button", name="Delete two_reps.mp4").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    listed.wait_for(state="detached")
    assert "two_reps.mp4" not in [item["name"] for item in server.send("/api/judgings")["items"]]


def test_what_is_written_beside_an_attempt_is_kept_and_found(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    spotted = row(page, "spotted.mp4")
    hostile = "<img src=x onerror=alert(1)> 3rd attempt"
    written = {"Lifter": "Åse Ødegård", "Weight, kg": "182.5", "Date": "2026-03-07", "Notes": hostile}
    for label, value in written.items():
        field = spotted.get_by_label(label)
        # A date is changed, and saved, by being filled in; words are when they are left.
        with page.expect_response(lambda answer: answer.request.method == "PATCH") as saved:
            field.fill(value)
            field.blur()
        assert saved.value.ok
    page.reload()
    spotted.wait_for()
    assert {label: spotted.get_by_label(label).input_value() for label in written} == written

    page.get_by_label("Search lifter, notes and file name").fill("ødegård")
    row(page, "side_high.mp4").wait_for(state="detached")
    assert spotted.count() == 1
    page.get_by_label("Search lifter, notes and file name").fill("nobody of this name")
    page.get_by_text("No attempt matches.").wait_for()


def test_an_answer_older_than_what_is_written_takes_nothing_back(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    # Before the page is opened: Chromium lets requests of a page that is there already pass for a moment.
    page.route("**/api/attempts?*spotted*", hold)
    page.goto("/")
    spotted = row(page, "spotted.mp4")
    spotted.wait_for()
    page.get_by_label("Search lifter, notes and file name").fill("spotted")
    while not held:
        page.wait_for_timeout(20)
    older = held[0].fetch()
    lifter, notes = spotted.get_by_label("Lifter"), spotted.get_by_label("Notes")
    lifter.fill("written later")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        lifter.blur()
    notes.fill("being written")
    held[0].fulfill(response=older)
    for newer in held[1:]:
        newer.continue_()
    page.unroute("**/api/attempts?*spotted*")
    row(page, "side_high.mp4").wait_for(state="detached")
    assert (lifter.input_value(), notes.input_value()) == ("written later", "being written")


def test_what_is_being_written_is_saved_though_its_row_goes_elsewhere(
    server: Server, judged: Any, open_page: OpenPage
) -> None:
    note(server, judged["spotted"], lifter="Bea")
    note(server, judged["side_high"], lifter="Cleo")
    page = open_page("/?sort=lifter")
    rows = page.locator("#attempts tbody tr")
    expect(rows.last).to_contain_text("side_high.mp4")
    notes = row(page, "side_high.mp4").get_by_label("Notes")
    notes.press_sequentially("being written")
    other = page.context.new_page()
    other.goto("/")
    lifter = row(other, "side_high.mp4").get_by_label("Lifter")
    lifter.fill("Anna")
    lifter.blur()
    expect(rows.first).to_contain_text("side_high.mp4")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        notes.press("Tab")
    assert server.send("/api/attempts?query=being")["total"] == 1


def test_a_lifter_s_attempts_are_sorted_drawn_and_kept_in_the_address(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    for name in ("spotted", "side_high"):
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            field = row(page, f"{name}.mp4").get_by_label("Lifter")
            field.fill("Bo")
            field.blur()
    page.reload()
    page.locator("#filters-fold summary").click()
    page.get_by_label("Lifter to look at").select_option("Bo")
    page.locator("#trend a").nth(1).wait_for()
    page.get_by_role("button", name="Ruling").click()
    page.wait_for_url("**/?lifter=Bo&sort=-cm")
    deepest = max(judged.values(), key=lambda video: video["attempts"][0]["cm"])
    page.reload()
    expect(page.locator("#attempts tbody tr")).to_have_count(2)
    expect(page.locator("#attempts tbody tr").first).to_contain_text(deepest["name"])
    assert page.get_by_role("link", name="CSV").get_attribute("href") == "/library.csv?lifter=Bo&sort=-cm"

    second = page.context.new_page()
    second.goto("/")
    field = row(second, "spotted.mp4").get_by_label("Notes")
    field.fill("seen in the other window")
    field.blur()
    noted = row(page, "spotted.mp4").get_by_label("Notes")
    expect(noted).to_have_value("seen in the other window")


def test_filters_are_kept_in_the_address_and_taken_back(server: Server, judged: Any, open_page: OpenPage) -> None:
    said = {"spotted": {"session": "week 3", "date": "2024-05-01"}, "side_high": {"exercise": "pause squat"}}
    for name, values in said.items():
        note(server, judged[name], **values)
    page = open_page("/")
    rows = page.locator("#attempts tbody tr")
    expect(rows).to_have_count(2)
    page.locator("#filters-fold summary").click()
    page.locator("#filters").get_by_label("Session").select_option("week 3")
    page.wait_for_url("**/?session=week+3")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("spotted.mp4")
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.locator("#filters").get_by_label("Session")).to_have_value("week 3")
    page.locator("#filters").get_by_label("From").fill("2024-05-02")
    page.get_by_text("No attempt matches.").wait_for()
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(2)
    page.locator("#filters").get_by_label("To", exact=True).fill("2024-05-01")
    page.wait_for_url("**/?until=2024-05-01")
    expect(rows).to_have_count(1)
    for link in ("CSV", "JSON", ".zip"):
        address = page.locator(".app-exports").get_by_role("link", name=link).get_attribute("href") or ""
        assert address.endswith("?until=2024-05-01")


def test_a_ruling_on_somebody_else_is_marked_left_out_of_trend_and_table_and_taken_back(
    server: Server, judged: Any, open_page: OpenPage
) -> None:
    for one in judged.values():
        note(server, one, lifter="Cy")
    page = open_page("/?lifter=Cy")
    marks = page.locator("#trend a")
    expect(marks).to_have_count(2)
    row(page, "spotted.mp4").get_by_role("checkbox").check()
    page.get_by_role("button", name="Not the lifter").click()
    expect(row(page, "spotted.mp4").locator(".app-cell-ruling")).to_contain_text("Not the lifter")
    expect(marks).to_have_count(1)
    assert "1 left out: not the lifter" in page.locator("#trend").inner_text()
    with page.expect_download() as table:
        page.get_by_role("link", name="CSV").click()
    assert [line["name"] for line in csv.DictReader(io.StringIO(text_of(table.value)))] == ["side_high.mp4"]

    page.goto(f"/judgings/{judged['spotted']['id']}")
    expect(page.locator("#attempts .app-attempt")).to_contain_text("Not the lifter")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_label("Not the lifter").uncheck()
    expect(page.locator("#attempts .app-attempt")).not_to_contain_text("Not the lifter")
    page.goto("/?lifter=Cy")
    expect(marks).to_have_count(2)


def test_chosen_videos_are_exported_together_with_everything(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    for name in judged:
        row(page, f"{name}.mp4").get_by_role("checkbox").check()
    with page.expect_download() as everything:
        page.locator("#export-selected").click()
    archive = zipfile.ZipFile(everything.value.path())
    assert archive.testzip() is None
    for name, video in judged.items():
        folder = f"{name}-{video['id']}"
        assert json.loads(archive.read(f"{folder}/judging.json"))["id"] == video["id"]
        assert archive.read(f"{folder}/video.mp4") == (DATA / f"{name}.mp4").read_bytes()
        assert f"{folder}/report.html" in archive.namelist()


def test_the_verdict_filter_leaves_only_that_verdict(judged: Any, open_page: OpenPage) -> None:
    ruled = [attempt["verdict"] for video in judged.values() for attempt in video["attempts"]]
    page = open_page("/")
    row(page, "side_high.mp4").wait_for()
    page.get_by_role("button", name="No depth").click()
    row(page, "side_high.mp4").wait_for()
    expect(page.locator("#attempts tbody tr")).to_have_count(ruled.count("no_depth"))
    assert set(page.locator("#attempts tbody .app-verdict").all_inner_texts()) == {"No depth"}


def test_exports_hold_every_attempt(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    with page.expect_download() as table:
        page.get_by_role("link", name="CSV").click()
    rows = {line["name"]: line for line in csv.DictReader(io.StringIO(text_of(table.value)))}
    with page.expect_download() as objects:
        page.get_by_role("link", name="JSON").click()
    listed = {item["name"]: item for item in json.loads(text_of(objects.value))}
    for video in judged.values():
        measured = video["attempts"][0]
        assert float(rows[video["name"]]["cm"]) == pytest.approx(measured["cm"])
        assert listed[video["name"]]["cm"] == pytest.approx(measured["cm"])

    page.goto(f"/judgings/{judged['side_high']['id']}")
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as everything:
        page.get_by_role("link", name="Everything, one .zip").click()
    names = [Path(name).name for name in zipfile.ZipFile(everything.value.path()).namelist()]
    assert {"judgement.json", "report.html", "bottom.png", "landmarks.npz"} <= set(names)


def test_two_attempts_are_chosen_for_comparison(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    for name in ("spotted.mp4", "side_high.mp4"):
        row(page, name).get_by_role("checkbox").check()
    page.get_by_role("link", name="Compare").click()
    page.locator("#half-b .app-frame img").wait_for()
    assert page.locator("#half-a .app-half-words a").inner_text() == "spotted.mp4"
    for half, name in (("a", "spotted"), ("b", "side_high")):
        bottom_s = judged[name]["attempts"][0]["bottom_s"]
        shown_s = float(page.locator(f"#half-{half} .app-half-time").inner_text().split()[0])
        assert shown_s == pytest.approx(bottom_s, abs=0.02)  # the nearest frame, at 30 a second
    cms = [judged[name]["attempts"][0]["cm"] for name in ("spotted", "side_high")]
    depth = page.locator("#numbers tr").filter(has=page.get_by_role("rowheader", name="Depth", exact=True))
    difference = depth.locator("td").last.inner_text()
    assert float(difference.replace("−", "-").removesuffix(" cm")) == pytest.approx(cms[1] - cms[0], abs=0.051)


def test_a_recording_from_the_camera_is_queued(server: Server, open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Record").click()
    page.locator("#delay").select_option("0")
    page.get_by_role("button", name="Start").click()
    page.wait_for_timeout(1200)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Judge this").click()
    link = page.locator("#jobs a").filter(has_text="recorded")
    judging = (link.get_attribute("href") or "").rsplit("/", 1)[1]
    found = server.send(f"/api/judgings/{judging}")
    assert found["size_bytes"] > 1000
    server.forget(judging)
    link.wait_for(state="detached")


def test_the_chosen_colours_outlast_the_page(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("#theme").click()
    page.locator("#theme").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    paper = re.findall(r"\d+", str(page.evaluate("getComputedStyle(document.body).backgroundColor")))
    assert max(map(int, paper[:3])) < 80, "paper of a dark page"


@pytest.mark.parametrize("width", [360, 1920])
def test_every_page_fits_its_window_and_names_its_controls(judged: Any, open_page: OpenPage, width: int) -> None:
    one, other = (f"{video['id']}.1" for video in judged.values())
    page = open_page("/", width=width)
    for path in ("/", f"/judgings/{one[:-2]}", f"/compare?a={one}&b={other}"):
        page.goto(path)
        page.locator("tbody tr, .app-frame img").first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, a[href], input, select, textarea")]
                .filter(one => one.checkVisibility() && !one.closest("[aria-hidden=true]"))
                .filter(one => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
                .map(one => one.outerHTML)"""
        )
        assert nameless == [], path
        assert page.locator("img:not([alt])").count() == 0, path
        assert page.locator("h1").count() == 1, path


def test_the_trend_goes_by_days_and_by_weights(server: Server, judged: Any, open_page: OpenPage) -> None:
    said = {"spotted": ("2024-05-15", 180), "side_high": ("2024-05-01", 120)}
    for name, (date, weight_kg) in said.items():
        note(server, judged[name], lifter="Di", date=date, weight_kg=weight_kg)
    page = open_page("/?lifter=Di")
    for axis, first, last in (("date", "1 May", "15 May"), ("weight", "120 kg", "180 kg")):
        picture = page.get_by_role("group", name=f"Depth of Di by {axis}")
        expect(picture.locator("a")).to_have_count(2)
        words = picture.locator(".app-trend-words").all_text_contents()
        assert words[-2:] == [first, last]
        early, late = picture.locator("circle").evaluate_all("dots => dots.map(dot => Number(dot.getAttribute('cx')))")
        assert late - early > 200  # two weeks, and 60 kg, take most of the width
    for one in judged.values():
        note(server, one, lifter="", date=None, weight_kg=None)
