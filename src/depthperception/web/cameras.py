"""One lift by several cameras: its videos come in one request, and each camera has an appeal packet of its own."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from depthperception.errors import OptionError, VideoError
from depthperception.web.actions import UploadIn, admitted, checked_options
from depthperception.web.answers import refuse
from depthperception.web.packets import given_once, said_of
from depthperception.web.schemas import JudgingOut
from depthperception.web.state import Finished, Parts, State
from depthperception.web.tables import CameraVideo, Judging
from depthperception.web.uploads import LONGEST_NAME, Received, receive, shown_name, store_video

router = APIRouter(include_in_schema=False)

FEWEST, MOST = 2, 6
"""A seventh camera sees nothing that six do not, and each costs the time of a video."""

Names = Annotated[str, Header(max_length=MOST * 3 * 4 * LONGEST_NAME)]
Sizes = Annotated[str, Header(max_length=MOST * 20)]


class _Pieces:
    """A body that holds several files after each other, file by file."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream, self._left = stream, b""

    async def take(self, size_bytes: int) -> AsyncIterator[bytes]:
        """Give the next bytes, so many or, at the end of the body, fewer."""
        while size_bytes > 0 and (piece := self._left or await self._more()):
            taken, self._left = piece[:size_bytes], piece[size_bytes:]
            size_bytes -= len(taken)
            yield taken

    async def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return not (self._left or await self._more())

    async def _more(self) -> bytes:
        """Give what comes next; nothing at the end."""
        while (piece := await anext(self._stream, None)) is not None:
            if piece:
                return piece
        return b""


@router.post("/judgings/together", status_code=201)
async def upload(
    request: Request,
    parts: Parts,
    asked: Annotated[UploadIn, Query()],
    x_file_name: Names = "",
    x_file_sizes: Sizes = "",
) -> JudgingOut:
    """Take the videos of several cameras as one raw body, one after the other, and queue them as one lift.

    The headers hold their names (percent-encoded) and sizes in bytes, with / between them.
    """
    options = await run_in_threadpool(checked_options, parts, asked)
    names, sizes = [shown_name(one) for one in x_file_name.split("/")], _sizes(x_file_sizes)
    if not FEWEST <= len(sizes) <= MOST or len(names) != len(sizes):
        refuse(422, f"{len(sizes)} videos with {len(names)} names were sent as one lift; expected {FEWEST} to {MOST} "
                    "videos of it, each with its name. Drop the files of one lift together.")  # fmt: skip
    received: list[Received] = []
    try:
        pieces = _Pieces(request.stream())
        for name, size_bytes in zip(names, sizes, strict=True):
            one = await receive(pieces.take(size_bytes), size_bytes, parts.folders, parts.limits)
            received.append(one)
            if one.size_bytes != size_bytes:
                refuse(422, f"{name} ended after {one.size_bytes} bytes; expected {size_bytes}. Send it again.")
        if not await pieces.is_at_end():
            refuse(422, "More was sent than the sizes say; expected the videos alone. Send them again.")
        return await run_in_threadpool(_queue, parts, received, names, {**options, "lifter": asked.lifter})
    finally:
        for one in received:
            one.path.unlink(missing_ok=True)


def _sizes(given: str) -> list[int]:
    sizes = given.split("/")
    return [int(one) for one in sizes] if all(one.isdecimal() for one in sizes) else []


def _queue(parts: State, received: list[Received], names: list[str], asked: dict[str, Any]) -> JudgingOut:
    hashes = [one.sha256 for one in received]
    for place, sha256 in enumerate(hashes):
        if sha256 in hashes[:place]:
            refuse(422, f"{names[place]} and {names[hashes.index(sha256)]} are the same file; expected films of two "
                        "cameras. Leave one of them out.")  # fmt: skip
    playable = [admitted(parts, one, name).playable for one, name in zip(received, names, strict=True)]
    cameras = [
        CameraVideo(number=number, name=name, sha256=one.sha256, size_bytes=one.size_bytes)
        for number, (name, one) in enumerate(zip(names, received, strict=True), 1)
    ]
    with parts.folders.hold_videos():
        for video in received:
            store_video(video, parts.folders)
        judging = parts.store.add(
            name=" + ".join(names),
            sha256=hashes[0],
            size_bytes=sum(one.size_bytes for one in received),
            playable=all(playable),
            cameras=cameras,
            **asked,
        )
    parts.jobs.add(judging)
    return JudgingOut.of(judging)


@router.get("/judgings/{judging_id}/cameras/{camera}/attempts/{number}/packet.zip")
def packet(judging: Finished, camera: int, number: int, parts: Parts) -> FileResponse:
    """The appeal packet of an attempt as one camera shows it: that of its video judged by itself."""
    path = parts.folders.incoming / f"{secrets.token_hex(16)}.zip"
    _made(judging, camera, number, parts, pack, path)
    return given_once(path, f"{Path(judging.names[camera - 1]).stem}-attempt-{number}.zip")


@router.get("/judgings/{judging_id}/cameras/{camera}/attempts/{number}/case.html")
def case(judging: Finished, camera: int, number: int, parts: Parts) -> Response:
    """The case sheet of an attempt as one camera shows it, to save and print."""
    html = _made(judging, camera, number, parts, sheet)
    headers = {"Content-Disposition": f'attachment; filename="case-{judging.id}-{camera}-{number}.html"'}
    return Response(html, media_type="text/html", headers=headers)


def _made(judging: Judging, camera: int, number: int, parts: State, make: Any, *more: Any) -> Any:
    attempt = next((one for one in judging.attempts if one.number == number), None)
    if attempt is None or not 1 <= camera <= len(judging.cameras):
        refuse(404, f"There is no attempt {number} of a camera {camera} in this judging; expected one that its page "
                    "shows. Reload the page.")  # fmt: skip
    video, results = parts.folders.video(judging.hashes[camera - 1]), parts.folders.results(judging.id)
    try:
        return parts.decoder.call(make, video, results, camera, number, said_of(attempt), *more)
    except VideoError as error:
        refuse(422, str(error).replace(str(video), judging.names[camera - 1]))


def pack(video: Path, results: Path, camera: int, number: int, said: dict[str, Any], path_out: Path) -> None:
    """Write the packet of an attempt from what one camera says of it; runs in a decoding child.

    Raises
    ------
    DepthPerceptionError
    """
    from depthperception.packet import Said, write_packet  # noqa: PLC0415

    judgement, own = _of_camera(results, camera, number)
    write_packet(path_out, video, judgement, own, Said.from_dict(said))


def sheet(video: Path, results: Path, camera: int, number: int, said: dict[str, Any]) -> str:
    """Write the case sheet of an attempt, likewise.

    Raises
    ------
    DepthPerceptionError
    """
    from depthperception.packet import Said  # noqa: PLC0415
    from depthperception.packet.writing import make_sheet  # noqa: PLC0415

    judgement, own = _of_camera(results, camera, number)
    return make_sheet(video, judgement, own, Said.from_dict(said))


def _of_camera(results: Path, camera: int, number: int) -> tuple[Any, int]:
    """Give what a camera says by itself, and which of its attempts, from 1, is an attempt of all."""
    from depthperception.report.views.folder import read_together  # noqa: PLC0415

    judgement = read_together(results)
    own = judgement.attempts[number - 1].of_views[camera - 1]
    if own is None:
        raise OptionError(
            f"Camera {camera} does not show attempt {number}; expected one that does. Take another camera's packet."
        )
    return judgement.views[camera - 1].judgement, own + 1
