"""What is not seen is not ruled on, and the reason is said; whatever speaks against an attempt has its sentence."""

from dataclasses import replace
from typing import get_args

import numpy as np

from depthperception.attempts.attempt import Doubt
from depthperception.results import Reading, SideDepth
from depthperception.ruling.rule import BAR_ALONE, DOUBTS, NO_SQUATS, between_pictures, no_squat_reason, obstacle, rule
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
    assert "not seen well enough" in no_squat_reason(["other", "hidden"], among_others=None)
    assert no_squat_reason(["other"], among_others=None) == "Nobody is seen to squat in the video."
    assert no_squat_reason(["other"], among_others=2, feet_out=True, bar_alone=True) == BAR_ALONE
    assert no_squat_reason(["pull"], among_others=None, bar_alone=True) == NO_SQUATS["pull"]
    assert "Person 3" in no_squat_reason([], among_others=3)
    for number in (None, 3):
        assert "feet are out of the picture" in no_squat_reason(["other"], among_others=number, feet_out=True)
    assert "lunges" in no_squat_reason(["lunge"], among_others=None, feet_out=True)


def test_what_is_too_close_says_where_it_lies_how_it_leans_and_how_far_it_may_be_off() -> None:
    # An error of 2 cm (sd): .4 cm are .2 sd, and a normal deviate is below .2 in 58 % of cases; 1.645 sd are 3.3 cm.
    below, above = (
        rule(Reading("gravity", cm, (cm - 3.29, cm + 3.29), probability))
        for cm, probability in ((0.4, 0.579), (-0.4, 0.421))
    )
    assert below.verdict == above.verdict == "too_close"
    assert below.reason == (
        "Too close to call: 0.4 cm below the top of the knee, leans to depth, 58 % sure; 90 %: 2.9 cm above to 3.7 cm "
        "below."
    )
    assert "0.4 cm above the top of the knee, leans to no depth, 58 % sure" in above.reason
    assert below.depth.cm == 0.4, "it was measured"


def test_how_sure_a_verdict_has_to_be_is_asked_for() -> None:
    close = Reading("gravity", 0.4, (-2.9, 3.7), 0.579)
    assert rule(close, None, sure=0.5).verdict == "depth"
    assert rule(replace(close, probability=0.7), None).verdict == "depth"
    assert rule(replace(close, probability=0.7), None, sure=0.8).verdict == "too_close"


def test_a_method_without_centimetres_can_be_too_close_and_a_hindrance_counts_more() -> None:
    unsure = Reading("front", probability=0.55)
    assert rule(unsure).reason == "Too close to call: leans to depth, 55 % sure; this method gives no centimetres."
    assert rule(unsure, "The knees are hidden.").verdict == "not_judgeable"


def test_what_no_picture_shows_is_said_where_the_pictures_are_few_or_it_is_much() -> None:
    assert between_pictures(0.2, 1.23) == "5 pictures a second: the bottom may lie up to 1.2 cm deeper than any shows."
    assert between_pictures(0.1, 0.3) is not None
    assert between_pictures(0.1, 0.05) is None, "a pause is in a picture"
    assert between_pictures(1 / 30, 0.3) is None
    assert between_pictures(1 / 30, 0.6) is not None
    assert between_pictures(0.0, 0.0) is None


def test_what_limits_a_verdict_follows_its_sentence_and_no_refusal() -> None:
    deep = Reading("gravity", 4.0, (1.0, 7.0), 0.98)
    assert rule(deep, limit="So few.").reason.endswith("98 % sure. So few.")
    assert rule(replace(deep, probability=0.6), limit="So few.").reason.endswith("below. So few.")
    assert "So few" not in rule(deep, "The knees are hidden.", limit="So few.").reason


def test_the_leg_that_decides_is_named_and_that_either_of_two_may() -> None:
    left, right = SideDepth(1.5, 2.0), SideDepth(2.5, 2.0)
    mean = Reading("calibrated", 2.0, (-1.2, 5.2), 0.84, left, right, deciding_leg="left")
    assert rule(mean).reason.endswith("84 % sure. The 90 % interval reaches across the line. "
                                      "Left leg decides, 1.5 cm below.")  # fmt: skip
    either = replace(mean, deciding_leg=None)
    assert "higher" not in rule(either).reason
    assert "which of them is higher cannot be told" in rule(replace(either, probability=0.6)).reason
    alone = replace(mean, cm=1.5, right=None)
    assert rule(alone).reason.endswith("Only the left leg is seen.")
    assert "leg" not in rule(Reading("appearance", 2.0, (1.0, 3.0), 0.9)).reason
