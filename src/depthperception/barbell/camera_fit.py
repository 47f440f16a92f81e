"""Camera and bar fitted together to the rims of both plates in all pictures.

A bar is rigid and its plates are of one size: how large the near one is seen, how much smaller the far one, how far
they are apart, how open their ellipses are, and how all of it changes on the way down leave one camera and one scale.
What landmarks and network said of the camera before is where the fit starts, and counts by its errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from depthperception.barbell.bundle_adjustment import (
    ANY_SD,
    AZIMUTH,
    BIG_M,
    DISTANCE,
    EXACT_SD,
    PITCH,
    PLACES,
    RADIUS,
    ROLL,
    SCALE,
    THICKNESS,
    Adjustment,
    Known,
    rings_px,
)
from depthperception.barbell.projection import INNER_M
from depthperception.barbell.settings import CAMERA, EDGES, CameraFitting, EdgeVotes
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.types import FloatArray, Picture, Side

HOLDS = 3
"""Steps in which the bar is moved to where a plate is seen: each leaves a tenth of the way."""

NEAREST_M = 0.3
"""From the camera to a plate."""


@dataclass(frozen=True, eq=False)
class CameraFit:
    """What the rims say.

    Attributes
    ----------
    lifter_camera
        The lifter's axes, at the scale of the plates where their size is known.
    sides
        Ends of the bar at which a plate is seen, 1 for the lifter's left, -1 for his right.
    votes
        At their rims, median over the pictures.
    radius_m, thickness_m
        Of the stacks of large plates.
    sized
        Whether the radius was known; else it was measured by the lifter.
    middles_px : (k, 2)
        Middle of the bar in each picture.
    scale_sd
        Error of the logarithm of its scale, as far as the fit knows it.
    """

    lifter_camera: LifterCamera
    sides: tuple[Side, ...]
    votes: tuple[float, ...]
    radius_m: float
    thickness_m: float
    sized: bool
    middles_px: FloatArray
    scale_sd: float

    def rings_px(self, side: Side) -> FloatArray:
        """Points (k, m, 2) of the rims at one end in each picture: of the inner face, then as many of the outer."""
        return rings_px(self.lifter_camera, self.middles_px, side, self.radius_m, self.thickness_m)


@dataclass(frozen=True)
class PlateObservation:
    """A plate that was found: the end of the bar, where (k, 2) in each picture, and how large in the first."""

    side: Side
    centres_px: FloatArray
    radius_px: float


def fit_camera(
    pictures: Sequence[Picture],
    shoulders_px: FloatArray,
    lifter_camera: LifterCamera,
    plate: PlateObservation,
    radius_m: float | None = None,
    *,
    settings: CameraFitting = CAMERA,
    edges: EdgeVotes = EDGES,
) -> CameraFit:
    """Fit camera and bar, beginning with one plate; the other is sought where it must be.

    Parameters
    ----------
    pictures
        From standing to standing.
    shoulders_px : (k, 2)
        Middle of the shoulders in each.
    lifter_camera
        As known without the plates.
    plate
        That was found.
    radius_m
        Of the largest plates; without it they are big ones where they look like it.
    settings
        Of the fit.
    edges
        How pixels vote.
    """
    shrink = min(1.0, settings.search.coarse_radius_px / plate.radius_px)
    rough = _Search(pictures, shoulders_px, lifter_camera, shrink, settings=settings, edges=edges)
    values, sides, sized = rough.sized(plate, radius_m)
    fine: Adjustment = rough
    if shrink < 1.0:
        del rough, fine  # with the slopes of shrunk pictures, before those of the pictures are there
        fine = Adjustment(pictures, shoulders_px, lifter_camera, settings=settings, edges=edges)
    known = fine.known(sized)
    values, spread = fine.fit(values, sides, known)
    if fine.vote(values, sides[-1]) < settings.search.least_far_vote and len(sides) > 1:
        # What looked like the other plate in shrunk pictures is none in these.
        sides = sides[:1]
        values, spread = fine.fit(values, sides, known)
    return CameraFit(
        lifter_camera=fine.lifter_camera(values),
        sides=sides,
        votes=tuple(fine.vote(values, side) for side in sides),
        radius_m=float(np.exp(values[RADIUS])),
        thickness_m=float(values[THICKNESS]),
        sized=sized is not None,
        middles_px=values[PLACES:].reshape(-1, 2),
        scale_sd=float(np.sqrt(spread[SCALE, SCALE])),
    )


class _Search(Adjustment):
    """Finds where to begin."""

    def sized(
        self, plate: PlateObservation, radius_m: float | None
    ) -> tuple[FloatArray, tuple[Side, ...], float | None]:
        """Fit with a known radius, or a big plate's where it looks like one: parameters, sides, radius if known."""
        if radius_m is not None:
            known = self.known(radius_m)
            return *self._both(self._one(plate, known), plate, known), radius_m
        alone = self._one(plate, self.known())
        if np.exp(alone[RADIUS]) >= self.settings.search.perhaps_big_m:
            known = self.known(BIG_M)
            values, sides = self._both(self._one(plate, known), plate, known)
            if BIG_M * np.exp(values[SCALE]) >= self._big_looks_m(sides) * self.before.px_per_m:
                return values, sides, BIG_M
        values, sides = self._both(alone, plate, self.known())
        if np.exp(values[RADIUS]) < self._big_looks_m(sides):
            return values, sides, None
        values[SCALE] += values[RADIUS] - np.log(BIG_M)
        return values, sides, BIG_M

    def _big_looks_m(self, sides: tuple[Side, ...]) -> float:
        """Least radius that big plates are taken for."""
        search = self.settings.search
        return search.big_looks_m if len(sides) > 1 else search.big_looks_alone_m

    def _one(self, plate: PlateObservation, known: Known) -> FloatArray:
        """Fit what a single plate tells: where it is, how large and how open."""
        start = self._held(known.values, plate.side, plate.centres_px, plate.radius_px, SCALE)
        still = replace(known, sd=known.sd.copy())
        still.sd[[DISTANCE, PITCH, ROLL]] = EXACT_SD
        return self.fit(start, (plate.side,), still)[0]

    def _both(self, values: FloatArray, plate: PlateObservation, known: Known) -> tuple[FloatArray, tuple[Side, ...]]:
        """Seek the other plate, and fit both if it is there: parameters, and the sides that are seen."""
        search = self.settings.search
        near, far = plate.side, plate.side.other
        best, _ = self.fit(values, (near,), known)
        sides: tuple[Side, ...] = (near,)
        least, most = self.vote(best, near) - search.spoilt, search.least_both
        for start in self._starts(values, near, known):
            fitted, _ = self.fit(start, (near, far), known)
            votes = self.vote(fitted, near), self.vote(fitted, far)
            if votes[0] > least and votes[1] > search.least_far_vote and sum(votes) > most:
                best, sides, most = fitted, (near, far), sum(votes)
            if min(votes) > search.clear_vote:
                break
        return best, sides

    def _starts(self, values: FloatArray, side: Side, known: Known) -> list[FloatArray]:
        """Parameters that leave the plate at one side where it is, and put the other where rims are: the best few."""
        search = self.settings.search
        lifter_camera = self.lifter_camera(values)
        at = lifter_camera.bar_at(values[PLACES:].reshape(-1, 2)) + side * _sleeve_m(values) * lifter_camera.left
        centres_px, radius_px = (
            lifter_camera.pinhole.project(at),
            lifter_camera.pinhole.focal_px * np.exp(values[RADIUS]) / at[0, 2],
        )
        size = RADIUS if known.sd[SCALE] < ANY_SD else SCALE
        tried = []
        angles = np.radians(search.azimuths_deg), np.radians(search.rolls_deg)
        for distance, azimuth, roll in product(search.log_distances, *angles):
            start = values.copy()
            start[[DISTANCE, AZIMUTH, ROLL]] += distance, azimuth, roll
            start = self._held(start, side, centres_px, radius_px, size)
            tried.append(start)
        tried = self._likely(tried, side.other, known, [0])[: search.likely]
        some = np.linspace(0, len(self._slopes) - 1, search.sought_in).astype(int).tolist()
        apart = np.array([search.apart_log_distance, search.apart_azimuth_rad])
        taken: list[FloatArray] = []
        for start in self._likely(tried, side.other, known, some):
            if len(taken) == search.starts:
                break
            if all((np.abs(start - other)[: AZIMUTH + 1] > apart).any() for other in taken):
                taken.append(start)
        return taken

    def _likely(self, starts: Sequence[FloatArray], side: Side, known: Known, some: Sequence[int]) -> list[FloatArray]:
        """Order parameters by the votes for a plate in some pictures, and by what was known: the best first."""
        off = [((start - known.values) / known.sd)[: ROLL + 1] for start in starts]
        votes = self.votes_of_many(starts, side, some).mean(axis=1).tolist()
        unlikely = self.settings.search.unlikely
        order = np.argsort([unlikely * float(one @ one) - vote for one, vote in zip(off, votes, strict=True)])
        return [starts[index] for index in order]

    def _held(self, values: FloatArray, side: Side, centres_px: FloatArray, radius_px: float, size: int) -> FloatArray:
        """Move the bar so that a plate is seen at some places, and set a parameter so that it is seen so large."""
        values = values.copy()
        for hold in range(HOLDS):
            if not hold or size == SCALE:  # of what is set here the scale alone moves the camera
                lifter_camera = self.lifter_camera(values)
            at = lifter_camera.bar_at(values[PLACES:].reshape(-1, 2)) + side * _sleeve_m(values) * lifter_camera.left
            values[PLACES:] += (centres_px - lifter_camera.pinhole.project(at)).ravel()
            values[size] += np.log(
                radius_px * max(at[0, 2], NEAREST_M) / (lifter_camera.pinhole.focal_px * np.exp(values[RADIUS]))
            )
        return values


def _sleeve_m(values: FloatArray) -> float:
    """Middle of the bar to the middle of a stack."""
    return float(INNER_M + values[THICKNESS] / 2.0)
