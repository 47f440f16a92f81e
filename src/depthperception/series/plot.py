"""A time series as a figure: heights, angles and speeds against time, with the phases of every attempt."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthperception.series.table import TimeSeries

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#6b7280")
"""Okabe and Ito's, told apart by colour-blind eyes."""

PHASES = {"descent": "#dbe7f6", "bottom": "#f7d5e6", "ascent": "#e3f1e1"}

PANELS = (
    ("height, cm", {"hip": "hip_height_cm", "knee": "knee_height_cm", "bar": "bar_height_cm"}),
    ("angle, left leg, degrees", {
        "knee": "knee_flexion_left_deg", "hip": "hip_flexion_left_deg", "ankle": "ankle_dorsiflexion_left_deg",
        "trunk": "trunk_lean_left_deg",
    }),
    ("angle, right leg, degrees", {
        "knee": "knee_flexion_right_deg", "hip": "hip_flexion_right_deg", "ankle": "ankle_dorsiflexion_right_deg",
        "trunk": "trunk_lean_right_deg",
    }),
    ("speed upwards, m/s", {"hip": "hip_speed_m_s", "bar": "bar_speed_m_s"}),
)  # fmt: skip
"""Title of each panel and its curves: a word and a column."""


def figure(series: TimeSeries) -> Figure:
    """Compose the figure; a curve of which nothing is known is left out, and so is a panel without curves."""
    known = {name: np.isfinite(values).any() for name, values in series.values.items()}
    panels = [
        (title, there)
        for title, curves in PANELS
        if (there := {word: name for word, name in curves.items() if known[name]})
    ]
    drawn = Figure(figsize=(8.0, 1.0 + 1.8 * max(1, len(panels))), layout="constrained")
    if not panels:
        drawn.text(0.5, 0.5, "Nobody was measured.", ha="center")
        return drawn
    every = drawn.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (title, curves) in zip(every, panels, strict=True):
        _shade(axes, series)
        for colour, (word, name) in zip(COLOURS, curves.items(), strict=False):
            axes.plot(series.times_s, series.values[name], color=colour, linewidth=1.5, label=word)
        axes.set_title(title, loc="left", fontsize=9)
        axes.legend(loc="upper right", ncols=4, fontsize=8, frameon=False)
        axes.margins(x=0.0, y=0.15)
    every[-1].set_xlabel("time, s")
    return drawn


def _shade(axes: Axes, series: TimeSeries) -> None:
    changes = np.flatnonzero(series.phase[1:] != series.phase[:-1]) + 1
    bounds = [0, *changes, len(series)]
    for first, after in pairwise(bounds):
        if colour := PHASES.get(str(series.phase[first])):
            last = min(after, len(series) - 1)
            axes.axvspan(series.times_s[first], series.times_s[last], color=colour, linewidth=0)
