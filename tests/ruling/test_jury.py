"""What readers of one attempt say together."""

import pytest

from depthperception.ruling.jury import tally


def test_more_than_half_make_a_majority_and_a_tie_makes_none() -> None:
    found = tally([(1.9, "depth"), (0.3, "too_close"), (2.3, "depth")])
    assert found is not None
    assert (found.count, found.majority) == (3, "depth")
    assert found.mean_cm == pytest.approx(1.5)
    assert found.spread_cm == pytest.approx(2.0)
    split = tally([(1.9, "depth"), (-1.0, "no_depth")])
    assert split is not None
    assert split.majority is None
    assert tally([(1.9, "depth")]) is None
