"""Markers in TRC, as OpenSim, Pose2Sim and Sports2D write them: tabs, five lines of heads, a row a frame.

OpenSim documentation, "Marker (.trc) files": the third line has the rate and the unit, the fourth the names, each over
three columns, then frame, time, and x, y, z of each marker. OpenSim's y points up, laboratories have z up, and
Sports2D's px y down: up is where the shoulders are over the ankles. Sports2D says "m" of px too, so whoever is taller
than three metres is in px.
"""

from pathlib import Path

import numpy as np

from depthperception.damaged import reason
from depthperception.errors import PoseSourceError
from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS
from depthperception.io.pose_files.people import PoseFile, Reader, lifter_of, marks_of, seen_by_marks
from depthperception.types import FloatArray

UNITS_CM = {"m": 100.0, "cm": 1.0, "mm": 0.1}

MOST_OVER_CM = 300.0
"""Shoulders over ankles of nobody."""

PX_CM = 0.1
"""Of what is in metres one px is a millimetre."""


def _recognises(path: Path) -> bool:
    """Whether its first word is TRC's."""
    return path.is_file() and path.read_bytes()[:12] == b"PathFileType"


def _read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter; the file has times of its own."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        unit = lines[2].split("\t")[4].strip()
        names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
        rows = [line.rstrip("\n").split("\t") for line in lines[5:] if line.strip()]
        table = np.array([[_number(cell) for cell in _cells(row, 2 + 3 * len(names))] for row in rows])
        times, points = table[:, 1], table[:, 2:].reshape(len(rows), len(names), 3)
    except (IndexError, ValueError) as error:
        raise PoseSourceError(
            f"{path} is no whole TRC ({reason(error)}); expected five lines of heads, and x, y, z of each marker in "
            "every row. Export it again."
        ) from error
    marks = marks_of(names, path)
    at = {mark: index for index, mark in marks.items()}
    pairs = [[at[mark] for mark in pair if mark in at] for pair in (SHOULDERS, ANKLES)]
    seen = [np.isfinite(points[:, pair]).all(axis=2).any(axis=1) for pair in pairs]
    shoulders, ankles = (np.nanmean(points[seen[0] & seen[1]][:, pair], axis=1) for pair in pairs)
    over = np.nanmedian(shoulders - ankles, axis=0)
    up = int(np.abs(over).argmax())
    flat = _from_front(points, up, [at[mark] for mark in HIPS if mark in at])
    picture = np.stack([flat, -np.sign(over[up]) * points[..., up]], axis=-1)
    cm = UNITS_CM.get(unit, np.inf)
    known = bool(abs(over[up]) * cm <= MOST_OVER_CM)
    picture = picture * (cm / PX_CM) if known else picture
    frames = [
        (float(time_s), [seen_by_marks(frame, np.ones(len(names)), marks)])
        for time_s, frame in zip(times - times[0], picture, strict=True)
    ]
    return PoseFile("TRC", lifter_of(frames, path), PX_CM if known else None)


def _from_front(points: FloatArray, up: int, hips: list[int]) -> FloatArray:
    """Places (n, points) across: x of what is flat, else along the line from the right hip to the left.

    So markers in space are seen from the front, as the front method needs them.
    """
    across = [axis for axis in (0, 1, 2) if axis != up]
    level = points[..., across]
    if len(hips) < 2 or not np.nanmax(np.abs(points[..., 2])) > 0.0:
        return np.asarray(points[..., 0])
    left = np.nanmedian(level[:, hips[0]] - level[:, hips[1]], axis=0)
    return np.asarray(level @ (left / max(float(np.linalg.norm(left)), 1e-9)))


def _cells(row: list[str], count: int) -> list[str]:
    return [*row, *[""] * count][:count]


def _number(text: str) -> float:
    return float(text) if text.strip() else np.nan


READER = Reader(
    tool="TRC",
    looks_like="a .trc file, whose first line begins with PathFileType",
    recognises=_recognises,
    read=_read,
)
