"""The phases of an attempt: descent, bottom, ascent, and lockout or sinking back."""

from collections.abc import Sequence
from dataclasses import dataclass

from depthperception.results import AttemptJudgement

BOTTOM_S = 0.15
"""Half the time that is called the bottom: at 5 m/s2 the hips are then within 6 cm of their lowest point."""

LOCKOUT_S = 1.0
"""How long the finished lift is called lockout: about what a referee waits before "Rack"; one that fails sinks back."""


@dataclass(frozen=True)
class Phase:
    """A stretch of one attempt, in s of presentation time."""

    name: str
    start_s: float
    end_s: float


def phases(attempt: AttemptJudgement) -> tuple[Phase, ...]:
    """Cut an attempt into descent, bottom, ascent, and what follows it, unless the video ends first."""
    start, bottom, end = attempt.start_s, attempt.bottom_s, attempt.end_s
    low, high = max(bottom - BOTTOM_S, (start + bottom) / 2), min(bottom + BOTTOM_S, (bottom + end) / 2)
    last = ("lockout",) if attempt.stood_up else () if attempt.cut_short else ("sinks back",)
    bounds = (start, low, high, end, end + LOCKOUT_S)
    names = ("descent", "bottom", "ascent", *last)
    return tuple(Phase(name, bounds[i], bounds[i + 1]) for i, name in enumerate(names))


def attempt_at(attempts: Sequence[AttemptJudgement], time_s: float) -> int | None:
    """Give the index of the last attempt that has begun; None before the first."""
    begun = [index for index, attempt in enumerate(attempts) if attempt.start_s <= time_s]
    return begun[-1] if begun else None


def phase_at(attempts: Sequence[AttemptJudgement], time_s: float) -> str:
    """Name the phase at a time; outside of every attempt it is "standing", or "not stood up" after one that failed."""
    index = attempt_at(attempts, time_s)
    if index is None:
        return "standing"
    after = "standing" if attempts[index].stood_up else "not stood up"
    return next((p.name for p in phases(attempts[index]) if p.start_s <= time_s < p.end_s), after)
