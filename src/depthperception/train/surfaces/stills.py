"""Rendered squats of drawn people: a second painter, so that the network does not learn one renderer's look.

Rooms, clothes, racks and films are those of `synth`; the people come from its space of bodies, never from the bodies
that ship, which are what the measurement model is reported on. Needs OpenGL, not torch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthperception.errors import OptionError
from depthperception.geometry.roi import Region
from depthperception.synth.body import rig
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.space import lend_person, space
from depthperception.synth.stills import Studio, performance_of
from depthperception.train.surfaces.points import SEEN_BEFORE_M, SEEN_WITHIN_M, points_of
from depthperception.types import FloatArray, IntArray, Picture

SCALE = 0.6
"""As large as the pictures of `rendered_squats`."""

WINDOW_PX, WINDOW = 640, 1.7
"""Side of what is kept, in px and in crops: the largest, most shifted crop lies inside."""

CROP_M = 1.45
"""Side of a crop in the middle of all, at a stature of 1.75 m (`stage.SIDE_M`)."""

USUAL_CM, WIDE_CM, WIDE_SHARE = (-13.0, 13.0), (-26.0, 15.0), 0.35
"""Depths, and how many are drawn from the wider range: quarter squats are filmed too."""

MOST_CUT = 2
"""Of hips, knees and tops of the knee: more of them beyond the picture's edge is nothing to learn from."""


@dataclass(frozen=True, eq=False)
class RenderedStill:
    """The window round a lifter at the bottom, and what is true in it; points in the order of `points.POINTS`.

    Attributes
    ----------
    picture : (640, 640, 3)
    points_px : (16, 2)
    state : (16,)
        0 seen, 1 hidden, 2 out of the picture.
    px_per_m
        At the hips.
    """

    picture: Picture
    points_px: FloatArray
    state: IntArray
    px_per_m: float


def rendered_stills(seed: int) -> Iterator[RenderedStill]:
    """Render for ever; the same stream for the same seed."""
    studio = Studio()
    while True:
        found = _rendered(studio, seed)
        seed += 1
        if found is not None:
            yield found


def _rendered(studio: Studio, seed: int) -> RenderedStill | None:
    """One seed's still; None where its body cannot reach its depth, or the picture cuts it off."""
    wide = np.random.default_rng((seed, 5)).random() < WIDE_SHARE
    name = lend_person(seed, space())
    options = SampleOptions(bodies=(name,), scale=SCALE, depth_cm=WIDE_CM if wide else USUAL_CM)
    try:
        scenario = sample_scenario(seed, options)
        still = studio.still(scenario, "bottom")
    except OptionError:
        return None
    acted = performance_of(scenario)
    pose, camera = acted.pose(still.time_s), still.camera
    bones = dual_quaternions(acted.body.heads, pose.rotations, pose.origins)
    points = points_of(acted.body, pose, skin(bones, rig().weights, acted.body.vertices))
    points_px, away_m = camera.project(points), (points @ camera.R.T + camera.t)[:, 2]
    px_per_m = float(camera.inside.focal_px / away_m[6:8].mean())
    state = states(points_px, away_m, studio.depth_m(), beside_px=max(1, round(0.008 * px_per_m)))
    if (state[4:10] == 2).sum() > MOST_CUT:
        return None
    middle, side = points_px[6:10].mean(axis=0), WINDOW * CROP_M * scenario.body.stature_m / 1.75 * px_per_m
    window = Region(float(middle[0]), float(middle[1]), side).crop(still.picture, WINDOW_PX)
    larger = WINDOW_PX / side
    return RenderedStill(window, (points_px - middle) * larger + WINDOW_PX / 2.0, state, px_per_m * larger)


def states(points_px: FloatArray, away_m: FloatArray, depth_m: FloatArray, *, beside_px: int) -> NDArray[np.int64]:
    """States (16,) of points by the depth (height, width) of what the picture shows, as `painting` tells them."""
    height, width = depth_m.shape
    inside = ((points_px >= 0.0) & (points_px < [width, height])).all(axis=1) & (away_m > 0.1)
    x, y = points_px.astype(np.int64).T
    surface = np.full(len(points_px), np.inf)
    for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
        there = depth_m[(y + dy * beside_px).clip(0, height - 1), (x + dx * beside_px).clip(0, width - 1)]
        surface = np.where(np.abs(surface - away_m) <= np.abs(there - away_m), surface, there)
    seen = (away_m - surface < np.repeat(SEEN_WITHIN_M, 2)) & (surface - away_m < SEEN_BEFORE_M)
    return np.where(inside, np.where(seen, 0, 1), 2).astype(np.int64)
