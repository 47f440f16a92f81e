"""Meshes of everything that is not a body: room, platform, rack, barbell, things along the walls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.synth.geometry import unit
from depthperception.synth.motion import Pose
from depthperception.synth.scenario import Barbell, Colour, Prop, Room
from depthperception.types import FloatArray, IntArray

PAINT, STEEL, RUBBER, FLOOR, WALL, LAMP, POSTER, WOOD = range(8)
"""Materials, as shaders/thing.frag numbers them."""

WALL_GAP_M = 0.35
"""A camera is kept this far inside the walls."""

DISC_AT_M, DISC_THICKNESS_M = 0.67, 0.055
"""How far the first plate's inner face is from the bar's middle, and how thick a plate is."""

_STEEL_GREY: Colour = (0.55, 0.55, 0.55)
_WOOD_BROWN: Colour = (0.42, 0.30, 0.18)


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles (m, 3) over corners (n, 3) with normals, colours and a material each."""

    points: FloatArray
    normals: FloatArray
    colours: FloatArray
    kinds: FloatArray
    faces: IntArray


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Join meshes into one."""
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.colours for mesh in meshes]),
        np.concatenate([mesh.kinds for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
    )


def box(low: Sequence[float], high: Sequence[float], colour: Colour, kind: int = PAINT) -> Mesh:
    """Axis-aligned box between two corners."""
    ends = np.array([low, high], dtype=np.float64)
    points: list[FloatArray] = []
    normals: list[FloatArray] = []
    faces: list[IntArray] = []
    for axis in range(3):
        u, v = (k for k in range(3) if k != axis)
        for end in (0, 1):
            corner = np.empty((4, 3))
            corner[:, axis] = ends[end, axis]
            corner[:, u], corner[:, v] = ends[[0, 1, 1, 0], u], ends[[0, 0, 1, 1], v]
            normal = np.zeros((4, 3))
            normal[:, axis] = 2 * end - 1
            faces.append(np.array([[0, 1, 2], [0, 2, 3]]) + 4 * len(points))
            points.append(corner)
            normals.append(normal)
    return _painted(np.concatenate(points), np.concatenate(normals), np.concatenate(faces), colour, kind)


def cylinder(
    start: Sequence[float], end: Sequence[float], radius_m: float, colour: Colour, kind: int, corners: int = 20
) -> Mesh:
    """Closed cylinder between two points."""
    a, b = np.array(start, dtype=np.float64), np.array(end, dtype=np.float64)
    axis = unit(b - a)
    u = unit(np.cross(axis, [0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0]))
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)[:, None]
    ring = np.cos(angle) * u + np.sin(angle) * np.cross(axis, u)
    caps = np.tile(axis, (corners, 1))
    points = np.concatenate([a + radius_m * ring, b + radius_m * ring] * 2 + [a[None], b[None]])
    normals = np.concatenate([ring, ring, -caps, caps, -axis[None], axis[None]])
    i = np.arange(corners)
    j, n = (i + 1) % corners, corners
    first, last = np.full(n, 4 * n), np.full(n, 4 * n + 1)
    quads = [[i, n + j, j], [i, n + i, n + j], [2 * n + i, first, 2 * n + j], [3 * n + i, 3 * n + j, last]]
    return _painted(points, normals, np.concatenate([np.stack(q, axis=1) for q in quads]), colour, kind)


def room_mesh(room: Room, camera_m: FloatArray) -> Mesh:
    """Walls, ceiling and things: all that does not change while the camera stands still."""
    x0, x1, y0, y1 = _walls(room, camera_m)
    top, paint = room.ceiling_m, room.wall_colour
    walls = [
        box((x0 - 0.2, y0 - 0.2, 0.0), (x0, y1 + 0.2, top), paint, WALL),
        box((x1, y0 - 0.2, 0.0), (x1 + 0.2, y1 + 0.2, top), paint, WALL),
        box((x0, y0 - 0.2, 0.0), (x1, y0, top), paint, WALL),
        box((x0, y1, 0.0), (x1, y1 + 0.2, top), paint, WALL),
        box((x0, y0, top), (x1, y1, top + 0.1), (0.7, 0.7, 0.7)),
    ]
    return merge(walls + [_prop(prop) for prop in room.props])


def floor_mesh(room: Room, camera_m: FloatArray) -> Mesh:
    """Floor, platform and rack: drawn with every frame, because the lifter's shadow moves over them."""
    x0, x1, y0, y1 = _walls(room, camera_m)
    parts = [box((x0, y0, -0.1), (x1, y1, -0.004), room.floor_colour, FLOOR)]
    if room.platform:
        parts.append(box((-1.25, -1.1, -0.02), (1.25, 1.1, 0.0), _WOOD_BROWN, WOOD))
    if room.rack:
        parts.append(_rack(room.rack_colour))
    return merge(parts)


def barbell_mesh(barbell: Barbell, pose: Pose) -> Mesh:
    """The bar where a pose holds it, with its plates."""
    parts = [
        cylinder((-0.655, 0, 0), (0.655, 0, 0), 0.014, _STEEL_GREY, STEEL, 12),
        cylinder((0.655, 0, 0), (1.1, 0, 0), 0.025, _STEEL_GREY, STEEL, 12),
        cylinder((-1.1, 0, 0), (-0.655, 0, 0), 0.025, _STEEL_GREY, STEEL, 12),
    ]
    for side in (-1, 1):
        inner = DISC_AT_M
        for k in range(barbell.plates if barbell.plate_radius_m > 0.0 else 0):
            radius = barbell.plate_radius_m * (1.0, 0.98, 0.72, 0.6)[min(k, 3)]
            outer = inner + DISC_THICKNESS_M
            for r, grow, colour, kind in (
                (radius, 0.0, barbell.plate_colour, RUBBER),
                (0.4 * radius, 0.004, _STEEL_GREY, STEEL),
            ):
                ends = (side * (inner - grow), 0, 0), (side * (outer + grow), 0, 0)
                parts.append(cylinder(*ends, r, colour, kind, 32))
            inner = outer + 0.005
    mesh = merge(parts)
    turn = pose.trunk
    return Mesh(mesh.points @ turn.T + pose.bar, mesh.normals @ turn.T, mesh.colours, mesh.kinds, mesh.faces)


def _painted(points: FloatArray, normals: FloatArray, faces: IntArray, colour: Colour, kind: int) -> Mesh:
    return Mesh(points, normals, np.tile(np.array(colour), (len(points), 1)), np.full(len(points), float(kind)), faces)


def _walls(room: Room, camera_m: FloatArray) -> tuple[float, float, float, float]:
    """Where the walls stand: as the room says, or further out so that the camera is inside."""
    x, y = float(camera_m[0]), float(camera_m[1])
    return (
        min(-room.left_m, x - WALL_GAP_M),
        max(room.right_m, x + WALL_GAP_M),
        min(-room.back_m, y - WALL_GAP_M),
        max(room.front_m, y + WALL_GAP_M),
    )


def _prop(prop: Prop) -> Mesh:
    x, y, z = prop.centre_m
    w, d, h = prop.size_m
    if prop.kind == "plate":
        return cylinder((x, y, z + w), (x + d * 0.95, y + d * 0.3, z + w), w, prop.colour, RUBBER, 24)
    kind = {"box": PAINT, "poster": POSTER, "lamp": LAMP}[prop.kind]
    return box((x - w / 2, y - d / 2, z), (x + w / 2, y + d / 2, z + h), prop.colour, kind)


def _rack(colour: Colour) -> Mesh:
    parts = [box((-0.62, -0.78, 2.24), (0.62, -0.72, 2.3), colour)]
    for x in (-0.62, 0.62):
        for y in (0.35, -0.75):
            parts.append(box((x - 0.035, y - 0.035, 0), (x + 0.035, y + 0.035, 2.3), colour))
        parts.append(box((x - 0.03, -0.75, 2.24), (x + 0.03, 0.35, 2.3), colour))
        parts.append(cylinder((x, 0.35, 0.45), (x, -0.75, 0.45), 0.025, _STEEL_GREY, STEEL, 12))
    return merge(parts)
