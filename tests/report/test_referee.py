"""Lights, cards and checks in words and pictures: named for the colour-blind, beside the picture, not too early."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from depthperception.report.bottom import draw_bottom
from depthperception.report.light_strip import Sign, draw_strip, lit_from_s, sign_at, strip_height
from depthperception.report.referee import (
    cards_words,
    lights_words,
    not_checked_words,
    open_words,
    red_line,
    referee_lines,
    rules_lines,
)
from depthperception.report.share import draw_share
from depthperception.results import AttemptJudgement
from depthperception.rules import rule_book
from tests.support.refereed import bar, judged, looks, ruled
from tests.support.report_examples import attempt, judgement, track


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


def unfinished() -> AttemptJudgement:
    """Rule on an attempt of which the film does not show the lockout."""
    return ruled(judged(stood_up=False, cut_short=True, end_s=2.6), looks(ends_deg=60.0))


def test_open_lights_say_why_beside_the_verdict_and_its_reason() -> None:
    ends, hidden = unfinished(), ruled(judged(None))
    assert lights_words(ends).endswith("right open: OPEN")
    assert open_words(ends) == "The film ends before the lockout."
    assert ((), "Lights open: The film ends before the lockout.") in referee_lines(ends)
    assert (lights_words(hidden).endswith("OPEN"), open_words(hidden)) == (True, ""), "its reason stands there"
    assert open_words(ruled(judged())) == open_words(attempt(2.0)) == ""


def test_pictures_say_why_lights_are_red_where_it_is_not_the_depth() -> None:
    failed = ruled(judged(stood_up=False, end_s=2.6), looks(ends_deg=60.0))
    assert red_line(failed) == "Lights red: not stood up."
    assert red_line(ruled(judged(-3.0))) == red_line(ruled(judged())) == "", "the verdict says it, or they are white"
    wall = np.full((1200, 800, 3), 128, np.uint8)
    for draw in (draw_bottom, draw_share):
        said, unsaid = (draw(wall, track([2.3]), judgement(one), 0) for one in (failed, replace(failed, cards=())))
        assert said.shape != unsaid.shape or (said != unsaid).any(), draw.__name__


def test_pictures_and_the_film_say_why_lights_are_open() -> None:
    ends, hidden = unfinished(), ruled(judged(None))
    without = replace(ends, checks=())
    wall = np.full((1200, 800, 3), 128, np.uint8)
    for draw in (draw_bottom, draw_share):
        said, unsaid = (draw(wall, track([2.3]), judgement(one), 0) for one in (ends, without))
        assert said.shape != unsaid.shape or (said != unsaid).any(), draw.__name__
    signs = [sign_at(judgement(one), one.end_s + 0.4) for one in (ends, hidden, without)]
    assert [sign.why_open for sign in signs] == ["The film ends before the lockout.", "Plates hide the hips.", ""]
    for width, letters in ((360, 12), (480, 16), (720, 24), (1280, 24)):
        height = strip_height(judgement(ends), letters)
        told, untold = (draw_strip(sign, width, height, letters) for sign in (signs[0], signs[2]))
        assert (told != untold).any()
        assert (told[:, -2:] == untold[:, -2:]).all(), "no word is cut off by the edge"
