"""Where the judgement sees crease and top of the knee, beside where two readers put them (../shared/points).

Every length is in % of the thigh's length in the picture (`thigh_px`), every leg of its own. What is compared:

- knee top: distance of the seen point from the mean of the readers.
- crease across and along: the way from the readers' crease to the seen one, taken apart by the line from the readers'
  mean knee top to their mean crease. Along it positive is further from the knee. Across counts without sign. A thigh
  that points at the camera has no such line: where it is shorter than `LEAST_LINE` of the thigh, across and along are
  left out, and counted.
- height of crease over knee top, along the camera's own up in the picture (`Camera.up`): what decides. Seen less read;
  positive is less deep. The readers' other is A less B.

A reading whose time is over `SAME_MOMENT_S` from the nearest judged bottom is not scored: the body is elsewhere then. A
point counts where both readers give it. The readers' distance is that of A from B; a perfect tool would still be off
their mean by half of that, and one that errs as they do by .87 of it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from real_labels import LIFTERS

from depthperception.results import up_in_picture
from depthperception.types import FloatArray

SAME_MOMENT_S = 0.1
LEAST_LINE = 0.25

LEGS = ("left", "right")

HIDDEN = (np.nan, np.nan)
"""In place of a point that the judgement does not show."""
VIEWS = ("front", "front oblique", "side", "rear oblique", "rear")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class LegPoints:
    """One leg at one bottom, % of the thigh; NaN where a reader does not give the point.

    `knee_sd` is how far the shown top of the knee is from the mean of the readers in standard deviations of the error
    that is shown with it and of that mean's own; NaN of the readers themselves.
    """

    clip: str
    bottom: str
    view: str
    knee: float
    across: float
    along: float
    height: float
    knee_sd: float = np.nan


@dataclass(frozen=True)
class Scored:
    """Legs as seen and as the two readers differ, and why readings were left out, by clip."""

    seen: tuple[LegPoints, ...]
    readers: tuple[LegPoints, ...]
    verdicts: tuple[tuple[str, str, str], ...]
    left_out: tuple[tuple[str, str], ...]


def score_points(points: Path, records: Mapping[str, Record]) -> Scored:
    """Compare all readings of clips that were judged."""
    seen: list[LegPoints] = []
    readers: list[LegPoints] = []
    verdicts, left_out = [], []
    for key, reading in json.loads(points.read_text(encoding="utf-8")).items():
        if reading["name"] not in records:
            continue
        record = records[reading["name"]]
        attempt = nearest_attempt(record, reading["t_s"])
        why = _why_not(attempt, reading)
        if attempt is None or why:
            left_out.append((key, why))
            continue
        up = np.array(up_in_picture(record["judgement"]["camera"]["up"]))
        for leg in LEGS:
            both = _legs(key, reading, attempt, leg, up)
            if both:
                seen.append(both[0])
                readers.append(both[1])
        if reading["A"]["verdict"] == reading["B"]["verdict"]:
            verdicts.append((key, reading["A"]["verdict"], attempt["verdict"]))
    return Scored(tuple(seen), tuple(readers), tuple(verdicts), tuple(left_out))


def nearest_attempt(record: Record, time_s: float) -> Record | None:
    """The attempt whose bottom is nearest to a time."""
    attempts = record["judgement"]["attempts"]
    return min(attempts, key=lambda one: abs(one["bottom_s"] - time_s)) if attempts else None


def _why_not(attempt: Record | None, reading: Record) -> str:
    if attempt is None:
        return "no attempt in the clip"
    off_s = abs(attempt["bottom_s"] - reading["t_s"])
    if off_s > SAME_MOMENT_S:
        return f"nearest bottom {off_s:.2f} s off"
    if attempt["seen"] is None:
        return "the judgement sees no points"
    read = [_both(reading, leg, name) is not None for leg in LEGS for name in ("crease", "knee_top")]
    return "" if any(read) else "hidden from the readers"


def _both(reading: Record, leg: str, name: str) -> FloatArray | None:
    """A's and B's point (2, 2); None unless both give it."""
    given = [reading[reader][leg][name] for reader in ("A", "B")]
    return None if None in given else np.array(given, dtype=np.float64)


def _legs(key: str, reading: Record, attempt: Record, leg: str, up: FloatArray) -> tuple[LegPoints, LegPoints] | None:
    crease, knee = _both(reading, leg, "crease"), _both(reading, leg, "knee_top")
    if crease is None and knee is None:
        return None
    unknown = np.full((2, 2), np.nan)
    crease, knee = unknown if crease is None else crease, unknown if knee is None else knee
    seen = {name: np.array(attempt["seen"][f"{name}_px"].get(leg, HIDDEN)) for name in ("crease", "knee_top")}
    found = _differences(
        seen["crease"] - crease.mean(axis=0),
        seen["knee_top"] - knee.mean(axis=0),
        line=crease.mean(axis=0) - knee.mean(axis=0), up=up, thigh_px=reading["thigh_px"],
    )  # fmt: skip
    read = _differences(
        crease[0] - crease[1], knee[0] - knee[1],
        line=crease.mean(axis=0) - knee.mean(axis=0), up=up, thigh_px=reading["thigh_px"],
    )  # fmt: skip
    where = (reading["name"], key, view_of(reading["A"]["azimuth"], reading["B"]["azimuth"]))
    ellipse = attempt["seen"].get("knee_top_covariance_px2", {}).get(leg)
    return LegPoints(*where, *found, _in_sd(seen["knee_top"], knee, ellipse)), LegPoints(*where, *read)


def _in_sd(seen: FloatArray, read: FloatArray, ellipse: Sequence[float] | None) -> float:
    """How far a point (2,) is from the mean of two readings (2, 2), in standard deviations of both."""
    if ellipse is None or not np.isfinite([*seen, *read.ravel()]).all():
        return float("nan")
    xx, xy, yy = ellipse
    of_mean = float(((read[0] - read[1]) ** 2).sum()) / 8.0 * np.eye(2)
    away = seen - read.mean(axis=0)
    return float(np.sqrt(away @ np.linalg.solve(np.array([[xx, xy], [xy, yy]]) + of_mean, away)))


def _differences(
    crease: FloatArray, knee: FloatArray, *, line: FloatArray, up: FloatArray, thigh_px: float
) -> tuple[float, float, float, float]:
    """Knee top, crease across and along, and height, % of the thigh, from differences of the points (2,) in px."""
    length = float(np.linalg.norm(line))
    along, across = line / length, np.array([-line[1], line[0]]) / length
    if length < LEAST_LINE * thigh_px:
        along, across = along * np.nan, across * np.nan
    share = 100.0 / thigh_px
    return (
        float(np.linalg.norm(knee)) * share,
        abs(float(crease @ across)) * share,
        float(crease @ along) * share,
        float((crease - knee) @ up) * share,
    )


def view_of(*azimuths_deg: float) -> str:
    """Name of the view by the mean of azimuths, in steps of 45 degrees as `camera.view_of`."""
    turns = np.exp(1j * np.radians(azimuths_deg)).mean()
    off_front = abs(float(np.degrees(np.angle(turns))))
    return VIEWS[int((off_front + 22.5) // 45.0)]


def lifters_of(clips: set[str]) -> int:
    """How many people are in some clips."""
    return len({LIFTERS.get(clip, clip) for clip in clips})


Statistic = Callable[[FloatArray], float]


def interval(
    clips: Sequence[str], values: FloatArray, statistic: Statistic, draws: int = 2000
) -> tuple[float, float] | None:
    """90 % interval of a statistic, whole clips drawn again with a fixed seed; None of fewer than three clips."""
    known = np.isfinite(values)
    of = np.array(clips)[known]
    groups = [values[known][of == clip] for clip in sorted(set(of.tolist()))]
    if len(groups) < 3:
        return None
    rng = np.random.default_rng(0)
    drawn = [
        statistic(np.concatenate([groups[k] for k in rng.integers(0, len(groups), len(groups))])) for _ in range(draws)
    ]
    low, high = np.percentile(drawn, [5.0, 95.0])
    return float(low), float(high)
