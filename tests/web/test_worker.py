"""What a judging tells the server is plain, whatever numbers it was worked out with."""

import multiprocessing

import numpy as np

from depthperception.sandbox.processes import received
from depthperception.types import Step
from depthperception.web.worker import Tell, say


def test_numbers_of_numpy_reach_the_server_as_plain_ones() -> None:
    ours, theirs = multiprocessing.Pipe()
    Tell(theirs)(Step.FIND_PEOPLE, np.float64(0.5))
    kind, values = received(ours)
    assert (kind, values) == ("progress", {"step": "looking for people", "done": 0.1})
    assert type(values["done"]) is float
    say(theirs, "done", {"cm": np.float64(1.5), "frame": np.int64(3), "stood_up": np.bool_(True), "none": None})
    assert received(ours) == ("done", {"cm": 1.5, "frame": 3, "stood_up": True, "none": None})
