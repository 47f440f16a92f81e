"""Rims of plates in a picture: where their outline should be, and how far from there the picture's own edge is."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.barbell.edges import ACROSS, POINTS, spread_round, steepest_slopes
from depthperception.barbell.settings import CAMERA, EDGES, CameraFitting, EdgeVotes
from depthperception.types import BoolArray, FloatArray, Picture

MARGIN_PX = 2.0
"""Nearer to the picture's border the smoothed picture is not the scene's."""

DIRECTIONS = np.column_stack([f(np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)) for f in (np.cos, np.sin)])
"""In which the reach of a convex outline is measured."""


@dataclass(frozen=True, eq=False)
class Rims:
    """Points (n, 2) evenly round an outline, in px of a picture, and their normals (n, 2), outwards."""

    points: FloatArray
    normals: FloatArray


@dataclass(frozen=True, eq=False)
class Edges:
    """What a picture shows at rims; arrays (n,), or (k, n) of several pictures.

    Attributes
    ----------
    offsets_px
        Of the steepest edge from the rim, outwards.
    clear
        Whether there is one.
    votes
        -1 to 1, whether an edge runs along the rim just there.
    inside
        Whether the rim is in the picture there.
    """

    offsets_px: FloatArray
    clear: BoolArray
    votes: FloatArray
    inside: BoolArray


class Slopes:
    """A picture's slopes: grey levels a px of the colour that changes most."""

    def __init__(
        self, rgb: Picture, shrink: float = 1.0, *, settings: CameraFitting = CAMERA, edges: EdgeVotes = EDGES
    ) -> None:
        """Shrink the picture first: large rims are known roughly, and edges are sought a few px away."""
        size = (max(8, round(rgb.shape[1] * shrink)), max(8, round(rgb.shape[0] * shrink)))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if shrink < 1.0 else rgb
        self.settings, self.edges = settings, edges
        self._slopes = np.dstack(list(steepest_slopes(np.asarray(small, np.uint8))))
        self.px: FloatArray = np.array([size[0] / rgb.shape[1], size[1] / rgb.shape[0]])

    def at(self, rims: Rims) -> Edges:
        """Look at rims, given in px of the picture that was not shrunk."""
        seen = edges_at([self], [rims])
        return Edges(seen.offsets_px[0], seen.clear[0], seen.votes[0], seen.inside[0])

    def steps_px(self) -> FloatArray:
        """Distances (s,) from a rim at which its edge is sought, outwards, in px of the shrunk picture."""
        reach_px, step_px = self.settings.reach_px, self.settings.step_px
        return np.arange(-reach_px, reach_px + step_px / 2, step_px)

    def across(self, middle: FloatArray, normals: FloatArray) -> FloatArray:
        """Slopes (n, s, 2) at every step along normals (n, 2) from points (n, 2) of the shrunk picture."""
        where = (middle[:, None] + self.steps_px()[:, None] * normals[:, None]).astype(np.float32)
        return np.asarray(cv2.remap(self._slopes, where, np.empty(0), cv2.INTER_LINEAR))

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the shrunk picture."""
        return self._slopes.shape[1], self._slopes.shape[0]


def edges_at(pictures: Sequence[Slopes], rims: Sequence[Rims]) -> Edges:
    """Look at one outline in each of some pictures (k) of one size: arrays (k, n), all in one go."""
    first = pictures[0]
    settings, noise, steps = first.settings, first.edges.noise, first.steps_px()
    # cv2 counts from pixel centres, everything else here from pixel corners.
    middle = np.stack([one.points for one in rims]) * first.px - 0.5
    normals = np.stack([one.normals for one in rims])
    slopes = np.stack([picture.across(*at) for picture, *at in zip(pictures, middle, normals, strict=True)])
    x, y = slopes[..., 0], slopes[..., 1]
    across = np.abs(x * normals[..., None, 0] + y * normals[..., None, 1])
    energy = x**2 + y**2
    flat = first.edges.flat_vote * noise**2
    near = np.abs(steps) <= settings.at_rim_px
    at_rim = across[..., near], energy[..., near]
    votes = ((at_rim[0] ** 2 - ACROSS * at_rim[1]) / (1.0 - ACROSS) + flat) / (at_rim[1] + noise**2)
    inside = ((middle > MARGIN_PX) & (middle < np.array(first.size_px) - 1.0 - MARGIN_PX)).all(axis=-1)
    peak = across.argmax(axis=-1)
    highest = np.take_along_axis(across, peak[..., None], axis=-1)[..., 0]
    clear = inside & (highest > noise) & (peak > 0) & (peak < len(steps) - 1)
    peak = np.clip(peak, 1, len(steps) - 2)
    before, top, after = np.moveaxis(np.take_along_axis(across, peak[..., None] + np.arange(-1, 2), axis=-1), -1, 0)
    bend = np.minimum(before - 2.0 * top + after, -1e-9)
    between = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    return Edges(
        offsets_px=(steps[peak] + settings.step_px * between) / first.px.mean(),
        clear=clear,
        votes=votes.max(axis=-1),
        inside=np.asarray(inside),
    )


def rims_of(ring_px: FloatArray, count: int = POINTS) -> Rims:
    """Go evenly round the convex outline of points (m, 2)."""
    hull = cv2.convexHull(ring_px.astype(np.float32), clockwise=True)[:, 0].astype(np.float64)
    points = spread_round(np.concatenate([hull, hull[:1]]), count)[0]
    beyond = np.concatenate([points[-1:], points, points[:1]])
    x, y = (beyond[2:] - beyond[:-2]).T
    outwards = np.column_stack([y, -x])
    outwards *= np.sign(np.sum(outwards * (points - points.mean(axis=0))))
    return Rims(points, outwards / np.sqrt(x * x + y * y)[:, None])


def extent(ring_px: FloatArray, normals: FloatArray) -> FloatArray:
    """How far points (..., m, 2) reach along each of some normals (n, 2): how their outline moves when they do."""
    return np.asarray((ring_px @ normals.T).max(axis=-2))


def hidden_by(ring_px: FloatArray, points_px: FloatArray, *, settings: CameraFitting = CAMERA) -> BoolArray:
    """Whether points (n, 2) lie behind the convex outline of others (m, 2), or within `reach_px` of it."""
    return np.asarray((points_px @ DIRECTIONS.T < extent(ring_px, DIRECTIONS) + settings.reach_px).all(axis=1))
