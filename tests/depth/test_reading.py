"""A bottom between two pictures is deeper than both: by how much on average, and how sure that is."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.attempts.missed import Missed
from depthperception.depth.reading import (
    both_positive,
    half_of_90,
    lagging,
    less_certain,
    lowered,
    normal_reading,
    on_legs,
)
from depthperception.results import Reading, SideDepth

HALF = half_of_90(1.0)


def test_a_reading_becomes_deeper_by_the_mean_and_its_interval_wider_by_the_spread() -> None:
    shown = Reading(
        "side", -1.0, (-1.0 - HALF, -1.0 + HALF), 0.159, SideDepth(0.0, 1.0), SideDepth(-2.0, 1.0), "Joints."
    )
    found = lowered(shown, Missed.anywhere(3.0))
    # The mean of 3 cm is 1 cm; the sd is 3 * 2 / sqrt(45) = .894 cm, with 1 cm of its own 1.342.
    assert found.cm == pytest.approx(0.0)
    assert found.interval90_cm == pytest.approx((-1.342 * HALF, 1.342 * HALF), abs=0.001)
    # Legs at +1 and -1 cm with the error of their mean go together wholly: both are below as often as the higher one.
    assert found.probability == pytest.approx(0.228, abs=0.001)
    assert found.deciding_leg == "right"
    assert found.left
    assert found.right
    assert (found.left.cm, found.right.cm) == pytest.approx((1.0, -1.0))
    assert found.left.sd_cm == pytest.approx(1.342, abs=0.001)
    assert found.reason == "Joints."


def test_less_than_a_millimetre_and_what_has_no_centimetres_stay_as_they_are() -> None:
    shown = Reading("side", 2.0, (1.0, 3.0), 0.99)
    assert lowered(shown, Missed.anywhere(0.09)) is shown
    for unmeasured in (Reading("front", probability=0.9), Reading("side", reason="Hidden.")):
        assert lowered(unmeasured, Missed.anywhere(3.0)) is unmeasured


@pytest.mark.parametrize("correlation", [-0.9, -0.3, 0.0, 0.5, 0.99])
def test_two_numbers_round_nought_are_both_positive_as_often_as_sheppard_says(correlation: float) -> None:
    assert both_positive(0.0, 0.0, correlation) == pytest.approx(0.25 + np.arcsin(correlation) / (2 * np.pi))


def test_how_often_both_are_positive_is_what_drawing_many_gives() -> None:
    rng = np.random.default_rng(0)
    for one, other, correlation in ((1.0, 0.5, 0.8), (-0.5, 2.0, 0.3), (0.0, -1.0, 0.9), (2.0, -0.2, -0.5)):
        cov = [[1.0, correlation], [correlation, 1.0]]
        drawn = rng.multivariate_normal([one, other], cov, 200_000)
        assert both_positive(one, other, correlation) == pytest.approx((drawn > 0).all(axis=1).mean(), abs=0.004)
    assert both_positive(1.0, 0.3, 1.0) == pytest.approx(0.618, abs=0.001), "together wholly: as often as the lower one"


def legs(left_cm: float, right_cm: float, mean_sd_cm: float = 2.0, half_apart_sd_cm: float = 0.5) -> Reading:
    """Two legs whose mean and half difference have independent errors."""
    sd_cm = float(np.hypot(mean_sd_cm, half_apart_sd_cm))
    mean = normal_reading("calibrated", (left_cm + right_cm) / 2, mean_sd_cm)
    return on_legs(replace(mean, left=SideDepth(left_cm, sd_cm), right=SideDepth(right_cm, sd_cm)))


def test_both_legs_are_below_less_often_than_their_mean_and_as_often_as_drawing_them_says() -> None:
    rng = np.random.default_rng(1)
    for left_cm, right_cm in ((1.0, 1.0), (0.2, 1.4), (-1.0, -0.5)):
        found, mean = legs(left_cm, right_cm), (left_cm + right_cm) / 2
        middle, half = rng.normal(mean, 2.0, 200_000), rng.normal((left_cm - right_cm) / 2, 0.5, 200_000)
        assert found.probability == pytest.approx(((middle + half > 0) & (middle - half > 0)).mean(), abs=0.004)
        of_mean = normal_reading("", mean, 2.0)
        assert found.probability is not None
        assert of_mean.probability is not None
        assert found.probability < of_mean.probability


def test_the_higher_leg_decides_where_it_is_the_higher_one_with_some_certainty_and_else_either_may() -> None:
    # Half a difference of .5 cm with an error of .5 is one sd: the left is the higher one in 84 % of cases.
    assert legs(0.5, 1.5).deciding_leg == "left"
    assert legs(1.5, 0.5).deciding_leg == "right"
    assert legs(1.0, 1.1).deciding_leg is None


def test_of_one_leg_that_has_a_number_the_probability_is_its_own() -> None:
    only = on_legs(replace(normal_reading("calibrated", 1.0, 2.0), right=SideDepth(1.0, 2.0)))
    assert only.probability == pytest.approx(0.691, abs=0.001)
    assert only.deciding_leg == "right"
    together = normal_reading("appearance", 1.0, 2.0)
    assert on_legs(together) is together


def test_another_error_is_added_in_squares_and_moves_nothing() -> None:
    wider = less_certain(normal_reading("any", 2.0, 1.5), 2.0)
    assert wider.cm == 2.0
    assert wider.interval90_cm == pytest.approx((2.0 - half_of_90(2.5), 2.0 + half_of_90(2.5)))
    assert wider.probability == pytest.approx(0.788, abs=1e-3)  # of a normal number of .8
    assert less_certain(Reading("any", reason="Not seen."), 2.0).cm is None


def test_pictures_predicted_from_missing_ones_show_a_lifter_too_high_and_are_less_certain() -> None:
    found = lagging(normal_reading("any", -2.0, 1.5), 3.0)
    assert found.cm == pytest.approx(-1.0)  # a third of it
    assert found.interval90_cm is not None
    low, high = found.interval90_cm
    assert high - low == pytest.approx(2 * 1.645 * np.sqrt(1.5**2 + 3.0**2 + (0.298 * 3.0) ** 2), rel=1e-2)
    assert lagging(normal_reading("any", -2.0, 1.5), 0.0) == normal_reading("any", -2.0, 1.5)
