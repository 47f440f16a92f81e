"""Find the barbell's plates: outlines that stay with the lifter from standing through the bottom to standing.

The camera says as what ellipse a plate on his bar must be seen, and about where. Outlines of all sizes and places round
there vote at several moments of the attempt, each at its place relative to the shoulders: a plate keeps its place, the
room does not. The best few are then fitted finely, and the outline with the most votes all round wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np

from depthperception.barbell.bundle_adjustment import BIG_M
from depthperception.barbell.edges import (
    LEAST_SQUEEZE,
    Outline,
    Patch,
    best_near,
    cut_patch,
    patch_axes,
    support,
)
from depthperception.barbell.plate_linking import LinkedPlate
from depthperception.barbell.projection import PlateView, plate_view
from depthperception.barbell.settings import PLATES, PlateDetection
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.geometry.skeletons import HIPS, SHOULDERS
from depthperception.types import FloatArray, Picture, Side

LIMITS = {
    "radius_m": (0.016, 0.05, 0.4),
    "width_m": (0.05, 0.0, 0.6),
    "squash": (0.1, 0.1, 2.0),
    "turn_rad": (0.1, -0.4, 0.4),
}
"""What is fitted of an outline: step (what half a pixel of its rim notices), least, most."""

_Place: TypeAlias = tuple[float, tuple[float, float]]


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

    @property
    def trunk_px(self) -> FloatArray:
        """Middle of shoulders and hips (2,)."""
        return np.asarray(self.landmarks_px[[*SHOULDERS, *HIPS]].mean(axis=0))


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
        Where its centre is against where the camera puts it, in metres of the patch.
    centres_px : (n, 2)
        In the picture.
    view
        That the camera predicts where the lifter stands.
    """

    side: Side
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

    def weight(self, chance_vote: float) -> float:
        """Votes all round beyond those of chance: a large outline is less easily there by chance."""
        return (self.vote - chance_vote) * self.outline.radius_m


@dataclass(frozen=True, eq=False)
class _Sought:
    """A plate at one side: in which pictures it is sought, as what, and how."""

    moments: Sequence[Moment]
    views: Sequence[PlateView]
    side: Side
    squeeze: float
    settings: PlateDetection

    def patches(self, at_m: FloatArray) -> list[Patch]:
        """Cut out the surroundings of a point in every picture."""
        return [self.patch(moment, view, at_m) for moment, view in zip(self.moments, self.views, strict=True)]

    def patch(self, moment: Moment, view: PlateView, at_m: FloatArray) -> Patch:
        """Cut out the surroundings of a point finely."""
        return fine_patch(moment.rgb, view, self.squeeze, at_m, settings=self.settings)

    def best(self, patch: Patch, outline: Outline, at_px: tuple[float, float], reach_px: int = 3) -> _Place:
        """Best vote near a point, and where."""
        return best_near(patch, outline, at_px, reach_px, settings=self.settings.edges)


def find_plate(
    moments: Sequence[Moment], lifter_camera: LifterCamera, side: Side, *, settings: PlateDetection = PLATES
) -> PlateCandidate:
    """Find the outline at one side that is most likely a plate."""
    views = [plate_view(lifter_camera, moment.shoulders_px, side) for moment in moments]
    openness = views[0].openness
    least_deg = np.degrees(np.arcsin(min(1.0, openness))) - settings.azimuth_slack_deg
    narrow = np.sin(np.radians(max(3.0, least_deg)))
    squeeze = max(float(narrow), LEAST_SQUEEZE)
    starts = _coarse(moments, views, (squeeze, float(narrow) / squeeze), settings)
    sought = _Sought(moments, views, side, squeeze, settings)
    fitted = (_fit(sought, outline, at_m, sought.patches(at_m)) for outline, at_m in starts)
    return max(fitted, key=lambda plate: plate.weight(settings.chance_vote))


def fit_link(
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    side: Side,
    linked: LinkedPlate,
    *,
    settings: PlateDetection = PLATES,
) -> PlateCandidate:
    """Fit the outline of plates that were found in single pictures and linked, beginning with their boxes.

    The patches lie where the boxes are and are as large as these say: nothing rests on shoulders that a plate hides, or
    on the scale and azimuth of a lifter who is half behind it.
    """
    views = [plate_view(lifter_camera, moment.shoulders_px, side) for moment in moments]
    px_per_m = linked.radius_px / BIG_M
    own = [replace(view, centre_px=at, px_per_m=px_per_m) for view, at in zip(views, linked.centres_px, strict=True)]
    squeeze = max(linked.openness, LEAST_SQUEEZE)
    sought = _Sought(moments, own, side, squeeze, settings)
    starts = [Outline(BIG_M * larger, linked.openness / squeeze) for larger in settings.linked_sizes]
    there, patches = np.zeros(2), sought.patches(np.zeros(2))
    fitted = (_fit(sought, start, there, patches) for start in starts)
    plate = max(fitted, key=lambda one: one.weight(settings.chance_vote))
    ratio = px_per_m / views[0].px_per_m
    outline = replace(plate.outline, radius_m=plate.outline.radius_m * ratio, width_m=plate.outline.width_m * ratio)
    offsets_m = [
        np.linalg.solve(patch_axes(view, squeeze), at - view.centre_px)
        for view, at in zip(views, plate.centres_px, strict=True)
    ]
    return replace(plate, outline=outline, offsets_m=np.array(offsets_m), view=views[0])


def _coarse(
    moments: Sequence[Moment], views: Sequence[PlateView], shape: tuple[float, float], settings: PlateDetection
) -> list[tuple[Outline, FloatArray]]:
    """Outlines and where their centres are (2,) in metres of the patch, the best few."""
    squeeze, squash = shape
    px_per_m = settings.coarse_px_per_m
    sideways = np.sqrt(1.0 - views[0].openness ** 2) / squeeze
    half = (min(1.3, 0.4 + 0.35 * sideways), 0.45)
    outlines = [Outline(r, squash, w) for r in settings.radii_m for w in settings.widths_m if w <= 0.1 + 0.3 * sideways]
    reach = round(settings.steady_m * px_per_m)
    near = np.ones((2 * reach + 1, 2 * reach + 1))
    total = np.zeros(1)
    for moment, view in zip(moments, views, strict=True):
        patch = cut_patch(moment.rgb, view, squeeze, half, px_per_m, reach_px=1, settings=settings.edges)
        found_at = [support(patch, outline, settings=settings.edges) for outline in outlines]
        total = total + np.stack([cv2.dilate(one, near) for one in found_at])
    votes = total / len(moments)
    middle = (np.array(votes.shape[1:]) - 1) / 2
    rows = (np.arange(votes.shape[1]) - middle[0]) / px_per_m
    radius = np.array([outline.radius_m for outline in outlines])
    off = 0.05 * (rows[:, None] / settings.away_m) ** 2
    weight = (votes - settings.chance_vote - off) * radius[:, None, None]
    found = []
    for _ in range(settings.fitted):
        k, row, column = np.unravel_index(int(np.argmax(weight)), weight.shape)
        found.append((outlines[k], (np.array([column, row]) - middle[::-1]) / px_per_m))
        same = np.abs(radius - radius[k]) < 0.04
        weight[same, max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = -np.inf
    return found


def _fit(sought: _Sought, outline: Outline, at_m: FloatArray, patches: Sequence[Patch]) -> PlateCandidate:
    """Fit an outline finely in the surroundings of a point: one shape for all moments, a place at each."""
    moments, views, settings = sought.moments, sought.views, sought.settings
    at: list[tuple[float, float]] = [patch.middle_px for patch in patches]
    reach = round(1.5 * settings.steady_m * patches[0].px_per_m)

    known: dict[Outline, float] = {}

    def votes(tried: Outline) -> float:
        if tried not in known:
            known[tried] = float(np.mean([sought.best(p, tried, xy)[0] for p, xy in zip(patches, at, strict=True)]))
        return known[tried]

    at = [sought.best(patch, outline, xy, reach)[1] for patch, xy in zip(patches, at, strict=True)]

    def weights(tried: Outline) -> float:
        return (votes(tried) - settings.chance_vote) * tried.radius_m

    for step in settings.fit_steps:
        # At first a larger outline counts for more, or the hub would win; then only how well it fits.
        worth = weights if step == settings.fit_steps[0] else votes
        for name in (*LIMITS, "radius_m"):
            outline = max((_changed(outline, name, k * step) for k in (-2, -1, 0, 1, 2)), key=worth)
        known.clear()
        at = [sought.best(patch, outline, xy)[1] for patch, xy in zip(patches, at, strict=True)]
    centres = np.array([p.in_picture(xy) for p, xy in zip(patches, at, strict=True)])
    vote = votes(outline) - settings.room_share * _room_vote(sought, centres, outline)
    offsets = np.array([np.subtract(xy, p.middle_px) / p.px_per_m for p, xy in zip(patches, at, strict=True)]) + at_m
    times = np.array([moment.time_s for moment in moments])
    return PlateCandidate(
        side=sought.side,
        outline=outline,
        squeeze=sought.squeeze,
        vote=vote,
        times_s=times,
        offsets_m=offsets,
        centres_px=centres,
        view=views[0],
    )


def _room_vote(sought: _Sought, centres: FloatArray, outline: Outline) -> float:
    """Mean vote for the standing plate's place where the lifter is away from it: what stays there is not his."""
    view = sought.views[0]
    away = np.linalg.norm(centres - centres[0], axis=1) > sought.settings.left_m * view.px_per_m
    still = replace(view, centre_px=centres[0])
    votes = []
    for moment, gone in zip(sought.moments, away, strict=True):
        if gone:
            patch = sought.patch(moment, still, np.zeros(2))
            votes.append(sought.best(patch, outline, patch.middle_px)[0])
    return max(0.0, float(np.mean(votes))) if votes else 0.0


def _changed(outline: Outline, name: str, steps: float) -> Outline:
    step, low, high = LIMITS[name]
    return replace(outline, **{name: float(np.clip(getattr(outline, name) + steps * step, low, high))})


def fine_patch(
    rgb: Picture, view: PlateView, squeeze: float, at_m: FloatArray, *, settings: PlateDetection = PLATES
) -> Patch:
    """Cut out the surroundings of a point of a plate's patch, finely."""
    px_per_m = fine_px_per_m(view, settings=settings)
    return cut_patch(rgb, moved(view, squeeze, at_m), squeeze, (0.6, 0.45), px_per_m, settings=settings.edges)


def fine_px_per_m(view: PlateView, *, settings: PlateDetection = PLATES) -> float:
    """Resolution of a fine patch: the picture's own where the lifter is far."""
    return float(np.clip(view.px_per_m, settings.coarse_px_per_m, settings.fine_px_per_m))


def moved(view: PlateView, squeeze: float, at_m: FloatArray) -> PlateView:
    """Centre a view on a point of its patch, in metres from the middle."""
    return replace(view, centre_px=view.centre_px + patch_axes(view, squeeze) @ at_m)
