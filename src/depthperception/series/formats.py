"""Every format that a time series is written in, by the ending of the file's name."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, OutputError, quoted
from depthperception.io.atomic import whole_file, write_json
from depthperception.series.c3d import write_c3d
from depthperception.series.dataset import write_netcdf
from depthperception.series.extras import require
from depthperception.series.kinovea import write_kva
from depthperception.series.motion_files import write_mot, write_trc
from depthperception.series.table import MISSING, NAMES, TimeSeries
from depthperception.series.tables import write_csv, write_parquet


@dataclass(frozen=True)
class Format:
    """A format: its name, the ending of its files, what writes it, and the libraries that it needs for that."""

    name: str
    ending: str
    write: Callable[[TimeSeries, Path], None]
    needs: tuple[str, ...] = ()


def _write_npz(series: TimeSeries, path: Path) -> None:
    series.track.take(series.pose != MISSING).save(path)


def _write_json(series: TimeSeries, path: Path) -> None:
    """Write the arrays of `PoseTrack` under their own names; null is what is not known."""
    track = series.track.take(series.pose != MISSING)
    arrays = {one.name: _plain(np.round(getattr(track, one.name), 6).tolist()) for one in fields(track)}
    write_json(path, {"landmarks": list(NAMES), **arrays})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if np.isfinite(value) else None


FORMATS = {
    one.name: one
    for one in (
        Format("csv", ".csv", write_csv),
        Format("parquet", ".parquet", write_parquet, needs=("pyarrow",)),
        Format("netcdf", ".nc", write_netcdf, needs=("xarray", "h5netcdf")),
        Format("trc", ".trc", write_trc),
        Format("mot", ".mot", write_mot),
        Format("c3d", ".c3d", write_c3d, needs=("ezc3d",)),
        Format("kva", ".kva", write_kva),
        Format("npz", ".npz", _write_npz),
        Format("json", ".json", _write_json),
    )
}
"""By name."""


def format_of(path: Path) -> Format:
    """Read a format off a file's name.

    Raises
    ------
    OptionError
        When no format has its ending.
    """
    found = next((one for one in FORMATS.values() if one.ending == path.suffix.lower()), None)
    if found is None:
        endings = ", ".join(one.ending for one in FORMATS.values())
        raise OptionError(f"{path} ends in {quoted(path.suffix or 'nothing')}; expected {endings}. Rename it.")
    return found


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before anything is measured.

    Raises
    ------
    OptionError
        When its ending says no format.
    MissingExtraError
        When the format's library is not installed.
    OutputError
        When its folder is not there.
    """
    wanted = format_of(path)
    for name in wanted.needs:
        require(name, f"The format {wanted.name}")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist; expected one to write to. Make it first.")


def write(series: TimeSeries, path: Path) -> None:
    """Write a file whole, in the format that its ending names; errors as in `TimeSeries.save`."""
    check_place(path)
    with whole_file(path) as partial:
        format_of(path).write(series, partial)
