"""The read-only JSON API under /api."""

import datetime
import json
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from depthperception.multiview.results import MultiviewJudgement
from depthperception.report.folder import read_judgement
from depthperception.report.views.folder import read_together
from depthperception.results import Judgement, Verdict
from depthperception.web.answers import refuse
from depthperception.web.decoder import frame_jpeg
from depthperception.web.folders import FRAMES, LANDMARKS, PEOPLE
from depthperception.web.schemas import (
    AttemptList,
    FramesOut,
    JudgingDetail,
    JudgingList,
    JudgingOut,
    LabelsOut,
    LandmarksOut,
    LifterOut,
    PersonOut,
    attempts_out,
)
from depthperception.web.state import OF_ONE_VIDEO, Finished, Found, Parts
from depthperception.web.wanted import NEWEST, SORTS, Wanted

router = APIRouter(prefix="/api")

FOR_EVER = "private, max-age=31536000, immutable"

Text = Annotated[str, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=500)]
Day = Annotated[datetime.date | None, BeforeValidator(lambda text: text or None)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


def said(lifter: Text = "", exercise: Text = "", session: Text = "") -> dict[str, Any]:
    """What somebody has said of the attempts that an address asks for."""
    return {"lifter": lifter, "exercise": exercise, "session": session}


def days(since: Day = None, until: Day = None) -> dict[str, Any]:
    """From which day to which."""
    return {name: day.isoformat() for name, day in (("since", since), ("until", until)) if day}


def wanted(
    said: Annotated[dict[str, Any], Depends(said)],
    days: Annotated[dict[str, Any], Depends(days)],
    query: Text = "",
    verdict: Verdict | Literal[""] = "",
    sort: Annotated[str, Query(pattern=f"^-?({'|'.join(SORTS)})$")] = NEWEST,
) -> Wanted:
    """Which attempts an address asks for."""
    return Wanted(query=query, verdict=verdict, sort=sort, **said, **days)


WantedAttempts = Annotated[Wanted, Depends(wanted)]


@router.get("/judgings")
def list_judgings(
    parts: Parts, query: Text = "", bare: bool = False, limit: Limit = 50, offset: Offset = 0
) -> JudgingList:
    """Judgings whose name holds `query`, newest first; `bare`: only finished ones without any attempt."""
    total, rows = parts.store.find(query, bare=bare, limit=limit, offset=offset)
    return JudgingList(total=total, items=[JudgingOut.of(row) for row in rows])


@router.get("/judgings/{judging_id}")
def one_judging(judging: Found) -> JudgingDetail:
    """One judging with its attempts, their lines at the bottom frame, and every human reading."""
    return JudgingDetail.of(judging)


@router.get("/judgings/{judging_id}/judgement", dependencies=[OF_ONE_VIDEO])
def judgement(judging: Finished, parts: Parts) -> Judgement:
    """The judgement, as the command line writes it (depthperception/judgement/2)."""
    return read_judgement(parts.folders.results(judging.id))


@router.get("/judgings/{judging_id}/together")
def together(judging: Finished, parts: Parts) -> MultiviewJudgement:
    """The judgement of one lift by several cameras, as the command line writes it (depthperception/multiview/1)."""
    if not judging.cameras:
        refuse(409, "This judging is of one video; expected one of several cameras. Ask for its judgement.")
    return read_together(parts.folders.results(judging.id))


@router.get("/judgings/{judging_id}/frames", dependencies=[OF_ONE_VIDEO], response_model=FramesOut)
def frames(judging: Finished, parts: Parts) -> Any:
    """True presentation times of all frames, s, and the size of the upright picture, px."""
    return _json_file(parts.folders.page(judging.id) / FRAMES)


@router.get("/judgings/{judging_id}/frames/{index}.jpg", response_class=Response, dependencies=[OF_ONE_VIDEO])
def frame(
    judging: Finished, index: int, parts: Parts, width: Annotated[int | None, Query(ge=64, le=8192)] = None
) -> Response:
    """One frame, decoded by us and upright; `width` shrinks it."""
    times = json.loads((parts.folders.page(judging.id) / FRAMES).read_text(encoding="utf-8"))["times_s"]
    if not 0 <= index < len(times):
        refuse(404, f"There is no frame {index}; expected 0 to {len(times) - 1}. Ask for one of these.")
    jpeg = parts.decoder.call(frame_jpeg, parts.folders.video(judging.sha256), times[index], width)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": FOR_EVER})


@router.get("/judgings/{judging_id}/landmarks", dependencies=[OF_ONE_VIDEO], response_model=LandmarksOut)
def landmarks(judging: Finished, parts: Parts) -> Any:
    """The lifter's 33 landmarks, px, at the times at which he was looked at; null where he was not found."""
    return _json_file(parts.folders.page(judging.id) / LANDMARKS)


@router.get("/judgings/{judging_id}/people", dependencies=[OF_ONE_VIDEO], response_model=list[PersonOut])
def people(judging: Finished, parts: Parts) -> Any:
    """Everyone who was found: boxes, px, at the times at which he was seen, and whether he was chosen."""
    return _json_file(parts.folders.page(judging.id) / PEOPLE)


@router.get("/attempts")
def list_attempts(parts: Parts, asked: WantedAttempts, limit: Limit = 50, offset: Offset = 0) -> AttemptList:
    """Attempts whose file name, lifter or notes hold `query`, as asked for; the newest first."""
    total, rows = parts.store.find_attempts(asked, limit=limit, offset=offset)
    return AttemptList(total=total, items=attempts_out(rows))


@router.get("/lifters")
def list_lifters(parts: Parts) -> list[LifterOut]:
    """Everyone who has an attempt in the library, by name."""
    return [
        LifterOut(lifter=name, attempts=count, height_cm=height_cm) for name, count, height_cm in parts.store.lifters()
    ]


def _room_to_listen(parts: Parts) -> None:
    if parts.events.full:
        refuse(503, "Too many pages listen to this server already; expected fewer. Close some, and reload this one.")


@router.get("/labels")
def list_labels(parts: Parts) -> LabelsOut:
    """What attempts can be looked for by, beside lifter, verdict and date."""
    return LabelsOut(exercise=list(parts.store.labels("exercise")), session=list(parts.store.labels("session")))


@router.get("/events", response_class=EventSourceResponse, dependencies=[Depends(_room_to_listen)])
async def events(parts: Parts) -> AsyncIterable[ServerSentEvent]:
    """Server-sent events: `judging` with a judging's object, first for all unfinished ones, then at every change."""
    listener = parts.events.listen()
    try:
        for row in await run_in_threadpool(parts.store.unfinished):
            yield ServerSentEvent(event="judging", data=JudgingOut.of(row).model_dump())
        async for news in listener.stream():
            yield ServerSentEvent(event="judging", data=news)
    finally:
        parts.events.leave(listener)


def _json_file(path: Path) -> FileResponse:
    if not path.is_file():
        refuse(404, "This part of the judging is not there; expected it among the results. Judge the video again.")
    return FileResponse(path, media_type="application/json")
