"""A slow replay is named where everything says so, and another rep is not."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.capture.replays import Shown, course_apart, replay_notes
from depthperception.pose.track import PoseTrack
from tests.support.figures import axes, track


def lift(
    down_s: float, up_s: float, pause_s: float = 0.0, *, slower: float = 1.0, azimuth_deg: float = 40.0
) -> PoseTrack:
    """A squat to parallel, from unlocked knees to locked ones, in a film that is so many times slower than it was."""
    ends = np.cumsum([0.0, down_s, pause_s + 1e-9, up_s]) * slower
    times = np.arange(0.0, ends[-1], 0.1)
    part = np.interp(times, ends, [0.0, 1.0, 1.0, 2.0])
    return track(times, 95.0 * np.sin(np.pi / 2 * part) ** 2, axes(azimuth_deg))


FIRST = Shown(0, lift(1.0, 0.8), whole=True, slowed=False)
AGAIN = Shown(1, lift(1.0, 0.8, slower=2.0, azimuth_deg=70.0), whole=True, slowed=True)


def test_the_same_course_at_half_speed_after_a_cut_is_a_replay_and_says_of_which() -> None:
    other = replace(FIRST, track=lift(0.7, 1.3, 0.4))
    (said,) = replay_notes([other, FIRST, AGAIN])
    assert said.startswith("Attempt 3 looks like a slow replay of attempt 2, 2.")


@pytest.mark.parametrize(
    "shown",
    [
        replace(AGAIN, shot=0),
        replace(AGAIN, slowed=False),
        replace(AGAIN, whole=False),
        replace(AGAIN, track=lift(1.0, 0.8, slower=1.2)),
        replace(AGAIN, track=lift(1.0, 2.2)),
        replace(AGAIN, track=lift(1.4, 1.2, 0.8)),
    ],
    ids=["same shot", "not slowed", "cut off", "hardly slower", "slow way up", "pause"],
)
def test_what_is_not_surely_one_is_not_named(shown: Shown) -> None:
    assert replay_notes([FIRST, shown]) == ()


def test_a_slow_lift_before_a_fast_one_is_no_replay() -> None:
    assert replay_notes([replace(AGAIN, shot=0), replace(FIRST, shot=1)]) == ()


def test_courses_of_one_lift_hardly_differ_from_other_sides_and_those_of_others_do() -> None:
    assert course_apart(FIRST.track, AGAIN.track) < 0.03
    assert course_apart(FIRST.track, lift(1.0, 1.6)) > 0.1
