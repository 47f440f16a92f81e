"""What a judging tells the server is plain, and what an interrupted one left is in nobody's way."""

import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pytest

from depthperception.errors import OutputError
from depthperception.report import folder
from depthperception.sandbox.processes import received
from depthperception.types import Step
from depthperception.web.worker import Tell, made_ready, say


def test_numbers_of_numpy_reach_the_server_as_plain_ones() -> None:
    ours, theirs = multiprocessing.Pipe()
    Tell(theirs)(Step.FIND_PEOPLE, np.float64(0.5))
    kind, values = received(ours)
    assert (kind, values) == ("progress", {"step": "looking for people", "done": 0.1})
    assert type(values["done"]) is float
    say(theirs, "done", {"cm": np.float64(1.5), "frame": np.int64(3), "stood_up": np.bool_(True), "none": None})
    assert received(ours) == ("done", {"cm": 1.5, "frame": 3, "stood_up": True, "none": None})


def leave_something(results: Path) -> None:
    """Judge until somebody ends it."""
    with made_ready(results):
        (results / folder.OVERLAY).touch()
        (results / folder.PIECES).mkdir()
        sys.exit()


def test_results_that_an_interrupted_judging_left_are_written_over_and_its_pieces_go_at_the_end(tmp_path: Path) -> None:
    results = tmp_path / "0123456789abcdef"
    with pytest.raises(SystemExit):
        leave_something(results)
    with made_ready(results):
        assert (results / folder.PIECES).exists()
    assert [path.name for path in results.iterdir()] == [folder.OVERLAY]
    with pytest.raises(OutputError, match=r"already holds overlay\.mp4"):
        folder.prepare(results)  # without the mark it would be a stranger's
