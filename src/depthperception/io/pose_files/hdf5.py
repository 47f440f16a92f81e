"""HDF5 files, which are told by what they hold: SLEAP's analysis and projects, DeepLabCut's tables."""

from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import MissingExtraError, PoseSourceError
from depthperception.io.pose_files import deeplabcut, sleap
from depthperception.io.pose_files.people import PoseFile, Reader, checked_rate

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
    """Read the lifter; of several people he is the largest in each frame."""
    rate_hz = checked_rate(rate_hz, path)
    try:
        import h5py  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{path} is HDF5, for which the package h5py is not installed; expected the extra [files], or a CSV. "
            'Install it: pip install "depthperception[files]".'
        ) from error
    try:
        with h5py.File(path) as file:
            _check_size(file, path)
            if "node_names" in file:
                _check_names(path, file["node_names"])
            if {"tracks", "node_names"} <= set(file):
                return sleap.read_analysis(file, rate_hz, path)
            if {"metadata", "frames", "instances"} <= set(file):
                return sleap.read_project(file, rate_hz, path)
            if tables := [one for one in file.values() if "pandas_type" in one.attrs]:
                return deeplabcut.read_table(tables, rate_hz, path)
            held = ", ".join(list(file)[:8]) or "nothing"
    except OSError as error:
        raise PoseSourceError(
            f"{path} cannot be read as HDF5 ({error}); expected a whole file. Copy it again."
        ) from error
    raise PoseSourceError(
        f"{path} holds {held}; expected SLEAP's tracks and node_names, a .slp, or DeepLabCut's table. "
        "Export it again, or as CSV."
    )


def _check_size(file: Any, path: Path) -> None:
    counts = [0]
    file.visititems(lambda _, one: counts.append(getattr(one, "size", 0) or 0))
    if max(counts) > MOST_NUMBERS:
        raise PoseSourceError(
            f"{path} states {max(counts)} numbers; expected at most {MOST_NUMBERS}, hours of several people. "
            "Export less."
        )


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
    tool="SLEAP and DeepLabCut",
    looks_like="an .h5 file of SLEAP's analysis or of DeepLabCut, or a .slp",
    recognises=_recognises,
    read=_read,
)
