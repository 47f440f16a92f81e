"""Which attempts somebody looks for, as conditions of the database."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func

from depthperception.web.reading_store import folded
from depthperception.web.tables import Attempt, Judging

SORTS = {
    "created": Judging.created,
    "name": Judging.name,
    "cm": Attempt.cm,
    "lifter": Attempt.lifter,
    "weight_kg": Attempt.weight_kg,
    "date": Attempt.date,
}
"""What attempts can be sorted by; with a minus before it the largest comes first."""

NEWEST = "-created"

DAY = func.coalesce(Attempt.date, func.substr(Judging.created, 1, 10))
"""Of an attempt, as it is said, or else on which it was judged (UTC)."""


@dataclass(frozen=True)
class Wanted:
    """Which attempts are looked for, and in what order.

    Attributes
    ----------
    query
        Stands in file name, lifter or notes.
    verdict, lifter, exercise, session
        Exactly these; empty for any.
    since, until
        First and last day as "2026-03-07", by the attempt's date or else the day on which it was judged; empty for any.
    judging
        Of one of these judgings; none for any.
    lifters_only
        Without those of which somebody said that it was not the lifter who was ruled on.
    sort
        A key of `SORTS`, a minus before it for the largest first; rows without a value come last.
    """

    query: str = ""
    verdict: str = ""
    lifter: str = ""
    exercise: str = ""
    session: str = ""
    since: str = ""
    until: str = ""
    judging: tuple[str, ...] = ()
    lifters_only: bool = False
    sort: str = NEWEST

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Give what holds of each attempt, of attempts with their judgings."""
        yield Attempt.sought.contains(folded(self.query), autoescape=True)
        for name in ("verdict", "lifter", "exercise", "session"):
            if value := getattr(self, name):
                yield getattr(Attempt, name) == value
        if self.since:
            yield self.since <= DAY
        if self.until:
            yield self.until >= DAY
        if self.judging:
            yield Judging.id.in_(self.judging)
        if self.lifters_only:
            yield Attempt.not_lifter.is_(False)
