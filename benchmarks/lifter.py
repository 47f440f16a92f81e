"""Judge rendered meets with known truth and write docs/lifter.md: the right lifter, his depth, plate, bar and bottom.

    python benchmarks/lifter.py FOLDER [--seed 740000] [--count 64] [--out docs/lifter.md] [--render-only] [--choose]

Clips that are missing in FOLDER are rendered from their seeds, and beside each, in FOLDER/alone, the same squat with
nobody else about. What is measured of a clip is kept in FOLDER/measured and not measured again; delete it to measure
anew. Times of computing are of the processor, so that other work on the machine does not count. With --choose it is
only looked at who is chosen, a fifth of the work, and only the part of docs/lifter.md that says so is put anew.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lifter_report import AGAIN, BARE, FRESH, chosen_again, is_right, report
from real_report import section_kept, section_put

from depthperception.case import find_people
from depthperception.examination import Examination
from depthperception.geometry.roi import box_iou
from depthperception.geometry.skeletons import HIPS
from depthperception.options import Options
from depthperception.people import PersonTrack, choose
from depthperception.pipeline import examine
from depthperception.synth.clip import write_clip
from depthperception.synth.meet import MeetOptions, alone, sample_meet
from depthperception.synth.scenario import Scenario
from depthperception.synth.stills import Studio, performance_of
from depthperception.types import FloatArray, silent

FRAME_RATE_HZ = 15.0
"""A rep has thirty frames, and a clip renders in half the time of a phone's 30 a second."""

SCALE = 0.5
SAMPLES = 0

LEAST_OVERLAP = 0.3
"""Mean overlap of a track's boxes with somebody's true ones (intersection over union) from which it is he."""

NEAR_S = 0.3
"""A bottom is found when an attempt's is so near."""

THINGS = ("plate", "bar", "rack", "person", "thing")
"""What covers legs, beside the lifter's own body and the picture's edge."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """A clip's truth file."""

    data: dict[str, Any]

    @property
    def times_s(self) -> FloatArray:
        """Of the frames."""
        return np.array([row["time_s"] for row in self.data["frames"]])

    def row(self, time_s: float) -> dict[str, Any]:
        """The frame nearest to a time."""
        found: dict[str, Any] = self.data["frames"][int(np.abs(self.times_s - time_s).argmin())]
        return found

    def camera(self, row: dict[str, Any]) -> tuple[FloatArray, FloatArray, FloatArray]:
        """K, R and t of a frame."""
        camera = row.get("camera", self.data["camera"])
        return np.array(camera["K"]), np.array(camera["R"]), np.array(camera["t"])

    def px(self, row: dict[str, Any], point_m: Sequence[float]) -> FloatArray:
        """Where a world point is in the picture."""
        k, r, t = self.camera(row)
        at = k @ (r @ np.array(point_m) + t)
        return np.asarray(at[:2] / at[2], dtype=np.float64)

    def hips_m(self, row: dict[str, Any]) -> FloatArray:
        """Middle of the lifter's hips."""
        return np.asarray(np.mean([row["hip"][side] for side in ("left", "right")], axis=0), dtype=np.float64)

    def cm_per_px(self) -> float:
        """At the standing lifter's hips, after a walk-out."""
        row = self.row(self.data["reps"][0]["start_s"])
        k, r, t = self.camera(row)
        return float(100.0 * (r @ self.hips_m(row) + t)[2] / k[0, 0])

    def covered_by(self) -> list[str]:
        """Things that hide crease or top of the knee of a leg at the bottom."""
        points = self.data["reps"][0]["cover"].values()
        return sorted({side["by"] for point in points for side in point.values() if side["by"] in THINGS})


def measure_clip(clip: Path, lonely: Path) -> Record:
    """Judge a meet, and the same squat alone."""
    truth = Truth(json.loads(clip.with_suffix(".json").read_text(encoding="utf-8")))
    cast, people = truth.data["cast"], truth.data["scenario"]["people"]
    spotters = [one["along"] for one in cast.values() if one["role"] == "spotter" and not one["reflection"]]
    present = [person for person in people if person["kind"] != "picture"]
    return {
        "seed": truth.data["scenario"]["seed"],
        "people": 1 + len(present),
        "along": max(spotters, default=0.0) >= 0.75,
        "mirror": truth.data["scenario"]["mirror"] is not None,
        "picture": len(present) < len(people),
        "side_by_side": any(one["role"] == "second_lifter" for one in cast.values()),
        "azimuth_deg": truth.data["scenario"]["viewpoint"]["azimuth_deg"],
        "plate_radius_m": truth.data["barbell"]["plate_radius_m"],
        "covered_by": truth.covered_by(),
        "depth_cm": truth.data["depth_cm"]["mean"],
        "bottom_s": truth.data["bottom_s"],
        "bar": bar_truth(Scenario.from_json(truth.data["scenario"])),
        "cm_per_px": truth.cm_per_px(),
        "meet": judged(clip, truth),
        "alone": judged(lonely, truth) if lonely != clip else None,
    }


def judged(clip: Path, truth: Truth) -> Record:
    """What is said of a clip, and whom it is said of."""
    start_s = time.process_time()
    examination = examine(clip, height_cm=truth.data["stature_cm"])
    spent_s = time.process_time() - start_s
    said = examination.judgement
    size = (said.video.width, said.video.height)
    centre = choose(examination.people, size, said.video.duration_s, rule="centre").number
    found = said.to_dict()
    near = [a for a in found["attempts"] if abs(a["bottom_s"] - truth.data["bottom_s"]) <= NEAR_S]
    attempt = near[0] if near else None
    return {
        "chosen": None if examination.chosen is None else who(examination.people[examination.chosen], size, truth),
        "centre": None if centre is None else who(examination.people[centre - 1], size, truth),
        "hips_off": hips_off(examination, truth),
        "bar_off_cm": bar_off_cm(attempt, truth),
        "plates_off": plates_off(examination, truth) if attempt else [],
        "attempt": attempt,
        "judgement": found,
        "computing_s": spent_s,
        "duration_s": said.video.duration_s,
    }


def chosen_in(clip: Path) -> str | None:
    """Whom the track belongs to that is chosen in a clip, and whether that one lifts too; None where it is nobody's."""
    truth = Truth(json.loads(clip.with_suffix(".json").read_text(encoding="utf-8")))
    case = find_people(clip, Options(), silent).under_bar()
    number = case.choose().number
    found = None if number is None else who(case.people[number - 1], case.size_px, truth)
    if found and truth.data["cast"][found]["role"] == "second_lifter":
        found = f"{found}, who lifts too"
    print(f"{clip.stem}  {found or 'nobody'} chosen", file=sys.stderr, flush=True)
    return found


def who(track: PersonTrack, size_px: tuple[int, int], truth: Truth) -> str | None:
    """Whose true boxes a track's boxes overlap most."""
    size = np.array([*size_px] * 2)
    names = truth.data["cast"]
    shares: dict[str, list[float]] = {name: [] for name in names}
    for time_s, person in zip(track.times_s, track.people, strict=True):
        there = truth.row(float(time_s))["boxes_px"]
        for name in names:
            box = np.clip(np.array(there[name]), 0.0, size) if name in there else None
            shares[name].append(0.0 if box is None else box_iou(np.array(person.box_px), box))
    best = max(names, key=lambda name: float(np.mean(shares[name])))
    return best if np.mean(shares[best]) >= LEAST_OVERLAP else None


def hips_off(examination: Examination, truth: Truth) -> float | None:
    """Median distance of the pose's hips from the lifter's, in heights of his standing box; None without a pose."""
    track = examination.track
    if len(track.times_s) == 0:
        return None
    box = truth.data["frames"][0]["boxes_px"].get("lifter")
    if box is None:
        return None
    away = []
    for time_s, points in zip(track.times_s, track.image_px, strict=True):
        row = truth.row(float(time_s))
        away.append(np.linalg.norm(points[HIPS].mean(axis=0) - truth.px(row, truth.hips_m(row).tolist())))
    return float(np.median(away) / (box[3] - box[1]))


def plates_off(examination: Examination, truth: Truth) -> list[float]:
    """Followed plates' half major axes over the true ones where the lifter stands, less 1."""
    radius_m = truth.data["barbell"]["plate_radius_m"]
    row = truth.row(truth.data["reps"][0]["start_s"])
    k, r, t = truth.camera(row)
    off = []
    for track in (track for tracks in examination.plates for track in tracks):
        if radius_m is not None:
            away_m = float((r @ np.array(row["bar"][track.side.word]) + t)[2])
            off.append(float(np.linalg.norm(track.axes_px, axis=1).max()) * away_m / (k[0, 0] * radius_m) - 1.0)
    return off


def bar_off_cm(attempt: Record | None, truth: Truth) -> list[float] | None:
    """Errors of the bar's height against its first place, over an attempt; None where no bar was followed."""
    if attempt is None or not attempt["bar"] or not attempt["bar"]["path"]:
        return None
    path = attempt["bar"]["path"]
    times, height = np.array(path["times_s"]), np.array(path["height_cm"])
    true = 100.0 * np.interp(times, truth.times_s, [row["bar"]["centre"][2] for row in truth.data["frames"]])
    during = (times >= attempt["start_s"]) & (times <= attempt["end_s"])
    off = (height - height[0]) - (true - true[0])
    return [float(value) for value in off[during]]


def bar_truth(scenario: Scenario) -> Record:
    """When the bar is lowest, and its speeds, from the motion itself a hundred times a second.

    As coaches' devices measure: an end is left, or reached, within 1 cm; the bottom is the middle of the time within
    5 mm of the lowest point.
    """
    acted = performance_of(scenario)
    times = np.arange(acted.spans_s[0][0], acted.duration_s, 0.01)
    height = np.array([acted.pose(float(time_s)).bar[2] for time_s in times])
    low = int(height.argmin())
    lowest = times[height <= height[low] + 0.005]
    found: Record = {"bottom_s": float((lowest[0] + lowest[-1]) / 2.0)}
    for name, part in (("descent", slice(0, low + 1)), ("ascent", slice(low, None))):
        when, at = times[part], height[part]
        moving = np.flatnonzero((at > height[low] + 0.01) & (at < at.max() - 0.01))
        first, last = max(moving[0] - 1, 0), min(moving[-1] + 1, len(at) - 1)
        mean = abs(at[last] - at[first]) / (when[last] - when[first])
        found[name] = {"mean_m_s": float(mean), "peak_m_s": float(np.abs(np.gradient(at, when)).max())}
    return found


def main() -> None:
    """Render what is missing, judge what is not yet judged, write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=740_000)
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path("docs/lifter.md"))
    parser.add_argument("--render-only", action="store_true")
    parser.add_argument("--choose", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    seeds = range(asked.seed, asked.seed + asked.count)
    before = asked.out.read_text(encoding="utf-8") if asked.out.exists() else ""
    if asked.choose:
        found = {seed: chosen_in(rendered(asked.folder, seed)) for seed in seeds}
        asked.out.write_text(section_put(before, chosen_again(found), AGAIN), encoding="utf-8")
        return
    both = [with_lonely(asked.folder, seed) for seed in seeds]
    if not asked.render_only:
        made = report([measured(asked.folder, clip, lonely) for clip, lonely in both])
        for title in (AGAIN, BARE, FRESH):
            made = section_kept(before, made, title)
        asked.out.write_text(made, encoding="utf-8")


def rendered(folder: Path, seed: int) -> Path:
    """A seed's clip, rendered where it is missing."""
    clip = folder / f"meet_{seed:06d}.mp4"
    if not clip.with_suffix(".json").exists():
        _render(sample_meet(seed, MeetOptions(scale=SCALE)), clip)
    return clip


def with_lonely(folder: Path, seed: int) -> tuple[Path, Path]:
    """A seed's clip, and the same squat alone, rendered where missing; one clip where he is alone anyway."""
    clip = rendered(folder, seed)
    made = Scenario.from_json(json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))["scenario"])
    if alone(made) == made:
        return clip, clip
    lonely = folder / "alone" / clip.name
    lonely.parent.mkdir(exist_ok=True)
    if not lonely.with_suffix(".json").exists():
        _render(alone(made), lonely)
    return clip, lonely


def _render(scenario: Scenario, path: Path) -> None:
    path.unlink(missing_ok=True)
    write_clip(scenario, path, Studio(SAMPLES), FRAME_RATE_HZ)
    print(f"rendered {path}", file=sys.stderr, flush=True)


def measured(folder: Path, clip: Path, lonely: Path) -> Record:
    """What was measured of a clip, now or before."""
    kept = folder / "measured" / f"{clip.stem}.json"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(measure_clip(clip, lonely)), encoding="utf-8")
    record: Record = json.loads(kept.read_text(encoding="utf-8"))
    record["alone"] = record["alone"] or record["meet"]
    said = record["meet"]
    words = f"{said['chosen'] or 'nobody'} chosen" + ("" if is_right(said) else "  WRONG")
    print(f"{clip.stem}  {record['people']} people  {words}  {said['computing_s']:.1f} s", file=sys.stderr, flush=True)
    return record


if __name__ == "__main__":
    main()
