"""Clips: a scenario as H.264 video with its truth beside it, and the command that writes many.

The truth file is JSON, `"schema": "depthperception/truth/1"`: the first rep's bottom and depth, all reps with theirs,
the camera, the scenario (its whole recipe), and per frame the time, the joints, crease and top of the knee of both
sides in world metres, the depth in cm (positive when the crease is below the top of the knee), and the camera where
it shakes. A world point is at pixel K (R x + t), divided by its third component.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, OutputError
from depthperception.provenance import package_version
from depthperception.synth.attempt import Performance
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import Scenario
from depthperception.synth.stills import Studio, performance_of
from depthperception.synth.viewpoint import pinhole, shake
from depthperception.types import FloatArray, Progress, silent
from depthperception.video import VideoWriter

SCHEMA = "depthperception/truth/1"
FRAME_RATE_HZ = 30.0
"""What phones record by default."""


def frame_times_s(scenario: Scenario, frame_rate_hz: float = FRAME_RATE_HZ) -> FloatArray:
    """Presentation times (n,) of a clip's frames, from 0."""
    duration = performance_of(scenario).duration_s
    return np.arange(int(duration * frame_rate_hz) + 1) / frame_rate_hz


def clip_truth(scenario: Scenario, frame_rate_hz: float = FRAME_RATE_HZ) -> dict[str, Any]:
    """Truth of a clip, ready for `json.dump`; needs no graphics."""
    acted = performance_of(scenario)
    times = map(float, frame_times_s(scenario, frame_rate_hz))
    reps = _reps(acted)
    return {
        "schema": SCHEMA,
        "version": package_version("depthperception"),
        "stature_cm": round(100.0 * scenario.body.stature_m, 2),
        "bottom_s": reps[0]["bottom_s"],
        "depth_cm": reps[0]["depth_cm"],
        "reps": reps,
        "camera": pinhole(scenario.viewpoint).to_json(),
        "scenario": scenario.to_json(),
        "frames": [_frame(scenario, acted, time_s) for time_s in times],
    }


def write_clip(
    scenario: Scenario,
    path: str | Path,
    studio: Studio | None = None,
    frame_rate_hz: float = FRAME_RATE_HZ,
    crf: int = 20,
    on_progress: Progress = silent,
) -> dict[str, Any]:
    """Render a clip, write its truth beside it with the suffix .json, and return the truth.

    Raises
    ------
    MissingExtraError
        OpenGL cannot start.
    OptionError
        The scenario's depth is out of the body's reach.
    OutputError
        The files cannot be written.
    """
    target, view = Path(path), scenario.viewpoint
    drawing = studio or Studio()
    truth = clip_truth(scenario, frame_rate_hz)
    times = frame_times_s(scenario, frame_rate_hz)
    with VideoWriter(target, view.width_px, view.height_px, crf=crf, preset="slow") as writer:
        for k, time_s in enumerate(times):
            writer.write(drawing.still(scenario, float(time_s)).picture, float(time_s))
            on_progress("rendering", (k + 1) / len(times))
    target.with_suffix(".json").write_text(json.dumps(truth) + "\n", encoding="utf-8")
    return truth


def render_many(
    out: str | Path,
    seed: int = 0,
    count: int = 1,
    options: SampleOptions | None = None,
    samples: int = 4,
    on_progress: Progress = silent,
) -> list[Path]:
    """Render the clips of seeds `seed`, `seed` + 1, ... into a folder, and return their paths.

    Files are called squat_SEED.mp4 and squat_SEED.json; existing ones are left alone.

    Raises
    ------
    MissingExtraError
        OpenGL cannot start.
    OptionError
        The count is below 1, or the options name a body that does not ship.
    OutputError
        The folder cannot be written, or holds one of the files already.
    """
    if count < 1:
        message = f"a count of {count} clips; expected at least 1; ask for one or more"
        raise OptionError(message)
    folder = Path(out)
    paths = [folder / f"squat_{seed + k:06d}.mp4" for k in range(count)]
    _make_room(folder, paths)
    studio = Studio(samples)
    for k, path in enumerate(paths):
        write_clip(sample_scenario(seed + k, options), path, studio)
        on_progress("clips", (k + 1) / count)
    return paths


def _make_room(folder: Path, paths: list[Path]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        message = (
            f"{folder}: cannot be made ({problem}); expected a folder to write clips to; choose another with --out"
        )
        raise OutputError(message) from problem
    for path in paths:
        if path.exists() or path.with_suffix(".json").exists():
            message = (
                f"{path} is there already; clips are not overwritten; move it away or choose another --out or seed"
            )
            raise OutputError(message)


def _reps(acted: Performance) -> list[dict[str, Any]]:
    rows = []
    for rep, bottom_s, (start_s, end_s) in zip(acted.attempt.reps, acted.bottoms_s, acted.spans_s, strict=True):
        depth = acted.truth(bottom_s).to_json()["depth_cm"]
        times = {"start_s": start_s, "bottom_s": bottom_s, "end_s": end_s}
        rows.append({"kind": rep.kind, **{name: round(s, 6) for name, s in times.items()}, "depth_cm": depth})
    return rows


def _frame(scenario: Scenario, acted: Performance, time_s: float) -> dict[str, Any]:
    row: dict[str, Any] = {"time_s": round(time_s, 6), **acted.truth(time_s).to_json()}
    if scenario.viewpoint.shake_deg > 0.0:
        row["camera"] = pinhole(scenario.viewpoint, shake(scenario.viewpoint, scenario.seed, time_s)).to_json()
    return row
