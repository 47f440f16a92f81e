"""Render the demonstration clip and the tests' clips again, with their truth.

    python tools/render_clips.py [NAME...]

Needs the extra `synth`. The truth is the same on every machine; the pictures' last bits depend on the OpenGL driver.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from depthperception.synth.clip import write_clip
from depthperception.synth.scenario import (
    Attempt,
    Barbell,
    BodyShape,
    Clothes,
    Finish,
    Light,
    Person,
    Prop,
    Rep,
    Room,
    Scenario,
    Style,
    Viewpoint,
)
from depthperception.synth.stills import Studio

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"

M_AVG = BodyShape((("m_avg", 1.0),), 1.78)
F_AVG = BodyShape((("f_avg", 1.0),), 1.66)
M_HEAVY = BodyShape((("m_heavy", 1.0),), 1.75)

GYM = Room(
    left_m=5.0,
    right_m=4.5,
    back_m=4.0,
    front_m=4.0,
    ceiling_m=4.2,
    wall_pattern=3,
    wall_colour=(0.50, 0.52, 0.55),
    props=(
        Prop("lamp", (2.6, -4.0, 1.9), (1.6, 0.06, 1.0), (0.9, 0.95, 1.0)),
        Prop("poster", (-0.6, -4.0, 1.5), (0.9, 0.06, 1.2), (0.7, 0.2, 0.15)),
        Prop("box", (3.4, -3.2, 0.0), (1.4, 0.6, 1.7), (0.12, 0.13, 0.16)),
        Prop("box", (1.2, -3.5, 0.0), (0.7, 0.5, 0.6), (0.35, 0.22, 0.12)),
        Prop("plate", (-1.6, -3.6, 0.0), (0.225, 0.2, 0.0), (0.55, 0.05, 0.05)),
        Prop("plate", (2.1, -3.5, 0.0), (0.225, 0.2, 0.0), (0.05, 0.12, 0.4)),
        Prop("box", (4.0, 0.5, 0.0), (0.5, 2.2, 1.1), (0.10, 0.10, 0.11)),
    ),
)
LIGHT = Light(azimuth_deg=70.0, elevation_deg=58.0, key=0.85, ambient=0.42, fill=0.2, cast=(1.02, 1.0, 0.97))
PHONE = Finish(defocus_px=0.5, noise=1.5)


@dataclass(frozen=True)
class Recipe:
    """A clip to render: where it goes, what it shows, and how strongly it is compressed."""

    path: Path
    scenario: Scenario
    crf: int = 27


DEMO = Scenario(
    seed=1,
    body=M_AVG,
    style=Style(stance_m=0.44, toe_out_left_deg=24.0, toe_out_right_deg=21.0, bar_drop_m=0.02, pelvis_list_deg=1.0),
    attempt=Attempt(reps=(Rep(3.0, descent_s=1.4, ascent_s=1.3),), stand_s=1.1, lockout_s=0.7),
    viewpoint=Viewpoint(
        azimuth_deg=40.0, height_m=1.0, distance_m=3.6, pitch_deg=-1.5, yaw_deg=1.0, roll_deg=0.6, fov_deg=53.0
    ),
    clothes=Clothes(leg=0.42, arm=0.5, leg_thickness_m=0.006, knee_sleeves=True, belt=True, sock=0.3),
    barbell=Barbell(plate_radius_m=0.225, plates=2, plate_colour=(0.42, 0.03, 0.03)),
    room=GYM,
    light=LIGHT,
    finish=Finish(defocus_px=0.5, noise=1.2),
)

SMALL = replace(
    DEMO,
    viewpoint=replace(DEMO.viewpoint, width_px=360, height_px=640),
    clothes=Clothes(),
    barbell=Barbell(plate_radius_m=0.16),
    finish=PHONE,
)


def small(rep: tuple[Rep, ...], stand_s: float = 0.8, **viewpoint: float | int) -> Scenario:
    """Return a tests' scenario: other reps, seen from elsewhere."""
    view = replace(SMALL.viewpoint, **viewpoint)  # type: ignore[arg-type]
    return replace(SMALL, attempt=Attempt(rep, stand_s=stand_s, lockout_s=0.5), viewpoint=view)


SIDE = small((Rep(-8.0, descent_s=1.1, ascent_s=1.0),), azimuth_deg=90.0, height_m=0.9)
FRONT = small((Rep(5.0),), azimuth_deg=3.0, width_px=640, height_px=360, fov_deg=72.0, pitch_deg=-4.0)
TWO_REPS = small((Rep(4.0, descent_s=1.2, ascent_s=1.0), Rep(-4.0, descent_s=1.1, ascent_s=1.0)), azimuth_deg=320.0)
SPOTTED = small((Rep(6.0, descent_s=1.2, ascent_s=1.2),), azimuth_deg=30.0)
CUT_OFF = small((Rep(3.0, descent_s=1.2, ascent_s=1.0),), azimuth_deg=45.0, pitch_deg=12.0, distance_m=2.8)

SPOTTERS = (
    Person(0.05, -0.9, 0.0, "spotting", M_HEAVY, Clothes(leg=1.95, top_colour=(0.5, 0.5, 0.5))),
    Person(1.9, -2.2, 30.0, "standing", F_AVG, Clothes(leg=1.8, top_colour=(0.4, 0.08, 0.2))),
)

RECIPES = {
    "demo": Recipe(ROOT / "src" / "depthperception" / "demo" / "squat.mp4", DEMO, crf=22),
    "side": Recipe(DATA / "side_high.mp4", SIDE),
    "front": Recipe(DATA / "front_deep.mp4", replace(FRONT, body=F_AVG)),
    "two_reps": Recipe(DATA / "two_reps.mp4", TWO_REPS),
    "spotted": Recipe(DATA / "spotted.mp4", replace(SPOTTED, body=F_AVG, people=SPOTTERS)),
    "cut_off": Recipe(DATA / "cut_off.mp4", CUT_OFF),
}


def main(names: list[str]) -> None:
    """Render the named clips, or all."""
    studio = Studio(samples=4)
    for name in names or list(RECIPES):
        recipe = RECIPES[name]
        recipe.path.parent.mkdir(parents=True, exist_ok=True)
        truth = write_clip(recipe.scenario, recipe.path, studio, crf=recipe.crf)
        size_kb = recipe.path.stat().st_size / 1000.0
        print(f"{recipe.path.relative_to(ROOT)}: {size_kb:.0f} kB, depth {truth['depth_cm']['mean']:+.2f} cm")


if __name__ == "__main__":
    main(sys.argv[1:])
