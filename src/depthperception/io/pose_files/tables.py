"""Poses in tables: DeepLabCut's CSV and SLEAP's analysis as CSV, whose columns name the points.

DeepLabCut (docs, "Output of analyze_videos"): heads scorer, individuals (of several animals only), bodyparts and
coords, then a row a frame with x, y and likelihood of each. SLEAP (sleap/info/write_tracking_h5.py and its CSV export):
track, frame_idx, instance.score, then POINT.x, POINT.y and POINT.score, a row for each animal in a frame.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from depthperception.damaged import reason
from depthperception.errors import PoseSourceError
from depthperception.io.pose_files.people import (
    PoseFile,
    Reader,
    Seen,
    checked_rate,
    lifter_of,
    marks_of,
    seen_by_marks,
)


def _deeplabcut_recognises(path: Path) -> bool:
    """Whether its first head is the scorer."""
    return path.suffix.lower() == ".csv" and path.is_file() and _rows(path, 1)[0][:1] == ["scorer"]


def _deeplabcut_read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter; of several individuals he is the largest."""
    rate_hz, rows = checked_rate(rate_hz, path), _rows(path)
    heads = {row[0]: row[1:] for row in rows[:4] if row and row[0] in HEADS}
    if not {"bodyparts", "coords"} <= heads.keys():
        raise PoseSourceError(f"{path} has the heads {', '.join(heads)}; expected {', '.join(HEADS)}. Export again.")
    coords, parts = heads["coords"], heads["bodyparts"]
    of_whom = heads.get("individuals", [""] * len(parts))
    columns = {key: k for k, key in enumerate(zip(of_whom, parts, coords, strict=True))}
    frames = []
    for number, values in _numbers(rows[len(heads) :], path):
        people = [_individual(values, columns, who, parts, path) for who in dict.fromkeys(of_whom)]
        frames.append((number / rate_hz, people))
    return PoseFile("DeepLabCut", lifter_of(frames, path))


HEADS = ("scorer", "individuals", "bodyparts", "coords")


def _sleap_recognises(path: Path) -> bool:
    """Whether its columns are those of SLEAP."""
    return path.suffix.lower() == ".csv" and path.is_file() and _rows(path, 1)[0][:2] == ["track", "frame_idx"]


def _sleap_read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter."""
    rate_hz, (head, *rows) = checked_rate(rate_hz, path), _rows(path)
    names = [name.removesuffix(".x") for name in head if name.endswith(".x")]
    at = {name: k for k, name in enumerate(head)}
    marks = marks_of(names, path)
    frames: dict[float, list[Seen]] = {}
    for _, values in _numbers([[row[at["frame_idx"]], *row] for row in rows], path):
        table = np.array([[values[at[f"{name}.{part}"]] for part in ("x", "y", "score")] for name in names])
        seen = seen_by_marks(table[:, :2], np.nan_to_num(table[:, 2]), marks)
        frames.setdefault(values[at["frame_idx"]] / rate_hz, []).append(seen)
    return PoseFile("SLEAP", lifter_of(sorted(frames.items()), path))


def _rows(path: Path, most: int | None = None) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for _, row in zip(range(most), csv.reader(file), strict=False)] if most else list(csv.reader(file))
    return rows or [[]]


def _numbers(rows: Sequence[Sequence[str]], path: Path) -> list[tuple[float, list[float]]]:
    """Give the number of each row, and its values, NaN where they are none."""
    try:
        return [(float(row[0]), [_number(text) for text in row[1:]]) for row in rows if row]
    except ValueError as error:
        raise PoseSourceError(
            f"{path} has a row that begins with no frame's number ({reason(error)}); expected that. Export it again."
        ) from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _individual(
    values: Sequence[float], columns: dict[tuple[str, str, str], int], who: str, parts: Sequence[str], path: Path
) -> Seen:
    names = [part for part in dict.fromkeys(parts) if (who, part, "x") in columns]
    table = np.array([[values[columns[who, name, axis]] for axis in ("x", "y")] for name in names]).reshape(-1, 2)
    sure = [values[columns[who, name, "likelihood"]] if (who, name, "likelihood") in columns else 1.0 for name in names]
    return seen_by_marks(table, np.nan_to_num(np.array(sure)), marks_of(names, path))


DEEPLABCUT = Reader(
    "DeepLabCut", "a .csv file whose heads are scorer, bodyparts and coords", _deeplabcut_recognises, _deeplabcut_read
)
SLEAP = Reader(
    "SLEAP",
    "a .csv file with the columns track, frame_idx, POINT.x, POINT.y, POINT.score",
    _sleap_recognises,
    _sleap_read,
)
