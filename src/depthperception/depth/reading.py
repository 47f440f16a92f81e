"""From numbers with their errors to a reading: from several looks at joints, or from a learnt prediction."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri, owens_t

from depthperception.attempts.missed import Missed
from depthperception.capture.scale import stature_of
from depthperception.depth.calling import SURE
from depthperception.results import Leg, Reading, Scale, SideDepth
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
    return on_legs(replace(normal_reading(name, both, sd), left=left, right=right))


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


def on_legs(value: Reading) -> Reading:
    """Give a reading the probability that each leg with a number is below, and say which of them decides.

    The rule asks it of both legs, and two that are not equally deep are both below less often than their mean is. Their
    errors are normal; how they go together follows from the errors of the legs and of their mean.
    """
    if value.cm is None or value.interval90_cm is None or not (value.left or value.right):
        return value
    left, right = value.left, value.right
    if left is None or right is None:
        only = left or right
        probability = float(ndtr(only.cm / only.sd_cm)) if only else value.probability
        return replace(value, probability=probability, deciding_leg="left" if left else "right")
    shared_cm2 = 2.0 * sd_of(value.interval90_cm) ** 2 - (left.sd_cm**2 + right.sd_cm**2) / 2.0
    correlation = float(np.clip(shared_cm2 / (left.sd_cm * right.sd_cm), -1.0, 1.0))
    apart_cm = float(np.sqrt(max(left.sd_cm**2 + right.sd_cm**2 - 2.0 * correlation * left.sd_cm * right.sd_cm, 0.0)))
    left_higher = float(ndtr((right.cm - left.cm) / max(apart_cm, 1e-6)))
    higher: Leg | None = "left" if left_higher >= SURE else "right" if left_higher <= 1.0 - SURE else None
    probability = both_positive(left.cm / left.sd_cm, right.cm / right.sd_cm, correlation)
    return replace(value, probability=probability, deciding_leg=higher)


def both_positive(one: float, other: float, correlation: float) -> float:
    """Probability that two normal numbers of unit variance are both positive, by their means (Owen 1956)."""
    apart = float(np.sqrt(max(1.0 - correlation**2, 0.0)))
    if apart < 1e-6:
        return float(ndtr(min(one, other)) if correlation > 0.0 else max(ndtr(one) + ndtr(other) - 1.0, 0.0))
    one, other = one or 1e-12, other or 1e-12  # at 0 the slopes below are infinite, their limit is not
    slope, other_slope = (other / one - correlation) / apart, (one / other - correlation) / apart
    both = (ndtr(one) + ndtr(other)) / 2.0 - owens_t(one, slope) - owens_t(other, other_slope)
    return float(np.clip(both - (0.0 if one * other > 0.0 else 0.5), 0.0, 1.0))


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


def lowered(value: Reading, missed_cm: Missed) -> Reading:
    """Take a reading off the lowest picture to the bottom, which lies between pictures.

    A miss is one-sided: the depth grows by its mean, and the error by its spread.
    """
    if value.cm is None or value.interval90_cm is None or missed_cm.most < LEAST_MISSED_CM:
        return value
    return restated(value, value.cm + missed_cm.mean, float(np.hypot(sd_of(value.interval90_cm), missed_cm.sd)))


def less_certain(value: Reading, sd_cm: float) -> Reading:
    """Add an error to a reading's own, one that neither its looks nor its method know of."""
    if value.cm is None or value.interval90_cm is None or not sd_cm:
        return value
    return restated(value, value.cm, float(np.hypot(sd_of(value.interval90_cm), sd_cm)))


def lagging(value: Reading, sd_cm: float) -> Reading:
    """Give a reading of pictures that are predicted from missing ones the error (sd) that this adds.

    They show what was before as well, a lifter on his way down too high: up to the error deeper is as a miss is.
    """
    return less_certain(lowered(value, Missed.anywhere(sd_cm)), sd_cm)


def restated(value: Reading, cm: float, sd_cm: float) -> Reading:
    """Give a reading another depth and error; its legs go along, and differ as they did.

    Raises
    ------
    ValueError
        When it has no centimetres.
    """
    if value.cm is None or value.interval90_cm is None:
        raise ValueError("a reading without centimetres has none that could be moved")
    more_cm, more_cm2 = cm - value.cm, sd_cm**2 - sd_of(value.interval90_cm) ** 2
    left, right = (
        leg and SideDepth(leg.cm + more_cm, float(np.sqrt(max(leg.sd_cm**2 + more_cm2, 0.0))))
        for leg in (value.left, value.right)
    )
    return on_legs(replace(normal_reading(value.method, cm, sd_cm), left=left, right=right, reason=value.reason))


def with_reason(value: Reading, reason: str | None) -> Reading:
    """Attach what limits a reading."""
    return replace(value, reason=reason) if reason else value
