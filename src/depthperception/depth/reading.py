"""From numbers with their errors to a reading: from several looks at joints, or from a learnt prediction."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from depthperception.capture.scale import stature_of
from depthperception.results import Reading, Scale, SideDepth
from depthperception.types import FloatArray


def reading(name: str, sides_cm: FloatArray, *, model_sd_cm: float) -> Reading:
    """Make a reading from several looks' depth of both legs.

    Parameters
    ----------
    name
        The method.
    sides_cm : (looks, 2)
        Depth of the left and the right leg by each look, cm.
    model_sd_cm
        Error that looking again does not show: sd over rendered bodies and cameras, from docs/accuracy.md.
    """
    sides = np.median(sides_cm, axis=0)
    spread = sides_cm.std(axis=0)
    both = float(sides.mean())
    # Jittered looks share the picture and most of the crop: their spread is taken whole, not divided by their number.
    sd = float(np.hypot(sides_cm.mean(axis=1).std(), model_sd_cm))
    left, right = (SideDepth(float(cm), float(np.hypot(s, model_sd_cm))) for cm, s in zip(sides, spread, strict=True))
    return replace(normal_reading(name, both, sd), left=left, right=right)


def normal_reading(name: str, cm: float, sd_cm: float) -> Reading:
    """Make a reading whose error is normal: its 90 % interval, and the probability that it is deep."""
    half = half_of_90(sd_cm)
    return Reading(name, cm, (cm - half, cm + half), float(ndtr(cm / sd_cm)))


def half_of_90(sd_cm: float) -> float:
    """Half of the 90 % interval of a normal error."""
    return float(ndtri(0.95)) * sd_cm


def sd_of(interval90_cm: tuple[float, float]) -> float:
    """Give back the standard deviation of a normal error by its 90 % interval."""
    low_cm, high_cm = interval90_cm
    return (high_cm - low_cm) / 2 / half_of_90(1.0)


REFERENCE_CM = 175.0
"""Stature at which learnt depths are given."""

LARGEST_SD_CM = 4.0
"""Beyond this, in the least certain twelfth of the rendered squats, verdicts at 2 cm and more were right .75."""


def learnt_reading(name: str, cm: float, sd_cm: float, scale: Scale) -> Reading:
    """Turn a prediction at 175 cm into a reading at the lifter's stature, or into a refusal where it is too wide."""
    stature_m, share = stature_of(scale)
    to_stature = 100.0 * stature_m / REFERENCE_CM
    cm, sd_cm = to_stature * cm, to_stature * sd_cm
    sd_cm = float(np.hypot(sd_cm, share * cm))
    if sd_cm > LARGEST_SD_CM:
        off = f"the depth may be off by {half_of_90(sd_cm):.0f} cm"
        return Reading(name, reason=f"Hips and knees are not seen well enough: {off}.")
    return normal_reading(name, cm, sd_cm)


LEAST_MISSED_CM = 0.1
"""What is less is lost in any method's error."""

MISSED = 1.0 / 3.0, 2.0 / (3.0 * 5.0**0.5)
"""Mean and sd of how far the bottom lies under its lowest picture, as shares of the most: it is as likely at any time
between two pictures, u, and lower by u squared."""


def lowered(value: Reading, most_cm: float) -> Reading:
    """Take a reading off the lowest picture to the bottom, which lies between pictures, up to `most_cm` deeper.

    A miss is one-sided: the depth grows by its mean, and the error by its spread.
    """
    if value.cm is None or value.interval90_cm is None or most_cm < LEAST_MISSED_CM:
        return value
    mean_cm, sd_cm = (share * most_cm for share in MISSED)
    own_sd_cm = sd_of(value.interval90_cm)
    left, right = (
        leg and SideDepth(leg.cm + mean_cm, float(np.hypot(leg.sd_cm, sd_cm))) for leg in (value.left, value.right)
    )
    deeper = normal_reading(value.method, value.cm + mean_cm, float(np.hypot(own_sd_cm, sd_cm)))
    return replace(deeper, left=left, right=right, reason=value.reason)


def with_reason(value: Reading, reason: str | None) -> Reading:
    """Attach what limits a reading."""
    return replace(value, reason=reason) if reason else value
