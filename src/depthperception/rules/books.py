"""The rule books that ship with the package."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from depthperception.decision import AppliedRules, CardColour, Cause
from depthperception.errors import OptionError, quoted

DEFAULT_RULES = "ipf"

How: TypeAlias = Literal["measured", "hint", "not_checked"]


@dataclass(frozen=True)
class RuleCause:
    """What a rule book asks for.

    Attributes
    ----------
    card
        Of who fails it; None in a rule book without cards.
    paragraph, seen
        None where its number is not known; whether the rule's own text was read when the file was written.
    says
        In our words: what is asked for.
    check
        measured: it decides lights. hint: somebody should look. not_checked: no film tells.
    """

    cause: Cause
    says: str
    seen: bool
    check: How
    card: CardColour | None = None
    paragraph: str | None = None


@dataclass(frozen=True)
class RuleBook:
    """A federation's rules of the squat.

    `seen` says what of it was read, and where sources differ; `year` is None where the text has none.
    """

    name: str
    title: str
    seen: str
    cards: bool
    whites_to_pass: int
    causes: tuple[RuleCause, ...]
    year: int | None = None

    @property
    def applied(self) -> AppliedRules:
        """What a result says of it."""
        return AppliedRules(self.name, self.title, self.year, self.seen)

    def of(self, cause: Cause) -> RuleCause:
        """Give what it says of a cause."""
        return next(one for one in self.causes if one.cause == cause)


@cache
def rule_books() -> dict[str, RuleBook]:
    """Give every rule book by its name, the default first."""
    found = [_read(tomllib.loads(file.read_text(encoding="utf-8"))) for file in _files()]
    return {book.name: book for book in sorted(found, key=lambda book: (book.name != DEFAULT_RULES, book.name))}


def rule_book(name: str) -> RuleBook:
    """Give a rule book.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    books = rule_books()
    if name not in books:
        raise OptionError(
            f"There is no rule book called {quoted(name)}; expected {', '.join(books)}. Choose one of these."
        )
    return books[name]


def checked_rules(name: str) -> None:
    """Refuse a rule book that is not there; errors as in `rule_book`."""
    rule_book(name)


def _files() -> list[Any]:
    return [file for file in files("depthperception.rules").iterdir() if file.name.endswith(".toml")]


def _read(content: dict[str, Any]) -> RuleBook:
    causes = tuple(RuleCause(**cause) for cause in content.pop("causes"))
    return RuleBook(**content, causes=causes)
