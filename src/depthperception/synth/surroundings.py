"""Chance in the gym: barbell, room, things, people, light, and what the phone does to the picture."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from depthperception.synth.draws import colour, sample_body, sample_clothes
from depthperception.synth.scenario import (
    Barbell,
    Colour,
    Finish,
    Light,
    Person,
    PersonKind,
    Prop,
    PropKind,
    Room,
    Viewpoint,
)
from depthperception.synth.scene import WALL_GAP_M
from depthperception.synth.viewpoint import pinhole


def sample_barbell(rng: Generator) -> Barbell:
    """Big plates, small ones, none; black or coloured."""
    radius = float(rng.choice([0.225, 0.225, 0.16, 0.125, 0.0]))
    shade = float(rng.uniform(0.03, 0.12))
    paint = (shade, shade, shade) if rng.random() < 0.5 else colour(rng)
    return Barbell(plate_radius_m=radius, plates=int(rng.integers(1, 5)), plate_colour=paint)


def sample_room(rng: Generator, view: Viewpoint, clean: bool) -> Room:
    """A room that holds the camera, with or without a rack (none when `clean`), and things in it."""
    x, y, _ = (float(v) for v in pinhole(view).position_m)
    left, right, back, front = (float(v) for v in rng.uniform(2.2, 9.0, 4))
    room = Room(
        left_m=max(left, WALL_GAP_M - x),
        right_m=max(right, WALL_GAP_M + x),
        back_m=max(back, WALL_GAP_M - y),
        front_m=max(front, WALL_GAP_M + y),
        ceiling_m=float(rng.uniform(2.6, 5.0)),
        wall_pattern=int(rng.choice(5, p=(0.3, 0.2, 0.2, 0.2, 0.1))),
        floor_pattern=int(rng.integers(0, 4)),
        wall_colour=colour(rng, pale=True),
        floor_colour=colour(rng, pale=bool(rng.random() < 0.3)),
        platform=bool(rng.random() < 0.5),
        rack=bool(rng.random() < 0.35) and not clean,
        rack_colour=colour(rng),
    )
    return replace(room, props=_props(rng, room, view))


def _props(rng: Generator, room: Room, view: Viewpoint) -> tuple[Prop, ...]:
    """Boxes and plates standing about, posters and lamps on the walls; none between camera and lifter."""
    props = []
    kinds: tuple[PropKind, ...] = ("box", "plate", "poster", "lamp")
    for _ in range(int(rng.integers(0, 24))):
        kind = kinds[rng.choice(4, p=(0.45, 0.2, 0.2, 0.15))]
        x, y = float(rng.uniform(-room.left_m, room.right_m)), float(rng.uniform(-room.back_m, room.front_m))
        paint = (1.0, 1.0, 0.95) if kind == "lamp" else colour(rng)
        if kind in ("poster", "lamp"):
            props.append(_on_wall(rng, kind, room, (x, y), paint))
        elif np.hypot(x, y) > 1.5 and clear_of_view(x, y, view, 0.7):
            size = (float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.3, 1.9)))
            size = size if kind == "box" else (float(rng.uniform(0.12, 0.23)), 0.2, 0.0)
            props.append(Prop(kind, (x, y, 0.0), size, paint))
    return tuple(props)


def _on_wall(rng: Generator, kind: PropKind, room: Room, at: tuple[float, float], colour: Colour) -> Prop:
    wide, high, up = (float(v) for v in rng.uniform((0.4, 0.4, 0.9), (2.0, 1.4, 2.0)))
    if rng.random() < 0.5:
        x = -room.left_m if rng.random() < 0.5 else room.right_m
        return Prop(kind, (x, at[1], up), (0.06, wide, high), colour)
    y = -room.back_m if rng.random() < 0.5 else room.front_m
    return Prop(kind, (at[0], y, up), (wide, 0.06, high), colour)


def sample_people(rng: Generator, room: Room, view: Viewpoint) -> tuple[Person, ...]:
    """Nobody, a spotter behind, two at the bar's ends, or people about the room; few stand in the camera's way."""
    people = []
    if rng.random() < 0.15:
        people.append(_person(rng, (float(rng.normal(0.0, 0.1)), -float(rng.uniform(0.75, 1.1))), 0.0, "spotting"))
    if rng.random() < 0.10:
        ends = [(side * float(rng.uniform(1.3, 1.6)), side * 90.0) for side in (-1, 1)]
        people += [_person(rng, (x, 0.0), facing, "spotting") for x, facing in ends]
    if rng.random() < 0.9:
        people = [person for person in people if clear_of_view(person.x_m, person.y_m, view, 0.6)]
    for _ in range(int(rng.choice([0, 1, 2, 3], p=(0.6, 0.2, 0.12, 0.08)))):
        radius, angle = float(rng.uniform(1.5, 5.0)), float(rng.uniform(0.0, 2.0 * np.pi))
        x, y = -radius * float(np.sin(angle)), radius * float(np.cos(angle))
        kind: PersonKind = "squatting" if rng.random() < 0.15 else "standing"
        facing = float(rng.uniform(0.0, 360.0))
        if np.hypot(x, y) > 1.5 and clear_of_view(x, y, view, 0.9) and inside(x, y, room):
            people.append(_person(rng, (x, y), facing, kind))
    return tuple(people)


def _person(rng: Generator, at: tuple[float, float], facing_deg: float, kind: PersonKind) -> Person:
    return Person(at[0], at[1], facing_deg, kind, sample_body(rng), sample_clothes(rng))


def clear_of_view(x: float, y: float, view: Viewpoint, gap_m: float) -> bool:
    """Whether a spot keeps away from the line between camera and lifter."""
    azimuth = np.radians(view.azimuth_deg)
    camera = view.distance_m * np.array([-np.sin(azimuth), np.cos(azimuth)])
    share = np.clip(np.dot((x, y), camera) / view.distance_m**2, 0.0, 1.2)
    return bool(share == 0.0 or np.hypot(*(np.array([x, y]) - share * camera)) > gap_m)


def inside(x: float, y: float, room: Room) -> bool:
    """Whether a spot is in the room, an arm's length from its walls."""
    return -room.left_m + 0.4 < x < room.right_m - 0.4 and -room.back_m + 0.4 < y < room.front_m - 0.4


def sample_light(rng: Generator) -> Light:
    """Dull to harsh, warm to cold, a little under- or overexposed."""
    warm = float(rng.normal(0.0, 0.06))
    return Light(
        azimuth_deg=float(rng.uniform(0.0, 360.0)),
        elevation_deg=float(rng.uniform(35.0, 80.0)),
        key=float(rng.uniform(0.1, 1.1)),
        ambient=float(rng.uniform(0.35, 0.8)),
        fill=float(rng.uniform(0.05, 0.35)),
        exposure=float(np.exp(rng.normal(0.0, 0.25))),
        cast=(1.0 + warm, 1.0 + float(rng.normal(0.0, 0.02)), 1.0 - warm),
    )


def sample_finish(rng: Generator, scale: float) -> Finish:
    """Faults of a picture that is `scale` times a phone's 720 x 1280."""
    return Finish(
        defocus_px=float(rng.uniform(0.4, 1.6)) * scale if rng.random() < 0.4 else 0.0,
        motion_px=float(rng.uniform(2.0, 9.0)) * scale if rng.random() < 0.3 else 0.0,
        motion_deg=float(rng.normal(90.0, 25.0)),
        noise=float(rng.uniform(1.0, 9.0)) if rng.random() < 0.6 else 0.0,
        jpeg_quality=int(rng.integers(25, 95)) if rng.random() < 0.7 else 0,
    )
