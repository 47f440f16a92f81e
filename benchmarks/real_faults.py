"""Small inputs that were judged wrongly (../shared/faults), each with what is expected of it: data, not code paths."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = Mapping[str, Any]
Check = Callable[[Record], str]
"""Looks at what is kept of a judged clip; says what is wrong, nothing where it is as expected."""

CALLED = ("depth", "no_depth")


@dataclass(frozen=True)
class Fault:
    """An input, how it is judged, what is expected in words and as checks."""

    film: str
    expected: str
    checks: tuple[Check, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    def wrong(self, record: Record) -> list[str]:
        """Everything that is not as expected."""
        return [words for check in self.checks if (words := check(record))]


def attempts_at(*times_s: float, within_s: float = 0.25) -> Check:
    """Attempts with their bottoms there, and no others."""

    def check(record: Record) -> str:
        bottoms = [one["bottom_s"] for one in record["judgement"]["attempts"]]
        near = len(bottoms) == len(times_s) and all(
            abs(bottom - time_s) <= within_s for bottom, time_s in zip(bottoms, times_s, strict=True)
        )
        said = ", ".join(f"{bottom:.2f}" for bottom in bottoms) or "none"
        return "" if near else f"bottoms at {said} s, expected {', '.join(f'{time_s:.2f}' for time_s in times_s)}"

    return check


def ruled(verdict: str, at_s: float, within_s: float = 0.35) -> Check:
    """The attempt nearest to a time has this verdict, or is too close to call and leans to its side."""

    def check(record: Record) -> str:
        near = [one for one in record["judgement"]["attempts"] if abs(one["bottom_s"] - at_s) <= within_s]
        if not near:
            return f"no attempt at {at_s:.2f} s to rule on"
        one = min(near, key=lambda attempt: abs(attempt["bottom_s"] - at_s))
        leans = one["verdict"] == "too_close" and (one["depth"]["probability"] > 0.5) == (verdict == "depth")
        return "" if one["verdict"] == verdict or leans else f"{one['verdict']} ({sure(one)})"

    return check


def refused_or_none(words: str = "") -> Check:
    """No attempt is ruled on, and where words (a pattern) are given the reason has them."""

    def check(record: Record) -> str:
        attempts = record["judgement"]["attempts"]
        for one in attempts:
            if one["verdict"] != "not_judgeable":
                return f"{one['verdict']} at {one['bottom_s']:.2f} s ({sure(one)})"
        said = " ".join([one["reason"] for one in attempts] or [record["judgement"]["reason"] or ""])
        return "" if re.search(words, said, re.IGNORECASE) else f"the reason is another: {said}"

    return check


def says(words: str) -> Check:
    """A note, a reason or a piece of advice has these words (a pattern)."""

    def check(record: Record) -> str:
        return "" if re.search(words, spoken(record), re.IGNORECASE) else "nothing is said of it"

    return check


def either(one: Check, other: Check) -> Check:
    """One of two is as expected."""

    def check(record: Record) -> str:
        first, second = one(record), other(record)
        return f"{first}; {second}" if first and second else ""

    return check


def bar_speeds(*mean_m_s: float, within: float = 0.15) -> Check:
    """Mean speeds of the bar up, as a share."""

    def check(record: Record) -> str:
        ascents = [(one["bar"] or {}).get("ascent") for one in record["judgement"]["attempts"]]
        speeds = [one["mean_m_s"] if one else None for one in ascents]
        right = len(speeds) == len(mean_m_s) and all(
            speed is not None and abs(speed / true - 1.0) <= within
            for speed, true in zip(speeds, mean_m_s, strict=True)
        )
        return "" if right else f"bar at {', '.join('?' if s is None else f'{s:.2f}' for s in speeds) or 'no'} m/s"

    return check


def plates_found(least: int) -> Check:
    """Plates that were followed through the attempts."""

    def check(record: Record) -> str:
        most = max((len(plates) for plates in record["plates"]), default=0)
        return "" if most >= least else f"{most} plates found, expected {least}"

    return check


def spoken(record: Record) -> str:
    """Everything that is said in words."""
    said: Record = record["judgement"]
    advice: Sequence[str] = said["camera"]["advice"] if said["camera"] else ()
    return " ".join([said["reason"] or "", *said["notes"], *advice, *(one["reason"] for one in said["attempts"])])


def sure(attempt: Record) -> str:
    """Centimetres and certainty of a verdict."""
    depth = attempt["depth"]
    if depth["cm"] is None or depth["probability"] is None:
        return str(attempt["reason"])
    certain = 100.0 * max(depth["probability"], 1.0 - depth["probability"])
    return f"{depth['cm']:+.1f} cm, " + ("over 99 %" if certain > 99.0 else f"{certain:.0f} %")


KNOWN = {"height_cm": 178.0}

FAULTS = (
    Fault(
        "meet_blurred.mp4",
        "one attempt, deep, bottom at about 10.6 s; two plates face the camera",
        (attempts_at(10.6, within_s=0.35), ruled("depth", 10.6), plates_found(1)),
    ),
    Fault(
        "meet_blurred.mp4",
        "the same by a point on the lifter's chest while he stands",
        (attempts_at(10.6, within_s=0.35), ruled("depth", 10.6)),
        {"pick": (240.0, 395.0, 8.5)},
    ),
    Fault("ghost_unrack_full.mp4", "one attempt, bottom at 13.2 s", (attempts_at(13.2),)),
    Fault(
        "cut_before_bottom_170_two_reps.mp4",
        "not judgeable, because the video ends before the bottom",
        (refused_or_none(r"\bends?\b|cut off|last frame"),),
        KNOWN,
    ),
    Fault(
        "follow110_two_reps.mp4",
        "depth (+4.0 cm) at 2.00 s",
        (attempts_at(2.0, within_s=0.1), ruled("depth", 2.0)),
        KNOWN,
    ),
    Fault("only_ascents_two_reps.mp4", "no attempt, or refused for want of a descent", (refused_or_none(),), KNOWN),
    Fault(
        "slowmo4_two_reps.mp4",
        "bar at .78 and .68 m/s, or a word that it is slow motion",
        (either(bar_speeds(0.78, 0.68), says("slow")),),
        KNOWN,
    ),
    Fault(
        "sideways_side_high.mp4",
        "said to lie on its side, or turned and judged: no depth",
        (either(says(r"on its side|sideways|turned"), ruled("no_depth", 0.0, within_s=99.0)),),
        KNOWN,
    ),
)
