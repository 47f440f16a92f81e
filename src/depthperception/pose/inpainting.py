"""The lifter alone: everybody else painted over with what lies round them, before a pose network looks at him.

A spotter who squats along, chest to the lifter's back, is a better body than the lifter to a network that looks for
one person: it takes shoulders from the one and legs from the other. MoveNet tells them apart, so its sightings say what
to paint over and what to leave. The measurement model learnt from pictures as they were filmed, so the close looks are
at such a picture as long as none of them strays.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.geometry.skeletons import COCO_HEAD, COCO_HIPS, COCO_LIMBS, COCO_SHOULDERS
from depthperception.people import PersonTrack
from depthperception.types import BoolArray, FloatArray, Picture

KEPT, PAINTED = 0.14, 0.13
"""Thickness of what is kept of the lifter and painted of others, over their height: a thigh's is .1."""

SEAT = 0.28
"""Diameter of what is kept round the lifter's hips: from the side his seat reaches .13 of his height behind them."""

HEAD_OVER_HEIGHT = 0.18
"""Diameter of what is painted round a head."""

SOFT = 0.08
"""Blur of the fill over the lifter's height: a tenth is the distance over which walls and floors look alike."""

SEEN_WITHIN_S = 0.6
"""People who were not sighted for longer may be anywhere."""

SMALL_PX = 80.0
"""Height of the lifter in the small picture on which bodies and fill are drawn: a limb is 9 px thick there."""

WIDER = 4
"""How much wider the second blur is."""

ENOUGH_WEIGHT, LEAST_WEIGHT = 0.05, 1e-4
"""Known part of a blur's neighbourhood from which its colour is taken alone, and below which it would be noise."""


def alone(
    rgb: Picture, lifter: PersonTrack, others: Sequence[PersonTrack], time_s: float, *, scale: float = 1.0
) -> Picture:
    """Paint over everybody but the lifter in the frame of a time; the picture itself where nobody else is.

    `scale` is the picture's size over the video's.
    """
    here = [other for other in others if other.unseen_s(time_s) <= SEEN_WITHIN_S]
    if not here:
        return rgb
    shrink = min(1.0, SMALL_PX / lifter.height_px)
    whole, little = rgb.shape[1::-1], tuple(max(1, round(shrink * side / scale)) for side in rgb.shape[1::-1])
    kept, painted = (np.zeros(little[::-1], np.uint8) for _ in range(2))
    for other in here:
        draw_body(painted, shrink * other.points_at(time_s), shrink * other.height_px, PAINTED)
    draw_body(kept, shrink * lifter.points_at(time_s), shrink * lifter.height_px, KEPT)
    seat = np.rint(shrink * lifter.points_at(time_s)[COCO_HIPS].mean(axis=0)).astype(int).tolist()
    cv2.circle(kept, seat, round(SEAT / 2 * shrink * lifter.height_px), 1, cv2.FILLED)
    painted[kept > 0] = 0
    if not painted.any():
        return rgb
    small = np.asarray(cv2.resize(rgb, little, interpolation=cv2.INTER_AREA), np.uint8)
    fill = _background(small, (painted == 0) & (kept == 0), SOFT * shrink * lifter.height_px)
    cover = cv2.resize(cv2.blur(painted.astype(np.float32), (3, 3)), whole)
    cover[cv2.resize(kept, whole, interpolation=cv2.INTER_NEAREST) > 0] = 0.0
    left, top, width, height = cv2.boundingRect((cover > 0).astype(np.uint8))
    there, result = (slice(top, top + height), slice(left, left + width)), rgb.copy()
    if width:
        painting, picture, weight = (np.ascontiguousarray(one[there]) for one in (cv2.resize(fill, whole), rgb, cover))
        result[there] = cv2.blendLinear(painting, picture, weight, 1.0 - weight)
    return result


def draw_body(canvas: Picture, points_px: FloatArray, height_px: float, thickness: float) -> None:
    """Fill the place of a body with ones.

    Parameters
    ----------
    points_px : (17, 2)
        COCO points.
    height_px
        Standing.
    thickness
        Of a limb, over the height.
    """
    head, neck = points_px[COCO_HEAD].mean(axis=0), points_px[COCO_SHOULDERS].mean(axis=0)
    points = np.rint([*points_px, head, neck]).astype(np.int32)
    width = max(1, round(thickness * height_px))
    for a, b in (*COCO_LIMBS, (-2, -1)):
        cv2.line(canvas, points[a].tolist(), points[b].tolist(), 1, width)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.concatenate([points[COCO_SHOULDERS], points[COCO_HIPS]])), 1)
    cv2.circle(canvas, points[-2].tolist(), round(HEAD_OVER_HEIGHT / 2 * height_px), 1, cv2.FILLED)


def _background(picture: Picture, known: BoolArray, sigma_px: float) -> Picture:
    """Spread the known pixels over the others: a blur that counts only those, and a wider one beyond its reach."""
    fill, missing = np.zeros(picture.shape, np.float32), np.ones((*known.shape, 1), np.float32)
    shown = known[..., None].astype(np.float32)
    for wider in (1, WIDER):
        weight = _blurred(shown, sigma_px, wider)[..., None]
        found = _blurred(picture * shown, sigma_px, wider) / np.maximum(weight, LEAST_WEIGHT)
        part = missing * np.minimum(1.0, weight / ENOUGH_WEIGHT)
        fill, missing = fill + part * found, missing - part
    return np.asarray(fill + missing * picture.mean(axis=(0, 1)) + 0.5, np.uint8)


def _blurred(values: NDArray[np.float32], sigma_px: float, wider: int) -> NDArray[np.float32]:
    """Blur, `wider` times as widely on a copy that much smaller."""
    whole = values.shape[1::-1]
    little = cv2.resize(values, [max(1, side // wider) for side in whole], interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(little, (0, 0), sigma_px), whole), np.float32)
