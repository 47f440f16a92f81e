"""People at and round the bottom of a squat, solved on the CPU: what a picture is made of before there is a camera.

One person takes several poses: making a body costs as much as solving a pose.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from depthperception.errors import OptionError
from depthperception.synth.attempt import hips_for_depth
from depthperception.synth.body import SIGN, Body, rig
from depthperception.synth.draws import normal
from depthperception.synth.motion import Arms, Pose, squat_pose, standing_hips
from depthperception.synth.scenario import Style
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.space import Space, sample_person
from depthperception.train.surfaces.points import points_of
from depthperception.types import FloatArray

POSES_PER_PERSON = 3

BOTTOM_CM = (-32.0, 15.0)
"""Depths at a stature of 1.75 m: from a quarter squat to the deepest; half of all lie within 8 cm of parallel."""

LEAN_DEG = (12.0, 75.0)
"""Trunk lean that a squat has."""

BAR_SHARE = 0.45
"""Squats with a bar on the back; the rest is without one, the hands somewhere in front."""


NOTHING, BAR, GOBLET = 0, 1, 2
"""What is held: nothing, a bar on the back, a dumbbell or kettlebell between the hands."""

GOBLET_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Posed:
    """One person in one pose. World frame of `synth`: metres, z up, facing +y, soles at z = 0.

    Attributes
    ----------
    rest, normals : (13718, 3)
        Skin at rest and its normals.
    heads : (104, 3)
        Bones at rest.
    bones : (104, 8)
        Dual quaternions of the pose.
    points : (16, 3)
        Truth, in the order of `points.POINTS`.
    bar : (3,)
        Middle of what is held.
    trunk : (3, 3)
        Rotation of the upper trunk.
    facts : (4,)
        Stature in m, what is held (`NOTHING`, `BAR`, `GOBLET`), thigh and shank in m.
    """

    rest: NDArray[np.float32]
    normals: NDArray[np.float16]
    heads: NDArray[np.float32]
    bones: NDArray[np.float32]
    points: NDArray[np.float32]
    bar: NDArray[np.float32]
    trunk: NDArray[np.float32]
    facts: NDArray[np.float32]


def posed_people(seed: int, bodies: Space) -> Iterator[Posed]:
    """Draw people for ever; the same stream for the same seed."""
    rng = np.random.default_rng(seed)
    while True:
        body = sample_person(rng, bodies)
        for _ in range(POSES_PER_PERSON):
            found = _bottom(rng, body)
            if found is not None:
                yield found


def standing_person(rng: Generator, bodies: Space) -> Posed:
    """Somebody who stands about."""
    body = sample_person(rng, bodies)
    style = sample_style(rng, body.scale, 25.0)
    arms: Arms = "spotting" if rng.random() < 0.5 else "standing"
    return _posed(body, squat_pose(body, style, *standing_hips(body, style), 0.0, arms=arms), NOTHING)


def sample_style(rng: Generator, scale: float, shank_mean_deg: float) -> Style:
    """From close to sumo stances; lopsided more often than not."""
    wide = rng.random() < 0.3
    stance = float(rng.uniform(0.58, 0.98) if wide else rng.uniform(0.22, 0.62))
    toe = normal(rng, 34.0, 10.0, 5.0, 60.0) if wide else normal(rng, 20.0, 10.0, -4.0, 48.0)
    uneven = 1.0 if rng.random() < 0.6 else 0.25
    return Style(
        stance_m=stance * scale,
        toe_out_left_deg=toe + float(rng.normal(0.0, 4.0)) * uneven,
        toe_out_right_deg=toe + float(rng.normal(0.0, 4.0)) * uneven,
        right_foot_ahead_m=normal(rng, 0.0, 0.02, -0.06, 0.06) * uneven,
        knee_out=normal(rng, 1.0, 0.25, 0.2, 1.5),
        hip_shift_m=normal(rng, 0.0, 0.02, -0.05, 0.05) * uneven,
        pelvis_list_deg=normal(rng, 0.0, 4.0, -10.0, 10.0) * uneven,
        pelvis_twist_deg=normal(rng, 0.0, 3.0, -9.0, 9.0) * uneven,
        heel_lift_m=float(rng.uniform(0.01, 0.06)) if rng.random() < 0.2 else 0.0,
        shank_deg=normal(rng, shank_mean_deg, 7.0, 8.0, 48.0),
        balance_m=normal(rng, 0.0, 0.025, -0.07, 0.07),
        bar_drop_m=float(rng.uniform(0.0, 0.06)),
        grip_out_m=float(rng.uniform(0.06, 0.40)),
        pelvis_share=float(rng.uniform(0.6, 1.0)),
        head_share=float(rng.uniform(-0.2, 1.0)),
    )


def _bottom(rng: Generator, body: Body) -> Posed | None:
    """Somebody at a bottom; None where no style drawn reaches the depth drawn."""
    near = normal(rng, -1.0, 6.0, *BOTTOM_CM)
    depth_cm = (near if rng.random() < 0.65 else float(rng.uniform(*BOTTOM_CM))) * body.scale
    for attempt in range(8):
        style = sample_style(rng, body.scale, 29.0 + attempt)
        try:
            hip_m, _ = hips_for_depth(body, style, depth_cm)
        except OptionError:
            continue
        bar = bool(rng.random() < BAR_SHARE)
        pose = squat_pose(body, style, hip_m, arms="bar" if bar else _reach(rng))
        if LEAN_DEG[0] < np.degrees(pose.trunk_lean_rad) < LEAN_DEG[1]:
            held = BAR if bar else GOBLET if rng.random() < GOBLET_SHARE else NOTHING
            return _posed(body, pose, held)
    return None


def _reach(rng: Generator) -> FloatArray:
    """Hands straight ahead, together before the chest, apart at the shoulders, or hanging; in arm lengths (2, 3)."""
    kind = int(rng.choice(4, p=(0.3, 0.35, 0.15, 0.2)))
    out, ahead, up = (
        (rng.normal(0.0, 0.12), rng.uniform(0.8, 0.97), rng.normal(0.0, 0.2)),
        (rng.normal(-0.24, 0.06), rng.uniform(0.25, 0.6), rng.normal(-0.1, 0.15)),
        (rng.normal(0.05, 0.12), rng.uniform(0.15, 0.35), rng.normal(0.1, 0.2)),
        (rng.normal(0.08, 0.1), rng.uniform(-0.1, 0.4), rng.uniform(-0.95, -0.6)),
    )[kind]
    uneven = 0.03 if rng.random() < 0.7 else 0.12
    return np.array([[sign * out, ahead, up] for sign in SIGN]) + rng.normal(0.0, uneven, (2, 3))


def _posed(body: Body, pose: Pose, held: int) -> Posed:
    bones = dual_quaternions(body.heads, pose.rotations, pose.origins)
    points = points_of(body, pose, skin(bones, rig().weights, body.vertices))
    return Posed(
        rest=body.vertices.astype(np.float32),
        normals=body.normals.astype(np.float16),
        heads=body.heads.astype(np.float32),
        bones=bones.astype(np.float32),
        points=points.astype(np.float32),
        bar=(_between_hands(pose) if held == GOBLET else pose.bar).astype(np.float32),
        trunk=pose.trunk.astype(np.float32),
        facts=np.array([body.shape.stature_m, float(held), body.thigh_m, body.shank_m], np.float32),
    )


def _between_hands(pose: Pose) -> FloatArray:
    return np.asarray((pose.joint("wrist.L") + pose.joint("wrist.R")) / 2.0 + [0.0, 0.06, -0.03])
