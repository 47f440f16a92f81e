"""The page's figures as numbers: where everything lies in a box of 100 x 100, for the templates to draw as SVG.

x goes right and y goes down, in percent of the box, so a figure takes any width and its letters stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from depthperception.attempts.phases import LOCKOUT_S, phases
from depthperception.geometry.signals import running_median
from depthperception.report.text import bar_words, depth_words, interval_words
from depthperception.results import AttemptJudgement, Reading, SideDepth, Verdict
from depthperception.series.heights import Heights
from depthperception.types import FloatArray

HALF_OF_90 = 1.645
"""Half of a 90 % interval in standard deviations of a normal distribution."""

LEAST_RANGE_CM = 4.0
"""A scale of depths reaches this far to either side of the line at least, so that 1 cm never looks like a mile."""

STEADY_S = 0.1
"""A curve's point is the median of the frames this near: single poses jump by centimetres where legs are hidden. At
5 m/s2 it lifts the bottom by 0.6 cm, which drawing through the measured depth takes back."""

BEFORE_S = 0.5
"""Standing that a depth curve shows before the descent."""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, in percent, and what it says."""

    at: float
    words: str


@dataclass(frozen=True)
class Bar:
    """A measured depth with its 90 % interval on a scale, percent."""

    kind: str
    name: str
    words: str
    cm: float
    at: float
    start: float
    length: float


@dataclass(frozen=True)
class Gauge:
    """Depths to scale: `line` is where the top of the knee lies. Down, or to the right, is deeper."""

    line: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Span:
    """A stretch of time on a curve, percent."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True)
class Line:
    """A curve: what it is of, and its SVG path in the box."""

    kind: str
    path: str


@dataclass(frozen=True)
class Mark:
    """An attempt's bottom on a curve: where it is, and from where to where its interval reaches, percent."""

    number: int
    verdict: Verdict
    at: float
    y: float
    start: float
    length: float


@dataclass(frozen=True)
class Curve:
    """Something over time.

    Attributes
    ----------
    words
        What it shows, for those who cannot see it.
    start_s, end_s
        The times of its left and right edge.
    line
        Where the rule's line lies, percent; None where nothing was measured.
    """

    words: str
    start_s: float
    end_s: float
    lines: tuple[Line, ...]
    times: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    spans: tuple[Span, ...] = ()
    line: float | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Axis:
    """A range of values on a side of the box."""

    low: float
    high: float
    upwards: bool = False

    def at(self, value: float) -> float:
        """Place of a value, percent."""
        part = (value - self.low) / (self.high - self.low)
        return round(100.0 * (1.0 - part if self.upwards else part), 2)

    def ticks(self, most: int) -> list[float]:
        """Round values inside the range, at most so many steps."""
        values = MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(self.low, self.high)
        return [float(value) for value in values if self.low <= value <= self.high]


def leg_gauge(depth: Reading) -> Gauge | None:
    """Draw the depth of both legs and of each to one scale, of a single one alone; None without centimetres."""
    if depth.cm is None:
        return None
    legs = [(side, getattr(depth, side)) for side in ("left", "right") if getattr(depth, side)]
    sides = [(side, side, _as_reading(depth.method, leg)) for side, leg in legs]
    if len(legs) != 1:
        sides.insert(0, ("both", "both legs", depth))
    axis = _depth_axis([reading for _, _, reading in sides])
    return Gauge(axis.at(0.0), _depth_ticks(axis, 6), tuple(_bar(*side, axis) for side in sides))


def method_gauge(measurements: Sequence[Reading]) -> Gauge | None:
    """Draw every method's depth to one scale; None where none gives centimetres."""
    known = [reading for reading in measurements if reading.cm is not None]
    if not known:
        return None
    axis = _depth_axis(known)
    return Gauge(axis.at(0.0), _depth_ticks(axis, 4), tuple(_bar(r.method, r.method, r, axis) for r in known))


def depth_curve(heights: Heights, attempt: AttemptJudgement) -> Curve | None:
    """Draw the course of the crease against the top of the knee through one attempt; None where nobody was seen.

    The course is that of the joints, moved so that it passes through the depth measured at the bottom: the number is
    measured there and nowhere else. Without a number it is the course of the joints alone, and there is no line.
    """
    cm = attempt.depth.cm if heights.unit == "cm" else None
    start_s, end_s = attempt.start_s - BEFORE_S, attempt.end_s + LOCKOUT_S
    shown = (heights.times_s >= start_s) & (heights.times_s <= end_s)
    times, rise = heights.times_s[shown], (heights.hip - heights.knee)[shown]
    seen = np.isfinite(rise)
    if seen.sum() < 2:
        return None
    rise = running_median(times, rise, within_s=STEADY_S)
    if cm is not None:
        rise = rise - float(np.interp(attempt.bottom_s, times[seen], rise[seen])) - cm
    low, high = attempt.depth.interval90_cm or (cm or 0.0, cm or 0.0)
    levels = Axis(min(float(np.nanmin(rise)), -high, 0.0) - 3.0, max(float(np.nanmax(rise)), -low) + 3.0, upwards=True)
    levels = Axis(levels.low, levels.high + 0.08 * (levels.high - levels.low), upwards=True)
    along = Axis(float(times[0]), float(times[-1]))
    what = ("hip crease", "top of the knee") if cm is not None else ("hip joint", "knee joint")
    return Curve(
        words=f"Height of the {what[0]} over the {what[1]} from {times[0]:.1f} to {times[-1]:.1f} s. "
        f"Bottom at {attempt.bottom_s:.2f} s{': ' + depth_words(attempt.depth) if cm is not None else ''}.",
        start_s=along.low,
        end_s=along.high,
        lines=(Line("crease", _path(along, levels, times, rise)),),
        times=_time_ticks(along),
        levels=tuple(Tick(levels.at(value), _level(value, heights.unit)) for value in _clear(levels, 5)),
        spans=_spans(attempt, along),
        line=levels.at(0.0) if cm is not None else None,
        marks=() if cm is None else (_mark(1, attempt, along, levels, -cm),),
    )


def bar_curve(attempt: AttemptJudgement) -> Curve | None:
    """Draw the bar's height against where it stands before the descent; None where no plate was followed."""
    bar = attempt.bar
    if bar is None or bar.path is None or len(bar.path.times_s) < 2:
        return None
    times, height = np.array(bar.path.times_s), np.array(bar.path.height_cm)
    levels = Axis(float(height.min()) - 4.0, float(height.max()) + 0.12 * float(np.ptp(height)) + 2.0, upwards=True)
    along = Axis(float(times[0]), float(times[-1]))
    return Curve(
        words=f"Height of the bar from {times[0]:.1f} to {times[-1]:.1f} s. {'; '.join(bar_words(bar))}",
        start_s=along.low,
        end_s=along.high,
        lines=(Line("bar", _path(along, levels, times, height)),),
        times=_time_ticks(along),
        levels=tuple(Tick(levels.at(value), _level(value, "cm")) for value in _clear(levels, 4)),
        spans=_spans(attempt, along),
    )


def course(heights: Heights, attempts: Sequence[AttemptJudgement]) -> Curve | None:
    """Draw the heights of hips and knees over the feet through the whole video; None where nobody was seen."""
    both = np.concatenate([heights.hip, heights.knee])
    if np.isfinite(both).sum() < 4:
        return None
    along = Axis(float(heights.times_s[0]), max(float(heights.times_s[-1]), float(heights.times_s[0]) + 1e-3))
    levels = Axis(min(0.0, float(np.nanmin(both))), 1.12 * max(1.0, float(np.nanmax(both))), upwards=True)
    seen = np.isfinite(heights.hip)
    marks = []
    for number, attempt in enumerate(attempts, 1):
        hip = float(np.interp(attempt.bottom_s, heights.times_s[seen], heights.hip[seen]))
        marks.append(_mark(number, attempt, along, levels, hip, interval=False))
    return Curve(
        words=f"Height of hips and knees over the feet through the whole video, {along.high - along.low:.0f} s.",
        start_s=along.low,
        end_s=along.high,
        lines=(
            Line("knee", _path(along, levels, heights.times_s, heights.knee)),
            Line("hip", _path(along, levels, heights.times_s, heights.hip)),
        ),
        times=_time_ticks(along),
        levels=tuple(Tick(levels.at(value), f"{value:.0f} {heights.unit}") for value in _clear(levels, 3)),
        spans=tuple(span for attempt in attempts for span in _spans(attempt, along)),
        marks=tuple(marks),
    )


def _as_reading(method: str, leg: SideDepth) -> Reading:
    half = HALF_OF_90 * leg.sd_cm
    return Reading(method, leg.cm, (leg.cm - half, leg.cm + half))


def _depth_axis(readings: Sequence[Reading]) -> Axis:
    bounds = [bound for reading in readings for bound in reading.interval90_cm or (reading.cm or 0.0,)]
    low, high = min(-LEAST_RANGE_CM, *bounds), max(LEAST_RANGE_CM, *bounds)
    room = 0.06 * (high - low)
    return Axis(low - room, high + room)


def _depth_ticks(axis: Axis, most: int) -> tuple[Tick, ...]:
    return tuple(Tick(axis.at(value), f"{abs(value):.0f}") for value in axis.ticks(most))


def _bar(kind: str, name: str, reading: Reading, axis: Axis) -> Bar:
    cm = reading.cm or 0.0
    low, high = reading.interval90_cm or (cm, cm)
    words = f"{depth_words(reading)}; {interval_words(reading)}" if reading.interval90_cm else depth_words(reading)
    return Bar(kind, name, words, cm, axis.at(cm), axis.at(low), round(axis.at(high) - axis.at(low), 2))


def _mark(
    number: int, attempt: AttemptJudgement, along: Axis, levels: Axis, height: float, *, interval: bool = True
) -> Mark:
    low, high = attempt.depth.interval90_cm if interval and attempt.depth.interval90_cm else (-height, -height)
    top = levels.at(-low)
    return Mark(
        number, attempt.verdict, along.at(attempt.bottom_s), levels.at(height), top, round(levels.at(-high) - top, 2)
    )


def _spans(attempt: AttemptJudgement, along: Axis) -> tuple[Span, ...]:
    spans = []
    for phase in phases(attempt):
        start, end = (along.at(min(max(time_s, along.low), along.high)) for time_s in (phase.start_s, phase.end_s))
        if end > start:
            spans.append(Span(phase.name, start, round(end - start, 2)))
    return tuple(spans)


def _clear(levels: Axis, most: int) -> list[float]:
    """Ticks that leave room for their words above them."""
    return [value for value in levels.ticks(most) if levels.at(value) > 8.0]


def _time_ticks(along: Axis) -> tuple[Tick, ...]:
    values = along.ticks(6)
    return tuple(Tick(along.at(value), f"{value:g} s") for value in values if 4.0 < along.at(value) < 96.0)


def _level(value: float, unit: str) -> str:
    if value == 0:
        return "0"
    return f"{abs(value):.0f} {unit} {'above' if value > 0 else 'below'}"


def _path(along: Axis, levels: Axis, times_s: FloatArray, values: FloatArray) -> str:
    """Join what was seen; a NaN parts the line."""
    steps, joined = [], False
    for time_s, value in zip(times_s, values, strict=True):
        if np.isfinite(value):
            steps.append(f"{'L' if joined else 'M'}{along.at(float(time_s))} {levels.at(float(value))}")
        joined = bool(np.isfinite(value))
    return "".join(steps)
