"""From numbers with their errors to a reading: from several looks at joints, or from a learnt prediction."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from depthperception.results import Reading, SideDepth
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
    return replace(_normal_reading(name, both, sd), left=left, right=right)


def _normal_reading(name: str, cm: float, sd_cm: float) -> Reading:
    """Make a reading whose error is normal: its 90 % interval, and the probability that it is deep."""
    half = _half_of_90(sd_cm)
    return Reading(name, cm, (cm - half, cm + half), float(ndtr(cm / sd_cm)))


def _half_of_90(sd_cm: float) -> float:
    return float(ndtri(0.95)) * sd_cm


STATURE_CM, STATURE_SHARE = 172.0, 0.05
"""Stature taken for a lifter whose height is not given, and its relative spread: an assumption about adults."""

REFERENCE_CM = 175.0
"""Stature at which learnt depths are given."""

LARGEST_SD_CM = 4.0
"""Beyond this, in the least certain twelfth of the rendered squats, verdicts at 2 cm and more were right .75."""


def learnt_reading(name: str, cm: float, sd_cm: float, height_cm: float | None) -> Reading:
    """Turn a prediction at 175 cm into a reading at the lifter's height, or into a refusal where it is too wide.

    The legs have no number: which of them is deeper could not be learnt (docs/accuracy.md).
    """
    to_height = (height_cm or STATURE_CM) / REFERENCE_CM
    cm, sd_cm = to_height * cm, to_height * sd_cm
    if height_cm is None:
        sd_cm = float(np.hypot(sd_cm, STATURE_SHARE * cm))
    if sd_cm > LARGEST_SD_CM:
        return Reading(name, reason=f"Hips and knees are not seen well enough: {_half_of_90(sd_cm):.0f} cm either way.")
    return _normal_reading(name, cm, sd_cm)


def with_reason(value: Reading, reason: str | None) -> Reading:
    """Attach what limits a reading."""
    return replace(value, reason=reason) if reason else value
