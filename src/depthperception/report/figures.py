"""depth.png: the height of hips and knees over time, the phases of every attempt, and its depth at the bottom."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from depthperception.attempts.phases import phases
from depthperception.io.atomic import whole_file
from depthperception.pose.track import PoseTrack
from depthperception.report.letters import video_name
from depthperception.report.text import (
    WORDS,
    depth_words,
    interval_words,
    leaning_words,
    no_attempt_words,
    signed,
)
from depthperception.results import AttemptJudgement, Judgement, Verdict
from depthperception.series.heights import Heights, film_heights

HIP, KNEE = "#0072b2", "#6b7280"
TEXT, FAINT = "#1f2530", "#6b7280"
PHASES = {"descent": "#dbe7f6", "bottom": "#f7d5e6", "ascent": "#e3f1e1"}
MARKS: dict[Verdict, tuple[str, str]] = {
    "depth": ("o", "white"), "no_depth": ("X", "#e11826"), "too_close": ("D", "#f0a63a"),
    "not_judgeable": ("s", "#9aa1ab"),
}  # fmt: skip
"""Shape and filling: a referee's white and red, amber for what is too close, and never the colour alone."""
SIZE_IN = (8.0, 5.0)
DPI = 200
"""1600 x 1000 px; letters of 9 points are still 12 px high when it is shown 800 wide."""
MANY = 24
"""A single attempt is written out in words, several get the number only; over this many it stands upright."""
LETTERS_PER_LINE = 80
"""Of the title, at its size."""
LEAST_RANGE_CM = 4.0
"""The depths' axis reaches this far to either side of the knee at least, so that 1 cm never looks like a mile."""


def write_depth_figure(path_out: Path, track: PoseTrack, judgement: Judgement) -> None:
    """Write the figure as .png.

    Raises
    ------
    OutputError
        When the file cannot be written.
    ValueError
        When the track is empty: then there is nothing to plot.
    """
    if not len(track):
        raise ValueError("the track is empty, so there are no heights to plot")
    figure = depth_figure(film_heights(track, judgement), judgement)
    with whole_file(path_out) as partial:
        figure.savefig(partial, format="png", dpi=DPI, facecolor="white")


def depth_figure(heights: Heights, judgement: Judgement) -> Figure:
    """Compose the figure: the heights above, and below them, enlarged, every attempt's depth with its interval."""
    figure = Figure(figsize=SIZE_IN, dpi=DPI, facecolor="white")
    figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.06)
    if judgement.attempts:
        top, ruling = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    else:
        top = ruling = figure.subplots()
    ruling.set_xlabel("time, s", fontsize=10, color=TEXT)
    _draw_heights(top, heights)
    if judgement.attempts:
        _draw_depths(ruling, judgement.attempts)
    for axes in figure.axes:
        _dress(axes, judgement.attempts)
    _name(top, judgement)
    figure.legend(
        handles=_legend(judgement.attempts), loc="outside lower center", ncols=8, frameon=False, fontsize=9,
        labelcolor=TEXT, handlelength=1.2, columnspacing=1.3, handletextpad=0.5,
    )  # fmt: skip
    return figure


def _draw_heights(axes: Axes, heights: Heights) -> None:
    axes.plot(heights.times_s, heights.hip, color=HIP, linewidth=1.8, solid_capstyle="round", zorder=4)
    axes.plot(heights.times_s, heights.knee, color=KNEE, linewidth=1.8, solid_capstyle="round", zorder=3)
    axes.set_xlim(float(heights.times_s[0]), max(float(heights.times_s[-1]), float(heights.times_s[0]) + 1e-3))
    both = np.concatenate([heights.hip, heights.knee])
    if np.isfinite(both).any():
        low, high = float(np.nanmin(both)), float(np.nanmax(both))
        axes.set_ylim(min(0.5 * low, 1.5 * low), 1.15 * max(high, 1.0))
    axes.set_ylabel(f"height over the feet, {heights.unit}", fontsize=10, color=TEXT)
    axes.text(0.01, 0.04, heights.source, transform=axes.transAxes, fontsize=9, color=FAINT)


def _draw_depths(axes: Axes, attempts: Sequence[AttemptJudgement]) -> None:
    """Draw depth downwards, as the lifter goes: what is under the line is deep enough."""
    axes.axhline(0.0, color=KNEE, linewidth=1.5, zorder=2)
    for attempt in attempts:
        shown = attempt.depth.cm or 0.0
        low, high = attempt.depth.interval90_cm or (shown, shown)
        marker, colour = MARKS[attempt.verdict]
        axes.vlines(attempt.bottom_s, low, high, color=TEXT, linewidth=1.8, zorder=3)
        axes.plot(attempt.bottom_s, shown, marker, color=colour, markeredgecolor=TEXT, markersize=8, zorder=4)
        _write_depth(axes, attempt, len(attempts) == 1, 90.0 if len(attempts) > MANY else 0.0)
    axes.set_ylim(*_depth_range(attempts))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_ylabel("crease below\nknee, cm", fontsize=10, color=TEXT)


def _depth_range(attempts: Sequence[AttemptJudgement]) -> tuple[float, float]:
    """Lower and upper end of the depths' axis, which points down; room above for the numbers."""
    bounds = [bound for attempt in attempts for bound in attempt.depth.interval90_cm or (attempt.depth.cm or 0.0,)]
    low, high = min(-LEAST_RANGE_CM, *bounds), max(LEAST_RANGE_CM, *bounds)
    return high + 0.1 * (high - low), low - 0.25 * (high - low)


def _write_depth(axes: Axes, attempt: AttemptJudgement, alone: bool, rotation_deg: float) -> None:
    depth = attempt.depth
    if not alone:
        words = "?" if depth.cm is None else signed(depth.cm)
        top = depth.interval90_cm[0] if depth.interval90_cm else depth.cm or 0.0
        axes.annotate(
            words, (attempt.bottom_s, top), xytext=(0, 5), textcoords="offset points", ha="center", va="bottom",
            rotation=rotation_deg, fontsize=9, color=TEXT, in_layout=False,
        )  # fmt: skip
        return
    early = attempt.bottom_s < float(np.mean(axes.get_xlim()))
    head = "  ".join(filter(None, (WORDS[attempt.verdict], leaning_words(attempt), depth_words(depth))))
    lines = [head, f"{interval_words(depth)}  at {attempt.bottom_s:.2f} s"]
    axes.text(
        0.99 if early else 0.01, 0.94, "\n".join(line.strip() for line in lines), transform=axes.transAxes,
        ha="right" if early else "left", va="top", fontsize=9, linespacing=1.4, color=TEXT,
    )  # fmt: skip


def _dress(axes: Axes, attempts: Sequence[AttemptJudgement]) -> None:
    for attempt in attempts:
        for phase in phases(attempt):
            if phase.name in PHASES:
                axes.axvspan(phase.start_s, phase.end_s, color=PHASES[phase.name], linewidth=0, zorder=0)
    axes.tick_params(labelsize=9, colors=TEXT, length=3)
    axes.grid(axis="y", color="#e6e8ec", linewidth=0.8, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#c3c8d0")


def _name(axes: Axes, judgement: Judgement) -> None:
    """Name the video, and number the attempts where there are several."""
    name = video_name(judgement)
    title = name if judgement.attempts else f"{name}: {no_attempt_words(judgement)}"
    lines = "\n".join(wrap(title, LETTERS_PER_LINE))
    axes.set_title(lines, loc="left", fontsize=11, fontweight="bold", color=TEXT, parse_math=False)
    if len(judgement.attempts) < 2:
        return
    for number, attempt in enumerate(judgement.attempts, 1):
        axes.annotate(
            str(number), (attempt.bottom_s, 1.0), xycoords=("data", "axes fraction"), xytext=(0, -4),
            textcoords="offset points", ha="center", va="top", fontsize=9, color=TEXT, in_layout=False,
        )  # fmt: skip


def _legend(attempts: Sequence[AttemptJudgement]) -> list[Line2D | Patch]:
    """Name everything that is drawn, in the order in which it is read."""
    curves = [Line2D([], [], color=HIP, label="hips"), Line2D([], [], color=KNEE, label="knees")]
    if not attempts:
        return [*curves]
    shades = [Patch(color=colour, label=name) for name, colour in PHASES.items()]
    seen = {attempt.verdict for attempt in attempts}
    marks = [
        Line2D(
            [], [], linestyle="", marker=MARKS[verdict][0], color=MARKS[verdict][1], markeredgecolor=TEXT,
            markersize=8, label=WORDS[verdict].lower(),
        )
        for verdict in MARKS if verdict in seen
    ]  # fmt: skip
    return [*curves, *shades, *marks]
