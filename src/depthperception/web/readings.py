"""Readings by hand: points that a person sets in one frame, measured while he moves them, kept, and withdrawn."""

import json
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from depthperception.depth import manual
from depthperception.proof import Point
from depthperception.report.folder import read_judgement
from depthperception.web.actions import Asked, Px, ShortText, no_attempt
from depthperception.web.answers import refuse
from depthperception.web.folders import FRAMES
from depthperception.web.schemas import LegOut, MeasuredOut, ReadingOut, reading_out
from depthperception.web.state import Finished, Parts, State
from depthperception.web.tables import Judging

router = APIRouter(prefix="/judgings/{judging_id}/attempts/{number}", include_in_schema=False)


class LegsIn(Asked):
    """A point for each leg that was seen."""

    left: tuple[Px, Px] | None = None
    right: tuple[Px, Px] | None = None

    def seen(self) -> dict[str, Point]:
        """Only the legs that have a point."""
        both = {"left": self.left, "right": self.right}
        return {side: point for side, point in both.items() if point is not None}


class PointsIn(Asked):
    """Crease and top of the knee set by hand in one frame."""

    frame: Annotated[int, Field(ge=0, le=10**9)]
    creases_px: LegsIn
    knees_px: LegsIn


class ReadingIn(PointsIn):
    """The same, to be kept."""

    author: ShortText = ""


@router.post("/measure")
def measure(judging: Finished, number: int, parts: Parts, asked: PointsIn) -> MeasuredOut:
    """Say what points come to, without keeping them."""
    return _measured(judging, number, parts, asked)


@router.post("/readings", status_code=201)
def read(judging: Finished, number: int, parts: Parts, asked: ReadingIn) -> ReadingOut:
    """Keep what a person reads off a frame beside the measurement."""
    found = _measured(judging, number, parts, asked)
    times = json.loads((parts.folders.page(judging.id) / FRAMES).read_text(encoding="utf-8"))["times_s"]
    if asked.frame >= len(times):
        refuse(422, f"There is no frame {asked.frame}; expected 0 to {len(times) - 1}. Choose one of these.")
    points = asked.model_dump(include={"frame", "author", "creases_px", "knees_px"})
    said = found.model_dump(include={"cm", "low_cm", "high_cm", "verdict", "legs"})
    row = parts.store.add_reading(judging.id, number, time_s=times[asked.frame], **points, **said)
    return reading_out(row) if row else no_attempt(number)


@router.delete("/readings/{reading_id}", status_code=204)
def withdraw(judging: Finished, number: int, reading_id: int, parts: Parts) -> None:
    """Take a reading back: it is deleted, and no export holds it any more."""
    if not parts.store.delete_reading(judging.id, number, reading_id):
        refuse(
            404, "There is no such reading; expected one of this attempt. It may have been withdrawn: reload the page."
        )


def _measured(judging: Judging, number: int, parts: State, asked: PointsIn) -> MeasuredOut:
    """Measure points; those that the network sees beside them count in the frame in which it looked."""
    lines = manual.Lines(asked.creases_px.seen(), asked.knees_px.seen())
    judgement = read_judgement(parts.folders.results(judging.id))
    if not 1 <= number <= len(judgement.attempts):
        no_attempt(number)
    attempt = judgement.attempts[number - 1]
    here = judgement.at(attempt.bottom_s)
    depth = manual.measure(lines, here, attempt.sighted, at_bottom=asked.frame == attempt.bottom_frame)
    low_cm, high_cm = depth.interval90_cm
    return MeasuredOut(
        cm=depth.cm,
        low_cm=low_cm,
        high_cm=high_cm,
        probability=depth.probability,
        verdict=depth.verdict,
        legs={
            leg: LegOut(cm=one.cm, sd_cm=one.sd_cm, level_px=depth.levels_px[leg][0], crease_px=depth.levels_px[leg][1])
            for leg, one in depth.legs.items()
        },
    )
