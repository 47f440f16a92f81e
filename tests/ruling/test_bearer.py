"""A bar that goes down and up is somebody else's where the hands of who is judged hang, nowhere near it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from depthperception.barbell import PlateTrack, StrayPlate, unborne
from depthperception.barbell.settings import UnborneBar
from depthperception.geometry.skeletons import COCO_SHOULDERS, COCO_WRISTS, SHOULDERS
from depthperception.people import PersonTrack, link
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.ruling.bearer import OF_ANOTHER, bar_beside_him, bar_of_another, bar_of_somebody_hidden
from depthperception.types import FloatArray, Side
from depthperception.video import Still
from tests.support.figures import track
from tests.support.plate_finds import rep
from tests.support.sightings import film

PICTURE_PX = 720, 1280


def squatting(hands: str) -> PersonTrack:
    """A figure of 200 px/m that squats and comes up again."""
    (found,) = link(film({"x_px": 400.0, "deg": 90.0, "hands": hands}))
    return found


def plate_at(person: PersonTrack, place_px: FloatArray) -> PlateTrack:
    """A plate of 45 cm that is at a place (n, 2) at each sighting."""
    count = len(person.times_s)
    return PlateTrack(Side.LEFT, person.times_s, place_px, np.full(count, 45.0), np.eye(2) * 45.0, 0.9, place_px)


def at_shoulders(person: PersonTrack) -> PlateTrack:
    return plate_at(person, person.points_px[:, COCO_SHOULDERS].mean(axis=1) + [60.0, 0.0])


def at_hands(person: PersonTrack) -> PlateTrack:
    return plate_at(person, person.points_px[:, COCO_WRISTS].mean(axis=1) + [40.0, 0.0])


def said(person: PersonTrack, *plates: PlateTrack) -> str | None:
    span_s = float(person.times_s[0]), float(person.times_s[-1])
    return bar_of_another(person, empty_track(), plates, span_s, PICTURE_PX)


def test_a_bar_on_the_shoulders_of_somebody_whose_hands_hang_is_anothers() -> None:
    person = squatting("hanging")
    assert said(person, at_shoulders(person)) == OF_ANOTHER


def test_hands_of_who_is_far_away_are_not_told_from_hips() -> None:
    person = squatting("hanging")
    span_s = float(person.times_s[0]), float(person.times_s[-1])
    assert bar_of_another(person, empty_track(), [at_shoulders(person)], span_s, (1700, 960)) is None


def test_a_bar_that_is_held_is_his_own() -> None:
    person = squatting("bar")
    assert said(person, at_shoulders(person)) is None


def test_who_has_weights_in_hanging_hands_has_them() -> None:
    person = squatting("hanging")
    assert said(person, at_hands(person)) is None
    assert said(person, at_shoulders(person), at_hands(person)) is None


def test_without_a_bar_hands_may_hang() -> None:
    person = squatting("hanging")
    lost = np.full(len(person.times_s), np.nan)
    assert said(person) is None
    assert said(person, replace(at_shoulders(person), radius_px=lost)) is None


@pytest.mark.parametrize(("score", "sure"), [(0.1, False), (0.9, True)])
def test_hands_that_are_hardly_seen_say_nothing(score: float, *, sure: bool) -> None:
    person = squatting("hanging")
    scores = np.full(17, 0.9)
    scores[COCO_WRISTS] = score
    seen = replace(person, people=tuple(replace(one, scores=scores) for one in person.people))
    assert (said(seen, at_shoulders(seen)) == OF_ANOTHER) is sure


def below(poses: PoseTrack, factor: float, times_larger: float) -> tuple[PlateTrack, PlateTrack]:
    """A bar that goes down so many times as far as the shoulders, its near end seen larger than its far one."""
    shoulders_px = poses.image_px[:, SHOULDERS, 1].mean(axis=1)
    way_px = factor * (shoulders_px - shoulders_px[0])
    count = len(way_px)
    ends = [
        (np.column_stack([np.full(count, x_px), 300.0 + share * way_px]), 40.0 * share)
        for x_px, share in zip((100.0, 500.0), ends_of(times_larger), strict=True)
    ]
    one, other = (
        PlateTrack(Side.LEFT, poses.times_s, at_px, np.full(count, radius_px), np.eye(2) * radius_px, 0.9, at_px)
        for at_px, radius_px in ends
    )
    return one, other


def ends_of(times_larger: float) -> tuple[float, float]:
    """How much larger than the bar's middle its two ends are seen."""
    return (1.0 + times_larger) / 2.0, (1.0 + times_larger) / (2.0 * times_larger)


@pytest.mark.parametrize(
    ("factor", "times_larger", "anothers"),
    [
        (1.0, 1.0, False),
        (1.1, 1.0, False),
        (1.3, 1.0, True),
        (2.0, 1.0, True),
        (1.0, 1.7, False),
        (1.35, 1.7, False),
        (1.5, 1.7, True),
    ],
)
def test_a_bar_that_goes_further_down_than_the_shoulders_is_not_on_them(
    factor: float, times_larger: float, *, anothers: bool
) -> None:
    times_s = np.linspace(0.0, 3.0, 25)
    poses = track(times_s, 90.0 * np.sin(np.pi * times_s / 3.0) ** 2)
    plates = below(poses, factor, times_larger)
    said = bar_of_another(squatting("bar"), poses, plates, (0.0, 3.0), PICTURE_PX)
    assert (said == OF_ANOTHER) is anothers
    assert bar_of_another(squatting("bar"), poses, plates[:1], (0.0, 3.0), PICTURE_PX) is None, (
        "one plate may be nearer"
    )


@pytest.mark.parametrize(("factor", "late_s", "anothers"), [(1.0, 0.0, False), (1.5, 0.0, True), (1.8, 0.3, True)])
def test_so_is_one_whose_plates_are_found_at_a_few_moments_and_cannot_be_followed(
    factor: float, late_s: float, *, anothers: bool
) -> None:
    # Who stands before the lifter goes down after the bar.
    times_s = np.linspace(0.0, 3.0, 25)
    poses = track(times_s, 90.0 * np.sin(np.pi * np.clip(times_s - late_s, 0.0, 3.0) / 3.0) ** 2)
    moments_s = np.linspace(0.0, 3.0, 7)
    way_px = poses.image_px[:, SHOULDERS, 1].mean(axis=1)
    down_px = factor * np.interp(moments_s + late_s, times_s, way_px)
    ends = [StrayPlate(moments_s, np.column_stack([np.full(7, x_px), down_px]), 40.0) for x_px in (100.0, 500.0)]
    said = bar_of_another(squatting("bar"), poses, (), (0.0, 3.0), PICTURE_PX, ends=ends)
    assert (said == OF_ANOTHER) is anothers
    assert bar_of_another(squatting("bar"), poses, (), (4.0, 7.0), PICTURE_PX, ends=ends) is None, "another attempt"


def test_a_bar_that_is_followed_in_every_picture_is_compared_at_the_looks_at_the_shoulders() -> None:
    # A quick rep: between looks the lowest place of the shoulders is lost, and that of a bar in every picture is not.
    dense_s, looks_s = np.linspace(0.0, 1.2, 73), np.arange(0.0, 1.2, 0.24)
    times_s = np.sort(np.concatenate([looks_s, [0.1, 1.1]]))
    angle = 90.0 * np.exp(-(((dense_s - 0.6) / 0.12) ** 2))
    poses, dense = track(times_s, np.interp(times_s, dense_s, angle)), track(dense_s, angle)
    assert bar_of_another(squatting("bar"), poses, below(dense, 1.0, 1.0), (0.0, 1.2), PICTURE_PX) is None


def stills() -> Iterator[Still]:
    yield from (Still(0.5 * k, np.zeros((8, 8, 3), np.uint8), 1.0) for k in range(len(rep())))


@pytest.mark.parametrize(
    ("hands", "deg", "long_side_px", "anothers"),
    [
        ("hanging", 30.0, 1280, True),
        ("bar", 30.0, 1280, False),
        ("hanging", 95.0, 1280, False),
        ("hanging", 30.0, 2000, False),
    ],
    ids=["bends with hands low", "has a bar himself", "squats as far as the bar goes", "too far away to tell hands"],
)
def test_a_bar_that_goes_further_than_anybody_is_of_one_who_is_hidden(
    hands: str, deg: float, long_side_px: int, monkeypatch: pytest.MonkeyPatch, *, anothers: bool
) -> None:
    (person,) = link(film({"x_px": 400.0, "deg": deg, "hands": hands}))
    finds = rep()
    monkeypatch.setattr(unborne, "_found", lambda still: finds[round(2 * still.time_s)])
    said = bar_of_somebody_hidden(
        stills(), len(finds), person, [person], (720, long_side_px), settings=UnborneBar(every=1)
    )
    assert (said == OF_ANOTHER) is anothers


def test_no_bar_is_looked_for_beside_one_who_has_his_hands_up() -> None:
    unread = stills()
    assert bar_of_somebody_hidden(unread, len(rep()), squatting("bar"), [squatting("bar")], PICTURE_PX) is None
    assert len(list(unread)) == len(rep())


def stray(person: PersonTrack, place_px: FloatArray, radius_px: float = 45.0) -> StrayPlate:
    return StrayPlate(person.times_s, place_px, radius_px)


def beside(person: PersonTrack, right_px: float, below_px: float = 0.0) -> FloatArray:
    """A place (n, 2) so far from his shoulders."""
    return np.asarray(person.points_px[:, COCO_SHOULDERS].mean(axis=1) + [right_px, below_px])


def test_a_plate_that_goes_with_him_and_is_on_no_bar_of_his_is_anothers() -> None:
    person = squatting("hanging")
    assert bar_beside_him(person, [stray(person, beside(person, 150.0))], PICTURE_PX) == OF_ANOTHER
    assert bar_beside_him(person, [stray(person, beside(person, 150.0))], (1700, 960)) is None, "too far away"
    assert bar_beside_him(person, [], PICTURE_PX) is None


def test_who_has_his_hands_at_his_shoulders_may_have_a_bar_wherever_its_plate_seems_to_be() -> None:
    person = squatting("bar")
    assert bar_beside_him(person, [stray(person, beside(person, 150.0))], PICTURE_PX) is None


def test_a_hand_holds_a_dumbbell_and_both_hold_a_plate() -> None:
    person = squatting("hanging")
    hands_px = person.points_px[:, COCO_WRISTS]
    at_one_hand = stray(person, hands_px[:, 0], 0.06 * person.height_px)
    assert bar_beside_him(person, [at_one_hand], PICTURE_PX) is None
    larger = replace(at_one_hand, radius_px=0.14 * person.height_px)
    apart_px = float(np.linalg.norm(hands_px[:, 0] - hands_px[:, 1], axis=1).max())
    assert apart_px > 1.5 * larger.radius_px
    assert bar_beside_him(person, [larger], PICTURE_PX) == OF_ANOTHER
    between = replace(larger, centre_px=hands_px.mean(axis=1))
    assert bar_beside_him(person, [between], PICTURE_PX) is None
