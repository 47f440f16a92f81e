"""Questions to a process in a box: answers, errors, what it tells meanwhile, and silence."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from depthperception.errors import OptionError, VideoError
from depthperception.sandbox import Box
from depthperception.sandbox.asking import LostError, Tell, ask


def counts(tell: Tell) -> int:
    for k in range(3):
        tell("progress", {"done": k / 2})
    return 7


def refuses(tell: Tell) -> None:
    raise OptionError("No.")


def eats(tell: Tell) -> None:
    raise MemoryError


def kills_itself(tell: Tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fails(tell: Tell) -> None:
    raise KeyError("a fault")


def says_nonsense(tell: Tell) -> None:
    tell("failed", {"not": "an error"})


def sleeps(tell: Tell) -> None:
    time.sleep(60.0)


def asked(do: Any, tmp_path: Path, **how: Any) -> Any:
    return ask(do, Box(reads=(Path(__file__).parents[1],), writes=(tmp_path,)), **how)


def test_an_answer_comes_back_and_what_was_told_before_it(tmp_path: Path) -> None:
    told: list[tuple[str, Any]] = []
    assert asked(counts, tmp_path, heard=lambda *said: told.append(said)) == 7
    assert told == [("progress", {"done": done}) for done in (0.0, 0.5, 1.0)]


def test_our_own_errors_are_raised_here_and_want_of_memory_is_one(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"No\."):
        asked(refuses, tmp_path)
    with pytest.raises(VideoError, match="more memory than the box has"):
        asked(eats, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_process_that_is_killed_fails_or_talks_nonsense_is_lost(tmp_path: Path) -> None:
    with pytest.raises(LostError) as killed:
        asked(kills_itself, tmp_path)
    assert killed.value.exit_code == -signal.SIGKILL
    for wrong in (fails, says_nonsense):
        with pytest.raises(LostError):
            asked(wrong, tmp_path)


def test_a_process_whose_time_is_over_is_stopped(tmp_path: Path) -> None:
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        asked(sleeps, tmp_path, ends_s=lambda: 0.0)
    assert time.monotonic() - began_s < 30.0
