"""Rows of CSV files."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from depthperception.damaged import reason
from depthperception.errors import PoseSourceError


def rows_of(path: Path, most: int | None = None) -> list[list[str]]:
    """Read all rows, or `most` of them; of an empty file one without cells."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for _, row in zip(range(most), csv.reader(file), strict=False)] if most else list(csv.reader(file))
    return rows or [[]]


def numbers_of(rows: Sequence[Sequence[str]], path: Path) -> list[tuple[float, list[float]]]:
    """Give the number of each row, and its values, NaN where they are none.

    Raises
    ------
    PoseSourceError
        When a row begins with no number.
    """
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
