"""An attempt on the time axis as a referee follows it, from taking position to racking the bar."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.phases import BOTTOM_S
from depthperception.attempts.stance import BEFORE_S, Stance, neighbours_s
from depthperception.bar_motion import BarMotion
from depthperception.decision import Stage, TimelineEvent
from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.types import BoolArray, FloatArray

STILL_CM = 3.0
"""Who stands still keeps his shoulders within this of one place: looks at rendered lifters who stand jitter by .4 to 1
cm (sd), and everyone who carries a bar sways."""

STEP_CM = 6.0
"""A foot this far from where it stood in the attempt has gone: walking out or back to the rack."""

LEAST_STILL_S = 0.3
"""Shorter is not motionless: three looks."""


@dataclass(frozen=True)
class Stillness:
    """How long the lifter stands still before the descent and after the ascent, s.

    `before_shown_s` and `after_shown_s` are how much of it the film shows.
    """

    before_s: float
    after_s: float
    before_shown_s: float
    after_shown_s: float


def measure_stillness(
    track: PoseTrack, attempts: Sequence[Attempt], index: int, stance: Stance, cm_per_px: float
) -> Stillness:
    """Measure how long somebody stands still before and after one of a film's attempts.

    Parameters
    ----------
    track
        All looks.
    attempts, index
        In order of time, and which of them.
    stance
        How he stands before and after it.
    cm_per_px
        At the lifter.
    """
    attempt, (first_s, last_s) = attempts[index], neighbours_s(attempts, index)
    start_s = stance.before.end_s if stance.before else attempt.start_s - BEFORE_S[1]
    stands_s = stance.after.start_s if stance.after else attempt.end_s
    before, after = track.between(first_s, start_s), track.between(stands_s, last_s)
    still_before, still_after = _still_s(before, cm_per_px, from_end=True), _still_s(after, cm_per_px, from_end=False)
    return Stillness(still_before, still_after, _lasts(before), _lasts(after))


def _lasts(looks: PoseTrack) -> float:
    return float(looks.times_s[-1] - looks.times_s[0]) if len(looks) else 0.0


def _still_s(looks: PoseTrack, cm_per_px: float, *, from_end: bool) -> float:
    """Time in which shoulders and hips stay within `STILL_CM` of where they are at one end of the looks."""
    if not len(looks):
        return 0.0
    places = cm_per_px * looks.image_px[:, np.concatenate([SHOULDERS, HIPS])].mean(axis=1)
    end = places[-3:] if from_end else places[:3]
    near = np.linalg.norm(places - np.median(end, axis=0), axis=-1) <= STILL_CM
    return _run(looks.times_s, near, from_end=from_end)


def _run(times_s: FloatArray, holds: BoolArray, *, from_end: bool) -> float:
    """How long something holds without a break, from one end on."""
    ordered = holds[::-1] if from_end else holds
    breaks = np.flatnonzero(~ordered)
    count = int(breaks[0]) if len(breaks) else len(ordered)
    times = times_s[::-1] if from_end else times_s
    return float(abs(times[count - 1] - times[0])) if count else 0.0


def follow_attempt(
    track: PoseTrack,
    attempt: Attempt,
    bar: BarMotion | None,
    stance: Stance,
    stillness: Stillness,
    cm_per_px: float,
    *,
    highest_s: float,
) -> tuple[TimelineEvent, ...]:
    """Give an attempt's timeline: what the film does not show is left out.

    Parameters
    ----------
    track
        Looks from the attempt before to the next one.
    attempt
        Its bottom is where hips and shoulders are lowest.
    bar
        How the bar moves; None where nobody looked.
    highest_s
        When he is highest after the bottom: there an ascent ends that is not completed.
    """
    bottom_s = attempt.bottom_s
    low, high = max(bottom_s - BOTTOM_S, attempt.start_s), min(bottom_s + BOTTOM_S, attempt.end_s)
    spans: list[tuple[Stage, float, float, str]] = []
    if stance.before:
        still_s = stance.before.end_s - stillness.before_s
        stands_s = _feet_there_s(track, attempt.start_s, cm_per_px, before=True)
        spans.append(("set", stands_s, stands_s, "both feet are where they stay, by the pose"))
        if stillness.before_s >= LEAST_STILL_S:
            bend = f"knees bent by {stance.before.flexion_deg.mean():.0f}°"
            said = f"shoulders and hips within {STILL_CM:.0f} cm; {bend}"
            spans.append(("motionless", still_s, stance.before.end_s, said))
    spans.append(("start", attempt.start_s, attempt.start_s, _when(bar, "descent", "a tenth of the hips' way is done")))
    spans.append(("descent", attempt.start_s, low, "hips come down over the feet"))
    spans.append(("bottom", low, high, f"hips and shoulders are lowest at {bottom_s:.2f} s{_bar_low(bar)}"))
    up_s = attempt.end_s if attempt.stood_up else max(highest_s, high)
    spans.append(("ascent", high, up_s, _when(bar, "ascent", "hips go up over the feet")))
    if stance.after and attempt.stood_up:
        bend = f"legs longest; knees bent by {stance.after.flexion_deg.mean():.0f}°"
        spans.append(("upright", stance.after.start_s, stance.after.end_s, bend))
        if stillness.after_s >= LEAST_STILL_S:
            said = f"shoulders and hips within {STILL_CM:.0f} cm"
            spans.append(("motionless_after", stance.after.start_s, stance.after.start_s + stillness.after_s, said))
        racks_s = _feet_there_s(track, attempt.end_s, cm_per_px, before=False)
        if len(track) and racks_s < track.times_s[-1]:
            spans.append(("rack", racks_s, racks_s, "a foot leaves its place, by the pose"))
    return tuple(
        TimelineEvent(stage, start_s, end_s, _confidence(track, start_s, end_s), said)
        for stage, start_s, end_s, said in spans
    )


def _confidence(track: PoseTrack, start_s: float, end_s: float) -> float | None:
    """Mean presence of the looks in a stretch, or next to a moment."""
    near = track.between(start_s - 0.15, end_s + 0.15)
    return float(near.presence.mean()) if len(near) else None


def _when(bar: BarMotion | None, way: str, otherwise: str) -> str:
    phase = getattr(bar, way) if bar else None
    return f"{otherwise}; the bar moves from {phase.start_s:.2f} to {phase.end_s:.2f} s" if phase else otherwise


def _bar_low(bar: BarMotion | None) -> str:
    return f", the bar at {bar.bottom_s:.2f} s" if bar and bar.bottom_s is not None else ""


def _feet_there_s(track: PoseTrack, time_s: float, cm_per_px: float, *, before: bool) -> float:
    """When the feet came to where they are at a time, or when they leave it; the film's end where they stay."""
    looks = track.between(-np.inf, time_s) if before else track.between(time_s, np.inf)
    if not len(looks):
        return time_s
    feet = cm_per_px * looks.image_px[:, ANKLES]
    there = np.median(feet[-4:] if before else feet[:4], axis=0)
    gone = np.linalg.norm(feet - there, axis=-1).max(axis=1) > STEP_CM
    gone &= np.roll(gone, 1 if before else -1)  # a single wrong look is no step
    last = np.flatnonzero(gone)
    if not len(last):
        return float(looks.times_s[0] if before else looks.times_s[-1])
    return float(looks.times_s[min(last[-1] + 1, len(looks) - 1)] if before else looks.times_s[last[0]])
