"""Find every attempt at a squat in a lifter's track: start, bottom, end.

The signal is the height of the hips over the feet in standing legs: 1 standing, about .45 at parallel. It comes from
the pose model's metres along the picture's vertical, so neither a walking lifter nor a panning camera moves it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from depthperception.attempts.lockout import lockout
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection
from depthperception.errors import DataError
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

TRUNK_M = 0.5
"""Hip to shoulder, by which a fall is measured when the feet are out of the picture."""

SAME_DEPTH_M = 0.005
"""Hips this near to the lowest point are as deep as they get: half a centimetre is below what any method tells."""

FINE_S = 0.01
"""Step of times between looks."""

USUAL_LEG_M = 0.85
"""Hip to ankle of a lifter of 1.73 m, for one whose feet are out of the picture."""


@dataclass(frozen=True)
class Attempt:
    """One descent and what came of it. Times in s of presentation time."""

    start_s: float
    bottom_s: float
    end_s: float
    stood_up: bool


def hip_height(track: PoseTrack) -> FloatArray:
    """Height (n,) of the hips over the feet in metres of the pose model, along the picture's vertical."""
    hips, feet = track.world_m[:, HIPS, 1].mean(axis=1), track.world_m[:, ANKLES, 1].mean(axis=1)
    return np.asarray(feet - hips)


def _hip_height_without_feet(track: PoseTrack) -> FloatArray:
    """Hip height (n,) in metres from the hips' place in the picture alone, by the size of the trunk.

    Feet below the edge of the picture are guesses that jump; a camera that stands still is the price.
    """
    hips = track.y_px(HIPS)
    standing = hips <= np.percentile(hips, 50)
    trunk_px = float(np.median((hips - track.y_px(SHOULDERS))[standing]))
    fall_px = hips - np.percentile(hips, 5)
    return np.asarray(USUAL_LEG_M - fall_px / max(trunk_px, 1.0) * TRUNK_M)


def standing_leg(height_m: FloatArray) -> float:
    """Hip-over-ankle height of the lifter standing: the 95th percentile, so that a jump or a glitch does not count."""
    return float(np.percentile(height_m, 95))


def find_attempts(
    track: PoseTrack,
    picture_height_px: float,
    *,
    duration_s: float = np.inf,
    settings: AttemptDetection = ATTEMPTS,
) -> tuple[Attempt, ...]:
    """Find the attempts in a track, in order of time; none where nobody squats.

    Deadlifts (hands below the knees), good mornings (straight knees) and lying lifters (no standing start) are not
    squats. Where the picture cuts the feet off, knees are guesses: hips that fall far in the picture are enough, so
    that the attempt is reported and then refused with its reason.
    """
    if len(track) < 5:
        return ()
    times, height = _even(track, picture_height_px)
    leg = standing_leg(height)
    if not settings.least_standing_leg_m <= leg <= settings.most_standing_leg_m:
        return ()
    calm = gaussian_filter1d(height / leg, settings.smoothing_s / (times[1] - times[0]), mode="nearest")
    found = []
    for before, first, lowest, after in _valleys(calm, settings):
        attempt = _attempt(times, calm, (before, lowest, after), settings)
        if not attempt.stood_up:  # what follows a failed ascent is a collapse, not depth
            attempt = replace(_attempt(times, calm, (before, first, after), settings), stood_up=False)
        if _is_squat(track, attempt, picture_height_px, settings):
            bottom_s = lowest_s(track, attempt, smoothing_s=settings.coarse_smoothing_s, settings=settings)
            stood_up = _stood_up(track, attempt, duration_s, settings)
            found.append(replace(attempt, bottom_s=bottom_s, stood_up=stood_up))
    return tuple(found)


def motion_of(track: PoseTrack, attempt: Attempt, *, settings: AttemptDetection = ATTEMPTS) -> PoseTrack:
    """Give an attempt's part of the track, from standing to standing."""
    return track.between(attempt.start_s - settings.margin_s, attempt.end_s + settings.margin_s)


def is_cut_short(attempt: Attempt, duration_s: float, *, settings: AttemptDetection = ATTEMPTS) -> bool:
    """Whether the video ends with the attempt."""
    return attempt.end_s + settings.margin_s / 2 > duration_s


def _stood_up(track: PoseTrack, attempt: Attempt, duration_s: float, settings: AttemptDetection) -> bool:
    """Whether he stood up, by the heights in the picture; where these do not tell, by the coarse signal."""
    motion = motion_of(track, attempt, settings=settings)
    cut_short = is_cut_short(attempt, duration_s, settings=settings)
    try:
        found = lockout(motion.times_s, motion.image_px, cut_short=cut_short, settings=settings).stood_up
    except DataError:
        found = None
    return attempt.stood_up if found is None else found


def lowest_s(track: PoseTrack, attempt: Attempt, *, smoothing_s: float, settings: AttemptDetection = ATTEMPTS) -> float:
    """Time at which hips and shoulders are lowest in the picture: the middle of the time within `SAME_DEPTH_M` of it.

    A bounce is symmetric about its lowest point, and a pause has no single one: the middle serves both. The shoulders,
    which carry the bar, are seen where plates and thighs hide the hips.

    Parameters
    ----------
    track
        Has looks at the attempt.
    attempt
        Its bottom is known to about `reach_s`.
    smoothing_s
        Gaussian sigma.
    settings
        How far to look.
    """
    reach_s = settings.reach_s
    start_s, end_s = max(attempt.start_s, attempt.bottom_s - reach_s), min(attempt.end_s, attempt.bottom_s + reach_s)
    near = track.between(start_s, end_s)
    if not len(near):
        return attempt.bottom_s
    down = median_filter((near.y_px(HIPS) + near.y_px(SHOULDERS)) / 2, size=3, mode="nearest")
    times = np.arange(near.times_s[0], near.times_s[-1] + FINE_S / 2, FINE_S)
    calm = gaussian_filter1d(np.interp(times, near.times_s, down), smoothing_s / FINE_S, mode="nearest")
    deepest = int(np.argmax(calm))
    px_per_m = np.ptp(near.image_px[:, :, 1], axis=1).mean() / np.ptp(near.world_m[:, :, 1], axis=1).mean()
    higher = np.flatnonzero(calm < calm[deepest] - SAME_DEPTH_M * px_per_m)
    first, last = np.searchsorted(higher, deepest) - 1, np.searchsorted(higher, deepest)
    start = higher[first] + 1 if first >= 0 else 0
    end = higher[last] - 1 if last < len(higher) else len(times) - 1
    return float((times[start] + times[end]) / 2)


def _even(track: PoseTrack, picture_height_px: float) -> tuple[FloatArray, FloatArray]:
    """Resample the hip height evenly (so that filters mean seconds) after taking out single wrong looks."""
    step = float(np.median(np.diff(track.times_s)))
    times = np.arange(track.times_s[0], track.times_s[-1] + step / 2, step)
    cut_off = np.median(track.image_px[:, ANKLES, 1]) > picture_height_px
    height = _hip_height_without_feet(track) if cut_off else hip_height(track)
    calm = median_filter(height, size=3, mode="nearest")
    return times, np.interp(times, track.times_s, calm)


def _valleys(u: FloatArray, settings: AttemptDetection) -> list[tuple[int, int, int, int]]:
    """Indices (high before, first low, lowest, high after) of every descent deep enough, double bounces joined."""
    turns = _turning_points(u, settings.least_drop)
    lows = [k for k, (_, is_low) in enumerate(turns) if is_low and k > 0]
    valleys: list[tuple[int, int, int, int]] = []
    for k in lows:
        low = turns[k][0]
        after = turns[k + 1][0] if k + 1 < len(turns) else len(u) - 1
        if valleys and _same_attempt(u, valleys[-1], low, settings.recovered):
            before, first, lowest, _ = valleys[-1]
            valleys[-1] = (before, first, lowest if u[lowest] <= u[low] else low, after)
        else:
            valleys.append((turns[k - 1][0], low, low, after))
    return valleys


def _same_attempt(u: FloatArray, earlier: tuple[int, int, int, int], low: int, recovered: float) -> bool:
    before, _, lowest, between = earlier
    deepest = min(u[lowest], u[low])
    return bool(u[between] - deepest < recovered * (u[before] - deepest))


def _turning_points(u: FloatArray, reversal: float) -> list[tuple[int, bool]]:
    """Alternating highs and lows (index, is_low) that differ by at least `reversal`; the first is a high."""
    turns: list[tuple[int, bool]] = []
    extreme, falling = 0, False
    for index in range(1, len(u)):
        further = u[index] < u[extreme] if falling else u[index] > u[extreme]
        if further:
            extreme = index
        elif abs(u[index] - u[extreme]) >= reversal:
            turns.append((extreme, falling))
            extreme, falling = index, not falling
    if falling:
        turns.append((extreme, True))
    return turns


def _attempt(times: FloatArray, u: FloatArray, turns: tuple[int, int, int], settings: AttemptDetection) -> Attempt:
    before, bottom, after = turns
    drop = u[before] - u[bottom]
    down = np.nonzero(u[before : bottom + 1] >= u[before] - settings.unlocked * drop)[0]
    up = np.nonzero(u[bottom : after + 1] >= u[after] - settings.unlocked * (u[after] - u[bottom]))[0]
    return Attempt(
        start_s=float(times[before + down[-1]]),
        bottom_s=float(times[bottom]),
        end_s=float(times[bottom + up[0]]),
        stood_up=bool(u[after] - u[bottom] >= settings.stood_up * drop),
    )


def _is_squat(track: PoseTrack, attempt: Attempt, picture_height_px: float, settings: AttemptDetection) -> bool:
    standing = track.between(attempt.start_s - 0.5, attempt.start_s + 0.1)
    bottom = track.between(attempt.bottom_s - 0.2, attempt.bottom_s + 0.2)
    if not len(standing) or not len(bottom) or not _upright(standing, settings.upright_m):
        return False
    if np.median(bottom.image_px[:, ANKLES, 1]) > picture_height_px:
        return _hip_fall_m(standing, bottom) >= settings.least_fall_m
    fall = _hip_fall(standing, bottom)
    flexion_deg = _knee_flexion_deg(bottom) - _knee_flexion_deg(standing)
    bends = fall >= settings.needs_knees or flexion_deg >= settings.least_flexion_deg
    pulls = _hands_down(standing) >= settings.hanging and _hands_below_knees(bottom)
    return bool(fall >= settings.least_fall and bends and not pulls)


def _hip_fall(standing: PoseTrack, bottom: PoseTrack) -> float:
    """How far the hips come down over the feet in the picture, in heights of the standing shoulders over the feet."""
    over_feet = [float(np.median(part.y_px(ANKLES) - part.y_px(HIPS))) for part in (standing, bottom)]
    return (over_feet[0] - over_feet[1]) / max(1.0, float(np.median(standing.y_px(ANKLES) - standing.y_px(SHOULDERS))))


def _hip_fall_m(standing: PoseTrack, bottom: PoseTrack) -> float:
    """How far the hips fall in the picture, in metres by the size of the trunk, which does not need the feet."""
    hips = [np.median(part.image_px[:, HIPS, 1]) for part in (standing, bottom)]
    trunk_px = hips[0] - np.median(standing.image_px[:, SHOULDERS, 1])
    return float((hips[1] - hips[0]) / max(trunk_px, 1.0) * TRUNK_M)


def _knee_flexion_deg(track: PoseTrack) -> float:
    """Median bend of the knees, 0 straight."""
    thigh = track.world_m[:, HIPS] - track.world_m[:, KNEES]
    shank = track.world_m[:, ANKLES] - track.world_m[:, KNEES]
    lengths = np.linalg.norm(thigh, axis=2) * np.linalg.norm(shank, axis=2)
    cosine = (thigh * shank).sum(axis=2) / np.maximum(lengths, 1e-9)
    return float(180.0 - np.degrees(np.median(np.arccos(np.clip(cosine, -1.0, 1.0)))))


def _upright(track: PoseTrack, least_m: float) -> bool:
    """Shoulders well over the hips: a lifter on a bench has them beside each other."""
    rise = track.world_m[:, HIPS, 1].mean(axis=1) - track.world_m[:, SHOULDERS, 1].mean(axis=1)
    return bool(np.median(rise) > least_m)


def _hands_below_knees(track: PoseTrack) -> bool:
    """A bar pulled from the floor hangs below the knees when the hips are lowest; a squatter's hands are higher."""
    hands, knees = track.world_m[:, WRISTS, 1].mean(axis=1), track.world_m[:, KNEES, 1].mean(axis=1)
    return bool(np.median(hands - knees) > 0)


def _hands_down(track: PoseTrack) -> float:
    """Where the hands are between shoulders (0) and hips (1)."""
    hands, shoulders, hips = (track.world_m[:, part, 1].mean(axis=1) for part in (WRISTS, SHOULDERS, HIPS))
    return float(np.median((hands - shoulders) / np.maximum(hips - shoulders, 0.1)))
