"""What a time series holds: one row for each frame, as named arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from depthperception.geometry.skeletons import COUNT, Landmark
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, IntArray, check_shapes, time_span

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

MEASURED, INTERPOLATED, MISSING = "measured", "interpolated", "missing"
"""What a row's pose is: seen in that very frame, put between the frames on either side, or not there."""

NAMES = tuple(mark.name.lower() for mark in Landmark)
"""Of the landmarks, as MediaPipe and Pose2Sim's BLAZEPOSE skeleton spell them."""


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """Everything that is measured of one lifter against time; docs/formats.md says what each column means.

    Attributes
    ----------
    frames : (n,)
        Numbers of the rows' frames in the video, from 0; -1 where they are not known.
    track
        His landmarks in these frames, in the picture and in the pose model's axes; NaN where they are missing.
    room_m : (n, 33, 3)
        The same in metres from the middle of his feet: x forward, y up, z to his right (ISB; Wu and Cavanagh, 1995).
    pose : (n,)
        `MEASURED`, `INTERPOLATED` or `MISSING`.
    attempt : (n,)
        Number of the attempt, from 1; 0 outside of all.
    phase : (n,)
        "descent", "bottom", "ascent", "lockout" or "sinks back"; "" outside of all attempts.
    scale_source : (n,)
        What the centimetres rest on: "height", "plate", "model"; "" where nothing was a ruler.
    values
        The other columns, each (n,), by name in their order; the end of the name is the unit.
    facts
        What holds for all rows: text, numbers, never None.
    """

    frames: IntArray
    track: PoseTrack
    room_m: FloatArray
    pose: NDArray[np.str_]
    attempt: IntArray
    phase: NDArray[np.str_]
    scale_source: NDArray[np.str_]
    values: Mapping[str, FloatArray]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.track)
        rows = dict.fromkeys(("frames", "pose", "attempt", "phase", "scale_source"), (n,))
        check_shapes(self, {**rows, "room_m": (n, COUNT, 3)})
        if wrong := [name for name, column in self.values.items() if column.shape != (n,)]:
            raise ValueError(f"{wrong[0]} has shape {self.values[wrong[0]].shape}, expected {(n,)}")

    def __len__(self) -> int:
        return len(self.track)

    def __repr__(self) -> str:
        return f"<TimeSeries {time_span(self.times_s)}; {int(np.sum(self.pose == MEASURED))} measured>"

    @property
    def times_s(self) -> FloatArray:
        """Presentation times (n,) from the first frame of the video."""
        return self.track.times_s

    @property
    def rate_hz(self) -> float:
        """Rows a second, over the whole; 0 of fewer than two."""
        steps = np.diff(self.times_s)
        return 1.0 / float(steps.mean()) if len(steps) else 0.0

    def columns(self) -> dict[str, NDArray[Any]]:
        """Give every column of the table by name: what is known of the row, what is measured, then the landmarks.

        A text that is not there is "", a measured number NaN, where tables have null.
        """
        marks = {
            f"{name}_{part}": values
            for index, name in enumerate(NAMES)
            for part, values in (
                ("x_px", self.track.image_px[:, index, 0]), ("y_px", self.track.image_px[:, index, 1]),
                ("x_m", self.room_m[:, index, 0]), ("y_m", self.room_m[:, index, 1]), ("z_m", self.room_m[:, index, 2]),
                ("visibility", self.track.visibility[:, index]),
            )
        }  # fmt: skip
        row = {
            "frame": self.frames, "time_s": self.times_s, "pose": self.pose, "attempt": self.attempt,
            "phase": self.phase, "scale_source": self.scale_source,
        }  # fmt: skip
        return {**row, **self.values, **marks}

    def to_frame(self) -> Any:
        """Give a data frame of whichever is installed, pandas or else polars; null where nothing is known.

        Raises
        ------
        MissingExtraError
            When neither is installed.
        """
        from depthperception.series.tables import data_frame  # noqa: PLC0415

        return data_frame(self)

    def to_xarray(self) -> "xarray.Dataset":
        """Give an xarray dataset in the layout of `movement`'s poses.

        Raises
        ------
        MissingExtraError
            When xarray is not installed.
        """
        from depthperception.series.dataset import dataset  # noqa: PLC0415

        return dataset(self)

    def save(self, path: str | Path) -> None:
        """Write a file in the format that its ending names: `series.formats.FORMATS`.

        Raises
        ------
        OptionError
            When no format has this ending.
        MissingExtraError
            When the format's library is not installed.
        OutputError
            When the file cannot be written, or the format cannot hold what there is.
        """
        from depthperception.series.formats import write  # noqa: PLC0415

        write(self, Path(path))

    def plot(self) -> "Figure":
        """Draw heights, angles and speeds against time, with the phases."""
        from depthperception.series.plot import figure  # noqa: PLC0415

        return figure(self)
