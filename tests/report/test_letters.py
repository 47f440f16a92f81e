"""Names of videos in pictures: letters that the font lacks are left out, and nothing warns of them."""

import logging
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.report.bottom import draw_bottom
from depthperception.report.figures import write_depth_figure
from depthperception.report.letters import drawable
from tests.support.report_examples import HEIGHT, WIDTH, attempt, judgement, track


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("squat 3 – größer.mp4", "squat 3 – größer.mp4"),
        ("приседание.mp4", "приседание.mp4"),
        ("深蹲 1.mp4", "… 1.mp4"),
        ("squat🏋️💪.mp4", "squat….mp4"),
    ],
)
def test_only_letters_that_the_font_lacks_are_left_out(name: str, shown: str) -> None:
    assert drawable(name) == shown


@pytest.mark.parametrize("name", ["深蹲.mp4", "squat🏋💪.mp4", "$x$ and $y_.mp4"])
def test_pictures_of_any_name_are_drawn_without_a_warning(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = judgement(attempt(1.0))
    named = replace(found, video=replace(found.video, path=name))
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        write_depth_figure(tmp_path / "depth.png", track([0.5, 1.0, 1.5]), named)
        sheet = draw_bottom(np.zeros((HEIGHT, WIDTH, 3), np.uint8), track([0.5, 1.0, 1.5]), named, 0)
    assert not caplog.records
    clean = replace(named, video=replace(found.video, path=drawable(name)))
    assert (sheet == draw_bottom(np.zeros((HEIGHT, WIDTH, 3), np.uint8), track([0.5, 1.0, 1.5]), clean, 0)).all()
