"""The page of one video in a real browser: true frames, other people, readings by hand."""

import re
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


def layers(page: "Page") -> list[str]:
    """Which of the two pictures on the stage can be seen: the browser's video, the frame from the server."""
    script = "names => names.filter(name => getComputedStyle(document.querySelector(name)).visibility === 'visible')"
    return list(page.evaluate(script, ["#video", "#frame"]))


def test_the_stage_never_shows_two_pictures_and_opens_at_the_lifter(judged: Any, open_page: OpenPage) -> None:
    page = open_proof(open_page, judged["side_high"])
    body_px = page.evaluate("document.querySelector('#stage').clientHeight")
    shown_px = page.evaluate("document.querySelector('#video').getBoundingClientRect().height")
    assert shown_px > 1.2 * body_px
    seen = set()
    for key in ("Home", "l", "k", ".", ",", "End", "j", "k"):
        page.keyboard.press(key)
        for _ in range(4):
            (layer,) = layers(page)
            seen.add(layer)
            page.wait_for_timeout(40)
    assert seen == {"#video", "#frame"}
    page.keyboard.press("Home")
    shown_picture(page, 0)
    page.keyboard.press("End")
    assert shown_time_s(page) == pytest.approx(frames_of("side_high")[-1][0], abs=0.0006)


@pytest.mark.parametrize("name", ["spotted", "side_high"])
def test_a_real_report_prints_on_one_sheet(judged_library: Path, judged: Any, open_page: OpenPage, name: str) -> None:
    page = open_page("/")
    page.goto((judged_library / "judgings" / judged[name]["id"] / "report.html").as_uri())
    assert page.locator(".bar-path, .platform").count() == 2  # what lengthens it is there
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1


def test_what_is_drawn_belongs_to_the_picture_that_is_shown(judged: Any, open_page: OpenPage) -> None:
    page = open_page("/")
    held: list[Any] = []
    index = judged["spotted"]["attempts"][0]["bottom_frame"] + 10

    def hold(route: Any) -> None:
        held.append(route)  # the frame comes later than its key is pressed

    # Before the page is opened: Chromium lets requests of a page that is there already pass for a moment.
    page.route(f"**/frames/{index}.jpg*", hold)
    page.goto(f"/judgings/{judged['spotted']['id']}")
    page.locator(f"#frame img[data-index='{index - 10}']").wait_for()
    drawn = "document.querySelector('#overlay').toDataURL()"
    at_bottom = page.evaluate(drawn)
    page.keyboard.press("Shift+ArrowRight")
    page.locator("#time", has_text=f"frame {index}").wait_for()
    assert page.evaluate(drawn) == at_bottom
    for one in held:
        one.continue_()
    page.unroute(f"**/frames/{index}.jpg*")
    shown_picture(page, index)
    assert page.evaluate(drawn) != at_bottom


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


def test_an_answer_that_comes_late_does_not_undo_what_was_told_since(
    server: Server, judged: Any, open_page: OpenPage
) -> None:
    page = open_page("/")
    whole, kind = judged["spotted"]["id"], {"Content-Type": "application/json"}
    again = server.send(f"/judgings/{whole}/again", "POST", b"{}", **kind)
    held: list[Any] = []
    asked: list[Any] = []

    def hold(route: Any) -> None:
        asked.append(route)
        if len(asked) == 1:  # what the page begins with
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route(f"**/api/judgings/{again['id']}", hold)
    page.goto(f"/judgings/{again['id']}")
    while not held:
        page.wait_for_timeout(20)
    server.send(f"/judgings/{again['id']}/cancel", "POST", b"{}")
    page.get_by_role("heading", name="Cancelled").wait_for()
    with page.expect_request_finished():
        for route, answer in held:
            route.fulfill(response=answer)
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.get_by_role("heading", name="Cancelled").is_visible()
    server.forget(again["id"])


def measured_cm(page: "Page") -> float:
    """The depth by hand, once the server has said it of the points as they are."""
    page.locator("#live:not([aria-busy])").wait_for()
    return float(page.locator("#live").get_attribute("data-cm") or "nan")


def test_a_corrected_point_changes_the_number_at_once(server: Server, judged: Any, open_page: OpenPage) -> None:
    video = judged["side_high"]
    judgement = server.send(f"/api/judgings/{video['id']}/judgement")
    seen = judgement["attempts"][0]["seen"]
    page = open_proof(open_page, video)
    page.get_by_role("button", name="Correct by hand").click()
    start_cm = measured_cm(page)
    assert start_cm == pytest.approx(video["attempts"][0]["cm"], abs=3.0), (
        "the points begin where the network sees them"
    )
    for leg in ("left", "right"):
        assert page.get_by_label(f"{leg} leg").is_checked() == (leg in seen["knee_top_px"])
    page.get_by_label("right leg").uncheck()
    one_leg_cm = measured_cm(page)

    page.get_by_role("button", name="left hip crease").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    lower_cm = measured_cm(page)
    # 11 px from the side, nearly straight down; the rest of the leg, which stays, has its say.
    assert lower_cm - one_leg_cm == pytest.approx(11 * judgement["scale"]["cm_per_px"], rel=0.5)
    assert f"{abs(lower_cm):.1f}" in page.locator("#leg-left").inner_text()
    assert "90 %" in page.locator("#live-interval").inner_text()
    assert page.locator("#leg-right").inner_text() == ""
    assert not page.locator("#hand-alone").is_visible()
    page.locator("#forward").click()
    page.locator("#hand-alone").wait_for()  # what the network saw was in another frame
    page.get_by_role("button", name="Cancel").click()


def test_a_reading_is_kept_beside_the_measurement_with_its_author_and_can_be_withdrawn(
    server: Server, judged: Any, open_page: OpenPage
) -> None:
    video = judged["side_high"]
    measured = video["attempts"][0]
    seen = server.send(f"/api/judgings/{video['id']}/judgement")["attempts"][0]["seen"]

    def now() -> Any:
        return server.send(f"/api/judgings/{video['id']}")["attempts"][0]

    page = open_proof(open_page, video)
    page.get_by_role("button", name="Correct by hand").click()
    page.get_by_label("right leg").uncheck()
    shown_cm = measured_cm(page)
    page.get_by_label("Your name").fill("Anna")
    page.get_by_role("button", name="Save reading").click()
    page.locator("#readings .app-reading").wait_for()
    assert "Anna" in page.locator("#readings").inner_text()
    after = now()
    assert (after["cm"], after["verdict"]) == (measured["cm"], measured["verdict"])
    assert after["human_cm"] == pytest.approx(shown_cm, abs=0.002)
    (kept,) = after["readings"]
    assert (kept["frame"], kept["author"], kept["knees_px"]["right"]) == (measured["bottom_frame"], "Anna", None)
    assert kept["knees_px"]["left"] == pytest.approx(seen["knee_top_px"]["left"], abs=1e-3)
    crease = {**seen["joint_crease_px"], **seen["crease_px"]}["left"]
    assert kept["creases_px"]["left"] == pytest.approx(crease, abs=1e-3)

    page.get_by_role("button", name="Correct by hand").click()
    assert page.get_by_label("Your name").input_value() == "Anna"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Withdraw").click()
    assert now()["readings"], "it asks first"
    page.get_by_role("button", name="Delete it?").click()
    page.locator("#readings .app-reading").wait_for(state="detached")
    assert now()["readings"] == []


def touch(page: "Page", *places: tuple[float, float]) -> None:
    """Put a finger down at the first place, move it through the others, and lift it."""
    session = page.context.new_cdp_session(page)
    for kind, place in (("touchStart", places[0]), *(("touchMove", at) for at in places[1:])):
        point = {"x": place[0], "y": place[1], "id": 1}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def centre(page: "Page", name: str) -> tuple[float, float]:
    box = page.get_by_role("button", name=name).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_on_a_phone_point_and_picture_stay_under_the_finger(judged: Any, open_page: OpenPage) -> None:
    page = open_proof(open_page, judged["spotted"], width=390, touch=True)
    page.get_by_role("button", name="Correct by hand").click()
    measured_cm(page)
    page.locator("#stage").scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    knee = "right top of the knee"
    x, y = centre(page, knee)
    touch(page, (x, y), (x + 15, y + 20), (x + 30, y + 40))
    assert centre(page, knee) == pytest.approx((x + 30, y + 40), abs=1.5)

    for _ in range(2):  # so that there is picture on all sides
        page.locator("#zoom-in").click()
    x, y = centre(page, knee)
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    free = stage["x"] + 0.5 * stage["width"], stage["y"] + 0.8 * stage["height"]
    touch(page, free, (free[0] - 10, free[1] - 20), (free[0] - 25, free[1] - 45))
    assert centre(page, knee) == pytest.approx((x - 25, y - 45), abs=1.5)
    assert page.evaluate("scrollY") == scrolled, "the page does not scroll away"
    page.get_by_role("button", name="Cancel").click()


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
