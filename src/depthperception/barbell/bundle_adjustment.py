"""The adjustment of camera and bar to rims in pictures: least squares over all of them at once, priors included."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.barbell.edges import POINTS
from depthperception.barbell.projection import INNER_M, LifterCamera, turned_lifter_camera
from depthperception.barbell.rims import Rims, Slopes, extent, hidden_by, rims_of
from depthperception.types import BoolArray, FloatArray, Picture

DISTANCE, AZIMUTH, PITCH, ROLL, SCALE, RADIUS, THICKNESS, PLACES = range(8)
"""What is fitted: logarithms of distance, scale and radius, angles in radians, metres; then the bar's middle in each
picture in px, x and y."""

CAMERA_SD = (0.4, 0.17, 0.09, 0.035)
"""Errors of the log distance, azimuth, pitch and roll that are known before: rms over 111 rendered meets .37 and .20
(half of the azimuths within .11), over 27 of them .09; of the roll twice its median error (camera.py)."""

OWN_SCALE_SD, ANY_SD, EXACT_SD = 0.1, 0.5, 0.002
"""Of the logarithms of scale and radius: as known without plates, as good as unknown, and given."""

BIG_M = 0.225
"""Radius of a big plate, by rule: 45 cm across (IPF Technical Rules, equipment)."""

STACK_M = (0.1, 0.05)
"""Thickness of the large plates at one end, and its sd: one to three of 3 to 6 cm."""

BESIDE_M = 0.06
"""Distance of the bar's middle from the shoulders', sd: the bar lies behind them and the trunk leans."""

RIM_PX, TOLD = 1.0, 0.35
"""Error of a point of a rim, with Cauchy's tails, and the part of the points that tell something of their own."""

ROUNDS, REWEIGHTS = 7, 4
"""Of the fit: steps, and robust weights within each."""

LONGEST_STEP = 0.25
"""Of a logarithm, an angle, or a thickness at a time."""

LEAST_SEEN = 0.5
"""Part of a rim that is in the picture and not behind the near plate, with less of which nothing is known of it: what
then sticks out is an arm or the near stack as often as a plate."""

STILL, STILL_PX = 0.002, 0.05
"""Parameters and places that change by less do not change any more."""

THINNEST_M = 0.01
"""Of plates."""

TINY = 1e-4
"""Step of derivatives: radians, logarithms, metres, px."""

RING = np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False)


def rings_px(
    lifter_camera: LifterCamera, middles_px: FloatArray, side: int, radius_m: float, thickness_m: float
) -> FloatArray:
    """Points (k, m, 2) on the rims of both faces of a stack, for bars whose middles (k, 2) are seen."""
    ring = radius_m * (np.cos(RING)[:, None] * lifter_camera.up + np.sin(RING)[:, None] * lifter_camera.forward)
    faces = np.concatenate([ring + side * at * lifter_camera.left for at in (INNER_M, INNER_M + thickness_m)])
    return lifter_camera.pinhole.project(lifter_camera.bar_at(middles_px)[:, None] + faces)


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the parameters (n,) before, and its errors (n,), one sd."""

    values: FloatArray
    sd: FloatArray


class Adjustment:
    """Pictures of one size, what was known before, and the fit to them."""

    def __init__(
        self, pictures: Sequence[Picture], shoulders_px: FloatArray, lifter_camera: LifterCamera, shrink: float = 1.0
    ) -> None:
        """Take pictures, to be shrunk, the middles of the shoulders (k, 2) in them, and the rig as it is known."""
        self._slopes = [Slopes(picture, shrink) for picture in pictures]
        self._shoulders_px, self.before = shoulders_px, lifter_camera

    def known(self, radius_m: float | None = None) -> Known:
        """What was known of the parameters: with the radius the scale need not be."""
        lifter_camera = self.before
        sizes = (np.log(lifter_camera.px_per_m), np.log(radius_m or BIG_M), STACK_M[0])
        scale_sd, radius_sd = (OWN_SCALE_SD, ANY_SD) if radius_m is None else (ANY_SD, EXACT_SD)
        places = self._shoulders_px.ravel()
        return Known(
            np.array([np.log(lifter_camera.distance_m), *lifter_camera.angles_rad, *sizes, *places]),
            np.array([*CAMERA_SD, scale_sd, radius_sd, STACK_M[1], *[BESIDE_M * lifter_camera.px_per_m] * len(places)]),
        )

    def lifter_camera(self, values: FloatArray) -> LifterCamera:
        """The lifter's axes by some parameters."""
        distance_m, px_per_m = np.exp(values[[DISTANCE, SCALE]])
        angles = (values[AZIMUTH], values[PITCH], values[ROLL])
        return turned_lifter_camera(
            self.before.hips_px, float(px_per_m), float(distance_m), self.before.middle_px, angles
        )

    def votes(self, values: FloatArray, side: int, some: Sequence[int] | None = None) -> FloatArray:
        """Mean votes at the rims of one side in some pictures; 0 where next to nothing of a rim can be seen."""
        found = []
        for k, rims, shown in self._rims(values, side, range(len(self._slopes)) if some is None else some):
            edges = self._slopes[k].at(rims)
            known = shown & edges.inside
            found.append(float(edges.votes[known].mean()) if known.mean() >= LEAST_SEEN else 0.0)
        return np.array(found)

    def _rims(self, values: FloatArray, side: int, some: Sequence[int]) -> list[tuple[int, Rims, BoolArray]]:
        """Of each picture: its number, the rims at a side, and which points are not behind the stack before it."""
        rings = self._rings(values, side)
        rims = [rims_of(rings[k]) for k in some]
        lifter_camera = self.lifter_camera(values)
        if side * lifter_camera.left[2] < 0:
            return [(k, one, np.ones(POINTS, dtype=bool)) for k, one in zip(some, rims, strict=True)]
        before = self._rings(values, -side)
        return [(k, one, ~hidden_by(before[k], one.points)) for k, one in zip(some, rims, strict=True)]

    def _rings(self, values: FloatArray, side: int) -> FloatArray:
        radius_m, thickness_m = float(np.exp(values[RADIUS])), float(values[THICKNESS])
        return rings_px(self.lifter_camera(values), values[PLACES:].reshape(-1, 2), side, radius_m, thickness_m)

    def fit(self, values: FloatArray, sides: Sequence[int], known: Known) -> tuple[FloatArray, FloatArray]:
        """Fit the parameters (n,) to the rims at some sides: their values, and the covariance of their errors."""
        spread = np.diag(known.sd**2)
        for _ in range(ROUNDS):
            before = values
            values, spread = self._step(values, sides, known)
            if (np.abs(values - before) < np.where(np.arange(len(values)) < PLACES, STILL, STILL_PX)).all():
                break
        return values, spread

    def _step(self, values: FloatArray, sides: Sequence[int], known: Known) -> tuple[FloatArray, FloatArray]:
        """Gauss and Newton's step, by weights that leave out edges which are not the rim's."""
        offsets, ways = self._offsets(values, sides)
        sure, rim_px = known.sd**-2, RIM_PX / float(self._slopes[0].px.mean())
        step = np.zeros(len(values))
        for _ in range(REWEIGHTS):
            weights = TOLD / (rim_px**2 + (offsets - ways @ step) ** 2)
            # Not by a matrix product: BLAS would keep every core busy over so little.
            bend = np.einsum("mi,mj->ij", weights[:, None] * ways, ways) + np.diag(sure)
            step = np.linalg.solve(bend, (weights * offsets) @ ways + sure * (known.values - values))
        step[:PLACES] = np.clip(step[:PLACES], -LONGEST_STEP, LONGEST_STEP)
        values = values + step
        values[THICKNESS] = max(values[THICKNESS], THINNEST_M)
        return values, np.linalg.inv(bend)

    def _offsets(self, values: FloatArray, sides: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        """How far edges are outside of the rims (m,), and how the rims there move with every parameter (m, n)."""
        offsets, ways = [], []
        for side in sides:
            seen = []
            for k, rims, shown in self._rims(values, side, range(len(self._slopes))):
                edges = self._slopes[k].at(rims)
                clear = edges.clear & shown
                seen.append(rims.normals[clear])
                offsets.append(edges.offsets_px[clear])
            ways.append(self._ways(values, side, seen))
        return np.concatenate(offsets), np.vstack(ways)

    def _ways(self, values: FloatArray, side: int, normals: Sequence[FloatArray]) -> FloatArray:
        """How far the rims of one side move along their normals in each picture with every parameter (m, n)."""
        now = self._rings(values, side)
        picture = np.repeat(np.arange(len(normals)), [len(one) for one in normals])
        ways = np.zeros((len(picture), len(values)))
        for number in range(PLACES + 2):
            moved = values.copy()
            # A place in one picture moves no other picture's rims: all are moved at once.
            moved[number if number < PLACES else slice(number, None, 2)] += TINY
            then = self._rings(moved, side)
            reach = [extent(b, one) - extent(a, one) for a, b, one in zip(now, then, normals, strict=True)]
            column = number if number < PLACES else number + 2 * picture
            ways[np.arange(len(picture)), column] = np.concatenate(reach) / TINY
        return ways
