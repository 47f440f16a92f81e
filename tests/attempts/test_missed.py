"""What a picture misses of a bottom that lies between two pictures."""

import numpy as np
import pytest

from depthperception.attempts.missed import TURN_SD_S, Missed, missed_at


def test_of_a_time_that_may_be_anywhere_between_two_pictures_it_has_the_mean_and_the_spread() -> None:
    missed = np.linspace(-1.0, 1.0, 100_001) ** 2
    anywhere = Missed.anywhere(1.0)
    assert (anywhere.mean, anywhere.sd) == pytest.approx((missed.mean(), missed.std()), abs=1e-4)


@pytest.mark.parametrize("away_s", [0.0, 0.01, 1 / 60])
def test_at_thirty_pictures_a_second_the_course_does_not_tell_which_picture_is_nearer(away_s: float) -> None:
    found, anywhere = missed_at(1.0, away_s, 1 / 30), Missed.anywhere(1.0)
    assert (found.mean, found.sd) == pytest.approx((anywhere.mean, anywhere.sd), abs=0.04)


def test_at_five_a_second_a_bottom_half_way_is_missed_by_more_than_one_in_a_picture() -> None:
    """What it should be is drawn: bottoms at any time, told to `TURN_SD_S`."""
    rng = np.random.default_rng(0)
    true_s = rng.uniform(-0.1, 0.1, 400_000)
    told_s = true_s + rng.normal(0.0, TURN_SD_S, len(true_s))
    for away_s in (0.0, 0.05, 0.095):
        lower = 3.0 * (true_s[np.abs(told_s - away_s) < 0.002] / 0.1) ** 2
        found = missed_at(3.0, away_s, 0.2)
        assert (found.most, found.mean, found.sd) == pytest.approx((3.0, lower.mean(), lower.std()), abs=0.03)
    assert missed_at(3.0, 0.095, 0.2).mean > Missed.anywhere(3.0).mean > missed_at(3.0, 0.0, 0.2).mean
