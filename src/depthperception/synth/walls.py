"""What hangs on a meet's walls: mirrors that show the lifter, pictures of people; and walls that make room for them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from depthperception.synth.draws import colour, sample_body, sample_clothes
from depthperception.synth.mirror import reflected
from depthperception.synth.scenario import Mirror, Person, Prop, Room, Viewpoint
from depthperception.synth.viewpoint import pinhole
from depthperception.types import FloatArray

WALLS = ("back", "front", "left", "right")
_OUT = {"back": (0.0, -1.0), "front": (0.0, 1.0), "left": (-1.0, 0.0), "right": (1.0, 0.0)}
_FACING_DEG = {"back": 0.0, "front": 180.0, "left": 270.0, "right": 90.0}

TRIES = 50

GLASS_GAP_M = 0.02
"""Between a mirror and its wall."""


def in_picture(view: Viewpoint, point_m: FloatArray) -> tuple[float, float]:
    """Column of a point as a share of the picture's width, and its distance along the line of sight (m)."""
    camera = pinhole(view)
    depth = float((camera.R @ point_m + camera.t)[2])
    return float(camera.project(point_m)[0]) / view.width_px if depth > 0.1 else np.inf, depth


def hang_mirror(rng: Generator, view: Viewpoint, room: Room) -> Mirror | None:
    """A mirror, 1.6 to 3.5 m from the lifter, that shows him to the camera beside himself; None where none does."""
    eye = pinhole(view).position_m
    hips = np.array([0.0, 0.0, 0.9])
    here, near_m = in_picture(view, hips)
    for k in rng.permutation(len(WALLS)):
        wall = WALLS[k]
        away, out = float(rng.uniform(1.6, 3.5)), np.array([*_OUT[wall], 0.0])
        size = float(rng.uniform(2.0, 4.0)), float(rng.uniform(1.8, 2.2))
        centre = out * (away - GLASS_GAP_M) + [0.0, 0.0, float(rng.uniform(0.1, 0.4)) + size[1] / 2.0]
        glass = Mirror((float(centre[0]), float(centre[1]), float(centre[2])), _FACING_DEG[wall], *size)
        there = reflected(glass, hips)
        column, far_m = in_picture(view, there)
        aside = abs(column - here) * view.width_px * near_m / pinhole(view).K[0, 0]
        if eye @ out > away - 0.8 or not 0.1 < column < 0.9 or aside < 0.45 or near_m / far_m < 0.35:
            continue
        through = eye + (there - eye) * (away - eye @ out) / ((there - eye) @ out)
        slid = through + rng.uniform(-0.3, 0.3) * size[0] * np.cross(out, [0.0, 0.0, 1.0])
        return replace(glass, centre_m=(float(slid[0]), float(slid[1]), glass.centre_m[2]))
    return None


def make_room(room: Room, people: tuple[Person, ...]) -> Room:
    """The room with walls that leave a bar's length about those people."""
    left, right = (max((sign * person.x_m for person in people), default=0.0) + 1.6 for sign in (-1.0, 1.0))
    return replace(room, left_m=max(room.left_m, left), right_m=max(room.right_m, right))


def end_at(room: Room, mirror: Mirror | None) -> Room:
    """The room with the mirror's wall right behind the glass, and nothing that stands before it."""
    if mirror is None:
        return room
    wall = next(name for name, facing in _FACING_DEG.items() if facing == mirror.facing_deg)
    away = float(np.dot(mirror.centre_m[:2], _OUT[wall])) + GLASS_GAP_M
    props = tuple(prop for prop in room.props if np.dot(prop.centre_m[:2], _OUT[wall]) < 0.5)
    walls: dict[str, Any] = {f"{wall}_m": away}
    return replace(room, props=props, **walls)


def hang_picture(
    rng: Generator, view: Viewpoint, room: Room, people: tuple[Person, ...]
) -> tuple[Room, tuple[Person, ...]]:
    """Hang a picture of somebody on a wall that the camera looks at, beside the lifter."""
    camera = pinhole(view)
    walls = {name: getattr(room, f"{name}_m") for name in WALLS}
    for _ in range(TRIES):
        column = float(rng.uniform(0.08, 0.92))
        ray = camera.R.T @ np.linalg.solve(camera.K, [column * view.width_px, view.height_px / 2.0, 1.0])
        reach = {n: (m - camera.position_m[:2] @ _OUT[n]) / (ray[:2] @ _OUT[n]) for n, m in walls.items()}
        wall = min((name for name in WALLS if reach[name] > 0.0), key=lambda name: reach[name])
        hit = camera.position_m + ray * reach[wall]
        if abs(column - in_picture(view, np.array([0.0, 0.0, 0.9]))[0]) > 0.15:
            break
    out = np.array(_OUT[wall])
    size, raised = float(rng.uniform(0.6, 1.1)), float(rng.uniform(0.2, 0.6))
    x, y = (float(v) for v in hit[:2] - 0.06 * out)
    across = 1.1 * size
    wide = (across, 0.04, 2.0 * size) if wall in ("back", "front") else (0.04, across, 2.0 * size)
    panel = Prop("box", (x + 0.04 * out[0], y + 0.04 * out[1], raised - 0.05), wide, colour(rng, pale=True))
    print_of = Person(
        x, y, _FACING_DEG[wall], "picture", sample_body(rng), sample_clothes(rng),
        bend=float(rng.choice([0.0, 1.0])), raised_m=raised, size=size,
    )  # fmt: skip
    return replace(room, props=(*room.props, panel)), (*people, print_of)
