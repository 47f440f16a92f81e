"""A human reading is the distance along gravity between two lines, in cm, with the right sign."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.depth.manual import Lines, measure
from depthperception.errors import OptionError
from depthperception.report.lines import up_in_picture
from depthperception.results import Camera, Judgement, Scale, VideoFacts


def judgement(up: tuple[float, float, float], cm_per_px: float = 0.5) -> Judgement:
    facts = VideoFacts("squat.mp4", "0" * 64, 720, 1280, 0, 4.0, 120)
    return Judgement(
        facts, "judged", camera=Camera("side", "left", 90.0, 0.0, 0.0, up), scale=Scale(cm_per_px, "model")
    )


def test_a_crease_lower_in_a_level_picture_is_below_by_its_pixels_times_the_scale() -> None:
    lines = Lines({"left": (100.0, 310.0)}, {"left": (180.0, 300.0)})
    depth = measure(lines, judgement((0.0, -1.0, 0.0)))
    assert (depth.cm, depth.verdict) == (5.0, "depth")


def test_both_legs_count_half_each_and_level_is_no_depth() -> None:
    knees = {"left": (0.0, 300.0), "right": (0.0, 300.0)}
    depth = measure(Lines({"left": (0.0, 304.0), "right": (0.0, 296.0)}, knees), judgement((0.0, -1.0, 0.0)))
    assert (depth.cm, depth.verdict) == (0.0, "no_depth")


def test_a_turned_camera_is_allowed_for() -> None:
    # Up is (.6, -.8): a crease 10 px along (-.6, .8) from the knee is 10 px below it, whatever is added along (.8, .6).
    crease = (100.0 - 6.0 + 0.8 * 70, 200.0 + 8.0 + 0.6 * 70)
    depth = measure(Lines({"right": crease}, {"right": (100.0, 200.0)}), judgement((0.6, -0.8, 0.0)))
    assert depth.cm == pytest.approx(5.0)


@pytest.mark.parametrize("up", [(0.1, -0.95, 0.3), (0.0, -0.6, 0.8), (0.05, -0.05, 0.997)])
def test_gravity_in_the_picture_is_that_of_the_report(up: tuple[float, float, float]) -> None:
    camera = Camera("side", "left", 90.0, 0.0, 0.0, up)
    knee, crease = np.array([40.0, 60.0]), np.array([70.0, 95.0])
    expected = (knee - crease) @ up_in_picture(camera)
    depth = measure(Lines({"left": (70.0, 95.0)}, {"left": (40.0, 60.0)}), judgement(up, 1.0))
    assert depth.cm == pytest.approx(expected, abs=1e-4)


def test_points_of_different_legs_or_none_are_refused() -> None:
    for creases, knees in (({"left": (0.0, 0.0)}, {"right": (0.0, 0.0)}), ({}, {})):
        with pytest.raises(OptionError, match="Set both points of a leg"):
            Lines(creases, knees)


def test_without_a_scale_there_are_no_centimetres() -> None:
    lines = Lines({"left": (0.0, 0.0)}, {"left": (0.0, 0.0)})
    with pytest.raises(OptionError, match="without a scale"):
        measure(lines, replace(judgement((0.0, -1.0, 0.0)), scale=None))
