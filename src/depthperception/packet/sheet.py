"""The case sheet: what a member of a jury reads and signs, as one HTML file that prints on two sheets of A4."""

import base64
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from depthperception.attempts.phases import phases
from depthperception.decision import Check
from depthperception.depth.registry import known_method
from depthperception.packet.said import Said
from depthperception.report.page.words import capture_facts, provenance_facts, short_provenance
from depthperception.report.referee import (
    AS_VERDICTS,
    CAUSES,
    FAULTS,
    FINDINGS,
    LIGHT_WORDS,
    SEATS,
    STAGES,
    cards_words,
    lights_words,
    not_checked_words,
    open_line,
    review_words,
    rules_words,
)
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
        Lights, causes and the course.
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
    jury = [(one.cm, one.verdict) for one in said.readings if one.jury]
    here = judgement.at(attempt.bottom_s)
    return Case(number, here, said, figures, tables_of(attempt), tally(jury), command)


def sheet(case: Case) -> str:
    """Write the sheet as HTML that needs nothing else."""
    return _environment().get_template("case.html.jinja").render(case=case)


def tables_of(attempt: AttemptJudgement) -> tuple[Table, ...]:
    """Say what a referee's part of an attempt holds; judgements of earlier versions have its phases only."""
    lights = [
        (SEATS[one.position], LIGHT_WORDS[one.light], ", ".join(FAULTS[cause] for cause in one.causes), one.says)
        for one in attempt.lights
    ]
    checks = [(CAUSES[one.cause], FINDINGS[one.finding], one.says, _limit_words(one)) for one in attempt.checks]
    course = [(STAGES[one.stage], one.start_s, one.end_s, one.measured) for one in attempt.timeline]
    course = course or [(one.name, one.start_s, one.end_s, "") for one in phases(attempt)]
    timed = [(name, f"{start_s:.2f} s", f"{end_s:.2f} s", said) for name, start_s, end_s, said in course]
    tables = (
        Table("Each light", ("referee", "light", "for", "what it stands on"), tuple(lights)),
        Table("Every cause", ("cause", "found", "what was measured", "a fault from"), tuple(checks)),
        Table("The course", ("", "from", "to", "measured by"), tuple(timed)),
    )
    return tuple(table for table in tables if table.rows)


def _limit_words(check: Check) -> str:
    return f"{check.limit:.1f} {check.unit}" if check.limit is not None and check.noise is not None else ""


@cache
def _environment() -> Environment:
    return environment(
        "depthperception.packet",
        verdict_words=WORDS,
        lights_words=lights_words,
        as_verdicts=AS_VERDICTS,
        cards_words=cards_words,
        open_line=open_line,
        review_words=review_words,
        not_checked_words=not_checked_words,
        rules_words=rules_words,
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
