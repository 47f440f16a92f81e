"""Names for the arrays that pass between the steps."""

from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
"""Any array of float64; the docstring beside it gives its shape and unit."""

BoolArray: TypeAlias = NDArray[np.bool_]

IntArray: TypeAlias = NDArray[np.int64]

Picture: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, RGB, upright."""

Progress: TypeAlias = Callable[[str, float], None]
"""Called with the name of the step and how much of it is done, 0 to 1."""


class Side(IntEnum):
    """Of the lifter, his own; as a number it is the way along his axis to the left."""

    LEFT = 1
    RIGHT = -1

    @property
    def other(self) -> "Side":
        """Give the other one."""
        return Side(-self)

    @property
    def word(self) -> Literal["left", "right"]:
        """As results and texts say it."""
        return "left" if self is Side.LEFT else "right"


class Step(StrEnum):
    """The long steps of judging a video, by the names that `Progress` gets, in their order."""

    FIND_PEOPLE = "looking for people"
    FOLLOW = "following the lifter"
    REFINE = "looking closely"
    WATCH_BAR = "watching the bar"
    DRAW = "drawing the overlay"
    MAKE_PLAYABLE = "making it playable"


def silent(step: str, done: float) -> None:
    """Report nothing: the default for every `on_progress`."""


def check_shapes(holder: object, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Make sure that arrays have the shapes that they should, given by their names as attributes.

    Raises
    ------
    ValueError
        When one has not.
    """
    for name, shape in shapes.items():
        if (found := getattr(holder, name).shape) != shape:
            raise ValueError(f"{name} has shape {found}, expected {shape}")


def time_span(times_s: FloatArray) -> str:
    """Say how many moments there are, and from when to when: what a long result's repr shows of them."""
    count = len(times_s)
    return f"{count} times, {times_s[0]:.2f} to {times_s[-1]:.2f} s" if count else "empty"
