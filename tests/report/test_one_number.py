"""One attempt, said in eleven places: every depth, interval and time of the bottom is the same number everywhere."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from depthperception.depth.reading import half_of_90, normal_reading, on_legs
from depthperception.examination import Examination
from depthperception.packet.said import Said
from depthperception.packet.sheet import case_of, sheet
from depthperception.report import bottom, drawing, share
from depthperception.report.figures import depth_figure
from depthperception.report.overlay import caption_at
from depthperception.report.page.content import attempt_sections, page_content
from depthperception.report.text import attempt_line
from depthperception.results import AttemptJudgement, Judgement, SideDepth
from depthperception.ruling.rule import rule
from depthperception.series.heights import film_heights
from depthperception.types import Picture
from depthperception.video import VideoWriter
from depthperception.web.worker import _row
from tests.support.report_examples import HEIGHT, WIDTH, attempt, judgement, seen, track

BOTTOM_S = 2.043
"""Between two frames: 2.0 and 2.1 s."""

MEAN_CM, LEFT_CM, RIGHT_CM, SD_CM = 3.04, 3.27, 2.81, 1.5
LOW_CM, HIGH_CM = MEAN_CM - half_of_90(SD_CM), MEAN_CM + half_of_90(SD_CM)

Say = Callable[[Judgement, Path, pytest.MonkeyPatch], str]


def judged(hidden: str = "") -> Judgement:
    """Both legs measured, or one of them hidden; the depth then is that of the other."""
    sides = {"left": SideDepth(LEFT_CM, 1.6), "right": SideDepth(RIGHT_CM, 1.6)}
    sides.pop(hidden, None)
    cm = float(np.mean([one.cm for one in sides.values()]))
    mean = normal_reading("calibrated", cm, SD_CM if not hidden else 1.6)
    value = replace(mean, left=sides.get("left"), right=sides.get("right"))
    ruling = rule(on_legs(value))
    places = replace(seen(cm), depth_cm={leg: one.cm for leg, one in sides.items()})
    shown = replace(places, **{
        name: {leg: at for leg, at in getattr(places, name).items() if leg in sides}
        for name in ("crease_px", "knee_top_px", "level_px", "joint_crease_px")
    })  # fmt: skip
    one = replace(attempt(BOTTOM_S), verdict=ruling.verdict, reason=ruling.reason, depth=ruling.depth, seen=shown)
    return judgement(replace(one, measurements={"calibrated": ruling.depth}))


def the(said: Judgement) -> AttemptJudgement:
    return said.attempts[0]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one") / "squat.mp4"
    with VideoWriter(path, WIDTH, HEIGHT) as writer:
        for time_s in (0.0, 1.8, 1.9, 2.0, 2.1, 2.2, 3.0):
            writer.write(np.full((HEIGHT, WIDTH, 3), 128, np.uint8), time_s)
    return path


def written(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], Picture]) -> str:
    """Everything that is written while something is drawn."""
    words: list[str] = []
    real = drawing.draw_text

    def noted(canvas: Picture, corner: tuple[int, int], said: str, *rest: object, **how: object) -> int:
        words.append(said)
        return real(canvas, corner, said, *rest, **how)  # type: ignore[arg-type]

    for place in (drawing, bottom, share):
        monkeypatch.setattr(place, "draw_text", noted)
    draw()
    return "\n".join(words)


def wall() -> Picture:
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ")


PLACES: dict[str, Say] = {
    "terminal": lambda said, *_: attempt_line(1, the(said)),
    "reason": lambda said, *_: the(said).reason,
    "overlay": lambda said, *_: "\n".join([caption_at(said, 2.5).headline, *caption_at(said, 2.5).below]),
    "bottom.png": lambda said, _, patch: written(patch, lambda: bottom.draw_bottom(wall(), track([2.0, 2.1]), said, 0)),
    "share.jpg": lambda said, _, patch: written(patch, lambda: share.draw_share(wall(), track([2.0, 2.1]), said, 0)),
    "depth.png": lambda said, *_: "\n".join(
        text.get_text()
        for axes in depth_figure(film_heights(track([0.0, 1.0, 2.0, 3.0]), said), said).axes
        for text in axes.texts
    ),
    "page": lambda said, video, _: plain(
        attempt_sections(page_content(video, track([1.9, 2.0, 2.1]), said), lambda name: name)
    ),
    "case sheet": lambda said, *_: plain(sheet(case_of(said, 1, Said(), ()))),
    "notebook": lambda said, *_: plain(Examination(said, track([2.0]), np.array([2.0]), ())._repr_html_()),
}


def depths_in(words: str) -> set[float]:
    """Depths in words, cm with a sign: "2.3 cm below", "+2.3 cm", "0.4 to 4.1 cm below", "0.6 to 5.5)"."""
    words = words.replace("−", "-").replace(" ", " ")
    signed = {float(one) for one in re.findall(r"(?<![\d.])([+-]\d+\.\d)(?!\d)", words)}
    sided = {
        float(cm) * (1.0 if side == "below" else -1.0)
        for cm, side in re.findall(r"(\d+\.\d) (?:cm )?(above|below)", words)
    }
    ranges = {float(one) for pair in re.findall(r"90 %: (\d+\.\d) to (\d+\.\d)", words) for one in pair}
    return signed | sided | ranges


def rounded(*values_cm: float) -> set[float]:
    return {round(value, 1) for value in values_cm}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hidden", ["", "left"])
def test_every_depth_that_is_said_is_one_of_the_judgement_s(
    place: str, hidden: str, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = judged(hidden)
    if hidden:
        cm, half = RIGHT_CM, half_of_90(1.6)
        known = rounded(cm, cm - half, cm + half)
    else:
        known = rounded(MEAN_CM, LEFT_CM, RIGHT_CM, LOW_CM, HIGH_CM)
        # The page draws each leg's own interval too.
        known |= rounded(*(leg + way * half_of_90(1.6) for leg in (LEFT_CM, RIGHT_CM) for way in (-1.0, 1.0)))
    found = depths_in(PLACES[place](said, video, monkeypatch))
    assert round(RIGHT_CM if hidden else MEAN_CM, 1) in found
    assert found - {round(at, 1) for at in (-0.1, 0.0, 0.1)} <= known, "no number of its own"


@pytest.mark.parametrize("place", ["terminal", "bottom.png", "page", "case sheet", "notebook", "depth.png"])
def test_the_bottom_is_at_one_time_wherever_it_is_said(
    place: str, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = PLACES[place](judged(), video, monkeypatch)
    assert "2.04" in words
    said = re.findall(r"bottom(?: at| ·)? (\d+\.\d+) s", words) + re.findall(r"(?<=at )(\d\.\d\d) s", words)
    assert {f"{float(one):.2f}" for one in said} <= {"2.04"}


def test_the_json_and_the_library_hold_the_same_numbers() -> None:
    said = json.loads(json.dumps(judged().to_dict()))["attempts"][0]
    depth, row = said["depth"], _row(1, said)
    assert (depth["cm"], row["cm"]) == (pytest.approx(MEAN_CM, abs=1e-4), depth["cm"])
    assert depth["interval90_cm"] == pytest.approx([LOW_CM, HIGH_CM], abs=1e-3)
    assert [row["low_cm"], row["high_cm"]] == depth["interval90_cm"]
    assert {leg: depth[leg]["cm"] for leg in ("left", "right")} == said["seen"]["depth_cm"]
    assert row["bottom_s"] == said["bottom_s"] == pytest.approx(BOTTOM_S)
    assert row["probability"] == depth["probability"] == said["measurements"]["calibrated"]["probability"]


def test_no_place_says_that_it_is_wholly_sure() -> None:
    sure = judged()
    deep = replace(the(sure), depth=replace(the(sure).depth, probability=0.9999))
    said = replace(sure, attempts=(deep,))
    assert "probability over .99" in attempt_line(1, deep)
    assert "1.00" not in plain(Examination(said, track([2.0]), np.array([2.0]), ())._repr_html_())
