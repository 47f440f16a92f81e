"""docs/referee.md from what `referee.py` measured: noise, false alarms, detection against size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from scipy.stats import beta

from depthperception.barbell.sinking import watch_ascent, without_slips
from depthperception.rules import rule_book
from depthperception.ruling.referee import LEAST_SINKING_CM
from depthperception.ruling.settings import LIMITS
from depthperception.types import FloatArray

Record = dict[str, Any]
BLUE_BAR = ("double_bounce", "downward_movement")
SIZES = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, np.inf)
"""Bounds of the sizes of a fault, in noises."""

SIMULATED, RATES_HZ = 300, (15.0, 30.0)


@dataclass(frozen=True)
class Row:
    """A check and what it is asked of.

    Attributes
    ----------
    causes
        Findings of any of these count.
    kinds
        Kinds of clips that have the fault.
    size
        True size of the fault in a record; None where it has none.
    noise
        Error (sd) of that size in attempts, by the settings.
    on_film
        What was measured on film (rms) where nobody saw a fault; None where that is not known.
    """

    title: str
    causes: tuple[str, ...]
    kinds: tuple[str, ...]
    size: Callable[[Record], float] | None
    noise: float
    on_film: float | None = None
    unit: str = "cm"


ROWS = (
    Row("double bounce, downward movement", BLUE_BAR, BLUE_BAR,
        lambda one: one["truth"]["sinks_cm"], LIMITS.bar_noise_cm, 0.3),
    Row("second descent, by any cause", (*BLUE_BAR, "finish_position", "start_position", "not_completed"),
        ("second_descent",), None, 0.0),
    Row("knees not locked at the end", ("finish_position",), ("soft_knees",),
        lambda one: one["truth"]["low_cm"], LIMITS.close_leg_noise_cm, 1.3),
    Row("knees not locked at the start", ("start_position",), (), None, 0.0),
    Row("a foot moved", ("foot_movement",), ("step",),
        lambda one: one["truth"]["across_cm"], LIMITS.close_foot_noise_cm, 1.0),
    Row("not stood up", ("not_completed",), ("failed_ascent",), None, 0.0),
    Row("depth", ("depth",), ("shallow",), None, 0.0),
)  # fmt: skip


def report(records: Sequence[Record]) -> str:
    """Write the page."""
    judged = [one for one in records if one["found"]]
    parts = [_head(records, judged), _noise(judged), _false_alarms(judged), _detection(judged), _lights(judged)]
    return "\n\n".join([*parts, _simulated(), _causes(), _seats(), _limits()]) + "\n"


def _head(records: Sequence[Record], judged: Sequence[Record]) -> str:
    kinds = sorted({one["truth"]["kind"] for one in records})
    counts = ", ".join(f"{sum(one['truth']['kind'] == kind for one in records)} {kind}" for kind in kinds)
    missing = ", ".join(one["clip"] for one in records if not one["found"]) or "none"
    return (
        "# The referee: what is detected, what is falsely alarmed\n"
        "Made by `python benchmarks/referee.py FOLDER`. Rendered squats (640 x 480, 15 pictures a second, one lifter "
        "with big plates, cameras from in front to 100 degrees to either side, phones' faults of the picture), each "
        f"clip another lifter, camera and size of the fault: {len(records)} clips ({counts}). In {len(judged)} an "
        f"attempt was found; in the others nothing can be checked: {missing}. Intervals are 95 % (Clopper-Pearson). "
        "The limits were settled by 24 other clips (seeds 880000 to 880023), those of knees and feet, which are looked "
        "at closely at both ends, by both ends of 26 more (seeds 881000 to 881088: 12 good, 8 step, 6 soft_knees)."
    )


def _noise(judged: Sequence[Record]) -> str:
    lines = [
        "## Noise",
        "Of each quantity in attempts without its fault: what was measured, which should be 0. The limit is that of "
        "the settings; a noisier film has a higher one (a multiple of its own noise).",
        "",
        "| quantity | attempts | rms | 95 % are below | largest | limit | rms on film |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    limits = LIMITS.bar_sinks_cm, LIMITS.close_leg_short_cm, LIMITS.close_foot_cm
    for row, limit in zip((ROWS[0], ROWS[2], ROWS[4]), limits, strict=True):
        values = _without(judged, row)
        if len(values):
            rms, high = np.sqrt((values**2).mean()), np.percentile(values, 95)
            sizes = f"{rms:.2f} {row.unit} | {high:.2f} | {values.max():.2f} | {limit:.1f} | {row.on_film:.1f}"
            lines.append(f"| {row.title} | {len(values)} | {sizes} |")
    return "\n".join(lines)


def _without(judged: Sequence[Record], row: Row) -> FloatArray:
    """What was measured (n,) in attempts without a fault."""
    found = [_value(one, row) for one in judged if one["truth"]["kind"] not in (*row.kinds, *_also(row))]
    return np.array([value for value in found if value is not None])


def _noise_of(judged: Sequence[Record], row: Row) -> float:
    """Measure of a quantity's noise (rms) in attempts without a fault: no less than the settings have."""
    values = _without(judged, row)
    return max(row.noise, float(np.sqrt((values**2).mean())) if len(values) else 0.0)


def _value(one: Record, row: Row) -> float | None:
    """Largest value of a row's checks; None where none was checked."""
    found = [one["checks"][cause] for cause in row.causes if one["checks"][cause]["finding"] != "not_checked"]
    values = [check["value"] for check in found if check["value"] is not None]
    return max(values) if values else None


def _finding(one: Record, row: Row) -> str:
    findings = [one["checks"][cause]["finding"] for cause in row.causes]
    if "fault" in findings:
        return "fault"
    return "not_checked" if all(finding == "not_checked" for finding in findings) else "passed"


def _false_alarms(judged: Sequence[Record]) -> str:
    lines = [
        "## False alarms",
        "| check | in good attempts | in all without the fault | not checked |",
        "| --- | --- | --- | --- |",
    ]
    for row in ROWS:
        without = [one for one in judged if one["truth"]["kind"] not in (*row.kinds, *_also(row))]
        good = [one for one in without if one["truth"]["kind"] == "good"]
        unchecked = sum(_finding(one, row) == "not_checked" for one in without)
        lines.append(f"| {row.title} | {_alarms(good, row)} | {_alarms(without, row)} | {unchecked} |")
    return "\n".join(lines)


def _also(row: Row) -> tuple[str, ...]:
    """Kinds that have another fault that the row's causes name rightly."""
    if row.causes == ROWS[1].causes:
        return (*BLUE_BAR, "soft_knees", "failed_ascent")
    if row.causes[0] in ("depth", "foot_movement"):
        return ()
    return ("second_descent", "failed_ascent") if row.causes[0] == "start_position" else ("second_descent",)


def _alarms(records: Sequence[Record], row: Row) -> str:
    found = [_finding(one, row) for one in records]
    checked = [one for one in found if one != "not_checked"]
    return share(checked.count("fault"), len(checked))


def share(count: int, of: int) -> str:
    """Write "1 of 20 (0 to 25 %)"."""
    if not of:
        return "0 of 0"
    low = beta.ppf(0.025, count, of - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, of - count) if count < of else 1.0
    return f"{count} of {of} ({100 * low:.0f} to {100 * high:.0f} %)"


def _detection(judged: Sequence[Record]) -> str:
    bounds = [f"{low:g} to {high:g}" if np.isfinite(high) else f"over {low:g}" for low, high in _bins()]
    lines = [
        "## Detection, and against size",
        "Sizes are true ones in noises (sd, from the settings: "
        f"{LIMITS.bar_noise_cm:g} cm of the bar, {LIMITS.close_leg_noise_cm:g} cm of the legs, "
        f"{LIMITS.close_foot_noise_cm:g} cm of a foot, across the line of sight). Where a check says "
        "\"not checked\" it detects nothing, and counts. Twice the noise is that of the table above, here and on film.",
        "",
        f"| check | all | twice the noise here and more | twice that on film | {' | '.join(bounds)} |",
        f"| --- | --- | --- | --- | {' | '.join('---' for _ in bounds)} |",
    ]  # fmt: skip
    for row in ROWS:
        having = [one for one in judged if one["truth"]["kind"] in row.kinds]
        if not having:
            continue
        cells = ["", "", *("" for _ in bounds)]
        if row.size is not None and row.on_film is not None:
            sizes = np.array([row.size(one) for one in having])
            hits = np.array([_finding(one, row) == "fault" for one in having])
            large = [sizes >= 2.0 * noise for noise in (_noise_of(judged, row), row.on_film)]
            cells = [share(int(hits[part].sum()), int(part.sum())) for part in large]
            cells += [f"{int(hits[part].sum())} of {int(part.sum())}" for part in _parts(sizes / row.noise)]
        found = sum(_finding(one, row) == "fault" for one in having)
        lines.append(f"| {row.title} | {share(found, len(having))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _bins() -> list[tuple[float, float]]:
    return list(pairwise(SIZES))


def _parts(sizes: Any) -> list[Any]:
    return [(sizes >= low) & (sizes < high) for low, high in _bins()]


def _lights(judged: Sequence[Record]) -> str:
    lines = [
        "## What comes of the lights",
        "Of the last attempt of a clip: a second descent that is taken for an attempt of its own may be a good one.",
        "",
        "| kind | good lift | no lift | too close | open |",
        "| --- | --- | --- | --- | --- |",
    ]
    lifts = ("good_lift", "no_lift", "too_close", "not_judgeable")
    for kind in sorted({one["truth"]["kind"] for one in judged}):
        of_kind = [one["lift"] for one in judged if one["truth"]["kind"] == kind]
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(str(of_kind.count(lift)) for lift in lifts)} |")
    return "\n".join(lines)


SIMULATED_CM = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0)


def _simulated() -> str:
    """Bars that sink on their way up by a known way, with the noise that was measured: no picture is involved."""
    rng = np.random.default_rng(5)
    lines = [
        "## Simulated bars",
        f"No pictures: heights of a bar (55 cm down in 1.0 to 1.7 s, up in 1.0 to 2.0 s) that sinks on its way up, "
        "with white noise as large as the jitter of rendered plates (.15 cm) and a slow error of the same size; "
        f"{SIMULATED} each. Share in which a fault is found:",
        "",
        f"| pictures a second | {' | '.join(f'{cm:g} cm' for cm in SIMULATED_CM)} |",
        f"| --- | {' | '.join('---' for _ in SIMULATED_CM)} |",
    ]
    for rate_hz in RATES_HZ:
        cells = [np.mean([_detects(rng, cm, rate_hz) for _ in range(SIMULATED)]) for cm in SIMULATED_CM]
        lines.append(f"| {rate_hz:g} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")
    lines += [
        "",
        "The shoulders and hips that carry the bar are looked at eight times a second. Those of a bar that sinks go "
        "with it; a plate that is lost and followed at another place sinks alone, over both, and is no fault. By how "
        f"much looks at either err (sd, each for itself; 30 pictures a second, {SIMULATED} each), the share in which a "
        "fault is found:",
        "",
        f"| shoulders and hips err by | what sinks | {' | '.join(f'{cm:g} cm' for cm in SIMULATED_CM)} |",
        f"| --- | --- | {' | '.join('---' for _ in SIMULATED_CM)} |",
    ]
    for noise_cm, follows in product((0.5, 1.0, 2.0), (True, False)):
        cells = [
            np.mean([_detects(rng, cm, RATES_HZ[1], noise_cm, follows=follows) for _ in range(SIMULATED)])
            for cm in SIMULATED_CM
        ]
        said = "the bar" if follows else "a plate alone"
        lines.append(f"| {noise_cm:g} cm | {said} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")
    return "\n".join(lines)


def _detects(
    rng: np.random.Generator,
    sinks_cm: float,
    rate_hz: float,
    carrier_cm: float | None = None,
    *,
    follows: bool = True,
) -> bool:
    """Whether a simulated bar that sinks by so much is found to, with a carrier of such an error if there is one."""
    down_s, up_s = float(rng.uniform(1.0, 1.7)), float(rng.uniform(1.0, 2.0))
    where, half_s = float(rng.uniform(0.1, 0.8)), float(rng.uniform(0.15, 0.35))
    top, low = 55.0, 55.0 * where
    knots = [(0.0, top), (0.6, top), (0.6 + down_s, 0.0), (0.6 + down_s + where * up_s, low)]
    if sinks_cm:
        knots.append((knots[-1][0] + half_s, low - sinks_cm))
    knots += [(knots[-1][0] + (1.0 - where) * up_s, top)]
    knots.append((knots[-1][0] + 0.6, top))
    times = np.arange(0.0, knots[-1][0], 1.0 / rate_hz)
    slow = rng.normal(0.0, 0.15, int(times[-1] / 0.5) + 2)
    seen = _softly(knots, times) + rng.normal(0.0, 0.15, len(times))
    bar = times.tolist(), (seen + np.interp(times, 0.5 * np.arange(len(slow)), slow)).tolist()
    bottom_s, span = 0.6 + down_s, (0.2, float(times[-1]))
    found = watch_ascent(*bar, bottom_s, span, LEAST_SINKING_CM)
    if found is None:
        return False
    limit = max(LIMITS.bar_sinks_cm, LIMITS.multiple * found.jitter_cm)
    if carrier_cm is not None:
        looked = np.arange(rng.uniform(0.0, 0.125), times[-1], 0.125)
        held = [(time_s, max(cm, low)) if time_s > knots[3][0] else (time_s, cm) for time_s, cm in knots]
        carry = _softly(knots if follows else held, looked)
        carriers = [(looked, carry + rng.normal(0.0, carrier_cm, len(looked))) for _ in ("shoulders", "hips")]
        found = without_slips(found, bar, carriers)
    return any(one.drop_cm >= limit for one in found.sinkings)


def _softly(knots: Sequence[tuple[float, float]], times_s: FloatArray) -> FloatArray:
    """Heights that go softly from knot to knot (s, cm)."""
    heights = np.zeros(len(times_s))
    for (start_s, start), (end_s, end) in pairwise(knots):
        part = (times_s >= start_s) & (times_s < end_s)
        x = (times_s[part] - start_s) / (end_s - start_s)
        heights[part] = start + (end - start) * x * x * (3.0 - 2.0 * x)
    return heights


def _causes() -> str:
    lines = [
        "## Which causes are looked at",
        "| cause | IPF | USAPL | GPF | how |",
        "| --- | --- | --- | --- | --- |",
    ]
    books = [rule_book(name) for name in ("ipf", "usapl", "gpf")]
    for cause in books[0].causes:
        cards = [book.of(cause.cause) for book in books]
        said = [f"{one.card or 'red light'}{'' if one.seen else ' (text not seen)'}" for one in cards]
        lines.append(f"| {cause.says} | {' | '.join(said)} | {cause.check.replace('_', ' ')} |")
    return "\n".join([*lines, "", *(f"- {book.title}: {book.seen}" for book in books)])


def _seats() -> str:
    return (
        "## Which leg a light is by\n"
        "The rules ask it of both legs, and the verdict is on both. The referee at each side rules on the leg on his "
        "side, where that leg was measured by itself and is sure; the chief, and a side referee whose leg is not sure, "
        "as the verdict does. Where the film shows one leg only, the verdict and all three lights are by that leg, and "
        'each light that stands for the other one says so: "as if the left one, which is not seen, were as deep". A '
        "white light of the chief is then no word on the leg that nobody saw; rendered lifters' legs differ by 1 cm "
        "(rms). A second camera in another seat shows the other leg."
    )


def _limits() -> str:
    return (
        "## What this does not show\n"
        "- Rendered lifters do not sway, breathe or shake, and their plates are clean: films are noisier.\n"
        "- A foot that moves towards the camera is hardly seen; one that is put down where it was, or turns on the "
        "spot, is not seen at all.\n"
        "- Knees that are as soft before the lift as after it pass: they are held against the lifter's own straightest "
        "stand in the film.\n"
        "- Hints (hands of others, elbows, a bar that falls, voices) are not in the tables: none of them turns a light "
        "red."
    )
