"""Everyone but the lifter: where they stand, walk and squat while he lifts."""

from functools import lru_cache

import numpy as np

from depthperception.synth.attempt import Performance, hips_at
from depthperception.synth.body import Body, make_body
from depthperception.synth.geometry import rot_x, rot_y, rot_z
from depthperception.synth.motion import Arms, Feet, Pose, squat_pose, standing_hips
from depthperception.synth.scenario import Person, PersonKind, Style
from depthperception.types import FloatArray

BENDS: dict[PersonKind, float] = {"spotting": 0.5, "squatting": 1.0, "lifting": 1.0}
"""How far down a kind of person goes with the lifter; the others stay up."""

ARMS: dict[PersonKind, Arms] = {"spotting": "spotting", "squatting": "squatting", "lifting": "bar"}
"""What a kind of person does with the arms; the others let them hang."""

BOTTOM_AHEAD_M = -0.25
"""Where the hips are over the ankles at a bystander's bottom, which is level with the knees."""

CYCLE_M = 1.35
"""Two steps of someone who is 1.75 m tall."""

STEP_LIFT_M = 0.06
SWAY_HZ = (0.23, 0.31)
"""Sideways and to and fro: people who stand still sway at a few tenths of a hertz."""

FLAT = 0.01
"""Depth of a picture of somebody, as a share of his own."""


def moves(person: Person) -> bool:
    """Whether anything about a person changes in the course of a clip."""
    return bend_of(person) * (person.kind != "picture") > 0.0 or person.kind == "walking" or person.sway_deg > 0.0


def bend_of(person: Person) -> float:
    """How far down a person goes with the lifter, 0 to 1."""
    return BENDS.get(person.kind, 0.0) if person.bend is None else person.bend


def pose_of(person: Person, acted: Performance, time_s: float) -> Pose:
    """Pose of a person in a frame of his own, feet at the origin, facing +y."""
    level = 1.0 if person.kind == "picture" else acted.level(time_s - person.lag_s)[0]
    if person.kind == "walking":
        return _stride(person, acted.duration_s, time_s)
    return _bent(person, bend_of(person) * level)


def place(person: Person, points_m: FloatArray, time_s: float, duration_s: float) -> FloatArray:
    """Take points (..., 3) from a person's own frame to the world."""
    if person.kind == "picture":
        points_m = points_m * [person.size, person.size * FLAT, person.size] + [0.0, 0.0, person.raised_m]
    if person.sway_deg > 0.0:
        points_m = points_m @ _sway(person, time_s).T
    x, y = (at + way * time_s / duration_s for at, way in zip((person.x_m, person.y_m), person.walk_m, strict=True))
    return np.asarray(points_m @ rot_z(np.radians(person.facing_deg)).T + [x, y, 0.0])


@lru_cache(maxsize=16)
def _bent(person: Person, share: float) -> Pose:
    body, style = _standing(person)
    hip_m, ahead_m = hips_at(standing_hips(body, style), _bottom(body), share)
    return squat_pose(body, style, hip_m, ahead_m, share, arms=ARMS.get(person.kind, "standing"))


def _standing(person: Person) -> tuple[Body, Style]:
    body = make_body(person.body)
    return body, Style(stance_m=0.3 * body.scale, toe_out_left_deg=12.0, toe_out_right_deg=12.0)


def _bottom(body: Body) -> tuple[float, float]:
    return body.head("foot.R")[2] + body.shank_m, BOTTOM_AHEAD_M


def _stride(person: Person, duration_s: float, time_s: float) -> Pose:
    """Walking: feet swing against each other, each lifted on its way forward."""
    body, style = _standing(person)
    gone_m = float(np.hypot(*person.walk_m)) * time_s / duration_s
    cycle_m = CYCLE_M * body.scale
    phase = 2.0 * np.pi * gone_m / cycle_m
    reach, lift = cycle_m / 4.0 * np.cos(phase), STEP_LIFT_M * body.scale * np.sin(phase)
    feet = Feet((float(reach), -float(reach)), (max(-float(lift), 0.0), max(float(lift), 0.0)), 0.6)
    return squat_pose(body, style, *standing_hips(body, style, 0.6), 0.0, feet, "standing")


def _sway(person: Person, time_s: float) -> FloatArray:
    """Rotation about the feet; two people who stand apart sway apart."""
    phases = 2.0 * np.pi * (np.array(SWAY_HZ) * time_s + [person.x_m, person.y_m])
    side, ahead = np.radians(person.sway_deg) * np.sin(phases)
    return np.asarray(rot_x(float(ahead)) @ rot_y(float(side)))
