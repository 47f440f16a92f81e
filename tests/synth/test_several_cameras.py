"""One squat from several cameras: the same attempt, each camera its own place and clock."""

import json

import numpy as np
import pytest

from depthperception.synth.clip import clip_truth
from depthperception.synth.several_cameras import sample_cameras

SEED = 5


def test_cameras_share_the_squat_and_do_not_depend_on_each_other() -> None:
    two, three = sample_cameras(SEED, (45.0, 315.0)), sample_cameras(SEED, (45.0, 90.0, 315.0), (30.0, 24.0))

    views = [clip.scenario.viewpoint for clip in three]
    assert [two[0].scenario.viewpoint, two[1].scenario.viewpoint] == [views[0], views[2]]
    assert two[1].start_s == three[2].start_s
    assert [clip.frame_rate_hz for clip in three] == [30.0, 24.0, 30.0]
    shared = {(clip.scenario.attempt, clip.scenario.body, clip.scenario.room, clip.scenario.people) for clip in three}
    assert len(shared) == 1
    away = [
        (view.azimuth_deg - asked + 180.0) % 360.0 - 180.0 for view, asked in zip(views, (45, 90, 315), strict=True)
    ]
    assert np.abs(away).max() < 20.0


def test_a_clip_that_starts_later_has_the_same_truth_earlier_on_its_own_clock() -> None:
    scenario = sample_cameras(SEED, (45.0,))[0].scenario
    whole, later = clip_truth(scenario, 4.0), clip_truth(scenario, 4.0, start_s=0.25)

    assert later["bottom_s"] == pytest.approx(whole["bottom_s"] - 0.25, abs=1e-6)
    assert later["depth_cm"] == whole["depth_cm"]
    assert later["start_s"] == 0.25
    first, same = later["frames"][0], whole["frames"][1]
    assert first["time_s"] == 0.0
    assert json.dumps(first["hip"]) == json.dumps(same["hip"])
