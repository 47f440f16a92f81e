"""One clock for several cameras: by how the lifter moves.

What one view shows of the lifter over time follows from what another shows at the same moments: heights in one picture
are a smooth function of those in the other, whatever the cameras. So many heights go together in few ways of moving
(principal components), and each landmark of one view is a cubic function of the other's ways, and an error of its own
that nobody knows before: behind a plate or an arm it is large. The bar's plates are rigid, and where they are followed
they say more than all joints. The offset at which everything is likeliest is that of the clocks; it needs no
calibration. Leaving out one part of the film after the other says how sure it is (jackknife, Tukey 1958). Which
repetition is which is told by the correlation of the hips' course through both films.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.geometry.signals import even_times, resampled, smoothed
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, SHOULDERS, TOES, Landmark
from depthperception.multiview.following import is_followed
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.triangulation import JOINTS
from depthperception.pose.track import PoseTrack
from depthperception.types import BoolArray, FloatArray

SyncSource = Literal["motion", "sound", "given"]

FEET = np.concatenate([ANKLES, HEELS, TOES])

MOVING = np.concatenate([[Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR], JOINTS])
"""Landmarks whose heights are compared."""

COARSE_S, FINE_S = 0.05, 0.01
"""Steps of the grids on which courses are compared, before a parabola finds the place between."""

LEAST_FRAMES = 8
"""Fewer tell nothing of a course."""

LEAST_ERROR = 3e-4
"""Of a landmark or plate, in standing heights: half a millimetre, so that none counts for everything."""


@dataclass(frozen=True)
class Offset:
    """How one film's clock stands to the first film's.

    Attributes
    ----------
    offset_s
        Added to a time of this film it gives that of the first film.
    source
        What it was measured from.
    sd_s
        Of its error.
    correlation
        Of the hips' courses at this offset.
    drift_s
        By how much it differs between the first and the last attempt; None where there is one.
    residual
        Part of the variance of the landmarks' heights that does not follow from the other film (median landmark).
    """

    offset_s: float
    source: SyncSource
    sd_s: float
    correlation: float | None = None
    drift_s: float | None = None
    residual: float | None = None


@dataclass(frozen=True, eq=False)
class Film:
    """What one view shows of how the lifter moves.

    Attributes
    ----------
    coarse
        His track through all of it.
    close
        His track through his attempts, in every frame.
    plates
        Of each attempt those that were followed.
    """

    coarse: PoseTrack
    close: PoseTrack
    plates: Sequence[Sequence[PlateTrack]] = ()


@dataclass(frozen=True, eq=False)
class Rise:
    """Height of a plate (n,) through an attempt, in the lifter's standing heights, where it is seen; calm."""

    times_s: FloatArray
    height: FloatArray

    def is_seen(self, at_s: FloatArray) -> BoolArray:
        """Whether it was seen about some times (m,)."""
        inside = (at_s >= self.times_s[0]) & (at_s <= self.times_s[-1])
        return np.asarray(inside & is_followed(self.times_s, at_s))


@dataclass(frozen=True, eq=False)
class Course:
    """How one view's lifter moves.

    Attributes
    ----------
    times_s : (n,)
    hips : (n,)
        Their height over the feet, in standing heights.
    heights : (n, landmarks)
        Of all landmarks, likewise; calm.
    ways : (n, components)
        Those in which most of them moves, each landmark by how little it jitters; of size 1.
    plates
        Of the bar, in each attempt.
    """

    times_s: FloatArray
    hips: FloatArray
    heights: FloatArray
    ways: FloatArray
    plates: tuple[Rise, ...] = ()

    def between(self, start_s: float, end_s: float) -> "Course":
        """Keep the moments from one time to another."""
        kept = (self.times_s >= start_s) & (self.times_s <= end_s)
        return Course(self.times_s[kept], self.hips[kept], self.heights[kept], self.ways[kept], self.plates)


def course_of(
    track: PoseTrack, plates: Sequence[Sequence[PlateTrack]] = (), *, settings: Together = TOGETHER
) -> Course:
    """Measure how the lifter moves; the feet are where they mostly are, so that their jitter adds none."""
    feet = float(np.median(track.image_px[:, FEET, 1]))
    tall_px = float(np.percentile(feet - track.y_px(SHOULDERS), 90))
    heights = (feet - track.image_px[:, MOVING, 1]) / tall_px
    calm = _calm(track.times_s, heights, settings)
    jitter = np.hypot(np.median(np.abs(heights - calm), axis=0), settings.least_jitter)
    weighed = (calm - calm.mean(axis=0)) / jitter
    ways = weighed @ np.linalg.svd(weighed, full_matrices=False)[2][: settings.ways_of_moving].T
    hips = (feet - track.y_px(HIPS)) / tall_px
    rises = []
    for one in (plate for attempt in plates for plate in attempt if plate.seen.sum() >= LEAST_FRAMES):
        times_s, height = one.times_s[one.seen], (feet - one.steady_px[one.seen, 1]) / tall_px
        rises.append(Rise(times_s, _calm(times_s, height, settings)))
    return Course(track.times_s, hips, calm, ways / np.maximum(ways.std(axis=0), 1e-9), tuple(rises))


def _calm(times_s: FloatArray, values: FloatArray, settings: Together) -> FloatArray:
    return smoothed(values, float(np.median(np.diff(times_s))), sigma_s=settings.fine_smoothing_s)


def find_offset(first: Film, other: Film, *, settings: Together = TOGETHER) -> Offset | None:
    """Find the offset of two films of one lift by how the lifter moves; None where they do not show the same."""
    courses = [course_of(one.coarse, settings=settings) for one in (first, other)]
    coarse = _coarse_offsets(*courses, settings=settings)
    near, far = (course_of(one.close, one.plates, settings=settings) for one in (first, other))
    found = [(_fine_offset(near, far, one, settings), correlation) for one, correlation in coarse]
    best, correlation = min(found, key=lambda one: one[0].left, default=(_Fine(0.0), 0.0))
    if not np.isfinite(best.left):
        return None
    attempts = _attempts(near, settings)
    parts = [_fine_offset(one, far, best.offset_s, settings) for one in attempts if len(attempts) > 1]
    by_part = [one.offset_s for one in parts if np.isfinite(one.left)]
    drift_s = float(by_part[-1] - by_part[0]) if len(by_part) > 1 else None
    spread_s = float(np.std(by_part) / np.sqrt(len(by_part))) if len(by_part) > 2 else 0.0
    sd_s = float(np.hypot(max(best.sd_s, spread_s), settings.offset_sd_s))
    return Offset(best.offset_s, "motion", sd_s, correlation, drift_s, best.residual)


def _coarse_offsets(first: Course, other: Course, *, settings: Together) -> list[tuple[float, float]]:
    """The most likely offsets by the hips' course, each with its correlation."""
    grids = [even_times(one.times_s, COARSE_S) for one in (first, other)]
    a, b = (
        smoothed(resampled(grid, one.times_s, one.hips), COARSE_S, sigma_s=settings.smoothing_s)
        for grid, one in zip(grids, (first, other), strict=True)
    )
    least = max(2, round(settings.least_overlap_s / COARSE_S))
    lags = np.arange(least - len(b), len(a) - least + 1)
    likeness = np.array([_correlation(a[max(0, k) : len(b) + k], b[max(0, -k) : len(a) - k]) for k in lags])
    peaks, _ = find_peaks(np.concatenate([[-1.0], likeness, [-1.0]]), height=settings.least_correlation)
    best = sorted((peaks - 1).tolist(), key=lambda k: -likeness[k])[: settings.candidates]
    return [(float(lags[k] * COARSE_S + grids[0][0] - grids[1][0]), float(likeness[k])) for k in best]


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Correlation of two courses that overlap; nothing where either stands still."""
    a, b = a[: len(b)] - a[: len(b)].mean(), b[: len(a)] - b[: len(a)].mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    moves = min(np.ptp(a), np.ptp(b)) > 0.1
    return float(a @ b) / size if moves else -1.0


@dataclass(frozen=True)
class _Fine:
    """An offset, its error, how unlikely it is, and the part of what moves that does not follow at it."""

    offset_s: float
    sd_s: float = np.inf
    left: float = np.inf
    residual: float = 1.0


def _fine_offset(first: Course, other: Course, offset_s: float, settings: Together) -> _Fine:
    """Find the offset at which either film follows best from the other."""
    if min(len(first.times_s), len(other.times_s)) < LEAST_FRAMES:
        return _Fine(offset_s)
    pair = _Pair(first, other, offset_s, settings)
    reach = offset_s + np.arange(-settings.search_s, settings.search_s + FINE_S / 2, FINE_S)
    left = np.array([pair.left(one) for one in reach])
    best = int(np.argmin(left))
    if not np.isfinite(left[best]):
        return _Fine(offset_s)
    if not 0 < best < len(reach) - 1 or not np.isfinite(left[best - 1 : best + 2]).all():
        return _Fine(float(reach[best]), settings.search_s, float(left[best]), pair.residual(reach[best]))
    before, at, after = left[best - 1 : best + 2]
    best_s = float(reach[best]) + _lowest(before, at, after)
    return _Fine(best_s, pair.sd_s(best_s), float(at), pair.residual(best_s))


class _Pair:
    """Two films, and how well either follows from the other at an offset."""

    def __init__(self, first: Course, other: Course, about_s: float, settings: Together) -> None:
        self.courses, self.settings = (first, other), settings
        self.heights = [CubicSpline(one.times_s, one.heights) for one in self.courses]
        self.ways = [CubicSpline(one.times_s, one.ways) for one in self.courses]
        times_s = self.moments(about_s)
        self.plates = [
            [
                (one, CubicSpline(one.times_s, one.height))
                for one in course.plates
                if one.is_seen(at_s).sum() * FINE_S >= settings.least_overlap_s
            ]
            for course, at_s in zip(self.courses, (times_s, times_s - about_s), strict=True)
        ]

    def moments(self, offset_s: float) -> FloatArray:
        """Times (n,) of the first film at which both follow the lifter."""
        a, b = (one.times_s for one in self.courses)
        grid = np.arange(max(a[0], b[0] + offset_s), min(a[-1], b[-1] + offset_s), FINE_S)
        return np.asarray(grid[is_followed(a, grid) & is_followed(b, grid - offset_s)])

    def off(self, offset_s: float, times_s: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """By how much each landmark, and each plate, of either film is not where the other film puts it (rms)."""
        at_s, errors = (times_s, times_s - offset_s), []
        for seen, told in ((0, 1), (1, 0)):
            ways = self.ways[told](at_s[told])
            terms = np.concatenate([np.ones((len(ways), 1)), ways, ways**2, ways**3], axis=1)
            plates = []
            for rise, spline in self.plates[seen]:
                shown = rise.is_seen(at_s[seen])
                plates.append(_unexplained(terms[shown], spline(at_s[seen][shown])))
            errors.append((_unexplained(terms, self.heights[seen](at_s[seen])), np.array(plates)))
        return errors

    def unlikely(self, offset_s: float, times_s: FloatArray) -> float:
        """How unlikely an offset is, whatever the errors: minus the log likelihood of a moment.

        Landmarks of one look err together: all of them count as one plate does.
        """
        logs = [[np.log(np.hypot(one, LEAST_ERROR)) for one in both] for both in self.off(offset_s, times_s)]
        return float(sum(joints.mean() + plates.sum() for joints, plates in logs))

    def left(self, offset_s: float) -> float:
        """How unlikely an offset is; without end where films have too little in common."""
        times_s = self.moments(offset_s)
        enough = len(times_s) * FINE_S >= self.settings.least_overlap_s
        return self.unlikely(offset_s, times_s) if enough else np.inf

    def residual(self, offset_s: float) -> float:
        """Part of the variance of the median landmark that does not follow."""
        times_s = self.moments(offset_s)
        shares = []
        for (off, _), heights, away_s in zip(self.off(offset_s, times_s), self.heights, (0.0, offset_s), strict=True):
            shares.append(off / np.maximum(heights(times_s - away_s).std(axis=0), 1e-9))
        return float(np.median(shares) ** 2)

    def sd_s(self, offset_s: float) -> float:
        """Error of an offset that leaves least, by leaving out one part of the film after the other (jackknife)."""
        times_s = self.moments(offset_s)[1:-1]
        count = max(2, round(len(times_s) * FINE_S / self.settings.part_s))
        without = []
        for part in np.array_split(np.arange(len(times_s)), count):
            kept = np.delete(times_s, part)
            without.append(_lowest(*[self.unlikely(offset_s + step, kept) for step in (-FINE_S, 0.0, FINE_S)]))
        return float(np.sqrt(count - 1) * np.std(without))


def _unexplained(terms: FloatArray, values: FloatArray) -> FloatArray:
    """What of values (n, ...) is no sum of the terms (n, k): root of the mean square (...)."""
    way = np.linalg.qr(terms)[0]
    off = values - way @ (way.T @ values)
    return np.asarray(np.sqrt((off**2).mean(axis=0)))


def _lowest(before: float, at: float, after: float) -> float:
    """Place of the lowest point of a parabola through three values, from the middle one, s."""
    bend = before - 2.0 * at + after
    return float(FINE_S * (before - after) / 2.0 / bend) if bend > 0.0 else 0.0


def _attempts(course: Course, settings: Together) -> list[Course]:
    """Cut a course at the highest hips between its lowest ones."""
    hips = _calm(course.times_s, course.hips, settings)
    lows, _ = find_peaks(-hips, prominence=0.1)
    cuts = [int(a + np.argmax(hips[a:b])) for a, b in pairwise(lows)]
    times_s = course.times_s[[0, *cuts, -1]]
    return [course.between(a, b) for a, b in pairwise(times_s)]
