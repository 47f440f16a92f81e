"""What the picture's edges cut off, of a stick figure whose place in the picture is known."""

import numpy as np
import pytest

from depthperception.appearance.features import HeadPrediction
from depthperception.capture.camera import camera_of_film
from depthperception.capture.framing import edges_that_cut, framing_advice, is_whole, shows_legs
from depthperception.geometry.skeletons import KNEES, WRISTS, Landmark
from tests.support.figures import axes, figure, samples

PICTURE_PX = (720, 1280)
STANDING = samples(figure(0.0, trunk_deg=0.0), axes(0.0))
LOW = samples(figure(95.0), axes(0.0))

SOLES_PX = 992
"""Toes and heels 2 cm over the floor, which is at 1000 px; 400 px a metre."""

EYES_PX = 324
"""1.69 m over the floor."""


def test_a_lifter_wholly_in_the_picture_needs_no_advice() -> None:
    assert is_whole(STANDING, PICTURE_PX)
    assert framing_advice(STANDING, [LOW], PICTURE_PX) == ()


def test_feet_beyond_the_lower_edge_are_named_and_leave_no_height() -> None:
    assert is_whole(STANDING, (720, SOLES_PX + 1))
    assert not is_whole(STANDING, (720, SOLES_PX - 1))
    (said,) = framing_advice(STANDING, [LOW], (720, SOLES_PX - 1))
    assert said == (
        "The feet are cut off at the lower edge of the picture while standing and at the bottom: film the whole "
        "lifter and bar."
    )


@pytest.mark.parametrize(("over_eyes_px", "cut"), [(37, False), (35, True)])
def test_a_head_whose_top_is_above_the_picture_is_cut_off(over_eyes_px: int, *, cut: bool) -> None:
    # 9 cm, 36 px, from the eyes to the top of a head.
    moved = samples(figure(0.0, trunk_deg=0.0), axes(0.0))
    moved.image_px[..., 1] -= EYES_PX - over_eyes_px
    assert float(moved.median_px[Landmark.LEFT_EYE, 1]) == pytest.approx(over_eyes_px)
    assert (edges_that_cut(moved, "head", PICTURE_PX) == ("upper",)) is cut
    assert is_whole(moved, PICTURE_PX) is not cut


def test_knees_and_hands_at_the_sides_are_named_with_their_moment() -> None:
    knees, hands = (float(LOW.median_px[part, 0].max()) for part in (KNEES, WRISTS))
    assert hands > knees
    # The picture ends between the hands and 5 cm, 20 px, beside the knees.
    (said,) = framing_advice(STANDING, [LOW], (round(hands) - 1, 1280))
    assert said.startswith("The hands are cut off at the right edge of the picture while standing and at the bottom")
    first, *_ = framing_advice(LOW, [LOW], (round(knees) + 19, 1280))
    assert first.startswith("The knees and hands are cut off at the right edge")


def test_the_head_has_no_word_on_the_camera_where_it_saw_no_knees() -> None:
    # It says that the figure, which faces the camera, is seen from behind.
    behind = HeadPrediction(np.array([0.0, -1.5, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.1]), 0.3)
    knees_px = round(float(LOW.median_px[KNEES, 1].max()))
    assert shows_legs(LOW, PICTURE_PX)
    assert not shows_legs(LOW, (720, knees_px + 10))
    assert camera_of_film(STANDING, [LOW], [behind], PICTURE_PX).view == "rear"
    cut = camera_of_film(STANDING, [LOW], [behind], (720, knees_px + 10))
    assert cut.view == "front"
    # The hips are deeper than the knees, by 4 cm; the feet are cut off all the time.
    assert [words.split(" are ")[0] for words in cut.advice[:2]] == ["The hips and knees", "The feet"]
