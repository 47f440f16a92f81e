"""Does the film play as fast as things happened? Gravity, muscles and the camera's own word tell.

What a film shows at a share s of its true speed has speeds of s and accelerations of s squared times the true ones.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray
from depthperception.video import VideoInfo
from depthperception.video_facts import Span

SLOWEST_M_S = 0.28
"""Speed through the middle of the faster way. With the most that somebody can lift the mean of the way up is .2 to .3
m/s (Zourdos and others 2016: .24, sd .04) and the way down is faster: .5 m in 2.5 s, as muscles move, are .32."""

MIDDLE = (0.1, 0.9)
"""Part of a way over which its speed is taken: a pause at the bottom is not in it."""

LEAST_FALL_M = 0.25
"""Of the hips, to speak of their speed: a partial squat is slow in any film."""

GRAVITY_M_S2 = 9.81

BRAKED_G = 2.0
"""Who falls freely is stopped, and pushed off again, with three times his weight at most: twice g beside gravity."""

SEEN_OF_REP = 0.8
"""An attempt is timed from a tenth of the way down to nine tenths of the way up: of a motion whose acceleration is even
a tenth of the way takes .11 of the time at each end, and not all of it is to be held against a film."""

SMOOTHING_S, SMOOTHING_SHARE = 0.15, 0.08
"""Gaussian sigma of the heights, by which an error of 1 cm in single looks becomes .05 m/s; and the most of an
attempt's time that it may be, so that a fast one is not flattened. Before it a median over three times as long, longer
than twice the time between looks, takes out single looks that are off."""

STEPS = 200
"""Even times through an attempt: a fourteenth of the smoothing or less."""

FEWEST_A_SECOND = 23.5
"""The slowest film of a cinema has 23.976 frames a second."""

MOST_BETWEEN_CM = 12.0
"""From the lowest picture to the next: who turns round at 5 m/s2 rises by 10 cm in .2 s, and the lowest moment lies 2.5
cm at most beside pictures so far apart. More moves in films that are sped up."""

SAME_RATE = 1.25
"""Rates of the camera and of the file that differ by less are rounded, not slowed down."""


def pace_note(attempts: Sequence[PoseTrack], cm_per_px: float) -> str | None:
    """Say that squats are slower or faster than people can be, by their parts of the track; None where they are not.

    The median attempt speaks for the film. Half speed and double speed are within what people do, and cannot be told.
    """
    moves = [(*_moves(attempt, cm_per_px), float(np.ptp(attempt.times_s))) for attempt in attempts if len(attempt) > 2]
    whole = [move for move in moves if move[0] >= LEAST_FALL_M]
    if not whole:
        return None
    fall_m, fastest_m_s, lasts_s = np.median(whole, axis=0)
    if fastest_m_s < SLOWEST_M_S:
        return (
            f"The hips move at {fastest_m_s:.2f} m/s, down or up: this looks like slow motion, or a lift done "
            "very slowly. Times and speeds are those of the film as it plays; --speed sets how fast that is."
        )
    if lasts_s < shortest_rep_s(fall_m):
        return (
            f"Down and up {fall_m:.2f} m in {lasts_s:.2f} s is faster than gravity lets anybody: the film is sped up. "
            "Times and speeds are those of the film as it plays; --speed sets how fast that is."
        )
    return None


def is_slow(attempt: PoseTrack, cm_per_px: float) -> bool:
    """Whether a squat is slower than muscles move, by its part of the track."""
    if len(attempt) <= 2:
        return False
    fall_m, fastest_m_s = _moves(attempt, cm_per_px)
    return fall_m >= LEAST_FALL_M and fastest_m_s < SLOWEST_M_S


def shortest_rep_s(fall_m: float) -> float:
    """Time from rest down and up to rest again: falling and rising at g, stopped and thrown back at twice that.

    Of each way h two thirds are at g and one third at 2 g, which takes sqrt(3 h / g).
    """
    way_s = np.sqrt(2.0 * fall_m * (1.0 + 1.0 / BRAKED_G) / GRAVITY_M_S2)
    return float(SEEN_OF_REP * 2.0 * way_s)


def rate_note(info: VideoInfo, frame_times_s: FloatArray, repeated: float = 0.0) -> str | None:
    """Say that the camera took more frames a second than the file plays, or that these are few; None where neither.

    `repeated` is the part of the frames that only repeat the picture before (`video.editing`).
    """
    if len(frame_times_s) < 2:
        return None
    rate_hz = 1.0 / float(np.median(np.diff(frame_times_s)))
    taken_hz = info.capture_rate_hz
    if taken_hz and not 1.0 / SAME_RATE < taken_hz / rate_hz < SAME_RATE:
        how = "slow motion" if taken_hz > rate_hz else "sped up"
        return (
            f"The camera took {taken_hz:.0f} frames a second and the file plays {rate_hz:.0f}: {how}. Times and speeds "
            f"are those of the film as it plays; --speed {rate_hz / taken_hz:.3g} gives the true speeds."
        )
    true_hz = (1.0 - repeated) * rate_hz
    own = f": about {true_hz:.0f} pictures of their own, the others repeat one" if repeated else ""
    if true_hz < FEWEST_A_SECOND:
        return (
            f"The film has {rate_hz:.0f} frames a second{own}: the lowest moment can lie between two. Film with 24 or "
            "more."
        )
    return f"The film has {rate_hz:.0f} frames a second{own}." if repeated else None


def bottom_missed(bottom: PoseTrack, cm_per_px: float) -> str | None:
    """Say that the lowest moment lies between pictures, by those nearest to it: where they are few, and far apart.

    Over the feet and in the picture, the smaller: neither feet that are guessed nor a camera that turns move anybody.

    Parameters
    ----------
    bottom
        Looks of one network at the lowest picture and its neighbours. One that lies over both of them strays.
    """
    if len(bottom) < 3 or np.median(np.diff(bottom.times_s)) < 1.0 / FEWEST_A_SECOND:
        return None
    down_px = (bottom.y_px(HIPS) + bottom.y_px(SHOULDERS)) / 2
    apart_cm = cm_per_px * min(_farthest_step(down_px), _farthest_step(down_px - bottom.y_px(ANKLES)))
    if apart_cm <= MOST_BETWEEN_CM:
        return None
    return (
        f"From one picture to the next at the bottom the lifter moves by {apart_cm:.0f} cm: the lowest moment lies "
        "between two. Film with 24 pictures a second or more, and do not speed it up."
    )


def _farthest_step(down: FloatArray) -> float:
    """From one of the heights at a bottom to the next; 0 where the middle one strays."""
    steps = np.diff(down)
    return 0.0 if steps[0] < 0.0 < steps[-1] else float(np.abs(steps).max())


def still_note(stills_s: Sequence[Span], attempts_s: Sequence[Span]) -> str | None:
    """Say that the picture is frozen inside of attempts, from and to which; None where it is in none."""
    frozen = [
        f"{start_s:.2f} to {end_s:.2f} s"
        for start_s, end_s in stills_s
        if any(first_s <= start_s and end_s <= last_s for first_s, last_s in attempts_s)
    ]
    if not frozen:
        return None
    return f"The picture is frozen from {', '.join(frozen)}: times and speeds of what goes on meanwhile are not true."


def _moves(attempt: PoseTrack, cm_per_px: float) -> tuple[float, float]:
    """Fall of the hips over the feet in m, and their speed on the faster of both ways in m/s of the film."""
    over_feet_m = (attempt.y_px(ANKLES) - attempt.y_px(HIPS)) * cm_per_px / 100.0
    times, step_s = np.linspace(attempt.times_s[0], attempt.times_s[-1], STEPS, retstep=True)
    sigma_s = min(SMOOTHING_S, SMOOTHING_SHARE * float(np.ptp(times)))
    even = median_filter(np.interp(times, attempt.times_s, over_feet_m), round(3 * sigma_s / step_s), mode="nearest")
    calm = gaussian_filter1d(even, sigma_s / step_s, mode="nearest")
    low, fall_m = int(np.argmin(calm)), float(np.ptp(calm))
    ways = [_middle_steps(part - calm[low], fall_m) for part in (calm[low::-1], calm[low:])]
    quickest = min((steps for steps in ways if steps), default=STEPS)
    return fall_m, (MIDDLE[1] - MIDDLE[0]) * fall_m / (quickest * step_s)


def _middle_steps(heights: FloatArray, fall_m: float) -> int:
    """Steps that a way up takes through its middle, 0 where it does not go so far."""
    above = np.flatnonzero(heights >= MIDDLE[1] * fall_m)
    return int(above[0] - np.flatnonzero(heights[: above[0]] <= MIDDLE[0] * fall_m)[-1]) if len(above) else 0
