"""Calibration by a board: printed to scale, filmed by each camera, then left where all of them see it.

Each camera films the board by itself, from near, tilted this way and that: its lens. At the end the board lies still
on the floor, where all cameras see it: their places, and gravity. So nothing has to be synchronised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.errors import DataError, OptionError
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.multiview.calibration import CORNER_PX, CalibratedCamera, Calibration
from depthperception.types import FloatArray, IntArray, Picture, Progress, silent
from depthperception.video import frames, nearest, probe

BoardKind = Literal["charuco", "chessboard"]

MARKER = 0.75
"""Side of a ChArUco marker over that of its square: OpenCV's own example."""

DICTIONARY = cv2.aruco.DICT_4X4_250
"""Of the markers: 16 large bits are read from furthest away."""

EVERY_S = 0.25
"""Between looked-at frames: nobody tilts a board faster."""

LEAST_CORNERS, LEAST_LOOKS, MOST_LOOKS = 8, 8, 40
"""Corners that a look needs; looks that a lens needs, and that add nothing more."""

STILL_PX, STILL_S = 1.5, 0.7
"""A board that moves by no more for so long lies still."""

MOST_ERROR_PX = 1.5
"""Reprojection error at 1280 px beyond which a calibration is too poor: 4 mm at a lifter 3 m away."""


@dataclass(frozen=True)
class Board:
    """A board: its kind, how many squares across and down, and how large they are, m.

    Raises
    ------
    OptionError
        When it has too few squares to be told apart, or no size.
    """

    kind: BoardKind = "charuco"
    across: int = 7
    down: int = 5
    square_m: float = 0.04

    def __post_init__(self) -> None:
        if min(self.across, self.down) < 4 or self.across == self.down or not 0.005 <= self.square_m <= 1.0:
            raise OptionError(
                f"A board of {self.across} x {self.down} squares of {100.0 * self.square_m:g} cm was given; expected 4 "
                "or more each way, not as many both ways, of .5 to 100 cm. Say how the printed board is."
            )
        if self.kind == "chessboard" and (self.across + self.down) % 2 == 0:
            raise OptionError(
                f"A chessboard of {self.across} x {self.down} squares looks the same upside down; expected an odd and "
                "an even number. Use 8 x 5, or a ChArUco board."
            )

    @property
    def charuco(self) -> cv2.aruco.CharucoBoard:
        """As OpenCV has it."""
        markers = cv2.aruco.getPredefinedDictionary(DICTIONARY)
        return cv2.aruco.CharucoBoard((self.across, self.down), self.square_m, MARKER * self.square_m, markers)

    @property
    def corners_m(self) -> FloatArray:
        """Inner corners (n, 3), row after row: x across, y down, from the board's upper left."""
        x, y = np.meshgrid(np.arange(1, self.across), np.arange(1, self.down))
        return self.square_m * np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1).astype(np.float64)

    def find(self, rgb: Picture) -> tuple[IntArray, FloatArray]:
        """Find its inner corners: their places in `corners_m` (n,), and px (n, 2); none where it is not seen."""
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        if self.kind == "charuco":
            px, ids, _, _ = cv2.aruco.CharucoDetector(self.charuco).detectBoard(grey)
            if ids is None or len(ids) < LEAST_CORNERS:
                return np.zeros(0, np.int64), np.zeros((0, 2))
            return ids.ravel().astype(np.int64), px.reshape(-1, 2).astype(np.float64) + CORNER_PX
        found, px = cv2.findChessboardCornersSB(grey, (self.across - 1, self.down - 1))
        if not found:
            return np.zeros(0, np.int64), np.zeros((0, 2))
        corners = px.reshape(-1, 2).astype(np.float64)
        return np.arange(len(corners)), (corners if self._first_is_black(grey, corners) else corners[::-1]) + CORNER_PX

    def _first_is_black(self, grey: NDArray[Any], corners: FloatArray) -> bool:
        """Whether the board's upper left square is where the first corner says: half a turn exchanges the colours."""
        to_picture = cv2.findHomography(self.corners_m[:, :2], corners)[0]
        middles = self.square_m * np.array([[1.5, 1.5], [2.5, 1.5]])
        black, white = cv2.perspectiveTransform(middles[None], to_picture)[0].round().astype(int)
        return bool(grey[black[1], black[0]] < grey[white[1], white[0]])


def calibrate_by_board(
    paths: Sequence[Path], board: Board, *, on_floor: bool = True, on_progress: Progress = silent
) -> Calibration:
    """Calibrate cameras by films of a board; they are called as their films are.

    Parameters
    ----------
    paths
        One film of each camera.
    on_floor
        At the end the board lies flat on the floor, so that it says where up is.

    Raises
    ------
    DataError
        When a film does not show the board well enough, or the error is too large.
    VideoError
        When a film cannot be read.
    """
    cameras, errors = [], []
    for number, path in enumerate(paths):
        on_progress("looking for the board", number / len(paths))
        camera, error_px = _calibrate_one(path, board)
        cameras.append(camera)
        errors.append(error_px)
    on_progress("looking for the board", 1.0)
    # The board's z goes away from who reads it; cameras look at its face.
    up = np.array([0.0, 0.0, -1.0]) if on_floor else None
    return Calibration(tuple(cameras), up, "board", float(np.max(errors)))


def _calibrate_one(path: Path, board: Board) -> tuple[CalibratedCamera, float]:
    info = probe(path)
    looks, times_s = [], []
    for frame in nearest(frames(path), EVERY_S):
        ids, px = board.find(frame.rgb())
        if len(ids) >= LEAST_CORNERS:
            looks.append((ids, px))
            times_s.append(frame.time_s)
    if len(looks) < LEAST_LOOKS:
        raise DataError(
            f"{path} shows the {board.kind} board of {board.across} x {board.down} squares in {len(looks)} moments; "
            f"expected {LEAST_LOOKS} or more. Film it from near, flat and tilted, all of it in the picture, or say how "
            "many squares it has."
        )
    lying = _lying_still(looks, np.array(times_s))
    if lying is None:
        raise DataError(
            f"{path} does not show the board lying still at its end; expected {STILL_S:g} s or more of it on the "
            "floor, where all cameras see it. Leave it there, and film on."
        )
    chosen = [looks[k] for k in np.unique(np.linspace(0, len(looks) - 1, MOST_LOOKS).round().astype(int))]
    size = (info.width, info.height)
    start = 0.75 * max(size)
    k = np.array([[start, 0.0, size[0] / 2.0], [0.0, start, size[1] / 2.0], [0.0, 0.0, 1.0]])
    flags = cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_K3
    points = [board.corners_m[ids].astype(np.float32) for ids, _ in chosen]
    seen = [px.astype(np.float32) for _, px in chosen]
    error_px, k, bent, _, _ = cv2.calibrateCamera(points, seen, size, k, np.zeros(5), flags=flags)
    ids, px = lying
    _, turn, shift = cv2.solvePnP(board.corners_m[ids], px, k, bent, flags=cv2.SOLVEPNP_IPPE)
    _, turn, shift = cv2.solvePnP(board.corners_m[ids], px, k, bent, turn, shift, useExtrinsicGuess=True)
    pinhole = PinholeCamera(np.asarray(k), np.asarray(cv2.Rodrigues(turn)[0]), np.ravel(shift), *size)
    camera = CalibratedCamera(path.stem, pinhole, np.ravel(bent)[:5].astype(np.float64))
    off = float(np.sqrt(np.mean(np.sum((camera.project(board.corners_m[ids]) - px) ** 2, axis=-1))))
    worst = max(float(error_px), off)
    most = MOST_ERROR_PX * max(size) / 1280.0
    if worst > most:
        raise DataError(
            f"{path}: corners of the board are {worst:.1f} px from where the calibration has them, too poor to be "
            f"used; expected up to {most:.1f}. Is the board flat, are its squares as said? Film it anew, slowly and in "
            "good light."
        )
    return camera, worst


def _lying_still(
    looks: Sequence[tuple[IntArray, FloatArray]], times_s: FloatArray
) -> tuple[IntArray, FloatArray] | None:
    """The corners of the board at the film's end, where it lies still there: medians of those that are always seen."""
    ids, px = looks[-1]
    still = [(ids, px)]
    for own, at in looks[-2::-1]:
        both, a, b = np.intersect1d(ids, own, return_indices=True)
        if len(both) < LEAST_CORNERS or np.median(np.linalg.norm(px[a] - at[b], axis=1)) > STILL_PX:
            break
        still.append((own, at))
    if times_s[-1] - times_s[-len(still)] < STILL_S:
        return None
    common = [one for one in ids if all(one in own for own, _ in still)]
    places = [np.median([at[own == one][0] for own, at in still], axis=0) for one in common]
    return (np.array(common), np.array(places)) if len(common) >= LEAST_CORNERS else None
