"""The middle of a bar is where its two plates say, however large they are seen; what stays on a stand says nothing."""

import numpy as np
import pytest

from depthperception.barbell.between import bar_middles, between_plates
from depthperception.barbell.plate_detector import PlateBox
from depthperception.types import FloatArray
from tests.support.people_tracks import standing

MOMENTS = np.array([0.0, 0.2, 0.5, 0.5, 0.2, 0.0])
"""How far the bar is down, in m."""

FOCAL_PX, CENTRE_PX = 600.0, np.array([320.0, 180.0])


def seen(point_m: FloatArray) -> FloatArray:
    """Px of a point in a camera's axes."""
    return np.asarray(FOCAL_PX * point_m[:2] / point_m[2] + CENTRE_PX)


def plate(point_m: FloatArray) -> PlateBox:
    """A plate of 45 cm that faces the camera."""
    half = np.full(2, FOCAL_PX * 0.225 / point_m[2])
    return PlateBox(np.concatenate([seen(point_m) - half, seen(point_m) + half]), 0.9)


def bar(down_m: float, middle_m: FloatArray, turned_deg: float) -> tuple[PlateBox, PlateBox]:
    """Both ends of a bar, turned out of the picture's plane."""
    along = 0.7 * np.array([np.cos(np.radians(turned_deg)), 0.0, np.sin(np.radians(turned_deg))])
    at = middle_m + [0.0, down_m, 0.0]
    return plate(at - along), plate(at + along)


@pytest.mark.parametrize("turned_deg", [0.0, 30.0, 50.0])
def test_the_middle_of_a_bar_is_between_its_plates_in_space(turned_deg: float) -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    spotters_trunk = true + [60.0, 20.0]
    found = bar_middles([bar(down, middle_m, turned_deg) for down in MOMENTS], [spotters_trunk])
    assert found is not None
    assert np.abs(found - true).max() < 2.0


def test_stored_plates_and_a_single_one_have_no_middle() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    trunk = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    assert bar_middles([bar(0.0, middle_m, 20.0) for _ in MOMENTS], [trunk]) is None
    assert bar_middles([bar(down, middle_m, 20.0)[:1] for down in MOMENTS], [trunk]) is None


def test_without_a_picture_nothing_is_said() -> None:
    assert between_plates([], [standing(300.0, 600.0)]) is None


def test_of_a_bar_and_its_reflection_the_nearer_counts() -> None:
    middle_m, mirrored_m = np.array([-0.6, -0.5, 3.0]), np.array([1.4, -0.5, 5.0])
    both = [(*bar(down, middle_m, 20.0), *bar(down, mirrored_m, -20.0)) for down in MOMENTS]
    trunks = [np.array([seen(at + [0.0, down, 0.0]) for down in MOMENTS]) for at in (mirrored_m, middle_m)]
    found = bar_middles(both, trunks)
    assert found is not None
    assert np.abs(found - trunks[1]).max() < 2.0
