"""Courses through time are put on an even grid, smoothed over seconds, and cut where they turn."""

import numpy as np
import pytest
from scipy.signal import savgol_filter

from depthperception.geometry.signals import (
    even_times,
    resampled,
    running_median,
    smoothed,
    smoothed_with_speed,
    turning_points,
)


def test_an_even_grid_has_the_usual_step_and_both_ends() -> None:
    assert even_times(np.array([0.0, 0.1, 0.2, 0.35, 0.4])) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_values_are_linear_between_uneven_times_whatever_their_shape() -> None:
    times = np.array([0.0, 1.0, 3.0])
    values = np.stack([times, 2.0 * times, -times, times + 1.0], axis=1).reshape(3, 2, 2)
    assert resampled(np.array([0.5, 2.0]), times, values)[:, 0, 1] == pytest.approx([1.0, 4.0])
    assert resampled(np.array([2.0]), times, values)[0, 1] == pytest.approx([-2.0, 3.0])


@pytest.mark.parametrize("step_s", [0.01, 0.02])
def test_a_wave_loses_by_smoothing_what_a_gaussian_takes_at_any_rate(step_s: float) -> None:
    times = np.arange(0.0, 6.0, step_s)
    wave = np.sin(2.0 * np.pi * times)
    left = float(np.abs(smoothed(wave, step_s, sigma_s=0.1)[len(times) // 3 : -len(times) // 3]).max())
    assert left == pytest.approx(np.exp(-0.5 * (2.0 * np.pi * 0.1) ** 2), abs=0.002)


def test_a_parabola_keeps_its_heights_and_speeds() -> None:
    times = np.arange(0.0, 1.0, 0.02)
    height, speed = smoothed_with_speed(2.5 * times**2, 0.02, window_s=0.2)
    assert height == pytest.approx(2.5 * times**2, abs=1e-9)
    assert speed == pytest.approx(5.0 * times, abs=1e-9)


@pytest.mark.parametrize("count", [5, 6, 20, 90])
def test_the_quadratic_that_slides_is_scipys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).cumsum()
    window = min(13, count - 1 + count % 2)
    calm, speed = smoothed_with_speed(values, 1.0 / 60.0, window_s=0.2)
    assert calm == pytest.approx(savgol_filter(values, window, 2), rel=0.0, abs=1e-12)
    assert speed == pytest.approx(savgol_filter(values, window, 2, deriv=1, delta=1.0 / 60.0), rel=0.0, abs=1e-10)


def test_a_running_median_drops_a_spike_and_keeps_gaps() -> None:
    times = np.arange(0.0, 1.0, 0.1)
    values = np.where(np.isclose(times, 0.5), 9.0, 1.0)
    values[2] = np.nan
    steady = running_median(times, values, within_s=0.15)
    assert np.isnan(steady[2])
    assert steady[5] == 1.0


def test_turns_smaller_than_asked_are_none() -> None:
    values = np.array([1.0, 0.5, 0.58, 0.3, 1.0, 0.95, 1.0, 0.2])
    assert turning_points(values, reversal=0.15) == [(0, False), (3, True), (4, False), (7, True)]
