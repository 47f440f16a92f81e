"""The barbell as a cue for who lifts: what goes down and up beside the shoulders."""

import cv2
import numpy as np
import pytest

from depthperception.people import choose, link
from depthperception.people.optical_flow import VerticalFlow, follows_shoulders, vertical_flow
from depthperception.types import FloatArray, Picture
from tests.support.figures import squats
from tests.support.sightings import film

SIZE = (360, 640)
RNG = np.random.default_rng(0)
WALL: Picture = np.asarray(cv2.GaussianBlur(RNG.integers(0, 255, (640, 360, 3), np.uint8), (0, 0), 3), np.uint8)
PLATE: Picture = np.asarray(cv2.GaussianBlur(RNG.integers(0, 255, (80, 80, 3), np.uint8), (0, 0), 2), np.uint8)


def test_flow_tells_how_far_a_plate_fell_and_that_the_wall_did_not() -> None:
    def look(y: int) -> Picture:
        canvas = WALL.copy()
        canvas[y : y + 80, 140:220] = PLATE
        return canvas

    # A video of twice the size of the picture that is looked at.
    moved = vertical_flow(look(200), look(212), (720, 1280))
    assert moved
    places = np.array([[360.0, 2 * 240.0], [80.0, 480.0], [-50.0, 480.0]])
    plate, wall, outside = moved.at(places[None])[0]
    assert plate == pytest.approx(24.0, abs=3.0)
    assert wall == pytest.approx(0.0, abs=1.5)
    assert np.isnan(outside)


def test_a_picture_too_thin_for_flow_has_none() -> None:
    thin = np.zeros((384, 8, 3), np.uint8)
    assert vertical_flow(thin, thin, (8, 384)) is None


def falls(down: FloatArray, sides: tuple[float, float]) -> list[VerticalFlow | None]:
    """A picture 640 px wide of which the halves fall as given parts of `down` (n)."""
    parts = np.repeat(sides, 32)[None].repeat(64, axis=0)
    return [None, *(VerticalFlow((step * parts).astype(np.float16), np.array([10.0, 10.0])) for step in down[1:])]


def test_what_is_carried_falls_on_both_sides_as_the_shoulders_do() -> None:
    _, phase, _ = squats([1.0], step_s=0.25)
    shoulders = np.column_stack([np.full(len(phase), 320.0), 300.0 + 60.0 * phase])
    down = np.diff(shoulders[:, 1], prepend=300.0)

    def carried(left: float, right: float) -> float | None:
        return follows_shoulders(falls(down, (left, right)), shoulders, 300.0)

    assert carried(1.0, 1.0) == pytest.approx(1.0)
    # A spotter at the bar's end has the lifter on one side and the wall on the other.
    assert carried(1.0, 0.0) == pytest.approx(0.0, abs=0.01)
    # What falls half as far misses half of every step: 1 - .5 ** 2.
    assert carried(0.5, 1.0) == pytest.approx(0.75, abs=0.01)
    assert follows_shoulders([None] * len(phase), shoulders, 300.0) is None


def test_a_second_lifter_close_by_is_noted_when_he_squats_at_his_own_time() -> None:
    # 150 px are .9 m here: less than a bar's half. Half a second apart are spotters who are slow.
    people: list[dict[str, object]] = [{"x_px": 300, "deg": 95}, {"x_px": 450, "deg": 95}]
    for late_s, lifters in ((1.5, 2), (0.25, 1)):
        rows = film(*people, late_s=late_s)
        assert len(choose(link(rows), (720, 1280), rows[-1].time_s).lifters) == lifters


def test_who_is_far_behind_all_lifters_is_no_second_lifter() -> None:
    # At .25 of his size he is four times as far away: some 12 m further.
    rows = film({"x_px": 300, "deg": 95}, {"x_px": 500, "deg": 95, "size": 0.25}, late_s=1.5)
    assert len(choose(link(rows), (720, 1280), rows[-1].time_s).lifters) == 1
