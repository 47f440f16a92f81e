"""The page of one video in a real browser: true frames, other people, readings by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tests.support.clips import make_clip
from tests.support.rendered_clips import DATA
from tests.support.web_server import JUDGED_WITHIN_S, Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


def frames_of(name: str) -> list[tuple[float, Any]]:
    """Times from the first frame and pictures, straight from the decoder."""
    with av.open(str(DATA / f"{name}.mp4")) as container:
        decoded = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    first = decoded[0][0]
    assert first is not None
    return [(float(time or 0.0) - first, picture) for time, picture in decoded]


def shown_picture(page: "Page", index: int) -> Any:
    """The picture on the stage, once it is that of the frame."""
    page.locator(f"#frame img[data-index='{index}']").wait_for()
    source = page.locator("#frame img").get_attribute("src")
    answer = page.request.get(str(source))
    picture = cv2.imdecode(np.frombuffer(answer.body(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture[:, :, ::-1]


def open_proof(open_page: OpenPage, video: Any, **options: Any) -> "Page":
    page = open_page(f"/judgings/{video['id']}", **options)
    page.locator(f"#frame img[data-index='{video['attempts'][0]['bottom_frame']}']").wait_for()
    return page


def shown_time_s(page: "Page") -> float:
    return float(page.locator("#time").inner_text().split()[0])


def test_stepping_shows_each_frame_with_its_own_time(judged: Any, open_page: OpenPage) -> None:
    truth = frames_of("spotted")
    page = open_proof(open_page, judged["spotted"])
    index = judged["spotted"]["attempts"][0]["bottom_frame"]
    for key, step in (("ArrowRight", 1), ("ArrowRight", 1), ("ArrowLeft", -1), ("Shift+ArrowRight", 10)):
        page.keyboard.press(key)
        index += step
        picture = shown_picture(page, index)
        assert shown_time_s(page) == pytest.approx(truth[index][0], abs=0.0006)  # three decimals are shown
        apart = [np.abs(picture.astype(float) - truth[near][1]).mean() for near in range(index - 2, index + 3)]
        assert int(np.argmin(apart)) == 2, apart


def test_playing_moves_and_standing_still_shows_the_measured_frame(judged: Any, open_page: OpenPage) -> None:
    truth = frames_of("spotted")
    page = open_proof(open_page, judged["spotted"])
    before_s = shown_time_s(page)
    page.get_by_role("button", name="Play").click()
    page.locator("#stage[data-shown=video]").wait_for()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Pause").click()
    page.locator("#stage[data-shown=frame]").wait_for()
    index = int(page.locator("#frame img").get_attribute("data-index") or -1)
    assert shown_time_s(page) > before_s
    assert shown_time_s(page) == pytest.approx(truth[index][0], abs=0.0006)


def test_another_person_can_be_picked(server: Server, judged: Any, open_page: OpenPage) -> None:
    video = judged["spotted"]
    page = open_proof(open_page, video)
    page.locator("#show-people").click()
    other = page.get_by_role("button", name="Judge person").first
    box = other.bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert box is not None
    assert stage is not None
    other.click()
    page.get_by_label("Lifter's height").fill("181")
    page.get_by_role("button", name="Judge", exact=True).click()
    page.wait_for_url(lambda address: video["id"] not in address)
    new = server.send(f"/api/judgings/{page.locator('#judging').get_attribute('data-id')}")
    server.send(f"/judgings/{new['id']}/cancel", "POST", b"{}")

    # The picture (360 x 640) fills the stage's height, in its middle.
    scale = stage["height"] / 640
    left = stage["x"] + (stage["width"] - 360 * scale) / 2
    assert new["pick"]["x_px"] == pytest.approx((box["x"] + box["width"] / 2 - left) / scale, abs=1.5)
    assert new["pick"]["y_px"] == pytest.approx((box["y"] + box["height"] / 2 - stage["y"]) / scale, abs=1.5)
    assert new["pick"]["time_s"] == pytest.approx(video["attempts"][0]["bottom_s"], abs=0.02)
    assert new["height_cm"] == 181
    assert new["sha256"] == video["sha256"]
    page.get_by_role("heading", name="Cancelled").wait_for()
    server.forget(new["id"])


def test_a_corrected_line_changes_the_number_and_is_kept_beside_it(
    server: Server, judged: Any, open_page: OpenPage
) -> None:
    video = judged["side_high"]
    measured = video["attempts"][0]
    judgement = server.send(f"/api/judgings/{video['id']}/judgement")
    page = open_proof(open_page, video)
    page.get_by_role("button", name="Correct by hand").click()
    live = page.locator("#live")
    start_cm = float(live.get_attribute("data-cm") or "nan")
    # The points begin on the measured lines, which lie as far apart as the depth of both legs says.
    assert [line["cm"] for line in measured["lines"]] == [None, None]
    assert start_cm == pytest.approx(measured["cm"], abs=0.05)

    crease = page.get_by_role("button", name="left hip crease")
    crease.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    up_x, up_y, _ = judgement["camera"]["up"]
    down = -up_y / float(np.hypot(up_x, up_y))
    moved_cm = 11 * down * judgement["scale"]["cm_per_px"] / 2  # one of two legs
    assert float(live.get_attribute("data-cm") or "nan") - start_cm == pytest.approx(moved_cm, abs=0.002)

    page.get_by_label("right leg").uncheck()
    one_leg_cm = float(live.get_attribute("data-cm") or "nan")
    assert one_leg_cm == pytest.approx(start_cm + 2 * moved_cm, abs=0.1)

    page.keyboard.press("Escape")
    page.locator("#forward").click()
    frame = measured["bottom_frame"] + 1
    page.locator(f"#frame img[data-index='{frame}']").wait_for()
    page.get_by_role("button", name="Save reading").click()
    page.locator("#readings .app-reading").wait_for()
    after = server.send(f"/api/judgings/{video['id']}")["attempts"][0]
    assert after["cm"] == measured["cm"]
    assert after["verdict"] == measured["verdict"]
    assert after["human_cm"] == pytest.approx(one_leg_cm, abs=0.002)
    assert after["readings"][-1]["frame"] == frame
    assert after["readings"][-1]["knees_px"]["right"] is None


def test_dragging_a_point_moves_it_by_as_much_as_the_pointer(judged: Any, open_page: OpenPage) -> None:
    page = open_proof(open_page, judged["spotted"])
    page.get_by_role("button", name="Correct by hand").click()
    knee = page.get_by_role("button", name="right top of the knee")
    before = knee.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 15, before["y"] + 15)
    page.mouse.down()
    page.mouse.move(before["x"] + 55, before["y"] - 10, steps=3)
    assert page.locator("#loupe").is_visible()
    page.mouse.up()
    after = knee.bounding_box()
    assert after is not None
    assert after["x"] - before["x"] == pytest.approx(40, abs=1)
    assert after["y"] - before["y"] == pytest.approx(-25, abs=1)
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("#readings li").count() == 0


def test_a_video_without_anybody_says_so_and_can_still_be_looked_at(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(80, 100, (20, 120, 160, 3), np.uint8)
    clip = make_clip(tmp_path / "empty platform.mp4", noise, [number / 20 for number in range(20)])
    sent = server.upload(clip)
    page = open_page(f"/judgings/{sent}")
    page.locator("#frame img[data-index='0']").wait_for(timeout=1000 * JUDGED_WITHIN_S)
    assert "Nobody was found" in page.locator("#attempts").inner_text()
    page.keyboard.press("ArrowRight")
    page.locator("#frame img[data-index='1']").wait_for()
    assert shown_time_s(page) == pytest.approx(0.05)
    server.forget(sent)


def test_an_unknown_video_says_so(open_page: OpenPage) -> None:
    page = open_page("/judgings/0123456789abcdef", expect="404")
    assert page.locator("h1").inner_text() == "Not found"
    page.get_by_role("link", name="To the library").click()
    page.locator("#drop").wait_for()
