"""What the measurement model is given of an attempt: numbers that do not depend on where, how large or how tall.

The pose at the bottom (60 numbers), then the standing lifter with the way from there to the bottom (86); the kernel
reads each with a length of its own.
"""

import numpy as np

from depthperception.geometry.skeletons import SWAP
from depthperception.pose.blazepose import px_per_m
from depthperception.pose.samples import PoseSamples
from depthperception.types import FloatArray

BODY = np.array([11, 12, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32])
"""Shoulders, hips, knees, ankles, heels, toes."""

FEET, HIPS, SHOULDERS = slice(6, 8), slice(2, 4), slice(0, 2)
LEGS = slice(2, 6)

POSE, STANDING = slice(0, 60), slice(60, 146)
"""Parts of a description."""


def describe(bottom: PoseSamples, standing: PoseSamples, *, mirror: bool) -> FloatArray:
    """Describe an attempt (146,) from close looks at its bottom and at the standing lifter, plainly or mirrored.

    The body at the bottom from the middle of the feet, in the picture in body lengths, and in the model's metres; the
    same standing; the bottom from the standing feet; how large the lifter is.
    """
    image, world = _body(bottom, mirror)
    image0, world0 = _body(standing, mirror)
    limbs = [(0, 2), (2, 4), (4, 6), (1, 3), (3, 5), (5, 7)]
    length = sum(float(np.linalg.norm(image[a] - image[b])) for a, b in limbs) / 2
    hips0 = image0[HIPS].mean(axis=0)
    tall = float(
        np.linalg.norm(image0[FEET].mean(axis=0) - hips0) + np.linalg.norm(image0[SHOULDERS].mean(axis=0) - hips0)
    )
    feet0 = image0[FEET].mean(axis=0)
    size = np.log([length / tall, _scale(bottom) / tall])
    pose = [_from_feet(image, length), _from_feet(world)]
    return np.concatenate([*pose, _from_feet(image0, tall), _from_feet(world0), ((image - feet0) / tall).ravel(), size])


def look_noise_cm(bottom: PoseSamples) -> float:
    """How far looks at hips and knees stray from their median, on average, for the worst of the four; in cm."""
    image = bottom.image_px[:, :, BODY[LEGS]]
    away = np.linalg.norm(image - np.median(image, axis=1, keepdims=True), axis=-1).mean(axis=(0, 1))
    return float(100.0 * away.max() / _scale(bottom))


def _body(samples: PoseSamples, mirror: bool) -> tuple[FloatArray, FloatArray]:
    image = samples.median_px
    world = samples.median_m
    if mirror:
        swap = SWAP[: len(image)]
        image, world = image[swap] * [-1.0, 1.0], world[swap] * [-1.0, 1.0, 1.0]
    return image[BODY], world[BODY]


def _from_feet(points: FloatArray, unit: float = 1.0) -> FloatArray:
    return np.asarray((points - points[FEET].mean(axis=0)) / unit).ravel()


def _scale(samples: PoseSamples) -> float:
    return max(px_per_m(samples.median_px, samples.median_m), 1e-6)
