"""What the video shows of one attempt, as every depth method gets it, and how a method registers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from depthperception.appearance.features import HeadPrediction
from depthperception.errors import OptionError
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.results import Camera, Cover, Reading, Scale, SideDepth
from depthperception.types import FloatArray


@dataclass(frozen=True)
class Evidence:
    """What is known of one attempt.

    Attributes
    ----------
    bottom, standing
        The deepest frames and the standing lifter, looked at closely.
    camera, scale
        Measured from the standing lifter.
    sight
        What the trained head says of bottom and standing.
    motion
        The track from standing to standing; None where single frames are all there is.
    cut_short
        The video ends with the attempt.
    picture_px
        Width and height of the upright picture.
    cover
        What stands between the camera and hips and knees; None where nobody looked.
    """

    bottom: PoseSamples
    standing: PoseSamples
    camera: Camera
    scale: Scale
    prediction: HeadPrediction
    motion: PoseTrack | None = None
    cut_short: bool = False
    picture_px: tuple[int, int] = (0, 0)
    cover: Cover | None = None


Method = Callable[[Evidence], Reading]

_METHODS: dict[str, Method] = {}


def register(name: str) -> Callable[[Method], Method]:
    """Register a depth method under the name that the command line and the JSON use."""

    def add(method: Method) -> Method:
        _METHODS[name] = method
        return method

    return add


def method_names() -> tuple[str, ...]:
    """Names of every registered method, in order of registration."""
    return tuple(_METHODS)


def check_method(name: str) -> None:
    """Refuse a name that no method is registered under.

    Raises
    ------
    OptionError
    """
    if name not in _METHODS:
        raise OptionError(
            f"There is no method called {name!r}; expected one of {', '.join(_METHODS)}. Choose one of these."
        )


def measure_all(evidence: Evidence) -> dict[str, Reading]:
    """Let every method measure the same evidence."""
    return {name: measure(evidence) for name, measure in _METHODS.items()}


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
    return _normal_reading(name, both, sd, left, right)


def _normal_reading(name: str, cm: float, sd_cm: float, left: SideDepth, right: SideDepth) -> Reading:
    """Make a reading whose error is normal: its 90 % interval, and the probability that it is deep."""
    half = _half_of_90(sd_cm)
    return Reading(name, cm, (cm - half, cm + half), float(ndtr(cm / sd_cm)), left=left, right=right)


def _half_of_90(sd_cm: float) -> float:
    return float(ndtri(0.95)) * sd_cm


STATURE_CM, STATURE_SHARE = 172.0, 0.05
"""Stature taken for a lifter whose height is not given, and its relative spread: an assumption about adults."""

REFERENCE_CM = 175.0
"""Stature at which learnt depths are given."""

LEG_SD_CM = 0.5
"""Spread of a leg's depth round the mean of both: half that of left minus right over the rendered squats."""

LARGEST_SD_CM = 4.0
"""Beyond this, in the least certain twelfth of the rendered squats, verdicts at 2 cm and more were right .75."""


def learnt_reading(name: str, cm: float, sd_cm: float, height_cm: float | None) -> Reading:
    """Turn a prediction at 175 cm into a reading at the lifter's height, or into a refusal where it is too wide.

    The legs get the depth of both with the spread that legs have round their mean: which of them is deeper could not be
    learnt (docs/accuracy.md).
    """
    to_height = (height_cm or STATURE_CM) / REFERENCE_CM
    cm, sd_cm = to_height * cm, to_height * sd_cm
    if height_cm is None:
        sd_cm = float(np.hypot(sd_cm, STATURE_SHARE * cm))
    if sd_cm > LARGEST_SD_CM:
        return Reading(name, reason=f"Hips and knees are not seen well enough: {_half_of_90(sd_cm):.0f} cm either way.")
    leg = SideDepth(cm, float(np.hypot(sd_cm, LEG_SD_CM)))
    return _normal_reading(name, cm, sd_cm, leg, leg)


def with_reason(value: Reading, reason: str | None) -> Reading:
    """Attach what limits a reading."""
    return replace(value, reason=reason) if reason else value
