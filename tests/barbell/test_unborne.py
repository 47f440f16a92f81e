"""A bar goes alone where a plate goes down and up again and nobody who is seen does."""

from collections.abc import Iterator
from weakref import WeakSet

import numpy as np
import pytest

from depthperception.barbell import bar_goes_alone, unborne
from depthperception.barbell.plate_detector import PlateBox
from depthperception.barbell.settings import UnborneBar
from depthperception.barbell.unborne import returns_px
from depthperception.people import link
from depthperception.video import Still
from tests.support.plate_finds import DOWN, RADIUS, UP, plate, rep
from tests.support.sightings import film


def test_a_plate_that_goes_down_and_up_again_goes_as_far_as_it_does() -> None:
    assert returns_px(rep()) == pytest.approx(DOWN - UP)


def test_a_plate_that_stays_or_sinks_by_less_than_its_radius_and_a_half_does_not() -> None:
    assert returns_px([(plate(UP),)] * 8) == 0.0
    assert returns_px(rep(down=UP + 1.4 * RADIUS)) == 0.0


def test_what_is_put_down_or_lifted_does_not_return() -> None:
    assert returns_px(rep()[:4]) == 0.0
    assert returns_px(rep()[3:]) == 0.0
    assert returns_px(rep(up=DOWN, down=UP)) == 0.0, "a deadlift"


def test_plates_that_are_stored_above_each_other_do_not_move() -> None:
    high, low = plate(UP), plate(DOWN)
    assert returns_px([(high,), (high, low), (high,), (high, low), (low, high), (high,), (high, low)]) == 0.0


def test_another_plate_is_not_the_same_one() -> None:
    beside = [(plate(UP),), (plate(UP),), (plate(DOWN, x_px=600.0),), (plate(UP),), (plate(UP),)]
    smaller = [(plate(UP),), (plate(UP),), (plate(DOWN, radius_px=20.0),), (plate(UP),), (plate(UP),)]
    assert returns_px(beside) == returns_px(smaller) == 0.0


@pytest.mark.parametrize(("deg", "alone"), [(0.0, True), (95.0, False)])
def test_a_bar_is_alone_where_nobody_who_is_seen_goes_down(
    deg: float, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    people = link(film({"x_px": 400.0, "deg": deg}))
    finds = rep()
    stills = [Still(0.5 * k, np.zeros((8, 8, 3), np.uint8), 1.0) for k in range(len(finds))]
    monkeypatch.setattr(unborne, "_found", lambda still: finds[round(2 * still.time_s)])
    assert bar_goes_alone(stills, len(stills), people, settings=UnborneBar(every=1)) is alone


def test_the_pictures_of_a_long_film_are_not_kept_together(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: WeakSet[Still] = WeakSet()
    most, looked_at_s = [0], list[float]()

    def pictures() -> Iterator[Still]:
        for k in range(4000):
            still = Still(0.125 * k, np.zeros((8, 8, 3), np.uint8), 1.0)
            alive.add(still)
            most[0] = max(most[0], len(alive))
            yield still

    def looked(still: Still) -> tuple[PlateBox, ...]:
        looked_at_s.append(still.time_s)
        return ()

    monkeypatch.setattr(unborne, "_found", looked)
    assert not bar_goes_alone(pictures(), 4000, link(film({"x_px": 400.0, "deg": 0.0})))
    assert sorted(looked_at_s) == [0.125 * k for k in range(0, 4000, 167)]
    assert most[0] < 30
