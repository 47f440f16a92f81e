"""The lifter's joints in space as TRC, which OpenSim and Pose2Sim open: y up, metres, an even rate."""

from pathlib import Path

import numpy as np

from depthperception.io.atomic import whole_file
from depthperception.multiview.triangulation import NAMES
from depthperception.types import FloatArray

TO_Y_UP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Columns that take a world with z up to OpenSim's: x forward or wherever y pointed, y up, right-handed."""


def write_trc(times_s: FloatArray, points_m: FloatArray, path: Path) -> None:
    """Write points (n, j, 3) of a world with z up, at even times (n,); `NAMES` are theirs, left and right in turn.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    names = [f"{side}{name}" for name in NAMES for side in "LR"]
    rate_hz = (len(times_s) - 1) / (times_s[-1] - times_s[0])
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate_hz:.6g}\t{rate_hz:.6g}\t{len(times_s)}\t{len(names)}\tm\t{rate_hz:.6g}\t1\t{len(times_s)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{k + 1}" for k in range(len(names)) for axis in "XYZ"),
    ]
    turned = points_m @ TO_Y_UP
    rows = [
        f"{k + 1}\t{time_s:.6f}\t" + "\t".join(f"{value:.6f}" for value in row.ravel())
        for k, (time_s, row) in enumerate(zip(times_s, turned, strict=True))
    ]
    with whole_file(path) as partial:
        partial.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
