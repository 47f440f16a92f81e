"""The barbell's plates through an attempt, followed frame by frame."""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.barbell.detection import Moment, PlateCandidate, fine_px_per_m, moved
from depthperception.barbell.edges import best_near, cut_patch, patch_axes
from depthperception.barbell.projection import PlateView, plate_view
from depthperception.barbell.settings import PLATES, PlateDetection, PlateFollowing
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.types import BoolArray, FloatArray, Picture, Side, check_shapes, time_span


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
        return f"<PlateTrack {self.side.word}, {time_span(self.times_s)}, vote {self.vote:.2f}>"

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
        plate, view = self._plate, plate_view(self._lifter_camera, moment.shoulders_px, self._plate.side)
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
        times = np.array(self._times_s)
        plate = self._plate
        return PlateTrack(
            plate.side, times, places[:, 3:], places[:, 2], plate.axes_px, plate.vote, steady_px=places[:, :2]
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
