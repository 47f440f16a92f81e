"""How a hand-held camera moves: what of the bar's movement in the picture is the camera's own.

Corners of the room are followed from picture to picture; a shift and a turn that fit most of them are the camera's. A
camera that shakes by .8 degrees moves a bar 7 m away by 10 cm: over such a rendered clip the bar's height errs by 6 cm
(rms) without this, and by 1 with it.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.geometry.skeletons import SHOULDERS, TOES
from depthperception.types import FloatArray, Picture

Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1 in px."""

SIDE_PX = 640
"""Longer side of the pictures in which corners are followed: a tenth of a pixel there is about a millimetre."""

CELL_PX, IN_CELL = 48.0, 5
"""Side of a cell of the picture, and how many corners of it are followed."""

CORNERS, LEAST_CORNERS = 1500, 12
"""Followed at most, and agreed upon at least; with fewer the camera is taken to stand still."""

QUALITY, APART_PX = 0.002, 6
"""Of corners: part of the best one's strength, and distance between two."""

SMOOTH_PX = 1.0
"""A phone's noise must not look like corners."""

WINDOW_PX = (21, 21)
"""Round a corner, that is compared."""

AGREE_PX = 1.2
"""A corner agrees with a movement when it is this near to where the movement puts it."""

LEAST_SHARE, STILL = 0.25, 0.5
"""Part of the corners that must agree on a movement, and part of these that must have stayed for the camera to stand
still: people, shadows and reflections move too."""

RENEW = 0.2
"""With less than this part of the corners agreeing the camera has turned away: new ones are taken, errors add up."""

ROUND_LIFTER = 0.25
"""Corners this near to the lifter, in his standing heights to either side, are his or the bar's."""


class CameraMotion:
    """Follows the room through pictures in order of time."""

    def __init__(self, moving: Sequence[Box] = ()) -> None:
        """Leave out boxes of the picture beside the lifter himself: those in which the bar's ends move."""
        self._moving = moving
        self._reference: Picture | None = None
        self._corners: FloatArray = np.zeros((0, 2))
        self._guess = np.zeros((0, 2), np.float32)
        self._agreed = 0
        self._since: FloatArray = np.eye(3)
        self._last: FloatArray = np.eye(3)

    def look(self, rgb: Picture, landmarks_px: FloatArray) -> FloatArray:
        """Give the matrix (3, 3) that takes px of this picture to px of the first one.

        Parameters
        ----------
        landmarks_px : (33, 2)
            The lifter's, who moves.
        """
        shrink = min(1.0, SIDE_PX / max(rgb.shape[:2]))
        size = (round(rgb.shape[1] * shrink), round(rgb.shape[0] * shrink))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), SMOOTH_PX)
        grey = np.asarray(smooth, np.uint8)
        if self._reference is None:
            self._start(grey, landmarks_px * shrink, shrink)
            return self._since
        move = self._move(grey)
        if move is None:
            return self._last
        to_full = np.diag([1.0 / shrink, 1.0 / shrink, 1.0])
        self._last = np.asarray(self._since @ to_full @ move @ np.linalg.inv(to_full))
        if self._agreed < RENEW * len(self._corners):
            self._since = self._last
            self._start(grey, landmarks_px * shrink, shrink)
        return self._last

    def _start(self, grey: Picture, landmarks_px: FloatArray, shrink: float) -> None:
        """Take a picture as the one to compare with."""
        height = float(np.ptp(landmarks_px[np.concatenate([SHOULDERS, TOES]), 1]))
        middle = float(landmarks_px[SHOULDERS, 0].mean())
        room = np.full(grey.shape, 255, np.uint8)
        left, right = (int(np.clip(middle + side * ROUND_LIFTER * height, 0, grey.shape[1])) for side in (-1, 1))
        room[:, left:right] = 0
        for x0, y0, x1, y1 in self._moving:
            part = [max(0, int(value * shrink)) for value in (y0, y1, x0, x1)]
            room[part[0] : part[1], part[2] : part[3]] = 0
        found = cv2.goodFeaturesToTrack(grey, CORNERS, QUALITY, APART_PX, mask=room)
        self._reference = grey
        self._corners = _spread(np.zeros((0, 2)) if found is None else np.asarray(found, np.float64).reshape(-1, 2))
        self._agreed = len(self._corners)
        self._guess = self._corners.astype(np.float32)

    def _move(self, grey: Picture) -> FloatArray | None:
        """Fit the movement (3, 3) from this picture to the reference; None where too few corners agree on one."""
        if len(self._corners) < LEAST_CORNERS or self._reference is None:
            return None
        start = self._corners.astype(np.float32)
        there, found, _ = cv2.calcOpticalFlowPyrLK(
            self._reference, grey, start, self._guess.copy(), winSize=WINDOW_PX, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
        )
        known = np.asarray(found).ravel() > 0
        if known.sum() < LEAST_CORNERS:
            return None
        affine, agree = cv2.estimateAffinePartial2D(there[known], start[known], ransacReprojThreshold=AGREE_PX)
        self._agreed = int(np.asarray(agree).sum())
        if affine is None or self._agreed < max(LEAST_CORNERS, LEAST_SHARE * known.sum()):
            return None
        stayed = np.linalg.norm(there[known] - start[known], axis=-1) < AGREE_PX
        chosen = stayed if stayed.sum() >= STILL * self._agreed else np.asarray(agree).ravel() > 0
        move = _rigid(there[known][chosen], start[known][chosen])
        back = np.linalg.inv(move)
        self._guess = (start @ back[:2, :2].T + back[:2, 2]).astype(np.float32)
        return move


def _spread(corners: FloatArray) -> FloatArray:
    """Keep the strongest few of each cell of the picture: people have many corners, the room has the cells."""
    cells = (corners // CELL_PX).astype(np.int64)
    taken: dict[tuple[int, int], int] = {}
    kept = []
    for corner, (column, row) in zip(corners, cells.tolist(), strict=True):
        taken[column, row] = taken.get((column, row), 0) + 1
        if taken[column, row] <= IN_CELL:
            kept.append(corner)
    return np.array(kept).reshape(-1, 2)


def _rigid(there: NDArray[Any], here: NDArray[Any]) -> FloatArray:
    """Turn and shift (3, 3) that take points (n, 2) to others: a camera that does not zoom, least squares."""
    middles = there.mean(axis=0), here.mean(axis=0)
    away, near = there - middles[0], here - middles[1]
    angle = np.arctan2((away[:, 0] * near[:, 1] - away[:, 1] * near[:, 0]).sum(), (away * near).sum())
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.vstack([np.column_stack([turn, middles[1] - turn @ middles[0]]), [0.0, 0.0, 1.0]])
