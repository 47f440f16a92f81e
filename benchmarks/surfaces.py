"""Where the network of `surfaces` sees crease and top of the knee, beside two readers, in the very frames they read.

    python benchmarks/surfaces.py ../shared [--tracks FOLDER] [--table docs/accuracy.md]

`real.py` scores what a judgement shows at the bottom that it found. This scores the network alone: every reading of
../shared/points in whose film the lifter is followed, one frame, plain and mirrored. FOLDER keeps the landmarks of each
film (.npz), since following takes minutes. Nothing may be trained or tuned on these films.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from real_points import LEGS, Record, Scored, score_points
from real_report import ALONE, points_table, section_put

from depthperception import examine
from depthperception.geometry.roi import Region
from depthperception.pose.blazepose import px_per_m
from depthperception.surfaces import SeenSurfaces, index_of
from depthperception.surfaces.seeing import CROP_M, MIDDLE, SIZE_PX, combine, in_picture, look
from depthperception.types import FloatArray
from depthperception.video import frames

INTRO = """
Made by `python benchmarks/surfaces.py ../shared`: the network of `surfaces` alone (models/surfaces.md), on every
bottom of ../shared/points in whose film the lifter is followed, whatever the judgement makes of it. Columns and
protocol as in "Points" above, % of the thigh's length, the readers' distance from each other in brackets, heights along
the picture's own up. The crease is the fold, as the readers read it, or the skin over the hip joint, of which the
measured depth speaks. Nothing was trained or tuned on these films; for intervals whole films are drawn again.
"""

NEAR_S = 0.1
"""The frame of a reading is looked for this far on either side of its time."""

Track = tuple[FloatArray, FloatArray, FloatArray]
"""Times (n,), landmarks in the picture (n, 33, 2), and in the pose model's metres (n, 33, 3)."""


def main() -> None:
    """Look at every reading's frame and make the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--tracks", type=Path, default=Path("benchmarks/out/tracks"))
    parser.add_argument("--table", type=Path, help="a document whose part on these points is put anew")
    asked = parser.parse_args()
    asked.tracks.mkdir(parents=True, exist_ok=True)
    points = asked.shared / "points" / "points.json"
    seen = looks(points, asked.shared / "clips", asked.tracks)
    parts = [ALONE, INTRO]
    for words, crease, hidden_too in (
        ("The fold, and all points", "fold", True),
        ("The fold, and only what the network calls seen, which is what is shown", "fold", False),
        ("The skin over the hip joint, and all points", "crease", True),
    ):
        parts += [f"### {words}", "", *points_table(scored(points, seen, crease, hidden_too=hidden_too)), ""]
    text = "\n".join(parts)
    if asked.table:
        document = section_put(asked.table.read_text(encoding="utf-8"), text, ALONE)
        asked.table.write_text(document, encoding="utf-8")
    else:
        print(text)


def looks(points: Path, clips: Path, tracks: Path) -> dict[str, list[tuple[float, SeenSurfaces]]]:
    """What is seen at each reading's time, by film."""
    paths = {path.stem: path for path in clips.iterdir()}
    found: dict[str, list[tuple[float, SeenSurfaces]]] = defaultdict(list)
    for key, reading in json.loads(points.read_text(encoding="utf-8")).items():
        path = paths[reading["name"]]
        track = tracked(path, tracks)
        if len(track[0]):
            found[reading["name"]].append((reading["t_s"], seen_at(path, track, reading["t_s"])))
        else:
            print(f"{key}: nobody is followed", file=sys.stderr)
    return found


def tracked(path: Path, folder: Path) -> Track:
    """Landmarks of the lifter, kept or made."""
    kept = folder / f"{path.stem}.npz"
    if not kept.exists():
        track = examine(path).track
        np.savez(kept, times_s=track.times_s, image_px=track.image_px, world_m=track.world_m)
    with np.load(kept) as file:
        return file["times_s"], file["image_px"], file["world_m"]


def seen_at(path: Path, track: Track, time_s: float) -> SeenSurfaces:
    """Look at the frame of a time, with the crop where the track puts hips and knees then."""
    times_s, image_px, world_m = track
    near = frames(path, start_s=max(0.0, time_s - NEAR_S), end_s=time_s + NEAR_S)
    rgb = min(near, key=lambda frame: abs(frame.time_s - time_s)).rgb()
    scales = [px_per_m(*one) for one in zip(image_px, world_m, strict=True)]
    middle = image_px[:, MIDDLE].mean(axis=1)
    x, y, scale = (float(np.interp(time_s, times_s, values)) for values in (*middle.T, scales))
    region = Region(x, y, CROP_M * scale)
    plain, mirrored = look(region.crop(rgb, SIZE_PX))
    return combine([(in_picture(plain, region), in_picture(mirrored, region))])


def scored(points: Path, seen: dict[str, list[tuple[float, SeenSurfaces]]], crease: str, *, hidden_too: bool) -> Scored:
    """Score looks as if they were attempts of judgements, with a level camera."""
    records: dict[str, Record] = {}
    for name, moments in seen.items():
        attempts = [
            {
                "bottom_s": time_s,
                "verdict": "",
                "seen": {
                    "crease_px": placed(look, crease, hidden_too=hidden_too),
                    "knee_top_px": placed(look, "knee_top", hidden_too=hidden_too),
                },
            }
            for time_s, look in moments
        ]
        records[name] = {"judgement": {"camera": {"up": (0.0, -1.0, 0.0)}, "attempts": attempts}}
    return score_points(points, records)


def placed(seen: SeenSurfaces, name: str, *, hidden_too: bool) -> dict[str, Any]:
    """Where a point is in the picture, by leg."""
    return {leg: seen.points_px[index_of(name, leg)].tolist() for leg in LEGS} if hidden_too else dict(seen.seen(name))


if __name__ == "__main__":
    main()
