"""The course of hips and shoulders in the picture: when they are lowest, and whether that is seen to be the bottom.

Heights are taken over the feet, which stand still in a squat: their slow course in the picture is the camera's.
"""

from dataclasses import replace

import numpy as np
from scipy.ndimage import median_filter

from depthperception.attempts.attempt import Attempt, Doubt
from depthperception.attempts.missed import Missed, missed_at
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection
from depthperception.geometry.signals import even_times, resampled, smoothed, smoothed_with_speed, turning_points
from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, IntArray

SAME_DEPTH_M = 0.005
"""Hips this near to the lowest point are as deep as they get: half a centimetre is below what any method tells."""

FINE_S = 0.01
"""Step of times between looks."""

FEET_STAY_M = 0.2
"""How far feet may be from their slow course: a step, a cut or a wrong look goes further, no camera that turns."""

JITTERS = 4.0
"""A course is one when it goes further than so many standard deviations of the looks from it."""

FREE_FALL_M_S = 3.1
"""Hips fall by half a metre at most; what falls freely by that is not faster at its end."""

ASIDE_S = 0.2
"""How far beyond an attempt its course is looked at: the neighbours' bottoms are further away."""

FLATTENED_M = 0.04
"""By how much a low may look higher than it is: at 5 m/s2, of looks an eighth of a second apart of which single ones
are taken out, by 3.9 cm. Of two lows the one that turns more sharply looks higher."""

TURN_S, TURN_STEPS = 0.2, 1.5
"""Reach of the course by which a bottom's turn is told, and how many steps it is at least: three pictures. Looks that
are off by a centimetre put the acceleration off by .5 m/s2 then at ten pictures a second, by 2.4 with half the reach.
In rendered motion it is .8 of that at the very bottom over .2 s, .7 over .3 s (five pictures a second)."""

FASTEST_TURN_M_S2 = 9.81
"""Of a bottom: who is thrown back at g is pushed with twice his own and the bar's weight; more is a wrong look."""

NEIGHBOUR_S = 0.19
"""A look so far from both its neighbours, one and a half steps of the coarse pass, is compared with neither: between
looks .2 s apart a bottom's hips are 10 cm lower than theirs (at 5 m/s2), and that is no slip."""

STILL_DOWN = 0.5
"""Part of an ascent's greatest speed below which he is still at its bottom: a lift that rises as a cosine gets there
after a sixth of the way's time, a third of a second in the slowest of two seconds."""

FIRST_S = 0.25
"""Least time over which the first speed is taken, of slow ascents half of theirs: three looks of the coarse pass, by
which it errs by .2 m/s where each errs by a centimetre; an ascent of .5 s is as fast as 1.4 m/s."""

JUMP_S = 0.1
"""Time over which a fall's speed is taken: the network's jitter of a centimetre is a thirtieth of free fall then."""


def lowest_s(
    track: PoseTrack,
    attempt: Attempt,
    *,
    scan: PoseTrack | None = None,
    smoothing_s: float,
    settings: AttemptDetection = ATTEMPTS,
) -> float:
    """Time at which hips and shoulders are lowest over the feet: the middle of the time within `SAME_DEPTH_M` of it.

    A bounce is symmetric about its lowest point, and a pause has no single one: the middle serves both. The shoulders,
    which carry the bar, are seen where plates and thighs hide the hips.

    Parameters
    ----------
    track
        Has looks at the attempt.
    attempt
        Its bottom is known to about `reach_s`.
    scan
        Looks round the bottom by another network. Two networks place hips some centimetres apart, always to the same
        side in one film: that is no fall, and the course is brought to one level first.
    smoothing_s
        Gaussian sigma.
    settings
        How far to look.
    """
    reach_s = settings.reach_s
    start_s, end_s = max(attempt.start_s, attempt.bottom_s - reach_s), min(attempt.end_s, attempt.bottom_s + reach_s)
    near = track.between(start_s, end_s)
    if scan and not len(near):
        track, near = scan, scan.between(start_s, end_s)
    if not len(near):
        return attempt.bottom_s
    looks_s, rows_px = _with_scan(near, scan.between(start_s, end_s) if scan else near)
    camera_px = _camera_px(track.between(start_s - reach_s, end_s + reach_s), looks_s, settings)
    times = even_times(looks_s, FINE_S)
    down_px = resampled(times, looks_s, rows_px - camera_px)
    calm = smoothed(down_px, FINE_S, sigma_s=smoothing_s)
    deepest = int(np.argmax(calm))
    higher = np.flatnonzero(calm < calm[deepest] - SAME_DEPTH_M * _px_per_m(near))
    first, last = np.searchsorted(higher, deepest) - 1, np.searchsorted(higher, deepest)
    start = higher[first] + 1 if first >= 0 else 0
    end = higher[last] - 1 if last < len(higher) else len(times) - 1
    return float((times[start] + times[end]) / 2)


def other_low(
    track: PoseTrack, attempt: Attempt, bottom_s: float, *, settings: AttemptDetection = ATTEMPTS
) -> Attempt | None:
    """Give the part of an attempt that has another low, which may be as deep; None where there is none.

    Who bounces is low twice. Which of the two is lower, looks at an eighth of a second do not tell.

    Parameters
    ----------
    track
        Looks of one network.
    attempt
        What is asked.
    bottom_s
        The low that is known.
    """
    near = track.between(attempt.start_s, attempt.end_s)
    if len(near) < 3:
        return None
    times = even_times(near.times_s, FINE_S)
    height_m = (_camera_px(near, near.times_s, settings) - _down_px(near)) / _px_per_m(near)
    calm = smoothed(resampled(times, near.times_s, height_m), FINE_S, sigma_s=settings.smoothing_s)
    lows = [index for index, is_low in turning_points(calm, reversal=settings.least_rise_m) if is_low]
    lows = [index for index in lows if 0 < index < len(calm) - 1 and calm[index] <= calm.min() + FLATTENED_M]
    known = min(lows, key=lambda index: abs(float(times[index]) - bottom_s), default=0)
    other = min((index for index in lows if index != known), key=lambda index: float(calm[index]), default=None)
    if other is None:
        return None
    first, last = sorted((known, other))
    between_s, other_s = float(times[first + int(calm[first:last].argmax())]), float(times[other])
    if other > known:
        return replace(attempt, start_s=between_s, bottom_s=other_s)
    return replace(attempt, bottom_s=other_s, end_s=between_s)


def doubt_of(
    track: PoseTrack, attempt: Attempt, bottom_s: float, *, settings: AttemptDetection = ATTEMPTS
) -> Doubt | None:
    """Say why the lowest point may not be the bottom: hips that do not come down to it, or not up from it.

    One who stays down to the end, as after a failed ascent, has reached it too.

    Parameters
    ----------
    track
        All looks, the fine ones at the bottom with them.
    attempt
        What is asked.
    bottom_s
        Where hips and shoulders were found to be lowest.
    """
    if attempt.doubt is not None:
        return attempt.doubt
    near = track.between(attempt.start_s - ASIDE_S, attempt.end_s + ASIDE_S)
    if len(near) < 2:
        return "unseen"
    down_m = (_down_px(near) - _camera_px(near, near.times_s, settings)) / _px_per_m(near)
    times = even_times(near.times_s, FINE_S)
    course_m = resampled(times, near.times_s, down_m)
    before, after = course_m[times <= bottom_s], course_m[times >= bottom_s]
    if not len(before) or not len(after):
        return "unseen"
    if before[-1] - before.min() < settings.least_rise_m:
        return "begins"
    rests = np.ptp(course_m[times >= times[-1] - settings.rest_s]) < settings.least_rise_m
    if after[0] - after.min() < settings.least_rise_m and not rests:
        return "ends"
    return "jumps" if _jumps(times, course_m, bottom_s) else None


def begins_down(track: PoseTrack, attempt: Attempt, *, settings: AttemptDetection = ATTEMPTS) -> bool:
    """Whether a film that begins low shows him at the bottom, or coming to it; else it begins on his way up.

    Parameters
    ----------
    track
        All looks.
    attempt
        The first of the film, of which it shows no descent.
    """
    near = track.between(attempt.start_s, attempt.end_s + ASIDE_S)
    if len(near) < 3:
        return False
    times = even_times(near.times_s, FINE_S)
    down_m = resampled(times, near.times_s, _down_px(near) - _camera_px(near, near.times_s, settings)) / _px_per_m(near)
    window_s = max(FIRST_S, (attempt.end_s - attempt.start_s) / 2)
    _, speed_m_s = smoothed_with_speed(down_m, FINE_S, window_s=window_s)
    return bool(speed_m_s[0] >= STILL_DOWN * speed_m_s.min())


def _jumps(times: FloatArray, course_m: FloatArray, bottom_s: float) -> bool:
    """Whether the hips come down faster than anything falls."""
    step = round(JUMP_S / FINE_S)
    before = course_m[times <= bottom_s]
    return bool(np.max(before[step:] - before[:-step], initial=0.0) > FREE_FALL_M_S * JUMP_S)


def step_at(frame_times_s: FloatArray, time_s: float) -> float:
    """Time from picture to picture round the one that is nearest to a time; 0 at the film's ends, where none follows.

    Parameters
    ----------
    frame_times_s : (frames,)
        Presentation times of the whole film.
    time_s
        Where it is asked.
    """
    nearest = int(np.abs(frame_times_s - time_s).argmin())
    if not 0 < nearest < len(frame_times_s) - 1:
        return 0.0
    return float(frame_times_s[nearest + 1] - frame_times_s[nearest - 1]) / 2


def missed_m(track: PoseTrack, attempt: Attempt, bottom_s: float, shown_s: float | FloatArray, step_s: float) -> Missed:
    """How far under its lowest picture a bottom lies, m: at most the hips' way in half the time between two.

    Round its lowest point a height goes as a t^2 / 2, whatever turns it round; a is fitted to the course of hips and
    shoulders, which does not depend on how fast the film plays. At 5 m/s2 it is .7 mm at 30 pictures a second, 2.5 cm
    at five.

    Parameters
    ----------
    track
        All looks, the fine ones at the bottom with them.
    attempt, bottom_s
        What is asked.
    shown_s
        Times of the pictures that are measured: the nearest to the bottom counts.
    step_s
        From picture to picture there.
    """
    reach_s = max(TURN_S, TURN_STEPS * step_s)
    near = track.between(max(attempt.start_s, bottom_s - reach_s), min(attempt.end_s, bottom_s + reach_s))
    if len(near) < 3 or not step_s:
        return Missed()
    down_m = (near.y_px(HIPS) + near.y_px(SHOULDERS)) / 2 / _px_per_m(near)
    turn_m_s2 = -2.0 * float(np.polyfit(near.times_s - bottom_s, down_m, 2)[0])
    most_m = float(np.clip(turn_m_s2, 0.0, FASTEST_TURN_M_S2)) * (step_s / 2) ** 2 / 2
    return missed_at(most_m, float(np.abs(bottom_s - shown_s).min()), step_s)


def come_down_px(
    track: PoseTrack, standing: PoseTrack, bottom: PoseTrack, *, settings: AttemptDetection = ATTEMPTS
) -> tuple[float, float]:
    """How far hips and shoulders come down in the picture from standing to the bottom, in px, the camera taken out.

    Over the feet alone hips also seem to fall where a look takes the feet for higher than they are.

    Parameters
    ----------
    track
        All looks.
    standing, bottom
        Some of them.
    """
    times = np.concatenate([standing.times_s, bottom.times_s])
    near = track.between(times.min() - settings.reach_s, times.max() + settings.reach_s)
    camera_px = resampled(times, near.times_s, _camera_px(near, near.times_s, settings))
    parts = np.split(camera_px, [len(standing)])

    def place(points: IntArray) -> list[float]:
        looks = zip((standing, bottom), parts, strict=True)
        return [float(np.median(part.y_px(points) - camera)) for part, camera in looks]

    (hips_up, hips_down), (shoulders_up, shoulders_down) = place(HIPS), place(SHOULDERS)
    return hips_down - hips_up, shoulders_down - shoulders_up


def over_feet_cm(
    track: PoseTrack, points: IntArray, cm_per_px: float, *, settings: AttemptDetection = ATTEMPTS
) -> tuple[FloatArray, FloatArray]:
    """Times (n,), s, and mean heights (n,), cm, of some landmarks, the camera's own movement taken out."""
    camera_px = _camera_px(track, track.times_s, settings) if len(track) else 0.0
    return track.times_s, -cm_per_px * (track.y_px(points) - camera_px)


def _down_px(track: PoseTrack) -> FloatArray:
    """Mean row (n,) of hips and shoulders, without single wrong looks."""
    return without_wrong_looks(track.times_s, (track.y_px(HIPS) + track.y_px(SHOULDERS)) / 2)


def without_wrong_looks(times_s: FloatArray, values: FloatArray) -> FloatArray:
    """Take single wrong looks out of values (n,), but where looks are too far apart to tell."""
    far = np.concatenate([[True], np.diff(times_s) > NEIGHBOUR_S, [True]])
    return np.where(far[:-1] & far[1:], values, median_filter(values, size=3, mode="nearest"))


def _with_scan(track: PoseTrack, scan: PoseTrack) -> tuple[FloatArray, FloatArray]:
    """Times (n,) and rows (n,) of hips and shoulders of both, the track's at the level of the scan's."""
    if not len(scan):
        return track.times_s, _down_px(track)
    both = track.with_finer(scan)
    fine_px, coarse_px = _down_px(scan), _down_px(track)
    level_px = float(np.median(fine_px - np.interp(scan.times_s, track.times_s, coarse_px)))
    from_scan = np.isin(both.times_s, scan.times_s)
    kept = np.isin(track.times_s, both.times_s[~from_scan])
    rows_px = np.empty(len(both))
    rows_px[from_scan], rows_px[~from_scan] = fine_px, coarse_px[kept] + level_px
    return both.times_s, rows_px


def _camera_px(track: PoseTrack, times_s: FloatArray, settings: AttemptDetection) -> FloatArray:
    """Rows (n,) by which the camera has moved at some times, by the slow course of the feet that are seen.

    Feet behind a plate or out of the picture are guesses that go with the hips, and feet that jump are not a camera's
    doing: without others the camera is taken to stand still.
    """
    seen = ANKLES[np.median(track.visibility[:, ANKLES], axis=0) >= settings.least_visibility]
    if not len(seen):
        return np.zeros(len(times_s))
    times = even_times(track.times_s, FINE_S)
    feet = resampled(times, track.times_s, median_filter(track.y_px(seen), size=3, mode="nearest"))
    calm = smoothed(feet, FINE_S, sigma_s=settings.camera_smoothing_s)
    jumps = np.abs(feet - calm).max() > FEET_STAY_M * _px_per_m(track)
    stays = np.ptp(calm) < JITTERS * np.std(feet - calm)
    return np.zeros(len(times_s)) if jumps or stays else resampled(times_s, times, calm)


def _px_per_m(track: PoseTrack) -> float:
    heights_px, heights_m = np.ptp(track.image_px[:, :, 1], axis=1), np.ptp(track.world_m[:, :, 1], axis=1)
    return float(heights_px.mean() / heights_m.mean())
