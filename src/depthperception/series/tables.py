"""A time series as a table: data frames, CSV and Parquet, all with the columns of `TimeSeries.columns`."""

import csv
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from depthperception.series.extras import require
from depthperception.series.table import TimeSeries

DECIMALS = 6
"""Of a number in text: a micrometre, a microsecond."""


def data_frame(series: TimeSeries) -> Any:
    """Give a data frame of pandas or else polars, with the facts as its `attrs` where it has them.

    Raises
    ------
    MissingExtraError
        When narwhals, or both libraries, are missing.
    """
    backend: Literal["pandas", "polars"] = "polars" if find_spec("polars") and not find_spec("pandas") else "pandas"
    for package in ("narwhals", backend):
        require(package, "A data frame")
    import narwhals as nw  # noqa: PLC0415

    columns = {name: _with_none(values) for name, values in series.columns().items()}
    frame = nw.from_dict(columns, backend=backend).to_native()
    if hasattr(frame, "attrs"):
        frame.attrs.update(series.facts)
    return frame


def _with_none(values: NDArray[Any]) -> Any:
    """Text with None for what is not there; numbers as they are."""
    return [str(value) or None for value in values] if values.dtype.kind == "U" else values


def write_csv(series: TimeSeries, path: Path) -> None:
    """Write CSV (RFC 4180, UTF-8): a header, and a row for each frame; what is not known is empty."""
    columns = series.columns()
    cells = [_as_text(values) for values in columns.values()]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(zip(*cells, strict=True))


def _as_text(values: NDArray[Any]) -> list[str]:
    if values.dtype.kind != "f":
        return [str(value) for value in values]
    return [format(value, f".{DECIMALS}f") if np.isfinite(value) else "" for value in values]


def write_parquet(series: TimeSeries, path: Path) -> None:
    """Write Parquet; the facts are JSON under the key "depthperception" of its metadata."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {
        name: pa.array(_with_none(values), from_pandas=True, type=pa.string() if values.dtype.kind == "U" else None)
        for name, values in series.columns().items()
    }
    table = pa.table(columns).replace_schema_metadata({"depthperception": json.dumps(dict(series.facts))})
    pq.write_table(table, path)
