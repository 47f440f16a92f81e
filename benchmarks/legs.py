"""A verdict on both legs against one on their mean, on rendered squats whose legs are known by themselves.

    python benchmarks/legs.py ROWS [--count 112] [--near 360] [--table docs/accuracy.md]

Takes squats of the shipped model, one in `EVERY`, and renders those that ROWS does not hold yet (2.3 s of processor
each). What `calibrated` says of the mean is said with the squat's bodies left out, from the features in the package;
how the legs differ comes from the legs fitted to the row. Of `--near` more squats that are said to be near the line
only the truth is solved (.9 s each): there the legs are ruled on as if nothing were seen of how they differ.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from real_report import section_put

from depthperception.appearance.features import HeadPrediction
from depthperception.depth.calibrated import load_features
from depthperception.depth.calling import SURE
from depthperception.depth.reading import LARGEST_SD_CM, REFERENCE_CM, normal_reading, on_legs, sd_of
from depthperception.models import checked_bytes
from depthperception.results import Reading, SideDepth
from depthperception.surfaces import LEGS
from depthperception.synth.stills import performance_of
from depthperception.synth.truth import measure
from depthperception.train.calibrated import evidence_of, held_out_factor, make_rows, predict_held_out
from depthperception.train.rendered_squats import load_row, numbered, scenario_of
from depthperception.types import BoolArray, FloatArray

TITLE = "## Both legs"
EVERY = 12
NEAR_CM = 4.0

HALF_APART_CM = 0.57
"""Error (sd) of half the difference of legs, as the fit claims it on the rows."""


@dataclass(frozen=True, eq=False)
class Squat:
    """One rendered squat: true depth (2,) of its legs, and what is said of it by both legs, and by those seen."""

    truth_cm: FloatArray
    both: Reading
    ruled: Reading

    @property
    def mean_alone(self) -> float:
        """Probability that the mean of both legs is below: what a verdict was before."""
        interval = self.both.interval90_cm or (-1.0, 1.0)
        return normal_reading("", self.both.cm or 0.0, sd_of(interval)).probability or 0.0

    @property
    def away_cm(self) -> float:
        """By how much the left leg is said to be deeper than the right one."""
        return self.both.left.cm - self.both.right.cm if self.both.left and self.both.right else 0.0


def squats(folder: Path, count: int) -> list[Squat]:
    """Rule on rendered squats, bodies left out; those whose interval is too wide are refused and left out."""
    features, _ = load_features(checked_bytes("calibrated"))
    held_out = predict_held_out(features)
    sd_cm = held_out_factor(features, held_out) * held_out.sd_cm
    place_of = {int(seed): place for place, seed in enumerate(features.seeds)}
    make_rows(folder, [int(seed) for seed in features.seeds[::EVERY][:count]])
    found = []
    for path in numbered(folder):
        row, place = load_row(path), place_of.get(int(path.stem))
        if place is None or sd_cm[place] > LARGEST_SD_CM:
            continue
        legs = evidence_of(row, HeadPrediction(features.seen[place], 0.0)).legs
        to_stature = row.stature_cm / REFERENCE_CM
        mean = normal_reading("calibrated", to_stature * held_out.cm[place], to_stature * sd_cm[place])
        found.append(Squat(row.side_depth_cm, replace(legs, legs=LEGS).sides(mean), legs.sides(mean)))
    return found


def near_line(count: int) -> list[Squat]:
    """Rule on squats said to be within `NEAR_CM` of the line, of whose legs only the mean is known."""
    features, _ = load_features(checked_bytes("calibrated"))
    held_out = predict_held_out(features)
    sd_cm = held_out_factor(features, held_out) * held_out.sd_cm
    found = []
    for place in np.flatnonzero(np.abs(held_out.cm) < NEAR_CM)[::2][:count]:
        if sd_cm[place] > LARGEST_SD_CM:
            continue
        scenario = scenario_of(int(features.seeds[place]))
        acted = performance_of(scenario)
        truth = measure(acted.body, acted.pose(acted.bottoms_s[0]))
        to_stature = 100.0 * scenario.body.stature_m / REFERENCE_CM
        mean = normal_reading("calibrated", to_stature * held_out.cm[place], to_stature * sd_cm[place])
        leg = SideDepth(mean.cm or 0.0, float(np.hypot(to_stature * sd_cm[place], HALF_APART_CM)))
        both = on_legs(replace(mean, left=leg, right=leg))
        found.append(Squat(truth.side_depth_cm, both, both))
    return found


def report(found: Sequence[Squat], near_found: Sequence[Squat]) -> str:
    """The part of docs/accuracy.md."""
    truth = np.array([one.truth_cm for one in found])
    both = truth.min(axis=1) > 0.0
    near = np.abs(truth.mean(axis=1)) < NEAR_CM
    ways = {
        "their mean, as before": np.array([one.mean_alone for one in found]),
        "both legs": np.array([one.both.probability or 0.0 for one in found]),
        "the legs that are seen, as it is ruled": np.array([one.ruled.probability or 0.0 for one in found]),
    }
    lines = [TITLE, "", INTRO.format(count=len(found)), "", _differences(found, truth), ""]
    lines += [
        "| verdict on | squats | says on average, is | Brier | called | of these right | wrongly below | wrongly not |"
    ]
    lines += ["| --- " * 8 + "|"]
    for words, chosen in (("all", np.ones(len(found), bool)), (f"mean within {NEAR_CM:g} cm", near)):
        lines += [f"| {name}, {words} | {_scored(p[chosen], both[chosen])} |" for name, p in ways.items()]
    if near_found:
        truth = np.array([one.truth_cm for one in near_found]).min(axis=1) > 0.0
        ways = {
            "their mean, as before": np.array([one.mean_alone for one in near_found]),
            "both legs, nothing seen of how they differ": np.array([one.both.probability or 0.0 for one in near_found]),
        }
        words = f"others said to be within {NEAR_CM:g} cm"
        lines += [f"| {name}, {words} | {_scored(p, truth)} |" for name, p in ways.items()]
    return "\n".join([*lines, "", _alone(found)])


INTRO = """Made by `python benchmarks/legs.py ROWS` from {count} of the rendered squats above, bodies left out and those
that are refused. Truth is the rule's: both legs are below. A verdict needs .65 on its side."""


def _differences(found: Sequence[Squat], truth: FloatArray) -> str:
    away, true = np.array([one.away_cm for one in found]), truth[:, 0] - truth[:, 1]
    error, always = _rms(away - true), _rms(true)
    named = [(one, LEGS.index(one.both.deciding_leg)) for one in found if one.both.deciding_leg]
    right = sum(int(one.truth_cm.argmin()) == leg for one, leg in named)
    return (
        f"By how much the left leg is deeper than the right one is said with an error of {error:.2f} cm (rms); always "
        f"saying equal errs by {always:.2f}. A leg is named as the deciding one in {len(named)} of {len(found)}, the "
        f"higher one in truth in {right} of them."
    )


def _scored(probability: FloatArray, true: BoolArray) -> str:
    called = (probability >= SURE) | (probability <= 1.0 - SURE)
    right = (probability > 0.5) == true
    white, red = probability >= SURE, probability <= 1.0 - SURE
    cells = (
        f"{len(true)}",
        f"{probability.mean():.2f}, {true.mean():.2f}",
        f"{((probability - true) ** 2).mean():.3f}",
        f"{called.mean():.2f}",
        f"{right[called].mean():.3f}",
        f"{(white & ~true).sum()} of {white.sum()}",
        f"{(red & true).sum()} of {red.sum()}",
    )
    return " | ".join(cells)


def _alone(found: Sequence[Squat]) -> str:
    """How good the number of a single leg that is seen is."""
    off, inside = [], []
    for one in found:
        if (one.ruled.left is None) == (one.ruled.right is None) or one.ruled.cm is None:
            continue
        low_cm, high_cm = one.ruled.interval90_cm or (0.0, 0.0)
        true_cm = one.truth_cm[0 if one.ruled.left else 1]
        off.append(one.ruled.cm - true_cm)
        inside.append(low_cm <= true_cm <= high_cm)
    return (
        f"Of {len(off)} squats only one leg is seen: its depth is off by {_rms(np.array(off)):.2f} cm (rms), its 90 % "
        f"interval holds {sum(inside)} times."
    )


def _rms(values: FloatArray) -> float:
    return float(np.sqrt((values**2).mean()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--count", type=int, default=112)
    parser.add_argument("--near", type=int, default=360)
    parser.add_argument("--table", type=Path, help="a document whose part on both legs is put anew")
    asked = parser.parse_args()
    text = report(squats(asked.rows, asked.count), near_line(asked.near))
    if asked.table:
        document = section_put(asked.table.read_text(encoding="utf-8"), text, TITLE)
        asked.table.write_text(document, encoding="utf-8")
    else:
        print(text)
