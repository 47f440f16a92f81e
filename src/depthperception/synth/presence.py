"""Who is where: everybody's box in the picture, reflections too, and where the bars are."""

from functools import lru_cache
from typing import Any

import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.attempt import Performance
from depthperception.synth.body import Body, make_body, rig
from depthperception.synth.bystanders import bend_of, place, pose_of
from depthperception.synth.clothes import dress
from depthperception.synth.mirror import reflected, shows
from depthperception.synth.motion import Pose
from depthperception.synth.scenario import Barbell, Clothes, Person, Scenario
from depthperception.synth.scene import DISC_AT_M, DISC_THICKNESS_M
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.types import FloatArray

EVERY = 6
"""Every sixth corner of the mesh makes the boxes: they are right to a centimetre."""

NEAREST_M = 0.05

SPOTTING_WITHIN_M = 2.0
"""Whoever stands nearer to the lifter, and does not walk, is a spotter."""


def cast(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Everybody in the scene by name; reflections are called after whom they show."""
    people: dict[str, dict[str, Any]] = {"lifter": {"role": "lifter", "kind": None, "along": 1.0}}
    for i, person in enumerate(scenario.people):
        people[f"person {i}"] = {"role": role(person), "kind": person.kind, "along": bend_of(person)}
    named = {name: {**about, "reflection": False} for name, about in people.items()}
    if scenario.mirror is not None:
        named |= {f"mirror {name}": {**about, "reflection": True} for name, about in people.items()}
    return named


def role(person: Person) -> str:
    """What somebody is here for."""
    if person.kind in ("picture", "lifting"):
        return {"picture": "picture", "lifting": "second_lifter"}[person.kind]
    near = float(np.hypot(person.x_m, person.y_m)) < SPOTTING_WITHIN_M and person.kind != "walking"
    return "spotter" if near else "bystander"


def boxes(scenario: Scenario, acted: Performance, camera: PinholeCamera, time_s: float) -> dict[str, list[float]]:
    """Boxes (x0, y0, x1, y1) in px round everybody's skin, by name; who is not in the picture is left out."""
    bodies = {"lifter": _outline(acted.body, scenario.clothes, acted.pose(time_s))}
    for i, person in enumerate(scenario.people):
        points = _outline(make_body(person.body), person.clothes, pose_of(person, acted, time_s))
        bodies[f"person {i}"] = place(person, points, time_s, acted.duration_s)
    found = {name: _box(camera, points) for name, points in bodies.items()}
    if scenario.mirror is not None:
        for name, points in bodies.items():
            shown = points[shows(scenario.mirror, camera, points)]
            found[f"mirror {name}"] = _box(camera, reflected(scenario.mirror, shown))
    return {name: box for name, box in found.items() if box}


def barbell_facts(barbell: Barbell) -> dict[str, Any]:
    """Sizes of a bar's plates, those that do not depend on time."""
    loaded = barbell.plate_radius_m > 0.0
    return {
        "plate_radius_m": barbell.plate_radius_m if loaded else None,
        "plate_at_m": DISC_AT_M + DISC_THICKNESS_M / 2.0,
        "plate_thickness_m": DISC_THICKNESS_M,
        "plates": barbell.plates if loaded else 0,
    }


def bar(barbell: Barbell, pose: Pose) -> dict[str, Any]:
    """Where a pose holds its bar: centre, middles of the largest plates, direction to the lifter's left; metres."""
    return _bar(barbell, pose.bar, -pose.trunk[:, 0])


def other_bars(scenario: Scenario, acted: Performance, time_s: float) -> dict[str, dict[str, Any]]:
    """The bars of others, by their name."""
    found = {}
    for i, person in enumerate(scenario.people):
        if person.barbell is not None:
            pose = pose_of(person, acted, time_s)
            points = np.stack([pose.bar, pose.bar - pose.trunk[:, 0]])
            centre, left = place(person, points, time_s, acted.duration_s)
            found[f"person {i}"] = _bar(person.barbell, centre, left - centre)
    return found


def _bar(barbell: Barbell, centre: FloatArray, along: FloatArray) -> dict[str, Any]:
    reach = (DISC_AT_M + DISC_THICKNESS_M / 2.0) * along
    loaded = barbell.plate_radius_m > 0.0
    return {
        "centre": _rounded(centre),
        "left": _rounded(centre + reach) if loaded else None,
        "right": _rounded(centre - reach) if loaded else None,
        "along": _rounded(along),
    }


@lru_cache(maxsize=8)
def _outline(body: Body, clothes: Clothes, pose: Pose) -> FloatArray:
    bones = dual_quaternions(body.heads, pose.rotations, pose.origins)
    return skin(bones, rig().weights[::EVERY], dress(body, clothes).vertices[::EVERY])


def _box(camera: PinholeCamera, points_m: FloatArray) -> list[float] | None:
    ahead = points_m[points_m @ camera.R[2] + camera.t[2] > NEAREST_M]
    if len(ahead) == 0:
        return None
    px = camera.project(ahead)
    if not np.any(np.all((px >= 0.0) & (px < [camera.width_px, camera.height_px]), axis=1)):
        return None
    return [round(float(v), 1) for v in (*px.min(axis=0), *px.max(axis=0))]


def _rounded(point: FloatArray) -> list[float]:
    return [round(float(x), 4) for x in point]
