"""A barbell painted into pictures by plain projection: plates whose truth is geometry, in a room of coloured blocks.

World: metres, z up, the lifter at the origin faces +y, his left is -x, his shoulders are 1.4 m up when he stands.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.barbell.detection import Moment
from depthperception.capture.lifter_camera import LifterCamera, make_lifter_camera
from depthperception.geometry.skeletons import COUNT, HIPS, SHOULDERS, TOES
from depthperception.results import Camera
from depthperception.types import FloatArray, Picture, Side
from tests.support.figures import axes

SIZE = (540, 720)
"""Width and height, px."""

FOCAL_PX, SHOULDER_M, HIP_M, DISC_AT_M, THICK_M = 600.0, 1.4, 0.9, 0.69, 0.06


@dataclass(frozen=True)
class Scene:
    """A level camera at hip height, and a bar that goes down `FALL_M` and up again."""

    azimuth_deg: float = 50.0
    distance_m: float = 3.5
    radius_m: float = 0.225
    sides: tuple[Side, ...] = tuple(Side)

    def project(self, points_m: FloatArray) -> FloatArray:
        """World points (..., 3) to px."""
        away = axes(self.azimuth_deg)[2]
        seen = (points_m - [0.0, 0.0, HIP_M] + self.distance_m * away) @ axes(self.azimuth_deg).T
        return np.asarray(FOCAL_PX * seen[..., :2] / seen[..., 2:] + np.array(SIZE) / 2)

    def depth_m(self, point_m: FloatArray) -> float:
        """Distance along the camera's axis."""
        return float((point_m - [0.0, 0.0, HIP_M]) @ axes(self.azimuth_deg)[2] + self.distance_m)

    def plate_m(self, side: int, fall_m: float) -> FloatArray:
        """Middle of a plate; side 1 is the lifter's left."""
        return np.array([-side * DISC_AT_M, 0.0, SHOULDER_M - fall_m])

    def picture(self, fall_m: float, room: Picture) -> Picture:
        """Paint the bar and its plates over the room, the far plate first."""
        canvas = room.copy()
        ends = self.project(np.stack([self.plate_m(side, fall_m) for side in Side]))
        line(canvas, ends)
        angle = np.linspace(0.0, 2 * np.pi, 90)
        ring = np.column_stack([np.zeros(90), np.cos(angle), np.sin(angle)])
        for side in sorted(self.sides, key=lambda s: -self.depth_m(self.plate_m(s, fall_m))):
            across = np.array([[at * THICK_M / 2, 0.0, 0.0] for at in (-1, 1)])
            for part, grey in ((1.0, 25), (0.4, 140)):
                faces = self.plate_m(side, fall_m) + part * self.radius_m * ring + across[:, None]
                fill(canvas, self.project(faces).reshape(-1, 2), (grey, grey, grey))
        return canvas

    def moment(self, time_s: float, fall_m: float, room: Picture) -> Moment:
        """Paint a moment, with the landmarks that matter."""
        points = np.zeros((COUNT, 3))
        for pair, height, half in (
            (SHOULDERS, SHOULDER_M - fall_m, 0.19),
            (HIPS, HIP_M - fall_m, 0.1),
            (TOES, 0.0, 0.2),
        ):
            points[pair] = [[-half, 0.0, height], [half, 0.0, height]]
        return Moment(time_s, self.picture(fall_m, room), self.project(points))

    def lifter_camera(
        self, distance_m: float | None = None, *, turned_deg: float = 0.0, larger: float = 1.0
    ) -> LifterCamera:
        """Build the rig as it would be measured; distance, azimuth and pitch, and the scale, may be wrong."""
        azimuth = self.azimuth_deg + turned_deg
        away_m = distance_m or self.distance_m
        camera = Camera("side", "left", azimuth, turned_deg / 2, 0.0, (0.0, -1.0, 0.0), 0.0, away_m)
        return make_lifter_camera(camera, np.array(SIZE) / 2, larger * FOCAL_PX / self.distance_m, np.array(SIZE) / 2)


def fill(canvas: Picture, points_px: FloatArray, colour: tuple[int, int, int]) -> None:
    """Paint the convex outline of points (n, 2), each pixel by the part of it that is inside."""
    # cv2 fills polygons half a pixel too large: so in a picture four times as large.
    low = np.maximum(np.floor(points_px.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(points_px.max(axis=0)).astype(int) + 1, canvas.shape[1::-1])
    if (high <= low).any():
        return
    wide, tall = (high - low).tolist()
    hull = cv2.convexHull((4.0 * (points_px - low) - 0.5).astype(np.float32))[:, 0]
    large = cv2.fillPoly(np.zeros((4 * tall, 4 * wide), np.uint8), [np.rint(hull * 16).astype(np.int32)], (255,), 8, 4)
    part = np.asarray(cv2.resize(large, (wide, tall), interpolation=cv2.INTER_AREA), np.float64)[..., None] / 255.0
    here = canvas[low[1] : high[1], low[0] : high[0]]
    here[:] = np.rint((1.0 - part) * here + part * np.array(colour)).astype(np.uint8)


def line(canvas: Picture, ends: FloatArray) -> None:
    """Paint the bar."""
    start, end = (tuple(int(value) for value in np.rint(point)) for point in ends)
    cv2.line(canvas, start, end, (160, 160, 165), 4, cv2.LINE_AA)


def room(seed: int = 0) -> Picture:
    """Paint a wall of blocks of many sizes and greys."""
    rng = np.random.default_rng(seed)
    canvas = np.full((SIZE[1], SIZE[0], 3), 150, np.uint8)
    for _ in range(60):
        x, y = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
        wide, high = rng.integers(10, 90, 2)
        colour = tuple(int(value) for value in rng.integers(90, 230, 3))
        cv2.rectangle(canvas, (int(x), int(y)), (int(x + wide), int(y + high)), colour, cv2.FILLED)
    return canvas


def falls(count: int) -> FloatArray:
    """Go down .55 m and up again, softly."""
    return np.asarray(0.275 * (1.0 - np.cos(np.linspace(0.0, 2 * np.pi, count))))
