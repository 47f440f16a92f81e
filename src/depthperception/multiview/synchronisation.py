"""One clock for several cameras: by how the lifter goes down and up, by sound, or as given.

What one view shows of hips, shoulders and knees over time follows from what another shows at the same moments: heights
in one picture are a smooth function of those in the other, whatever the cameras. The offset at which a quadratic
function leaves least is that of the clocks; it needs no calibration. Which repetition is which is told by the
correlation of the hips' course through both films.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

from depthperception.geometry.signals import even_times, resampled, smoothed
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

SyncSource = Literal["motion", "sound", "given"]

FEET = np.concatenate([ANKLES, HEELS, TOES])

COARSE_S, FINE_S = 0.05, 0.01
"""Steps of the grids on which courses are compared, before a parabola finds the place between."""


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
        Part of the variance of one film's heights that does not follow from the other's.
    """

    offset_s: float
    source: SyncSource
    sd_s: float
    correlation: float | None = None
    drift_s: float | None = None
    residual: float | None = None


@dataclass(frozen=True, eq=False)
class Course:
    """Heights of one view's lifter over his feet, in standing heights.

    Attributes
    ----------
    times_s : (n,)
    heights : (n, 3)
        Of hips, shoulders, knees.
    """

    times_s: FloatArray
    heights: FloatArray

    def between(self, start_s: float, end_s: float) -> "Course":
        """Keep the moments from one time to another."""
        kept = (self.times_s >= start_s) & (self.times_s <= end_s)
        return Course(self.times_s[kept], self.heights[kept])


def course_of(track: PoseTrack) -> Course:
    """Measure the heights; the feet are where they mostly are, so that their jitter adds none."""
    feet = float(np.median(track.image_px[:, FEET, 1]))
    heights = np.stack([feet - track.y_px(points) for points in (HIPS, SHOULDERS, KNEES)], axis=1)
    return Course(track.times_s, heights / np.percentile(heights[:, 1], 90))


def find_offset(
    first: tuple[PoseTrack, PoseTrack], other: tuple[PoseTrack, PoseTrack], *, settings: Together = TOGETHER
) -> Offset | None:
    """Find the offset of two films of one lift by how the lifter moves; None where they do not show the same.

    Parameters
    ----------
    first, other
        Of each film the coarse track through all of it, and the close one through its attempts.
    """
    coarse = _coarse_offsets(course_of(first[0]), course_of(other[0]), settings)
    near, far = course_of(first[1]), course_of(other[1])
    found = [(*_fine_offset(near, far, one, settings), correlation) for one, correlation in coarse]
    found = [one for one in found if np.isfinite(one[1])]
    if not found:
        return None
    offset_s, left, correlation = min(found, key=lambda one: one[1])
    by_part = [_fine_offset(part, far, offset_s, settings)[0] for part in _attempts(near, settings)]
    drift_s = float(by_part[-1] - by_part[0]) if len(by_part) > 1 else None
    spread = float(np.std(by_part) / np.sqrt(len(by_part))) if len(by_part) > 2 else 0.0
    return Offset(offset_s, "motion", float(np.hypot(settings.offset_sd_s, spread)), correlation, drift_s, left)


def _coarse_offsets(first: Course, other: Course, settings: Together) -> list[tuple[float, float]]:
    """The most likely offsets by the hips' course, each with its correlation."""
    grids = [even_times(one.times_s, COARSE_S) for one in (first, other)]
    a, b = (
        smoothed(resampled(grid, one.times_s, one.heights[:, 0]), COARSE_S, sigma_s=settings.smoothing_s)
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


def _fine_offset(first: Course, other: Course, offset_s: float, settings: Together) -> tuple[float, float]:
    """Find the offset at which one film's heights follow best from the other's; and the part that does not."""
    reach = np.arange(-settings.search_s, settings.search_s + FINE_S / 2, FINE_S)
    if min(len(first.times_s), len(other.times_s)) < 8:
        return offset_s, np.inf
    splines = [CubicSpline(one.times_s, _calm(one, settings)) for one in (first, other)]
    left = np.array([_left(splines, first, other, offset_s + one, settings) for one in reach])
    if not np.isfinite(left).any():
        return offset_s, np.inf
    best = int(np.nanargmin(np.where(np.isfinite(left), left, np.inf)))
    if 0 < best < len(reach) - 1 and np.isfinite(left[best - 1 : best + 2]).all():
        before, at, after = left[best - 1 : best + 2]
        best_s = reach[best] + FINE_S * (before - after) / (2.0 * (before - 2.0 * at + after))
    else:
        best_s = reach[best]
    return float(offset_s + best_s), float(left[best])


def _calm(course: Course, settings: Together) -> FloatArray:
    step_s = float(np.median(np.diff(course.times_s)))
    return smoothed(course.heights, step_s, sigma_s=settings.fine_smoothing_s)


def _left(splines: Sequence[CubicSpline], first: Course, other: Course, offset_s: float, settings: Together) -> float:
    """Part of the heights' variance that does not follow from the other film's, both ways."""
    start_s = max(first.times_s[0], other.times_s[0] + offset_s)
    end_s = min(first.times_s[-1], other.times_s[-1] + offset_s)
    if end_s - start_s < settings.least_overlap_s:
        return np.inf
    grid = np.arange(start_s, end_s, FINE_S)
    a, b = splines[0](grid), splines[1](grid - offset_s)
    parts = []
    for seen, told in ((a, b), (b, a)):
        terms = np.concatenate([np.ones((len(told), 1)), told, told**2], axis=1)
        wanted = seen[:, :2]
        fitted = terms @ np.linalg.lstsq(terms, wanted, rcond=None)[0]
        parts.append(((wanted - fitted) ** 2).sum() / max(((wanted - wanted.mean(axis=0)) ** 2).sum(), 1e-9))
    return float(np.mean(parts))


def _attempts(course: Course, settings: Together) -> list[Course]:
    """Cut a course at the highest hips between its lowest ones."""
    hips = _calm(course, settings)[:, 0]
    lows, _ = find_peaks(-hips, prominence=0.1)
    cuts = [int(a + np.argmax(hips[a:b])) for a, b in pairwise(lows)]
    times_s = course.times_s[[0, *cuts, -1]]
    return [course.between(a, b) for a, b in pairwise(times_s)]


def offset_by_sound(first: Path, other: Path, *, settings: Together = TOGETHER) -> Offset | None:
    """Find the offset by sound, as from the first frame of each film; None where one is silent or they differ.

    Generalised cross-correlation with phase transform (Knapp and Carter, 1976). Sound takes 3 ms for each metre by
    which one camera is further away.
    """
    sounds = [_sound(path) for path in (first, other)]
    if any(len(one) < RATE_HZ for one in sounds):
        return None
    size = 1 << (len(sounds[0]) + len(sounds[1])).bit_length()
    a, b = (np.fft.rfft(one, size) for one in sounds)
    across = a * np.conj(b)
    likeness = np.fft.irfft(across / np.maximum(np.abs(across), 1e-9), size)
    best = int(np.argmax(likeness))
    away = np.abs((np.arange(size) - best + size // 2) % size - size // 2)
    second = float(likeness[away > RATE_HZ // 20].max())
    if likeness[best] <= settings.sound_over_rest * second:
        return None
    lag = best if best < size // 2 else best - size
    return Offset(lag / RATE_HZ, "sound", settings.sound_sd_s, float(likeness[best]))


RATE_HZ = 8000
"""Of the sound that is compared: steps and plates are heard below 4 kHz."""


def _sound(path: Path) -> FloatArray:
    """Sound (n,) from the time of the first frame on; empty where there is none."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio or not container.streams.video:
                return np.zeros(0)
            video = container.streams.video[0]
            first_s = float((video.start_time or 0) * (video.time_base or 0))
            audio = container.streams.audio[0]
            heard_s = float((audio.start_time or 0) * (audio.time_base or 0))
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            parts = [out.to_ndarray().ravel() for frame in container.decode(audio) for out in resampler.resample(frame)]
    except av.error.FFmpegError:
        return np.zeros(0)
    sound = np.concatenate([*parts, np.zeros(0)]).astype(np.float64)
    lead = round((heard_s - first_s) * RATE_HZ)
    return np.concatenate([np.zeros(max(lead, 0)), sound])[max(-lead, 0) :]
