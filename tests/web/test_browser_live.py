"""Recordings that are judged while they run: in a real browser with a camera that is a film, and piece by piece."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from depthperception.video import frames
from tests.support.chromium import CHROMIUMS, QUIET
from tests.support.rendered_clips import DATA, DEMO
from tests.support.web_client import ACTION, finished, running_app
from tests.support.web_server import ANSWERED_WITHIN_S, JUDGED_WITHIN_S, Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SMALL_PX = (360, 640)


def film_of_camera(path: Path) -> Path:
    """Write the demo's squat as pictures that Chromium takes for a camera's, over and over."""
    with path.open("wb") as file:
        for frame in frames(DEMO):
            small = cv2.resize(frame.rgb(), SMALL_PX, interpolation=cv2.INTER_AREA)
            file.write(cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a library with nothing in it."""
    folder = tmp_path_factory.mktemp("live")
    with serving(folder / "kept", folder / "serve.py") as running:
        yield running


@pytest.fixture
def page_of(chromium: "Browser", empty: Server) -> Iterator[Any]:
    """Open the library in a browser of its own, with such arguments."""
    path = next(found for name in CHROMIUMS if (found := shutil.which(name)))
    opened = []

    def open_(*arguments: str) -> "Page":
        browser = chromium.browser_type.launch(executable_path=path, args=list(arguments))
        opened.append(browser)
        page = browser.new_context(base_url=empty.address, locale="en-GB").new_page()
        page.set_default_timeout(1000 * ANSWERED_WITHIN_S)
        page.goto("/")
        return page

    yield open_
    for browser in opened:
        browser.close()


@pytest.mark.skipif(
    "DEPTHPERCEPTION_TEST_LIVE" not in os.environ,
    reason="a camera does not wait: where other tests run beside it the server falls behind for minutes. On two cores "
    "that nothing else uses: DEPTHPERCEPTION_TEST_LIVE=1",
)
def test_a_recording_is_judged_while_it_runs(empty: Server, page_of: Any, tmp_path: Path) -> None:
    film = film_of_camera(tmp_path / "camera.mjpeg")
    page = page_of(*QUIET, f"--use-file-for-fake-video-capture={film}")
    page.get_by_role("button", name="Record").click()
    page.get_by_label("Start after").select_option("0")
    page.locator("#judged").select_option("live")
    page.get_by_role("button", name="Start").click()
    first = page.locator(".app-live-attempt").first
    first.wait_for(timeout=1000 * JUDGED_WITHIN_S)
    assert first.locator(".app-lamp").count() == 3
    assert "s after its end" in first.inner_text()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Added to the library").wait_for(timeout=1000 * JUDGED_WITHIN_S)
    said = page.locator("#live-said").inner_text()
    assert "frames came, everyone was looked for in" in said
    assert "could not be looked at" in said
    added = empty.send("/api/judgings")["items"]
    assert len(added) >= 1
    assert all(one["name"].startswith("live ") for one in added)


def test_without_permission_the_page_says_what_to_do(page_of: Any) -> None:
    page = page_of(*(one for one in QUIET if one != "--use-fake-ui-for-media-stream"))
    page.get_by_role("button", name="Record").click()
    page.get_by_text("The camera did not start").wait_for()
    assert "Allow it in the browser" in page.locator("#record-problem").inner_text()
    assert not page.get_by_role("button", name="Start").is_visible()


def streamed(clip: Path, path: Path) -> bytes:
    """Give a clip as a browser sends it: to be read from its beginning on, without an index."""
    with av.open(str(clip)) as film, av.open(str(path), "w", format="matroska", options={"live": "1"}) as out:
        stream = out.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return path.read_bytes()


def test_the_pieces_of_a_film_become_an_attempt_of_the_library(tmp_path: Path) -> None:
    content = streamed(DATA / "side_high.mp4", tmp_path / "film.mkv")
    with running_app(tmp_path / "library") as client:
        known = client.post("/live", params={"height_cm": 178, "lifter": "Ada"}, headers=ACTION).json()
        assert client.post("/live", headers=ACTION).status_code == 409, "one at a time"
        pieces = f"/live/{known['id']}/pieces"
        for start in range(0, len(content), 50_000):
            answer = client.post(pieces, content=content[start : start + 50_000], headers=ACTION)
            assert answer.json()["state"] == "running"
        assert client.post(pieces, content=b"", headers=ACTION).json()["state"] == "ending"
        end_s = time.monotonic() + JUDGED_WITHIN_S
        while (known := client.get(f"/live/{known['id']}").json())["state"] != "ended":
            assert time.monotonic() < end_s, known
            time.sleep(0.2)
        assert known["error"] is None
        (one,) = known["attempts"]
        deep = json.loads((DATA / "side_high.json").read_text())["depth_cm"]["mean"] > 0.0
        assert (len(one["lights"]), one["whole"], one["verdict"]) == (3, True, "depth" if deep else "no_depth")
        assert known["counts"]["frames"] == len(list(frames(DATA / "side_high.mp4")))
        (added,) = known["added"]
        judging = finished(client, added)
        assert judging["name"].startswith("live ")
        assert (judging["lifter"], judging["height_cm"]) == ("Ada", 178)
        assert client.post("/live/0123456789abcdef/pieces", content=b"x", headers=ACTION).status_code == 404
        assert client.post("/live", headers={}).status_code == 403, "only from a page of ours"


def test_what_is_no_film_ends_with_a_sentence(tmp_path: Path) -> None:
    with running_app(tmp_path / "library") as client:
        known = client.post("/live", headers=ACTION).json()
        client.post(f"/live/{known['id']}/pieces", content=bytes(np.arange(5000) % 251), headers=ACTION)
        client.post(f"/live/{known['id']}/pieces", content=b"", headers=ACTION)
        end_s = time.monotonic() + JUDGED_WITHIN_S
        while (known := client.get(f"/live/{known['id']}").json())["state"] != "ended":
            assert time.monotonic() < end_s, known
            time.sleep(0.2)
        assert "The recording: it cannot be opened" in known["error"]
        assert (known["attempts"], known["added"]) == ([], [])
