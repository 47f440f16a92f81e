"""What referees would decide of one attempt, as a judgement says it: its timeline, checks, cards and lights.

All of it is for training, a second opinion and appeals: `NOTICE` stands in every result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

NOTICE: Final = (
    "For training, a second opinion and appeals; not a replacement of referees. No rule book lets video decide, and "
    "one camera stands in for three referees only as far as it sees what they would."
)

Cause: TypeAlias = Literal[
    "depth",
    "start_position",
    "finish_position",
    "double_bounce",
    "downward_movement",
    "not_completed",
    "foot_movement",
    "motionless",
    "signals",
    "spotter_contact",
    "elbow_contact",
    "bar_dropped",
    "bar_position",
    "dress",
]
"""What a rule book lets fail a squat; `motionless` is what the chief referee waits for before his signals."""

Finding: TypeAlias = Literal["passed", "fault", "too_close", "review", "not_checked"]
"""review: somebody should look. passed: nothing was seen from the size on that the check says."""

CardColour: TypeAlias = Literal["red", "blue", "yellow"]
LightColour: TypeAlias = Literal["white", "red", "too_close", "not_judgeable"]
Position: TypeAlias = Literal["left", "chief", "right"]
"""Where a referee sits: at the lifter's own left, in front of him, at his right."""

Lift: TypeAlias = Literal["good_lift", "no_lift", "too_close", "not_judgeable"]

Stage: TypeAlias = Literal[
    "set", "motionless", "start", "descent", "bottom", "ascent", "upright", "motionless_after", "rack"
]


@dataclass(frozen=True)
class TimelineEvent:
    """A stretch or a moment of an attempt.

    Attributes
    ----------
    start_s, end_s
        The same for a moment.
    confidence
        0 to 1: how surely the lifter was seen then; None where nobody looked.
    measured
        What it rests on, in words.
    """

    stage: Stage
    start_s: float
    end_s: float
    confidence: float | None
    measured: str


@dataclass(frozen=True)
class Check:
    """One cause, and what was found.

    Attributes
    ----------
    says
        One sentence.
    value, unit
        What was measured, where it is a number.
    noise
        Its error (sd) in an attempt without the fault.
    limit
        From which value on it is a fault.
    time_s
        When the fault is, or what should be looked at.
    """

    cause: Cause
    finding: Finding
    says: str
    value: float | None = None
    unit: Literal["cm", "deg", "s", "m/s"] | None = None
    noise: float | None = None
    limit: float | None = None
    time_s: float | None = None


NEEDED: tuple[Cause, ...] = ("depth", "not_completed")
"""A light that is not red stays open where one of these was not checked."""


def unseen(checks: Sequence[Check]) -> tuple[str, ...]:
    """Say why lights stay open, in sentences."""
    return tuple(one.says for one in checks if one.cause in NEEDED and one.finding == "not_checked")


@dataclass(frozen=True)
class Card:
    """Why a light is red.

    `colour` is None where the rule book has no cards; `frame` is the one that shows it.
    """

    colour: CardColour | None
    cause: Cause
    says: str
    time_s: float
    frame: int
    paragraph: str | None = None


@dataclass(frozen=True)
class RefereeLight:
    """One referee's light, as far as the camera can stand in for him."""

    position: Position
    light: LightColour
    causes: tuple[Cause, ...]
    says: str


@dataclass(frozen=True)
class AppliedRules:
    """The rule book that was asked for: its causes and how they are looked at stand in the checks."""

    name: str
    title: str
    year: int | None
    seen: str
