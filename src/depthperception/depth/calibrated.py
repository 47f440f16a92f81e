"""Method `calibrated`: depth from a measurement model learnt from rendered squats, with an interval that holds.

Two estimates see surfaces: the head of `appearance`, and the legs fitted to points on them (`depth.legs`). A Gaussian
process takes their mean, each by its error, and learns from rendered squats of known depth what they leave: how it
depends on the landmarks at the bottom and standing, on the camera and on both, in shares of the stature. Its
uncertainty grows with the distance from what it was trained on and with the doubts of head and legs, and is scaled so
that nine in ten held-out squats lie in the 90 % interval (docs/accuracy.md).

The model is its training features: it is fitted when it is loaded, so what ships is what `train/calibrated.py` read off
the renders, and one factor.
"""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np

from depthperception.appearance.features import OUTPUTS, UPRIGHT, guessed_error_cm, shipped_head
from depthperception.capture.scale import stature_of
from depthperception.depth.evidence import Evidence
from depthperception.depth.gaussian_process import GaussianProcess
from depthperception.depth.leg_model import shipped_legs
from depthperception.depth.legs import FittedLegs
from depthperception.depth.reading import REFERENCE_CM, learnt_reading
from depthperception.depth.registry import Method
from depthperception.geometry.skeletons import SWAP
from depthperception.models import checked_bytes, let_go_of_networks, session
from depthperception.pose.blazepose import px_per_m
from depthperception.pose.samples import PoseSamples
from depthperception.results import Reading, Scale
from depthperception.surfaces import LEGS, index_of
from depthperception.types import BoolArray, FloatArray, IntArray

BODY = np.array([11, 12, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32])
"""Shoulders, hips, knees, ankles, heels, toes."""

FEET, HIPS, SHOULDERS = slice(6, 8), slice(2, 4), slice(0, 2)

FOOT_POINTS = np.array([index_of(name, leg) for name in ("ankle", "heel", "toe") for leg in LEGS])
"""Among the points of fitted legs."""

POSE, STANDING = slice(0, 60), slice(60, 146)
"""Parts of a description."""


def describe(bottom: PoseSamples, standing: PoseSamples, *, mirror: bool) -> FloatArray:
    """Describe an attempt (146,) from close looks at its bottom and at the standing lifter, plainly or mirrored.

    The body at the bottom from the middle of the feet, in the picture in body lengths, and in the model's metres; the
    same standing; the bottom from the standing feet; how large the lifter is.
    """
    image, world = _body(bottom, mirror)
    image0, world0 = _body(standing, mirror)
    limbs = [(0, 2), (2, 4), (4, 6), (1, 3), (3, 5), (5, 7)]
    length = sum(float(np.linalg.norm(image[a] - image[b])) for a, b in limbs) / 2
    hips0 = image0[HIPS].mean(axis=0)
    tall = float(
        np.linalg.norm(image0[FEET].mean(axis=0) - hips0) + np.linalg.norm(image0[SHOULDERS].mean(axis=0) - hips0)
    )
    feet0 = image0[FEET].mean(axis=0)
    size = np.log([length / tall, _scale(bottom) / tall])
    pose = [_from_feet(image, length), _from_feet(world)]
    return np.concatenate([*pose, _from_feet(image0, tall), _from_feet(world0), ((image - feet0) / tall).ravel(), size])


def _body(samples: PoseSamples, mirror: bool) -> tuple[FloatArray, FloatArray]:
    image = samples.median_px
    world = samples.median_m
    if mirror:
        swap = SWAP[: len(image)]
        image, world = image[swap] * [-1.0, 1.0], world[swap] * [-1.0, 1.0, 1.0]
    return image[BODY], world[BODY]


def _from_feet(points: FloatArray, unit: float = 1.0) -> FloatArray:
    return np.asarray((points - points[FEET].mean(axis=0)) / unit).ravel()


def _scale(samples: PoseSamples) -> float:
    return max(px_per_m(samples.median_px, samples.median_m), 1e-6)


HEAD_SD_CM, LEGS_SD, BAD_FIT, UNFIT = 3.0, 1.2, 0.7, 6.0
"""Errors (sd) by which head and fitted legs count: the head's on bodies left out (docs/accuracy.md); the legs' own
times `LEGS_SD`, and times the root of 1 + (`UNFIT` times the misfit over `BAD_FIT`)^2. Two thirds of the rendered
squats fit better than `BAD_FIT`: of these nine in ten of the legs' errors are those that the fit claims."""

CUT = 1.4
"""So many times larger than they are said to be are the squared errors where a foot lies beyond the picture: of 113
rendered squats 1.42 times (by body group 2.0, 1.2, 1.5 and 1.0), of the others .98."""

PARTS = ((POSE, 2.2), (STANDING, 3.0), (slice(STANDING.stop, STANDING.stop + len(OUTPUTS)), 2.2),
         (slice(STANDING.stop + len(OUTPUTS), None), 2.0))  # fmt: skip
"""Pose, standing, head and legs in an input (158,), and the length of the kernel along each, in units of its spread."""

SIGNAL, NOISE = 1.0, 0.3
"""Prior variance, and variance of a point per cm2 of its doubt; in units of the variance of what head and legs leave.
With lengths a third shorter or longer, half or double the signal and the noise, the error (sd) of bodies left out is
the same within 2 %."""


@dataclass(frozen=True, eq=False)
class Features:
    """What is known of rendered squats, in order of seed.

    Attributes
    ----------
    seeds : (n,)
    described : (n, 2, 146)
        Pose and standing features, plain and mirrored.
    seen : (n, 9)
        What a head says that never saw the squat's bodies, in `prediction.UNITS`.
    legs : (n, 3)
        Mean depth of the fitted legs and its sd, cm at a stature of 175 cm, and their misfit.
    cut : (n,)
        1 where a fitted foot lies beyond the picture, else 0.
    depth_cm : (n,)
        True mean depth of both legs at a stature of 175 cm.
    """

    seeds: IntArray
    described: FloatArray
    seen: FloatArray
    legs: FloatArray
    cut: FloatArray
    depth_cm: FloatArray

    def take(self, chosen: BoolArray) -> "Features":
        """Keep some of the squats."""
        return Features(**{name: values[chosen] for name, values in vars(self).items()})

    @property
    def flat(self) -> FloatArray:
        """Inputs (n, 2, 158) before scaling, plain and mirrored."""
        legs = np.repeat(self.legs[:, None], 2, axis=1)
        return np.concatenate([self.described, self.seen[:, None] * UPRIGHT, legs], axis=-1)

    @property
    def doubt_cm2(self) -> FloatArray:
        """How large squared errors may be (n,): the legs' own sd times the head's own guess of its error.

        Together they tell how hard a squat is to see better than either, or than the spread of the looks. Neither
        knows what a foot beyond the picture costs.
        """
        return np.asarray(self.legs[:, 1] * guessed_error_cm(self.seen) * CUT**self.cut)

    @property
    def seen_cm(self) -> FloatArray:
        """What head and legs say together (n,): their mean, weighted by the inverse of their variances."""
        cm, sd_cm, misfit = self.legs.T
        of_legs = (LEGS_SD * sd_cm) ** -2.0 / (1.0 + (UNFIT * np.maximum(misfit - BAD_FIT, 0.0)) ** 2)
        of_head = HEAD_SD_CM**-2.0
        return np.asarray((of_legs * cm + of_head * self.seen[:, 0]) / (of_legs + of_head))


@dataclass(frozen=True, eq=False)
class MeasurementModel:
    """Everything that makes a depth from features.

    Attributes
    ----------
    centre, scale : (158,)
        Standardisation of the inputs; `scale` holds each part's kernel length.
    conformal
        Factor on the sd so that 90 % intervals hold on held-out bodies.
    process
        Targets: what head and legs leave of the mean depth of both legs, cm at a stature of 175 cm.
    """

    centre: FloatArray
    scale: FloatArray
    conformal: float
    process: GaussianProcess

    def predict(self, features: Features) -> tuple[FloatArray, FloatArray]:
        """Predict depth (n,) and its sd (n,) in cm at 175 cm; plain and mirrored are averaged."""
        inputs = (features.flat - self.centre) / self.scale
        noise = point_noise(features.doubt_cm2)
        (cm, sd), (cm_mirrored, sd_mirrored) = (self.process.predict(inputs[:, way], noise) for way in (0, 1))
        rest = (cm + cm_mirrored) / 2
        return features.seen_cm + rest, self.conformal * (sd + sd_mirrored) / 2


def fit(features: Features, conformal: float = 1.0) -> MeasurementModel:
    """Fit the model to rendered squats, each plain and mirrored."""
    flat = features.flat.reshape(-1, features.flat.shape[-1])
    scale = flat.std(axis=0) + 1e-9
    for part, length in PARTS:
        scale[part] *= length * np.sqrt(len(scale[part]))
    centre = flat.mean(axis=0)
    process = GaussianProcess(
        inputs=(flat - centre) / scale,
        targets=np.repeat(features.depth_cm - features.seen_cm, 2),
        noise=np.repeat(point_noise(features.doubt_cm2), 2),
        signal=SIGNAL,
    )
    return MeasurementModel(centre, scale, conformal, process)


def point_noise(doubt_cm2: FloatArray) -> FloatArray:
    """Variance of points from their doubt (n,), up to that of a look that is lost."""
    return np.asarray(NOISE * np.clip(doubt_cm2, 0.1, 200.0))


@cache
def shipped_model() -> MeasurementModel:
    """Load and fit the model in the package."""
    features, conformal = load_features(checked_bytes("calibrated"))
    return fit(features, conformal=conformal)


def load_features(content: bytes) -> tuple[Features, float]:
    """Take the features and the factor out of the content of a file of `train/calibrated.py`."""
    with np.load(BytesIO(content)) as file:
        stored = {name: file[name] for name in file.files}
    conformal = float(stored.pop("conformal"))
    seeds = stored.pop("seeds").astype(np.int64)
    return Features(seeds=seeds, **{name: values.astype(np.float64) for name, values in stored.items()}), conformal


def get_ready() -> None:
    """Load the networks that look closely, and fit the model in the package: what the first measurement waits for."""
    session("pose_landmark_heavy", threads=1)
    session("surfaces", threads=1)
    shipped_head()
    shipped_legs()
    shipped_model().process.get_ready()


def let_go() -> None:
    """Let go of the fitted model, 40 MB, and of every network; who measures next loads them again."""
    shipped_model.cache_clear()
    let_go_of_networks()


def calibrated(evidence: Evidence) -> Reading:
    """Measure depth with the shipped measurement model; refuse where it knows no more than the average squat."""
    cm, sd = shipped_model().predict(features_of(evidence))
    return evidence.legs.sides(learnt_reading("calibrated", float(cm[0]), float(sd[0]), evidence.scale))


def features_of(evidence: Evidence) -> Features:
    """Features of one attempt, whose depth is not known."""
    both = [describe(evidence.bottom, evidence.standing, mirror=mirror) for mirror in (False, True)]
    return Features(
        seeds=np.zeros(1, np.int64),
        described=np.array([both]),
        seen=evidence.prediction.outputs[None],
        legs=legs_at_reference(evidence.legs, evidence.scale)[None],
        cut=np.array([float(feet_cut(evidence.legs, evidence.picture_px))]),
        depth_cm=np.full(1, np.nan),
    )


def legs_at_reference(legs: FittedLegs, scale: Scale) -> FloatArray:
    """Describe fitted legs (3,): mean depth and its sd at the reference stature, cm, and their misfit."""
    to_reference = REFERENCE_CM / (100.0 * stature_of(scale)[0])
    return np.array([to_reference * legs.mean_cm, to_reference * legs.mean_sd_cm, legs.misfit])


def feet_cut(legs: FittedLegs, picture_px: tuple[int, int]) -> bool:
    """Whether a foot lies beyond the picture; of a picture whose size is not known, (0, 0), none does."""
    inside = (legs.points_px[FOOT_POINTS] >= 0.0) & (legs.points_px[FOOT_POINTS] <= np.array(picture_px))
    return any(picture_px) and not inside.all()


METHOD = Method(
    name="calibrated",
    title="Calibrated",
    sees="Measures the surfaces the rule speaks of, from any view, with an interval: learnt from rendered squats.",
    blind_to="Real flesh and clothes, which it never saw; what plates or a rack hide. "
    "It then says so with a wide interval.",
    each_leg=True,
    measure=calibrated,
)
