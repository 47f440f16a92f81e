"""Where neither side of the line is probable enough nothing is called; where that is half, everything is."""

import pytest

from depthperception.depth.calling import SURE, call, leans_words, sure_of
from depthperception.results import Judgement
from depthperception.video_facts import VideoFacts

FACTS = VideoFacts("squat.mp4", "0" * 64, 720, 1280, 0, 4.0, 120)


@pytest.mark.parametrize(
    ("probability", "sure", "verdict"),
    [
        (0.53, 0.65, "too_close"),
        (0.36, 0.65, "too_close"),
        (0.65, 0.65, "depth"),
        (0.34, 0.65, "no_depth"),
        (0.79, 0.8, "too_close"),
        (0.53, 0.5, "depth"),
        (0.5, 0.5, "no_depth"),
        (0.47, 0.5, "no_depth"),
        (1.0, 0.99, "depth"),
    ],
)
def test_a_side_is_called_from_the_certainty_that_was_asked_for(probability: float, sure: float, verdict: str) -> None:
    assert call(probability, sure) == verdict


def test_what_is_not_called_still_leans() -> None:
    assert leans_words(0.58) == "leans to depth"
    assert leans_words(0.42) == "leans to no depth"


def test_a_judgement_that_says_nothing_of_it_called_everything() -> None:
    assert sure_of(Judgement(FACTS, "judged", provenance={"sure": 0.8})) == 0.8
    assert sure_of(Judgement(FACTS, "judged")) == 0.5
    assert SURE > 0.5
