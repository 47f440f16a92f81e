"""Where the parts of a training picture come from: crops, stretches and mosaics, and the boxes that follow.

Only numbers are made here, on the processor; `canvas` makes the pixels. A plate is an ellipse: its box is carried
through a turn as the box of the ellipse in it, not as the box of its corners.
"""

from dataclasses import dataclass
from multiprocessing.queues import Queue

import numpy as np
from numpy.random import Generator

from depthperception.train.plates.dataset import LabelledPictures
from depthperception.types import BoolArray, FloatArray, IntArray

MOST_BOXES = 32

MOSAIC_SHARE = 0.35
"""Of the pictures are four in one: small plates, and many backgrounds a step."""

RENDERED_SHARE = 0.3
"""Of the parts are rendered: enough to see plates edge-on, few enough that real looks rule."""

STRETCH = np.log(2.0)
"""Either way, evenly in the logarithm: the real pictures are squares made of 16:9 and 9:16 ones."""

THIN_SHARE, THIN = 0.12, (0.22, 0.5)
"""Of the parts are squeezed to this share of their width, so that full plates become those of a view from the front."""

ZOOM, MOSAIC_ZOOM = (0.7, 2.4), (0.8, 2.0)
"""Side of the picture, in sides of its place on the canvas."""

TURN_DEG = 6.0
"""Standard deviation: bars tip, and phones are held askew."""

AIMED_SHARE = 0.8
"""Of the parts hold at least one plate; the others may show background alone."""

SEEN_SHARE, CUT_SHARE = 0.35, 0.05
"""Of a plate's box inside its place: from the first on it is to be found, below the second it is not there."""

LEAST_PX = (4.0, 10.0)
"""Shorter and longer side of a plate to be found; smaller ones are ignored."""


@dataclass(frozen=True, eq=False)
class Part:
    """One picture's place on the canvas.

    Attributes
    ----------
    source
        Which picture.
    place
        x0, y0, x1, y1 on the canvas, in px.
    back : (2, 3)
        From canvas px to shares of the picture's sides.
    shrink
        Canvas px per side of the picture, the smaller of both ways.
    """

    source: int
    place: tuple[float, float, float, float]
    back: FloatArray
    shrink: float


@dataclass(frozen=True, eq=False)
class Plan:
    """One training picture: its parts, and the boxes (m, 4) in px that are to be found, and those to be ignored."""

    parts: tuple[Part, ...]
    boxes: FloatArray
    ignored: FloatArray


class Planner:
    """Draws plans from a set of pictures.

    Parameters
    ----------
    data
        The pictures.
    side_px
        Side of the canvas.
    rendered_share
        Of the parts, where there are renders at all.
    """

    def __init__(self, data: LabelledPictures, side_px: int, *, rendered_share: float = RENDERED_SHARE) -> None:
        self.side_px = side_px
        self._rendered_share = rendered_share
        self._plates = [data.plates_of(k) for k in range(len(data.pictures))]
        self._kinds: list[tuple[IntArray, FloatArray]] = []
        for rendered in (False, True):
            chosen = np.flatnonzero(data.rendered == rendered)
            self._kinds.append((chosen, _evened(data.groups[chosen])))

    def plan(self, rng: Generator) -> Plan:
        """Draw one."""
        side = float(self.side_px)
        if rng.random() < MOSAIC_SHARE:
            x, y = rng.uniform(0.3, 0.7, 2) * side
            places = [(0.0, 0.0, x, y), (x, 0.0, side, y), (0.0, y, x, side), (x, y, side, side)]
            drawn = [self._part(rng, place, MOSAIC_ZOOM) for place in places]
        else:
            drawn = [self._part(rng, (0.0, 0.0, side, side), ZOOM)]
        boxes = np.concatenate([boxes for _, boxes, _ in drawn])
        ignored = np.concatenate([ignored for _, _, ignored in drawn])
        return Plan(tuple(part for part, _, _ in drawn), boxes[~ignored][:MOST_BOXES], boxes[ignored][:MOST_BOXES])

    def _source(self, rng: Generator) -> int:
        real, rendered = self._kinds
        take_rendered = len(real[0]) == 0 or (len(rendered[0]) > 0 and rng.random() < self._rendered_share)
        chosen, weights = rendered if take_rendered else real
        return int(rng.choice(chosen, p=weights))

    def _part(
        self, rng: Generator, place: tuple[float, float, float, float], zoom: tuple[float, float]
    ) -> tuple[Part, FloatArray, BoolArray]:
        source = self._source(rng)
        boxes, ignored = self._plates[source]
        forth, shift = _placed(rng, place, zoom, boxes[~ignored])
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2 @ forth.T + shift
        halves = np.sqrt(((boxes[:, 2:] - boxes[:, :2]) / 2) ** 2 @ (forth**2).T)
        moved = np.concatenate([middles - halves, middles + halves], axis=1)
        back = np.linalg.inv(forth)
        part = Part(source, place, np.column_stack([back, -back @ shift]), float(np.linalg.norm(forth, axis=0).min()))
        return (part, *_cut(moved, ignored, place))


def keep_planning(planner: Planner, seed: np.random.SeedSequence, batch: int, queue: "Queue[list[Plan]]") -> None:
    """Put batches of plans into a queue for as long as the process lives."""
    rng = np.random.default_rng(seed)
    while True:
        queue.put([planner.plan(rng) for _ in range(batch)])


def _evened(groups: IntArray) -> FloatArray:
    """Chance of each picture: a scene of many pictures counts as much as the root of their number."""
    if len(groups) == 0:
        return np.empty(0)
    _, which, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1.0 / np.sqrt(sizes[which])
    return np.asarray(weights / weights.sum())


def _placed(
    rng: Generator, place: tuple[float, float, float, float], zoom: tuple[float, float], plates: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """From shares of the picture's sides to canvas px: a matrix (2, 2) and a shift (2,)."""
    low, high = np.array(place[:2]), np.array(place[2:])
    size = float(np.exp(rng.uniform(np.log(zoom[0]), np.log(zoom[1])))) * float(np.sqrt(np.prod(high - low)))
    stretch = float(rng.uniform(-STRETCH, STRETCH))
    wide, tall = size * np.exp(stretch / 2), size * np.exp(-stretch / 2)
    if rng.random() < THIN_SHARE:
        wide *= float(rng.uniform(*THIN))
    turn = np.radians(rng.normal(0.0, TURN_DEG))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    forth = rotation @ np.diag([flip * wide, tall])
    if len(plates) and rng.random() < AIMED_SHARE:
        plate = plates[int(rng.integers(len(plates)))]
        anchor, spot = (plate[:2] + plate[2:]) / 2, low + rng.uniform(0.08, 0.92, 2) * (high - low)
    else:
        anchor, spot = rng.uniform(0.3, 0.7, 2), low + rng.uniform(0.3, 0.7, 2) * (high - low)
    return forth, _kept(spot - forth @ anchor, forth, low, high)


def _kept(shift: FloatArray, forth: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Move a picture so that it covers its place where it is larger, and lies in it where it is smaller."""
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) @ forth.T + shift
    first, last = corners.min(axis=0), corners.max(axis=0)
    larger = last - first >= high - low
    least = np.where(larger, high - last, low - first)
    most = np.where(larger, low - first, high - last)
    return np.asarray(shift + np.clip(0.0, np.minimum(least, most), np.maximum(least, most)))


def _cut(
    boxes: FloatArray, ignored: BoolArray, place: tuple[float, float, float, float]
) -> tuple[FloatArray, BoolArray]:
    """Boxes within their place, without those that are cut off, and which are to be ignored."""
    low, high = np.tile(place[:2], 2), np.tile(place[2:], 2)
    inside = np.clip(boxes, low, high)
    sides = inside[:, 2:] - inside[:, :2]
    share = np.prod(sides, axis=1) / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), 1e-9)
    small = (sides.min(axis=1, initial=np.inf) < LEAST_PX[0]) | (sides.max(axis=1, initial=0.0) < LEAST_PX[1])
    there = share > CUT_SHARE
    return inside[there], (ignored | small | (share < SEEN_SHARE))[there]
