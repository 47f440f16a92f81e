"""A lowest point is a bottom only where the hips come down to it and up from it; a camera that turns moves neither."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.attempts.attempt import Attempt, Doubt
from depthperception.attempts.course import doubt_of, lowest_s, missed_m, other_low, over_feet_cm, step_at
from depthperception.attempts.detection import find_attempts, find_movements, hip_height
from depthperception.attempts.refinement import frames_that_decide
from depthperception.attempts.settings import BottomRefinement
from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray
from tests.support.figures import PICTURE_PX, squats, track


def squat(from_s: float, until_s: float) -> tuple[PoseTrack, float]:
    """Frames of a squat, 10 a second, cut to a part, and when it is deepest."""
    times, angles, (bottom_s,) = squats([95.0])
    return track(times, angles).between(from_s, until_s), bottom_s


def doubt(seen: PoseTrack) -> Doubt | None:
    (attempt,) = find_attempts(seen, PICTURE_PX)
    return doubt_of(seen, attempt, attempt.bottom_s)


def test_a_film_that_ends_in_the_descent_does_not_show_the_bottom() -> None:
    seen, bottom_s = squat(0.0, 1.95)
    assert bottom_s == pytest.approx(2.25)
    assert doubt(seen) == "ends"


def test_a_film_that_ends_in_the_ascent_does() -> None:
    assert doubt(squat(0.0, 2.6)[0]) is None


def test_who_stays_at_the_bottom_to_the_end_has_reached_it() -> None:
    times = np.arange(0.0, 4.0, 0.1)
    seen = track(times, np.interp(times, [0, 1, 2, 4], [0, 0, 95, 95]))
    assert doubt(seen) is None


def test_a_film_that_begins_inside_the_descent_shows_an_attempt() -> None:
    seen, bottom_s = squat(1.85, 9.0)
    (attempt,) = find_attempts(seen, PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.1)
    assert not attempt.stood_before
    assert doubt_of(seen, attempt, attempt.bottom_s) is None


@pytest.mark.parametrize("begins_s", [1.7, 1.8])
def test_who_bends_already_in_the_first_look_was_not_seen_standing(begins_s: float) -> None:
    seen, bottom_s = squat(begins_s, 9.0)
    height = hip_height(seen)
    assert height[0] < 0.8 * height.max()
    (attempt,) = find_attempts(seen, PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.1)
    assert not attempt.stood_before


@pytest.mark.parametrize("begins_s", [2.2, 2.3])
def test_a_film_that_begins_at_the_bottom_shows_an_attempt_to_be_refused(begins_s: float) -> None:
    seen, bottom_s = squat(begins_s, 9.0)
    (attempt,) = find_attempts(seen, PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.1)
    assert doubt_of(seen, attempt, attempt.bottom_s) == "begins"


def test_who_stands_up_under_the_bar_in_the_rack_as_the_film_begins_has_not_squatted() -> None:
    times, angles, (bottom_s,) = squats([95.0])
    unrack = np.interp(times, [0.0, 0.5, 0.9], [45.0, 45.0, 0.0])
    (attempt,) = find_attempts(track(times, np.maximum(unrack, angles)), PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.1)


def test_an_ascent_alone_is_no_attempt() -> None:
    seen, bottom_s = squat(2.7, 9.0)
    assert bottom_s < 2.5
    assert find_attempts(seen, PICTURE_PX) == ()
    assert [one.kind for one in find_movements(seen, PICTURE_PX)] == ["ascent"]


def test_two_ascents_joined_by_a_cut_have_no_bottom() -> None:
    times, angles, (bottom_s,) = squats([100.0])
    rises = angles[times >= bottom_s]
    both = np.concatenate([rises, rises])
    seen = track(np.linspace(0.0, 0.1 * (len(both) - 1), len(both)), both)
    attempts = find_attempts(seen, PICTURE_PX)
    assert [doubt_of(seen, one, one.bottom_s) for one in attempts] == ["begins", "jumps"]


def tilted(seen: PoseTrack, rows_px: FloatArray) -> PoseTrack:
    image = seen.image_px.copy()
    image[:, :, 1] += rows_px[:, None]
    return PoseTrack(**{**vars(seen), "image_px": image})


@pytest.mark.parametrize("rows_px", [-200.0, 200.0])
def test_a_camera_that_turns_with_the_lifter_moves_no_bottom(rows_px: float) -> None:
    times, angles, (bottom_s,) = squats([95.0], step_s=0.125)
    whole = Attempt(times[0], bottom_s + 0.2, times[-1], stood_up=True)
    turn = rows_px * np.interp(times, [bottom_s - 1.0, bottom_s + 0.3], [0.0, 1.0])
    seen = tilted(track(times, angles), turn)
    assert lowest_s(seen, whole, smoothing_s=0.12) == pytest.approx(bottom_s, abs=0.05)


def test_feet_that_are_guesses_are_no_camera() -> None:
    times, angles, (bottom_s,) = squats([95.0], step_s=0.125)
    seen = track(times, angles)
    image, visibility = seen.image_px.copy(), seen.visibility.copy()
    image[:, ANKLES, 1] += 150.0 * np.interp(times, [bottom_s - 1.0, bottom_s + 0.3], [0.0, 1.0])[:, None]
    visibility[:, ANKLES] = 0.1
    guessed = PoseTrack(**{**vars(seen), "image_px": image, "visibility": visibility})
    whole = Attempt(times[0], bottom_s + 0.2, times[-1], stood_up=True)
    assert lowest_s(guessed, whole, smoothing_s=0.12) == pytest.approx(bottom_s, abs=0.03)


BOTTOM_S = 2.0
PX_PER_M = 400.0
"""Of the stick figure."""


def turning(times_s: FloatArray, acceleration_m_s2: float, rests_s: float = 0.0) -> PoseTrack:
    """Hips and shoulders that turn round at `BOTTOM_S` as everything does: by half the acceleration times t squared."""
    seen = track(times_s, np.full(len(times_s), 80.0))
    away_s = np.maximum(0.0, np.abs(times_s - BOTTOM_S) - rests_s)
    image = seen.image_px.copy()
    image[:, np.concatenate([HIPS, SHOULDERS]), 1] -= (0.5 * acceleration_m_s2 * away_s**2 * PX_PER_M)[:, None]
    return PoseTrack(**{**vars(seen), "image_px": image})


@pytest.mark.parametrize("lower_px", [-25.0, 25.0])
def test_a_second_network_that_places_hips_elsewhere_moves_no_bottom(lower_px: float) -> None:
    # 25 px are 6 cm of the figure. Between the two networks the course would have a step where the scan ends.
    course = turning(np.arange(0.0, 4.0, 0.125), 2.0)
    scan = tilted(turning(np.linspace(1.7, 2.1, 13), 2.0), np.full(13, lower_px))
    whole = Attempt(0.0, 1.9, 4.0, stood_up=True)
    assert lowest_s(course, whole, scan=scan, smoothing_s=0.08) == pytest.approx(BOTTOM_S, abs=0.03)


def test_of_few_pictures_a_second_the_one_that_is_lowest_is_the_bottom() -> None:
    # At 5 m/s2 the pictures beside it are 10 cm higher, and the one after them 40 cm: its ascent is twice as fast.
    times = np.arange(0.0, 4.1, 0.2)
    seen = turning(times, 5.0)
    image = seen.image_px.copy()
    image[times > BOTTOM_S + 0.3, :, 1] -= 100.0
    whole = Attempt(0.0, BOTTOM_S + 0.2, 4.0, stood_up=True)
    fast = PoseTrack(**{**vars(seen), "image_px": image})
    assert lowest_s(fast, whole, smoothing_s=0.08) == pytest.approx(BOTTOM_S, abs=0.05)


def test_a_single_wrong_look_is_no_bottom() -> None:
    times = np.arange(0.0, 4.0, 0.125)
    rows_px = np.zeros(len(times))
    rows_px[np.abs(times - 2.375).argmin()] = 120.0
    whole = Attempt(0.0, BOTTOM_S, 4.0, stood_up=True)
    assert lowest_s(tilted(turning(times, 3.0), rows_px), whole, smoothing_s=0.12) == pytest.approx(BOTTOM_S, abs=0.08)


def missed(step_s: float, acceleration_m_s2: float, *, first_s: float = 0.0, rests_s: float = 0.0) -> float:
    times = np.arange(first_s, 4.0, step_s)
    whole = Attempt(0.0, BOTTOM_S, 4.0, stood_up=True)
    bottom_s = float(times[np.abs(times - BOTTOM_S).argmin()])
    return missed_m(
        turning(times, acceleration_m_s2, rests_s), whole, bottom_s, bottom_s, step_at(times, bottom_s)
    ).most


@pytest.mark.parametrize("first_s", [0.0, 0.05, 0.1, 0.15])
def test_what_lies_between_two_pictures_is_half_a_step_of_the_turn(first_s: float) -> None:
    # At 4 m/s2 the hips are 4 * .1^2 / 2 = 2 cm lower .1 s before a picture, and .05^2 * 2 = .5 cm .05 s before it.
    assert missed(0.2, 4.0, first_s=first_s) == pytest.approx(0.02, rel=0.15)
    assert missed(0.1, 4.0, first_s=first_s) == pytest.approx(0.005, rel=0.15)
    assert missed(1 / 30, 4.0, first_s=first_s) < 0.001


def test_slow_motion_misses_no_more_than_the_same_pictures_at_their_own_speed() -> None:
    # Four times slower, the acceleration in the film's time is a sixteenth.
    assert missed(0.4, 4.0 / 16) == pytest.approx(missed(0.1, 4.0), rel=0.15)


def test_a_pause_at_the_bottom_is_in_a_picture() -> None:
    assert missed(0.1, 4.0, rests_s=0.3) == pytest.approx(0.0, abs=1e-4)


def test_the_step_is_that_of_the_pictures_round_the_bottom() -> None:
    times = np.array([0.0, 0.04, 0.08, 0.28, 0.32, 0.36])
    assert step_at(times, 0.07) == pytest.approx(0.12)
    assert step_at(times, 0.31) == pytest.approx(0.04)
    assert step_at(times, 0.01) == 0.0, "the film begins there"


def test_of_few_pictures_a_second_only_the_deepest_decides() -> None:
    def chosen(rate_hz: float) -> int:
        times = np.arange(0.0, 4.0, 1.0 / rate_hz)
        return len(frames_that_decide(times, BOTTOM_S + 0.3 / rate_hz, 3, within_s=BottomRefinement().bottom_within_s))

    assert [chosen(rate_hz) for rate_hz in (60.0, 30.0, 24.0)] == [3, 3, 3]
    assert [chosen(rate_hz) for rate_hz in (15.0, 10.0, 5.0)] == [1, 1, 1]


def test_a_camera_that_turns_moves_nobody_over_his_feet() -> None:
    seen, _ = squat(0.0, 9.0)
    turned = replace(
        seen, image_px=seen.image_px + np.stack([0.0 * seen.times_s, 60.0 * np.sin(seen.times_s)], 1)[:, None]
    )
    _, still_cm = over_feet_cm(seen, SHOULDERS, 0.25)
    _, over_cm = over_feet_cm(turned, SHOULDERS, 0.25)
    assert np.ptp(0.25 * 60.0 * np.sin(seen.times_s)) > 25.0
    assert over_cm - over_cm[0] == pytest.approx(still_cm - still_cm[0], abs=2.0)


@pytest.mark.parametrize(
    ("rises_to_deg", "second_deg", "low_s"),
    [(80.0, 95.0, 3.0), (80.0, 92.0, 3.0), (80.0, 82.0, None), (94.0, 95.0, None), (95.0, 95.0, None)],
)
def test_another_low_is_one_that_may_be_as_deep_and_is_told_from_jitter(
    rises_to_deg: float, second_deg: float, low_s: float | None
) -> None:
    times = np.arange(0.0, 5.0, 0.125)
    angles = np.interp(times, [1.0, 2.0, 2.5, 3.0, 4.0], [0.0, 95.0, rises_to_deg, second_deg, 0.0])
    seen, whole = track(times, angles), Attempt(1.0, 2.0, 4.0, True)
    found = other_low(seen, whole, 2.0)
    if low_s is None:
        assert found is None
        return
    assert found is not None
    assert found.bottom_s == pytest.approx(low_s, abs=0.1)
    assert found.span_s == pytest.approx((2.5, 4.0), abs=0.1)
    first = other_low(seen, whole, 3.0)
    assert first is not None
    assert first.bottom_s == pytest.approx(2.0, abs=0.1)
    assert first.span_s == pytest.approx((1.0, 2.5), abs=0.1)
