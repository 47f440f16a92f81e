"""Markers for biomechanics' own binary format, C3D (c3d.org), by ezc3d.

C3D has a rate and no times. Where the video's times are not even, markers are put on even times between them; the
attempts' starts, bottoms and ends are events, which have times of their own.
"""

from pathlib import Path

import numpy as np

from depthperception.geometry.signals import even_times, resampled
from depthperception.series.motion_files import MARKERS
from depthperception.series.table import TimeSeries
from depthperception.types import FloatArray

UNEVEN_S = 1e-3
"""Times that are further from even ones are not taken for even; containers round to a millisecond."""

MM = 1000.0
"""C3D files are in millimetres by custom, and some readers believe nothing else."""


def even_markers(series: TimeSeries) -> tuple[float, FloatArray]:
    """Rate in Hz and markers (m, 33, 3) in metres at even times from the first row's; NaN where they are missing."""
    times, room = series.times_s, series.room_m
    step_s = float(np.mean(np.diff(times))) if len(times) > 1 else 1.0
    even = times[0] + step_s * np.arange(len(times))
    if len(times) > 1 and np.abs(even - times).max() > UNEVEN_S:
        step_s = float(np.median(np.diff(times)))
        even = even_times(times, step_s)
        room = resampled(even, times, room)
    return 1.0 / step_s, room


def write_c3d(series: TimeSeries, path: Path) -> None:
    """Write every landmark as a marker: x forward, y up, z to the lifter's right, from the middle of his feet."""
    import ezc3d  # noqa: PLC0415

    rate_hz, markers = even_markers(series)
    file = ezc3d.c3d()
    file["header"]["points"]["frame_rate"] = rate_hz
    points = file["parameters"]["POINT"]
    points["RATE"]["value"], points["LABELS"]["value"], points["UNITS"]["value"] = [rate_hz], list(MARKERS), ["mm"]
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    events = _events(series)
    if events:
        labels, times = zip(*events, strict=True)
        file.add_parameter("EVENT", "USED", [len(events)])
        file.add_parameter("EVENT", "CONTEXTS", ["General"] * len(events))
        file.add_parameter("EVENT", "LABELS", list(labels))
        file.add_parameter("EVENT", "TIMES", np.array([[t // 60 for t in times], [t % 60 for t in times]]))
    data = np.ones((4, len(MARKERS), len(markers)))
    data[:3] = MM * markers.transpose(2, 1, 0)
    file["data"]["points"] = data
    file.write(str(path))


def _events(series: TimeSeries) -> list[tuple[str, float]]:
    """Where phases begin, s from the first row."""
    changes = np.flatnonzero(series.phase[1:] != series.phase[:-1]) + 1
    starts = [k for k in (0, *changes) if series.phase[k]]
    return [(str(series.phase[k]), float(series.times_s[k] - series.times_s[0])) for k in starts]
