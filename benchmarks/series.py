"""How right the time series' angles and heights are, on rendered clips: python benchmarks/series.py CLIP... [--every].

Truth are the joints of the rendered body beside each clip. Without --every rows are those of judging, interpolated;
with it the heavy network looks at every frame. Errors are of every row of an attempt, from descent to ascent. The truth
has no heels, so that its ankles have no zero: of their errors each leg's mean is taken off.
"""

import json
import sys
from pathlib import Path

import numpy as np

from depthperception.pipeline import examine
from depthperception.series.angles import SIDES, joint_angles
from depthperception.types import FloatArray

JOINTS = {"shoulder": 11, "hip": 23, "knee": 25, "ankle": 27, "toe": 31}
"""Left landmarks of the joints that the truth names; the right ones come after them."""

COLUMNS = ("knee_flexion", "hip_flexion", "trunk_lean", "ankle_dorsiflexion")


def true_columns(clip: Path, times_s: FloatArray) -> dict[str, FloatArray]:
    """Angles, and the height of the hips over the knees, of the rendered body at times of the clip's frames."""
    frames = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))["frames"]
    points = np.full((len(frames), 33, 3), np.nan)
    for row, frame in enumerate(frames):
        for name, index in JOINTS.items():
            points[row, [index, index + 1]] = [frame[name][side] for side in SIDES]
    feet = points[:, 31:33] - points[:, 27:29]  # from the ankle, for want of a heel
    found = joint_angles(points, np.array([0.0, 0.0, 1.0]), feet)
    found["hip_over_knee_cm"] = 100.0 * (points[:, 23:25, 2] - points[:, 25:27, 2]).mean(axis=1)
    true_s = np.array([frame["time_s"] for frame in frames])
    nearest = np.abs(true_s[:, None] - times_s[None, :]).argmin(axis=0)
    return {name: values[nearest] for name, values in found.items()}


def errors_of(clip: Path, *, every_frame: bool) -> dict[str, FloatArray]:
    """Errors of one clip's rows, by column; both legs of an angle are one column."""
    rows = examine(clip).time_series(every_frame=every_frame)
    true = true_columns(clip, rows.times_s)
    inside = np.isin(rows.phase, ("descent", "bottom", "ascent"))
    found = {
        name: np.concatenate(
            [(rows.values[f"{name}_{side}_deg"] - true[f"{name}_{side}_deg"])[inside] for side in SIDES]
        )
        for name in COLUMNS
    }
    found["ankle_dorsiflexion"] = np.concatenate(
        [leg - np.nanmean(leg) for leg in np.split(found["ankle_dorsiflexion"], 2)]
    )
    heights = rows.values["hip_height_cm"] - rows.values["knee_height_cm"]
    return {**found, "hip_over_knee_cm": (heights - true["hip_over_knee_cm"])[inside]}


def main() -> None:
    """Print a table of bias, median error and ninth decile over all rows of all clips."""
    every_frame = "--every" in sys.argv
    clips = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    errors = [errors_of(clip, every_frame=every_frame) for clip in clips]
    print(f"{len(clips)} clips, {'every frame looked at' if every_frame else 'interpolated between looks'}\n")
    print("| column | rows | bias | median error | 90 % within |\n| --- | --- | --- | --- | --- |")
    for name in errors[0]:
        all_of = np.concatenate([one[name] for one in errors])
        known = all_of[np.isfinite(all_of)]
        low, high = np.percentile(np.abs(known), [50, 90])
        print(f"| {name} | {len(known)} | {known.mean():+.1f} | {low:.1f} | {high:.1f} |")


if __name__ == "__main__":
    main()
