"""What is waited for comes first, and what else is at work rests meanwhile."""

import threading
import time

import pytest

from depthperception.live.turns import Turns


def test_other_work_rests_while_something_is_urgent_and_goes_on_after_it() -> None:
    turns, done = Turns(), list[str]()
    begun, asked, ended = threading.Event(), threading.Event(), threading.Event()

    def bar() -> None:
        done.append("bar begins")
        begun.set()
        asked.wait(10.0)
        turns.rest("watching the bar", 0.5)
        done.append("bar ends")

    def depth() -> None:
        asked.set()
        ended.wait(10.0)
        done.append("depth")

    turns.later(bar)
    begun.wait(10.0)
    turns.at_once(depth)
    assert (turns.urgent, turns.others) == (1, 1)
    time.sleep(0.05)
    assert done == ["bar begins"]
    ended.set()
    turns.close()
    assert done == ["bar begins", "depth", "bar ends"]
    assert (turns.urgent, turns.others) == (0, 0)


def test_what_is_asked_for_by_an_urgent_job_is_done_before_the_end() -> None:
    turns, done = Turns(), list[str]()
    turns.at_once(lambda: turns.later(lambda: done.append("bar")))
    turns.close()
    assert done == ["bar"]


@pytest.mark.parametrize("urgent", [True, False])
def test_a_job_that_fails_is_known_and_raised_in_the_end(*, urgent: bool) -> None:
    turns = Turns()

    def fails() -> None:
        raise RuntimeError("no room left")

    (turns.at_once if urgent else turns.later)(fails)
    for _ in range(100):
        if turns.failed:
            break
        time.sleep(0.01)
    assert turns.failed
    with pytest.raises(RuntimeError, match="no room left"):
        turns.close()
