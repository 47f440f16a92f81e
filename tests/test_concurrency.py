"""Work beside other work: the order stays, errors arrive, and nobody runs further ahead than he may."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import pytest

from depthperception import models
from depthperception.concurrency import AHEAD, parallel_map, prefetch

SOON_S = 0.05
"""Time after which a thread that was not held back would have gone on."""


class Counted:
    """Numbers from 0 on, and how many of them were taken."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self.taken = 0
        self.closed_in: str | None = None
        self._count, self._fails_at = count, fails_at

    def __call__(self) -> Iterator[int]:
        try:
            for number in range(self._count):
                if number == self._fails_at:
                    raise RuntimeError("torn")
                self.taken += 1
                yield number
        finally:
            self.closed_in = threading.current_thread().name


def test_what_is_done_beside_each_other_comes_in_the_order_in_which_it_was_given() -> None:
    def slower_at_first(number: int) -> int:
        time.sleep(0.02 if number % 4 == 0 else 0.0)
        return number**2

    assert list(parallel_map(slower_at_first, range(12))) == [number**2 for number in range(12)]


def test_no_more_is_under_way_than_there_are_cores_and_one() -> None:
    numbers = Counted(100)
    found = parallel_map(lambda number: number, numbers())
    assert next(found) == 0
    assert numbers.taken == (cpu_count() or 1) + 1


def test_two_are_worked_on_at_a_time() -> None:
    if (cpu_count() or 1) < 2:
        pytest.skip("one core works on one thing at a time")
    both = threading.Barrier(2, timeout=5.0)
    assert len(list(parallel_map(lambda _: both.wait(), range(2)))) == 2


def test_items_are_fetched_ahead_but_not_without_end() -> None:
    numbers = Counted(100)
    found = prefetch(numbers())
    assert next(found) == 0
    time.sleep(SOON_S)
    assert numbers.taken == AHEAD + 1
    assert list(found) == list(range(1, 100))


def test_an_error_arrives_after_what_came_before_it() -> None:
    found = prefetch(Counted(10, fails_at=3)())
    assert [next(found), next(found), next(found)] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="torn"):
        next(found)


def test_an_error_of_what_is_done_arrives() -> None:
    with pytest.raises(ZeroDivisionError):
        list(parallel_map(lambda number: 1 / number, [2, 1, 0, 1]))


def test_whoever_stops_early_leaves_no_open_file_and_no_thread() -> None:
    before = threading.active_count()
    numbers = Counted(100)
    found = prefetch(numbers())
    next(found)
    found.close()
    assert numbers.closed_in == threading.current_thread().name
    assert threading.active_count() == before


def test_a_network_that_two_looks_ask_for_at_once_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, read = [], models.checked_bytes

    def slowly(name: str) -> bytes:
        loaded.append(name)
        time.sleep(SOON_S)
        return read(name)

    monkeypatch.setattr(models, "checked_bytes", slowly)
    with ThreadPoolExecutor(4) as four:
        # Nobody else asks for this many threads, so it is not loaded yet.
        found = list(four.map(lambda _: models.session("pose_mask", threads=3), range(4)))
    assert loaded == ["pose_mask"]
    assert all(one is found[0] for one in found)
