"""bar.png: the bar's path from the side, where the view tells it, and its speed over time, a row for each attempt."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthperception.attempts.phases import phases
from depthperception.bar_motion import BarMotion, BarPath
from depthperception.barbell.kinematics import smooth
from depthperception.io.atomic import whole_file
from depthperception.report.drawing import INK, Colour, draw_dot, draw_lines
from depthperception.report.figures import DPI, FAINT, PHASES, TEXT
from depthperception.report.letters import video_name
from depthperception.report.text import bar_words
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import FloatArray, Picture

BAR, STICKS = "#b8860b", "#d0136c"
ROW_IN = (8.0, 3.2)
"""Of one attempt."""

LEAST_ACROSS_CM = 30.0
"""The path's axis across is at least this wide, so that a straight path looks straight."""


def write_bar_figure(path_out: Path, judgement: Judgement) -> None:
    """Write the figure as .png.

    Raises
    ------
    OutputError
        When the file cannot be written.
    ValueError
        When no attempt has a path: then there is nothing to plot.
    """
    figure = bar_figure(judgement)
    with whole_file(path_out) as partial:
        figure.savefig(partial, format="png", dpi=DPI, facecolor="white")


def bar_figure(judgement: Judgement) -> Figure:
    """Compose the figure; attempts without a path are left out."""
    shown = [
        (number, one, one.bar, one.bar.path)
        for number, one in enumerate(judgement.attempts, 1)
        if one.bar and one.bar.path
    ]
    if not shown:
        raise ValueError("no attempt has a bar path, so there is nothing to plot")
    figure = Figure(figsize=(ROW_IN[0], ROW_IN[1] * len(shown)), dpi=DPI, facecolor="white")
    figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.08)
    told = any(path.forward_cm for _, _, _, path in shown)
    rows = figure.subplots(len(shown), 1 + told, squeeze=False, width_ratios=(2, 5)[1 - told :])
    for (*across, over_time), (number, attempt, bar, path) in zip(rows, shown, strict=True):
        for axes in across:
            _draw_path(axes, path)
        _draw_speed(over_time, attempt, bar, path)
        name = video_name(judgement)
        over_time.set_title(
            name if len(judgement.attempts) == 1 else f"{name}, attempt {number}",
            loc="left", fontsize=11, fontweight="bold", color=TEXT, parse_math=False,
        )  # fmt: skip
    return figure


def _draw_path(axes: Axes, path: BarPath) -> None:
    """Draw height against the way forward, to one scale; without it against time would say nothing new."""
    height = np.array(path.height_cm)
    forward = np.array(path.forward_cm) if path.forward_cm else np.zeros_like(height)
    low = int(np.argmin(height))
    axes.plot(forward[: low + 1], height[: low + 1], color=FAINT, linewidth=1.4, label="down")
    axes.plot(forward[low:], height[low:], color=BAR, linewidth=2.0, label="up")
    axes.axvline(0.0, color="#c3c8d0", linewidth=0.8, zorder=0)
    middle, reach = float(np.mean([forward.min(), forward.max()])), max(LEAST_ACROSS_CM, float(np.ptp(forward)) * 1.2)
    axes.set_xlim(middle - reach / 2, middle + reach / 2)
    axes.set_aspect("equal", adjustable="datalim" if reach > LEAST_ACROSS_CM else "box")
    axes.set_ylabel("height, cm", fontsize=10, color=TEXT)
    axes.set_xlabel("forward, cm" if path.forward_cm else "from this view\nforward is not told", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="lower left", labelcolor=TEXT)
    _dress(axes)


def _draw_speed(axes: Axes, attempt: AttemptJudgement, bar: BarMotion, path: BarPath) -> None:
    for phase in phases(attempt):
        if phase.name in PHASES:
            axes.axvspan(phase.start_s, phase.end_s, color=PHASES[phase.name], linewidth=0, zorder=0)
    times, _, speed = smooth(np.array(path.times_s), np.array(path.height_cm) / 100.0)
    axes.axhline(0.0, color="#c3c8d0", linewidth=0.8, zorder=1)
    axes.plot(times, speed / bar.film_speed, color=BAR, linewidth=1.8, zorder=3)
    for way, sign in ((bar.descent, -1.0), (bar.ascent, 1.0)):
        if way:
            axes.hlines(sign * way.mean_m_s, way.start_s, way.end_s, color=TEXT, linestyle="--", linewidth=1.2)
    if bar.sticking:
        axes.plot(bar.sticking.time_s, bar.sticking.velocity_m_s, "v", color=STICKS, markersize=8, zorder=4)
    axes.set_xlim(float(times[0]), float(times[-1]))
    axes.set_ylabel("speed upwards, m/s", fontsize=10, color=TEXT)
    axes.set_xlabel("time, s", fontsize=10, color=TEXT)
    axes.text(
        0.01, 0.97, "\n".join(bar_words(bar)), transform=axes.transAxes, va="top", fontsize=8.5, color=TEXT,
        linespacing=1.4,
    )  # fmt: skip
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.35 * (high - low))
    _dress(axes)


def _dress(axes: Axes) -> None:
    axes.tick_params(labelsize=9, colors=TEXT, length=3)
    axes.grid(axis="y", color="#e6e8ec", linewidth=0.8, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#c3c8d0")


DOWN: Colour = (176, 184, 196)
UP: Colour = (255, 210, 63)
"""The way down is quiet, the way up yellow, which neither leg nor line uses."""

SHOWN_S = 1.0
"""The path stays this long after its end."""


def draw_bar_path(
    canvas: Picture, attempt: AttemptJudgement, time_s: float, scale: FloatArray, width_px: float
) -> None:
    """Draw where the bar has been in an attempt, up to a time.

    Parameters
    ----------
    scale : (2,)
        Px of the canvas per px of the video.
    """
    path = attempt.bar.path if attempt.bar else None
    if path is None or not path.times_s[0] <= time_s <= path.times_s[-1] + SHOWN_S:
        return
    times = np.array(path.times_s)
    past = int(np.searchsorted(times, time_s, side="right"))
    points = np.array(path.px)[:past] * scale
    low = min(int(np.searchsorted(times, attempt.bottom_s)), past - 1)
    draw_lines(canvas, [points], INK, 2.0 * width_px)
    draw_lines(canvas, [points[: low + 1]], DOWN, width_px)
    draw_lines(canvas, [points[low:]], UP, width_px)
    draw_dot(canvas, points[-1], 1.6 * width_px, UP)
