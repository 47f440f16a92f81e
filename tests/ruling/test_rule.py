"""Whatever speaks against an attempt as such has its sentence."""

from typing import get_args

from depthperception.attempts.attempt import Doubt
from depthperception.ruling.rule import DOUBTS, no_squat_reason


def test_every_doubt_is_said_in_one_sentence() -> None:
    assert set(DOUBTS) == set(get_args(Doubt))
    assert all(said.endswith(".") and said.count(".") == 1 for said in DOUBTS.values())
    assert len(set(DOUBTS.values())) == len(DOUBTS)


def test_what_was_seen_instead_of_a_squat_is_named() -> None:
    assert "lunges" in no_squat_reason(["other", "pull", "lunge"], among_others=3)
    assert "way up" in no_squat_reason(["ascent", "other"], among_others=None)
    assert no_squat_reason(["other"], among_others=None) == "Nobody squats in the video."
    assert "Person 3" in no_squat_reason([], among_others=3)
