"""OpenPose: heat maps of parts and fields of vectors along limbs, from which several people are put together.

Cao et al. 2021, OpenPose: realtime multi-person 2D pose estimation using part affinity fields; the order of maps and
limbs is that of openpose's src/openpose/pose/poseParameters.cpp. One output (1, parts + 1 + 2 * limbs, height / 8,
width / 8), the background after the parts, or two, maps and fields, each an eighth of the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter

from depthperception.pose.networks.layout import Instances, Layout, Shape, finest
from depthperception.pose.networks.spec import NetworkSpec
from depthperception.types import FloatArray, IntArray

LEAST_PEAK, LEAST_ALONG, LEAST_SHARE = 0.05, 0.05, 0.8
"""A peak that is a part; how far a field has to go along a limb, and on which part of its length: OpenPose's own, but
for .95 of the length, which its larger maps allow."""

SAMPLES = 10
"""Places along a limb at which the field is read."""

FEWEST_PARTS, LEAST_MEAN = 3, 0.4
"""A person has so many parts, and so much for each: OpenPose's own."""


@dataclass(frozen=True)
class Skeleton:
    """How many parts there are, pairs of them that are limbs, and the first of each limb's two field maps."""

    parts: int
    limbs: tuple[tuple[int, int], ...]
    fields: tuple[int, ...]


BODY_25 = Skeleton(
    25,
    (
        (1, 8), (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (8, 9), (9, 10), (10, 11), (8, 12), (12, 13), (13, 14),
        (1, 0), (0, 15), (15, 17), (0, 16), (16, 18), (2, 17), (5, 18), (14, 19), (19, 20), (14, 21), (11, 22),
        (22, 23), (11, 24),
    ),
    (0, 14, 22, 16, 18, 24, 26, 6, 2, 4, 8, 10, 12, 30, 32, 36, 34, 38, 20, 28, 40, 42, 44, 46, 48, 50),
)  # fmt: skip

COCO = Skeleton(
    18,
    (
        (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
        (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17),
    ),
    (12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26),
)  # fmt: skip

BY_MAPS = {one.parts + 1 + 2 * len(one.limbs): one for one in (BODY_25, COCO)}
"""Skeleton by the number of all maps: 78 and 57."""


@dataclass(frozen=True)
class _Limb:
    """Two peaks that may be one limb's ends, and how surely."""

    first: int
    second: int
    score: float


def people_of(heat: FloatArray, fields: FloatArray, skeleton: Skeleton) -> tuple[FloatArray, FloatArray]:
    """Put people together: places (n, parts, 2) in cells, NaN where a part is missing, and scores (n, parts).

    Parameters
    ----------
    heat : (parts, height, width)
        A map for each part, without the background.
    fields : (2 * limbs, height, width)
        x and y along each limb.
    skeleton
        Their order.
    """
    places, scores, parts = _peaks(heat)
    people: list[dict[int, int]] = []
    for (one, other), field in zip(skeleton.limbs, skeleton.fields, strict=True):
        pairs = _pairs(places, parts, (one, other), fields[field : field + 2])
        for limb in pairs:
            _join(people, one, other, limb)
    kept = [body for body in people if len(body) >= FEWEST_PARTS and _mean(scores, body) >= LEAST_MEAN]
    points, sure = np.full((len(kept), skeleton.parts, 2), np.nan), np.zeros((len(kept), skeleton.parts))
    for row, body in enumerate(kept):
        for part, peak in body.items():
            points[row, part], sure[row, part] = places[peak], scores[peak]
    return points, sure


def _mean(scores: FloatArray, body: dict[int, int]) -> float:
    return float(np.mean([scores[peak] for peak in body.values()]))


def _peaks(heat: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Peaks of all maps: places (n, 2) between cells, scores (n,), and whose map each is on (n,)."""
    highest = (heat == maximum_filter(heat, size=(1, 3, 3), mode="constant")) & (heat > LEAST_PEAK)
    found = np.argwhere(highest)
    places = np.array([finest(heat[part], int(x), int(y)) for part, y, x in found]).reshape(-1, 2)
    return places, np.clip(heat[highest], 0.0, 1.0), found[:, 0]


def _pairs(places: FloatArray, parts: IntArray, limb: tuple[int, int], field: FloatArray) -> list[_Limb]:
    """Choose which peaks of two parts belong together: the surest first, each peak once."""
    candidates = [
        _Limb(int(first), int(second), score)
        for first in np.flatnonzero(parts == limb[0])
        for second in np.flatnonzero(parts == limb[1])
        if (score := _along(places[first], places[second], field)) > 0.0
    ]
    chosen: list[_Limb] = []
    for one in sorted(candidates, key=lambda one: -one.score):
        if all(one.first != other.first and one.second != other.second for other in chosen):
            chosen.append(one)
    return chosen


def _along(start: FloatArray, end: FloatArray, field: FloatArray) -> float:
    """How far the field goes along a line, in the mean of what does; 0 where too little of it does."""
    way = end - start
    length = float(np.linalg.norm(way))
    if length < 1e-6:
        return 0.0
    at = np.rint(start + np.linspace(0.0, 1.0, SAMPLES)[:, None] * way).astype(int)
    column, row = np.clip(at, 0, np.array(field.shape[:0:-1]) - 1).T
    along = field[:, row, column].T @ (way / length)
    goes = along > LEAST_ALONG
    return float(along[goes].mean()) if goes.mean() >= LEAST_SHARE else 0.0


def _join(people: list[dict[int, int]], one: int, other: int, limb: _Limb) -> None:
    """Add a limb to the person who has one of its ends; two who have one each and no part in common become one."""
    first = next((body for body in people if body.get(one) == limb.first), None)
    second = next((body for body in people if body.get(other) == limb.second), None)
    if first is not None and second is not None:
        if first is not second and not first.keys() & second.keys():
            first.update(second)
            people.remove(second)
    elif first is not None:
        first.setdefault(other, limb.second)
    elif second is not None:
        second.setdefault(one, limb.first)
    else:
        people.append({one: limb.first, other: limb.second})


def _maps(shapes: Sequence[Shape]) -> Skeleton | None:
    if not 1 <= len(shapes) <= 2 or any(len(shape) != 4 or shape[0] != 1 for shape in shapes):
        return None
    skeleton = BY_MAPS.get(sum(shape[1] for shape in shapes))
    fits = skeleton and sorted(shape[1] for shape in shapes)[0] in (skeleton.parts + 1, sum(s[1] for s in shapes))
    return skeleton if fits and len({shape[2:] for shape in shapes}) == 1 else None


def _points(shapes: Sequence[Shape], spec: NetworkSpec) -> int | None:
    skeleton = _maps(shapes)
    return skeleton.parts if skeleton else None


def _decode(outputs: Sequence[FloatArray], spec: NetworkSpec) -> Instances:
    maps = np.concatenate(sorted((np.asarray(values[0], np.float64) for values in outputs), key=len))
    skeleton = BY_MAPS[len(maps)]
    places, scores = people_of(maps[: skeleton.parts], maps[skeleton.parts + 1 :], skeleton)
    cell_px = np.array(spec.input_px) / maps.shape[:0:-1]
    return Instances((places + 0.5) * cell_px - 0.5, scores)


LAYOUT = Layout(
    name="part_affinity",
    networks="OpenPose",
    expected="one output (1, 78 or 57, height / 8, width / 8): maps of BODY_25's or COCO's parts, background, fields",
    several=True,
    spec=NetworkSpec(colours="bgr", mean=(128.0,) * 3, sd=(256.0,) * 3, input_px=(368, 368), least_score=LEAST_PEAK),
    points=_points,
    decode=_decode,
)
