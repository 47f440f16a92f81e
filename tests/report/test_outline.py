"""The lifter's outline in the overlay and on the page: where he is, at the bottom, and without those beside him."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.geometry.roi import Region
from depthperception.people import PersonTrack
from depthperception.pose.segmentation import Mask
from depthperception.pose.track import PoseTrack
from depthperception.report import outline
from depthperception.report.outline import Outliner, draw_outlines
from depthperception.report.overlay import LINES_S, Painter
from depthperception.report.page import pictures
from depthperception.report.page.content import attempt_sections, page_content
from depthperception.results import Lifter, Other
from depthperception.types import FloatArray, Picture
from depthperception.video import VideoWriter
from tests.support.people_tracks import standing
from tests.support.report_examples import HEIGHT, WIDTH, attempt, judgement, track

BOTTOM_S = 2.0
SQUARE = np.array([[300.0, 500.0], [500.0, 500.0], [500.0, 900.0], [300.0, 900.0]])
FRAMES_S = [0.0, 1.0, 1.9, 2.0, 2.1, 3.0]


@pytest.fixture
def square(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every mask be the same upright square of the video's picture."""

    def at(_: Outliner, picture: Picture, time_s: float, scale: float = 1.0) -> tuple[FloatArray, ...]:
        return (SQUARE * scale,)

    monkeypatch.setattr(Outliner, "at", at)


@pytest.mark.usefixtures("square")
def test_the_overlay_outlines_the_lifter_round_the_bottom_only() -> None:
    painter = Painter.of(track(FRAMES_S), judgement(attempt(BOTTOM_S, 8.0)), WIDTH // 2, HEIGHT // 2)
    for time_s, drawn in ((BOTTOM_S + 0.9 * LINES_S, True), (BOTTOM_S + 1.5 * LINES_S, False)):
        canvas = np.full((HEIGHT // 2, WIDTH // 2, 3), 90, np.uint8)
        painter.paint(canvas, time_s)
        # The square's lower edge at half size: away from skeleton and labels at 170 to 190 px.
        assert bool(canvas[447:454, 175:185].max() > 150) is drawn


@pytest.mark.usefixtures("square")
def test_the_page_darkens_all_but_the_lifter_when_asked(tmp_path: Path) -> None:
    video = tmp_path / "squat.mp4"
    with VideoWriter(video, WIDTH, HEIGHT) as writer:
        for time_s in FRAMES_S:
            writer.write(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), time_s)
    content = page_content(video, track(FRAMES_S), judgement(attempt(BOTTOM_S, 8.0)))
    shots = content.attempts[0].shots
    assert [bool(shot.lifter) for shot in shots] == [shot.is_bottom for shot in shots]
    bottom = next(shot for shot in shots if shot.is_bottom)
    corners = [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+) ([\d.]+)", bottom.lifter)]
    window = pictures._window(np.zeros((HEIGHT, WIDTH, 3), np.uint8), track(FRAMES_S).image_at(BOTTOM_S))
    shrink = bottom.width / (window.x1 - window.x0)
    assert corners == pytest.approx((SQUARE - [window.x0, window.y0]) * shrink, abs=0.06)
    html = attempt_sections(content, lambda name: name)
    assert 'data-toggle="lifter" aria-pressed="false"' in html
    assert 'class="screens without-lifter"' in html


def test_an_outline_is_a_pale_line_with_a_dark_rim_that_closes() -> None:
    canvas = np.full((100, 100, 3), 128, np.uint8)
    draw_outlines(canvas, (np.array([[20.5, 20.5], [80.5, 20.5], [80.5, 80.5], [20.5, 80.5]]),), 2.0)
    for middle in ((20, 50), (80, 50), (50, 20), (50, 80)):
        assert canvas[middle].min() > 200
    assert canvas[18, 50].max() < 100
    assert (canvas[40:60, 40:60] == 128).all()


def test_others_are_painted_over_before_the_lifter_is_outlined(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Picture] = []

    def find_masks(tasks: list[tuple[Picture, Region]], *, mirrored: bool) -> list[Mask]:
        assert not mirrored
        shown.append(tasks[0][0])
        return [Mask(tasks[0][1], np.zeros((256, 256), np.float32))]

    monkeypatch.setattr(outline, "find_masks", find_masks)
    people: tuple[PersonTrack, ...] = standing(550.0, 420.0), standing(250.0, 420.0)
    lifter = Lifter((0, 0, 0, 0), 2, number=2, others=(Other(1, (0, 0, 0, 0), "person", 0.1),))
    judged = replace(judgement(attempt(BOTTOM_S)), lifter=lifter)
    seen: PoseTrack = track(FRAMES_S)
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (480, 800, 3)).astype(np.uint8)
    Outliner(seen, judged, people).at(picture, 1.0)
    assert (shown[0][150:350, 200:300] == picture[150:350, 200:300]).all()
    # What lies on somebody else is smooth now: noise of sd 74 is gone.
    assert shown[0][150:230, 540:560].std(axis=(0, 1)).max() < 15.0
    Outliner(seen, judged, ()).at(picture, 1.0)
    assert shown[1] is picture
