"""A person pointed at, by somebody who knows better."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from depthperception.errors import OptionError, quoted
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.people.tracking import PersonTrack


@dataclass(frozen=True)
class Pick:
    """A point on the person who is to be judged: px in the upright picture, at a time in s.

    Raises
    ------
    OptionError
        When a number is not finite, or the time is before the first frame.
    """

    x_px: float
    y_px: float
    time_s: float

    def __post_init__(self) -> None:
        said = self.x_px, self.y_px, self.time_s
        if not all(isinstance(number, Real) for number in said):
            raise OptionError(
                f"A person was picked at {quoted(said)}; expected three numbers: px across and down, and s. Give these."
            )
        if not np.isfinite([float(number) for number in said]).all() or self.time_s < 0:
            raise OptionError(
                f"A person was picked at ({self.x_px:g}, {self.y_px:g}) px and {self.time_s:g} s; expected a point of "
                "the picture and a time from 0 on. Pick a point on the lifter."
            )


def picked(tracks: tuple[PersonTrack, ...], pick: Pick, *, settings: LifterSelection = SELECTION) -> PersonTrack:
    """Find the person at a point: of those whose box holds it the one whose box's middle is nearest, else the nearest.

    Distances are in heights of the box, so that a large person in front does not win over the one he stands beside.

    Raises
    ------
    OptionError
        When nobody is within `pick_reach` of the point, or nobody is seen at that time.
    """
    there = [track for track in tracks if track.unseen_s(pick.time_s) <= settings.pick_within_s]
    ranked = sorted(there, key=lambda track: _away(track, pick))
    if not ranked or _away(ranked[0], pick)[0] > settings.pick_reach:
        found = f"nearest is {_away(ranked[0], pick)[0]:.1f} body heights away" if ranked else "nobody is seen then"
        raise OptionError(
            f"There is nobody at ({pick.x_px:.0f}, {pick.y_px:.0f}) px at {pick.time_s:.2f} s: {found}. Expected a "
            "point on a person. Pick one on the lifter, at a time at which the lifter is seen."
        )
    return ranked[0]


def _away(track: PersonTrack, pick: Pick) -> tuple[float, float]:
    """Distances of a point from a person's box and from its middle, in heights of the box."""
    x0, y0, x1, y1 = track.box_at(pick.time_s)
    height_px = max(float(y1 - y0), 1.0)
    beside = np.hypot(max(x0 - pick.x_px, 0.0, pick.x_px - x1), max(y0 - pick.y_px, 0.0, pick.y_px - y1))
    middle = np.hypot((x0 + x1) / 2 - pick.x_px, (y0 + y1) / 2 - pick.y_px)
    return float(beside / height_px), float(middle / height_px)
