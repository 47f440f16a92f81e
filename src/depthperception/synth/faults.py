"""An attempt with one fault of a referee's list, from a seed: the same lifter and camera with every fault, or none.

Stands on `sample_scenario`, whose lifter, clothes, room and light it keeps, and draws everything else from a stream of
its own. The bar has big plates: the fault is asked about, not whether there is a bar.
"""

from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.random import Generator

from depthperception.synth.sampling import SampleOptions, sample_scenario, shows_legs
from depthperception.synth.scenario import Attempt, Barbell, FootStep, Rep, Scenario, Viewpoint
from depthperception.synth.surroundings import sample_finish

FaultKind: TypeAlias = Literal[
    "good",
    "shallow",
    "double_bounce",
    "downward_movement",
    "soft_knees",
    "step",
    "failed_ascent",
    "second_descent",
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

DEEP_CM, SHALLOW_CM = (2.5, 9.0), (-10.0, -2.5)

STANDS_STILL_S = (0.9, 1.2)
"""Before the descent, and after the lockout."""


def sample_fault(seed: int, kind: FaultKind, size_px: tuple[int, int] = (640, 480)) -> Scenario:
    """Scenario of a seed and a fault; the same on every machine.

    Parameters
    ----------
    seed
        Decides lifter, camera, and how large the fault is.
    kind
        What is wrong with the attempt.
    size_px
        Width and height of the picture.
    """
    plain = sample_scenario(seed, SampleOptions(depth_cm=DEEP_CM, clean=True))
    rng = np.random.default_rng((seed, 7))
    view = _view(rng, plain.body.stature_m, size_px)
    rep = Rep(
        depth_cm=plain.attempt.reps[0].depth_cm if kind != "shallow" else float(rng.uniform(*SHALLOW_CM)),
        descent_s=float(rng.uniform(1.0, 1.7)),
        ascent_s=float(rng.uniform(1.0, 2.0)),
        sharpness=plain.attempt.reps[0].sharpness,
    )
    stands_s, ends_s = rng.uniform(*STANDS_STILL_S, 2)
    return replace(
        plain,
        attempt=Attempt((_with_fault(rng, rep, kind),), stand_s=float(stands_s), lockout_s=float(ends_s)),
        viewpoint=view,
        room=replace(plain.room, props=()),  # they were put clear of another camera's view
        barbell=Barbell(plates=int(rng.integers(1, 4)), plate_colour=plain.barbell.plate_colour),
        finish=sample_finish(rng, size_px[1] / 1280.0),
    )


def _with_fault(rng: Generator, rep: Rep, kind: FaultKind) -> Rep:
    """Give the rep its fault, from hardly there to plain; those of the bar are parts of its way of half a metre."""
    if kind in ("double_bounce", "downward_movement"):
        rep = replace(rep, kind=kind, amount=float(rng.uniform(0.02, 0.25)))
    elif kind == "second_descent":
        rep = replace(rep, kind=kind, amount=float(rng.uniform(0.4, 0.95)))
    elif kind == "failed_ascent":
        rep = replace(rep, kind=kind)
    elif kind == "soft_knees":
        rep = replace(rep, unfinished=float(rng.uniform(0.01, 0.14)))
    elif kind == "step":
        way_m, towards = float(rng.uniform(0.03, 0.2)), float(rng.uniform(0.0, 2.0 * np.pi))
        rep = replace(rep, step=FootStep(way_m * float(np.sin(towards)), way_m * float(np.cos(towards))))
    return rep


def _view(rng: Generator, stature_m: float, size_px: tuple[int, int]) -> Viewpoint:
    """Where a referee sits, or somebody films for him: in front, beside, or between, never behind."""
    azimuth = float(rng.uniform(0.0, 100.0)) * (1 if rng.random() < 0.5 else -1)
    width, height = size_px
    for _ in range(50):
        distance, camera_m = float(rng.uniform(2.8, 5.0)), float(rng.uniform(0.4, 1.5))
        fill = float(rng.uniform(0.6, 0.85))
        fov = 2.0 * np.degrees(np.arctan(0.5 * stature_m * 1.15 / fill / distance * max(size_px) / height))
        aim = np.degrees(np.arctan2(0.5 * stature_m - camera_m, distance))
        view = Viewpoint(
            azimuth_deg=azimuth % 360.0,
            height_m=camera_m,
            distance_m=distance,
            pitch_deg=float(aim),
            roll_deg=float(rng.normal(0.0, 1.0)),
            fov_deg=float(fov),
            width_px=width,
            height_px=height,
        )
        if shows_legs(view, stature_m):
            break
    return view
