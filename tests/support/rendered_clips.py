"""The rendered clips that tests judge, and what is true in them."""

import json
from pathlib import Path

import depthperception

DATA = Path(__file__).parents[1] / "data"
"""Four short clips with their truth beside them."""

DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"
"""The clip that ships; its lifter is 178 cm tall."""

DEMO_HEIGHT_CM = 178.0


def truth(clip: Path) -> list[tuple[float, float]]:
    """Time and depth in cm of every true bottom of a rendered clip."""
    reps = json.loads(clip.with_suffix(".json").read_text())["reps"]
    return [(rep["bottom_s"], rep["depth_cm"]["mean"]) for rep in reps]
