"""Methods `front` and `front_published`: valid or not from the whole movement, seen from the front.

They give a probability and no centimetres. `front` says whether a squat is deep enough from the way five heights go
down and up. It stands where the report's third method stood (a network on a landmark sequence, here `front_published`),
and unlike it holds on lifters that it has never seen: docs/front.md has the numbers of both and their limits.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from depthperception.attempts.heights import LEAST_FRAMES, SquatHeights, seen_frames, squat_heights
from depthperception.attempts.lockout import lockout_of
from depthperception.depth.evidence import Evidence
from depthperception.depth.front.model import FrontModel, shipped_model
from depthperception.depth.front.published import published_probability
from depthperception.depth.in_picture import PictureEvidence
from depthperception.depth.registry import Method
from depthperception.errors import DataError
from depthperception.geometry.signals import resampled
from depthperception.results import Reading

UNSURE = (0.2, 0.8)
"""No verdict between these probabilities: what is wrong on lifters left out, one clip of 239, lies in here."""

LATEST_START = 0.25
"""Most of the descent that may be done where the sequence starts; the most in the data set is .16."""

LEAST_DROP = 0.15
"""Smallest fall of the hips, in standing legs, that is a squat at all: a quarter squat falls .17."""

LONGEST_GAP_S = 0.5
"""Longest time without a look at the lifter. A bottom takes about as long, and could hide in a longer one."""

FRONT_AZIMUTH_DEG = 20.0
"""How far from straight ahead the camera may stand: the data set was filmed from 0 to 18 degrees, by the depth of
the shoulders in its landmarks."""

LEAST_WIDTH = 0.24
"""Narrowest picture of shoulders and hips (mean of both, in standing legs) that is a view from the front: six rendered
bodies have .28 to .36 up to 20 degrees from straight ahead, .26 to .30 at 30, .21 to .24 at 45."""

DepthVerdict = Literal["depth", "no_depth", "not_judgeable"]


@dataclass(frozen=True)
class FrontReading:
    """The `front` method's answer for one squat.

    Attributes
    ----------
    probability
        That the lift is valid: deep enough and stood up. None where nothing could be measured.
    depth_probability
        That it is deep enough, whatever came after the bottom.
    refused
        Why no answer should be taken from this reading, in one sentence; None when one can.
    stood_up
        Whether the lifter stood up again; None where the sequence does not tell.
    features
        What was measured; None where it could not be.
    """

    probability: float | None
    depth_probability: float | None
    refused: str | None
    stood_up: bool | None
    features: SquatHeights | None

    @property
    def depth_verdict(self) -> DepthVerdict:
        """Deep enough or not, comparable with the methods that measure depth alone."""
        if self.refused or self.depth_probability is None or UNSURE[0] < self.depth_probability < UNSURE[1]:
            return "not_judgeable"
        return "depth" if self.depth_probability >= UNSURE[1] else "no_depth"


def front_reading(
    times_s: ArrayLike,
    landmarks_px: ArrayLike,
    *,
    model: FrontModel | None = None,
    azimuth_deg: float | None = None,
    cut_short: bool = False,
) -> FrontReading:
    """Judge one squat, from standing to standing.

    Parameters
    ----------
    times_s : (n,)
        Presentation times, ascending. Begin about half a second before the knees unlock and end as long after the
        lockout, so that the standing lifter is seen.
    landmarks_px : (n, 33, 2 or more)
        BlazePose landmarks, upright picture, x right and y down; NaN where the lifter was not seen.
    model
        Another model than the shipped one.
    azimuth_deg
        Where the camera stands (0 in front of the lifter, 90 at his left), when that is known.
    cut_short
        The video ends with this sequence, or the lifter was lost: then one who is not up again has not failed, he
        cannot be judged.

    Returns
    -------
    FrontReading
        A sequence that cannot be judged is a reading with its reason, not an exception.

    Raises
    ------
    DataError
        When the arrays have wrong shapes, times do not ascend, or the picture is upside down.
    """
    times, points = seen_frames(times_s, landmarks_px)
    if len(times) < LEAST_FRAMES:
        return _nothing(f"The lifter is seen in {len(times)} frames only; at least {LEAST_FRAMES} are needed.")
    if np.diff(times).max() > LONGEST_GAP_S:
        return _nothing(f"The lifter is out of sight for {np.diff(times).max():.1f} s in the middle of the squat.")
    features = squat_heights(times, points)
    model = model or shipped_model()
    probability = model.probability(features)
    return FrontReading(
        probability=probability,
        depth_probability=model.depth_probability(features),
        refused=_view(features, azimuth_deg) or _course(features, cut_short) or _confidence(probability),
        stood_up=lockout_of(features, cut_short=cut_short).stood_up,
        features=features,
    )


def _view(features: SquatHeights, azimuth_deg: float | None) -> str | None:
    if azimuth_deg is not None and abs(away := (azimuth_deg + 180) % 360 - 180) > FRONT_AZIMUTH_DEG:
        return (
            f"The camera stands {abs(away):.0f} degrees from straight ahead; this method needs a view from the front."
        )
    if features.width < -LEAST_WIDTH:
        return "The lifter is seen from behind; this method needs a view from the front."
    if features.width < LEAST_WIDTH:
        return "Shoulders and hips are too narrow in the picture for a view from the front, which this method needs."
    return None


def _course(features: SquatHeights, cut_short: bool) -> str | None:
    if features.hip_drop < LEAST_DROP:
        return f"The hips go down by {features.hip_drop:.2f} of a leg only: that is no squat."
    if features.start > LATEST_START:
        return "The sequence starts in the middle of the descent: the standing lifter is missing."
    if lockout_of(features, cut_short=cut_short).stood_up is None:
        return "The sequence ends in the middle of the ascent: whether the lifter stood up is not seen."
    return None


def _confidence(probability: float) -> str | None:
    if UNSURE[0] < probability < UNSURE[1]:
        return f"Too close to call: the probability of a valid lift is {probability:.2f}."
    return None


def _nothing(reason: str) -> FrontReading:
    return FrontReading(None, None, reason, None, None)


PUBLISHED_STEP_S = 1 / 30
"""The published network counts frames; its data set was filmed at about 30 a second."""


def front(evidence: Evidence) -> Reading:
    """Judge depth from the way the heights go, when the view is from the front."""
    motion = evidence.motion
    if motion is None:
        return Reading("front", reason="There is no sequence to judge.")
    try:
        found = front_reading(
            motion.times_s, motion.image_px, azimuth_deg=evidence.camera.azimuth_deg, cut_short=evidence.cut_short
        )
    except DataError as error:
        return Reading("front", reason=str(error))
    probability = None if found.refused else found.depth_probability
    return Reading("front", probability=probability, reason=found.refused)


OTHER_JOINTS = "Learnt from BlazePose's landmarks: another network may put hips and knees elsewhere."


def front_in_picture(evidence: PictureEvidence) -> Reading:
    """Judge the same from landmarks of any network, by whose widths alone the view is told."""
    motion = evidence.motion
    try:
        found = front_reading(motion.times_s, motion.image_px, cut_short=evidence.cut_short)
    except DataError as error:
        return Reading("front", reason=str(error))
    probability = None if found.refused else found.depth_probability
    return Reading("front", probability=probability, reason=found.refused or OTHER_JOINTS)


def front_published(evidence: Evidence) -> Reading:
    """Judge by the report's network, to compare with: it was trained on views from the front and on one cadence."""
    motion = evidence.motion
    if motion is None or len(motion) < 2:
        return Reading("front_published", reason="There is no sequence to judge.")
    if evidence.camera.view != "front":
        view = evidence.camera.view.replace("_", " ")
        return Reading("front_published", reason=f"Made for a camera in front; this view is {view}.")
    times = np.arange(motion.times_s[0], motion.times_s[-1], PUBLISHED_STEP_S)
    steady = resampled(times, motion.times_s, motion.image_px)
    probability = published_probability(steady, evidence.picture_px)
    return Reading("front_published", probability=probability)


FRONT = Method(
    name="front",
    title="Front",
    sees="Reads depth from how heights fall and rise through the whole squat, seen from the front.",
    blind_to="Centimetres, and views from the side or from behind.",
    each_leg=False,
    measure=front,
    in_picture=front_in_picture,
)

FRONT_PUBLISHED = Method(
    name="front_published",
    title="Front published",
    sees="The network of the report that this project began with, run as published, to compare with.",
    blind_to="Centimetres, other views, and lifters unlike the few it was trained on.",
    each_leg=False,
    measure=front_published,
)
