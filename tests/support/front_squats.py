"""A stick figure that squats before a camera in front of it, with heights known by construction.

Standing it has its shoulders at .20, hips at .40, knees at .58 and ankles at .80 of the picture's height: a leg of .40,
knees .45 legs under the hips. Knees and ankles stay where they are, so after a drop of d legs the hips lie 1 - d over
the ankles, the knees d - .45 over the hips, and the shoulders are d lower.
"""

from dataclasses import replace

import numpy as np

from depthperception.depth.front.model import FrontModel
from depthperception.train.front.dataset import Dataset, LandmarkClip
from depthperception.types import FloatArray

LEG = 0.4
SHIN = 0.55
"""Share of the leg from ankle to knee."""

AT_55 = FrontModel(("hip_drop",), np.array([0.55]), np.array([0.02]), np.array([1.0]), 0.0)
"""Says .5 for a drop of .55 legs, and e**k to 1 for .02 legs a k more."""

_HEIGHTS = {0: 0.1, 11: 0.2, 13: 0.3, 15: 0.22, 23: 0.4, 25: 0.58, 27: 0.8, 29: 0.81, 31: 0.82}
_HALF_WIDTHS = {0: 0.0, 11: 0.12, 13: 0.16, 15: 0.17, 23: 0.08, 25: 0.12, 27: 0.12, 29: 0.12, 31: 0.14}


def squat(
    *, drop: float = 0.6, climbed: float = 1.0, fps: float = 30.0, descent_s: float = 1.0, side: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Times (n,) and landmarks (n, 33, 2), x and y in picture heights: .6 s standing, down, .4 s hold, up, .6 s.

    `drop` in legs; `climbed` is the share of the drop that is climbed again; `side` scales the widths (cosine of the
    camera's azimuth).
    """
    knots_s = np.cumsum([0.0, 0.6, descent_s, 0.4, descent_s, 0.6])
    times = np.arange(0, knots_s[-1] + 1e-9, 1 / fps)
    depth = np.interp(times, knots_s, [0, 0, 1, 1, 1 - climbed, 1 - climbed])
    # A sine has no corners at the turning points, as a lifter has none.
    low = drop * LEG * (1 - np.cos(np.pi * depth)) / 2 if climbed in (0.0, 1.0) else drop * LEG * depth
    points = np.zeros((len(times), 33, 2))
    for left, height in _HEIGHTS.items():
        moving = low if left < 25 else 0.0
        for index, sign in ((left, 1), (left + 1, -1)):
            points[:, index, 0] = 0.5 + side * sign * _HALF_WIDTHS[left]
            points[:, index, 1] = height + moving
    points[:, [0, *range(1, 11)]] = points[:, [0]]
    points[:, 17:23] = points[:, [15, 16] * 3]
    points[:, 7, 0], points[:, 8, 0] = 0.5 + 0.04 * side, 0.5 - 0.04 * side
    return times, points


def clip(clip_id: str, *, drop: float, lifter: str = "", recording: str = "", climbed: float = 1.0) -> LandmarkClip:
    """A clip of a square picture whose label is that the hips go down by more than .55 legs, and up again."""
    times, points = squat(drop=drop, climbed=climbed)
    image = np.concatenate([points, np.zeros((len(times), 33, 1)), np.ones((len(times), 33, 1))], axis=2)
    return LandmarkClip(
        clip_id, times, image, drop > 0.55 and climbed > 0.5, lifter, recording, climbed <= 0.5, aspect=1.0
    )


def wider(one: LandmarkClip, *, shoulders: float) -> LandmarkClip:
    """The same squat by a lifter with other shoulders and arms."""
    image = one.image.copy()
    image[:, 11:23, 0] = 0.5 + (image[:, 11:23, 0] - 0.5) * shoulders
    return replace(one, image=image)


def lifters_data(count: int = 3, *, each: int = 6, named: bool = True) -> Dataset:
    """Lifters of different build, half of whose squats are deep; each lifter's deep and high reps are two sets."""
    rng = np.random.default_rng(0)
    clips = []
    for lifter in range(count):
        for rep in range(each):
            deep = rep < each // 2
            drop = (0.62 if deep else 0.46) + rng.uniform(-0.03, 0.03)
            name = f"{'Valid' if deep else 'Invalid'}/{lifter * each + rep}"
            who = (f"lifter {lifter}", f"set {lifter}{deep}") if named else ("", "")
            made = wider(clip(name, drop=drop, lifter=who[0], recording=who[1]), shoulders=0.8 + 0.25 * lifter)
            shaken = made.image + np.append(rng.normal(0, 0.002, (1, 33, 2)), np.zeros((1, 33, 2)), axis=2)
            clips.append(replace(made, image=shaken))
    return Dataset(tuple(clips), source="stick figures")
