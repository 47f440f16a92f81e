"""The adjustment of camera and bar to rims in pictures: least squares over all of them at once, priors included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.barbell.edges import POINTS
from depthperception.barbell.projection import INNER_M
from depthperception.barbell.rims import Rims, Slopes, edges_at, extent, hidden_by, rims_of
from depthperception.barbell.settings import CAMERA, EDGES, CameraFitting, EdgeVotes
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.types import BoolArray, FloatArray, Picture, Side

DISTANCE, AZIMUTH, PITCH, ROLL, SCALE, RADIUS, THICKNESS, PLACES = range(8)
"""What is fitted: logarithms of distance, scale and radius, angles in radians, metres; then the bar's middle in each
picture in px, x and y."""

BIG_M = 0.225
"""Radius of a big plate, by rule: 45 cm across (IPF Technical Rules, equipment)."""

ANY_SD, EXACT_SD = 0.5, 0.002
"""Of the logarithms of scale and radius: as good as unknown, and given."""

STILL, STILL_PX = 0.002, 0.05
"""Parameters and places that change by less do not change any more."""

THINNEST_M = 0.01
"""Of plates."""

TINY = 1e-4
"""Step of derivatives: radians, logarithms, metres, px."""

RING = np.column_stack([f(np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False)) for f in (np.cos, np.sin)])


def rings_px(
    lifter_camera: LifterCamera, middles_px: FloatArray, side: Side, radius_m: float, thickness_m: float
) -> FloatArray:
    """Points (k, m, 2) on the rims of both faces of a stack, for bars whose middles (k, 2) are seen."""
    ring = radius_m * (RING[:, :1] * lifter_camera.up + RING[:, 1:] * lifter_camera.forward)
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
        self,
        pictures: Sequence[Picture],
        shoulders_px: FloatArray,
        lifter_camera: LifterCamera,
        shrink: float = 1.0,
        *,
        settings: CameraFitting = CAMERA,
        edges: EdgeVotes = EDGES,
    ) -> None:
        """Take pictures, to be shrunk, the middles of the shoulders (k, 2) in them, and their camera as it is known."""
        self._slopes = [Slopes(picture, shrink, settings=settings, edges=edges) for picture in pictures]
        self._shoulders_px, self.before, self.settings = shoulders_px, lifter_camera, settings

    def known(self, radius_m: float | None = None) -> Known:
        """What was known of the parameters: with the radius the scale need not be."""
        lifter_camera, settings = self.before, self.settings
        sizes = (np.log(lifter_camera.px_per_m), np.log(radius_m or BIG_M), settings.thickness_m)
        scale_sd, radius_sd = (settings.own_scale_sd, ANY_SD) if radius_m is None else (ANY_SD, EXACT_SD)
        places = self._shoulders_px.ravel()
        camera_sd = settings.log_distance_sd, settings.azimuth_sd_rad, *lifter_camera.gravity_sd_rad
        places_sd = [settings.beside_m * lifter_camera.px_per_m] * len(places)
        return Known(
            np.array([np.log(lifter_camera.distance_m), *lifter_camera.angles_rad, *sizes, *places]),
            np.array([*camera_sd, scale_sd, radius_sd, settings.thickness_sd_m, *places_sd]),
        )

    def lifter_camera(self, values: FloatArray) -> LifterCamera:
        """The lifter's axes by some parameters."""
        distance_m, px_per_m = np.exp(values[[DISTANCE, SCALE]])
        angles = (values[AZIMUTH], values[PITCH], values[ROLL])
        return self.before.turned(angles, float(px_per_m), float(distance_m))

    def votes(self, values: FloatArray, side: Side) -> FloatArray:
        """Mean votes at the rims of one side in every picture; 0 where next to nothing of a rim can be seen."""
        return np.asarray(self.votes_of_many([values], side, range(len(self._slopes)))[0])

    def votes_of_many(self, many: Sequence[FloatArray], side: Side, some: Sequence[int]) -> FloatArray:
        """Mean votes (m, k) likewise for several sets of parameters, in some pictures."""
        rims = [one for values in many for one in self._rims(self._bars(values), side, some)]
        edges = edges_at([self._slopes[k] for k in some] * len(many), [one for one, _ in rims])
        known = edges.inside & np.stack([shown for _, shown in rims])
        enough = known.mean(axis=1) >= self.settings.least_seen
        found = [float(v[k].mean()) if seen else 0.0 for v, k, seen in zip(edges.votes, known, enough, strict=True)]
        return np.array(found).reshape(len(many), len(some))

    def vote(self, values: FloatArray, side: Side) -> float:
        """Mean vote at the rims of one side, median over the pictures."""
        return float(np.median(self.votes(values, side)))

    def _rims(self, bars: "_Bars", side: Side, some: Sequence[int]) -> list[tuple[Rims, BoolArray]]:
        """Of some pictures the rims at a side, and which points are not behind the stack before it."""
        rims = [rims_of(ring) for ring in bars.rings_px(side, some)]
        if side * bars.lifter_camera.left[2] < 0:
            return [(one, np.ones(POINTS, dtype=bool)) for one in rims]
        before = bars.rings_px(side.other, some)
        return [
            (one, ~hidden_by(ring, one.points, settings=self.settings)) for ring, one in zip(before, rims, strict=True)
        ]

    def _bars(self, values: FloatArray, lifter_camera: LifterCamera | None = None) -> "_Bars":
        """The bar in each picture by some parameters; `lifter_camera` where their camera is known already."""
        return _Bars(lifter_camera or self.lifter_camera(values), values)

    def fit(self, values: FloatArray, sides: Sequence[Side], known: Known) -> tuple[FloatArray, FloatArray]:
        """Fit the parameters (n,) to the rims at some sides: their values, and the covariance of their errors."""
        spread = np.diag(known.sd**2)
        for _ in range(self.settings.rounds):
            before = values
            values, spread = self._step(values, sides, known)
            if (np.abs(values - before) < np.where(np.arange(len(values)) < PLACES, STILL, STILL_PX)).all():
                break
        return values, spread

    def _step(self, values: FloatArray, sides: Sequence[Side], known: Known) -> tuple[FloatArray, FloatArray]:
        """Gauss and Newton's step, by weights that leave out edges which are not the rim's."""
        offsets, ways = self._offsets(values, sides)
        settings = self.settings
        sure, rim_px = known.sd**-2, settings.rim_px / float(self._slopes[0].px.mean())
        step = np.zeros(len(values))
        for _ in range(settings.reweights):
            weights = settings.told / (rim_px**2 + (offsets - ways @ step) ** 2)
            # Not by a matrix product: BLAS would keep every core busy over so little.
            bend = np.einsum("mi,mj->ij", weights[:, None] * ways, ways) + np.diag(sure)
            step = np.linalg.solve(bend, (weights * offsets) @ ways + sure * (known.values - values))
        step[:PLACES] = np.clip(step[:PLACES], -settings.longest_step, settings.longest_step)
        values = values + step
        values[THICKNESS] = max(values[THICKNESS], THINNEST_M)
        return values, np.linalg.inv(bend)

    def _offsets(self, values: FloatArray, sides: Sequence[Side]) -> tuple[FloatArray, FloatArray]:
        """How far edges are outside of the rims (m,), and how the rims there move with every parameter (m, n)."""
        offsets, ways = [], []
        bars = self._bars(values)
        for side in sides:
            rims = self._rims(bars, side, range(len(self._slopes)))
            edges = edges_at(self._slopes, [one for one, _ in rims])
            clear = edges.clear & np.stack([shown for _, shown in rims])
            offsets.append(edges.offsets_px[clear])
            ways.append(self._ways(bars, side, [one.normals[at] for (one, _), at in zip(rims, clear, strict=True)]))
        return np.concatenate(offsets), np.vstack(ways)

    def _ways(self, bars: "_Bars", side: Side, normals: Sequence[FloatArray]) -> FloatArray:
        """How far the rims of one side move along their normals in each picture with every parameter (m, n)."""
        picture = np.repeat(np.arange(len(normals)), [len(one) for one in normals])
        rings = np.stack([bars.rings_px(side), *(moved.rings_px(side) for moved in self._moved(bars))], axis=1)
        reach = np.concatenate([extent(ring, one) for ring, one in zip(rings, normals, strict=True)], axis=1)
        ways = np.zeros((len(picture), len(bars.values)))
        for number, moves in enumerate((reach[1:] - reach[0]) / TINY):
            ways[np.arange(len(picture)), number if number < PLACES else number + 2 * picture] = moves
        return ways

    def _moved(self, bars: "_Bars") -> Iterator["_Bars"]:
        """Change one parameter after the other a little, the places in all pictures at once."""
        for number in range(PLACES + 2):
            values = bars.values.copy()
            values[number if number < PLACES else slice(number, None, 2)] += TINY
            yield self._bars(values, bars.lifter_camera if number > SCALE else None)


@dataclass(frozen=True, eq=False)
class _Bars:
    """The bar in each picture by some parameters (n,), and the camera that these say."""

    lifter_camera: LifterCamera
    values: FloatArray

    def rings_px(self, side: Side, some: Sequence[int] | slice = slice(None)) -> FloatArray:
        """Points (k, m, 2) on the rims at one end, in some of the pictures."""
        radius_m, thickness_m = float(np.exp(self.values[RADIUS])), float(self.values[THICKNESS])
        middles_px = self.values[PLACES:].reshape(-1, 2)[some]
        return rings_px(self.lifter_camera, middles_px, side, radius_m, thickness_m)
