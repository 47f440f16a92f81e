"""Landmarks in the plane of the picture as a track with metres, from which attempts are found as BlazePose's are.

Depth is 0 everywhere: what a squat looks like from its side view is seen, whether somebody lunges or sits is not.
"""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.attempts.detection import USUAL_LEG_M
from depthperception.capture.scale import HEIGHT_SD, STATURE_CM, STATURE_SHARE, tall_in_picture_px
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, SHOULDERS, Landmark
from depthperception.pose.track import PoseTrack
from depthperception.results import Scale, ScaleEstimate
from depthperception.types import BoolArray, FloatArray

LEG_OF_STATURE = 0.491
"""Hip joint over ankle joint, standing, over stature: .530 less .039 (Winter 2009, Biomechanics and motor control)."""

PAIRS = (SHOULDERS, HIPS, KNEES, ANKLES)
"""Of each of these one has to be seen."""

STANDING_PERCENTILE = 95.0
"""As `attempts.detection.standing_leg`."""

TAKEN_FROM = {
    Landmark.LEFT_ELBOW: Landmark.LEFT_SHOULDER, Landmark.RIGHT_ELBOW: Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_WRIST: Landmark.LEFT_SHOULDER, Landmark.RIGHT_WRIST: Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_PINKY: Landmark.LEFT_WRIST, Landmark.RIGHT_PINKY: Landmark.RIGHT_WRIST,
    Landmark.LEFT_INDEX: Landmark.LEFT_WRIST, Landmark.RIGHT_INDEX: Landmark.RIGHT_WRIST,
    Landmark.LEFT_THUMB: Landmark.LEFT_WRIST, Landmark.RIGHT_THUMB: Landmark.RIGHT_WRIST,
    Landmark.LEFT_HEEL: Landmark.LEFT_ANKLE, Landmark.RIGHT_HEEL: Landmark.RIGHT_ANKLE,
    Landmark.LEFT_FOOT_INDEX: Landmark.LEFT_ANKLE, Landmark.RIGHT_FOOT_INDEX: Landmark.RIGHT_ANKLE,
} | {mark: Landmark.LEFT_SHOULDER for mark in Landmark if mark < Landmark.LEFT_SHOULDER}  # fmt: skip
"""Where a landmark that is not seen is put to find attempts: hands on the bar, head and feet where the body ends."""


def filled(image_px: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Put landmarks that are missing where others are, and say which frames show trunk and legs.

    Parameters
    ----------
    image_px : (n, 33, 2)
        NaN where one is not seen.

    Returns
    -------
    (n, 33, 2) and (n,)
        A leg that is not seen is put where the other one is; where neither is, the frame does not count.
    """
    whole = image_px.copy()
    for left, right in PAIRS:
        for one, other in ((left, right), (right, left)):
            missing = np.isnan(whole[:, one]).any(axis=1)
            whole[missing, one] = whole[missing, other]
    for mark, other in TAKEN_FROM.items():
        missing = np.isnan(whole[:, mark]).any(axis=1)
        whole[missing, mark] = whole[missing, other]
    return whole, np.asarray(np.isfinite(whole).all(axis=(1, 2)))


@dataclass(frozen=True)
class Plane:
    """The plane of the picture at somebody: his stature in it in px, where his head or his legs are seen to tell."""

    leg_px: float
    stature_px: float

    @property
    def px_per_m(self) -> float:
        """Of the metres by which attempts are found: those of a usual leg."""
        return self.leg_px / USUAL_LEG_M

    def with_metres(self, track: PoseTrack) -> PoseTrack:
        """Keep the frames that show trunk and legs, every landmark filled in, with metres in the plane."""
        whole, seen = filled(track.image_px)
        whole = whole[seen]
        flat = (whole - whole[:, HIPS].mean(axis=1, keepdims=True)) / self.px_per_m
        world = np.concatenate([flat, np.zeros((*flat.shape[:2], 1))], axis=-1)
        return replace(track.take(seen), image_px=whole, world_m=world)

    def scale(self, height_cm: float | None) -> Scale:
        """Give centimetres per px by the height, or by that of an adult where none is given."""
        cm_per_px = (height_cm or STATURE_CM) / self.stature_px
        share = HEIGHT_SD if height_cm else float(np.hypot(HEIGHT_SD, STATURE_SHARE))
        source = ScaleEstimate("height", cm_per_px, share)
        sure = (height_cm, 0.0) if height_cm else (None, None)
        return Scale(
            cm_per_px, "height", height_cm=height_cm, sources=(source,), stature_cm=sure[0], stature_sd_share=sure[1]
        )


def plane_of(track: PoseTrack) -> Plane | None:
    """Measure somebody standing, by the frames in which he is highest; None where no frame shows trunk and legs."""
    whole, seen = filled(track.image_px)
    if not seen.any():
        return None
    rows = whole[seen, :, 1]
    leg_px = float(np.percentile(rows[:, ANKLES].mean(axis=1) - rows[:, HIPS].mean(axis=1), STANDING_PERCENTILE))
    if leg_px <= 0.0:
        return None
    return Plane(leg_px, tall_in_picture_px(track) or leg_px / LEG_OF_STATURE)
