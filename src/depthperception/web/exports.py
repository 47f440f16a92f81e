"""The library as a table, and everything of one judging or several as a zip, streamed."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from depthperception.report.folder import PAGE
from depthperception.report.text import formula_safe
from depthperception.web.folders import RESULTS, Folders
from depthperception.web.said_report import with_said
from depthperception.web.schemas import AttemptOut, JudgingDetail

PIECE_BYTES = 1024**2


def library_csv(rows: Sequence[AttemptOut]) -> str:
    """Write attempts as CSV with a header row."""
    out = io.StringIO()
    table = csv.DictWriter(
        out, [name for name in AttemptOut.model_fields if name not in NO_RULING], lineterminator="\n"
    )
    table.writeheader()
    for row in library_rows(rows):
        table.writerow({name: formula_safe(value) for name, value in row.items()})
    return out.getvalue()


NO_RULING = frozenset({"not_lifter"})
"""Whoever was ruled on by mistake is in no exported table, so that a column for it would be empty."""


def library_rows(rows: Sequence[AttemptOut]) -> list[dict[str, Any]]:
    """Give what is exported of attempts that were the lifter's."""
    return [row.model_dump(exclude=set(NO_RULING)) for row in rows]


def everything(judging: JudgingDetail, folders: Folders) -> Iterator[bytes]:
    """Give a zip, piece by piece: videos, results, and judging.json; it and the report have human readings."""
    return _zipped([("", judging)], folders)


def everything_of(judgings: Iterable[JudgingDetail], folders: Folders) -> Iterator[bytes]:
    """Give the same of several judgings, a folder for each, named after its video."""
    return _zipped(((f"{_plain(Path(one.name).stem)}-{one.id}/", one) for one in judgings), folders)


def _plain(name: str) -> str:
    """Leave of a video's name what every file system takes."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)[:60]


def _zipped(judgings: Iterable[tuple[str, JudgingDetail]], folders: Folders) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for folder, judging in judgings:
            words = json.dumps(judging.model_dump(), indent=1, allow_nan=False) + "\n"
            archive.writestr(f"{folder}judging.json", words)
            for name, path in _files(judging, folders):
                if name == PAGE and path.is_file():
                    archive.writestr(f"{folder}{name}", with_said(path.read_text(encoding="utf-8"), judging))
                else:
                    yield from _copy(archive, sink, f"{folder}{name}", path)
    yield sink.take()


def _files(judging: JudgingDetail, folders: Folders) -> Iterator[tuple[str, Path]]:
    videos = [(one.name, one.sha256) for one in judging.cameras] or [(judging.name, judging.sha256)]
    for number, (name, sha256) in enumerate(videos, 1):
        suffix = Path(name).suffix
        which = f"-{number}" if judging.cameras else ""
        yield f"video{which}{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}", folders.video(sha256)
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
