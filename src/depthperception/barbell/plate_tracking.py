"""The barbell's plates through an attempt: chosen from what was found, and followed frame by frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

import numpy as np

from depthperception.barbell.camera_fit import CameraFit, PlateObservation, fit_camera
from depthperception.barbell.detection import Moment, PlateCandidate, find_plate, fine_patch, fine_px_per_m, moved
from depthperception.barbell.edges import LEAST_SQUEEZE, Outline, best_near, cut_patch, patch_axes
from depthperception.barbell.projection import LifterCamera, PlateView
from depthperception.barbell.settings import CAMERA, PLATES, CameraFitting, PlateDetection, PlateFollowing
from depthperception.types import BoolArray, FloatArray, Picture, check_shapes, time_span

SQUASHED = 0.05
"""Least minor over major axis of a plate in a patch: from the front its rims are all width."""

Side: TypeAlias = Literal["left", "right"]
"""The lifter's own."""


@dataclass(frozen=True, eq=False)
class PlateTrack:
    """One plate through an attempt.

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
        0 to 1, how surely it is a plate.
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
        check_shapes(self, {"centre_px": (n, 2), "steady_px": (n, 2), "radius_px": (n,), "axes_px": (2, 2)})

    def __repr__(self) -> str:
        return f"<PlateTrack {self.side}, {time_span(self.times_s)}, vote {self.vote:.2f}>"

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


@dataclass(frozen=True, eq=False)
class Plates:
    """The plates that the camera sees, none, one or two, and what their rims say of camera and scale."""

    candidates: tuple[PlateCandidate, ...] = ()
    fit: CameraFit | None = None


def find_plates(
    moments: Sequence[Moment],
    lifter_camera: LifterCamera,
    radius_m: float | None = None,
    *,
    settings: PlateDetection = PLATES,
    fitting: CameraFitting = CAMERA,
) -> Plates:
    """Find the plate at either end of the bar; none where nothing is surely a plate.

    Parameters
    ----------
    moments
        The standing lifter first, then some of the way down and up.
    lifter_camera
        Of the standing lifter.
    radius_m
        Of the largest plates, where somebody said it.
    settings
        What is taken for a plate.
    fitting
        How camera and bar are fitted to it.
    """
    if len(moments) < settings.least_moments:
        return Plates()
    sides = (find_plate(moments, lifter_camera, side, settings=settings) for side in (1, -1))
    best = sorted(((plate.weight(settings.chance_vote), plate) for plate in sides), key=lambda one: -one[0])
    fit = partial(fit_camera, settings=fitting, edges=settings.edges)
    pictures = [moment.rgb for moment in moments]
    shoulders_px = np.array([moment.shoulders_px for moment in moments])
    for weight, plate in best:
        if weight < settings.worth_a_look:
            break
        seen = PlateObservation(plate.side, plate.centres_px, plate.radius_px)
        found = fit(pictures, shoulders_px, lifter_camera, seen, radius_m)
        sure = weight >= settings.least_weight or sum(found.votes) >= settings.least_together
        if sure and found.votes[0] >= settings.least_vote:
            return Plates(tuple(_as_seen(found, moments, side, settings) for side in found.sides), found)
    plain = [plate for weight, plate in best if weight >= settings.least_weight and plate.vote >= settings.plain_vote]
    return Plates((max(plain, key=lambda plate: plate.vote),)) if plain else Plates()


def _as_seen(found: CameraFit, moments: Sequence[Moment], side: int, settings: PlateDetection) -> PlateCandidate:
    """The plate at one side as an outline in patches of the fitted camera."""
    views = [found.lifter_camera.plate(moment.shoulders_px, side) for moment in moments]
    squeeze = max(views[0].openness, LEAST_SQUEEZE)
    to_px = [patch_axes(view, squeeze) for view in views]
    rings = [
        np.linalg.solve(axes, (ring - view.centre_px).T).T
        for axes, ring, view in zip(to_px, found.rings_px(side), views, strict=True)
    ]
    offsets_m = np.array([(ring.min(axis=0) + ring.max(axis=0)) / 2.0 for ring in rings])
    half_m = np.ptp(rings[0], axis=0) / 2.0
    inner, outer = np.split(rings[0], 2)
    width_m = abs(float((outer - inner).mean(axis=0)[0]))
    squash = max(SQUASHED, float(half_m[0] - width_m / 2.0) / found.radius_m)
    outline = Outline(found.radius_m, squash, width_m)
    patches = [
        fine_patch(moment.rgb, view, squeeze, at_m, settings=settings)
        for moment, view, at_m in zip(moments, views, offsets_m, strict=True)
    ]
    votes = [best_near(patch, outline, patch.middle_px, 3, settings=settings.edges)[0] for patch in patches]
    vote = float(np.mean(votes))
    centres_px = [view.centre_px + axes @ at for view, axes, at in zip(views, to_px, offsets_m, strict=True)]
    times_s = np.array([moment.time_s for moment in moments])
    return PlateCandidate(
        side=side,
        outline=outline,
        squeeze=squeeze,
        vote=vote,
        times_s=times_s,
        offsets_m=offsets_m,
        centres_px=np.array(centres_px),
        view=views[0],
    )


class Follower:
    """Finds a plate again in picture after picture, near its last place against the shoulders."""

    def __init__(
        self, plate: PlateCandidate, lifter_camera: LifterCamera, *, settings: PlateDetection = PLATES
    ) -> None:
        self._plate, self._lifter_camera, self._settings = plate, lifter_camera, settings
        following = settings.following
        self._offset_m: FloatArray = plate.offsets_m[0]
        low, high = plate.offsets_m.min(axis=0), plate.offsets_m.max(axis=0)
        self._middle_m, self._reach_m = (low + high) / 2, (high - low) / 2 + following.strays_m
        shape = plate.outline
        across = shape.squash * shape.radius_m + shape.width_m / 2
        self._half_m = (across + 3 * following.step_m, shape.radius_m + 3 * following.step_m)
        self._times_s: list[float] = []
        self._places: list[FloatArray] = []
        self._last: list[tuple[float, FloatArray]] = []

    def look(self, moment: Moment, steadying: FloatArray) -> None:
        """Look at the next picture; `steadying` (3, 3) takes its px to the first picture's."""
        plate, view = self._plate, self._lifter_camera.plate(moment.shoulders_px, self._plate.side)
        following = self._settings.following
        vote, offset, at_px = self._seek(moment.rgb, view, self._offset_m, following.step_m)
        if vote < following.sure * plate.vote:
            # Landmarks jump where plates or spotters hide the shoulders: the plate goes on as it went.
            places = [self._offset_m, *self._gone_on(view, moment.time_s)]
            tries = [self._seek(moment.rgb, view, place, following.further * following.step_m) for place in places]
            vote, offset, at_px = max(tries, key=lambda one: one[0])
        strays = (np.abs(offset - self._middle_m) > self._reach_m).any()
        place = np.full(5, np.nan)
        if vote >= (following.sure if strays else following.lost) * plate.vote:
            self._offset_m = offset
            self._last = [*self._last[-1:], (moment.time_s, at_px)]
            radius_px = plate.outline.radius_m * view.px_per_m
            place = np.array([*(steadying @ [*at_px, 1.0])[:2], radius_px, *at_px])
        self._times_s.append(moment.time_s)
        self._places.append(place)

    def _seek(
        self, rgb: Picture, view: PlateView, offset_m: FloatArray, reach_m: float
    ) -> tuple[float, FloatArray, FloatArray]:
        """Find the plate round a place: its vote, place (2,) against the shoulders in metres, and in px (2,)."""
        plate, edges, px_per_m = self._plate, self._settings.edges, fine_px_per_m(view, settings=self._settings)
        about = moved(view, plate.squeeze, offset_m)
        patch = cut_patch(rgb, about, plate.squeeze, self._half_m, px_per_m, settings=edges)
        vote, at = best_near(patch, plate.outline, patch.middle_px, round(reach_m * px_per_m), settings=edges)
        return vote, offset_m + np.subtract(at, patch.middle_px) / px_per_m, patch.in_picture(at)

    def _gone_on(self, view: PlateView, time_s: float) -> list[FloatArray]:
        """Where the plate is if it goes on as it was last seen to go, against the shoulders; none where that is old."""
        if len(self._last) < 2 or time_s - self._last[-1][0] > self._settings.following.recent_s:
            return []
        (before_s, before_px), (last_s, last_px) = self._last
        at_px = last_px + (last_px - before_px) * (time_s - last_s) / (last_s - before_s)
        return [np.asarray(np.linalg.solve(patch_axes(view, self._plate.squeeze), at_px - view.centre_px))]

    def track(self) -> PlateTrack:
        """Everything that was seen."""
        places = _without_jumps(np.array(self._places).reshape(-1, 5), self._settings.following)
        side: Side = "left" if self._plate.side > 0 else "right"
        times = np.array(self._times_s)
        return PlateTrack(
            side, times, places[:, 3:], places[:, 2], self._plate.axes_px, self._plate.vote, steady_px=places[:, :2]
        )


def _without_jumps(places: FloatArray, settings: PlateFollowing) -> FloatArray:
    """Lose single places (n, 5: steady x, y, radius, x, y) that are away from the middle between their neighbours."""
    if len(places) < 5:
        return places
    away = np.zeros(len(places))
    away[1:-1] = np.nan_to_num(np.linalg.norm((places[1:-1] - (places[:-2] + places[2:]) / 2)[:, :2], axis=1))
    usual = float(np.median(away[away > 0])) if (away > 0).any() else 0.0
    least = settings.jump * float(np.nanmedian(places[:, 2])) if np.isfinite(places).any() else 0.0
    return np.where((away > max(settings.longest_step * usual, least))[:, None], np.nan, places)
