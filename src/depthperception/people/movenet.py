"""MoveNet MultiPose: up to six people in a picture, 17 points each (Google, 2021)."""

from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.models import session
from depthperception.types import FloatArray, Picture

LONG_SIDE_PX = 384
"""Long side of the picture shown to the network: at 256 small people are missed."""

LEAST_SCORE = 0.15
"""Below this a detection is taken for furniture; a little above the .11 from which MoveNet's own demo draws."""


@dataclass(frozen=True)
class Person:
    """One person found in one picture.

    Attributes
    ----------
    points_px : (17, 2)
        COCO key points in the picture.
    scores : (17,)
        The network's confidence in each, 0 to 1.
    box_px : (4,)
        x0, y0, x1, y1.
    score
        Confidence that this is a person, 0 to 1.
    colours : (6,)
        Of the clothes: mean CIELAB of trunk and thighs, each 0 to 255; None where nobody looked.
    """

    points_px: FloatArray
    scores: FloatArray
    box_px: FloatArray
    score: float
    colours: FloatArray | None = None

    def __repr__(self) -> str:
        x0, y0, x1, y1 = self.box_px
        return f"<Person {self.score:.2f} in {x0:.0f}, {y0:.0f} to {x1:.0f}, {y1:.0f} px>"

    @property
    def height_px(self) -> float:
        """Height of the box."""
        return float(self.box_px[3] - self.box_px[1])


def detect(
    rgb: Picture, picture_px: tuple[int, int] | None = None, *, long_side_px: int = LONG_SIDE_PX
) -> tuple[Person, ...]:
    """Find everyone in a picture, the surest first.

    Parameters
    ----------
    rgb
        Upright picture, of any size.
    picture_px
        Width and height that positions are given in; those of `rgb` when it is the whole-size picture.
    long_side_px
        The picture is scaled to this for the network.
    """
    height, width = rgb.shape[:2]
    scale = long_side_px / max(height, width)
    if scale != 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=smooth), np.uint8)
    small_height, small_width = rgb.shape[:2]
    canvas = np.zeros((-(-small_height // 32) * 32, -(-small_width // 32) * 32, 3), np.uint8)
    canvas[:small_height, :small_width] = rgb
    network = session("movenet_multipose", threads=1)
    rows = network.run(None, {network.get_inputs()[0].name: canvas[None]})[0][0].astype(np.float64)
    out_width, out_height = picture_px or (width, height)
    unit = np.array([canvas.shape[1] / small_width * out_width, canvas.shape[0] / small_height * out_height])
    people = [_person(row, unit) for row in rows if row[55] >= LEAST_SCORE]
    return tuple(sorted(people, key=lambda person: -person.score))


def _person(row: FloatArray, unit: FloatArray) -> Person:
    points = row[:51].reshape(17, 3)
    y0, x0, y1, x1 = row[51:55]
    return Person(
        points_px=points[:, [1, 0]] * unit,
        scores=points[:, 2],
        box_px=np.array([x0, y0, x1, y1]) * np.tile(unit, 2),
        score=float(row[55]),
    )
