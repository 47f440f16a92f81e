"""Markers and angles for OpenSim, Pose2Sim and Sports2D: .trc and .mot, text with the video's own times.

Both layouts are OpenSim's (its documentation, "Marker (.trc) files" and "Motion (.mot) files"). Markers are in
OpenSim's axes (x forward, y up, z right), and have the names that Pose2Sim's skeletons have.
"""

from pathlib import Path

import numpy as np

from depthperception.series.table import NAMES, TimeSeries
from depthperception.types import FloatArray

COORDINATES = {
    "hip_flexion": "hip_flexion", "knee_flexion": "knee_angle", "ankle_dorsiflexion": "ankle_angle",
    "trunk_lean": "trunk_lean",
}  # fmt: skip
"""Our angles by the names of OpenSim's Rajagopal model, in which a bent knee is positive; the trunk has no twin."""


def marker_name(landmark: str) -> str:
    """Name a landmark as Pose2Sim does: left_hip is LHip, left_foot_index LBigToe."""
    words = landmark.replace("foot_index", "big_toe").replace("mouth_left", "left_mouth")
    words = words.replace("mouth_right", "right_mouth")
    side = {"left": "L", "right": "R"}.get(words.split("_")[0], "")
    return side + "".join(word.capitalize() for word in words.split("_")[bool(side) :])


MARKERS = tuple(marker_name(name) for name in NAMES)


def write_trc(series: TimeSeries, path: Path) -> None:
    """Write every landmark in metres from the middle of the feet; what is missing is NaN."""
    count, n = len(MARKERS), len(series)
    rate = f"{series.rate_hz:.6f}"
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{_name(series)}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{n}\t{count}\tm\t{rate}\t1\t{n}",
        "Frame#\tTime\t" + "\t\t\t".join(MARKERS) + "\t\t",
        "\t\t" + "\t".join(f"X{k}\tY{k}\tZ{k}" for k in range(1, count + 1)),
    ]
    rows = np.column_stack([series.times_s, series.room_m.reshape(n, -1)])
    lines = [f"{k}\t{_row(row)}" for k, row in enumerate(rows, 1)]
    path.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


def write_mot(series: TimeSeries, path: Path) -> None:
    """Write every angle in degrees."""
    angles = {
        f"{COORDINATES[angle]}_{side[0]}": series.values[f"{angle}_{side}_deg"]
        for angle in COORDINATES
        for side in ("right", "left")
    }
    rows = np.column_stack([series.times_s, *angles.values()])
    head = [_name(series), "version=1", f"nRows={len(rows)}", f"nColumns={rows.shape[1]}", "inDegrees=yes", "endheader"]
    lines = ["\t".join(["time", *angles]), *map(_row, rows)]
    path.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


def _name(series: TimeSeries) -> str:
    return Path(str(series.facts.get("source_file", "landmarks"))).stem


def _row(numbers: FloatArray) -> str:
    return "\t".join(f"{number:.6f}" if np.isfinite(number) else "NaN" for number in numbers)
