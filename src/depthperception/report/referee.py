"""What terminal, pictures, page and tables say of lights, cards and checks, so that all of them say it alike."""

from collections.abc import Mapping
from typing import TypeAlias

from depthperception.decision import Cause, Finding, Lift, LightColour, Position, Stage, unseen
from depthperception.report.text import WORDS
from depthperception.results import AttemptJudgement, Judgement, Verdict

Line: TypeAlias = tuple[tuple[LightColour, ...], str]
"""Discs to be drawn, if any, and the words after them."""

LIGHT_WORDS: Mapping[LightColour, str] = {
    "white": "white", "red": "red", "too_close": "too close", "not_judgeable": "open",
}  # fmt: skip
LIFT_WORDS: Mapping[Lift, str] = {
    "good_lift": "GOOD LIFT", "no_lift": "NO LIFT", "too_close": "TOO CLOSE", "not_judgeable": "OPEN",
}  # fmt: skip
"""open: the film does not show what a referee would have to see."""

AS_VERDICTS: Mapping[LightColour, Verdict] = {
    "white": "depth", "red": "no_depth", "too_close": "too_close", "not_judgeable": "not_judgeable",
}  # fmt: skip
"""Lights are drawn as a verdict's."""

SEATS: Mapping[Position, str] = {"left": "left", "chief": "chief", "right": "right"}

CAUSES: Mapping[Cause, str] = {
    "depth": "depth",
    "start_position": "knees locked at the start",
    "finish_position": "knees locked at the end",
    "double_bounce": "double bounce, second recovery attempt",
    "downward_movement": "downward movement of the bar",
    "not_completed": "lift completed",
    "foot_movement": "feet",
    "motionless": "motionless before and after",
    "signals": "chief referee’s signals",
    "spotter_contact": "spotters’ hands",
    "elbow_contact": "elbows on the thighs",
    "bar_dropped": "bar dropped",
    "bar_position": "bar’s place on the shoulders",
    "dress": "hands and costume",
}
FAULTS: Mapping[Cause, str] = {
    "depth": "depth not reached",
    "start_position": "knees not locked at the start",
    "finish_position": "knees not locked at the end",
    "double_bounce": "double bounce or second recovery attempt",
    "downward_movement": "downward movement of the bar",
    "not_completed": "not stood up",
    "foot_movement": "a foot moved",
}
"""What turns a light red, as a card says it; `CAUSES` names what was looked at."""

FINDINGS: Mapping[Finding, str] = {
    "passed": "no fault",
    "fault": "fault",
    "too_close": "too close",
    "review": "review",
    "not_checked": "not checked",
}
STAGES: Mapping[Stage, str] = {
    "set": "feet set",
    "motionless": "motionless",
    "start": "knees unlock",
    "descent": "descent",
    "bottom": "bottom",
    "ascent": "ascent",
    "upright": "upright",
    "motionless_after": "motionless again",
    "rack": "leaves its place",
}


def lights_words(attempt: AttemptJudgement) -> str:
    """Name every light and what comes of them: "left white, chief white, right red: GOOD LIFT"; empty without them."""
    if not attempt.lights or attempt.lift is None:
        return ""
    lights = ", ".join(f"{SEATS[one.position]} {LIGHT_WORDS[one.light]}" for one in attempt.lights)
    return f"{lights}: {LIFT_WORDS[attempt.lift]}"


def cards_words(attempt: AttemptJudgement) -> tuple[str, ...]:
    """Say each card: "blue card at 3.00 s: The bar moves down ..."."""
    return tuple(
        f"{f'{card.colour} card' if card.colour else 'red light'} at {card.time_s:.2f} s: {card.says}"
        for card in attempt.cards
    )


def review_words(attempt: AttemptJudgement) -> tuple[str, ...]:
    """Say what somebody should look at."""
    return tuple(check.says for check in attempt.checks if check.finding == "review")


def open_words(attempt: AttemptJudgement) -> str:
    """Say why lights stay open, beside the verdict and its reason; empty where none is, or the reason says it."""
    if all(one.light != "not_judgeable" for one in attempt.lights):
        return ""
    return " ".join(words for words in unseen(attempt.checks) if words != attempt.reason)


def open_line(attempt: AttemptJudgement) -> str:
    """Say it in a line of its own: "Lights open: The film ends before the lockout."; empty where there is nothing."""
    return f"Lights open: {words}" if (words := open_words(attempt)) else ""


def red_line(attempt: AttemptJudgement) -> str:
    """Say in a line why lights are red, where it is not the depth alone: "Lights red: not stood up."; else empty."""
    causes = [card.cause for card in attempt.cards]
    return f"Lights red: {', '.join(FAULTS[cause] for cause in causes)}." if set(causes) - {"depth"} else ""


def not_checked_words(attempt: AttemptJudgement) -> str:
    """Name what was not checked; empty where all was, or nothing was asked."""
    names = [CAUSES[check.cause] for check in attempt.checks if check.finding == "not_checked"]
    return f"not checked: {', '.join(names)}" if names else ""


def rules_words(judgement: Judgement) -> str:
    """Name the rule book; empty in results of earlier versions."""
    rules = judgement.rules
    if rules is None:
        return ""
    return f"{rules.title}, {rules.year}" if rules.year else f"{rules.title}, year not known"


def referee_lines(attempt: AttemptJudgement) -> list[Line]:
    """Give what the terminal says under an attempt: its lights, cards, what to look at, what was not checked."""
    if not attempt.lights:
        return []
    discs = tuple(one.light for one in attempt.lights)
    said = [open_line(attempt), *cards_words(attempt), *(f"review: {words}" for words in review_words(attempt))]
    lines = filter(None, [*said, not_checked_words(attempt)])
    return [(discs, lights_words(attempt)), *(((), words) for words in lines)]


def rules_lines(judgement: Judgement) -> list[str]:
    """Say by which rules, and what it is for."""
    rules = rules_words(judgement)
    return [f"rules: {rules}", judgement.notice] if rules and judgement.attempts else []


def lift_words(attempt: AttemptJudgement) -> str:
    """Say what comes of the lights, or the verdict where there are none."""
    return LIFT_WORDS[attempt.lift] if attempt.lift else WORDS[attempt.verdict]
