"""Open what `export` wrote by the library that reads each format in its own field, and compare the numbers.

    depthperception export FOLDER.judged --format csv --format parquet ... -o PLACE/NAME.csv
    python benchmarks/readers.py PLACE/NAME [more such names]

It needs none of this project, only the readers, so that it runs in an environment of theirs (`pip install pose2sim
movement ezc3d pyarrow`; Pose2Sim brings OpenSim). What is not installed is said and left out. The CSV, read by pandas,
is what the others are compared to; a row is one reader of one file, with the largest difference of all its numbers.
"""

import importlib.metadata
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

Difference = tuple[int, float]
"""How many numbers were compared, and by how much the worst differs, in the file's own unit."""


def difference(found: Any, table: Any) -> Difference:
    """Compare arrays of one shape, in which what is missing has to be missing in both."""
    one, other = np.asarray(found, float), np.asarray(table, float)
    assert one.shape == other.shape, (one.shape, other.shape)
    assert (np.isnan(one) == np.isnan(other)).all(), "other numbers are missing"
    return int(np.isfinite(one).sum()), float(np.nanmax(np.abs(one - other)))


def joined(*parts: Difference) -> Difference:
    """Put comparisons of one file together."""
    return sum(count for count, _ in parts), max(worst for _, worst in parts)


def landmarks(table: pd.DataFrame, unit: str, axes: str) -> tuple[list[str], np.ndarray]:
    """Names of the landmarks in the table's order, and their coordinates (rows, landmarks, axes)."""
    end = f"_{axes[0]}_{unit}"
    names = [name.removesuffix(end) for name in table.columns if name.endswith(end)]
    return names, np.stack([table[[f"{name}_{axis}_{unit}" for axis in axes]].to_numpy(float) for name in names], 1)


def by_pandas(path: Path, table: pd.DataFrame) -> Difference:
    """Parquet."""
    found = pd.read_parquet(path)
    words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    assert list(found.columns) == list(table.columns)
    for name in words:
        assert (found[name].fillna("") == table[name].fillna("")).all(), name
    return difference(found.drop(columns=words), table.drop(columns=words))


def by_movement(path: Path, table: pd.DataFrame) -> Difference:
    """Use movement's own validator and kinematics on the netCDF."""
    import xarray as xr  # noqa: PLC0415
    from movement.kinematics import compute_velocity  # noqa: PLC0415
    from movement.validators.datasets import ValidPosesInputs  # noqa: PLC0415

    found = xr.load_dataset(path)
    ValidPosesInputs.validate(found)
    assert np.isfinite(compute_velocity(found.position)).any()
    _, px = landmarks(table, "px", "xy")
    _, metres = landmarks(table, "m", "xyz")
    lifter = found.sel(individuals="lifter")
    return joined(
        difference(lifter.position.transpose("time", "keypoints", "space"), px),
        difference(lifter.position_3d.transpose("time", "keypoints", "space_3d"), metres),
        difference(found.time, table["time_s"]),
        difference(found.knee_flexion_left_deg, table["knee_flexion_left_deg"]),
    )


def by_pose2sim(path: Path, table: pd.DataFrame) -> Difference:
    """TRC as Pose2Sim's own steps read it."""
    from Pose2Sim.common import read_trc  # noqa: PLC0415

    coordinates, _, times, markers, _ = read_trc(str(path))
    names, metres = landmarks(table, "m", "xyz")
    assert len(markers) == len(names)
    return joined(difference(coordinates, metres.reshape(len(table), -1)), difference(times, table["time_s"]))


def by_opensim_markers(path: Path, table: pd.DataFrame) -> Difference:
    """TRC as OpenSim reads it."""
    import opensim  # noqa: PLC0415

    found = opensim.TimeSeriesTableVec3(str(path))
    _, metres = landmarks(table, "m", "xyz")
    rows = [found.getRowAtIndex(row) for row in range(found.getNumRows())]
    xyz = [[[row[column][axis] for axis in range(3)] for column in range(found.getNumColumns())] for row in rows]
    return joined(difference(xyz, metres), difference(found.getIndependentColumn(), table["time_s"]))


ANGLES = {"hip_flexion": "hip_flexion", "knee_angle": "knee_flexion", "ankle_angle": "ankle_dorsiflexion"}


def by_opensim_angles(path: Path, table: pd.DataFrame) -> Difference:
    """MOT as OpenSim reads it."""
    import opensim  # noqa: PLC0415

    found = opensim.TimeSeriesTable(str(path))
    assert found.getTableMetaDataString("inDegrees") == "yes"
    each = [
        difference(found.getDependentColumn(f"{theirs}_{side[0]}").to_numpy(), table[f"{ours}_{side}_deg"])
        for theirs, ours in ANGLES.items()
        for side in ("left", "right")
    ]
    return joined(*each, difference(found.getIndependentColumn(), table["time_s"]))


def by_ezc3d(path: Path, table: pd.DataFrame) -> Difference:
    """C3D, in millimetres; compared in metres where the video's times are even."""
    import ezc3d  # noqa: PLC0415

    found = ezc3d.c3d(str(path))
    _, metres = landmarks(table, "m", "xyz")
    return difference(found["data"]["points"][:3].transpose(2, 1, 0) / 1000.0, metres)


def by_etree(path: Path, table: pd.DataFrame) -> Difference:
    """KVA as the XML that it is: Kinovea itself runs on Windows alone."""
    names, px = landmarks(table, "px", "xy")
    parts = []
    for track in ElementTree.parse(path).iter("Track"):
        points = [point.text.split(";") for point in track.iter("TrackPoint") if point.text]
        known = px[:, names.index(track.attrib["name"])]
        parts.append(difference([point[:2] for point in points], known[np.isfinite(known).all(axis=1)]))
    return joined(*parts)


def by_numpy(path: Path, table: pd.DataFrame) -> Difference:
    """NPZ."""
    _, px = landmarks(table, "px", "xy")
    found = np.load(path)
    return difference(found["image_px"], px[(table["pose"] != "missing").to_numpy()])


def by_json(path: Path, table: pd.DataFrame) -> Difference:
    """Read plain JSON."""
    names, px = landmarks(table, "px", "xy")
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["landmarks"] == names
    return difference(found["image_px"], px[(table["pose"] != "missing").to_numpy()])


READERS: tuple[tuple[str, str, Callable[[Path, pd.DataFrame], Difference]], ...] = (
    (".parquet", "pandas", by_pandas),
    (".nc", "movement", by_movement),
    (".trc", "Pose2Sim", by_pose2sim),
    (".trc", "opensim", by_opensim_markers),
    (".mot", "opensim", by_opensim_angles),
    (".c3d", "ezc3d", by_ezc3d),
    (".kva", "XML alone", by_etree),
    (".npz", "numpy", by_numpy),
    (".json", "json", by_json),
)


def rows_of(stem: Path) -> Iterator[str]:
    """Give a row for each file and reader of one export."""
    table = pd.read_csv(stem.with_suffix(".csv"))
    yield f"| {stem.name}.csv | pandas {pd.__version__} | {len(table)} rows, {len(table.columns)} columns | |"
    for ending, reader, read in READERS:
        try:
            count, worst = read(stem.with_suffix(ending), table)
            told = f"{count} numbers | {worst:.1g}"
        except ImportError as error:
            told = f"not installed: {error.name} | "
        yield f"| {stem.name}{ending} | {reader}{_version(reader)} | {told} |"


def _version(reader: str) -> str:
    try:
        return f" {importlib.metadata.version(reader)}"
    except importlib.metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    print("| file | read by | compared | largest difference |\n| --- | --- | --- | --- |")
    for name in sys.argv[1:]:
        print("\n".join(rows_of(Path(name))))
