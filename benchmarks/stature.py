"""How tall is a lifter whose height is not given, by the plates on his bar? Against rendered truth, printed.

    python benchmarks/stature.py FOLDER [--seed 911000] [--count 32]

Lone lifters with plates of 45 cm, seen from 30 to 150 degrees, whose statures are spread as those of adults are taken
to be. Clips that are missing in FOLDER are rendered from their seeds; each is judged without a height. The depth is
given three times: by the stature of adults, by that measured, and by the true one.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from depthperception import judge
from depthperception.capture.scale import STATURE_CM, STATURE_SHARE
from depthperception.results import Judgement
from depthperception.synth.clip import write_clip
from depthperception.synth.meet import MeetOptions, sample_meet
from depthperception.synth.scenario import Scenario
from depthperception.synth.stills import Studio
from depthperception.types import FloatArray

LONE = MeetOptions(people=1, along=False, mirror=False, picture=False, side_by_side=False, scale=0.5)
FRAME_RATE_HZ = 10.0
BIG_M = 0.225
FROM_DEG, TO_DEG = 30.0, 150.0


@dataclass(frozen=True)
class Row:
    """One lifter: the truth, the stature that was measured (None where none was), the depth by the stature used."""

    seed: int
    stature_cm: float
    measured_cm: float | None
    true_depth_cm: float
    depth_cm: float | None

    @property
    def used_cm(self) -> float:
        """The stature that the depth rests on."""
        return self.measured_cm or STATURE_CM


def lifters(first: int, count: int) -> Iterator[Scenario]:
    """Scenarios of lifters whose statures are the quantiles of adults', in no order."""
    spread = ndtri((np.random.default_rng(1).permutation(count) + 0.5) / count)
    for stature_m in STATURE_CM / 100.0 * np.exp(STATURE_SHARE * spread):
        while not wanted(made := sample_meet(first, LONE)):
            first += 1
        first += 1
        yield replace(made, body=replace(made.body, stature_m=float(stature_m)), room=replace(made.room, rack=False))


def wanted(made: Scenario) -> bool:
    """Whether the plates are big ones, seen from where the scale by them is told, and nobody walks out first."""
    away_deg = abs((made.viewpoint.azimuth_deg + 180.0) % 360.0 - 180.0)
    return made.barbell.plate_radius_m == BIG_M and FROM_DEG <= away_deg <= TO_DEG and not made.attempt.walk_s


def measured(scenario: Scenario, clip: Path, studio: Studio) -> Row | None:
    """Render a clip where it is missing and judge it; None where nobody is seen to squat."""
    truth = clip.with_suffix(".json")
    if not truth.exists():
        clip.unlink(missing_ok=True)
        write_clip(scenario, clip, studio, FRAME_RATE_HZ)
    found = judge(clip)
    print(f"{clip.stem}  {found.status}  {found.scale}", file=sys.stderr, flush=True)
    return row_of(scenario, found, json.loads(truth.read_text(encoding="utf-8"))["depth_cm"]["mean"])


def row_of(scenario: Scenario, found: Judgement, true_depth_cm: float) -> Row | None:
    """Put judgement and truth side by side."""
    if found.scale is None or not found.attempts:
        return None
    depth_cm = found.attempts[0].measurements["calibrated"].cm
    return Row(scenario.seed, 100.0 * scenario.body.stature_m, found.scale.stature_cm, true_depth_cm, depth_cm)


def report(rows: list[Row]) -> str:
    """Errors of stature and depth, where a stature was measured."""
    told = [row for row in rows if row.measured_cm is not None]
    stature = np.array([row.stature_cm for row in told])
    lines = [f"{len(rows)} lifters judged, the stature of {len(told)} measured.", ""]
    lines += ["| stature, % | rms | median | 9 in 10 within |", "| --- | --- | --- | --- |"]
    lines.append(line("of adults", 100.0 * np.log(STATURE_CM / stature)))
    lines.append(line("measured", 100.0 * np.log(np.array([row.used_cm for row in told]) / stature)))
    deep = [row for row in told if row.depth_cm is not None]
    unit = np.array([(row.depth_cm or 0.0) / row.used_cm for row in deep])
    true_cm, tall = (np.array([getattr(row, name) for row in deep]) for name in ("true_depth_cm", "stature_cm"))
    used = np.array([row.used_cm for row in deep])
    lines += ["", "| depth, cm | rms | median | 9 in 10 within |", "| --- | --- | --- | --- |"]
    lines += [line(f"by the stature {name}", unit * by - true_cm) for name, by in
              (("of adults", STATURE_CM), ("measured", used), ("given", tall))]  # fmt: skip
    lines += [line(f"{name}, off what a given height says", unit * (by - tall)) for name, by in
              (("of adults", STATURE_CM), ("measured", used))]  # fmt: skip
    return "\n".join(lines)


def line(name: str, off: FloatArray) -> str:
    """Put errors in a line of the table."""
    size = np.abs(off)
    return f"| {name} | {np.sqrt((off**2).mean()):.2f} | {np.median(size):.2f} | {np.percentile(size, 90):.2f} |"


def main() -> None:
    """Render what is missing, judge everything, print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=911_000)
    parser.add_argument("--count", type=int, default=32)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    studio = Studio(samples=0)
    found = [
        measured(one, asked.folder / f"stature_{one.seed}.mp4", studio) for one in lifters(asked.seed, asked.count)
    ]
    print(report([row for row in found if row]))


if __name__ == "__main__":
    main()
