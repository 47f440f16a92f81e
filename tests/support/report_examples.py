"""A lifter of a few points, and judgements about him, for the tests of the pictures."""

import math
from dataclasses import replace

import numpy as np

from depthperception.geometry.skeletons import Landmark
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.proof import SeenPoints
from depthperception.results import AttemptJudgement, Camera, Judgement, Lifter, Reading, Scale, SideDepth, Verdict
from depthperception.types import FloatArray
from depthperception.video_facts import VideoFacts

WIDTH, HEIGHT = 800, 1200
SCALE = Scale(cm_per_px=0.125, source="height")
POINTS = {
    Landmark.RIGHT_SHOULDER: (320, 360), Landmark.LEFT_SHOULDER: (480, 360),
    Landmark.RIGHT_HIP: (340, 720), Landmark.LEFT_HIP: (460, 720),
    Landmark.RIGHT_KNEE: (240, 720), Landmark.LEFT_KNEE: (560, 720),
    Landmark.RIGHT_ANKLE: (240, 1000), Landmark.LEFT_ANKLE: (560, 1000),
    Landmark.RIGHT_HEEL: (240, 1040), Landmark.LEFT_HEEL: (560, 1040),
    Landmark.RIGHT_FOOT_INDEX: (220, 1060), Landmark.LEFT_FOOT_INDEX: (580, 1060),
}  # fmt: skip
"""Seen from the front, so his left is on the right of the picture; head and arms are not seen."""


def landmarks() -> FloatArray:
    """Place the lifter's landmarks (33, 2) in px."""
    image = np.full((33, 2), np.nan)
    for landmark, point in POINTS.items():
        image[landmark] = point
    return image


def track(times_s: list[float], world_m: FloatArray | None = None) -> PoseTrack:
    """Let him hold still at some times."""
    world = np.full((33, 3), np.nan) if world_m is None else world_m
    nothing = np.full(33, np.nan)
    return stack([Pose(time, landmarks(), world, nothing, 1.0, nothing, np.zeros(4)) for time in times_s])


def camera(roll_deg: float = 0.0) -> Camera:
    """Turn a level camera clockwise: what is upright in the world then leans to the left in the picture."""
    roll = math.radians(roll_deg)
    return Camera("front", "towards", 0.0, 0.0, roll_deg, (-math.sin(roll), -math.cos(roll), 0.0))


def reading(cm: float | None, sd_cm: float = 1.0) -> Reading:
    """Measure the same depth at both legs."""
    if cm is None:
        return Reading("gravity", reason="Plates hide the hips.")
    side = SideDepth(cm, sd_cm)
    interval = (cm - 1.6 * sd_cm, cm + 1.6 * sd_cm)
    return Reading("gravity", cm, interval, 0.97 if cm > 0 else 0.03, side, side)


KNEE_TOPS = {"right": (240.0, 676.8), "left": (560.0, 676.8)}
"""5.4 cm over the knee joints."""

CREASES_X = {"right": 340.0, "left": 460.0}


def seen(cm: float) -> SeenPoints:
    """See both legs, each crease `cm` below the top of its knee by a level camera; the folds are 8 cm nearer to it."""
    creases = {leg: (x, 676.8 + cm / SCALE.cm_per_px) for leg, x in CREASES_X.items()}
    return SeenPoints(
        crease_px={leg: (x + (-64.0 if leg == "right" else 64.0), y) for leg, (x, y) in creases.items()},
        knee_top_px=KNEE_TOPS,
        joint_crease_px=creases,
        level_px={leg: (x, 676.8) for leg, x in CREASES_X.items()},
        depth_cm=dict.fromkeys(KNEE_TOPS, cm),
        knee_top_covariance_px2=dict.fromkeys(KNEE_TOPS, (100.0, 0.0, 25.0)),
    )


def attempt(bottom_s: float, cm: float | None = 3.0, *, stood_up: bool = True) -> AttemptJudgement:
    """Make an attempt that goes down for a second and up for another."""
    verdict: Verdict = "not_judgeable" if cm is None else "depth" if cm > 0 else "no_depth"
    reason = "Plates hide the hips." if cm is None else "One sentence."
    said = reading(cm)
    what = None if cm is None else seen(cm)
    return AttemptJudgement(bottom_s - 1.0, bottom_s, bottom_s + 1.0, 0, stood_up, verdict, reason, said, {}, seen=what)


def close_attempt(bottom_s: float, cm: float = 0.4, probability: float = 0.58) -> AttemptJudgement:
    """Make an attempt that is too close to call."""
    depth = replace(reading(cm, 2.0), probability=probability)
    return replace(attempt(bottom_s, cm), verdict="too_close", reason="Too close to call: so it is.", depth=depth)


def judgement(*attempts: AttemptJudgement) -> Judgement:
    """Judge a video of WIDTH x HEIGHT."""
    facts = VideoFacts("squat.mp4", "0" * 64, WIDTH, HEIGHT, 0, 4.0, 8)
    if not attempts:
        return Judgement(facts, "no_squat", "Nobody is seen to squat in the video.")
    return Judgement(facts, "judged", None, camera(), SCALE, Lifter((200, 80, 600, 1080), 1), attempts)
