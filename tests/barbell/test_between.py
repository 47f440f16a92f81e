"""The middle of a bar is where its two plates say, however large they are seen; what stays on a stand says nothing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from depthperception.barbell import between
from depthperception.barbell.bar_linking import lifted_plates, link_bar
from depthperception.barbell.between import SeenBar, under_bar
from depthperception.barbell.plate_detector import PlateBox
from depthperception.geometry.skeletons import COCO_NOSE
from depthperception.people import PersonTrack
from depthperception.people.settings import SELECTION
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


def bar_in(finds: Sequence[Sequence[PlateBox]], times_s: FloatArray) -> SeenBar | None:
    """A bar by its two plates; None where no two go down and up together."""
    ends = link_bar(finds, lifted_plates(finds, times_s))
    return None if ends is None else SeenBar.of(ends, times_s)


@pytest.mark.parametrize("turned_deg", [0.0, 30.0, 50.0])
def test_the_middle_of_a_bar_is_between_its_plates_in_space(turned_deg: float) -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    found = bar_in([bar(down, middle_m, turned_deg) for down in MOMENTS], TIMES_S)
    assert found is not None
    assert np.abs(found.middles_px - true).max() < 2.0


def test_stored_plates_and_a_single_one_have_no_middle() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    assert bar_in([bar(0.0, middle_m, 20.0) for _ in MOMENTS], TIMES_S) is None
    assert bar_in([bar(down, middle_m, 20.0)[:1] for down in MOMENTS], TIMES_S) is None
    only_down = np.sort(MOMENTS)
    assert bar_in([bar(down, middle_m, 20.0) for down in only_down], TIMES_S) is None


def test_a_plate_that_is_found_now_and_then_is_known_by_the_bar_s_other_end() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    sure, faint = zip(*(bar(down, middle_m, 0.0) for down in MOMENTS), strict=True)
    seldom = [replace(one, score=0.4) for one in faint]
    finds = [(one, other) if k % 2 else (one,) for k, (one, other) in enumerate(zip(sure, seldom, strict=True))]
    found = bar_in(finds, TIMES_S)
    assert found is not None
    assert np.abs(found.middles_px - true).max() < 2.0
    stored = [replace(bar(0.0, middle_m, 0.0)[1], score=0.4)] * len(MOMENTS)
    assert bar_in([(one, other) for one, other in zip(sure, stored, strict=True)], TIMES_S) is None


def test_a_plate_is_followed_over_moments_at_which_it_is_not_found() -> None:
    middle_m = np.array([0.3, -0.5, 3.0])
    finds = [bar(down, middle_m, 0.0) if k != 3 else () for k, down in enumerate(MOMENTS)]
    found = bar_in(finds, TIMES_S)
    assert found is not None
    true = np.array([seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS])
    assert np.abs(found.middles_px - true)[np.arange(len(MOMENTS)) != 3].max() < 2.0


def pictures(finds: Sequence[tuple[PlateBox, ...]], monkeypatch: pytest.MonkeyPatch) -> list[Still]:
    """Pictures in which these plates are found."""
    monkeypatch.setattr(between, "detect_plates", lambda rgb: finds[int(rgb[0, 0, 0])])
    return [Still(float(time_s), np.full((1, 1, 3), k, np.uint8), 1.0) for k, time_s in enumerate(TIMES_S)]


def squatting(
    x_px: float, shoulders_px: float, down_m: FloatArray = MOMENTS, *, ahead_px: float = 0.0, px_per_m: float = 200.0
) -> PersonTrack:
    """Somebody who goes down 200 px for a metre, and whose nose is so far before his shoulders in the picture."""
    still = standing(x_px, shoulders_px + 1.43 * px_per_m, px_per_m, until_s=float(TIMES_S[-1]))
    nose = np.zeros((17, 2))
    nose[COCO_NOSE, 0] = ahead_px
    looks = zip(still.people, 200.0 * down_m, strict=True)
    return replace(
        still, people=tuple(replace(one, points_px=one.points_px + nose + [0.0, down]) for one, down in looks)
    )


def test_who_stands_under_the_bar_keeps_what_is_seen_of_him_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    middle_m = np.array([0.0, -0.3, 3.0])
    stills = pictures([bar(down, middle_m, 0.0) for down in MOMENTS], monkeypatch)
    x_px, bar_px = seen(middle_m)
    # At the bottom somebody behind him is taken for him, who bends by a tenth of a metre.
    lifter = squatting(x_px, bar_px, np.where(MOMENTS.max() == MOMENTS, 0.1, MOMENTS))
    beside = standing(x_px + 150.0, bar_px + 290.0)
    held, other = under_bar(stills, [lifter, beside])
    assert (held.between or 0.0) > 0.9
    assert (other.between or 0.0) < 0.1
    assert held.astray is not None
    assert held.astray.times_s.tolist() == TIMES_S[MOMENTS.max() == MOMENTS].tolist()
    assert other.bar is None


@pytest.mark.parametrize("ahead_px", [25.0, -25.0])
def test_a_bar_is_his_who_has_it_behind_his_shoulders_not_his_before_whom_it_is(
    ahead_px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle_m = np.array([0.0, -0.3, 3.0])
    stills = pictures([bar(down, middle_m, 40.0) for down in MOMENTS], monkeypatch)
    x_px, bar_px = seen(middle_m)
    away_px = np.sign(ahead_px) * 45.0
    lifter = squatting(x_px + away_px, bar_px, ahead_px=ahead_px)
    spotter = squatting(x_px - away_px, bar_px, ahead_px=ahead_px)
    held, other = under_bar(stills, [lifter, spotter])
    assert (held.between or 0.0) > SELECTION.cues.least_between > (other.between or 0.0)
    assert held.bar is not None
    assert held.people == lifter.people
    assert other.bar is None


def test_without_a_picture_nothing_is_said() -> None:
    somebody = standing(300.0, 600.0)
    assert under_bar([], [somebody]) == (somebody,)


def test_of_a_bar_and_its_reflection_the_nearer_counts() -> None:
    middle_m, mirrored_m = np.array([-0.6, -0.5, 3.0]), np.array([1.4, -0.5, 5.0])
    both = [(*bar(down, middle_m, 20.0), *bar(down, mirrored_m, -20.0)) for down in MOMENTS]
    found = bar_in(both, TIMES_S)
    assert found is not None
    assert np.abs(found.middles_px - [seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS]).max() < 2.0


def test_of_two_bars_that_go_at_once_a_plate_s_other_end_is_the_nearer_one() -> None:
    middle_m, second_m = np.array([-0.6, -0.5, 3.0]), np.array([1.5, -0.5, 4.0])
    finds = []
    for k, down in enumerate(MOMENTS):
        one, other = bar(down, middle_m, 0.0)
        seldom = (replace(other, score=0.3),) if k % 2 else ()
        oftener = (replace(bar(down, second_m, 0.0)[0], score=0.3),) if 1 < k < 8 else ()
        finds.append((one, *seldom, *oftener))
    found = bar_in(finds, TIMES_S)
    assert found is not None
    assert np.abs(found.middles_px - [seen(middle_m + [0.0, down, 0.0]) for down in MOMENTS]).max() < 2.0


def test_nobody_has_a_bar_that_is_longer_than_he_is_tall(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1.4 m between its plates: it is that of somebody nearer, or a plate and the reflection of another one.
    middle_m = np.array([0.0, -0.3, 3.0])
    stills = pictures([bar(down, middle_m, 0.0) for down in MOMENTS], monkeypatch)
    x_px, bar_px = seen(middle_m)
    for px_per_m, fits in ((180.0, True), (140.0, False)):
        (told,) = under_bar(stills, [squatting(x_px, bar_px, px_per_m=px_per_m)])
        assert ((told.between or 0.0) > SELECTION.cues.least_between) == fits


def test_where_one_plate_is_seen_alone_who_stays_up_or_stands_too_far_off_cannot_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # From the side: half a bar is .75 m long, those who stand there are 350 px tall.
    middle_m = np.array([0.0, -0.3, 3.0])
    finds = [(plate(middle_m + [0.0, down, 0.0]),) for down in MOMENTS]
    x_px, bar_px = seen(middle_m)
    lifter = squatting(x_px + 150.0, bar_px)
    bends = squatting(x_px - 45.0, bar_px, 0.4 * MOMENTS)
    elsewhere = squatting(x_px + 200.0, bar_px)
    told = under_bar(pictures(finds, monkeypatch), [lifter, bends, elsewhere])
    assert [one.may_have for one in told] == [True, False, False]
    assert [one.between for one in told] == [None, None, None]
    stored = [(plate(middle_m),) for _ in MOMENTS]
    assert under_bar(pictures(stored, monkeypatch), [lifter, bends]) == (lifter, bends)


@pytest.mark.parametrize("ahead_px", [30.0, -30.0])
def test_shoulders_that_are_seen_at_his_bar_are_his_as_those_before_it_are(
    ahead_px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle_m = np.array([0.0, -0.3, 3.0])
    stills = pictures([bar(down, middle_m, 0.0) for down in MOMENTS], monkeypatch)
    x_px, bar_px = seen(middle_m)
    lifter = squatting(x_px + 0.6 * ahead_px, bar_px, ahead_px=ahead_px)
    (held,) = under_bar(stills, [lifter])
    assert held.bar is not None
    # Plates hide his shoulders at the bottom, and a network has them so far, in his height, behind or before the bar.
    forward_px = np.sign(ahead_px) * np.array([-0.24, -0.18, 0.0, 0.18, 0.24]) * held.height_px
    shoulders_px = seen(middle_m + [0.0, MOMENTS.max(), 0.0]) + np.stack([forward_px, np.zeros(5)], axis=1)
    low_s = float(TIMES_S[np.argmax(MOMENTS)])
    assert held.bar.is_off(shoulders_px, low_s).tolist() == [True, False, False, False, False]
    assert held.bar.is_off(shoulders_px + [0.0, 0.21 * held.height_px], low_s).all()
