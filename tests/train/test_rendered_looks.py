"""Looks at a rendered lifter with somebody in reach of him."""

import numpy as np
import pytest

from depthperception.errors import MissingExtraError
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.pose.samples import PoseSamples
from depthperception.synth.stills import Still, Studio
from depthperception.train.rendered_looks import look_at
from depthperception.train.rendered_squats import scenario_of

SPOTTED_SEED = 1759
"""A spotter squats along behind the lifter, and the network takes him."""


def off_m(samples: PoseSamples, still: Still) -> float:
    """How far hips and knees of the looks are from the lifter's, in metres."""
    joints = np.concatenate([still.truth.joints["hip"], still.truth.joints["knee"]])
    true_px = still.camera.project(joints)
    away_m = (still.camera.R @ joints.mean(axis=0) + still.camera.t)[2]
    found_px = samples.median_px[[*HIPS, *KNEES]]
    return float(np.linalg.norm(found_px - true_px, axis=1).mean() * away_m / still.camera.inside.focal_px)


@pytest.fixture(scope="module")
def studio() -> Studio:
    try:
        return Studio()
    except MissingExtraError as problem:
        pytest.skip(str(problem))


def test_where_a_look_strays_to_a_spotter_the_lifter_is_looked_at_alone(studio: Studio) -> None:
    scenario = scenario_of(SPOTTED_SEED)
    bottom, standing = studio.still(scenario, "bottom"), studio.still(scenario, "standing")
    filmed, _ = look_at(bottom, standing, np.random.default_rng((SPOTTED_SEED, 2)), among_others=False)
    alone, _ = look_at(bottom, standing, np.random.default_rng((SPOTTED_SEED, 2)), among_others=True)
    assert off_m(filmed, bottom) > 0.2
    assert off_m(alone, bottom) < 0.12


def test_who_is_looked_at_rightly_is_looked_at_as_he_was_filmed(studio: Studio) -> None:
    seed = 346  # others stand about, none of them near
    scenario = scenario_of(seed)
    assert scenario.people
    bottom, standing = studio.still(scenario, "bottom"), studio.still(scenario, "standing")
    both = [
        look_at(bottom, standing, np.random.default_rng((seed, 2)), among_others=among_others)
        for among_others in (False, True)
    ]
    for filmed, told_apart in zip(*both, strict=True):
        np.testing.assert_array_equal(filmed.image_px, told_apart.image_px)
