"""A judgement and what it rests on, for drawing and for export."""

from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.barbell import PlateTrack
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import FloatArray, Progress, silent

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

    from depthperception.series import TimeSeries


@dataclass(frozen=True)
class Examination:
    """A judgement and what it rests on, for drawing and for export.

    Attributes
    ----------
    judgement
        What is said about the video.
    track
        The lifter's landmarks; empty when there is nobody.
    frame_times_s : (frames,)
        Presentation time of every frame of the video.
    people
        Everyone who was found; the overlay numbers them from 1 in this order.
    chosen
        Which of them was judged; None when nobody was.
    plates
        For each attempt the plates of the bar that were followed through it: none, one or two.
    close
        Close looks at the lifter standing before and after the attempts; they are not in `track`, whose network errs
        otherwise.
    """

    judgement: Judgement
    track: PoseTrack
    frame_times_s: FloatArray
    people: tuple[PersonTrack, ...] = ()
    chosen: int | None = None
    plates: tuple[tuple[PlateTrack, ...], ...] = ()
    close: PoseTrack = field(default_factory=empty_track)

    def called(self, name: str) -> "Examination":
        """Give the same of a video that is called otherwise."""
        judgement = self.judgement
        return replace(self, judgement=replace(judgement, video=replace(judgement.video, path=name)))

    def __repr__(self) -> str:
        who = "nobody" if self.chosen is None else f"person {self.chosen + 1}"
        return f"<Examination of {self.judgement.summary()}; {who} of {len(self.people)}, {len(self.track)} poses>"

    def time_series(
        self, *, every_frame: bool = False, rate_hz: float | None = None, on_progress: Progress = silent
    ) -> "TimeSeries":
        """Give heights, angles, speeds, phases and landmarks at the times of the video's frames.

        Parameters
        ----------
        every_frame
            Look at every frame with the pose network. Without it rows between those that judging looked at are
            interpolated, and say so.
        rate_hz
            Look at so many frames a second; these are the rows then.
        on_progress
            As in `judge`.

        Raises
        ------
        VideoError
            When frames are to be looked at and the video is not there any more.
        OptionError
            When the rate makes no sense.
        """
        from depthperception.series import time_series  # noqa: PLC0415
        from depthperception.series.looking import frames_at_rate, look_at  # noqa: PLC0415

        chosen = frames_at_rate(self.frame_times_s, rate_hz)
        times_s, track = self.frame_times_s[chosen], self.track
        if every_frame or rate_hz is not None:
            track = look_at(self.judgement, self.people, times_s, on_progress=on_progress)
        return time_series(self.judgement, track, times_s, chosen)

    def to_frame(self) -> Any:
        """Give the time series as a data frame of pandas, or else polars; see `TimeSeries.to_frame`."""
        return self.time_series().to_frame()

    def to_xarray(self) -> "xarray.Dataset":
        """Give the time series in the layout of movement's poses; see `TimeSeries.to_xarray`."""
        return self.time_series().to_xarray()

    def save(self, path: str | Path) -> None:
        """Write the time series in the format that the file's ending names; see `TimeSeries.save`."""
        self.time_series().save(path)

    def plot(self) -> "Figure":
        """Draw the time series; see `TimeSeries.plot`."""
        return self.time_series().plot()

    def _repr_html_(self) -> str:
        """Show a notebook who was judged and what was ruled, attempt by attempt."""
        said = self.judgement
        rows = "".join(_row(number, attempt) for number, attempt in enumerate(said.attempts, 1))
        head = "".join(f"<th>{escape(name)}</th>" for name in ROW)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        notes = "".join(f"<p>{escape(sentence)}</p>" for sentence in (said.reason, *said.notes) if sentence)
        return f"<p><b>{escape(said.summary())}</b></p>{table}{notes}"


ROW = ("attempt", "verdict", "depth, cm", "90 % interval, cm", "probability of depth", "bottom, s", "why")
"""Columns of what a notebook shows."""


def _row(number: int, attempt: AttemptJudgement) -> str:
    depth = attempt.depth
    low_high = "" if depth.interval90_cm is None else "{:+.1f} to {:+.1f}".format(*depth.interval90_cm)
    # Never 0 or 1, which no measurement gives.
    sure = "" if depth.probability is None else f"{min(max(depth.probability, 0.01), 0.99):.2f}"
    cells = (
        str(number), attempt.verdict.replace("_", " "), "" if depth.cm is None else f"{depth.cm:+.1f}", low_high,
        sure, f"{attempt.bottom_s:.2f}", attempt.reason,
    )  # fmt: skip
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
