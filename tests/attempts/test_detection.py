"""Attempts are found where somebody squats, at the right moments, and nowhere else."""

import numpy as np
import pytest

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import lowest_s
from depthperception.attempts.detection import find_attempts as find_in_picture
from depthperception.pose.track import PoseTrack
from tests.support.figures import PICTURE_PX, axes, squats, track


def find_attempts(seen: PoseTrack) -> tuple[Attempt, ...]:
    """Attempts in a picture 1280 px high, which shows the figure whole."""
    return find_in_picture(seen, PICTURE_PX)


def noisy(clean: PoseTrack, sd_m: float = 0.015) -> PoseTrack:
    """The network's jitter on every landmark."""
    rng = np.random.default_rng(1)
    world = clean.world_m + rng.normal(0.0, sd_m, clean.world_m.shape)
    return PoseTrack(**{**vars(clean), "world_m": world})


@pytest.mark.parametrize("azimuth_deg", [0, 45, 90, 180, 300])
def test_one_squat_is_found_at_its_bottom_from_any_side(azimuth_deg: float) -> None:
    times, angles, bottoms = squats([95.0])
    (attempt,) = find_attempts(noisy(track(times, angles, axes(azimuth_deg, pitch_deg=8.0))))
    assert attempt.bottom_s == pytest.approx(bottoms[0], abs=0.11)
    assert 1.0 <= attempt.start_s <= 1.6
    assert 2.9 <= attempt.end_s <= 3.5
    assert attempt.stood_up


def test_a_set_of_twenty_gives_twenty_attempts() -> None:
    times, angles, bottoms = squats([95.0] * 20, stand_s=0.4, rep_s=1.8)
    found = find_attempts(noisy(track(times, angles)))
    assert len(found) == 20
    assert np.allclose([a.bottom_s for a in found], bottoms, atol=0.15)


def test_a_quarter_squat_is_an_attempt() -> None:
    times, angles, _ = squats([50.0])
    assert len(find_attempts(noisy(track(times, angles)))) == 1


def test_a_dip_of_the_knees_and_standing_are_none() -> None:
    times, angles, _ = squats([20.0])
    assert find_attempts(noisy(track(times, angles))) == ()
    assert find_attempts(noisy(track(times, np.zeros_like(times)))) == ()


def test_a_pause_at_the_bottom_is_one_attempt() -> None:
    times = np.arange(0.0, 7.0, 0.1)
    angles = np.interp(times, [0, 1, 2.2, 4.5, 5.7, 7], [0, 0, 95, 95, 0, 0])
    (attempt,) = find_attempts(noisy(track(times, angles)))
    assert 2.2 <= attempt.bottom_s <= 4.5


def test_a_double_bounce_is_one_attempt() -> None:
    times = np.arange(0.0, 6.0, 0.1)
    angles = np.interp(times, [0, 1, 2, 2.5, 3, 4.2, 6], [0, 0, 95, 70, 97, 0, 0])
    (attempt,) = find_attempts(noisy(track(times, angles)))
    assert attempt.bottom_s == pytest.approx(3.0, abs=0.15)


def test_a_failed_ascent_is_an_attempt_that_did_not_stand_up() -> None:
    times = np.arange(0.0, 5.0, 0.1)
    angles = np.interp(times, [0, 1, 2, 3, 3.6, 5], [0, 0, 95, 70, 105, 105])
    (attempt,) = find_attempts(noisy(track(times, angles)))
    assert not attempt.stood_up
    assert attempt.bottom_s == pytest.approx(2.0, abs=0.15)


def test_a_deadlift_is_not_a_squat() -> None:
    times, angles, _ = squats([75.0, 75.0])
    assert find_attempts(noisy(track(times, angles, hands="hang", trunk_deg=60.0))) == ()


def test_hands_that_plates_hide_at_the_bottom_make_no_deadlift() -> None:
    times, angles, _ = squats([95.0])
    seen = track(times, angles)
    world = seen.world_m.copy()
    for hand, knee in ((15, 25), (16, 26)):
        world[angles > 60.0, hand, 1] = world[angles > 60.0, knee, 1] + 0.1
    assert len(find_attempts(PoseTrack(**{**vars(seen), "world_m": world}))) == 1


def test_legs_that_seem_to_shorten_while_the_hips_stay_are_no_squat() -> None:
    times, angles, _ = squats([95.0])
    still = track(times, np.zeros_like(times))
    confused = PoseTrack(**{**vars(still), "world_m": track(times, angles).world_m})
    assert find_attempts(confused) == ()


def test_the_bottom_is_the_middle_of_a_pause_and_the_point_of_a_bounce() -> None:
    times, angles, (bottom,) = squats([95.0], step_s=1 / 30)
    whole = Attempt(times[0], bottom + 0.2, times[-1], stood_up=True)
    assert lowest_s(track(times, angles), whole, smoothing_s=0.08) == pytest.approx(bottom, abs=0.02)
    times = np.arange(0.0, 3.0, 1 / 30)
    pause = track(times, np.interp(times, [0, 1.2, 1.8, 3], [60, 95, 95, 60]))
    whole = Attempt(0.0, 1.6, 3.0, stood_up=True)
    assert lowest_s(pause, whole, smoothing_s=0.08) == pytest.approx(1.5, abs=0.04)


def test_shoulders_tell_the_bottom_where_the_hips_jitter() -> None:
    times, angles, (bottom,) = squats([95.0], step_s=1 / 30)
    seen = track(times, angles)
    image = seen.image_px.copy()
    image[:, [23, 24], 1] += np.random.default_rng(3).normal(0.0, 8.0, (len(times), 1))
    jittery = PoseTrack(**{**vars(seen), "image_px": image})
    whole = Attempt(times[0], bottom, times[-1], stood_up=True)
    assert lowest_s(jittery, whole, smoothing_s=0.08) == pytest.approx(bottom, abs=0.05)


def test_a_lifter_on_a_bench_is_not_a_squat() -> None:
    times, angles, _ = squats([60.0])
    upright = track(times, angles)
    lying = PoseTrack(**{**vars(upright), "world_m": upright.world_m[:, :, [1, 0, 2]]})
    assert find_attempts(lying) == ()


def test_too_short_a_track_has_no_attempt() -> None:
    times, angles, _ = squats([95.0])
    assert find_attempts(track(times[:4], angles[:4])) == ()


def test_a_lifter_cut_off_at_the_knees_still_makes_an_attempt_to_be_refused() -> None:
    times, angles, bottoms = squats([62.0])
    whole = track(times, angles)
    # The network draws knees that hardly bend below the edge of the picture; the hips' fall is really seen.
    stiff = whole.world_m.copy()
    stiff[:, [25, 26]] = (stiff[:, [23, 24]] + stiff[:, [27, 28]]) / 2
    knees_guessed = PoseTrack(**{**vars(whole), "world_m": stiff})
    (attempt,) = find_in_picture(knees_guessed, (720, 800))
    assert attempt.bottom_s == pytest.approx(bottoms[0], abs=0.15)


def test_a_deep_squat_counts_even_where_the_knees_hardly_seem_to_bend() -> None:
    times, angles, _ = squats([95.0])
    seen = track(times, angles)
    stiff = seen.world_m.copy()
    stiff[:, [25, 26]] = (stiff[:, [23, 24]] + stiff[:, [27, 28]]) / 2
    assert len(find_attempts(PoseTrack(**{**vars(seen), "world_m": stiff}))) == 1
    shallow_times, shallow, _ = squats([50.0])
    seen = track(shallow_times, shallow)
    stiff = seen.world_m.copy()
    stiff[:, [25, 26]] = (stiff[:, [23, 24]] + stiff[:, [27, 28]]) / 2
    assert find_attempts(PoseTrack(**{**vars(seen), "world_m": stiff})) == ()


def test_a_shallow_rep_that_ends_short_of_the_first_lockout_is_one_by_itself() -> None:
    times = np.arange(0.0, 6.0, 0.1)
    angles = np.interp(times, [0, 1, 1.6, 1.9, 2.5, 3.0, 3.9, 4.8, 6], [0, 0, 52, 52, 28, 28, 95, 0, 0])
    assert [a.bottom_s for a in find_attempts(track(times, angles))] == pytest.approx([1.75, 3.9], abs=0.15)
