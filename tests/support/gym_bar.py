"""A painted bar as gyms have it: stacks with holes and print, the sleeve in front, plates on stands behind.

Its lifter is half behind the near stack: his shoulders jump, and the camera that he gives is turned.
"""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.barbell.detection import Moment
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.types import FloatArray, Picture, Side
from tests.support.painted_bar import SHOULDER_M, Scene, falls, fill

BLACK, GREY, PRINT, STEEL = (28, 28, 30), (60, 60, 64), (205, 200, 190), (170, 170, 175)

INNER_M, STACK_M = 0.66, ((0.225, BLACK), (0.225, BLACK), (0.16, GREY))
"""Where the stack begins, and radius and colour of its plates outwards, 5 cm thick each."""

STORED_M = ((-1.5, 0.7), (-1.5, 1.25), (1.4, 0.6), (1.1, 1.3))
"""Along the wall and up, of plates on stands."""

JUMPS_M = (0.0, 0.1, -0.2, 0.15, -0.15, 0.2, 0.05)
"""By which the shoulders are taken for others at each moment, forward and up."""

CIRCLE = np.linspace(0.0, 2 * np.pi, 60)


@dataclass(frozen=True)
class GymScene(Scene):
    """A camera at the lifter's left, and one stack towards it."""

    azimuth_deg: float = 70.0
    sides: tuple[Side, ...] = (Side.LEFT,)

    def picture(self, fall_m: float, room: Picture) -> Picture:
        """Paint what is stored, the lifter's body, then the near stack from the inside out."""
        canvas = room.copy()
        for y_m, z_m in STORED_M:
            self._plate(canvas, np.array([1.6, y_m, z_m]), 0.225, BLACK)
        low = SHOULDER_M - fall_m
        body = np.array([[x, y, z] for x in (-0.18, 0.18) for y in (-0.12, 0.12) for z in (low - 0.5, low + 0.2)])
        fill(canvas, self.project(body), (120, 90, 80))
        out = -INNER_M
        for radius, colour in STACK_M:
            self._plate(canvas, np.array([out, 0.0, low]), radius, colour)
            out -= 0.05
        sleeve = self._ring(np.array([out, 0.0, low]), 0.025), self._ring(np.array([-1.1, 0.0, low]), 0.025)
        fill(canvas, self.project(np.concatenate(sleeve)), STEEL)
        return canvas

    def _plate(self, canvas: Picture, inner_m: FloatArray, radius: float, colour: tuple[int, int, int]) -> None:
        """Paint a plate with its print, a ring and holes."""
        face = inner_m - [0.05, 0.0, 0.0]
        fill(canvas, self.project(np.concatenate([self._ring(inner_m, radius), self._ring(face, radius)])), colour)
        for ring, part in ((PRINT, 0.86), (colour, 0.82), (GREY, 0.3)):
            fill(canvas, self.project(self._ring(face, part * radius)), ring)
        for angle in np.radians([20, 50, 140, 170, 260]):
            at = face + 0.58 * radius * np.array([0.0, np.cos(angle), np.sin(angle)])
            fill(canvas, self.project(self._ring(at, 0.13 * radius)), PRINT)

    @staticmethod
    def _ring(middle_m: FloatArray, radius: float) -> FloatArray:
        return middle_m + radius * np.column_stack([np.zeros(60), np.cos(CIRCLE), np.sin(CIRCLE)])

    def stack_px(self, fall_m: float) -> FloatArray:
        """Outline (n, 2) of the large plates."""
        low = SHOULDER_M - fall_m
        rings = [self._ring(np.array([-out, 0.0, low]), 0.225) for out in (INNER_M, INNER_M + 0.1)]
        return self.project(np.concatenate(rings))

    def jumping(self, room: Picture) -> list[Moment]:
        """Seven moments; the shoulders are where they are not."""
        found = []
        for k, (jump_m, fall) in enumerate(zip(JUMPS_M, falls(7), strict=True)):
            moment = self.moment(k / 2.0, float(fall), room)
            landmarks = moment.landmarks_px.copy()
            landmarks[SHOULDERS] += self.project(np.array([0.0, jump_m, jump_m])) - self.project(np.zeros(3))
            found.append(replace(moment, landmarks_px=landmarks))
        return found
