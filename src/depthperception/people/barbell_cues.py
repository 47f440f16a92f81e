"""A barbell's plates as cues for who lifts: round things that go down and up again, and whose shoulders they go with.

From the side a plate hides its lifter's head and shoulders, and with them all that a pose network knows him by: there
the plate itself says whose the bar is. Nothing is measured here; bar/ does that for the lifter once he is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.people.movenet import Person
from depthperception.types import FloatArray, Picture

LONG_SIDE_PX = 256
"""Long side of the picture that is searched: plates are 15 to 60 px across in it."""

GRADIENT, ROUNDNESS = 150.0, 0.6
"""Of OpenCV's Hough transform by gradients: edges as in its examples; less round (.5) gave twice the false plates and
no more true ones."""

RADII = (0.02, 0.13)
"""Over the long side of the picture: of a lifter who fills it, or a quarter of it."""

LOOK_PX, LOOK_REACH = 16, 1.1
"""A plate is known again by a little picture of it, this wide, that shows this much of its radius."""

HEAD_SIZE = 0.1
"""Heads are round and go down and up too; their radius is at most this part of a standing person, a plate's is .13."""

SAME_LOOK, SAME_SIZE = 0.6, 0.2
"""Least correlation and largest difference of ln(radius) of one plate in two looks."""

SIDEWAYS, FALL, LONGEST_S = 0.8, 2.0, 1.1
"""How far a plate moves between looks, in radii: a descent's .25 s are .25 m or so; and how long it may be unseen."""

LEAST_LOOKS, ABOUT_S = 6, 2.5
"""Looks that tell a path, and the time about its lowest moment that counts: a bar is walked out before, and back."""

TRAVEL = (1.0, 4.5)
"""In radii: a squat's .3 to .8 m are 1.3 to 3.5 radii of a plate of 45 cm."""

STEADY = {"aside": 1.5, "size": 0.15, "returns": 0.6}
"""Spread in x over the radius, spread of the radius, and the part of the fall that it comes from and goes back to, of a
plate that is lifted. Of what was kept among 117 rendered meets 70 had a true plate first or second, 5 a false one."""

BESIDE, LEVEL, SIZE, LN_SIZE = 3.3, 1.1, 0.135, 0.44
"""How far a plate of one's own is from the middle of the shoulders to the side and in height, in radii, and its radius
in standing heights with the sd of its logarithm (one sd each), fitted on 62 rendered meets. Of 72 lifters nine in ten
had their plates within 3.1 and .7, half of 132 others had them 4.6 to the side. Whether it moves as the shoulders do is
not asked: a network guesses hidden shoulders."""


@dataclass(frozen=True, eq=False)
class CircleDetection:
    """A round thing in one picture: centre (2,) and radius in px of the video, and what it looks like (16, 16)."""

    centre_px: FloatArray
    radius_px: float
    look: NDArray[np.float16]

    def like(self, other: "CircleDetection") -> float:
        """Correlation of the two little pictures."""
        return float(np.mean(self.look * other.look, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class PlateCandidate:
    """A plate that goes down and up: where (n, 2) it was in px, when (n,) in s, and its usual radius in px."""

    times_s: FloatArray
    centres_px: FloatArray
    radius_px: float

    def held(self, times_s: FloatArray, middles_px: FloatArray, height_px: float) -> float:
        """How well it goes with somebody, 0 to 1, as a plate of his own bar would.

        Parameters
        ----------
        times_s
            At which he was found.
        middles_px
            Of his box in x and of his shoulders in y, then (n, 2).
        height_px
            Standing.
        """
        mine, his = np.nonzero(np.abs(self.times_s[:, None] - times_s) < 1e-6)
        if len(mine) < LEAST_LOOKS // 2:
            return 0.0
        away = np.median(self.centres_px[mine] - middles_px[his], axis=0) / self.radius_px
        size = np.log(self.radius_px / height_px / SIZE)
        return float(np.exp(-0.5 * np.square([away[0] / BESIDE, away[1] / LEVEL, size / LN_SIZE]).sum()))


def rounds(rgb: Picture, picture_px: tuple[int, int], people: Iterable[Person]) -> tuple[CircleDetection, ...]:
    """Find round things in a picture, heads left out; positions are px of a picture of `picture_px`.

    In its brightness and in its darkest colour: a red plate before a green wall is as bright as the wall.
    """
    scale = LONG_SIDE_PX / max(rgb.shape)
    small = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    unit = np.array(picture_px) / small.shape[1::-1]
    heads = [(p.points_px[:5].mean(axis=0), HEAD_SIZE * p.height_px) for p in people]
    found = []
    for grey in (cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), small.min(axis=2)):
        low, high = (round(share * LONG_SIDE_PX) for share in RADII)
        circles = cv2.HoughCircles(
            grey, cv2.HOUGH_GRADIENT_ALT, 1.5, 8, param1=GRADIENT, param2=ROUNDNESS, minRadius=low, maxRadius=high
        )
        for x, y, radius in () if circles is None else circles.reshape(-1, circles.shape[-1])[:, :3]:
            at, size = np.array([x, y], np.float64) * unit, float(radius * unit[1])
            if all(size > head_px or np.hypot(*(at - head)) > size for head, head_px in heads):
                found.append(CircleDetection(at, size, _look(np.asarray(grey), float(x), float(y), float(radius))))
    return tuple(found)


def _look(grey: Picture, x: float, y: float, radius: float) -> NDArray[np.float16]:
    """Little picture (16, 16) of a round thing, of mean 0 and sd 1."""
    step = LOOK_PX / (2 * LOOK_REACH * radius)
    matrix = np.array([[step, 0.0, LOOK_PX / 2 - step * x], [0.0, step, LOOK_PX / 2 - step * y]])
    cut = cv2.warpAffine(grey, matrix, (LOOK_PX, LOOK_PX), borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    return np.asarray((cut - cut.mean()) / max(float(cut.std()), 1e-6), np.float16)


def travelling(looks: Iterable[tuple[float, Sequence[CircleDetection]]]) -> tuple[PlateCandidate, ...]:
    """Follow round things from look to look, given with its time in s; keep those that travel as a lifted plate."""
    paths: list[list[tuple[float, CircleDetection]]] = []
    ended: list[list[tuple[float, CircleDetection]]] = []
    for time_s, found in looks:
        ended += [path for path in paths if time_s - path[-1][0] > LONGEST_S and len(path) >= LEAST_LOOKS]
        paths = [path for path in paths if time_s - path[-1][0] <= LONGEST_S]
        pairs = [
            (_likeness(path[-1][1], one) + 0.01 * min(len(path), 10), which, k)
            for which, path in enumerate(paths)
            for k, one in enumerate(found)
        ]
        grown: set[int] = set()
        taken: set[int] = set()
        for likeness, which, k in sorted(pairs, reverse=True):
            if likeness > 0.0 and which not in grown and k not in taken:
                paths[which].append((time_s, found[k]))
                grown.add(which)
                taken.add(k)
        paths += [[(time_s, one)] for k, one in enumerate(found) if k not in taken]
    return tuple(
        PlateCandidate(
            np.array([time_s for time_s, _ in path]),
            np.array([one.centre_px for _, one in path]),
            float(np.median([one.radius_px for _, one in path])),
        )
        for path in ended + paths
        if _lifted(path)
    )


def _likeness(last: CircleDetection, one: CircleDetection) -> float:
    """How surely two are of one plate; -1 where they cannot be."""
    x, y = np.abs(one.centre_px - last.centre_px) / last.radius_px
    grown = abs(float(np.log(one.radius_px / last.radius_px)))
    if x > SIDEWAYS or y > FALL or grown > SAME_SIZE:
        return -1.0
    alike = last.like(one)
    return alike - 0.5 * grown - 0.1 * float(np.hypot(x, y)) if alike >= SAME_LOOK else -1.0


def _lifted(path: Sequence[tuple[float, CircleDetection]]) -> bool:
    """Whether a round thing goes down and up as a bar's plate does, about its lowest moment."""
    lowest_s = max(path, key=lambda at: at[1].centre_px[1])[0]
    about = [one for time_s, one in path if abs(time_s - lowest_s) <= ABOUT_S]
    if len(about) < LEAST_LOOKS:
        return False
    x, y = np.array([one.centre_px for one in about]).T
    radii = np.array([one.radius_px for one in about])
    radius, fall, low = np.median(radii), max(float(np.ptp(y)), 1e-6), int(y.argmax())
    travel = (y.max() - np.percentile(y, 15)) / radius
    ends = min(y.max() - y[: low + 1].min(), y.max() - y[low:].min()) / fall
    steady = np.ptp(x) < STEADY["aside"] * radius and radii.std() < STEADY["size"] * radius
    return bool(steady and TRAVEL[0] < travel < TRAVEL[1] and ends > STEADY["returns"])
