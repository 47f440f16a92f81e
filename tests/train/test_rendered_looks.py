"""Looks at a rendered lifter with somebody in reach of him."""

import numpy as np
import pytest

from depthperception.errors import MissingExtraError
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.pose.samples import PoseSamples
from depthperception.synth.stills import Still, Studio
from depthperception.train.rendered_looks import look_at, standing_feet
from depthperception.train.rendered_squats import scenario_of

SPOTTED_SEED = 1759
"""A spotter squats along behind the lifter, and the network takes him."""

HIDDEN_SEED, BESIDE_SEED = 488, 822
"""A plate hides the lifter at the bottom and a spotter stands behind it; a spotter stands beside him and is taken."""


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


def looked_at(studio: Studio, seed: int, *, among_others: bool = True) -> tuple[PoseSamples, ...] | None:
    """Looks at the lifter of a seed, at the bottom and standing."""
    scenario = scenario_of(seed)
    bottom, standing = studio.still(scenario, "bottom"), studio.still(scenario, "standing")
    return look_at(bottom, standing, np.random.default_rng((seed, 2)), among_others=among_others)


def test_where_a_look_strays_to_a_spotter_the_lifter_is_looked_at_alone(studio: Studio) -> None:
    filmed = looked_at(studio, SPOTTED_SEED, among_others=False)
    alone = looked_at(studio, SPOTTED_SEED)
    bottom = studio.still(scenario_of(SPOTTED_SEED), "bottom")
    assert filmed is not None
    assert alone is not None
    assert off_m(filmed[0], bottom) > 0.2
    assert off_m(alone[0], bottom) < 0.12


def test_who_is_looked_at_rightly_is_looked_at_as_he_was_filmed(studio: Studio) -> None:
    seed = 346  # others stand about, none of them near
    assert scenario_of(seed).people
    filmed, told_apart = looked_at(studio, seed, among_others=False), looked_at(studio, seed)
    assert filmed is not None
    assert told_apart is not None
    for one, other in zip(filmed, told_apart, strict=True):
        np.testing.assert_array_equal(one.image_px, other.image_px)


def test_a_spotter_before_a_lifter_whom_nobody_sees_is_not_looked_at_for_him(studio: Studio) -> None:
    assert looked_at(studio, HIDDEN_SEED) is None


def test_a_look_at_a_spotter_is_taken_again_above_the_lifter_s_feet(studio: Studio) -> None:
    found = looked_at(studio, BESIDE_SEED)
    assert found is not None
    assert standing_feet(found[1]).off(found[0]) < 0.05
