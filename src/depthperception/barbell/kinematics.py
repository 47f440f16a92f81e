"""How the bar moves in an attempt: its path, speeds as coaches measure them, and where it sticks.

A plate's px become metres along gravity and forward, because the bar moves in a plane: two numbers in the picture, two
in the plane. Mean concentric velocity is the way up over the time it takes, from leaving the lowest point to the
highest, as in velocity-based training.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import SAME_DEPTH_M
from depthperception.bar_motion import BarMotion, BarPath, BarPhase, Sticking
from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.geometry.signals import even_times, resampled, smoothed_with_speed
from depthperception.types import FloatArray

NOISE_M, FORWARD_M = 0.004, 0.05
"""Error of a plate's place, and how far a bar goes forward or back: where that is hardly seen, the second rules."""

SEEN_FORWARD = 0.7
"""Forward is told where a metre of it is seen as this part of a metre at least: within 45 degrees of the side."""

SMOOTHING_S = 0.2
"""Of the speed: a quadratic over this time."""

AT_END_M = 0.02
"""The bar is at its lowest or highest within this: where it has left them, time is counted."""

LONGEST_GAP_S = 0.3
"""Longer stretches without a plate are not bridged: the bar may turn round in them."""

LEAST_SLOWING_M_S = 0.04
"""A speed that falls by less than this before it rises again is noise."""

NO_DISC = "No plate of a bar was found."

LEAST_SEEN = 0.5
"""Part of the frames in which a plate must be seen to be followed."""

STIFF_M = 0.03
"""Ends of a bar that move apart by more than this, on the mean, are not both plates."""

REACH_S = 0.4
"""The bar is looked at this long before and after the hips say that it moves."""

ELSEWHERE_S, BESIDE_S, ELSEWHERE_CM = 0.4, 0.1, 1.0
"""How far from a bottom the bar may be lowest for both to be one, whatever its shoulders do, from when on that is
another moment than its close looks see, and by how much the bar has to be lower there. In 25 of 27 rendered attempts
it is lower by .9 cm at most; in the others by 3.4 and 7.6, .16 and .19 s after bottoms that were found that much too
early. Of 114 others one has it lower further away, by 21 cm 1.1 s before, and so are its shoulders."""

LEAST_PLACES = 8
"""Of the bar in an attempt, to speak of speeds."""

Places: TypeAlias = Sequence[float] | FloatArray

Course: TypeAlias = tuple[Places, Places]
"""Times (n,), s, and heights (n,), cm."""


def measure_motion(
    tracks: Sequence[PlateTrack], lifter_camera: LifterCamera, px_per_m: Sequence[float], attempt: Attempt
) -> BarMotion:
    """Measure how the bar moves in an attempt whose times are known from the hips.

    Parameters
    ----------
    tracks
        One or two plates, at the same times; or none.
    lifter_camera
        The lifter's axes in the picture that the tracks are of.
    px_per_m
        True scale at each plate where the lifter stands.
    """
    tracks, px_per_m = zip(*pairs, strict=True) if (pairs := _lasting(tracks, lifter_camera, px_per_m)) else ((), ())
    if not tracks:
        return BarMotion(reason=NO_DISC)
    times, px, moves = _course(tracks, lifter_camera, px_per_m)
    shows = np.linalg.norm(lifter_camera.forward[:2]) >= SEEN_FORWARD
    path = BarPath(
        times_s=tuple(times.tolist()),
        px=tuple((float(x), float(y)) for x, y in px),
        height_cm=tuple((100.0 * moves[:, 0]).tolist()),
        forward_cm=tuple((100.0 * moves[:, 1]).tolist()) if shows else None,
    )
    speeds = _speeds(times, moves[:, 0], attempt)
    return replace(speeds, plates=tuple(track.side.word for track in tracks), path=path)


def lowest_elsewhere_s(
    motion: BarMotion | None, bottom_s: float, span_s: tuple[float, float], carrier: Course
) -> float | None:
    """Say when the bar is lowest in an attempt, where that is another moment; None where it is not, or is not seen.

    Behind plates hips are seen badly, and the bottom may be found a fifth of a second beside what it is, or at a later
    low; the plates themselves are seen well then. Their track may slip, too: far from the bottom their word counts
    where what carries them is lower there as well, and it says where to look, not how deep that is.

    Parameters
    ----------
    motion
        The bar's.
    bottom_s, span_s
        The attempt's bottom, and when it begins and ends.
    carrier
        Heights of the shoulders that carry the bar.
    """
    if motion is None or motion.path is None:
        return None
    times, heights_cm = np.array(motion.path.times_s), np.array(motion.path.height_cm)
    for start_s, end_s in (span_s, (bottom_s - ELSEWHERE_S, bottom_s + ELSEWHERE_S)):
        near = np.flatnonzero((times >= start_s) & (times <= end_s))
        if not len(near):
            continue
        lowest = near[heights_cm[near].argmin()]
        lower_cm = _falls_cm((times, heights_cm), bottom_s, times[lowest])
        turns = near[0] < lowest < near[-1] and abs(times[lowest] - bottom_s) >= BESIDE_S
        close = abs(times[lowest] - bottom_s) <= ELSEWHERE_S
        if turns and lower_cm >= ELSEWHERE_CM and (close or _falls_cm(carrier, bottom_s, times[lowest]) > lower_cm / 2):
            return float(times[lowest])
    return None


def _falls_cm(course: Course, from_s: float, to_s: float) -> float:
    return float(np.interp(from_s, *course) - np.interp(to_s, *course))


def at_true_speed(motion: BarMotion, film_speed: float) -> BarMotion:
    """Give the same motion with the speeds that it had when the film was taken; its times stay those of the film."""
    phases = {
        name: replace(way, mean_m_s=way.mean_m_s / film_speed, peak_m_s=way.peak_m_s / film_speed)
        for name in ("descent", "ascent")
        if (way := getattr(motion, name))
    }
    sticks = motion.sticking
    sticking = replace(sticks, velocity_m_s=sticks.velocity_m_s / film_speed) if sticks else None
    return replace(motion, **phases, sticking=sticking, film_speed=film_speed)


def _lasting(
    tracks: Sequence[PlateTrack], lifter_camera: LifterCamera, px_per_m: Sequence[float]
) -> list[tuple[PlateTrack, float]]:
    """Plates that are seen in most of the frames; of two that move differently only the surer: a bar is stiff."""
    pairs = [(t, scale) for t, scale in zip(tracks, px_per_m, strict=True) if t.seen.mean() >= LEAST_SEEN]
    if len(pairs) == 2:
        heights = [_moves_m(track, lifter_camera, scale)[:, 0] for track, scale in pairs]
        apart = heights[0] - heights[1]
        known = np.isfinite(apart)
        if known.any() and np.abs(apart[known] - np.median(apart[known])).mean() > STIFF_M:
            pairs.remove(min(pairs, key=lambda pair: pair[0].vote))
    return pairs


def _course(
    tracks: Sequence[PlateTrack], lifter_camera: LifterCamera, px_per_m: Sequence[float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times (n,) at which any plate is seen, their middle in px (n, 2), and height and way forward in metres (n, 2)."""
    moves = np.array([_moves_m(track, lifter_camera, scale) for track, scale in zip(tracks, px_per_m, strict=True)])
    px = np.array([track.centre_px for track in tracks])
    seen = np.array([track.seen for track in tracks]).any(axis=0)
    # Where one of two is lost, the other's difference to their middle would be a jump.
    moves, places = ((values - _first(values))[:, seen] for values in (moves, px))
    middle = np.nanmean(places, axis=0) + _first(px).mean(axis=0)
    return tracks[0].times_s[seen], middle, np.nanmean(moves, axis=0)


def _first(values: FloatArray) -> FloatArray:
    """First known value of each track, where both are known if ever they are: (tracks, 1, k)."""
    known = np.isfinite(values[..., 0])
    both = np.flatnonzero(known.all(axis=0))
    first = [both[0] if len(both) else np.flatnonzero(row)[0] for row in known]
    return np.array([row[index] for row, index in zip(values, first, strict=True)])[:, None]


def _moves_m(track: PlateTrack, lifter_camera: LifterCamera, px_per_m: float) -> FloatArray:
    """Height and way forward (n, 2) of a plate against its first place, in metres; NaN where it is lost."""
    found = np.flatnonzero(track.seen)
    focal, beside = lifter_camera.pinhole.focal_px, track.steady_px - lifter_camera.middle_px
    depth = focal / px_per_m
    start = np.array([*(beside[found[0]] / px_per_m), depth])
    moves = np.full((len(track.times_s), 2), np.nan)
    for index in found:
        ray = beside[index] / focal
        ways = np.column_stack([way[:2] - ray * way[2] for way in (lifter_camera.up, lifter_camera.forward)])
        left = ray * start[2] - start[:2]
        keep = np.diag([0.0, (NOISE_M / FORWARD_M) ** 2])
        moves[index] = np.linalg.solve(ways.T @ ways + keep, ways.T @ left)
    return moves


def smooth(times_s: FloatArray, height_m: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Even times (m,), heights (m,) and speeds (m,) in m/s, upwards positive, by a sliding quadratic."""
    step_s = float(np.median(np.diff(times_s)))
    even = even_times(times_s, step_s)
    return even, *smoothed_with_speed(resampled(even, times_s, height_m), step_s, window_s=SMOOTHING_S)


def _speeds(times_s: FloatArray, height_m: FloatArray, attempt: Attempt) -> BarMotion:
    around = (times_s >= attempt.start_s - REACH_S) & (times_s <= attempt.end_s + REACH_S)
    times = times_s[around]
    if len(times) < LEAST_PLACES or np.diff(times).max() > LONGEST_GAP_S or times[0] > attempt.start_s:
        return BarMotion(reason="The bar is not seen through the whole attempt.")
    even, height, speed = smooth(times, height_m[around])
    low = int(np.argmin(height))
    before, after = int(np.argmax(height[: low + 1])), low + int(np.argmax(height[low:]))
    within = np.flatnonzero(height[before : after + 1] <= height[low] + SAME_DEPTH_M) + before
    lowest_s = float((even[within[0]] + even[within[-1]]) / 2)
    found = BarMotion(bottom_s=lowest_s, descent=_phase(even, height, speed, before, low))
    if not attempt.stood_up:
        return replace(found, reason="The bar is not seen to come all the way up, so its way up is not measured.")
    if times[-1] < attempt.end_s:
        return replace(found, reason="The bar is not seen until the lifter stands.")
    ascent = _phase(even, height, speed, low, after)
    sticking = _sticking(even, height, speed, ascent) if ascent else None
    reason = None if sticking else "The bar does not slow down on its way up, so it sticks nowhere."
    return replace(found, ascent=ascent, sticking=sticking, reason=reason)


def _phase(times: FloatArray, height: FloatArray, speed: FloatArray, start: int, end: int) -> BarPhase | None:
    """Measure from the last moment at one end's height to the first at the other's."""
    if end - start < 2:
        return None
    leaves = np.flatnonzero(np.abs(height[start:end] - height[start]) <= AT_END_M)
    left = start + int(leaves[-1])
    arrives = np.flatnonzero(np.abs(height[left + 1 : end + 1] - height[end]) <= AT_END_M)
    there = left + 1 + int(arrives[0])
    lasts, way = float(times[there] - times[left]), float(abs(height[there] - height[left]))
    if lasts <= 0.0:
        return None
    peak = float(np.abs(speed[left : there + 1]).max())
    return BarPhase(float(times[left]), float(times[there]), 100.0 * way, way / lasts, peak)


def _sticking(times: FloatArray, height: FloatArray, speed: FloatArray, ascent: BarPhase) -> Sticking | None:
    """Find the slowest moment after the first peak of the speed that a faster one follows."""
    part = np.flatnonzero((times >= ascent.start_s) & (times <= ascent.end_s))
    best, fall = None, LEAST_SLOWING_M_S
    for index in part[1:-1]:
        slower = min(speed[part[0] : index + 1].max(), speed[index : part[-1] + 1].max()) - speed[index]
        if slower > fall:
            best, fall = index, slower
    if best is None:
        return None
    return Sticking(float(times[best]), float(100.0 * (height[best] - height.min())), float(speed[best]))
