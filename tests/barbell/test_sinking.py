"""A bar that sinks on its way up: how far, when, and whether that is at the bottom."""

from itertools import pairwise

import numpy as np
import pytest

from depthperception.barbell.sinking import Ascent, watch_ascent, without_gaps, without_slips
from depthperception.types import FloatArray

Knots = list[tuple[float, float]]


def heights(knots: Knots, rate_hz: float = 30.0) -> tuple[FloatArray, FloatArray]:
    """Times and heights of a bar that goes softly from knot to knot (s, cm)."""
    times = np.arange(knots[0][0], knots[-1][0], 1.0 / rate_hz)
    found = np.zeros(len(times))
    for (start_s, start), (end_s, end) in pairwise(knots):
        part = (times >= start_s) & (times < end_s)
        x = (times[part] - start_s) / (end_s - start_s)
        found[part] = start + (end - start) * x * x * (3.0 - 2.0 * x)
    return times, found


def watched(knots: Knots, **others: float) -> Ascent | None:
    times, up_cm = heights(knots, **others)
    return watch_ascent(times.tolist(), up_cm.tolist(), 2.0, (0.0, knots[-1][0]), 0.5)


STANDS: Knots = [(0.0, 50.0), (0.6, 50.0), (2.0, 0.0)]


def test_a_plain_lift_sinks_nowhere_and_is_climbed_again() -> None:
    found = watched([*STANDS, (3.5, 50.0), (4.0, 49.0), (4.5, 49.5)])
    assert found is not None
    assert found.sinkings == ()  # the bar settles after it has arrived
    assert found.recovered == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("top_cm", "drop_cm", "at_bottom"), [(30.0, 3.0, False), (8.0, 5.0, True), (40.0, 38.0, True), (30.0, 8.0, False)]
)
def test_the_way_down_between_two_rises_is_measured_and_told_by_where_it_ends(
    top_cm: float, drop_cm: float, at_bottom: bool
) -> None:
    found = watched([*STANDS, (2.8, top_cm), (3.2, top_cm - drop_cm), (4.2, 50.0), (4.8, 50.0)])
    assert found is not None
    (sinking,) = found.sinkings
    assert sinking.drop_cm == pytest.approx(drop_cm, abs=0.4)
    assert sinking.at_bottom == at_bottom
    assert [sinking.top_s, sinking.low_s] == pytest.approx([2.8, 3.2], abs=0.08)
    assert found.largest(at_bottom=at_bottom) == sinking
    assert found.largest(at_bottom=not at_bottom) is None


def test_a_failed_ascent_has_no_second_rise_and_says_how_far_it_came() -> None:
    found = watched([*STANDS, (3.0, 20.0), (4.0, 2.0), (4.5, 2.0)])
    assert found is not None
    assert found.sinkings == ()
    assert found.recovered == pytest.approx(0.4, abs=0.02)
    assert found.highest_s == pytest.approx(3.0, abs=0.1)


def test_noise_is_named_and_a_gap_is_not_bridged() -> None:
    times, up_cm = heights([*STANDS, (3.5, 50.0), (4.5, 50.0)])
    noisy = up_cm + np.random.default_rng(0).normal(0.0, 0.5, len(times))
    found = watch_ascent(times.tolist(), noisy.tolist(), 2.0, (0.0, 4.5), 0.5)
    assert found is not None
    assert found.jitter_cm == pytest.approx(0.4, abs=0.1)  # a quadratic over .2 s leaves two thirds of white noise
    seen = (times < 2.2) | (times > 2.7)
    assert watch_ascent(times[seen].tolist(), up_cm[seen].tolist(), 2.0, (0.0, 4.5), 0.5) is None


GOES_ON: Knots = [*STANDS, (4.0, 50.0), (4.8, 50.0)]


def told(bar: Knots, *carriers: Knots, jitter_cm: float = 0.7, seed: int = 1) -> Ascent:
    """Watch a bar whose carriers are looked at eight times a second, with some jitter."""
    times, bar_cm = heights(bar)
    rng = np.random.default_rng(seed)
    looked = [heights(carrier, rate_hz=8.0) for carrier in carriers]
    jittering = [(at_s, true_cm + rng.normal(0.0, jitter_cm, len(at_s))) for at_s, true_cm in looked]
    seen = times.tolist(), bar_cm.tolist()
    found = watch_ascent(*seen, 2.0, (0.0, bar[-1][0]), 0.5)
    assert found is not None
    return without_slips(found, seen, jittering)


@pytest.mark.parametrize("drop_cm", [3.0, 6.0])
def test_a_bar_that_sinks_with_its_shoulders_does_sink(drop_cm: float) -> None:
    sinks: Knots = [*STANDS, (2.8, 20.0), (3.2, 20.0 - drop_cm), (4.2, 50.0), (4.8, 50.0)]
    found = told(sinks, sinks)
    assert [one.drop_cm for one in found.sinkings] == pytest.approx([drop_cm], abs=0.4)
    assert found.slips == ()


@pytest.mark.parametrize("drop_cm", [3.0, 6.0])
def test_a_plate_that_is_followed_at_another_place_for_a_while_is_not_the_bar(drop_cm: float) -> None:
    slips: Knots = [*STANDS, (2.8, 20.0), (3.2, 20.0 - drop_cm), (4.2, 50.0), (4.8, 50.0)]
    found = told(slips, GOES_ON)
    assert found.sinkings == ()
    assert [one.drop_cm for one in found.slips] == pytest.approx([drop_cm], abs=0.4)
    assert found.largest_slip(at_bottom=found.slips[0].at_bottom) == found.slips[0]


def test_a_plate_that_is_lost_on_its_way_down_does_not_bounce() -> None:
    lost: Knots = [(0.0, 50.0), (0.6, 50.0), (1.5, 4.0), (1.7, 12.0), (2.0, 3.0), (3.5, 50.0), (4.0, 50.0)]
    found = told(lost, [*STANDS, (3.5, 50.0), (4.0, 50.0)])
    assert found.sinkings == ()
    assert len(found.slips) == 1


@pytest.mark.parametrize(("drop_cm", "jitter_cm"), [(3.0, 2.0), (6.0, 1.0)])
def test_shoulders_that_jitter_contradict_no_bar(drop_cm: float, jitter_cm: float) -> None:
    """Smoothing leaves most of the jitter of few looks, so how much they jitter is not asked of it."""
    sinks: Knots = [*STANDS, (2.8, 20.0), (3.2, 20.0 - drop_cm), (4.2, 50.0), (4.8, 50.0)]
    assert sum(len(told(sinks, sinks, jitter_cm=jitter_cm, seed=seed).sinkings) for seed in range(40)) >= 38


def test_hips_that_go_with_a_bar_believe_it_where_shoulders_behind_its_plates_do_not() -> None:
    sinks: Knots = [*STANDS, (2.8, 20.0), (3.2, 14.0), (4.2, 50.0), (4.8, 50.0)]
    assert told(sinks, GOES_ON).sinkings == ()
    assert [one.drop_cm for one in told(sinks, GOES_ON, sinks).sinkings] == pytest.approx([6.0], abs=0.4)
    assert told(sinks, GOES_ON, GOES_ON).sinkings == ()


def test_nor_do_they_believe_a_plate_that_goes_six_centimetres_alone() -> None:
    alone: Knots = [*STANDS, (2.8, 20.0), (3.2, 14.0), (4.2, 50.0), (4.8, 50.0)]
    assert sum(len(told(alone, GOES_ON, GOES_ON, jitter_cm=1.0, seed=seed).sinkings) for seed in range(40)) <= 4


SINKS: Knots = [*STANDS, (2.8, 20.0), (3.2, 17.0), (4.2, 50.0), (4.8, 50.0)]


@pytest.mark.parametrize(
    ("lost_s", "is_seen"), [((2.85, 3.0), False), ((3.22, 3.4), False), ((2.92, 2.95), True), ((3.5, 3.7), True)]
)
def test_a_bar_that_is_lost_while_it_sinks_is_not_seen_to_sink(lost_s: tuple[float, float], *, is_seen: bool) -> None:
    times, up_cm = heights(SINKS)
    seen = (times < lost_s[0]) | (times > lost_s[1])
    found = watch_ascent(times[seen].tolist(), up_cm[seen].tolist(), 2.0, (0.0, 4.8), 0.5)
    assert found is not None
    found = without_gaps(found, times[seen].tolist())
    assert (len(found.sinkings), [one.seen for one in found.slips]) == ((1, []) if is_seen else (0, [False]))


def test_a_film_of_few_pictures_a_second_sees_what_each_of_them_shows() -> None:
    times, up_cm = heights(SINKS, rate_hz=9.0)
    found = watch_ascent(times.tolist(), up_cm.tolist(), 2.0, (0.0, 4.8), 0.5)
    assert found is not None
    assert len(without_gaps(found, times.tolist()).sinkings) == 1
