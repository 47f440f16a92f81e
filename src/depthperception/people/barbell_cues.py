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
from depthperception.people.settings import TRACKING, PlateCues
from depthperception.types import FloatArray, Picture

LONG_SIDE_PX = 256
"""Long side of the picture that is searched: plates are 15 to 60 px across in it."""

LOOK_PX, LOOK_REACH = 16, 1.1
"""A plate is known again by a little picture of it, this wide, that shows this much of its radius."""


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

    def held(
        self,
        times_s: FloatArray,
        middles_px: FloatArray,
        height_px: float,
        *,
        settings: PlateCues = TRACKING.plate_cues,
    ) -> float:
        """How well it goes with somebody, 0 to 1, as a plate of his own bar would.

        Parameters
        ----------
        times_s
            At which he was found.
        middles_px
            Of his box in x and of his shoulders in y, then (n, 2).
        height_px
            Standing.
        settings
            Where a plate of one's own is.
        """
        mine, his = np.nonzero(np.abs(self.times_s[:, None] - times_s) < 1e-6)
        if len(mine) < settings.least_looks // 2:
            return 0.0
        away = np.median(self.centres_px[mine] - middles_px[his], axis=0) / self.radius_px
        size = np.log(self.radius_px / height_px / settings.size) / settings.ln_size
        return float(np.exp(-0.5 * np.square([away[0] / settings.beside, away[1] / settings.level, size]).sum()))


def rounds(
    rgb: Picture, picture_px: tuple[int, int], people: Iterable[Person], *, settings: PlateCues = TRACKING.plate_cues
) -> tuple[CircleDetection, ...]:
    """Find round things in a picture, heads left out; positions are px of a picture of `picture_px`.

    In its brightness and in its darkest colour: a red plate before a green wall is as bright as the wall.
    """
    scale = LONG_SIDE_PX / max(rgb.shape)
    small = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    unit = np.array(picture_px) / small.shape[1::-1]
    heads = [(p.points_px[:5].mean(axis=0), settings.head_size * p.height_px) for p in people]
    low, high = (round(share * LONG_SIDE_PX) for share in (settings.least_radius, settings.most_radius))
    gradient, roundness = settings.gradient, settings.roundness
    found = []
    red, green, blue = cv2.split(small)
    for grey in (cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.min(cv2.min(red, green), blue)):
        circles = cv2.HoughCircles(
            grey, cv2.HOUGH_GRADIENT_ALT, 1.5, 8, param1=gradient, param2=roundness, minRadius=low, maxRadius=high
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


def travelling(
    looks: Iterable[tuple[float, Sequence[CircleDetection]]], *, settings: PlateCues = TRACKING.plate_cues
) -> tuple[PlateCandidate, ...]:
    """Follow round things from look to look, given with its time in s; keep those that travel as a lifted plate."""
    paths: list[list[tuple[float, CircleDetection]]] = []
    ended: list[list[tuple[float, CircleDetection]]] = []
    for time_s, found in looks:
        old = [path for path in paths if time_s - path[-1][0] > settings.longest_s]
        ended += [path for path in old if len(path) >= settings.least_looks]
        paths = [path for path in paths if time_s - path[-1][0] <= settings.longest_s]
        pairs = [
            (_likeness(path[-1][1], one, settings) + 0.01 * min(len(path), 10), which, k)
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
        if _lifted(path, settings)
    )


def _likeness(last: CircleDetection, one: CircleDetection, settings: PlateCues) -> float:
    """How surely two are of one plate; -1 where they cannot be."""
    x, y = np.abs(one.centre_px - last.centre_px) / last.radius_px
    grown = abs(float(np.log(one.radius_px / last.radius_px)))
    if x > settings.sideways or y > settings.fall or grown > settings.same_size:
        return -1.0
    alike = last.like(one)
    return alike - 0.5 * grown - 0.1 * float(np.hypot(x, y)) if alike >= settings.same_look else -1.0


def _lifted(path: Sequence[tuple[float, CircleDetection]], settings: PlateCues) -> bool:
    """Whether a round thing goes down and up as a bar's plate does, about its lowest moment."""
    lowest_s = max(path, key=lambda at: at[1].centre_px[1])[0]
    about = [one for time_s, one in path if abs(time_s - lowest_s) <= settings.about_s]
    if len(about) < settings.least_looks:
        return False
    x, y = np.array([one.centre_px for one in about]).T
    radii = np.array([one.radius_px for one in about])
    radius, fall, low = np.median(radii), max(float(np.ptp(y)), 1e-6), int(y.argmax())
    travel = (y.max() - np.percentile(y, 15)) / radius
    ends = min(y.max() - y[: low + 1].min(), y.max() - y[low:].min()) / fall
    steady = np.ptp(x) < settings.aside * radius and radii.std() < settings.size_spread * radius
    return bool(steady and settings.least_travel < travel < settings.most_travel and ends > settings.returns)
