"""A bottom between two pictures is deeper than both: by how much on average, and how sure that is."""

import numpy as np
import pytest

from depthperception.depth.reading import MISSED, half_of_90, lowered
from depthperception.results import Reading, SideDepth

HALF = half_of_90(1.0)


def test_what_is_missed_has_the_mean_and_the_spread_of_a_time_that_is_anywhere_between_two_pictures() -> None:
    missed = np.linspace(-1.0, 1.0, 100_001) ** 2
    assert pytest.approx((missed.mean(), missed.std()), abs=1e-4) == MISSED


def test_a_reading_becomes_deeper_by_the_mean_and_its_interval_wider_by_the_spread() -> None:
    shown = Reading(
        "side", -1.0, (-1.0 - HALF, -1.0 + HALF), 0.159, SideDepth(0.0, 1.0), SideDepth(-2.0, 1.0), "Joints."
    )
    found = lowered(shown, 3.0)
    # The mean of 3 cm is 1 cm; the sd is 3 * 2 / sqrt(45) = .894 cm, with 1 cm of its own 1.342.
    assert found.cm == pytest.approx(0.0)
    assert found.interval90_cm == pytest.approx((-1.342 * HALF, 1.342 * HALF), abs=0.001)
    assert found.probability == pytest.approx(0.5)
    assert found.left
    assert found.right
    assert (found.left.cm, found.right.cm) == pytest.approx((1.0, -1.0))
    assert found.left.sd_cm == pytest.approx(1.342, abs=0.001)
    assert found.reason == "Joints."


def test_less_than_a_millimetre_and_what_has_no_centimetres_stay_as_they_are() -> None:
    shown = Reading("side", 2.0, (1.0, 3.0), 0.99)
    assert lowered(shown, 0.09) is shown
    for unmeasured in (Reading("front", probability=0.9), Reading("side", reason="Hidden.")):
        assert lowered(unmeasured, 3.0) is unmeasured
