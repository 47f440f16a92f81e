"""What hips and knees look like: the frozen pose network shown them from nearer, and read by a trained head.

The heavy network looks at a crop round hips and knees at the bottom and at one of the standing lifter, plainly and in
the mirror; landmarks only say where to look. The head reads its inner maps of both. It was trained on rendered squats
whose depth is known (`train/appearance`); what it is worth is in docs/accuracy.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthperception.appearance.head import Head
from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, SHOULDERS
from depthperception.models import session
from depthperception.pose.blazepose import SIZE_PX, inner_maps
from depthperception.pose.samples import PoseSamples
from depthperception.types import FloatArray, IntArray

CROPS: dict[str, tuple[IntArray, float]] = {
    "bottom": (np.concatenate([HIPS, KNEES]), 1.33),
    "standing": (np.concatenate([SHOULDERS, ANKLES]), 2.2),
}
"""Landmarks in the middle of the crop, and its side in the pose model's metres at the standing lifter."""

OUTPUTS = (
    "depth", "log_scale", "difference", "pitch", "roll", "azimuth_sin", "azimuth_cos", "height", "log_distance"
)  # fmt: skip
"""What the head says, in this order; its file says the same, and the units below, as metadata."""

UNITS = np.array([6.0, 1.0, 2.0, 10.0, 4.0, 1.0, 1.0, 60.0, 1.0])
"""Of the outputs: cm at 175 cm, -, cm (left less right), degrees, degrees, -, -, cm over the hips, log of m."""

UPRIGHT = np.where([name in ("difference", "roll", "azimuth_sin") for name in OUTPUTS], [[1.0], [-1.0]], 1.0)
"""Sign (2, 9) that brings what is said of the mirror image back to the lifter."""


@dataclass(frozen=True, eq=False)
class HeadPrediction:
    """What the head says of one attempt, over all frames, plainly and in the mirror.

    Attributes
    ----------
    outputs : (9,)
        Means of `OUTPUTS`, in `UNITS`.
    spread_cm
        Disagreement (sd) of the depth between frames and mirror images.
    """

    outputs: FloatArray
    spread_cm: float

    @property
    def depth_cm(self) -> float:
        """Mean of both legs at a stature of 175 cm, positive when deep."""
        return float(self.outputs[0])

    @property
    def doubt_cm(self) -> float:
        """The head's own guess of its error, and how far frames and mirror images disagree; not yet calibrated."""
        return float(np.hypot(guessed_error_cm(self.outputs), self.spread_cm))


def guessed_error_cm(outputs: FloatArray) -> FloatArray:
    """The head's own guess of the size of its error, from outputs (..., 9) in `UNITS`."""
    return np.asarray(UNITS[0] * np.exp(outputs[..., 1]))


def combine(said: FloatArray) -> HeadPrediction:
    """Join what the head says of several frames (f, 2, 9), plainly and in the mirror."""
    upright = said * UPRIGHT * UNITS
    return HeadPrediction(upright.mean(axis=(0, 1)), float(upright[..., 0].std()))


def maps_of(bottom: PoseSamples, standing: PoseSamples) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Inner maps of the bottom's frames (f, 2, 192, 16, 16) and of the lifter standing last (2, ...), both ways."""
    return _maps_of_bottom(bottom, standing.px_per_m), _maps_of_standing(standing)


def _maps_of_bottom(bottom: PoseSamples, px_per_m: float) -> NDArray[np.float32]:
    return np.stack([_both_ways(bottom, i, "bottom", px_per_m) for i in range(len(bottom.parts))])


def _maps_of_standing(standing: PoseSamples) -> NDArray[np.float32]:
    return _both_ways(standing, len(standing.parts) - 1, "standing", standing.px_per_m)


def predict(bottom: PoseSamples, standing: PoseSamples) -> HeadPrediction:
    """Let the shipped head look at one attempt."""
    return predicting(standing)(bottom)


def predicting(standing: PoseSamples) -> Callable[[PoseSamples], HeadPrediction]:
    """Look at the lifter standing once, and let the shipped head look at the bottoms of all his attempts."""
    high, px_per_m = _maps_of_standing(standing), standing.px_per_m

    def predicted(bottom: PoseSamples) -> HeadPrediction:
        said = [shipped_head()(frame, high) for frame in _maps_of_bottom(bottom, px_per_m)]
        return combine(np.stack([one.outputs for one in said]))

    return predicted


def mirrored(points: FloatArray) -> FloatArray:
    """Named points (18, 2) of a crop as its mirror image shows them, where left is right; and back again."""
    return np.asarray((points * [-1.0, 1.0]).reshape(-1, 2, 2)[:, ::-1].reshape(-1, 2))


def shipped_head() -> Head:
    """Load the head in the package, once: it reads a pair of maps in a few ms, so on one thread."""
    return Head(session("appearance", threads=1))


def _both_ways(samples: PoseSamples, frame: int, moment: str, px_per_m: float) -> NDArray[np.float32]:
    crop = _crop(samples, frame, moment, px_per_m).crop(samples.parts[frame], SIZE_PX)
    return inner_maps([crop, crop[:, ::-1]])


def _crop(samples: PoseSamples, frame: int, moment: str, px_per_m: float) -> Region:
    landmarks, side_m = CROPS[moment]
    x, y = np.median(samples.image_px[frame], axis=0)[landmarks].mean(axis=0)
    return Region(float(x), float(y), side_m * px_per_m)
