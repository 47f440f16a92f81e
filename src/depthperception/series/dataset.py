"""A time series as an xarray dataset in the layout of `movement`'s poses (movement.validators.ValidPosesInputs).

`position` and `confidence` are what movement works on; the rest lies beside them on the same times. Times are the
video's own, so `fps` is their mean.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.series.extras import require
from depthperception.series.table import NAMES, TimeSeries

if TYPE_CHECKING:
    import xarray

BESIDE = ("frame", "pose", "attempt", "phase")
"""Of a row, without its time."""


def dataset(series: TimeSeries) -> "xarray.Dataset":
    """Build the dataset.

    Raises
    ------
    MissingExtraError
        When xarray is not installed.
    """
    require("xarray", "A dataset")
    import xarray as xr  # noqa: PLC0415

    marks = ("time", "space", "keypoints", "individuals")
    columns = series.columns()
    variables: dict[str, Any] = {
        "position": (marks, series.track.image_px.swapaxes(1, 2)[..., None], {"units": "px"}),
        "confidence": (("time", *marks[2:]), series.track.visibility[..., None]),
        "position_3d": (("time", "space_3d", *marks[2:]), series.room_m.swapaxes(1, 2)[..., None], {"units": "m"}),
    }
    variables |= {
        name: ("time", columns[name].astype(object if columns[name].dtype.kind == "U" else None)) for name in BESIDE
    }
    variables |= {
        name: ("time", values, {"units": unit_of(name)})
        for name, values in series.values.items()
        if name != "confidence"
    }
    variables["row_confidence"] = ("time", series.values["confidence"])
    where = {"time": series.times_s, "space": ["x", "y"], "space_3d": ["x", "y", "z"], "keypoints": list(NAMES)}
    facts = {**series.facts, "ds_type": "poses", "time_unit": "seconds"}
    return xr.Dataset(variables, {**where, "individuals": ["lifter"]}, facts)


def unit_of(name: str) -> str:
    """Read a column's unit off the end of its name, as the CF conventions write it; "1" where it has none."""
    units = {"_m_s": "m s-1", "_cm": "cm", "_deg": "degree", "_m": "m", "_px": "px"}
    return next((unit for end, unit in units.items() if name.endswith(end)), "1")


def write_netcdf(series: TimeSeries, path: Path) -> None:
    """Write the dataset as netCDF-4."""
    dataset(series).to_netcdf(path, engine="h5netcdf")
