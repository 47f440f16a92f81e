"""Courses through time: on an even grid, smoothed over seconds whatever the frame rate, and where they turn."""

import numpy as np
from scipy.linalg import lstsq
from scipy.ndimage import convolve1d, gaussian_filter1d

from depthperception.types import FloatArray, IntArray


def even_times(times_s: FloatArray, step_s: float | None = None) -> FloatArray:
    """Times (m,) from the first to the last, `step_s` apart; by default as far as the given ones (n,) usually are."""
    step = float(np.median(np.diff(times_s))) if step_s is None else step_s
    return np.arange(times_s[0], times_s[-1] + step / 2, step)


def nearest_to(frame_times_s: FloatArray, times_s: FloatArray) -> IntArray:
    """Index (n,) of the frame that is nearest to each time (n,); the earlier of two."""
    last = len(frame_times_s) - 1
    after = np.searchsorted(frame_times_s, times_s).clip(min(1, last), last)
    before = np.maximum(after - 1, 0)
    earlier = np.abs(frame_times_s[before] - times_s) <= np.abs(frame_times_s[after] - times_s)
    return np.where(earlier, before, after)


def resampled(grid_s: FloatArray, times_s: FloatArray, values: FloatArray) -> FloatArray:
    """Values (n, ...) at other times (m, ...), linear between."""
    columns = values.reshape(len(values), -1).T
    even = np.stack([np.interp(grid_s, times_s, column) for column in columns], axis=1)
    return np.asarray(even.reshape(len(grid_s), *values.shape[1:]))


def smoothed(values: FloatArray, step_s: float, *, sigma_s: float) -> FloatArray:
    """Gaussian mean over `sigma_s` of values (n, ...) that are `step_s` apart; the ends go on as they are."""
    return np.asarray(gaussian_filter1d(values, sigma_s / step_s, axis=0, mode="nearest"))


def smoothed_with_speed(values: FloatArray, step_s: float, *, window_s: float) -> tuple[FloatArray, FloatArray]:
    """Values (n,) and their change in a second (n,), by a quadratic that slides (Savitzky and Golay, 1964).

    What `scipy.signal.savgol_filter` gives, but for the last digits of its version; its import takes a third of a
    second.
    """
    window = min(max(5, 2 * round(window_s / step_s / 2) + 1), len(values) - 1 + len(values) % 2)
    half, steps = window // 2, np.arange(window, dtype=np.float64)
    powers = (half - steps) ** np.arange(3.0)[:, None]
    wanted = np.diag([1.0, 1.0 / step_s, 0.0])
    calm, speed = (convolve1d(values, lstsq(powers, wanted[order])[0], mode="constant") for order in (0, 1))
    # Half a window from either end the quadratic of the last whole window goes on.
    for inside, edge in ((slice(0, half), slice(0, window)), (slice(-half, None), slice(-window, None))):
        a, b, c = np.polyfit(steps, values[edge], 2)
        calm[inside] = np.polyval([a, b, c], steps[inside])
        speed[inside] = np.polyval([2.0 * a, b], steps[inside]) / step_s
    return np.asarray(calm), np.asarray(speed)


def running_median(times_s: FloatArray, values: FloatArray, *, within_s: float) -> FloatArray:
    """Median (n,) of what is known within so many seconds to both sides; NaN stays NaN."""
    steady = np.full_like(values, np.nan)
    for place in np.flatnonzero(np.isfinite(values)):
        steady[place] = np.nanmedian(values[np.abs(times_s - times_s[place]) <= within_s])
    return steady


def turning_points(values: FloatArray, *, reversal: float, recovered: float = np.inf) -> list[tuple[int, bool]]:
    """Alternating highs and lows (index, whether it is low); the first is a high.

    Parameters
    ----------
    values : (n,)
    reversal
        By so much a low is under the high before it, and a high over the low.
    recovered
        A low is one, too, as soon as this part of the fall to it is climbed again.
    """
    turns: list[tuple[int, bool]] = []
    extreme, falling, least = 0, False, reversal
    for index in range(1, len(values)):
        further = values[index] < values[extreme] if falling else values[index] > values[extreme]
        if further:
            extreme = index
            if falling:
                least = min(reversal, recovered * float(values[turns[-1][0]] - values[extreme]))
        elif abs(values[index] - values[extreme]) >= least:
            turns.append((extreme, falling))
            extreme, falling, least = index, not falling, reversal
    if falling:
        turns.append((extreme, True))
    return turns
