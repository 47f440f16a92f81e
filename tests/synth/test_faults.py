"""Attempts with a fault of a known size: what is true of them is what was asked for."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.synth.attempt import perform
from depthperception.synth.body import make_body
from depthperception.synth.faults import KINDS, sample_fault
from depthperception.synth.scenario import Attempt, BodyShape, FootStep, Rep, Scenario, Style
from depthperception.synth.stills import performance_of


def acted(rep: Rep) -> tuple[np.ndarray, np.ndarray]:
    """Times and heights of the bar, cm, of a rep."""
    one = perform(make_body(BodyShape()), Style(), Attempt((rep,)))
    times = np.arange(0.0, one.duration_s, 0.05)
    return times, 100.0 * np.array([one.pose(float(time_s)).bar[2] for time_s in times])


def test_a_downward_movement_sinks_by_its_part_of_the_way() -> None:
    for amount in (0.05, 0.2):
        times, bar_cm = acted(Rep(kind="downward_movement", amount=amount))
        rising = bar_cm[times >= 2.5]
        sinks = (np.maximum.accumulate(rising) - rising).max()
        assert sinks / (bar_cm[0] - bar_cm.min()) == pytest.approx(amount, abs=0.02)


def test_knees_that_stay_bent_leave_the_hips_lower_and_a_second_descent_goes_down_again() -> None:
    _, soft_cm = acted(Rep(unfinished=0.1))
    assert (soft_cm[0] - soft_cm[-1]) / (soft_cm[0] - soft_cm.min()) == pytest.approx(0.1, abs=0.02)
    _, twice_cm = acted(Rep(kind="second_descent", amount=0.6))
    lows = (twice_cm[1:-1] < twice_cm[:-2]) & (twice_cm[1:-1] <= twice_cm[2:])
    assert (twice_cm[1:-1][lows] < twice_cm.min() + 1.0).sum() == 2


def test_a_step_puts_the_right_foot_elsewhere_and_leaves_the_left_one() -> None:
    step = FootStep(aside_m=0.1, ahead_m=0.05, after=0.5)
    one = perform(make_body(BodyShape()), Style(), Attempt((Rep(step=step),)))
    ankles = [[one.pose(time_s).joint(f"foot.{side}") for side in "LR"] for time_s in (0.0, one.duration_s)]
    assert ankles[1][1] - ankles[0][1] == pytest.approx([0.1, 0.05, 0.0], abs=1e-3)
    assert ankles[1][0] == pytest.approx(ankles[0][0], abs=1e-3)


def test_a_seed_gives_each_fault_to_the_same_lifter_and_camera_and_survives_json() -> None:
    found = {kind: sample_fault(880001, kind) for kind in KINDS}
    assert len({(one.body, one.viewpoint) for one in found.values()}) == 1
    assert found["shallow"].attempt.reps[0].depth_cm < -2.0 < 2.0 < found["good"].attempt.reps[0].depth_cm
    assert Scenario.from_json(found["step"].to_json()) == found["step"]
    assert performance_of(replace(found["step"], seed=1)).duration_s > 3.0
