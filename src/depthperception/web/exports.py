"""The library as a table, and everything of one judging as a zip, both streamed."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from depthperception.report.folder import PAGE
from depthperception.web.folders import RESULTS, Folders
from depthperception.web.said_report import with_said
from depthperception.web.schemas import AttemptOut, JudgingDetail

PIECE_BYTES = 1024**2

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run a cell that begins so (OWASP, CSV injection); an apostrophe before it makes it text."""


def library_csv(rows: Sequence[AttemptOut]) -> str:
    """Write attempts as CSV with a header row."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(AttemptOut.model_fields)
    for row in rows:
        table.writerow([_cell(value) for value in row.model_dump().values()])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def everything(judging: JudgingDetail, folders: Folders) -> Iterator[bytes]:
    """Give a zip, piece by piece: the video, the results, and judging.json; it and the report have human readings."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("judging.json", json.dumps(judging.model_dump(), indent=1, allow_nan=False) + "\n")
        for name, path in _files(judging, folders):
            if name == PAGE and path.is_file():
                archive.writestr(name, with_said(path.read_text(encoding="utf-8"), judging))
            else:
                yield from _copy(archive, sink, name, path)
    yield sink.take()


def _files(judging: JudgingDetail, folders: Folders) -> Iterator[tuple[str, Path]]:
    suffix = Path(judging.name).suffix
    yield f"video{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}", folders.video(judging.sha256)
    for name in RESULTS:
        yield name, folders.results(judging.id) / name


def _copy(archive: zipfile.ZipFile, sink: "_Sink", name: str, path: Path) -> Iterator[bytes]:
    if not path.is_file():
        return
    with path.open("rb") as file, archive.open(zipfile.ZipInfo.from_file(path, name), "w", force_zip64=True) as entry:
        while piece := file.read(PIECE_BYTES):
            entry.write(piece)
            yield sink.take()


class _Sink(io.RawIOBase):
    """Takes what the archive writes until somebody fetches it; it cannot seek, so the archive streams."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
