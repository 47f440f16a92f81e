"""The appeal packet and the case sheet of an attempt, with what people said of it."""

import secrets
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from depthperception.errors import VideoError
from depthperception.web.answers import refuse
from depthperception.web.state import OF_ONE_VIDEO, Finished, Number, Parts, State
from depthperception.web.tables import Attempt, Judging

router = APIRouter(
    prefix="/judgings/{judging_id}/attempts/{number}", include_in_schema=False, dependencies=[OF_ONE_VIDEO]
)


@router.get("/packet.zip")
def packet(judging: Finished, number: Number, parts: Parts) -> FileResponse:
    """The appeal packet."""
    path = parts.folders.incoming / f"{secrets.token_hex(16)}.zip"
    _made(judging, number, parts, pack, path)
    return given_once(path, f"{Path(judging.name).stem}-attempt-{number}.zip")


@router.get("/case.html")
def case(judging: Finished, number: Number, parts: Parts) -> Response:
    """The case sheet, to save and print: never shown as a page of this server, whose policy forbids its styles."""
    html = _made(judging, number, parts, sheet)
    headers = {"Content-Disposition": f'attachment; filename="case-{judging.id}-{number}.html"'}
    return Response(html, media_type="text/html", headers=headers)


def _made(judging: Judging, number: int, parts: State, make: Any, *more: Any) -> Any:
    attempt = next((one for one in judging.attempts if one.number == number), None)
    if attempt is None:
        refuse(404, f"There is no attempt {number} in this judging; expected one that it lists. Reload the page.")
    video, results = parts.folders.video(judging.sha256), parts.folders.results(judging.id)
    try:
        return parts.decoder.call(make, video, results, number, said_of(attempt), *more)
    except VideoError as error:
        refuse(422, str(error).replace(str(video), judging.name))


def given_once(path: Path, name: str) -> FileResponse:
    """Give a zip under a name, and delete it then."""
    return FileResponse(
        path, media_type="application/zip", filename=name, background=BackgroundTask(path.unlink, missing_ok=True)
    )


def said_of(attempt: Attempt) -> dict[str, Any]:
    """Give what people said of an attempt as `packet.Said` has it."""
    same = ("author", "frame", "time_s", "cm", "verdict", "low_cm", "high_cm", "creases_px", "knees_px")
    readings = [{**{name: getattr(one, name) for name in same}, "jury": one.of_jury} for one in attempt.shown_readings]
    return {name: getattr(attempt, name) for name in ("lifter", "weight_kg", "date", "notes")} | {"readings": readings}


def pack(video: Path, results: Path, number: int, said: dict[str, Any], path_out: Path) -> None:
    """Write the packet of an attempt from the results of its judging; runs in a decoding child.

    Raises
    ------
    DepthPerceptionError
    """
    from depthperception.packet import Said, write_packet  # noqa: PLC0415
    from depthperception.report.folder import read_judgement  # noqa: PLC0415

    write_packet(path_out, video, read_judgement(results), number, Said.from_dict(said))


def sheet(video: Path, results: Path, number: int, said: dict[str, Any]) -> str:
    """Write the case sheet of an attempt, likewise.

    Raises
    ------
    DepthPerceptionError
    """
    from depthperception.packet import Said  # noqa: PLC0415
    from depthperception.packet.writing import make_sheet  # noqa: PLC0415
    from depthperception.report.folder import read_judgement  # noqa: PLC0415

    return make_sheet(video, read_judgement(results), number, Said.from_dict(said))
