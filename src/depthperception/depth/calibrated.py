"""Method `calibrated`: depth from a measurement model learnt from rendered squats, with an interval that holds.

Pose landmarks are joint centres with a bias that changes with the view; the rule speaks of surfaces. A Gaussian process
maps what the network says of the bottom and of the standing lifter to the true depth of rendered squats, in shares of
the stature. Its uncertainty grows with the distance from what it was trained on and with the spread of the looks, and
is scaled so that nine in ten held-out squats lie in the 90 % interval (docs/accuracy.md).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.stats import norm

from depthperception.depth.descriptor import Descriptor, describe, look_noise_cm
from depthperception.depth.evidence import Evidence, register
from depthperception.depth.gaussian_process import GaussianProcess
from depthperception.judgement import Reading, SideDepth
from depthperception.models import FOLDER
from depthperception.types import FloatArray

FILE = "calibrated.npz"

STATURE_CM, STATURE_SHARE = 172.0, 0.05
"""Stature taken for a lifter whose height is not given, and its relative spread: an assumption about adults."""

REFERENCE_CM = 175.0
"""Stature at which the model's depths are given."""

LEG_SD_CM = 0.5
"""Spread of a leg's depth round the mean of both: half that of left minus right over the rendered squats."""

LARGEST_SD_CM = 5.5
"""Beyond this, in the least certain tenth of the rendered squats, verdicts at 2 cm and more were right .69."""


@dataclass(frozen=True, eq=False)
class MeasurementModel:
    """Everything that makes a depth from a description; see `learn/calibrated.py` for how it is made.

    Attributes
    ----------
    centre, scale : (210,)
        Standardisation of pose, standing and inner features; `scale` holds each group's kernel length.
    components : (4608, 64)
        Principal components of the inner map.
    inner_mean : (4608,)
    noise : (2,)
        Variance of the targets without look noise, and its growth with the square of that noise (per cm2).
    conformal
        Factor on the sd so that 90 % intervals hold on held-out bodies.
    process
        Targets: mean depth of both legs in cm at a stature of 175 cm.
    """

    centre: FloatArray
    scale: FloatArray
    components: FloatArray
    inner_mean: FloatArray
    noise: FloatArray
    conformal: float
    process: GaussianProcess

    def inputs(self, described: Descriptor) -> FloatArray:
        """Scale a description to the process's input (210,)."""
        inner = (described.inner - self.inner_mean) @ self.components
        return np.asarray((np.concatenate([described.pose, described.standing, inner]) - self.centre) / self.scale)

    def predict(
        self, plain: FloatArray, mirrored: FloatArray, look_noise_cm: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Predict depth (m,) and its sd (m,) in cm at 175 cm, from inputs (m, 210) seen plainly and in the mirror."""
        noise = point_noise(self.noise, look_noise_cm)
        cm, sd = self.process.predict(plain, noise)
        cm_mirrored, sd_mirrored = self.process.predict(mirrored, noise)
        return (cm + cm_mirrored) / 2, self.conformal * (sd + sd_mirrored) / 2


def point_noise(noise: FloatArray, look_noise_cm: FloatArray) -> FloatArray:
    """Variance of the targets: a floor, and what grows with the looks' disagreement up to 30 cm."""
    return np.asarray(noise[0] + noise[1] * np.clip(look_noise_cm, 0.0, 30.0) ** 2)


@cache
def shipped_model() -> MeasurementModel:
    """Load the model in the package."""
    return load_model(FOLDER / FILE)


def load_model(path: Path) -> MeasurementModel:
    """Load a measurement model from a file of `learn/calibrated.py`."""
    with np.load(path) as file:
        stored = {name: file[name].astype(np.float64) for name in file.files}
    return MeasurementModel(
        centre=stored["centre"],
        scale=stored["scale"],
        components=stored["components"],
        inner_mean=stored["inner_mean"],
        noise=stored["noise"],
        conformal=float(stored["conformal"]),
        process=GaussianProcess(
            inputs=stored["inputs"],
            targets=stored["targets"],
            noise=point_noise(stored["noise"], stored["look_noise_cm"]),
            signal=float(stored["signal"]),
        ),
    )


@register("calibrated")
def calibrated(evidence: Evidence) -> Reading:
    """Measure depth with the shipped measurement model; refuse where it knows no more than the average squat."""
    model = shipped_model()
    plain, mirrored = (
        model.inputs(describe(evidence.bottom, evidence.standing, mirror=mirror))[None] for mirror in (False, True)
    )
    noise = np.array([look_noise_cm(evidence.bottom)])
    cm, sd = (float(value[0]) for value in model.predict(plain, mirrored, noise))
    return make_reading(cm, sd, evidence.scale.height_cm)


def make_reading(cm: float, sd: float, height_cm: float | None) -> Reading:
    """Turn a prediction at 175 cm into a reading at the lifter's height.

    The legs get the depth of both with the spread that legs have round their mean: which of them is deeper could not be
    learnt (docs/accuracy.md).
    """
    to_height = (height_cm or STATURE_CM) / REFERENCE_CM
    cm, sd = to_height * cm, to_height * sd
    if height_cm is None:
        sd = float(np.hypot(sd, STATURE_SHARE * cm))
    half = float(norm.ppf(0.95)) * sd
    if sd > LARGEST_SD_CM:
        return Reading("calibrated", reason=f"Hips and knees are not seen well enough: {half:.0f} cm either way.")
    leg = SideDepth(cm, float(np.hypot(sd, LEG_SD_CM)))
    return Reading("calibrated", cm, (cm - half, cm + half), float(norm.cdf(cm / sd)), left=leg, right=leg)
