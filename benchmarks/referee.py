"""Judge rendered squats with a fault of each kind and write docs/referee.md: what is detected, what is falsely alarmed.

    python benchmarks/referee.py FOLDER [--seed 880024] [--count 20] [--out docs/referee.md] [--report-only]
    python benchmarks/referee.py FOLDER --kinds good soft_knees step --count 8 --out knees_and_feet.md

Clips that are missing in FOLDER are rendered from their seeds: COUNT of each kind, every clip another lifter and
camera. What was examined of a clip is kept beside it, so that only the referee's part is done anew; delete the .pickle
files to examine anew. Seeds 880000 to 880023 settled the limits, the others only that of a foot.
"""

import argparse
import json
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from referee_report import Record, report

from depthperception.attempts.attempt import Attempt
from depthperception.examination import Examination
from depthperception.pipeline import examine
from depthperception.results import AttemptJudgement
from depthperception.rules import rule_book
from depthperception.ruling.referee import Seat, referee
from depthperception.synth.clip import write_clip
from depthperception.synth.faults import KINDS, FaultKind, sample_fault
from depthperception.synth.stills import Studio
from depthperception.types import FloatArray

FRAME_RATE_HZ = 15.0
SURE = 0.65

RANKS = ("not_checked", "passed", "review", "too_close", "fault")
"""Of a film's attempts the gravest finding counts."""


@dataclass(frozen=True)
class Truth:
    """What is true of a clip: sizes of its faults, 0 where it has none.

    `sinks_cm` is how far the bar sinks on its way up, `low_cm` how much lower the hips end than they began, `step_cm`
    how far a foot goes, `across_cm` how much of that is across the line of sight.
    """

    kind: FaultKind
    depth_cm: float
    sinks_cm: float
    low_cm: float
    bend_deg: float
    step_cm: float
    across_cm: float
    start_s: float
    bottom_s: float


def truth_of(clip: Path) -> Truth:
    """Read a clip's truth file."""
    data = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
    frames, rep = data["frames"], data["scenario"]["attempt"]["reps"][0]
    bar_cm = 100.0 * np.array([frame["bar"]["centre"][2] for frame in frames])
    times = np.array([frame["time_s"] for frame in frames])
    legs = [np.array([[frame[name][side] for side in ("left", "right")] for frame in frames])
            for name in ("hip", "knee", "ankle")]  # fmt: skip
    up_cm = 100.0 * (legs[0] - legs[2])[:, :, 2].mean(axis=1)
    bend = _flexion_deg(*legs).mean(axis=1)
    rising = bar_cm[times >= data["reps"][0]["bottom_s"] - 0.02]
    step = rep["step"] or {"aside_m": 0.0, "ahead_m": 0.0}
    azimuth = np.radians(data["scenario"]["viewpoint"]["azimuth_deg"])
    across = step["aside_m"] * np.cos(azimuth) + step["ahead_m"] * np.sin(azimuth)
    completed = rep["kind"] != "failed_ascent"
    return Truth(
        kind=clip.stem.rpartition("_")[0],  # type: ignore[arg-type]
        depth_cm=data["depth_cm"]["mean"],
        sinks_cm=float((np.maximum.accumulate(rising) - rising).max()) if completed else 0.0,
        low_cm=float(up_cm[0] - up_cm[-1]) if completed and not rep["step"] else 0.0,
        bend_deg=float(bend[-1] - bend[0]) if completed and not rep["step"] else 0.0,
        step_cm=100.0 * float(np.hypot(step["aside_m"], step["ahead_m"])),
        across_cm=100.0 * abs(float(across)),
        start_s=data["reps"][0]["start_s"],
        bottom_s=data["reps"][0]["bottom_s"],
    )


def _flexion_deg(hip: FloatArray, knee: FloatArray, ankle: FloatArray) -> FloatArray:
    thigh, shank = hip - knee, ankle - knee
    cosine = (thigh * shank).sum(axis=-1) / np.linalg.norm(thigh, axis=-1) / np.linalg.norm(shank, axis=-1)
    return np.asarray(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def ruled(found: Examination) -> tuple[AttemptJudgement, ...]:
    """Let the referee rule on what was examined: no picture is looked at again."""
    judgement, times = found.judgement, found.frame_times_s
    if not judgement.attempts or judgement.camera is None or judgement.scale is None:
        return ()
    attempts = [Attempt(one.start_s, one.bottom_s, one.end_s, one.stood_up) for one in judgement.attempts]
    frame_at: Callable[[float], int] = lambda time_s: int(np.abs(times - time_s).argmin())  # noqa: E731
    others = [person for index, person in enumerate(found.people) if index != found.chosen]
    size = judgement.video.width, judgement.video.height
    seat = Seat(found.track, others, judgement.camera, judgement.scale, size, None, frame_at, found.close)
    return referee(judgement.attempts, attempts, seat, rule_book("ipf"), SURE)


def measure_clip(clip: Path) -> Record:
    """Say what was found in a clip beside what is true."""
    found: Examination = pickle.loads(clip.with_suffix(".pickle").read_bytes())
    attempts = ruled(found)
    checks: Record = {}
    for check in (check for attempt in attempts for check in attempt.checks):
        before = checks.get(check.cause)
        if before is None or RANKS.index(check.finding) > RANKS.index(before["finding"]):
            checks[check.cause] = {"finding": check.finding, "value": check.value, "limit": check.limit}
    return {
        "clip": clip.stem,
        "truth": vars(truth_of(clip)),
        "found": len(attempts),
        "verdict": attempts[0].verdict if attempts else None,
        "lift": attempts[-1].lift if attempts else None,
        "lights": [one.light for one in attempts[-1].lights] if attempts else [],
        "checks": checks,
    }


def make_clips(folder: Path, seed: int, count: int, kinds: Sequence[str]) -> None:
    """Render and examine what is missing; a clip of a number and kind has the same seed whatever else is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    studio = Studio(0)
    for number in range(count):
        for index, kind in enumerate(KINDS):
            clip = folder / f"{kind}_{seed + len(KINDS) * number + index}.mp4"
            kept = clip.with_suffix(".pickle")
            if kept.exists() or kind not in kinds:
                continue
            started_s = time.process_time()
            if not clip.exists():
                write_clip(sample_fault(seed + len(KINDS) * number + index, kind), clip, studio, FRAME_RATE_HZ)
            kept.write_bytes(pickle.dumps(examine(clip)))
            print(f"{clip.name}: {time.process_time() - started_s:.1f} s of the processor", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Render, examine, rule, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=880024)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--out", type=Path, default=Path("docs/referee.md"))
    parser.add_argument("--report-only", action="store_true")
    asked = parser.parse_args(arguments)
    if not asked.report_only:
        make_clips(asked.folder, asked.seed, asked.count, asked.kinds)
    kept = [path.with_suffix(".mp4") for path in asked.folder.glob("*.pickle")]
    clips = sorted(clip for clip in kept if int(clip.stem.rpartition("_")[2]) >= asked.seed)
    asked.out.write_text(report([measure_clip(clip) for clip in clips]), encoding="utf-8")


if __name__ == "__main__":
    main()
