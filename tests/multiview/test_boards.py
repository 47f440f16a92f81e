"""A board that is filmed gives the camera's lens and place; what cannot be right is refused."""

import re
import zlib
from itertools import repeat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from depthperception.errors import DataError, OptionError
from depthperception.multiview.board_print import write_board
from depthperception.multiview.boards import Board, calibrate_by_board
from depthperception.types import Picture
from depthperception.video import VideoWriter

SIZE_PX = (480, 360)
FOCAL_PX = 400.0
K = np.array([[FOCAL_PX, 0.0, 240.0], [0.0, FOCAL_PX, 180.0], [0.0, 0.0, 1.0]])
BOARD = Board("charuco", 6, 4, 0.06)


def _picture(turn: NDArray[Any], shift: NDArray[Any]) -> Picture:
    side = 48
    flat = BOARD.charuco.generateImage((BOARD.across * side, BOARD.down * side), marginSize=0)
    to_px = K @ np.column_stack([turn[:, 0], turn[:, 1], shift]) @ np.diag([0.06 / side, 0.06 / side, 1.0])
    grey = cv2.warpPerspective(flat, to_px, SIZE_PX, borderValue=150, flags=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))


def _tilted(rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    turn = np.asarray(cv2.Rodrigues(rng.uniform(-0.6, 0.6, 3))[0], np.float64)
    return turn, np.array([0.0, 0.0, 0.6 + 0.15 * rng.random()]) - turn @ [0.18, 0.12, 0.0]


def test_the_lens_and_the_place_come_from_a_filmed_board(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lying = cv2.Rodrigues(np.array([0.9, 0.0, 0.0]))[0]
    at_end = lying, np.array([0.0, 0.0, 0.9]) - lying @ [0.18, 0.12, 0.0]
    with VideoWriter(tmp_path / "phone.mp4", *SIZE_PX, crf=12, preset="veryfast") as writer:
        for k, (turn, shift) in enumerate([*(_tilted(rng) for _ in range(9)), *repeat(at_end, 4)]):
            writer.write(_picture(turn, shift), 0.25 * k)

    found = calibrate_by_board([tmp_path / "phone.mp4"], BOARD)

    camera = found.cameras[0]
    assert camera.name == "phone"
    assert camera.pinhole.K[0, 0] == pytest.approx(FOCAL_PX, rel=0.03)
    place = -at_end[0].T @ at_end[1]
    assert np.linalg.norm(camera.pinhole.position_m - place) < 0.03
    assert found.up is not None
    assert found.up @ camera.pinhole.position_m > 0.3  # the camera is over the board
    assert found.reprojection_px is not None
    assert found.reprojection_px < 0.6


def test_a_film_without_the_board_is_refused(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "wall.mp4", *SIZE_PX) as writer:
        for k in range(5):
            writer.write(np.full((SIZE_PX[1], SIZE_PX[0], 3), 128, np.uint8), 0.25 * k)

    with pytest.raises(DataError, match="shows the charuco board of 6 x 4 squares in 0 moments; expected 8"):
        calibrate_by_board([tmp_path / "wall.mp4"], BOARD)


@pytest.mark.parametrize("kind", ["charuco", "chessboard"])
def test_the_printed_board_is_to_scale(tmp_path: Path, kind: str) -> None:
    write_board(Board("charuco" if kind == "charuco" else "chessboard", 7, 4, 0.03), tmp_path / "board.svg")

    text = (tmp_path / "board.svg").read_text()

    assert 'width="240mm" height="150mm"' in text  # 7 x 4 squares of 30 mm, and half a square around
    assert text.count('width="30.000"') == 14


def _printed(pdf: bytes) -> tuple[NDArray[Any], NDArray[Any]]:
    """Size of the sheet (2,), and left, bottom, right, top of each black rectangle (n, 4), mm: as a printer reads."""
    mm = 25.4 / 72.0
    box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]", pdf)
    assert box is not None
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    content = next(text for one in streams if b" m\n" in (text := _inflated(one)) and b"\nh\n" in text)
    corners = rb"([-0-9.]+) ([-0-9.]+) m\n([-0-9.]+) ([-0-9.]+) l\n([-0-9.]+) ([-0-9.]+) l\n([-0-9.]+) ([-0-9.]+) l\nh"
    found = mm * np.array([[float(one) for one in row] for row in re.findall(corners, content)]).reshape(-1, 4, 2)
    return mm * np.array([float(one) for one in box.groups()]), np.hstack([found.min(axis=1), found.max(axis=1)])


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_board_as_pdf_is_to_scale_and_is_found_on_the_sheet(tmp_path: Path) -> None:
    board = Board("charuco", 7, 4, 0.03)
    write_board(board, tmp_path / "board.pdf")

    size_mm, black_mm = _printed((tmp_path / "board.pdf").read_bytes())

    assert size_mm == pytest.approx([240.0, 150.0], abs=0.01)  # 7 x 4 squares of 30 mm, and half a square around
    sides_mm = black_mm[:, 2:] - black_mm[:, :2]
    large = sides_mm.min(axis=1) > 25.0
    assert large.sum() == 14
    assert sides_mm[large] == pytest.approx(np.full((14, 2), 30.0), abs=0.001)
    px_per_mm = 8
    sheet = np.full((150 * px_per_mm, 240 * px_per_mm, 3), 255, np.uint8)
    for left, bottom, right, top in np.round(px_per_mm * black_mm).astype(int).tolist():
        sheet[len(sheet) - top : len(sheet) - bottom, left:right] = 0
    ids, px = board.find(sheet)
    assert ids.tolist() == list(range(18))
    want = 1000.0 * board.corners_m[:, :2] + 15.0
    assert px / px_per_mm == pytest.approx(want, abs=0.05)


def test_a_board_is_written_as_svg_or_pdf_alone(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"does not end in \.svg or \.pdf"):
        write_board(BOARD, tmp_path / "board.png")


@pytest.mark.parametrize(("kind", "squares"), [("charuco", (3, 5)), ("chessboard", (7, 5))])
def test_a_board_that_cannot_be_told_apart_is_refused(kind: str, squares: tuple[int, int]) -> None:
    with pytest.raises(OptionError, match="expected"):
        Board("charuco" if kind == "charuco" else "chessboard", *squares, 0.04)
