"""What hides a bottom's crease and top of the knee from the camera, by casting rays at the scene's triangles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.attempt import Performance
from depthperception.synth.body import Body, rig
from depthperception.synth.scenario import Scenario
from depthperception.synth.scene import barbell_mesh, floor_mesh, room_mesh
from depthperception.synth.stills import barbell_of, dressed_skin, skin_of
from depthperception.synth.truth import measure
from depthperception.types import FloatArray, IntArray

OWN_FLESH_M = 0.15
"""Of a body 1.75 m tall: the near thigh's flesh in front of the middle of its crease hides nothing."""

PATCH_M = 0.04
"""Round a point: an arm's thickness of sight is what a judge needs."""

SHORT_OF_M = 0.01
"""A ray ends this far before its point."""

SLEEVE_M = 0.03
"""What is further from the bar's axis is a plate."""


@dataclass(frozen=True, eq=False)
class _Obstacle:
    """Triangles (m, 3, 3) in the world with a name each; `own` ones are the lifter's body."""

    corners: FloatArray
    names: tuple[str, ...]
    name_of: IntArray
    own: bool = False

    def near(self, eye: FloatArray, point: FloatArray, within_m: float) -> "_Obstacle":
        """The triangles that may come within a distance of the line of sight: few of a body's 27 thousand."""
        middle = self.corners.mean(axis=1)
        size = np.linalg.norm(self.corners - middle[:, None], axis=2).max(axis=1)
        ray = (point - eye) / np.linalg.norm(point - eye)
        off = np.linalg.norm(np.cross(middle - eye, ray), axis=1)
        close = off < size + within_m
        return _Obstacle(self.corners[close], self.names, self.name_of[close], self.own)


def cover(scenario: Scenario, acted: Performance, camera: PinholeCamera, time_s: float) -> dict[str, Any]:
    """How much of each side's crease and top of the knee is hidden from the camera, and by what."""
    truth = measure(acted.body, acted.pose(time_s))
    obstacles = list(_obstacles(scenario, acted, camera, time_s))
    found: dict[str, Any] = {}
    for name, points in (("crease", truth.crease), ("knee_top", truth.knee_top)):
        sides = zip(("left", "right"), points, strict=True)
        found[name] = {side: _covered(point, side, acted.body, camera, obstacles) for side, point in sides}
    return found


def _covered(
    point: FloatArray, side: str, body: Body, camera: PinholeCamera, obstacles: list[_Obstacle]
) -> dict[str, Any]:
    """Share of nine points in a patch across the line of sight that are hidden, and what hides most of them."""
    ring = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
    offsets = np.stack([np.cos(ring), np.sin(ring)], axis=1) @ camera.R[:2] * PATCH_M * body.scale
    near = [obstacle.near(camera.position_m, point, PATCH_M * body.scale) for obstacle in obstacles]
    hiders = [_first(camera, at, side, body, near) for at in np.vstack([point, point + offsets])]
    hidden = [name for name in hiders if name is not None]
    most = max(sorted(set(hidden)), key=hidden.count) if hidden else None
    return {"covered": round(len(hidden) / len(hiders), 3), "by": most}


def _first(camera: PinholeCamera, point: FloatArray, side: str, body: Body, obstacles: list[_Obstacle]) -> str | None:
    """What the camera sees instead of a point; None when it sees the point."""
    px = camera.project(point)
    if not (0.0 <= px[0] < camera.width_px and 0.0 <= px[1] < camera.height_px):
        return "out_of_picture"
    eye = camera.position_m
    length = float(np.linalg.norm(point - eye))
    nearest, name = np.inf, None
    for obstacle in obstacles:
        short = OWN_FLESH_M * body.scale if obstacle.own else SHORT_OF_M
        reach, which = _hit(eye, (point - eye) / length, obstacle.corners, length - short)
        if reach < nearest:
            nearest, name = reach, obstacle.names[int(obstacle.name_of[which])]
    if name in ("left_leg", "right_leg"):
        return "own_leg" if name.startswith(side) else "own_other_leg"
    return name


def _hit(eye: FloatArray, ray: FloatArray, corners: FloatArray, within_m: float) -> tuple[float, int]:
    """Distance to the first triangle on a ray, infinite when there is none, and its number.

    Notes
    -----
    After T. Moeller and B. Trumbore, Fast, minimum storage ray/triangle intersection, 1997.
    """
    a = corners[:, 0]
    u, v = corners[:, 1] - a, corners[:, 2] - a
    across = np.cross(ray, v)
    area = np.sum(u * across, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        start = eye - a
        p = np.sum(start * across, axis=1) / area
        turned = np.cross(start, u)
        q = turned @ ray / area
        reach = np.sum(v * turned, axis=1) / area
    met = (np.abs(area) > 1e-12) & (p >= 0.0) & (q >= 0.0) & (p + q <= 1.0) & (reach > 0.0) & (reach < within_m)
    if not met.any():
        return np.inf, 0
    which = int(np.argmin(np.where(met, reach, np.inf)))
    return float(reach[which]), which


def _obstacles(scenario: Scenario, acted: Performance, camera: PinholeCamera, time_s: float) -> Iterator[_Obstacle]:
    pose, faces = acted.pose(time_s), rig().faces
    skin = dressed_skin(acted.body, scenario.clothes, pose)
    yield _Obstacle(skin[faces], ("own_trunk", "own_arm", "left_leg", "right_leg"), _parts()[faces[:, 0]], own=True)
    for person in scenario.people:
        yield _of_one(skin_of(person, acted, time_s)[faces], "person")
        if person.barbell is not None:
            theirs = barbell_of(person, acted, time_s)
            yield _of_one(theirs.points[theirs.faces], "thing")
    mesh = barbell_mesh(scenario.barbell, pose)
    corners = mesh.points[mesh.faces]
    local = (corners - pose.bar) @ pose.trunk
    plates = np.hypot(local[..., 1], local[..., 2]).max(axis=1) > SLEEVE_M
    yield _Obstacle(corners, ("bar", "plate"), plates.astype(np.int64))
    for name, still in (("rack", floor_mesh(scenario.room, camera.position_m)),
                        ("thing", room_mesh(scenario.room, camera.position_m))):  # fmt: skip
        yield _of_one(still.points[still.faces], name)


def _of_one(corners: FloatArray, name: str) -> _Obstacle:
    return _Obstacle(corners, (name,), np.zeros(len(corners), dtype=np.int64))


def _parts() -> IntArray:
    """Part of the body (vertices,): 0 trunk and head, 1 arm, 2 left leg, 3 right leg."""
    bones = rig()
    arm = bones.share("clavicle", "shoulder", "upperarm", "lowerarm", "wrist", "finger", "metacarpal")
    legs = [bones.share("upperleg", "lowerleg", "foot", "toe", side=f".{c}") for c in ("L", "R")]
    shares = np.stack([1.0 - arm - legs[0] - legs[1], arm, *legs], axis=1)
    return np.asarray(np.argmax(shares, axis=1), dtype=np.int64)
