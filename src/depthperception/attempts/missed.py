"""How much deeper than its lowest picture a bottom is, where it lies between two pictures."""

from dataclasses import dataclass

import numpy as np

TURN_SD_S = 0.05
"""How surely the course of hips and shoulders tells when it was lowest: .03 to .05 s by simulated courses whose looks
are off by .5 to 1 cm and lie .1 to .25 s apart, a pause in every third."""

_TIMES = (np.arange(80) + 0.5) / 40.0 - 1.0


@dataclass(frozen=True)
class Missed:
    """How much deeper than its lowest picture a bottom is: at most, in the mean and its spread (sd), in one unit."""

    most: float = 0.0
    mean: float = 0.0
    sd: float = 0.0

    @classmethod
    def anywhere(cls, most: float) -> "Missed":
        """Of a bottom that is as likely at any time between two pictures: lower by that time's square."""
        return cls(most, most / 3.0, 2.0 * most / (3.0 * 5.0**0.5))

    def times(self, factor: float) -> "Missed":
        """Give the same in another unit."""
        return Missed(factor * self.most, factor * self.mean, factor * self.sd)


def missed_at(most: float, away_s: float, step_s: float) -> Missed:
    """Tell what a picture misses of a bottom by how far in time it is away from it.

    Before anything is known it is `Missed.anywhere`; the course knows the time to `TURN_SD_S`, which says little at
    thirty pictures a second and much at five.

    Parameters
    ----------
    most
        What is missed half a step away.
    away_s
        From the picture to the bottom.
    step_s
        From picture to picture.
    """
    off = (_TIMES - min(2.0 * away_s / step_s, 1.0)) * step_s / 2.0 / TURN_SD_S
    weights = np.exp(-(off**2) / 2.0)
    lower = most * _TIMES**2
    mean = float(np.average(lower, weights=weights))
    return Missed(most, mean, float(np.sqrt(np.average((lower - mean) ** 2, weights=weights))))
