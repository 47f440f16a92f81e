"""The case sheet: what a member of a jury reads and signs, as one HTML file that prints on two sheets of A4."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

from depthperception.attempts.phases import phases
from depthperception.depth.registry import known_method
from depthperception.packet.said import Said
from depthperception.report.page.words import capture_facts, provenance_facts, short_provenance
from depthperception.report.templating import environment
from depthperception.report.text import (  # fmt: skip
    WORDS,
    cover_words,
    depth_words,
    interval_words,
    leaning_words,
    probability_words,
    signed,
    unfinished_words,
)
from depthperception.results import AttemptJudgement, Judgement
from depthperception.ruling.jury import Tally, tally

MORE = ("lights", "cards", "checks", "timeline")
"""Fields of an attempt that a judgement has where somebody looked at more than depth; shown as they are."""


@dataclass(frozen=True)
class Figure:
    """A picture of the sheet with what it shows."""

    jpeg: bytes
    words: str

    @property
    def address(self) -> str:
        """The picture itself, as the address of an image."""
        return f"data:image/jpeg;base64,{base64.b64encode(self.jpeg).decode('ascii')}"


@dataclass(frozen=True)
class Table:
    """Rows of words under a heading."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Case:
    """Everything that the sheet says.

    Attributes
    ----------
    number
        Of the attempt, from 1, in this video.
    judgement
        With camera and scale of the attempt's shot.
    tables
        What more a judgement holds of the attempt, as lights and cards.
    votes
        What a jury's readings say together; None with fewer than two.
    command
        What makes the packet again; None where the sheet stands alone.
    """

    number: int
    judgement: Judgement
    said: Said
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    votes: Tally | None
    command: str | None

    @property
    def attempt(self) -> AttemptJudgement:
        """What was ruled."""
        return self.judgement.attempts[self.number - 1]


def case_of(
    judgement: Judgement, number: int, said: Said, figures: tuple[Figure, ...], command: str | None = None
) -> Case:
    """Gather what the sheet says of an attempt."""
    attempt = judgement.attempts[number - 1]
    more = judgement.to_dict()["attempts"][number - 1]
    tables = [_timeline(attempt), *(table_of(name.capitalize(), more[name]) for name in MORE if more.get(name))]
    jury = [(one.cm, one.verdict) for one in said.readings if one.jury]
    here = judgement.at(attempt.bottom_s)
    return Case(number, here, said, figures, tuple(tables), tally(jury), command)


def sheet(case: Case) -> str:
    """Write the sheet as HTML that needs nothing else."""
    return _environment().get_template("case.html.jinja").render(case=case)


def _timeline(attempt: AttemptJudgement) -> Table:
    rows = [(one.name, f"{one.start_s:.2f} s", f"{one.end_s:.2f} s") for one in phases(attempt)]
    return Table("Course", ("phase", "from", "to"), tuple(rows))


def table_of(title: str, content: Any) -> Table:
    """Show objects of a judgement that this version has no words of its own for: a row each, a column a field."""
    rows = [{"name": key, **_fields(value)} for key, value in content.items()] if isinstance(content, Mapping) else [
        _fields(one) for one in content
    ]  # fmt: skip
    columns = tuple(dict.fromkeys(name for row in rows for name, value in row.items() if value not in (None, [], {})))
    return Table(
        title,
        tuple(column.replace("_", " ") for column in columns),
        tuple(tuple(_words(row.get(column)) for column in columns) for row in rows),
    )


def _fields(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {"value": value}


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_words(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    return f"{value}".replace("_", " ")


@cache
def _environment() -> Environment:
    return environment(
        "depthperception.packet",
        verdict_words=WORDS,
        cover_words=cover_words,
        depth_words=depth_words,
        interval_words=interval_words,
        leaning_words=leaning_words,
        probability_words=probability_words,
        unfinished_words=unfinished_words,
        signed=signed,
        capture_facts=capture_facts,
        provenance_facts=provenance_facts,
        short_provenance=short_provenance,
        known_method=known_method,
    )
