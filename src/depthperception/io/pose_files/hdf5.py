"""SLEAP's analysis as HDF5: tracks (tracks, 2, nodes, frames), point_scores (tracks, nodes, frames), node_names.

As sleap/info/write_tracking_h5.py lays it out for MATLAB; sleap-io also writes it frame first (frames, tracks, nodes,
2). DeepLabCut's HDF5 holds a pickled table and is not read: its CSV is.
"""

from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import MissingExtraError, PoseSourceError
from depthperception.io.pose_files.people import PoseFile, Reader, checked_rate, lifter_of, marks_of, seen_by_marks
from depthperception.types import FloatArray

MOST_NUMBERS = 50_000_000
"""Three hours of two people with 33 points at 30 a second are 43 million; a damaged file states what it likes."""

MAGIC = b"\x89HDF\r\n\x1a\n"


def _recognises(path: Path) -> bool:
    """Whether it is HDF5 at all: what else it is takes the package to tell."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter; of several tracks he is the largest in each frame."""
    rate_hz = checked_rate(rate_hz, path)
    names, points, scores = _arrays(path)
    marks = marks_of(names, path)
    frames = [
        (number / rate_hz, [seen_by_marks(one, sure, marks) for one, sure in zip(here, sures, strict=True)])
        for number, (here, sures) in enumerate(zip(points, scores, strict=True))
    ]
    return PoseFile("SLEAP", lifter_of(frames, path))


def _arrays(path: Path) -> tuple[list[str], FloatArray, FloatArray]:
    """Names of the points, their places (frames, tracks, points, 2) and scores (frames, tracks, points)."""
    try:
        import h5py  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{path} is HDF5, for which the package h5py is not installed; expected the extra [files], or a CSV. "
            "Install it: pip install 'depthperception[files]'."
        ) from error
    with h5py.File(path) as file:
        if not {"tracks", "node_names"} <= set(file):
            raise PoseSourceError(
                f"{path} holds {', '.join(list(file)[:8]) or 'nothing'}; expected SLEAP's tracks and node_names. "
                "Export the analysis from SLEAP, or, from DeepLabCut, the CSV."
            )
        count = max(file[name].size or 0 for name in ("tracks", "node_names", "point_scores") if name in file)
        if count > MOST_NUMBERS:
            raise PoseSourceError(
                f"{path} states {count} numbers; expected at most {MOST_NUMBERS}, hours of several people. Export less."
            )
        _check_names(path, file["node_names"])
        names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["node_names"][:]]
        tracks = np.asarray(file["tracks"][:], np.float64)
        scores = np.asarray(file["point_scores"][:], np.float64) if "point_scores" in file else None
    if tracks.ndim == 4 and tracks.shape[1:3] == (2, len(names)):
        tracks = tracks.transpose(3, 0, 2, 1)
        scores = None if scores is None else scores.transpose(2, 0, 1)
    if tracks.ndim != 4 or tracks.shape[2:] != (len(names), 2):
        raise PoseSourceError(
            f"{path} has tracks of shape {tracks.shape} and {len(names)} points; expected (tracks, 2, points, frames). "
            "Export the analysis again."
        )
    return names, tracks, np.nan_to_num(scores) if scores is not None else np.ones(tracks.shape[:3])


def _check_names(path: Path, names: Any) -> None:
    """Refuse names whose heap states more bytes than the file has: the library sets them aside before it looks.

    HDF5 file format, version 3, III.E "Global heap": a reference is length, address and index, a collection GCOL and
    its size, an object 16 bytes of head, of which the last eight are its size.
    """
    at = names.id.get_offset()
    if names.dtype.kind != "O" or at is None:
        return
    content = path.read_bytes()
    kinds = np.dtype([("length", "<u4"), ("heap", "<u8"), ("index", "<u4")])
    references = np.frombuffer(content, kinds, names.size, at)
    for start in np.unique(references["heap"][references["length"] > 0]).tolist():
        size = int.from_bytes(content[start + 8 : start + 16], "little")
        fits = content[start : start + 4] == b"GCOL" and start + size <= len(content)
        place = start + 16
        while fits and place + 16 <= start + size and any(content[place : place + 2]):
            length = int.from_bytes(content[place + 8 : place + 16], "little")
            fits = length <= size
            place += 16 + -(-length // 8) * 8
        if not fits:
            raise ValueError("the names of its points are damaged")
    if (references["length"] > len(content)).any():
        raise ValueError("the names of its points are damaged")


READER = Reader(
    tool="SLEAP",
    looks_like="an .h5 file of SLEAP's analysis export",
    recognises=_recognises,
    read=_read,
)
