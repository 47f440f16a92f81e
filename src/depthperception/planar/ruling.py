"""From the landmarks of one attempt in the picture to its verdict: by the methods that need no more."""

from dataclasses import dataclass

from depthperception.attempts.missed import Missed
from depthperception.depth import PictureEvidence, check_method, measure_all_in_picture
from depthperception.depth.geometric import SIDE
from depthperception.depth.reading import lagging, lowered
from depthperception.results import Reading
from depthperception.ruling.rule import Ruling, rule


@dataclass(frozen=True)
class PlanarRuling:
    """A ruling, and what every method says."""

    ruling: Ruling
    readings: dict[str, Reading]


def ruling_method(asked: str) -> str:
    """Give the method that rules: the one that was asked for where it can, else the side's."""
    return asked if check_method(asked).in_picture else SIDE.name


def rule_in_picture(
    evidence: PictureEvidence,
    asked: str,
    *,
    hindrance: str | None,
    sure: float,
    missed_cm: Missed,
    smeared_cm: float = 0.0,
    limit: str | None,
) -> PlanarRuling:
    """Let every method that can measure one attempt, and rule.

    Parameters
    ----------
    evidence
        What is seen of it.
    asked
        Name of the method that was asked for.
    hindrance, sure, limit
        As `ruling.rule.rule`.
    missed_cm
        How much deeper than any picture the bottom lies.
    smeared_cm
        Error (sd) of pictures that are predicted from damaged ones.
    """
    measured = measure_all_in_picture(evidence)
    readings = {name: lagging(lowered(one, missed_cm), smeared_cm) for name, one in measured.items()}
    return PlanarRuling(rule(readings[ruling_method(asked)], hindrance, sure, limit), readings)
