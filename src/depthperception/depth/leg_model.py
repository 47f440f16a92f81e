"""What is known of legs at the bottom of a squat before any is seen: the mean, and how people differ."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np

from depthperception.models import checked_bytes
from depthperception.surfaces import LEGS, index_of
from depthperception.types import FloatArray

CREASES, FOLDS, KNEE_TOPS = ([index_of(name, leg) for leg in LEGS] for name in ("crease", "fold", "knee_top"))
"""Places of the points that decide among `surfaces.POINTS`, left and right."""


@dataclass(frozen=True, eq=False)
class LegModel:
    """Legs of people at the bottom of a squat, in statures.

    Axes: to the lifter's left, forward, up; from the floor below the middle of his feet.

    Attributes
    ----------
    mean : (16, 3)
        In the order of `surfaces.POINTS`, left, then right.
    spread : (16, 3, k)
        A person is the mean and a sum of these with independent standard normal weights.
    """

    mean: FloatArray
    spread: FloatArray

    def points(self, weights: FloatArray) -> FloatArray:
        """Points (16, 3) of one person, in statures."""
        return np.asarray(self.mean + self.spread @ weights)


@cache
def shipped_legs() -> LegModel:
    """Load the model in the package (made by tools/export_legs.py)."""
    with np.load(BytesIO(checked_bytes("legs"))) as file:
        return LegModel(file["mean"].astype(np.float64), file["spread"].astype(np.float64))
