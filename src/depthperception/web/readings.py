"""Readings by hand: points that a person sets in one frame, measured while he moves them, kept, and withdrawn."""

import json
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header
from pydantic import Field

from depthperception.depth import manual
from depthperception.proof import Point
from depthperception.report.folder import read_judgement
from depthperception.web.actions import Asked, Px, ShortText, no_attempt
from depthperception.web.answers import refuse
from depthperception.web.folders import FRAMES
from depthperception.web.locks import locked, opens
from depthperception.web.schemas import LegOut, MeasuredOut, ReadingOut, reading_out
from depthperception.web.state import OF_ONE_VIDEO, Finished, Number, Parts, State
from depthperception.web.tables import Judging

WORD_LETTERS_SENT = 2400
"""A word of 200 letters, percent-encoded."""

router = APIRouter(
    prefix="/judgings/{judging_id}/attempts/{number}", include_in_schema=False, dependencies=[OF_ONE_VIDEO]
)


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
    """The same, to be kept; whoever knows `word` may withdraw it, and anybody where none is given."""

    author: ShortText = ""
    word: Annotated[str, Field(max_length=200)] = ""


@router.post("/measure")
def measure(judging: Finished, number: Number, parts: Parts, asked: PointsIn) -> MeasuredOut:
    """Say what points come to, without keeping them."""
    return _measured(judging, number, parts, asked)


@router.post("/readings", status_code=201)
def read(judging: Finished, number: Number, parts: Parts, asked: ReadingIn) -> ReadingOut:
    """Keep what a person reads off a frame beside the measurement."""
    row = parts.store.readings.add(judging.id, number, **kept(judging, number, parts, asked))
    return reading_out(row) if row else no_attempt(number)


@router.delete("/readings/{reading_id}", status_code=204)
def withdraw(
    judging: Finished,
    number: Number,
    reading_id: Number,
    parts: Parts,
    x_word: Annotated[str, Header(max_length=WORD_LETTERS_SENT)] = "",
) -> None:
    """Take a reading back, as its author alone may: it is deleted, and no export holds it any more."""
    reading = parts.store.readings.find(judging.id, number, reading_id)
    if reading is not None and reading.lock and not opens(unquote(x_word), reading.lock):
        refuse(403, f"This reading is {reading.author or 'somebody else'}’s; expected the word that it was saved with. "
                    "Let its author withdraw it, in the browser in which it was saved.")  # fmt: skip
    if not parts.store.readings.delete(judging.id, number, reading_id):
        refuse(
            404, "There is no such reading; expected one of this attempt. It may have been withdrawn: reload the page."
        )


def kept(judging: Judging, number: int, parts: State, asked: ReadingIn) -> dict[str, Any]:
    """Give the columns of a reading that is to be kept."""
    found = _measured(judging, number, parts, asked)
    points = asked.model_dump(include={"frame", "author", "creases_px", "knees_px"})
    said = found.model_dump(include={"cm", "low_cm", "high_cm", "verdict", "legs"})
    return {"time_s": time_of(judging, parts, asked.frame), "lock": locked(asked.word), **points, **said}


def time_of(judging: Judging, parts: State, frame: int) -> float:
    """Say when a frame is shown, s; one that is not there ends the request."""
    times = json.loads((parts.folders.page(judging.id) / FRAMES).read_text(encoding="utf-8"))["times_s"]
    if frame >= len(times):
        refuse(422, f"There is no frame {frame}; expected 0 to {len(times) - 1}. Choose one of these.")
    return float(times[frame])


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
