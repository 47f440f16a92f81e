"""A squat whose legs are behind something that stays, as a title over the film, is not ruled on."""

import numpy as np
import pytest

from depthperception.ruling.unmoved import BEHIND_WHAT_STAYS, behind_what_stays
from depthperception.types import FloatArray
from depthperception.video import Still

LEGS = np.array([(40.0, 60.0), (60.0, 60.0), (40.0, 62.0), (60.0, 62.0)])
SHOULDERS = np.array([(40.0, 30.0), (60.0, 30.0)])


def coming_down(covered: bool, *, darker: int = 1, scale: int = 1) -> list[Still]:
    """Pictures of which every pixel changes; where they are covered those about the legs do not."""
    pictures = np.random.default_rng(0).integers(0, 256, (4, 100, 100, 3), np.uint8) // np.uint8(darker)
    if covered:
        pictures[:, 50:72] = 200
    shown = pictures.repeat(scale, axis=1).repeat(scale, axis=2)
    return [Still(0.125 * k, one, scale) for k, one in enumerate(shown)]


def said(stills: list[Still], legs_px: FloatArray = LEGS) -> str | None:
    return behind_what_stays(stills, 0.375, legs_px, SHOULDERS, 100.0)


@pytest.mark.parametrize("scale", [1, 2])
def test_legs_behind_what_stays_are_told_from_legs_that_move(scale: int) -> None:
    assert said(coming_down(covered=True, scale=scale)) == BEHIND_WHAT_STAYS
    assert said(coming_down(covered=False, scale=scale)) is None


def test_a_dark_film_is_no_title() -> None:
    assert said(coming_down(covered=False, darker=20)) is None


def test_one_picture_and_legs_out_of_the_picture_say_nothing() -> None:
    assert said(coming_down(covered=True)[:1]) is None
    assert said(coming_down(covered=True), LEGS + 100.0) is None
