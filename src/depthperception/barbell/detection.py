"""Find the barbell's plates: outlines that stay with the lifter from standing through the bottom to standing.

The camera says as what ellipse a plate on his bar must be seen, and about where. Outlines of all sizes and places round
there vote at several moments of the attempt, each at its place relative to the shoulders: a plate keeps its place, the
room does not. The best few are then fitted finely, and the outline with the most votes all round wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from depthperception.barbell.edges import (
    LEAST_SQUEEZE,
    Outline,
    Patch,
    best_near,
    cut_patch,
    patch_axes,
    support,
)
from depthperception.barbell.projection import LifterCamera, PlateView
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.types import FloatArray, Picture

COARSE_PX_PER_M, FINE_PX_PER_M = 50.0, 120.0
"""Of the patches: the coarse tell 2 cm, the fine are about what a phone shows of a lifter who fills its picture."""

AZIMUTH_SLACK_DEG = 8.0
"""The view is known to a few degrees: ellipses are looked for that are this much narrower, and widened from there."""

RADII_M = tuple(float(r) for r in np.arange(0.09, 0.301, 0.015))
"""From the smallest plates (25 cm across) to big ones whose distance is a third off."""

WIDTHS_M = (0.0, 0.1, 0.25)
"""Of a stack in the squeezed patch."""

AWAY_M = 0.15
"""How far a plate may be off the line of the shoulders, one sd."""

STEADY_M = 0.06
"""How far a plate moves against the shoulders in an attempt: the trunk leans under the bar, landmarks err."""

CANDIDATES = 3
"""Outlines a side that are fitted finely."""


CHANCE_VOTE = 0.25
"""Mean vote that the best outline gets where there is no plate."""


LIMITS = {
    "radius_m": (0.016, 0.05, 0.4),
    "width_m": (0.05, 0.0, 0.6),
    "squash": (0.1, 0.1, 2.0),
    "turn_rad": (0.1, -0.4, 0.4),
}
"""What is fitted of an outline: step (what half a pixel of its rim notices), least, most."""

FIT_STEPS = (1.0, 0.5)
"""The fit goes over everything in ever finer steps; the survey goes on from there."""

LEFT_M, ROOM_SHARE = 0.2, 0.5
"""A plate has left its place when it is this far away; this share of the votes that the place then still gets is
taken off: people and plates behind may pass there."""


@dataclass(frozen=True)
class Moment:
    """One picture of the attempt, and the lifter's landmarks (33, 2) in it."""

    time_s: float
    rgb: Picture
    landmarks_px: FloatArray

    @property
    def shoulders_px(self) -> FloatArray:
        """Their middle (2,)."""
        return np.asarray(self.landmarks_px[SHOULDERS].mean(axis=0))


@dataclass(frozen=True, eq=False)
class PlateCandidate:
    """An outline that was found.

    Attributes
    ----------
    side
        1 at the lifter's left, -1 at his right.
    outline
        In patches squeezed by `squeeze`; its radius is in metres by the scale that the search was given.
    vote
        Mean of the votes all round, over all moments.
    times_s, offsets_m : (n,), (n, 2)
        Where its centre is against where the rig puts it, in metres of the patch.
    centres_px : (n, 2)
        In the picture.
    view
        That the rig predicts where the lifter stands.
    """

    side: int
    outline: Outline
    squeeze: float
    vote: float
    times_s: FloatArray
    offsets_m: FloatArray
    centres_px: FloatArray
    view: PlateView

    @property
    def axes_px(self) -> FloatArray:
        """Half minor and half major axis (2, 2) in the picture where the lifter stands."""
        cos, sin = np.cos(self.outline.turn_rad), np.sin(self.outline.turn_rad)
        across = self.outline.squash * self.outline.radius_m + self.outline.width_m / 2
        ends = np.array([[cos, sin], [-sin, cos]]) * [[across], [self.outline.radius_m]]
        return np.asarray(ends @ patch_axes(self.view, self.squeeze).T)

    @property
    def radius_px(self) -> float:
        """Half major axis where the lifter stands."""
        return float(np.linalg.norm(self.axes_px[1]))

    @property
    def scale(self) -> float:
        """Px per metre at this end of the bar."""
        return self.view.px_per_m

    @property
    def weight(self) -> float:
        """Votes all round: a large outline is less easily there by chance."""
        return _weight(self.vote, self.outline.radius_m)


def find_plate(moments: Sequence[Moment], lifter_camera: LifterCamera, side: int) -> PlateCandidate:
    """Find the outline at one side that is most likely a plate."""
    views = [lifter_camera.plate(moment.shoulders_px, side) for moment in moments]
    openness = views[0].openness
    narrow = np.sin(np.radians(max(3.0, np.degrees(np.arcsin(min(1.0, openness))) - AZIMUTH_SLACK_DEG)))
    squeeze = max(float(narrow), LEAST_SQUEEZE)
    starts = _coarse(moments, views, lifter_camera, squeeze, float(narrow) / squeeze)
    fitted = (_fit(moments, views, side, squeeze, outline, at_m) for outline, at_m in starts)
    return max(fitted, key=lambda plate: plate.weight)


def _coarse(
    moments: Sequence[Moment], views: Sequence[PlateView], lifter_camera: LifterCamera, squeeze: float, squash: float
) -> list[tuple[Outline, FloatArray]]:
    """Outlines and where their centres are (2,) in metres of the patch, the best few."""
    sideways = np.sqrt(1.0 - views[0].openness ** 2) / squeeze
    half = (min(1.3, 0.4 + 0.35 * sideways), 0.45)
    outlines = [Outline(r, squash, w) for r in RADII_M for w in WIDTHS_M if w <= 0.1 + 0.3 * sideways]
    reach = round(STEADY_M * COARSE_PX_PER_M)
    near = np.ones((2 * reach + 1, 2 * reach + 1))
    total = np.zeros(1)
    for moment, view in zip(moments, views, strict=True):
        patch = cut_patch(moment.rgb, view, squeeze, half, COARSE_PX_PER_M, reach_px=1)
        total = total + np.stack([cv2.dilate(support(patch, outline), near) for outline in outlines])
    votes = total / len(moments)
    middle = (np.array(votes.shape[1:]) - 1) / 2
    rows = (np.arange(votes.shape[1]) - middle[0]) / COARSE_PX_PER_M
    radius = np.array([outline.radius_m for outline in outlines])
    weight = (votes - CHANCE_VOTE - 0.05 * (rows[:, None] / AWAY_M) ** 2) * radius[:, None, None]
    found = []
    for _ in range(CANDIDATES):
        k, row, column = np.unravel_index(int(np.argmax(weight)), weight.shape)
        found.append((outlines[k], (np.array([column, row]) - middle[::-1]) / COARSE_PX_PER_M))
        same = np.abs(radius - radius[k]) < 0.04
        weight[same, max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = -np.inf
    return found


def _fit(
    moments: Sequence[Moment], views: Sequence[PlateView], side: int, squeeze: float, outline: Outline, at_m: FloatArray
) -> PlateCandidate:
    """Fit an outline finely: one shape for all moments, a place at each."""
    patches = [fine_patch(moment.rgb, view, squeeze, at_m) for moment, view in zip(moments, views, strict=True)]
    at: list[tuple[float, float]] = [patch.middle_px for patch in patches]
    px_per_m = patches[0].px_per_m
    reach = round(1.5 * STEADY_M * px_per_m)

    known: dict[Outline, float] = {}

    def votes(tried: Outline) -> float:
        if tried not in known:
            known[tried] = float(np.mean([best_near(p, tried, xy, 3)[0] for p, xy in zip(patches, at, strict=True)]))
        return known[tried]

    at = [best_near(patch, outline, xy, reach)[1] for patch, xy in zip(patches, at, strict=True)]
    for step in FIT_STEPS:
        # At first a larger outline counts for more, or the hub would win; then only how well it fits.
        worth = (lambda one: _weight(votes(one), one.radius_m)) if step == FIT_STEPS[0] else votes
        for name in (*LIMITS, "radius_m"):
            outline = max((_changed(outline, name, k * step) for k in (-2, -1, 0, 1, 2)), key=worth)
        known.clear()
        at = [best_near(patch, outline, xy, 3)[1] for patch, xy in zip(patches, at, strict=True)]
    vote = votes(outline) - ROOM_SHARE * _room_vote(moments, views, patches, at, squeeze, outline)
    centres = np.array([p.in_picture(xy) for p, xy in zip(patches, at, strict=True)])
    offsets = np.array([np.subtract(xy, p.middle_px) / p.px_per_m for p, xy in zip(patches, at, strict=True)]) + at_m
    times = np.array([moment.time_s for moment in moments])
    return PlateCandidate(side, outline, squeeze, vote, times, offsets, centres, views[0])


def _room_vote(
    moments: Sequence[Moment],
    views: Sequence[PlateView],
    patches: Sequence[Patch],
    at: Sequence[tuple[float, float]],
    squeeze: float,
    outline: Outline,
) -> float:
    """Mean vote for the standing plate's place where the lifter is away from it: what stays there is not his."""
    centres = np.array([patch.in_picture(xy) for patch, xy in zip(patches, at, strict=True)])
    away = np.linalg.norm(centres - centres[0], axis=1) > LEFT_M * views[0].px_per_m
    still = replace(views[0], centre_px=centres[0])
    votes = []
    for moment, gone in zip(moments, away, strict=True):
        if gone:
            patch = fine_patch(moment.rgb, still, squeeze, np.zeros(2))
            votes.append(best_near(patch, outline, patch.middle_px, 3)[0])
    return max(0.0, float(np.mean(votes))) if votes else 0.0


def _weight(vote: float, radius_m: float) -> float:
    return (vote - CHANCE_VOTE) * radius_m


def _changed(outline: Outline, name: str, steps: float) -> Outline:
    step, low, high = LIMITS[name]
    return replace(outline, **{name: float(np.clip(getattr(outline, name) + steps * step, low, high))})


def fine_patch(rgb: Picture, view: PlateView, squeeze: float, at_m: FloatArray) -> Patch:
    """Cut out the surroundings of a point of a plate's patch, finely."""
    return cut_patch(rgb, moved(view, squeeze, at_m), squeeze, (0.6, 0.45), fine_px_per_m(view))


def fine_px_per_m(view: PlateView) -> float:
    """Resolution of a fine patch: the picture's own where the lifter is far."""
    return float(np.clip(view.px_per_m, COARSE_PX_PER_M, FINE_PX_PER_M))


def moved(view: PlateView, squeeze: float, at_m: FloatArray) -> PlateView:
    """Centre a view on a point of its patch, in metres from the middle."""
    return replace(view, centre_px=view.centre_px + patch_axes(view, squeeze) @ at_m)
