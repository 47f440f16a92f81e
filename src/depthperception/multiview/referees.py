"""Each camera as a referee: its own ruling is a light, as if a referee sat where it stands.

Nothing of the other views goes into a camera's light, as referees decide by themselves; the depth of all views together
stands beside the lights. A seat where no camera stands has no light: it is said to be empty, and not made up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from depthperception.decision import Cause, Lift, LightColour, Position, unseen
from depthperception.results import AttemptJudgement, Camera, Judgement, Verdict
from depthperception.ruling.lights import SEATS_DEG

FURTHER: Mapping[Position, float] = {"left": 1.0, "chief": 2.0, "right": 1.0}
"""Factors on degrees from a seat: from 30 degrees beside the front on a camera sees one leg before the other, as who
sits at that side, and not both alike, as the chief referee."""

LIGHTS: Mapping[Verdict, LightColour] = {
    "depth": "white", "no_depth": "red", "too_close": "too_close", "not_judgeable": "not_judgeable",
}  # fmt: skip
"""Where a view has a verdict and no lights, as from landmarks alone."""


@dataclass(frozen=True)
class CameraLight:
    """The light of a referee's seat.

    Attributes
    ----------
    position
        The seat.
    view
        Which of the videos, from 0, stands in for who sits there; None where no camera does.
    light
        What that camera says by itself; None where there is no camera.
    causes
        Why it is red.
    says
        How far the camera is from the seat, or that there is none.
    """

    position: Position
    view: int | None
    light: LightColour | None
    causes: tuple[Cause, ...]
    says: str


def seats_of(cameras: Mapping[int, Camera | None]) -> dict[Position, int]:
    """Give each seat the camera that stands best for it: all together as near to their seats as can be.

    Parameters
    ----------
    cameras
        Of the views that are used, by their numbers; None where it is not known where one stands. With more than three
        those furthest from any seat have none.
    """
    known = [number for number, camera in cameras.items() if camera is not None]
    unknown = [number for number, camera in cameras.items() if camera is None]
    count = min(len(known), len(SEATS_DEG))

    def away_deg(pairs: Iterable[tuple[Position, int]]) -> float:
        return sum(FURTHER[position] * _away_deg(cameras[number], position) for position, number in pairs)

    ways = (
        list(zip(seats, chosen, strict=True))
        for chosen in combinations(known, count)
        for seats in permutations(SEATS_DEG, count)
    )
    taken = dict(min(ways, key=away_deg, default=[]))
    free = [position for position in SEATS_DEG if position not in taken]
    return {**taken, **dict(zip(free, unknown, strict=False))}


def lights_of(
    judgements: Mapping[int, Judgement], attempts: Mapping[int, AttemptJudgement], whites_to_pass: int
) -> tuple[tuple[CameraLight, ...], Lift]:
    """Give the three lights of an attempt, in position order, and what comes of them.

    Parameters
    ----------
    judgements
        Of the views that are used, by their numbers.
    attempts
        Of those that show the attempt.
    whites_to_pass
        As the rule book has it.
    """
    seats = seats_of({number: one.camera for number, one in judgements.items()})
    lights = tuple(_light(position, seats.get(position), judgements, attempts) for position in SEATS_DEG)
    shown = [one.light for one in lights]
    if shown.count("white") >= whites_to_pass:
        return lights, "good_lift"
    if shown.count("red") > len(lights) - whites_to_pass:
        return lights, "no_lift"
    return lights, "too_close" if "too_close" in shown else "not_judgeable"


def _light(
    position: Position,
    number: int | None,
    judgements: Mapping[int, Judgement],
    attempts: Mapping[int, AttemptJudgement],
) -> CameraLight:
    if number is None:
        return CameraLight(position, None, None, (), "No camera stands for this referee: the light is missing.")
    one, camera = attempts.get(number), judgements[number].camera
    if one is None:
        return CameraLight(position, number, "not_judgeable", (), "This camera does not show the attempt.")
    where = "where it stands is not known"
    if camera is not None:
        where = f"it stands {_away_deg(camera, position):.0f} degrees from this seat"
    own = next((light for light in one.lights if light.position == position), None)
    light, causes = (own.light, own.causes) if own else (LIGHTS[one.verdict], ())
    why = f" Open: {' '.join(unseen(one.checks))}" if light == "not_judgeable" and unseen(one.checks) else ""
    return CameraLight(position, number, light, causes, f"By this camera alone; {where}.{why}")


def _away_deg(camera: Camera | None, position: Position) -> float:
    """How far a camera is from a seat, seen from the lifter."""
    azimuth_deg = np.nan if camera is None else camera.azimuth_deg
    return float(abs((azimuth_deg - SEATS_DEG[position] + 180.0) % 360.0 - 180.0))
