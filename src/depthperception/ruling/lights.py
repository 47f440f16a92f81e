"""Lights and cards: what three referees would show, as far as one camera can stand in for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtr

from depthperception.decision import NEEDED, Card, Cause, Check, Finding, Lift, LightColour, Position, RefereeLight
from depthperception.depth.calling import call
from depthperception.results import AttemptJudgement, Camera, Reading, SideDepth
from depthperception.rules import RuleBook

SEATS_DEG: dict[Position, float] = {"left": 90.0, "chief": 0.0, "right": 270.0}
"""In position order, and from where each looks: azimuths as a camera's."""

IN_THE_SEAT_DEG = 45.0
"""A camera within this of a referee's seat sees about what he sees."""

FINDINGS: dict[str, Finding] = {
    "depth": "passed", "no_depth": "fault", "too_close": "too_close", "not_judgeable": "not_checked",
}  # fmt: skip
"""What a verdict says of the cause "depth"."""


@dataclass(frozen=True)
class Decided:
    """Three lights, shown together once all are decided, and what comes of them."""

    lights: tuple[RefereeLight, ...]
    causes: tuple[Cause, ...]
    lift: Lift


def decide(
    judged: AttemptJudgement, checks: Sequence[Check], book: RuleBook, camera: Camera | None, sure: float
) -> Decided:
    """Decide every referee's light.

    A referee at the lifter's side rules on the leg that he sees, where that leg was measured by itself and is surely on
    one side of the line; everything else, and a leg that is not sure, is ruled as for all three, as the verdict is: on
    both legs, or on the only one that is seen. What is only hinted at or was not checked turns no light red.

    Parameters
    ----------
    judged
        The attempt with its depth.
    checks
        What was found of each cause.
    book
        Whose rules.
    camera
        Where it stands; None where that is not known.
    sure
        How probable a side of the line has to be to be called.
    """
    lights = tuple(_light(judged, checks, book, position, camera, sure) for position in SEATS_DEG)
    shown = [one.light for one in lights]
    passes, fails = (shown.count(colour) for colour in ("white", "red"))
    needed = book.whites_to_pass
    lift: Lift = "too_close" if "too_close" in shown else "not_judgeable"
    if passes >= needed:
        lift = "good_lift"
    elif fails > len(lights) - needed:
        lift = "no_lift"
    return Decided(lights, tuple(dict.fromkeys(cause for one in lights for cause in one.causes)), lift)


def cards_of(decided: Decided, checks: Sequence[Check], book: RuleBook, frame_at: dict[float, int]) -> tuple[Card, ...]:
    """Give a card for each cause of a red light: the first that fails an attempt in the book's order first.

    Parameters
    ----------
    frame_at
        The frame of each check's time.
    """
    found = {check.cause: check for check in checks}
    cards = []
    for cause in (one.cause for one in book.causes if one.cause in decided.causes):
        check, asked = found[cause], book.of(cause)
        time_s = check.time_s or 0.0
        cards.append(Card(asked.card, cause, check.says, time_s, frame_at[time_s], asked.paragraph))
    return tuple(cards)


def _light(
    judged: AttemptJudgement,
    checks: Sequence[Check],
    book: RuleBook,
    position: Position,
    camera: Camera | None,
    sure: float,
) -> RefereeLight:
    own_leg = {"left": judged.depth.left, "right": judged.depth.right}.get(position)
    own = _leg_finding(own_leg, sure) if judged.verdict != "not_judgeable" else None
    measured = [one for one in checks if book.of(one.cause).check == "measured"]
    findings = {one.cause: own if one.cause == "depth" and own else one.finding for one in measured}
    causes = tuple(cause for cause, finding in findings.items() if finding == "fault")
    light: LightColour = "white"
    if causes:
        light = "red"
    elif any(findings[cause] == "not_checked" for cause in NEEDED):
        light = "not_judgeable"
    elif "too_close" in findings.values():
        light = "too_close"
    leg = f"the lifter's {position} leg by itself" if own is not None else _legs_words(judged.depth)
    return RefereeLight(position, light, causes, _says(position, camera, leg))


def _legs_words(depth: Reading) -> str:
    alone = None if depth.left and depth.right else depth.deciding_leg
    if alone is None:
        return "both legs together"
    other = "left" if alone == "right" else "right"
    return f"the lifter's {alone} leg, as if the {other} one, which is not seen, were as deep"


def _leg_finding(leg: SideDepth | None, sure: float) -> Finding | None:
    """Say what a leg that was measured by itself shows; None where it is not sure."""
    if leg is None:
        return None
    found = FINDINGS[call(float(ndtr(leg.cm / leg.sd_cm)), sure)]
    return None if found == "too_close" else found


def _says(position: Position, camera: Camera | None, leg: str) -> str:
    """Say how far the camera can stand in for a referee."""
    if camera is None:
        return f"By {leg}; where the camera stands is not known."
    away = abs((camera.azimuth_deg - SEATS_DEG[position] + 180.0) % 360.0 - 180.0)
    degrees = f"{away:.0f} degree{'s' * (round(away) != 1)}"
    if away <= IN_THE_SEAT_DEG:
        return f"By {leg}, seen about as from that seat: the camera is {degrees} from it."
    return f"By {leg}; the camera is {degrees} from that seat and sees less of what a referee there would."
