"""What is not seen is not ruled on, and the reason is said; whatever speaks against an attempt has its sentence."""

from dataclasses import replace
from typing import get_args

import numpy as np

from depthperception.attempts.attempt import Doubt
from depthperception.ruling.rule import DOUBTS, no_squat_reason, obstacle
from tests.support.evidence import evidence
from tests.support.figures import axes


def test_every_doubt_is_said_in_one_sentence() -> None:
    assert set(DOUBTS) == set(get_args(Doubt))
    assert all(said.endswith(".") and said.count(".") == 1 for said in DOUBTS.values())
    assert len(set(DOUBTS.values())) == len(DOUBTS)


def test_a_lifter_whom_the_network_does_not_see_at_the_bottom_is_not_ruled_on() -> None:
    shown = evidence(95.0, axes(40.0))
    assert obstacle(shown, 720, 1280) is None
    ghost = replace(shown.bottom, presence=np.full_like(shown.bottom.presence, 0.17))
    assert "not seen clearly" in (obstacle(replace(shown, bottom=ghost), 720, 1280) or "")


def test_a_lifter_who_is_placed_only_by_where_he_stood_is_not_ruled_on() -> None:
    assert "not seen clearly" in (obstacle(replace(evidence(95.0, axes(40.0)), hidden=True), 720, 1280) or "")


def test_what_was_seen_instead_of_a_squat_is_named() -> None:
    assert "lunges" in no_squat_reason(["other", "pull", "lunge"], among_others=3)
    assert "no descent" in no_squat_reason(["ascent", "other"], among_others=None)
    assert "pulled" in no_squat_reason(["ascent", "pull"], among_others=None)
    assert no_squat_reason(["other"], among_others=None) == "Nobody squats in the video."
    assert "Person 3" in no_squat_reason([], among_others=3)
