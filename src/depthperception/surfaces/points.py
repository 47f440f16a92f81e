"""The points that the network sees, and their order.

The crease is seen twice. `crease` is the rule's by its letter: skin of the front thigh over the hip joint, which the
measured depth speaks of. `fold` is what an eye calls the hip crease: the line where the thigh's skin meets the trunk's,
7 to 8 cm nearer to the knee.
"""

import numpy as np

from depthperception.types import IntArray

POINTS = ("crease", "fold", "knee_top", "hip", "knee", "ankle", "heel", "toe")
"""Of each leg; an array of points has all lefts and rights in turn: crease left, crease right, fold left, ..."""

LEGS = ("left", "right")

COUNT = 2 * len(POINTS)

STATES = ("seen", "hidden", "outside")
"""What is said of a point beside its place: visible, behind something (his own body too), or beyond the picture."""


def index_of(name: str, leg: str) -> int:
    """Place of a point in an array of them."""
    return 2 * POINTS.index(name) + LEGS.index(leg)


def mirrored_order() -> IntArray:
    """Order of the points in the mirror image, where left is right."""
    return np.arange(COUNT).reshape(-1, 2)[:, ::-1].ravel()
