"""A random scenario from a seed: the only place where chance is asked what a squat looks like."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from depthperception.errors import OptionError
from depthperception.synth.attempt import hips_for_depth
from depthperception.synth.body import make_body
from depthperception.synth.draws import normal, sample_body, sample_clothes
from depthperception.synth.motion import squat_pose
from depthperception.synth.scenario import Attempt, BodyShape, Finish, Rep, RepKind, Scenario, Style, Viewpoint
from depthperception.synth.surroundings import (
    sample_barbell,
    sample_finish,
    sample_light,
    sample_people,
    sample_room,
)
from depthperception.synth.viewpoint import pinhole

PHONE_FOV_DEG = (25.0, 104.0)
"""Longer side's field of view: a phone's 3x lens to its 0.5x lens."""

BOTTOM_LEAN_DEG = (20.0, 68.0)
"""Trunk lean at the bottom that is sampled."""

BOTTOM_LEGS_M = ((0.12, -0.25, 0.42), (0.25, 0.30, 0.48), (0.22, -0.03, 0.08))
"""Hip, knee and ankle of a right leg at the bottom of an ordinary squat, at a stature of 1.75 m."""

SIZES_PX = ((720, 1280), (1280, 720), (720, 960), (960, 720), (720, 720))
"""Portrait, landscape, and the crops that people post; drawn smaller by `SampleOptions.scale`."""


@dataclass(frozen=True)
class SampleOptions:
    """What a sample may contain.

    `bodies` restricts the shapes that are blended, so that bodies can be held out. `scale` shrinks the pictures.
    `clean` leaves out rack, people and picture faults. `depth_cm` is the range of depths.
    """

    bodies: tuple[str, ...] = ()
    depth_cm: tuple[float, float] = (-12.0, 12.0)
    azimuth_deg: tuple[float, float] = (0.0, 360.0)
    scale: float = 1.0
    clean: bool = False


def sample_scenario(seed: int, options: SampleOptions | None = None) -> Scenario:
    """Scenario of a seed; the same on every machine.

    A style in which the body cannot reach the depth is drawn again from the same stream.

    Raises
    ------
    OptionError
        The options name a body that does not ship.
    """
    chosen = options or SampleOptions()
    rng = np.random.default_rng(seed)
    shape = sample_body(rng, chosen.bodies)
    attempt = _attempt(rng, chosen)
    style = _plausible_style(rng, shape, attempt.reps[0].depth_cm)
    view = sample_viewpoint(rng, shape.stature_m, chosen)
    clothes = sample_clothes(rng)
    room = sample_room(rng, view, chosen.clean)
    people = () if chosen.clean else sample_people(rng, room, view)
    return Scenario(
        seed=seed,
        body=shape,
        style=style,
        attempt=attempt,
        viewpoint=view,
        clothes=clothes,
        barbell=sample_barbell(rng),
        room=room,
        people=people,
        light=sample_light(rng),
        finish=Finish() if chosen.clean else sample_finish(rng, chosen.scale),
    )


def sample_viewpoint(rng: Generator, stature_m: float, options: SampleOptions | None = None) -> Viewpoint:
    """A phone somewhere round the lifter: on the floor, on a bench, in a hand; near, far, tilted, off-centre.

    At least nineteen in twenty show the hips and knees of a lifter at the bottom; the rest show what they show.
    """
    chosen = options or SampleOptions()
    blind = rng.random() < 0.05
    for _ in range(50):
        view = _viewpoint(rng, stature_m, chosen)
        if blind or shows_legs(view, stature_m):
            break
    return view


def _viewpoint(rng: Generator, stature_m: float, options: SampleOptions) -> Viewpoint:
    distance = float(np.exp(rng.uniform(np.log(1.2), np.log(8.0))))
    height = float(rng.uniform(0.1, 0.6) if rng.random() < 0.25 else rng.uniform(0.5, 2.0))
    width, tall = SIZES_PX[rng.choice(len(SIZES_PX), p=(0.5, 0.25, 0.1, 0.05, 0.1))]
    width, tall = round(width * options.scale / 2) * 2, round(tall * options.scale / 2) * 2
    fill = float(np.exp(rng.uniform(np.log(0.35), np.log(1.05))))
    longer = max(width, tall)
    fov = 2.0 * np.degrees(np.arctan(0.5 * stature_m / fill / distance * longer / tall))
    fov = float(np.clip(fov, *PHONE_FOV_DEG))
    half_x, half_y = (np.degrees(np.arctan(np.tan(np.radians(fov) / 2.0) * side / longer)) for side in (width, tall))
    aim = float(rng.uniform(0.3, 0.6)) * stature_m
    aimed = float(np.degrees(np.arctan2(aim - height, distance))) + float(half_y) * float(rng.normal(0.0, 0.1))
    return Viewpoint(
        azimuth_deg=float(rng.uniform(*options.azimuth_deg)) % 360.0,
        height_m=height,
        distance_m=distance,
        pitch_deg=float(rng.normal(0.0, 2.0)) if rng.random() < 0.3 else aimed,
        yaw_deg=float(half_x) * normal(rng, 0.0, 0.2, -0.6, 0.6),
        roll_deg=normal(rng, 0.0, 2.0, -8.0, 8.0) if rng.random() < 0.8 else float(rng.uniform(-8.0, 8.0)),
        fov_deg=fov,
        width_px=width,
        height_px=tall,
        shake_deg=float(rng.choice([0.0, 0.0, 0.3, 0.8])),
    )


def shows_legs(view: Viewpoint, stature_m: float) -> bool:
    """Whether hips, knees and ankles of a typical bottom lie in the picture; the ankles may be a little below."""
    side, unit_m = np.array([[-1.0], [1.0]]), stature_m / 1.75
    ends = [np.hstack([side * x, np.full((2, 1), y), np.full((2, 1), z)]) * unit_m for x, y, z in BOTTOM_LEGS_M]
    px = pinhole(view).project(np.concatenate(ends)) / [view.width_px, view.height_px]
    return bool(np.all((px > 0.02) & (px < [0.98, 1.0]), axis=-1)[:4].all() and px[4:, 1].max() < 1.15)


def _attempt(rng: Generator, options: SampleOptions) -> Attempt:
    low, high = options.depth_cm
    near = float(np.clip(rng.normal(0.0, 3.0), low, high))
    depth = near if rng.random() < 0.4 else float(rng.uniform(low, high))
    kinds: tuple[RepKind, ...] = ("squat", "failed_ascent", "double_bounce", "downward_movement")
    rep = Rep(
        depth_cm=depth,
        kind=kinds[rng.choice(4, p=(0.7, 0.1, 0.1, 0.1))],
        descent_s=float(rng.uniform(1.0, 2.5)),
        pause_s=float(rng.uniform(0.3, 2.0)) if rng.random() < 0.15 else 0.0,
        ascent_s=float(np.exp(rng.uniform(np.log(0.8), np.log(4.0)))),
        sharpness=float(rng.uniform(1.0, 2.0)),
    )
    return Attempt(
        reps=(rep,),
        walk_s=float(rng.uniform(2.0, 3.5)) if rng.random() < 0.3 else 0.0,
        stand_s=float(rng.uniform(0.6, 2.0)),
        lockout_s=float(rng.uniform(0.5, 1.5)),
    )


def _plausible_style(rng: Generator, shape: BodyShape, depth_cm: float) -> Style:
    """Draw styles until the body reaches the depth in one without lying flat or sitting bolt upright."""
    body = make_body(shape)
    for attempt in range(40):
        style = _style(rng, body.scale, shank_mean_deg=30.0 + attempt / 4.0)
        try:
            hip_m, _ = hips_for_depth(body, style, depth_cm)
        except OptionError:
            continue
        lean_rad = squat_pose(body, style, hip_m, arms="still").trunk_lean_rad
        if BOTTOM_LEAN_DEG[0] < np.degrees(lean_rad) < BOTTOM_LEAN_DEG[1]:
            break
    return style


def _style(rng: Generator, scale: float, shank_mean_deg: float) -> Style:
    toe = normal(rng, 22.0, 9.0, 0.0, 45.0)
    uneven = 1.0 if rng.random() < 0.6 else 0.25
    return Style(
        stance_m=float(rng.uniform(0.26, 0.62)) * scale,
        toe_out_left_deg=toe + float(rng.normal(0.0, 3.0)) * uneven,
        toe_out_right_deg=toe + float(rng.normal(0.0, 3.0)) * uneven,
        right_foot_ahead_m=normal(rng, 0.0, 0.015, -0.05, 0.05) * uneven,
        knee_out=normal(rng, 1.0, 0.2, 0.4, 1.4),
        hip_shift_m=normal(rng, 0.0, 0.015, -0.04, 0.04) * uneven,
        pelvis_list_deg=normal(rng, 0.0, 3.5, -9.0, 9.0) * uneven,
        pelvis_twist_deg=normal(rng, 0.0, 2.5, -7.0, 7.0) * uneven,
        heel_lift_m=float(rng.uniform(0.01, 0.05)) if rng.random() < 0.12 else 0.0,
        shank_deg=normal(rng, shank_mean_deg, 6.0, 15.0, 44.0),
        balance_m=normal(rng, 0.0, 0.015, -0.035, 0.035),
        bar_drop_m=float(rng.uniform(0.0, 0.06)),
        grip_out_m=float(rng.uniform(0.08, 0.36)),
        pelvis_share=float(rng.uniform(0.75, 1.0)),
        head_share=float(rng.uniform(-0.1, 0.9)),
    )
