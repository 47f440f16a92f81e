"""The pages and what they load: HTML by Jinja, static files, the video, results and exports."""

import json
import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse

from depthperception.depth import methods
from depthperception.depth.calling import SURE
from depthperception.errors import JudgementError
from depthperception.options import DEFAULT_METHOD
from depthperception.pose.networks import BLAZEPOSE, named_networks
from depthperception.provenance import package_version
from depthperception.report.folder import PAGE, read_judgement
from depthperception.report.views.folder import read_together
from depthperception.rules import rule_books
from depthperception.web.answers import refuse
from depthperception.web.api import WantedAttempts
from depthperception.web.cameras import FEWEST, MOST
from depthperception.web.exports import everything, everything_of, library_csv, library_rows
from depthperception.web.folders import FRAGMENT, PICTURE, RESULTS
from depthperception.web.said_report import with_said
from depthperception.web.schemas import AttemptDetail, AttemptOut, JudgingDetail, JudgingOut, attempts_out
from depthperception.web.state import OF_ONE_VIDEO, Finished, Found, Parts, State
from depthperception.web.tables import Judging
from depthperception.web.wanted import Wanted

router = APIRouter(include_in_schema=False)

HERE = Path(__file__).parent
PAGE_FILES = HERE.parent / "report" / "page" / "templates"
VIEWS_FILES = HERE.parent / "report" / "views" / "templates"
OF_THE_REPORT = {"page.css": PAGE_FILES, "page.js": PAGE_FILES, "views.css": VIEWS_FILES, "views.js": VIEWS_FILES}

TEMPLATES = Environment(loader=FileSystemLoader(HERE / "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@router.get("/")
def library(parts: Parts) -> HTMLResponse:
    """The library, with the place to drop videos."""
    return page(
        "library",
        **_choices(),
        max_upload_bytes=parts.limits.most_bytes,
        fewest_cameras=FEWEST,
        most_cameras=MOST,
        folder=str(parts.folders.root),
    )


@router.get("/judgings/{judging_id}")
def judging_page(judging: Found, parts: Parts) -> HTMLResponse:
    """One judging: progress while it runs, then the proof."""
    path = parts.folders.page(judging.id) / FRAGMENT
    problem = _problem(judging, parts)
    done = judging.state == "done" and path.is_file() and not problem
    return page(
        "judging",
        **_choices(),
        judging=JudgingOut.of(judging).model_dump(),
        attempts=[AttemptDetail.of(attempt).model_dump() for attempt in judging.attempts],
        fragment=path.read_text(encoding="utf-8") if done else "",
        problem=problem,
        folder=str(parts.folders.root),
        **(_of_cameras(judging, parts) if done and judging.cameras else {}),
    )


@router.get("/compare")
def compare(a: str = "", b: str = "") -> HTMLResponse:
    """Two attempts side by side, each named ID.NUMBER."""
    return page("compare", a=a[:40], b=b[:40])


@router.get("/api/docs")
def docs(request: Request) -> HTMLResponse:
    """What /api offers, from its OpenAPI description."""
    return page("api", schema=request.app.openapi())


@router.get("/static/{name}")
def static(name: str) -> FileResponse:
    """A file of the pages."""
    folder = OF_THE_REPORT.get(name, HERE / "static")
    known = name in OF_THE_REPORT or name in {path.name for path in folder.iterdir()}
    if not known or not (folder / name).is_file():
        refuse(404, "There is no such file; expected one that a page names. Reload the page.")
    return FileResponse(folder / name, media_type=_media_type(name), headers={"Cache-Control": "no-cache"})


@router.get("/demo.mp4")
def demo() -> FileResponse:
    """The rendered clip that ships with the package, for an empty library."""
    return FileResponse(HERE.parent / "demo" / "squat.mp4", media_type="video/mp4")


@router.get("/judgings/{judging_id}/video", dependencies=[OF_ONE_VIDEO])
def video(judging: Found, parts: Parts) -> FileResponse:
    """The video as a browser can play it: as it was sent, or its proxy."""
    path = parts.folders.video(judging.sha256) if judging.playable else parts.folders.proxy(judging.sha256)
    if not path.is_file():
        refuse(404, "A browser cannot play this video as it is, and its copy is not made yet; expected it at the end "
                    "of the judging. Wait for it.")  # fmt: skip
    with path.open("rb") as file:
        head = file.read(4)
    webm = head == b"\x1a\x45\xdf\xa3"
    return FileResponse(path, media_type="video/webm" if webm else "video/mp4", headers={"Cache-Control": "private"})


@router.get("/judgings/{judging_id}/files/{name}")
def result(judging: Finished, name: str, parts: Parts) -> Response:
    """One result, to save: never shown as a page of this server; the report with what people said."""
    path = parts.folders.results(judging.id) / name
    if name not in RESULTS or not path.is_file():
        refuse(404, f"There is no such result; expected one of {', '.join(RESULTS)}. Choose one that is there.")
    saved_as = f"{Path(judging.name).stem}.{name}"
    if name == PAGE:
        html = with_said(path.read_text(encoding="utf-8"), JudgingDetail.of(judging))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(saved_as, safe='')}"}
        return Response(html, media_type="text/html", headers=headers)
    return FileResponse(path, media_type=_media_type(name), filename=saved_as)


@router.get("/judgings/{judging_id}/pictures/{name}")
def picture(judging: Finished, name: str, parts: Parts) -> FileResponse:
    """A picture of the page's proof."""
    path = parts.folders.page(judging.id) / name
    if not PICTURE.fullmatch(name) or not path.is_file():
        refuse(404, "There is no such picture; expected one that the page names. Reload the page.")
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.get("/judgings/{judging_id}/export.zip")
def export(judging: Found, parts: Parts) -> StreamingResponse:
    """Everything of a judging."""
    pieces = everything(JudgingDetail.of(judging), parts.folders)
    name = f"depthperception-{judging.id}.zip"
    return StreamingResponse(
        pieces, media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/library.csv")
def library_as_csv(parts: Parts, asked: WantedAttempts) -> Response:
    """Every attempt that is asked for as a table, without those that were not the lifter's."""
    rows = _rulings(parts, asked)
    headers = {"Content-Disposition": 'attachment; filename="library.csv"'}
    return Response(library_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/library.json")
def library_as_json(parts: Parts, asked: WantedAttempts) -> Response:
    """Every attempt that is asked for as JSON, without those that were not the lifter's."""
    rows = library_rows(_rulings(parts, asked))
    headers = {"Content-Disposition": 'attachment; filename="library.json"'}
    return Response(json.dumps(rows, indent=1, allow_nan=False), media_type="application/json", headers=headers)


@router.get("/library.zip")
def library_as_zip(
    parts: Parts, asked: WantedAttempts, judging: Annotated[list[str] | None, Query(max_length=500)] = None
) -> StreamingResponse:
    """Everything of every video that has an attempt which is asked for, or of those that are named."""
    found = parts.store.find_attempts(replace(asked, judging=tuple(judging or ())), limit=None)[1]
    ids = dict.fromkeys(attempt.judging_id for attempt in found)
    if not ids:
        refuse(404, "No video has such an attempt; expected one at least. Choose others, or fewer filters.")
    judgings = (JudgingDetail.of(one) for one in map(parts.store.get, ids) if one)  # gone meanwhile: left out
    headers = {"Content-Disposition": 'attachment; filename="depthperception-library.zip"'}
    return StreamingResponse(everything_of(judgings, parts.folders), media_type="application/zip", headers=headers)


def _rulings(parts: State, asked: Wanted) -> list[AttemptOut]:
    return attempts_out(parts.store.find_attempts(replace(asked, lifters_only=True), limit=None)[1])


def page(name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a template; every page knows the version."""
    template = TEMPLATES.get_template(f"{name}.html.jinja")
    return HTMLResponse(template.render(version=package_version("depthperception"), **context), status)


def _problem(judging: Judging, parts: State) -> str:
    """Say why a finished judging cannot be shown, as one by an earlier version of the contract; else nothing."""
    if judging.state == "done":
        try:
            read = read_together if judging.cameras else read_judgement
            read(parts.folders.results(judging.id))
        except JudgementError as error:
            return str(error)
    return ""


def _of_cameras(judging: Judging, parts: State) -> dict[str, Any]:
    """Give which cameras show each attempt, and which files there are."""
    results = parts.folders.results(judging.id)
    attempts = read_together(results).attempts
    return {
        "shown_by": [[own is not None for own in one.of_views] for one in attempts],
        "files": [name for name in RESULTS if (results / name).is_file()],
    }


def _choices() -> dict[str, Any]:
    default_first = sorted(methods(), key=lambda method: method.name != DEFAULT_METHOD)
    return {
        "methods": default_first,
        "default_method": DEFAULT_METHOD,
        "default_sure": SURE,
        "books": list(rule_books().values()),
        "networks": (BLAZEPOSE, *named_networks()),
    }


def _media_type(name: str) -> str:
    # Not from the machine's own table, which on some Windows has text/plain for .js.
    own = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".npz": "application/octet-stream"}
    return own.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
