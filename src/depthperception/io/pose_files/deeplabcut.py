"""DeepLabCut's poses, as CSV and as HDF5: a row a frame with x, y and likelihood of each point.

Their heads (docs, "Output of analyze_videos") are scorer, individuals (of several animals only), bodyparts and coords.
The HDF5 file is a table of pandas and PyTables, which keep the heads as a pickle. It is read without either: the
pickle may hold lists, tuples, texts and numbers, and nothing that runs.
"""

import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.damaged import unpickled
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
from depthperception.io.pose_files.rows import numbers_of, rows_of
from depthperception.types import FloatArray

HEADS = ("scorer", "individuals", "bodyparts", "coords")


@dataclass(frozen=True)
class Heads:
    """Of each column: whose, which point, and "x", "y" or "likelihood"; nobody is named where one animal is filmed."""

    of_whom: Sequence[str]
    parts: Sequence[str]
    coords: Sequence[str]


def _recognises(path: Path) -> bool:
    """Whether its first head is the scorer."""
    return path.suffix.lower() == ".csv" and path.is_file() and rows_of(path, 1)[0][:1] == ["scorer"]


def _read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter; of several individuals he is the largest."""
    rate_hz, rows = checked_rate(rate_hz, path), rows_of(path)
    heads = {row[0]: row[1:] for row in rows[:4] if row and row[0] in HEADS}
    if not {"bodyparts", "coords"} <= heads.keys():
        raise PoseSourceError(f"{path} has the heads {', '.join(heads)}; expected {', '.join(HEADS)}. Export again.")
    parts = heads["bodyparts"]
    found = Heads(heads.get("individuals", [""] * len(parts)), parts, heads["coords"])
    return _lifter(numbers_of(rows[len(heads) :], path), found, rate_hz, path)


def read_table(groups: Sequence[Any], rate_hz: float, path: Path) -> PoseFile:
    """Read the lifter from a table of pandas, of whose groups in an HDF5 file the first counts.

    Raises
    ------
    PoseSourceError
        When its heads are not those of DeepLabCut, or cannot be read without running what they hold.
    """
    columns, values, numbers = _table(groups[0], path)
    if len({len(column) for column in columns}) != 1 or len(columns[0]) not in (3, 4):
        raise PoseSourceError(
            f"{path} has columns such as {columns[0]}; expected {', '.join(HEADS)} of each. Analyse the video again."
        )
    of_whom = [str(column[1]) if len(column) == 4 else "" for column in columns]
    heads = Heads(of_whom, [str(column[-2]) for column in columns], [str(column[-1]) for column in columns])
    return _lifter(zip(numbers.tolist(), values.tolist(), strict=True), heads, rate_hz, path)


def _table(group: Any, path: Path) -> tuple[list[tuple[Any, ...]], FloatArray, FloatArray]:
    """Columns, values (frames, columns) and numbers (frames,) of the frames; several blocks stand side by side."""
    if group.attrs.get("pandas_type") != b"frame_table":
        raise PoseSourceError(
            f"{path} holds a frame of pandas that is no table; expected what DeepLabCut's analyze_videos writes "
            "(format='table'). Export it again, or give the CSV."
        )
    table = group["table"]
    blocks = sorted(name for name in table.dtype.names if name.startswith("values_block_"))
    columns = [column for name in blocks for column in _heads_of(table.attrs[f"{name}_kind"], path)]
    rows = table[:]
    values = np.concatenate([rows[name].reshape(len(rows), -1) for name in blocks], axis=1)
    if values.shape[1] != len(columns):
        raise PoseSourceError(
            f"{path} has {values.shape[1]} columns and {len(columns)} heads; expected as many. Export it again."
        )
    numbered = np.issubdtype(rows["index"].dtype, np.integer)
    numbers = rows["index"] if numbered else np.arange(len(rows))
    return columns, values.astype(np.float64), numbers.astype(np.float64)


def _heads_of(pickled: bytes, path: Path) -> list[tuple[Any, ...]]:
    try:
        return [tuple(column) for column in unpickled(bytes(pickled))]
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise PoseSourceError(
            f"The heads in {path} cannot be read ({error}); expected names of points alone. Give the CSV."
        ) from error


def _lifter(rows: Iterable[tuple[float, Sequence[float]]], heads: Heads, rate_hz: float, path: Path) -> PoseFile:
    columns = {key: k for k, key in enumerate(zip(heads.of_whom, heads.parts, heads.coords, strict=True))}
    frames = []
    for number, values in rows:
        people = [_individual(values, columns, who, heads.parts, path) for who in dict.fromkeys(heads.of_whom)]
        frames.append((number / rate_hz, people))
    return PoseFile("DeepLabCut", lifter_of(frames, path))


def _individual(
    values: Sequence[float], columns: Mapping[tuple[str, str, str], int], who: str, parts: Sequence[str], path: Path
) -> Seen:
    names = [part for part in dict.fromkeys(parts) if (who, part, "x") in columns]
    table = np.array([[values[columns[who, name, axis]] for axis in ("x", "y")] for name in names]).reshape(-1, 2)
    sure = [values[columns[who, name, "likelihood"]] if (who, name, "likelihood") in columns else 1.0 for name in names]
    return seen_by_marks(table, np.nan_to_num(np.array(sure)), marks_of(names, path))


READER = Reader("DeepLabCut", "a .csv file whose heads are scorer, bodyparts and coords", _recognises, _read)
