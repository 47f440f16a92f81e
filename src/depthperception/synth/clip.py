"""Clips: a scenario as H.264 video with its truth beside it, and the command that writes many.

The truth file is JSON, `"schema": "depthperception/truth/1"`: the first rep's bottom and depth, all reps with theirs,
the camera, the scenario (its whole recipe), and per frame the time, the joints, crease and top of the knee of both
sides in world metres, the depth in cm (positive when the crease is below the top of the knee), the bar and its plates,
everybody's box in px (of the body that is there, whatever hides it), and the camera where it shakes. A world point is
at pixel K (R x + t), divided by its third component. `cast` says who the boxes' names are; `cover` of a rep says what
hides crease and top of the knee at its bottom.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, OutputError
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.provenance import package_version
from depthperception.synth.attempt import Performance
from depthperception.synth.meet import MeetOptions, sample_meet
from depthperception.synth.presence import bar, barbell_facts, boxes, cast, other_bars
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import Scenario
from depthperception.synth.sightlines import cover
from depthperception.synth.stills import Studio, performance_of
from depthperception.synth.viewpoint import pinhole, shake
from depthperception.types import FloatArray, Progress, silent
from depthperception.video import VideoWriter

SCHEMA = "depthperception/truth/1"
FRAME_RATE_HZ = 30.0
"""What phones record by default."""


def frame_times_s(scenario: Scenario, frame_rate_hz: float = FRAME_RATE_HZ, start_s: float = 0.0) -> FloatArray:
    """Presentation times (n,) of a clip's frames, from 0; its first one is `start_s` on the scenario's clock."""
    duration = performance_of(scenario).duration_s - start_s
    return np.arange(int(duration * frame_rate_hz) + 1) / frame_rate_hz


def clip_truth(scenario: Scenario, frame_rate_hz: float = FRAME_RATE_HZ, *, start_s: float = 0.0) -> dict[str, Any]:
    """Truth of a clip, ready for `json.dump`; needs no graphics. Its times count from the clip's first frame."""
    acted = performance_of(scenario)
    times = map(float, frame_times_s(scenario, frame_rate_hz, start_s))
    reps = _reps(scenario, acted, start_s)
    return {
        "schema": SCHEMA,
        "version": package_version("depthperception"),
        "stature_cm": round(100.0 * scenario.body.stature_m, 2),
        "bottom_s": reps[0]["bottom_s"],
        "depth_cm": reps[0]["depth_cm"],
        "reps": reps,
        "camera": pinhole(scenario.viewpoint).to_json(),
        "cast": cast(scenario),
        "barbell": barbell_facts(scenario.barbell),
        "scenario": scenario.to_json(),
        "start_s": start_s,
        "frames": [_frame(scenario, acted, time_s, start_s) for time_s in times],
    }


def write_clip(
    scenario: Scenario,
    path: str | Path,
    studio: Studio | None = None,
    frame_rate_hz: float = FRAME_RATE_HZ,
    crf: int = 20,
    on_progress: Progress = silent,
    *,
    start_s: float = 0.0,
) -> dict[str, Any]:
    """Render a clip, write its truth beside it with the suffix .json, and return the truth.

    The clip begins at `start_s` on the scenario's clock, as that of a camera that was started later than another.

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
    truth = clip_truth(scenario, frame_rate_hz, start_s=start_s)
    times = frame_times_s(scenario, frame_rate_hz, start_s)
    with VideoWriter(target, view.width_px, view.height_px, crf=crf, preset="slow") as writer:
        for k, time_s in enumerate(times):
            writer.write(drawing.still(scenario, start_s + float(time_s)).picture, float(time_s))
            on_progress("rendering", (k + 1) / len(times))
    target.with_suffix(".json").write_text(json.dumps(truth) + "\n", encoding="utf-8")
    return truth


def render_many(
    out: str | Path,
    seed: int = 0,
    count: int = 1,
    options: SampleOptions | MeetOptions | None = None,
    samples: int = 4,
    on_progress: Progress = silent,
    frame_rate_hz: float = FRAME_RATE_HZ,
) -> list[Path]:
    """Render the clips of seeds `seed`, `seed` + 1, ... into a folder, and return their paths.

    Files are called squat_SEED.mp4 and squat_SEED.json, or meet_SEED where the options are a meet's; existing ones
    are left alone.

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
    name = "meet" if isinstance(options, MeetOptions) else "squat"
    paths = [folder / f"{name}_{seed + k:06d}.mp4" for k in range(count)]
    _make_room(folder, paths)
    studio = Studio(samples)
    for k, path in enumerate(paths):
        write_clip(_sampled(seed + k, options), path, studio, frame_rate_hz)
        on_progress("clips", (k + 1) / count)
    return paths


def _sampled(seed: int, options: SampleOptions | MeetOptions | None) -> Scenario:
    return sample_meet(seed, options) if isinstance(options, MeetOptions) else sample_scenario(seed, options)


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


def _reps(scenario: Scenario, acted: Performance, first_s: float) -> list[dict[str, Any]]:
    rows = []
    for rep, bottom_s, (start_s, end_s) in zip(acted.attempt.reps, acted.bottoms_s, acted.spans_s, strict=True):
        depth = acted.truth(bottom_s).to_json()["depth_cm"]
        hidden = cover(scenario, acted, _camera(scenario, bottom_s), bottom_s)
        times = {"start_s": start_s, "bottom_s": bottom_s, "end_s": end_s}
        rounded = {name: round(s - first_s, 6) for name, s in times.items()}
        rows.append({"kind": rep.kind, **rounded, "depth_cm": depth, "cover": hidden})
    return rows


def _frame(scenario: Scenario, acted: Performance, shown_s: float, start_s: float) -> dict[str, Any]:
    time_s = start_s + shown_s
    camera = _camera(scenario, time_s)
    row: dict[str, Any] = {"time_s": round(shown_s, 6), **acted.truth(time_s).to_json()}
    row["bar"] = bar(scenario.barbell, acted.pose(time_s))
    if others := other_bars(scenario, acted, time_s):
        row["other_bars"] = others
    row["boxes_px"] = boxes(scenario, acted, camera, time_s)
    if scenario.viewpoint.shake_deg > 0.0:
        row["camera"] = camera.to_json()
    return row


def _camera(scenario: Scenario, time_s: float) -> PinholeCamera:
    return pinhole(scenario.viewpoint, shake(scenario.viewpoint, scenario.seed, time_s))
