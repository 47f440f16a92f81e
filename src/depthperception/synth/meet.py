"""A meet from a seed: the lifter among spotters, bystanders, mirrors, and others who lift.

Stands on `sample_scenario`, whose lifter, clothes and light it keeps, and draws everything else from a stream of its
own: the squats that older seeds give stay as they are.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from depthperception.errors import OptionError
from depthperception.synth.draws import colour, sample_body, sample_clothes
from depthperception.synth.sampling import SampleOptions, sample_scenario, sample_viewpoint, shows_legs
from depthperception.synth.scenario import (
    Attempt,
    Barbell,
    Clothes,
    Person,
    PersonKind,
    Rep,
    Room,
    Scenario,
    Viewpoint,
)
from depthperception.synth.surroundings import clear_of_view, inside, sample_finish, sample_room
from depthperception.synth.viewpoint import pinhole
from depthperception.synth.walls import end_at, hang_mirror, hang_picture, in_picture, make_room

MOST_PEOPLE = 5
DISTANCE_M = (2.3, 7.0)
"""Nearer a spotter does not fit between lifter and camera; further away nobody films."""

USUAL_SHARE = 0.85
"""Of the cameras stand where `MeetOptions.azimuth_deg` says, the others anywhere."""

CUT_OFF_SHARE = 0.02
"""Chance to keep a view that cuts off the standing lifter's head: such views make a tenth of the meets."""

SIDE_BY_SIDE_DEG = (10.0, 50.0)
"""Azimuths from which two who lift side by side are both in the picture."""

TRIES = 200


@dataclass(frozen=True)
class MeetOptions:
    """What a meet contains. What is None changes from seed to seed in turn, so that neighbours make an even mix.

    Attributes
    ----------
    people
        How many are in the room, the lifter counted, 1 to 5.
    along
        Whether the spotters squat along with the lifter, all the way or nearly; every second five seeds.
    mirror, picture
        Whether a mirror, or a picture of somebody, hangs on a wall that the camera sees; three and two in 16 seeds.
    side_by_side
        Whether a second lifter squats beside the first; he counts among the people; two in 16 seeds.
    close
        Whether three spotters in the lifter's own clothes stand as near as bar and plates let them and squat all the
        way with him, in the camera's way or not: then he is hard to tell from them, and half hidden at the bottom. They
        come before the other people.
    azimuth_deg
        Where the camera usually stands, on either side of the lifter.
    depth_cm, bodies, scale
        As in `SampleOptions`.
    """

    people: int | None = None
    along: bool | None = None
    mirror: bool | None = None
    picture: bool | None = None
    side_by_side: bool | None = None
    close: bool = False
    azimuth_deg: tuple[float, float] = (30.0, 150.0)
    depth_cm: tuple[float, float] = (-12.0, 12.0)
    bodies: tuple[str, ...] = ()
    scale: float = 1.0


@dataclass(frozen=True)
class _Bill:
    """What a seed's meet contains, everything decided."""

    people: int
    along: bool
    mirror: bool
    picture: bool
    side_by_side: bool


def _bill(seed: int, options: MeetOptions) -> _Bill:
    turn = seed % 16
    people = 1 + seed % MOST_PEOPLE if options.people is None else options.people
    if not 1 <= people <= MOST_PEOPLE:
        message = f"a meet of {people} people; expected 1 to {MOST_PEOPLE}, the lifter counted; ask for so many"
        raise OptionError(message)
    return _Bill(
        people,
        (seed // MOST_PEOPLE) % 2 == 0 if options.along is None else options.along,
        turn in (3, 9, 11) if options.mirror is None else options.mirror,
        turn in (5, 13) if options.picture is None else options.picture,
        turn in (6, 14) if options.side_by_side is None else options.side_by_side,
    )


def sample_meet(seed: int, options: MeetOptions | None = None) -> Scenario:
    """Meet of a seed; the same on every machine.

    Raises
    ------
    OptionError
        The options name a body that does not ship, or ask for more people than fit.
    """
    chosen = options or MeetOptions()
    bill = _bill(seed, chosen)
    rng = np.random.default_rng((seed, 5))
    plain = sample_scenario(seed, _plain(chosen))
    for _ in range(TRIES):
        view = _view(rng, plain.body.stature_m, chosen, bill)
        room = sample_room(rng, view, clean=False)
        second = _second_lifter(rng, view) if bill.side_by_side else ()
        mirror = hang_mirror(rng, view, room) if bill.mirror else None
        if len(second) == bill.side_by_side and (mirror is not None) == bill.mirror:
            break
    room = end_at(make_room(room, second), mirror)
    crew = _crew(rng, view, room, max(bill.people - 1 - len(second), 0), second, bill.along)
    if chosen.close:
        crew = (*_close_spotters(np.random.default_rng((seed, 6)), plain.clothes), *crew)[: bill.people - 1]
    if bill.picture:
        room, crew = hang_picture(rng, view, room, crew)
    return replace(
        plain,
        attempt=_brief(rng, plain.attempt),
        viewpoint=view,
        barbell=_barbell(rng),
        room=room,
        people=crew,
        finish=sample_finish(rng, chosen.scale),
        mirror=mirror,
    )


def alone(scenario: Scenario) -> Scenario:
    """The same squat with nobody else about."""
    return replace(scenario, people=(), mirror=None)


def _plain(options: MeetOptions) -> SampleOptions:
    return SampleOptions(bodies=options.bodies, depth_cm=options.depth_cm, scale=options.scale, clean=True)


def _view(rng: Generator, stature_m: float, options: MeetOptions, bill: _Bill) -> Viewpoint:
    """A phone that sees the lifter's legs from where people film meets."""
    low, high = SIDE_BY_SIDE_DEG if bill.side_by_side else options.azimuth_deg
    away = float(rng.uniform(low, high) if rng.random() < USUAL_SHARE else rng.uniform(0.0, 180.0))
    azimuth = away if rng.random() < 0.5 else 360.0 - away
    wanted = SampleOptions(azimuth_deg=(azimuth, azimuth), scale=options.scale)
    for _ in range(TRIES):
        view = sample_viewpoint(rng, stature_m, wanted)
        whole = _row(view, stature_m + 0.05) > 0.01 or rng.random() < CUT_OFF_SHARE
        if DISTANCE_M[0] <= view.distance_m <= DISTANCE_M[1] and shows_legs(view, stature_m) and whole:
            break
    return view


def _brief(rng: Generator, attempt: Attempt) -> Attempt:
    """One plain rep with its standing, in four to six seconds."""
    rep = Rep(
        depth_cm=attempt.reps[0].depth_cm,
        descent_s=float(rng.uniform(1.0, 1.7)),
        ascent_s=float(rng.uniform(0.9, 1.8)),
        sharpness=attempt.reps[0].sharpness,
    )
    walk_s = float(rng.uniform(1.5, 2.0)) if rng.random() < 0.15 else 0.0
    return Attempt((rep,), walk_s, stand_s=float(rng.uniform(0.9, 1.3)), lockout_s=float(rng.uniform(0.7, 1.0)))


def _barbell(rng: Generator) -> Barbell:
    """Plates of 45 cm in most cases, as in meets; black, or of a competition's colours."""
    radius = float(rng.choice([0.225, 0.16, 0.125, 0.0], p=(0.76, 0.08, 0.06, 0.10)))
    shade = float(rng.uniform(0.03, 0.12))
    paints = ((shade,) * 3, (0.55, 0.03, 0.04), (0.03, 0.08, 0.45), (0.7, 0.5, 0.03), colour(rng))
    r, g, b = paints[int(rng.choice(5, p=(0.4, 0.2, 0.15, 0.1, 0.15)))]
    return Barbell(radius, int(rng.integers(1, 5)), (r, g, b))


def _row(view: Viewpoint, height_m: float) -> float:
    """Row of a point over the lifter's feet, as a share of the picture's height."""
    return float(pinhole(view).project(np.array([0.0, 0.0, height_m]))[1]) / view.height_px


def _second_lifter(rng: Generator, view: Viewpoint) -> tuple[Person, ...]:
    """Somebody with a bar of his own beside the lifter, in the picture and further from its middle."""
    x = float(rng.uniform(2.4, 3.0)) * (1.0 if rng.random() < 0.5 else -1.0)
    y = float(rng.uniform(-0.3, 0.3))
    for side in (x, -x):
        column, depth = in_picture(view, np.array([side, y, 0.9]))
        nearer = abs(in_picture(view, np.array([0.0, 0.0, 0.9]))[0] - 0.5) < abs(column - 0.5)
        if 0.06 < column < 0.94 and depth > 1.5 and nearer and clear_of_view(side, y, view, 0.9):
            lag_s = float(rng.uniform(-1.0, 1.5))
            shape, clothes = sample_body(rng), sample_clothes(rng)
            bend = float(rng.uniform(0.9, 1.1))
            return (Person(side, y, 0.0, "lifting", shape, clothes, bend, lag_s, barbell=_barbell(rng)),)
    return ()


def _crew(
    rng: Generator, view: Viewpoint, room: Room, count: int, others: tuple[Person, ...], along: bool
) -> tuple[Person, ...]:
    """`others` and `count` more: spotters behind the lifter and at the bar's ends first, then bystanders."""
    spots = [(float(rng.normal(0.0, 0.08)), -float(rng.uniform(0.75, 1.0)), 0.0)]
    spots += [(side * float(rng.uniform(1.35, 1.6)), float(rng.normal(0.0, 0.1)), side * 90.0) for side in (-1.0, 1.0)]
    spots = [spots[k] for k in rng.permutation(3)]
    kit = sample_clothes(rng) if rng.random() < 0.5 else None
    people = list(others)
    for x, y, facing in spots:
        if len(people) - len(others) < count and rng.random() < 0.85:
            at = x, _aside(rng, x, y, view)
            if _free(*at, people, 0.7):
                people.append(_spotter(rng, at, facing, along, kit))
    while len(people) - len(others) < count:
        people.append(_bystander(rng, view, room, people))
    return tuple(people)


def _close_spotters(rng: Generator, clothes: Clothes) -> tuple[Person, ...]:
    """One at the lifter's back, one at each end of the bar, in his clothes; they go down with him."""
    return tuple(
        _close_spotter(rng, x + float(rng.normal(0.0, 0.04)), y + float(rng.normal(0.0, 0.04)), facing, clothes)
        for x, y, facing in ((0.0, -0.6, 0.0), (1.3, -0.2, 90.0), (-1.3, -0.2, -90.0))
    )


def _close_spotter(rng: Generator, x: float, y: float, facing_deg: float, clothes: Clothes) -> Person:
    own = sample_clothes(rng)
    kit = replace(clothes, skin_colour=own.skin_colour, hair_colour=own.hair_colour)
    bend, lag_s = float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.0, 0.3))
    return Person(x, y, facing_deg, "squatting", sample_body(rng), kit, bend, lag_s)


def _aside(rng: Generator, x: float, y: float, view: Viewpoint) -> float:
    """Where along y a spotter stands: not in the camera's way, in seven cases of eight."""
    if rng.random() < 0.125:
        return y
    tried = [y + step for step in (0.0, 0.35, -0.35, 0.6, -0.6, 0.85, -0.85)]
    return next((at for at in tried if clear_of_view(x, at, view, 0.5)), y)


def _spotter(rng: Generator, at: tuple[float, float], facing_deg: float, along: bool, kit: Clothes | None) -> Person:
    clothes = sample_clothes(rng)
    if kit is not None:
        clothes = replace(kit, skin_colour=clothes.skin_colour, hair_colour=clothes.hair_colour)
    bend = float(rng.uniform(0.8, 1.0)) if along else float(rng.choice([0.0, 0.25, 0.5]))
    return Person(
        *at,
        facing_deg + float(rng.normal(0.0, 8.0)),
        "squatting" if along and rng.random() < 0.3 else "spotting",
        sample_body(rng),
        clothes,
        bend,
        float(rng.uniform(0.0, 0.3)),
        float(rng.uniform(0.3, 0.9)),
    )


def _bystander(rng: Generator, view: Viewpoint, room: Room, people: list[Person]) -> Person:
    """Somebody further off, or at the picture's edge nearer to the camera; one in four walks across."""
    camera = pinhole(view)
    eye = camera.position_m
    for _ in range(TRIES):
        edge = rng.random() < 0.2
        column = float(rng.uniform(0.0, 0.1) if edge else rng.uniform(0.05, 0.95))
        column = 1.0 - column if rng.random() < 0.5 else column
        away = view.distance_m * float(rng.uniform(0.5, 0.8) if edge else rng.uniform(1.25, 2.2))
        ray = camera.R.T @ np.linalg.solve(camera.K, [column * view.width_px, view.height_px / 2.0, 1.0])
        x, y = (float(v) for v in eye[:2] + away * ray[:2] / np.hypot(*ray[:2]))
        apart = np.hypot(x, y) > 1.7 and clear_of_view(x, y, view, 0.45)
        if apart and inside(x, y, room) and _free(x, y, people, 0.8):
            break
    walking = rng.random() < 0.25
    way = _way(rng, view, room, x, y) if walking else (0.0, 0.0)
    facing = float(np.degrees(np.arctan2(-way[0], way[1]))) if walking else float(rng.uniform(0.0, 360.0))
    sway = 0.0 if walking else float(rng.uniform(0.3, 0.9))
    kind: PersonKind = "walking" if walking else "standing"
    return Person(x, y, facing, kind, sample_body(rng), sample_clothes(rng), sway_deg=sway, walk_m=way)


def _way(rng: Generator, view: Viewpoint, room: Room, x: float, y: float) -> tuple[float, float]:
    """A walk across the picture, 2 to 5 m of it, as far as the room allows."""
    azimuth = np.radians(view.azimuth_deg)
    across = np.array([np.cos(azimuth), np.sin(azimuth)]) * (1.0 if rng.random() < 0.5 else -1.0)
    for length in np.linspace(float(rng.uniform(3.0, 5.0)), 0.5, 10):
        for way in (across * length, -across * length):
            if inside(x + way[0], y + way[1], room) and np.hypot(x + way[0], y + way[1]) > 1.7:
                return float(way[0]), float(way[1])
    return (0.2, 0.0)


def _free(x: float, y: float, people: list[Person], gap_m: float) -> bool:
    return all(np.hypot(x - person.x_m, y - person.y_m) > gap_m for person in people)
