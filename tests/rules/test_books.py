"""Rule books are data: every one names every cause, says what was seen of it, and only what is measured has a say."""

import pytest

from depthperception.errors import OptionError
from depthperception.rules import rule_book, rule_books
from depthperception.ruling.checks import CHECKS


@pytest.mark.parametrize("name", ["ipf", "usapl", "gpf"])
def test_every_book_says_of_every_cause_whether_it_is_checked(name: str) -> None:
    book = rule_book(name)
    assert {one.cause for one in book.causes} == set(CHECKS)
    assert {one.cause for one in book.causes if one.check == "measured"} == {
        "depth", "start_position", "finish_position", "double_bounce", "downward_movement", "not_completed",
        "foot_movement",
    }  # fmt: skip
    assert book.applied.seen == book.seen != ""


def test_cards_are_those_of_the_tables_and_a_book_without_cards_has_none() -> None:
    for name in ("ipf", "usapl"):
        cards = {one.cause: one.card for one in rule_book(name).causes}
        assert (cards["depth"], cards["double_bounce"], cards["foot_movement"]) == ("red", "blue", "yellow")
    assert {one.card for one in rule_book("gpf").causes} == {None}
    assert not rule_book("gpf").cards


def test_a_paragraph_that_nobody_saw_has_no_number() -> None:
    for book in rule_books().values():
        assert all(one.paragraph is None or one.seen for one in book.causes)
    assert rule_book("ipf").of("depth").paragraph == "4.1(3)"


def test_the_default_comes_first_and_an_unknown_book_is_refused() -> None:
    assert next(iter(rule_books())) == "ipf"
    with pytest.raises(OptionError, match="no rule book called 'nba'; expected ipf, gpf, usapl"):
        rule_book("nba")
