"""A board to print at 100 %: as SVG, or as PDF, which keeps its size whatever opens it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from depthperception.errors import OptionError
from depthperception.io.atomic import whole_file
from depthperception.multiview.boards import MARKER, Board
from depthperception.types import BoolArray

MARKER_BITS = 6
"""Four of the dictionary's own, and a black border of one on each side."""

MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Sheet:
    """What is printed, mm: x to the right, y down, from the board's upper left; `edge` is left white all round.

    Attributes
    ----------
    black
        Left, top, width and height of each black rectangle. Those of markers overlap: where two only met, viewers and
        printers would draw a hairline.
    """

    width: float
    height: float
    edge: float
    black: tuple[tuple[float, float, float, float], ...]
    text: str


def sheet_of(board: Board) -> Sheet:
    """Lay a board out."""
    side = 1000.0 * board.square_m
    black = [
        (x * side, y * side, side, side) for y in range(board.down) for x in range(board.across) if (x + y) % 2 == 0
    ]
    if board.kind == "charuco":
        own = board.charuco
        module = MARKER * side / MARKER_BITS
        for number, corners in zip(np.ravel(own.getIds()).tolist(), own.getObjPoints(), strict=True):
            left, top = 1000.0 * np.array(corners)[:, :2].min(axis=0)
            dark = cv2.aruco.generateImageMarker(own.getDictionary(), number, MARKER_BITS, borderBits=1) == 0
            rows = [(start, row, length, 1) for row, start, length in _runs(dark)]
            columns = [(column, start, 1, length) for column, start, length in _runs(dark.T)]
            black += [
                (left + x * module, top + y * module, width * module, height * module)
                for x, y, width, height in rows + columns
            ]
    text = f"{board.kind}, {board.across} x {board.down} squares of {side:g} mm: print at 100 %, and measure one"
    return Sheet(board.across * side, board.down * side, side / 2.0, tuple(black), text)


def _runs(dark: BoolArray) -> list[tuple[int, int, int]]:
    """Give row, start and length of each run of dark modules in a row."""
    runs = []
    for row, values in enumerate(dark):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], values, [False]]).astype(int)))
        runs += [(row, int(start), int(end - start)) for start, end in edges.reshape(-1, 2)]
    return runs


def write_board(board: Board, path: Path) -> None:
    """Write the board, .svg or .pdf, to print at 100 %.

    Raises
    ------
    OptionError
        When the name ends otherwise.
    OutputError
        When it cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise OptionError(
            f"{path} does not end in .svg or .pdf; expected one of these, which print to scale. Rename it."
        )
    with whole_file(path) as partial:
        write(sheet_of(board), partial)


def _svg(sheet: Sheet, path: Path) -> None:
    edge, width, height = sheet.edge, sheet.width + 2.0 * sheet.edge, sheet.height + 2.0 * sheet.edge
    squares = "".join(f'<rect x="{x:.3f}" y="{y:.3f}" width="{w:.3f}" height="{h:.3f}"/>' for x, y, w, h in sheet.black)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="{-edge:g} {-edge:g} {width:g} {height:g}" shape-rendering="crispEdges">'
        f'<rect x="{-edge:g}" y="{-edge:g}" width="100%" height="100%" fill="#fff"/>{squares}'
        f'<text y="{sheet.height + 0.7 * edge:g}" font-size="{0.35 * edge:g}" font-family="sans-serif">'
        f"{sheet.text}</text></svg>\n",
        encoding="utf-8",
    )


def _pdf(sheet: Sheet, path: Path) -> None:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf  # noqa: PLC0415  (slow to import)
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    edge, width, height = sheet.edge, sheet.width + 2.0 * sheet.edge, sheet.height + 2.0 * sheet.edge
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    FigureCanvasPdf(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(-edge, sheet.width + edge), ylim=(sheet.height + edge, -edge))
    axes.set_axis_off()
    x, y, w, h = np.array(sheet.black).T
    corners = np.stack([[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]).transpose(2, 0, 1)
    codes = [Outline.MOVETO, *[Outline.LINETO] * 3, Outline.CLOSEPOLY] * len(corners)
    outline = Outline(corners.reshape(-1, 2), codes)
    outline.should_simplify = False
    axes.add_patch(PathPatch(outline, facecolor="black", edgecolor="none", snap=False))
    points = 0.35 * edge / MM_PER_INCH * 72.0
    axes.text(0.0, sheet.height + 0.7 * edge, sheet.text, fontsize=points, va="baseline")
    figure.savefig(path, format="pdf", transparent=True, metadata={"Title": sheet.text, "CreationDate": None})


WRITERS: Mapping[str, Callable[[Sheet, Path], None]] = {".svg": _svg, ".pdf": _pdf}
