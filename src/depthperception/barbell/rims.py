"""Rims of plates in a picture: where their outline should be, and how far from there the picture's own edge is."""

from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.barbell.edges import ACROSS, POINTS, evenly_round, steepest_slopes
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
    """What a picture shows at rims.

    Attributes
    ----------
    offsets_px : (n,)
        Of the steepest edge from the rim, outwards.
    clear : (n,)
        Whether there is one.
    votes : (n,)
        -1 to 1, whether an edge runs along the rim just there.
    inside : (n,)
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
        self._settings, self._edges = settings, edges
        self._slopes = np.dstack(list(steepest_slopes(np.asarray(small, np.uint8))))
        self.px: FloatArray = np.array([size[0] / rgb.shape[1], size[1] / rgb.shape[0]])

    def at(self, rims: Rims) -> Edges:
        """Look at rims, given in px of the picture that was not shrunk."""
        reach_px, step_px, noise = self._settings.reach_px, self._settings.step_px, self._edges.noise
        steps = np.arange(-reach_px, reach_px + step_px / 2, step_px)
        # cv2 counts from pixel centres, everything else here from pixel corners.
        middle = rims.points * self.px - 0.5
        where = (middle[:, None] + steps[:, None] * rims.normals[:, None]).astype(np.float32)
        slopes = cv2.remap(self._slopes, where, np.empty(0), cv2.INTER_LINEAR)
        across = np.abs((slopes * rims.normals[:, None]).sum(axis=2))
        energy = (slopes**2).sum(axis=2)
        flat = self._edges.flat_vote * noise**2
        votes = ((across**2 - ACROSS * energy) / (1.0 - ACROSS) + flat) / (energy + noise**2)
        high, wide = self._slopes.shape[:2]
        inside = ((middle > MARGIN_PX) & (middle < np.array([wide, high]) - 1.0 - MARGIN_PX)).all(axis=1)
        peak = across.argmax(axis=1)
        clear = inside & (across.max(axis=1) > noise) & (peak > 0) & (peak < len(steps) - 1)
        peak = np.clip(peak, 1, len(steps) - 2)
        before, top, after = np.take_along_axis(across, peak[:, None] + np.arange(-1, 2), axis=1).T
        bend = np.minimum(before - 2.0 * top + after, -1e-9)
        between = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
        near = np.abs(steps) <= self._settings.at_rim_px
        return Edges(
            offsets_px=(steps[peak] + step_px * between) / self.px.mean(),
            clear=clear,
            votes=votes[:, near].max(axis=1),
            inside=np.asarray(inside),
        )


def rims_of(ring_px: FloatArray, count: int = POINTS) -> Rims:
    """Go evenly round the convex outline of points (m, 2)."""
    hull = cv2.convexHull(ring_px.astype(np.float32), clockwise=True)[:, 0].astype(np.float64)
    points, _ = evenly_round(np.vstack([hull, hull[:1]]), count)
    way = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    outwards = np.column_stack([way[:, 1], -way[:, 0]])
    outwards *= np.sign(np.sum(outwards * (points - points.mean(axis=0))))
    return Rims(points, outwards / np.linalg.norm(outwards, axis=1)[:, None])


def extent(ring_px: FloatArray, normals: FloatArray) -> FloatArray:
    """How far points (m, 2) reach along each of some normals (n, 2): how their outline moves when they do."""
    return np.asarray((ring_px @ normals.T).max(axis=0))


def hidden_by(ring_px: FloatArray, points_px: FloatArray, *, settings: CameraFitting = CAMERA) -> BoolArray:
    """Whether points (n, 2) lie behind the convex outline of others (m, 2), or within `reach_px` of it."""
    return np.asarray((points_px @ DIRECTIONS.T < extent(ring_px, DIRECTIONS) + settings.reach_px).all(axis=1))
