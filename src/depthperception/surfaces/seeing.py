"""Crease, fold, top of the knee and joints of each leg at the bottom, seen by a network made for them.

BlazePose full's encoder, tapped at every scale, and a decoder up to a quarter of the picture's resolution; trained on
people drawn at the bottom of a squat (`train/surfaces`). What it is worth on film: models/surfaces.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthperception.concurrency import single
from depthperception.geometry.roi import Cutout, Region
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.models import session
from depthperception.pose.samples import PoseSamples
from depthperception.surfaces.points import COUNT, LEGS, STATES, index_of, mirrored_order
from depthperception.types import FloatArray, Picture

SIZE_PX = 320
"""Side of the network's input: at 1.33 m a centimetre is more than two px."""

CROP_M = 1.33
"""Side of the crop round hips and knees in the pose model's metres, 1.44 m of a person of 175 cm: hips, knees and feet
of a lifter in the hole. In training it is spread round this (sd 13 %), as the scale at the bottom errs."""

MIDDLE = np.concatenate([HIPS, KNEES])
"""Landmarks in the middle of the crop."""

JOINTS = np.array([index_of(name, leg) for name in ("hip", "knee") for leg in LEGS])
"""The same joints among the network's own points: in the middle of the crop that counts."""

LOG_SPREAD = (-5.5, 0.5)
"""Bounds of the log of an error's sd, in halves of the crop, as in training: 3 mm to out of the crop."""

LARGEST_CORRELATION = 0.95
"""Of the errors along x and y, likewise: an ellipse never becomes a line."""


@dataclass(frozen=True, eq=False)
class SeenSurfaces:
    """Points of both legs, in the order of `points.POINTS`, each left, then right.

    Attributes
    ----------
    points_px : (16, 2)
        In the upright picture, also where they are hidden: then it is where they should be.
    covariance_px2 : (16, 2, 2)
        Of their errors: what the network expects in one look, and how far looks disagree. Frames and mirror image err
        together, so that more of them do not make it smaller.
    states : (16, 3)
        Probabilities of `points.STATES`.
    """

    points_px: FloatArray
    covariance_px2: FloatArray
    states: FloatArray

    def state(self, name: str, leg: str) -> str:
        """The likeliest of `points.STATES` of a point."""
        return STATES[int(self.states[index_of(name, leg)].argmax())]

    def seen(self, name: str) -> Mapping[str, tuple[float, float]]:
        """Where a point is in the picture, px, by leg; only of legs at which the network says that it sees it."""
        visible = [leg for leg in LEGS if self.state(name, leg) == "seen"]
        found = {leg: self.points_px[index_of(name, leg)] for leg in visible}
        return {leg: (float(x), float(y)) for leg, (x, y) in found.items()}


@dataclass(frozen=True, eq=False)
class Look:
    """What is said of one crop: (16, 2), (16, 2, 2), (16, 3) as in `SeenSurfaces`."""

    points: FloatArray
    covariance: FloatArray
    states: FloatArray


def see_surfaces(samples: PoseSamples) -> SeenSurfaces:
    """Look at every frame of an attempt's bottom, plainly and in the mirror.

    Parameters
    ----------
    samples
        Of the bottom, with pictures. Their landmarks and scale say where to look and how near.
    """
    return begin_seeing(samples)()


def begin_seeing(samples: PoseSamples) -> Callable[[], SeenSurfaces]:
    """Begin to look, as `see_surfaces` does, beside other work; what was seen comes when it is asked for.

    One frame after the other: a look takes 60 MB while it lasts.
    """
    looks = [single().submit(_looks, samples, frame) for frame in range(len(samples.parts))]
    return lambda: combine([one.result() for one in looks])


def combine(looks: Sequence[tuple[Look, Look]]) -> SeenSurfaces:
    """Put the looks at several frames together, each plain and mirrored back, in px of the picture."""
    points = np.array([[one.points for one in pair] for pair in looks])
    middle = np.median(points.mean(axis=1), axis=0)
    away = (points - middle).reshape(-1, COUNT, 2)
    apart = np.einsum("npi,npj->pij", away, away) / len(away)
    said = np.mean([one.covariance for pair in looks for one in pair], axis=0)
    states = np.mean([one.states for pair in looks for one in pair], axis=0)
    return SeenSurfaces(middle, said + apart, states)


def _looks(samples: PoseSamples, frame: int) -> tuple[Look, Look]:
    """Look where the pose network has hips and knees, and again where they were seen then."""
    side_px = CROP_M * max(samples.px_per_m, 1.0)
    first = _looks_at(samples.parts[frame], np.median(samples.image_px[frame], axis=0)[MIDDLE], side_px)
    return _looks_at(samples.parts[frame], combine([first]).points_px[JOINTS], side_px)


def _looks_at(part: Cutout, points_px: FloatArray, side_px: float) -> tuple[Look, Look]:
    """Look plainly and in the mirror at a crop with some points in its middle."""
    x, y = points_px.mean(axis=0)
    region = Region(float(x), float(y), side_px)
    plain, mirrored = look(region.crop(part, SIZE_PX))
    return in_picture(plain, region), in_picture(mirrored, region)


def look(crop: Picture) -> tuple[Look, Look]:
    """Look at a crop (320, 320, 3) and at its mirror image; both answers are for the crop, from -1 to 1 across it."""
    shown = np.stack([crop, crop[:, ::-1]]).transpose(0, 3, 1, 2).astype(np.float32) / 255.0
    points, spread, logits = session("surfaces", threads=1).run(["points", "spread", "states"], {"picture": shown})
    plain, mirrored = (_read(points[k], spread[k], logits[k]) for k in (0, 1))
    return plain, mirrored_back(mirrored)


def _read(points: NDArray[np.float32], spread: NDArray[np.float32], logits: NDArray[np.float32]) -> Look:
    states = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return Look(points.astype(np.float64), covariance_of(spread.astype(np.float64)), states / states.sum(-1)[:, None])


def covariance_of(spread: FloatArray) -> FloatArray:
    """Covariances (n, 2, 2) of logs of standard deviations along x and y and the raw correlation, (n, 3)."""
    deviations = np.exp(spread[:, :2].clip(*LOG_SPREAD))
    across = LARGEST_CORRELATION * np.tanh(spread[:, 2]) * deviations.prod(axis=-1)
    x, y = (deviations**2).T
    return np.stack([np.stack([x, across], -1), np.stack([across, y], -1)], -2)


def mirrored_back(one: Look) -> Look:
    """What is said of a mirror image, for the picture itself: left is right."""
    order, flip = mirrored_order(), np.array([-1.0, 1.0])
    covariance = one.covariance[order] * np.outer(flip, flip)
    return Look(one.points[order] * flip, covariance, one.states[order])


def in_picture(one: Look, region: Region) -> Look:
    """From -1 to 1 across an upright crop to px of the picture."""
    half = region.side_px / 2.0
    return Look(np.array([region.x_px, region.y_px]) + half * one.points, one.covariance * half**2, one.states)
