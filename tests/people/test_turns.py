"""Lifters who come one after the other are told apart; those who lift beside each other do not divide the film."""

from collections.abc import Sequence

import numpy as np
import pytest

from depthperception.people import FrameDetections, link, turn_times
from depthperception.people.movenet import Person
from tests.support.figures import squats
from tests.support.sightings import person

RED = np.array([130.0, 200.0, 190.0] * 2)
BLUE = np.array([80.0, 180.0, 40.0] * 2)
SIZE_PX = (720, 1280)


def visit(clothes: np.ndarray, x_px: float = 360.0, thigh_deg: float = 95.0) -> list[Person]:
    """What is sighted of somebody, four times a second: he comes from the left, squats, and goes to the right."""
    _, phase, _ = squats([1.0], step_s=0.25)
    way = np.linspace(-300.0, 0.0, 8, endpoint=False)
    comes = [person(x_px + off, 0.0, clothes=clothes) for off in way]
    goes = [person(x_px - off, 0.0, clothes=clothes) for off in way[::-1]]
    return [*comes, *(person(x_px, thigh_deg * p, clothes=clothes) for p in phase), *goes]


def sightings(*seen: Sequence[Person | None]) -> tuple[FrameDetections, ...]:
    looks = max(len(one) for one in seen)
    rows = [[one[k] for one in seen if k < len(one)] for k in range(looks)]
    return tuple(FrameDetections(0.25 * k, tuple(filter(None, row))) for k, row in enumerate(rows))


def turns(*seen: Sequence[Person | None]) -> tuple[float, ...]:
    return turn_times(link(sightings(*seen)), SIZE_PX)


def test_the_next_turn_begins_as_the_next_lifter_comes() -> None:
    one, other = visit(RED), visit(BLUE)
    gap = [None] * 8
    (start_s,) = turns([*one, *gap, *other])
    assert start_s == pytest.approx(0.25 * (len(one) + len(gap)))


def test_a_lifter_who_waits_while_another_lifts_has_his_turn_after_him() -> None:
    one, other = visit(RED), visit(BLUE)
    waits = [person(640.0, 0.0, clothes=BLUE)] * len(one)
    away = np.linspace(640.0, 360.0, 8).tolist()
    walks = [person(x, 0.0, clothes=BLUE) for x in away]
    (start_s,) = turns(one, [*waits, *walks, *other[8:]])
    first_low_s, next_low_s = 0.25 * 8, 0.25 * (len(one) + len(walks))
    assert first_low_s + 1.5 < start_s < next_low_s + 1.0


def test_one_lifter_and_a_passer_by_have_one_turn() -> None:
    one = visit(RED)
    passes = [person(100.0 + 20.0 * k, 0.0, 0.6, clothes=BLUE) for k in range(20)]
    assert turns(one) == ()
    assert turns([*one, *passes]) == ()


def test_two_who_lift_at_one_time_have_one_turn() -> None:
    assert turns(visit(RED, 150.0), visit(BLUE, 560.0)) == ()


def test_who_lifts_in_the_background_afterwards_has_no_turn() -> None:
    one = visit(RED)
    far = [person(200.0, 95.0 * p, 0.5, clothes=BLUE) for p in squats([1.0], step_s=0.25)[1]]
    assert turns([*one, *far]) == ()


def test_a_lifter_lost_in_the_middle_of_a_squat_is_not_two() -> None:
    one = visit(RED)
    low = 8 + int(np.argmax(squats([1.0], step_s=0.25)[1]))
    assert turns([*one[: low - 1], *[None] * 20, *one[low:]]) == ()
