"""The barbell's discs through an attempt: chosen from what was found, and followed frame by frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, TypeAlias

import numpy as np

from depthperception.bar.edges import best_near, cut_patch
from depthperception.bar.finding import Disc, Moment, find_disc, fine_px_per_m, moved
from depthperception.bar.rig import Rig
from depthperception.types import BoolArray, FloatArray

LEAST_WEIGHT = 0.055
"""Weight of an outline that is taken for a disc: of 22 rendered bars without discs the best outline reached .043."""

LEAST_IN_PAIR = 0.025
"""Weight of either of two outlines that agree in size and lie to both sides, and together weigh twice the least."""

SAME_SIZE = 0.12
"""Radii of a pair agree within this part: the camera's distance, which relates them, is known to a quarter."""

LOST = 0.5
"""A disc is lost in a frame where it gets less than this part of its votes."""

SURE = 0.8
"""With less than this part of its votes a disc is sought further away too."""

STRAYS_M = 0.08
"""A disc keeps its place against the shoulders within what it did where it was found, and this much."""

STEP_M = 0.05
"""How far a disc moves against the shoulders between frames; 2.5 times that where it is sought further away."""

LONGEST_STEP, JUMP = 3.0, 0.1
"""A place is an error that is further from the middle of its neighbours than this many times the usual distance, and
than this part of the radius (2 cm)."""

Side: TypeAlias = Literal["left", "right"]
"""The lifter's own."""


@dataclass(frozen=True, eq=False)
class PlateTrack:
    """One disc through an attempt.

    Attributes
    ----------
    side
        The lifter's own.
    times_s : (n,)
    centre_px, radius_px : (n, 2), (n,)
        Middle and half major axis of its ellipse in the upright picture; NaN where it is lost.
    axes_px : (2, 2)
        Half minor and half major axis of the stack's outline where the lifter stands, as vectors.
    vote
        0 to 1, how surely it is a disc.
    steady_px : (n, 2)
        `centre_px` in the first picture's px, the camera's own movement taken out.
    """

    side: Side
    times_s: FloatArray
    centre_px: FloatArray
    radius_px: FloatArray
    axes_px: FloatArray
    vote: float
    steady_px: FloatArray

    def __post_init__(self) -> None:
        n = len(self.times_s)
        shapes = {"centre_px": (n, 2), "steady_px": (n, 2), "radius_px": (n,), "axes_px": (2, 2)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")

    @property
    def seen(self) -> BoolArray:
        """Frames (n,) in which it was found."""
        return np.asarray(np.isfinite(self.radius_px))

    def resized(self, factor: FloatArray) -> "PlateTrack":
        """In px of a picture that is larger by a factor (2,), x and y."""
        return replace(
            self,
            centre_px=self.centre_px * factor,
            radius_px=self.radius_px * float(np.mean(factor)),
            axes_px=self.axes_px * factor,
            steady_px=self.steady_px * factor,
        )


def find_plates(moments: Sequence[Moment], rig: Rig) -> tuple[Disc, ...]:
    """Find the disc at either end of the bar that the camera sees; none where nothing is surely a disc.

    Parameters
    ----------
    moments
        The standing lifter first, then some of the way down and up.
    rig
        Of the standing lifter.
    """
    if len(moments) < LEAST_MOMENTS:
        return ()
    near, far = sorted((find_disc(moments, rig, side) for side in (1, -1)), key=lambda discs: -discs[0].scale)
    taken = [disc for disc in near if disc.weight >= LEAST_IN_PAIR]
    far = [disc for disc in far if all(_apart(disc, other) for other in taken)]
    choices: list[tuple[Disc, ...]] = [(disc,) for disc in near + far if disc.weight >= LEAST_WEIGHT]
    choices += [pair for pair in product(near, far) if _agree(*pair)]
    if not choices:
        return ()
    return max(choices, key=lambda discs: sum(disc.weight for disc in discs))


LEAST_MOMENTS = 4
"""Pictures of an attempt without which a disc is not told from the room."""


def _agree(one: Disc, other: Disc) -> bool:
    """Two outlines that are two discs: of one size."""
    radii = one.outline.radius_m, other.outline.radius_m
    weights = one.weight, other.weight
    return bool(
        abs(np.log(radii[0] / radii[1])) <= SAME_SIZE
        and min(weights) >= LEAST_IN_PAIR
        and sum(weights) >= 2 * LEAST_WEIGHT
    )


LEAST_APART = 0.4
"""Centres of two discs are this many radii apart, or they are one, the near one: it hides the far one altogether."""


def _apart(one: Disc, other: Disc) -> bool:
    """Two outlines that are not of one disc."""
    apart = float(np.median(np.linalg.norm(one.centres_px - other.centres_px, axis=1)))
    return apart > LEAST_APART * max(one.radius_px, other.radius_px)


class Follower:
    """Finds a disc again in picture after picture, near its last place against the shoulders."""

    def __init__(self, disc: Disc, rig: Rig) -> None:
        self._disc, self._rig = disc, rig
        self._offset_m: FloatArray = disc.offsets_m[0]
        low, high = disc.offsets_m.min(axis=0), disc.offsets_m.max(axis=0)
        self._middle_m, self._reach_m = (low + high) / 2, (high - low) / 2 + STRAYS_M
        shape = disc.outline
        across = shape.squash * shape.radius_m + shape.width_m / 2
        self._half_m = (across + 3 * STEP_M, shape.radius_m + 3 * STEP_M)
        self._times_s: list[float] = []
        self._places: list[FloatArray] = []

    def look(self, moment: Moment, steadying: FloatArray) -> None:
        """Look at the next picture; `steadying` (3, 3) takes its px to the first picture's."""
        disc, view = self._disc, self._rig.disc(moment.shoulders_px, self._disc.side)
        px_per_m = fine_px_per_m(view)
        patch = cut_patch(moment.rgb, moved(view, disc.squeeze, self._offset_m), disc.squeeze, self._half_m, px_per_m)
        middle = patch.middle_px
        vote, at = best_near(patch, disc.outline, middle, round(STEP_M * px_per_m))
        if vote < SURE * disc.vote:
            vote, at = best_near(patch, disc.outline, middle, round(2.5 * STEP_M * px_per_m))
        place = np.full(5, np.nan)
        offset = self._offset_m + np.subtract(at, middle) / px_per_m
        if vote >= LOST * disc.vote and (np.abs(offset - self._middle_m) <= self._reach_m).all():
            self._offset_m = offset
            x, y = patch.in_picture(at)
            place = np.array([*(steadying @ [x, y, 1.0])[:2], disc.outline.radius_m * view.px_per_m, x, y])
        self._times_s.append(moment.time_s)
        self._places.append(place)

    def track(self) -> PlateTrack:
        """Everything that was seen."""
        places = _without_jumps(np.array(self._places).reshape(-1, 5))
        side: Side = "left" if self._disc.side > 0 else "right"
        times = np.array(self._times_s)
        return PlateTrack(
            side, times, places[:, 3:], places[:, 2], self._disc.axes_px, self._disc.vote, steady_px=places[:, :2]
        )


def _without_jumps(places: FloatArray) -> FloatArray:
    """Lose single places (n, 5: steady x, y, radius, x, y) that are away from the middle between their neighbours."""
    if len(places) < 5:
        return places
    away = np.zeros(len(places))
    away[1:-1] = np.nan_to_num(np.linalg.norm((places[1:-1] - (places[:-2] + places[2:]) / 2)[:, :2], axis=1))
    usual = float(np.median(away[away > 0])) if (away > 0).any() else 0.0
    least = JUMP * float(np.nanmedian(places[:, 2])) if np.isfinite(places).any() else 0.0
    return np.where((away > max(LONGEST_STEP * usual, least))[:, None], np.nan, places)
