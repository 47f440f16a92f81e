"""The middle of a bar is where its two plates say, however large they are seen; what stays on a stand says nothing."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.barbell import between
from depthperception.barbell.between import bar_middles, under_bar
from depthperception.barbell.plate_detector import PlateBox
from depthperception.types import FloatArray
from depthperception.video import Still
from tests.support.people_tracks import standing

MOMENTS = np.array([0.0, 0.1, 0.25, 0.4, 0.5, 0.5, 0.4, 0.25, 0.1, 0.0])
"""How far the bar is down, in m, every quarter of a second."""

TIMES_S: FloatArray = 0.25 * np.arange(len(MOMENTS), dtype=np.float64)

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
    found = bar_middles([bar(down, middle_m, turned_deg) for down in MOMENTS], TIMES_S)
    assert found is not None
    assert np.abs(found - true).max() < 2.0


def test_stored_plates_and_a_single_one_have_no_middle() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    assert bar_middles([bar(0.0, middle_m, 20.0) for _ in MOMENTS], TIMES_S) is None
    assert bar_middles([bar(down, middle_m, 20.0)[:1] for down in MOMENTS], TIMES_S) is None
    only_down = np.sort(MOMENTS)
    assert bar_middles([bar(down, middle_m, 20.0) for down in only_down], TIMES_S) is None


def test_a_plate_that_is_found_now_and_then_is_known_by_the_bar_s_other_end() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    sure, faint = zip(*(bar(down, middle_m, 0.0) for down in MOMENTS), strict=True)
    seldom = [replace(one, score=0.4) for one in faint]
    finds = [(one, other) if k % 2 else (one,) for k, (one, other) in enumerate(zip(sure, seldom, strict=True))]
    found = bar_middles(finds, TIMES_S)
    assert found is not None
    assert np.abs(found - true).max() < 2.0
    stored = [replace(bar(0.0, middle_m, 0.0)[1], score=0.4)] * len(MOMENTS)
    assert bar_middles([(one, other) for one, other in zip(sure, stored, strict=True)], TIMES_S) is None


def test_a_plate_is_followed_over_moments_at_which_it_is_not_found() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    finds = [bar(down, middle_m, 0.0) if k != 3 else () for k, down in enumerate(MOMENTS)]
    found = bar_middles(finds, TIMES_S)
    assert found is not None
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    assert np.abs(found - true)[np.arange(len(MOMENTS)) != 3].max() < 2.0


def test_who_stands_under_the_bar_keeps_what_is_seen_of_him_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    middle_m = np.array([0.0, -0.3, 3.0])
    finds = [bar(down, middle_m, 0.0) for down in MOMENTS]
    monkeypatch.setattr(between, "detect_plates", lambda rgb: finds[int(rgb[0, 0, 0])])
    stills = [Still(float(time_s), np.full((1, 1, 3), k, np.uint8), 1.0) for k, time_s in enumerate(TIMES_S)]
    x_px, bar_px = seen(middle_m)
    still = standing(x_px, bar_px + 1.43 * 200.0, until_s=float(TIMES_S[-1]))
    # At the bottom somebody behind him is taken for him, who bends by a tenth of a metre.
    down_px = 200.0 * np.where(MOMENTS.max() == MOMENTS, 0.1, MOMENTS)
    looks = zip(still.people, down_px, strict=True)
    moved = (replace(one, points_px=one.points_px + [0.0, down]) for one, down in looks)
    lifter, beside = replace(still, people=tuple(moved)), standing(x_px + 150.0, bar_px + 290.0)
    held, other = under_bar(stills, [lifter, beside])
    assert (held.between or 0.0) > 0.9
    assert (other.between or 0.0) < 0.1
    assert held.astray is not None
    assert held.astray.times_s.tolist() == TIMES_S[MOMENTS.max() == MOMENTS].tolist()
    assert other.bar is None


def test_without_a_picture_nothing_is_said() -> None:
    somebody = standing(300.0, 600.0)
    assert under_bar([], [somebody]) == (somebody,)


def test_of_a_bar_and_its_reflection_the_nearer_counts() -> None:
    middle_m, mirrored_m = np.array([-0.6, -0.5, 3.0]), np.array([1.4, -0.5, 5.0])
    both = [(*bar(down, middle_m, 20.0), *bar(down, mirrored_m, -20.0)) for down in MOMENTS]
    found = bar_middles(both, TIMES_S)
    assert found is not None
    assert np.abs(found - [seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS]).max() < 2.0
