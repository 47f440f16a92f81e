"""Lights, cards and checks in words and pictures: named for the colour-blind, beside the picture, not too early."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from depthperception.report.light_strip import Sign, draw_strip, lit_from_s, sign_at, strip_height
from depthperception.report.referee import cards_words, lights_words, not_checked_words, referee_lines, rules_lines
from depthperception.rules import rule_book
from tests.support.refereed import bar, judged, ruled
from tests.support.report_examples import attempt, judgement


def test_lights_are_named_in_position_order_and_cards_have_time_and_cause() -> None:
    found = ruled(judged(bar=bar((30.0, 5.0))))
    assert lights_words(found) == "left red, chief red, right red: NO LIFT"
    assert cards_words(found)[0].startswith("blue card at 2.6")
    discs, words = referee_lines(found)[0]
    assert (discs, words) == (("red",) * 3, lights_words(found))
    assert not_checked_words(found).startswith("not checked: chief referee")
    assert referee_lines(attempt(2.0)) == []


def test_the_rule_book_and_what_all_is_for_stand_under_the_attempts() -> None:
    found = replace(judgement(ruled(judged())), rules=rule_book("ipf").applied)
    rules, notice = rules_lines(found)
    assert rules == "rules: International Powerlifting Federation, Technical Rules, 2026"
    assert notice.startswith("For training, a second opinion and appeals; not a replacement of referees.")
    assert rules_lines(judgement()) == []


def test_lights_go_on_together_when_the_attempt_is_over_and_out_when_the_next_begins() -> None:
    first = ruled(judged())
    second = replace(first, start_s=6.0, bottom_s=7.0, end_s=8.0)
    film = judgement(first, second)
    film = replace(film, video=replace(film.video, duration_s=9.0))
    assert sign_at(film, first.end_s) == Sign()
    assert sign_at(film, first.end_s + 0.4).lights == ("depth",) * 3
    assert sign_at(film, 6.5) == Sign()
    assert sign_at(film, 8.4).headline == "GOOD LIFT"
    assert lit_from_s(first, 3.4) == 3.4 - 0.3  # the film ends: earlier, but not before the bottom
    assert lit_from_s(first, 2.4) == first.bottom_s


def test_the_margin_is_under_the_picture_and_tells_lights_apart_without_colour() -> None:
    assert strip_height(judgement(attempt(2.0)), 24) == 0
    height = strip_height(judgement(ruled(judged())), 24)
    assert height > 60
    signs = [Sign((verdict,) * 3, ("x",) * 3, "y") for verdict in ("depth", "no_depth", "too_close", "not_judgeable")]
    grey = [draw_strip(sign, 480, height, 24).mean(axis=2) for sign in (*signs, Sign())]
    for one, other in pairwise(grey):
        assert np.abs(one - other).max() > 60
