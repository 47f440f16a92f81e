"""Which pictures show the same scene: frames of one video, and a picture that was found twice.

Pictures of one scene never stand on both sides of a split: a detector knows a plate again that it has seen in the next
frame. Two pictures are linked where their small copies agree, plain or mirrored; a scene is what links join.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import cv2
import numpy as np

from depthperception.types import BoolArray, FloatArray, IntArray, Picture

THUMB_PX = 24

ALIKE = 0.79
"""Correlation of two small copies from which they show one scene: of ten pairs looked at from .74 to .79 one did."""

DOUBTFUL, MATCHES = 0.35, 18
"""From this correlation on, two pictures show one scene if so many of their corners fit one affine map.

A picture that was found again is cropped, or has a seller's name written over it. Of 23,046 pairs 23,009 had no match
at all.
"""

ALIKE_IN_TIME, NEAR_S = 0.45, 240.0
"""The same for screenshots that were taken within minutes: one video after the other, the lifter between moves."""

_TAKEN = re.compile(r"(\d{4}-\d{2}-\d{2}-\d{6})")


def scene_groups(pictures: Sequence[Picture], names: Sequence[str]) -> IntArray:
    """Number the scenes of pictures (n,): 0 for the scene of the first, and so on.

    Parameters
    ----------
    pictures
        Of any sizes, RGB.
    names
        File names: those of screenshots hold the second that they were taken in.
    """
    plain = np.stack([_thumb(picture) for picture in pictures])
    mirrored = np.stack([_thumb(np.ascontiguousarray(picture[:, ::-1])) for picture in pictures])
    alike = np.maximum(plain @ plain.T, plain @ mirrored.T)
    times = np.array([_taken_s(name) for name in names])
    near = np.abs(times[:, None] - times[None, :]) < NEAR_S
    linked = (alike > ALIKE) | (near & (alike > ALIKE_IN_TIME))
    groups = _components(linked)
    corners: dict[int, tuple[FloatArray, Picture]] = {}
    for a, b in np.argwhere(np.triu(alike > DOUBTFUL, 1)):
        if groups[a] != groups[b]:
            for k in (int(a), int(b)):
                if k not in corners:
                    corners[k] = _corners(pictures[k])
            linked[a, b] = linked[b, a] = _matches(corners[int(a)], corners[int(b)]) >= MATCHES
    return _components(linked)


def held_out(groups: IntArray, share: float, most: int, seed: int) -> BoolArray:
    """Choose whole scenes, at random, until about a share of the pictures is held out.

    Parameters
    ----------
    groups : (n,)
        Scene of each picture.
    share
        Of the pictures.
    most
        Scenes of more pictures are not drawn: one long video would be the whole test.
    """
    rng = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    chosen: list[int] = []
    taken = 0
    for group in rng.permutation(len(sizes)):
        if sizes[group] <= most and taken + sizes[group] <= share * len(groups):
            chosen.append(int(group))
            taken += int(sizes[group])
    return np.isin(groups, chosen)


def _thumb(picture: Picture) -> FloatArray:
    small = cv2.resize(picture, (THUMB_PX, THUMB_PX), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-9))


def _corners(picture: Picture) -> tuple[FloatArray, Picture]:
    """Places (n, 2) and descriptors (n, 32) of a picture's corners."""
    grey = cv2.cvtColor(cv2.resize(picture, (320, 320), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    points, words = cv2.ORB.create(400, fastThreshold=10).detectAndCompute(grey, None)
    places = np.array([point.pt for point in points], dtype=np.float64).reshape(-1, 2)
    return places, np.zeros((0, 32), np.uint8) if words is None else np.asarray(words, np.uint8)


def _matches(a: tuple[FloatArray, Picture], b: tuple[FloatArray, Picture]) -> int:
    """How many corners fit one affine map from picture to picture."""
    if min(len(a[0]), len(b[0])) < MATCHES:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(a[1], b[1], k=2)
    good = [first for first, second in pairs if first.distance < 0.75 * second.distance]
    if len(good) < MATCHES:
        return 0
    here = np.array([a[0][match.queryIdx] for match in good], np.float32)
    there = np.array([b[0][match.trainIdx] for match in good], np.float32)
    _, inside = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=4.0)
    return 0 if inside is None else int(inside.sum())


def _taken_s(name: str) -> float:
    found = _TAKEN.search(name)
    return np.nan if found is None else datetime.strptime(found[1], "%Y-%m-%d-%H%M%S").timestamp()


def _components(linked: BoolArray) -> IntArray:
    groups = np.full(len(linked), -1)
    count = 0
    for first in range(len(linked)):
        if groups[first] >= 0:
            continue
        waiting = [first]
        while waiting:
            k = waiting.pop()
            if groups[k] < 0:
                groups[k] = count
                waiting += np.flatnonzero(linked[k] & (groups < 0)).tolist()
        count += 1
    return groups
