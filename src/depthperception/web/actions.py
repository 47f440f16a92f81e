"""What changes something: uploads, cancelling, judging again, notes, deleting; `readings` are by themselves."""

import datetime
import shutil
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from depthperception.depth.calling import SURE
from depthperception.errors import VideoError, quoted
from depthperception.options import DEFAULT_METHOD, Options
from depthperception.pose.networks import BLAZEPOSE, named_networks
from depthperception.rules import DEFAULT_RULES
from depthperception.web.answers import refuse
from depthperception.web.decoder import Admitted, admit
from depthperception.web.schemas import AttemptOut, JudgingOut
from depthperception.web.state import Finished, Found, Number, Parts, State
from depthperception.web.tables import CameraVideo
from depthperception.web.uploads import Received, receive, shown_name, store_video

router = APIRouter(include_in_schema=False)

SAID = ("lifter", "exercise", "session")
"""What is said of a video when it is sent, and is every attempt's then."""

MOST_WAITING = 500
"""More uploads than this would wait for an hour and more; whoever has them is better served by the command line."""


def _printable(text: str) -> str:
    """Drop control and direction marks, which no note needs and some databases refuse; line breaks stay."""
    return "".join(character for character in text if character.isprintable() or character == "\n").strip()


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _default_if_empty(value: Any) -> Any:
    return SURE if value == "" else value


Centimetres = Annotated[float | None, BeforeValidator(_none_if_empty)]
Certainty = Annotated[float, BeforeValidator(_default_if_empty)]
ShortText = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
LongText = Annotated[str, Field(max_length=4000), AfterValidator(_printable)]
Px = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]


class Asked(BaseModel):
    """A body of ours: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class PickIn(Asked):
    """A point on the person who is to be judged."""

    x_px: Px
    y_px: Px
    time_s: Annotated[float, Field(ge=0, le=1e6)]


class OptionsIn(Asked):
    """How to judge a video."""

    height_cm: Centimetres = None
    method: Annotated[str, Field(max_length=100)] = ""
    sure: Certainty = SURE
    pose: ShortText = BLAZEPOSE
    rules: ShortText = ""


class UploadIn(OptionsIn):
    """How to judge a new video, and who lifts in it what and when."""

    lifter: ShortText = ""
    exercise: ShortText = ""
    session: ShortText = ""


class AgainIn(OptionsIn):
    """How to judge the same video again."""

    pick: PickIn | None = None


class DetailsIn(Asked):
    """What a person says of an attempt; fields that are left out stay as they are."""

    lifter: ShortText = ""
    exercise: ShortText = ""
    session: ShortText = ""
    not_lifter: bool = False
    weight_kg: Annotated[float | None, Field(ge=0, le=1000), BeforeValidator(_none_if_empty)] = None
    date: Annotated[datetime.date | None, BeforeValidator(_none_if_empty)] = None
    notes: LongText = ""


@router.post("/judgings", status_code=201)
async def upload(
    request: Request,
    parts: Parts,
    asked: Annotated[UploadIn, Query()],
    x_file_name: Annotated[str, Header()] = "",
) -> JudgingOut:
    """Take a video as the raw body, look whether it is one, and queue it."""
    options = await run_in_threadpool(checked_options, parts, asked)
    stated = request.headers.get("content-length", "")
    received = await receive(request.stream(), int(stated) if stated.isdecimal() else None, parts.folders, parts.limits)
    said = asked.model_dump(include=set(SAID))
    return await run_in_threadpool(queue_video, parts, received, shown_name(x_file_name), {**options, **said})


@router.post("/judgings/{judging_id}/cancel")
def cancel(judging: Found, parts: Parts) -> JudgingOut:
    """Stop a judging that waits or runs."""
    cancelled = parts.jobs.cancel(judging.id)
    if cancelled is None:
        refuse(409, f"This judging is {judging.state}; expected one that waits or runs. There is nothing to cancel.")
    return JudgingOut.of(cancelled)


@router.post("/judgings/{judging_id}/again", status_code=201)
def again(judging: Found, parts: Parts, asked: AgainIn) -> JudgingOut:
    """Judge the same video with other options; the first judging stays."""
    options = checked_options(parts, asked)
    same = {name: getattr(judging, name) for name in ("name", "sha256", "size_bytes", "playable", *SAID)}
    cameras = [
        CameraVideo(number=one.number, name=one.name, sha256=one.sha256, size_bytes=one.size_bytes)
        for one in judging.cameras
    ]
    if asked.pick and cameras:
        refuse(422, "A person of one video was named; expected none, because each camera's video numbers people anew. "
                    "Judge that video by itself.")  # fmt: skip
    pick = asked.pick.model_dump() if asked.pick else None
    with parts.folders.hold_videos():
        for name, sha256 in zip(judging.names, judging.hashes, strict=True):
            if not parts.folders.video(sha256).is_file():
                refuse(404, f"The video {name} is gone; expected it in the library. Send it again.")
        new = parts.store.add(**same, **options, pick=pick, cameras=cameras)
    parts.jobs.add(new)
    return JudgingOut.of(new)


@router.patch("/judgings/{judging_id}/attempts/{number}")
def describe(judging: Finished, number: Number, parts: Parts, asked: DetailsIn) -> AttemptOut:
    """Set what is said of an attempt: lifter, exercise, session, weight, date, notes, or that it is not the lifter."""
    values = asked.model_dump(exclude_unset=True, mode="json")
    row = parts.store.describe(judging.id, number, **values)
    return AttemptOut.of(row) if row else no_attempt(number)


@router.delete("/judgings/{judging_id}")
def delete(judging: Found, parts: Parts) -> dict[str, list[str]]:
    """Delete a judging, and its video when no other judging needs it; say in words what went and what stays."""
    parts.jobs.cancel(judging.id)
    parts.store.delete(judging.id)
    results = parts.folders.results(judging.id)
    shutil.rmtree(results, ignore_errors=True)
    deleted = [f"The judging of {judging.name}: its attempts, notes and human readings, and its results in {results}."]
    kept = ["The file that you chose, where it was before you sent it."]
    with parts.folders.hold_videos():
        for sha256 in judging.hashes:
            others, video = parts.store.uses_of(sha256), parts.folders.video(sha256)
            if others:
                kept.append(f"The video in {video}, which {len(others)} other judging(s) of it need.")
            else:
                shutil.rmtree(video.parent, ignore_errors=True)
                deleted.append(f"The video as it was sent, in {video}.")
    return {"deleted": deleted, "kept": kept}


def checked_options(parts: State, asked: OptionsIn) -> dict[str, Any]:
    """Give the options as columns of a judging, once they are found to make sense and the queue to have room.

    A network goes by its name alone: nobody at a page names a file of the server's.
    """
    networks = [BLAZEPOSE, *named_networks()]
    if asked.pose not in networks:
        refuse(
            422,
            f"There is no network called {quoted(asked.pose)} here; expected {', '.join(networks)}. Choose one of "
            "these.",
        )
    if parts.store.count_unfinished() >= MOST_WAITING:
        refuse(429, f"{MOST_WAITING} videos wait already; expected fewer at a time. Wait until some are judged.")
    options = Options(
        height_cm=asked.height_cm,
        method=asked.method or DEFAULT_METHOD,
        sure=asked.sure,
        rules=asked.rules or DEFAULT_RULES,
        pose=asked.pose,
    )
    return {name: getattr(options, name) for name in ("height_cm", "method", "sure", "rules", "pose")}


def queue_video(parts: State, received: Received, name: str, asked: dict[str, Any]) -> JudgingOut:
    """Look whether a file is a video, move it to its place, and queue its judging."""
    video = {"sha256": received.sha256, "size_bytes": received.size_bytes}
    try:
        playable = admitted(parts, received, name).playable
        with parts.folders.hold_videos():
            is_new = not parts.folders.video(received.sha256).exists()
            place = store_video(received, parts.folders)
            try:
                judging = parts.store.add(name=name, **video, playable=playable, **asked)
            except SQLAlchemyError:
                if is_new:  # a video without a judging is nobody's, and nobody could delete it
                    shutil.rmtree(place.parent, ignore_errors=True)
                raise
    finally:
        received.path.unlink(missing_ok=True)
    parts.jobs.add(judging)
    return JudgingOut.of(judging)


def admitted(parts: State, received: Received, name: str) -> Admitted:
    """Look whether what has arrived is a video that can be judged; what is none ends the request."""
    try:
        return parts.decoder.call(admit, received.path)
    except VideoError as error:
        refuse(415, str(error).replace(str(received.path), name))


def no_attempt(number: int) -> Any:
    """End a request for an attempt that is not there."""
    refuse(404, f"There is no attempt {number} in this judging; expected one that it lists. Reload the page.")
