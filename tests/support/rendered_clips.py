"""The rendered clips that tests judge, and what is true in them."""

import json
from pathlib import Path

import numpy as np

import depthperception
from depthperception.proof import Point

DATA = Path(__file__).parents[1] / "data"
"""Five short clips with their truth beside them."""

DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"
"""The clip that ships; its lifter is 178 cm tall."""

DEMO_HEIGHT_CM = 178.0


def truth(clip: Path) -> list[tuple[float, float]]:
    """Time and depth in cm of every true bottom of a rendered clip."""
    reps = json.loads(clip.with_suffix(".json").read_text())["reps"]
    return [(rep["bottom_s"], rep["depth_cm"]["mean"]) for rep in reps]


def true_lines(clip: Path, time_s: float) -> tuple[dict[str, Point], dict[str, Point], dict[str, float]]:
    """Where the creases and the tops of the knees are seen in the frame of a time, px, and how deep they are, cm."""
    content = json.loads(clip.with_suffix(".json").read_text())
    camera = {name: np.array(content["camera"][name]) for name in ("K", "R", "t")}
    frame = min(content["frames"], key=lambda one: abs(one["time_s"] - time_s))

    def seen(point_m: list[float]) -> Point:
        x, y, z = camera["K"] @ (camera["R"] @ np.array(point_m) + camera["t"])
        return float(x / z), float(y / z)

    creases, knees = ({leg: seen(at) for leg, at in frame[name].items()} for name in ("crease", "knee_top"))
    return creases, knees, frame["depth_cm"]
