"""A jury: two or three people who read one frame independently, by name.

What a member reads leaves the server when the last has read, and not before: no list, page, export or packet has it,
nor the answer that he gets. Then all readings are shown together, as referees' lights are, and no more are taken.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field

from depthperception.web.actions import Asked, no_attempt
from depthperception.web.answers import refuse
from depthperception.web.readings import LegsIn, ReadingIn, kept, time_of
from depthperception.web.schemas import AttemptDetail
from depthperception.web.state import OF_ONE_VIDEO, Finished, Number, Parts
from depthperception.web.tables import Attempt, Judging

router = APIRouter(
    prefix="/judgings/{judging_id}/attempts/{number}/jury", include_in_schema=False, dependencies=[OF_ONE_VIDEO]
)

FEWEST, MOST = 2, 3
"""Three referees judge a lift, and a jury has three or five members (IPF); more than three would read for an hour."""

SHORTEST_WORD = 4

Name = Annotated[str, Field(max_length=200), AfterValidator(lambda name: " ".join(name.split()))]


class JuryIn(Asked):
    """How many are to read which frame."""

    seats: Annotated[int, Field(ge=FEWEST, le=MOST)]
    frame: Annotated[int, Field(ge=0, le=10**9)]


class MemberIn(Asked):
    """What a member reads in the jury's frame; his word is asked for when he withdraws it."""

    author: Name
    word: Annotated[str, Field(max_length=200)]
    creases_px: LegsIn
    knees_px: LegsIn


@router.post("", status_code=201)
def seat(judging: Finished, number: Number, parts: Parts, asked: JuryIn) -> AttemptDetail:
    """Let a jury read."""
    _attempt(judging, number)
    time_s = time_of(judging, parts, asked.frame)
    row = parts.store.readings.seat_jury(judging.id, number, seats=asked.seats, frame=asked.frame, time_s=time_s)
    if row is None:
        refuse(409, "A jury reads this attempt already, or has read it; expected one at a time. Let each of its "
                    "members withdraw, then seat another.")  # fmt: skip
    return AttemptDetail.of(row)


@router.post("/readings", status_code=201)
def read(judging: Finished, number: Number, parts: Parts, asked: MemberIn) -> AttemptDetail:
    """Keep what a member reads."""
    jury = _attempt(judging, number).jury
    if jury is None:
        refuse(409, "No jury reads this attempt; expected one. Seat one first.")
    if not asked.author or len(asked.word) < SHORTEST_WORD:
        refuse(422, "A member of a jury reads by name; expected a name, and a word of at least "
                    f"{SHORTEST_WORD} letters to withdraw the reading with. Give both.")  # fmt: skip
    reading = ReadingIn(frame=jury.frame, **asked.model_dump())
    row = parts.store.readings.add_of_jury(judging.id, number, **kept(judging, number, parts, reading))
    if row is None:
        refuse(409, f"There is no seat for {asked.author}: every member has read, or somebody of that name has; "
                    "expected one reading of each. Reload the page to see who has read.")  # fmt: skip
    return AttemptDetail.of(row)


def _attempt(judging: Judging, number: int) -> Attempt:
    found = next((one for one in judging.attempts if one.number == number), None)
    return found if found is not None else no_attempt(number)
