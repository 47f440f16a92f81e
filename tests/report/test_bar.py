"""What the pictures and the page show of the bar."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.bar_motion import BarMotion, BarPath, BarPhase, Sticking
from depthperception.report.bar import UP, bar_figure, draw_bar_path, write_bar_figure
from depthperception.report.page.figures import bar_curve
from depthperception.report.text import bar_words
from tests.support.report_examples import attempt, judgement

TIMES = tuple(float(t) for t in np.arange(0.0, 3.01, 0.1))
HEIGHT = tuple(float(-30.0 * (1 - np.cos(2 * np.pi * t / 3.0))) for t in TIMES)
PATH = BarPath(TIMES, tuple((400.0, 300.0 - 4.0 * h) for h in HEIGHT), HEIGHT, tuple(0.1 * h for h in HEIGHT))
MOVED = BarMotion(
    plates=("left",),
    bottom_s=1.5,
    descent=BarPhase(0.2, 1.4, 56.0, 0.47, 0.63),
    ascent=BarPhase(1.6, 2.8, 56.0, 0.47, 0.63),
    sticking=Sticking(2.1, 25.0, 0.31),
    path=PATH,
)
LIFT = replace(attempt(1.5), bar=MOVED)


def test_the_words_give_mean_and_peak_of_both_ways_and_the_sticking_point() -> None:
    assert bar_words(MOVED) == (
        "down: 56 cm in 1.20 s, 0.47 m/s mean, 0.63 peak",
        "up: 56 cm in 1.20 s, 0.47 m/s mean, 0.63 peak",
        "sticks 25 cm over the bottom: 0.31 m/s",
    )
    assert bar_words(BarMotion(reason="No plate of a bar was found.")) == ("No plate of a bar was found.",)


def test_the_path_is_drawn_up_to_now_and_never_ahead() -> None:
    canvas = np.zeros((600, 800, 3), np.uint8)
    draw_bar_path(canvas, LIFT, 0.75, np.ones(2), 2.0)
    rows = np.flatnonzero(canvas.any(axis=(1, 2)))
    half_way = 300.0 + 4.0 * 30.0
    assert rows.min() == pytest.approx(300, abs=6)
    assert rows.max() == pytest.approx(half_way, abs=14)
    assert tuple(canvas[int(rows.max()) - 8, 400]) == UP  # the dot is the bar now


def test_nothing_is_drawn_without_a_path_or_long_after_it() -> None:
    canvas = np.zeros((600, 800, 3), np.uint8)
    draw_bar_path(canvas, attempt(1.5), 1.5, np.ones(2), 2.0)
    draw_bar_path(canvas, LIFT, 9.0, np.ones(2), 2.0)
    assert not canvas.any()


def test_the_pages_curve_goes_down_to_the_bottom_and_up_again() -> None:
    curve = bar_curve(LIFT)
    assert curve is not None
    assert curve.start_s == 0.0
    assert curve.end_s == pytest.approx(3.0)
    points = [tuple(map(float, step.split())) for step in curve.lines[0].path[1:].split("L")]
    lowest = max(points, key=lambda point: point[1])
    assert lowest[0] == pytest.approx(50.0, abs=1.0)
    assert bar_curve(attempt(1.5)) is None


def test_the_figure_has_a_row_for_each_attempt_with_a_path(tmp_path: Path) -> None:
    figure = bar_figure(judgement(LIFT, attempt(5.0), replace(LIFT, bottom_s=1.6)))
    assert len(figure.axes) == 4
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in figure.axes[1].lines]
    top = float(max(curves, key=len).max())
    assert top == pytest.approx(0.3 * 2 * np.pi / 3.0, rel=0.03)  # of .3 (1 - cos 2 pi t / 3) m
    write_bar_figure(tmp_path / "bar.png", judgement(LIFT))
    assert (tmp_path / "bar.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no attempt has a bar path"):
        bar_figure(judgement(attempt(1.5)))


def test_the_json_has_plain_numbers() -> None:
    bar = judgement(LIFT).to_dict()["attempts"][0]["bar"]
    assert bar["ascent"]["mean_m_s"] == 0.47
    assert bar["plates"] == ["left"]
    assert len(bar["path"]["times_s"]) == len(bar["path"]["height_cm"]) == len(TIMES)
    assert judgement(attempt(1.5)).to_dict()["attempts"][0]["bar"] is None


def test_a_view_that_does_not_tell_the_way_forward_has_the_speed_alone() -> None:
    front = replace(LIFT, bar=replace(MOVED, path=replace(PATH, forward_cm=None)))
    assert len(bar_figure(judgement(LIFT)).axes) == 2
    (speed,) = bar_figure(judgement(front)).axes
    assert speed.get_ylabel() == "speed upwards, m/s"
