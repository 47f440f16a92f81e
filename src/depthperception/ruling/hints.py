"""What somebody should look at: hands of others at the bar, elbows at the legs, a bar that falls, the chief's voice.

A picture does not tell a hand that touches from one behind it, so none of it is a fault.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from depthperception.bar_motion import BarPath
from depthperception.decision import Cause, Check
from depthperception.geometry.skeletons import COCO_WRISTS, HIPS, KNEES, SHOULDERS, WRISTS, Landmark
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement
from depthperception.types import FloatArray
from depthperception.video.sound import Call

Hints: TypeAlias = Mapping[Cause, Check]

TOUCH_CM = 8.0
"""A hand or an elbow this near may touch: landmarks of either are off by some centimetres."""

BAR_BEYOND_HANDS = 0.6
"""How far the bar goes on beyond either hand, in the distance between them."""

SURE_HAND = 0.3
"""MoveNet's word for a wrist that is seen: unsure ones are guesses."""

TOUCHES = 2
"""So many sightings, four a second, in one attempt: a single one is a guess."""

FALLS_M_S = 2.0
"""Nothing that is carried falls as fast after the bottom: what is dropped does after .2 m."""

FALL_S = 0.1

SQUAT_BEFORE_S, RACK_AFTER_S = 1.5, 2.5
"""When "Squat" and "Rack" are said: a lifter starts within a second of the one, a referee waits for stillness."""


def find_hints(
    judged: AttemptJudgement,
    track: PoseTrack,
    others: Sequence[PersonTrack],
    calls: tuple[Call, ...] | None,
    cm_per_px: float,
) -> Hints:
    """Look for what somebody should look at in one attempt.

    Parameters
    ----------
    track
        All looks at the lifter.
    others
        Everybody else.
    calls
        Loud short sounds; None where the video has none that can be read.
    cm_per_px
        At the lifter.
    """
    path = judged.bar.path if judged.bar else None
    found = (
        _spotters(judged, track, others, cm_per_px),
        _elbows(judged, track, cm_per_px),
        _falls(judged, path),
        _signals(judged, calls),
    )
    return {check.cause: check for check in found}


def _spotters(judged: AttemptJudgement, track: PoseTrack, others: Sequence[PersonTrack], cm_per_px: float) -> Check:
    if not others:
        return Check("spotter_contact", "passed", "Nobody else is seen for more than a moment.")
    touches = sorted(time_s for other in others for time_s in _touches(other, judged, track, TOUCH_CM / cm_per_px))
    if len(touches) < TOUCHES:
        return Check("spotter_contact", "passed", "Nobody's hand is seen at the bar or the lifter through the lift.")
    said = f"Somebody's hand is at the bar or the lifter, or before or behind them, at {touches[0]:.2f} s."
    return Check("spotter_contact", "review", said, time_s=touches[0])


def _touches(other: PersonTrack, judged: AttemptJudgement, track: PoseTrack, near_px: float) -> list[float]:
    """Times at which a hand is near the bar or the lifter's trunk."""
    found = []
    for time_s, person in zip(other.times_s.tolist(), other.people, strict=True):
        lifter = track.image_at(time_s) if judged.start_s <= time_s <= judged.end_s else None
        if lifter is None:
            continue
        hands = person.points_px[COCO_WRISTS][person.scores[COCO_WRISTS] >= SURE_HAND]
        grip = lifter[WRISTS]
        beyond = BAR_BEYOND_HANDS * (grip[1] - grip[0])
        lines = [(grip[0] - beyond, grip[1] + beyond)]
        lines += [(lifter[SHOULDERS[side]], lifter[HIPS[side]]) for side in (0, 1)]
        if any(_from_line(hand, *line) <= near_px for hand in hands for line in lines):
            found.append(time_s)
    return found


def _from_line(point: FloatArray, start: FloatArray, end: FloatArray) -> float:
    """Distance of a point from the line between two."""
    way = end - start
    along = np.clip((point - start) @ way / max(float(way @ way), 1e-9), 0.0, 1.0)
    return float(np.linalg.norm(point - start - along * way))


def _elbows(judged: AttemptJudgement, track: PoseTrack, cm_per_px: float) -> Check:
    near = track.between(judged.bottom_s - 0.2, judged.bottom_s + 0.2)
    elbows = np.array([Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW])
    if not len(near) or not np.isfinite(near.world_m).all():
        return Check("elbow_contact", "not_checked", "The elbows are not seen in three dimensions at the bottom.")
    seen = np.median(near.visibility[:, elbows], axis=0) >= 0.5
    away_cm = [_from_thigh_cm(near, int(elbows[side]), side, cm_per_px) for side in (0, 1) if seen[side]]
    if not away_cm:
        return Check("elbow_contact", "not_checked", "The elbows are not seen at the bottom.")
    if min(away_cm) > TOUCH_CM:
        said = f"The elbows stay {min(away_cm):.0f} cm or more from the thighs at the bottom."
        return Check("elbow_contact", "passed", said, min(away_cm), "cm", limit=TOUCH_CM)
    said = "An elbow is at the thigh at the bottom, or before or behind it."
    return Check("elbow_contact", "review", said, min(away_cm), "cm", limit=TOUCH_CM, time_s=judged.bottom_s)


def _from_thigh_cm(looks: PoseTrack, elbow: int, side: int, cm_per_px: float) -> float:
    """Distance of an elbow from the thigh of its side: that in the picture or in space, whichever is larger."""
    hip, knee = int(HIPS[side]), int(KNEES[side])
    image, world = np.median(looks.image_px, axis=0), np.median(looks.world_m, axis=0)
    in_picture = cm_per_px * _from_line(image[elbow], image[hip], image[knee])
    return max(in_picture, 100.0 * _from_line(world[elbow], world[hip], world[knee]))


def _falls(judged: AttemptJudgement, path: BarPath | None) -> Check:
    if path is None:
        return Check("bar_dropped", "not_checked", "No plate of the bar is seen.")
    times, heights = np.array(path.times_s), np.array(path.height_cm) / 100.0
    later = times >= judged.bottom_s
    times, heights = times[later], heights[later]
    before = np.searchsorted(times, times - FALL_S)
    lasts = times - times[before]
    speeds = np.divide(heights[before] - heights, lasts, out=np.zeros(len(times)), where=lasts >= FALL_S / 2)
    if not len(speeds) or speeds.max() < FALLS_M_S:
        return Check("bar_dropped", "passed", "As far as the film shows its plates, the bar does not fall.")
    time_s = float(times[int(np.argmax(speeds))])
    said = f"The bar comes down at {speeds.max():.1f} m/s at {time_s:.2f} s: it may be dropped."
    return Check("bar_dropped", "review", said, float(speeds.max()), "m/s", limit=FALLS_M_S, time_s=time_s)


def _signals(judged: AttemptJudgement, calls: tuple[Call, ...] | None) -> Check:
    if calls is None:
        return Check("signals", "not_checked", "The video has no sound to listen to.")
    said = []
    for word, moment, first_s, last_s in (
        ("Squat", "before the descent", judged.start_s - SQUAT_BEFORE_S, judged.start_s),
        ("Rack", "after the ascent", judged.end_s, judged.end_s + RACK_AFTER_S),
    ):
        heard = [call for call in calls if first_s <= call.start_s <= last_s]
        if heard:
            said.append(f"a loud short sound at {heard[-1].start_s:.2f} s, {moment}, may be “{word}”")
    words = "; ".join(said) or "nothing loud and short is heard where “Squat” and “Rack” would be said"
    return Check("signals", "not_checked", f"By sound only: {words}.")
