"""The library as a table, and everything of one judging as a zip, both streamed."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from depthperception.report.text import formula_safe
from depthperception.web.folders import RESULTS, Folders
from depthperception.web.schemas import AttemptOut, JudgingDetail

PIECE_BYTES = 1024**2


def library_csv(rows: Sequence[AttemptOut]) -> str:
    """Write attempts as CSV with a header row."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(AttemptOut.model_fields)
    for row in rows:
        table.writerow([formula_safe(value) for value in row.model_dump().values()])
    return out.getvalue()


def everything(judging: JudgingDetail, folders: Folders) -> Iterator[bytes]:
    """Give a zip, piece by piece: the video or videos, the results, and judging.json with notes and human readings."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("judging.json", json.dumps(judging.model_dump(), indent=1, allow_nan=False) + "\n")
        for name, path in _files(judging, folders):
            yield from _copy(archive, sink, name, path)
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
