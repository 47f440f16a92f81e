"""From a probability to a verdict: the more probable side of the line, where it is probable enough."""

from typing import Literal

from depthperception.errors import OptionError
from depthperception.results import Judgement, Reading, Verdict

SURE = 0.65
"""Less sure than this nothing is called: one call in three would be wrong. With an error (sd) of 2.5 cm, the median on
rendered squats, these are depths within 1 cm of the line. Readers of film called a rep clear from .65 on, too."""

ALWAYS_CALLED = 0.5
"""The more probable side is the verdict, however close."""


def checked_sure(sure: float) -> None:
    """Refuse a certainty that no verdict could need.

    Raises
    ------
    OptionError
        When it is not from .5 to less than 1.
    """
    if not ALWAYS_CALLED <= sure < 1.0:
        raise OptionError(
            f"A verdict was to be {sure:g} sure; expected .5 to less than 1: at .5 nothing is too close to call, .65 "
            "is the default. Give a share, .8 for four in five."
        )


def call(probability: float, sure: float) -> Verdict:
    """Rule on a probability of depth: too close where neither side of the line has `sure`."""
    return "too_close" if 1.0 - sure < probability < sure else leaning(probability)


def sure_of(judgement: Judgement) -> float:
    """Give how sure a verdict had to be; judgements that say nothing of it called everything."""
    return float(judgement.provenance.get("sure", ALWAYS_CALLED))


def leans_words(probability: float) -> str:
    """Write "leans to depth" or "leans to no depth"."""
    return f"leans to {leaning(probability).replace('_', ' ')}"


def deciding_words(reading: Reading) -> str:
    """Write which leg decides, and how deep that is where both have a number: "left leg decides, 1.9 cm below".

    Empty where no leg was measured by itself, or either of two may decide.
    """
    leg = reading.deciding_leg
    own = reading.left if leg == "left" else reading.right
    if leg is None or own is None:
        return ""
    if reading.left is None or reading.right is None:
        return f"only the {leg} leg is seen"
    return f"{leg} leg decides, {abs(own.cm):.1f} cm {'below' if own.cm > 0 else 'above'}"


def leaning(probability: float) -> Literal["depth", "no_depth"]:
    """Name the more probable side of the line; on it is not below it (IPF 4.1(3))."""
    return "depth" if probability > 0.5 else "no_depth"
