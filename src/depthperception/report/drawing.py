"""What pictures are drawn with: text, lights, the skeleton, the two lines that decide.

Everything named `draw_...` but `draw_frame` paints into the picture that it is given. Coordinates are px from the
picture's upper left corner, x right, y down, as landmarks have them.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from depthperception.geometry.skeletons import BONES, HIPS, KNEES
from depthperception.report.lines import BOTH, LegLines, LegPoints, labels
from depthperception.report.text import signed
from depthperception.results import Verdict
from depthperception.types import FloatArray, Picture

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

INK: Colour = (17, 20, 28)
PAPER: Colour = (255, 255, 255)
QUIET: Colour = (176, 184, 196)
LEFT: Colour = (72, 176, 255)
RIGHT: Colour = (255, 159, 28)
"""The lifter's own left and right: blue and orange, told apart by every common colour blindness."""
MIDDLE: Colour = (226, 230, 236)
SIDES = {"left": LEFT, "right": RIGHT}
LABELS = {**SIDES, BOTH: PAPER}
KNEE_LINE: Colour = PAPER
CREASE_LINE: Colour = (255, 64, 160)
LIGHTS: dict[Verdict, Colour] = {
    "depth": PAPER, "no_depth": (225, 24, 38), "too_close": (240, 166, 58), "not_judgeable": INK,
}  # fmt: skip
"""A referee's lights: white is a good lift, red is not. Amber with a bar across, which no eye for colours is needed
for, is no referee's: neither side of the line is sure. What is not judgeable is a ring. A word always stands beside
them."""

DOTS = np.unique(BONES)
"""Landmarks that get a dot; those of face and fingers would only clutter."""
DECIDING = np.concatenate([HIPS, KNEES])
SUBPIXEL_BITS = 4
PX_PER_BONE = 400.0
"""Longer side of the picture over the width of a bone: 3 px at 1280."""
FARTHEST_PX = 1e5
"""A landmark further out is no place in any picture, and would overflow OpenCV's fixed-point coordinates."""


def draw_frame(rgb: Picture, landmarks_px: FloatArray | None, *, width_px: float | None = None) -> Picture:
    """Draw a skeleton on a copy of a picture.

    Parameters
    ----------
    rgb : (height, width, 3)
    landmarks_px : (33, 2) or None
        In this picture's px; rows of NaN are left out. With None the copy is bare.
    width_px
        Of a bone; by default it follows the picture's size.
    """
    canvas = np.array(rgb, order="C")
    if landmarks_px is not None:
        draw_skeleton(canvas, landmarks_px, width_px or max(1.0, max(canvas.shape) / PX_PER_BONE))
    return canvas


def draw_skeleton(canvas: Picture, landmarks_px: FloatArray, width_px: float) -> None:
    """Draw bones and joints, dark outlines first so that they read on any background."""
    # NaN is smaller than nothing, so it counts as unseen.
    seen = np.all(np.abs(landmarks_px) < FARTHEST_PX, axis=1)
    bones = [(a, b) for a, b in BONES if seen[a] and seen[b]]
    draw_lines(canvas, [landmarks_px[[a, b]] for a, b in bones], INK, 2.0 * width_px)
    for colour in (MIDDLE, LEFT, RIGHT):
        own = [landmarks_px[[a, b]] for a, b in bones if bone_colour(a, b) == colour]
        draw_lines(canvas, own, colour, width_px)
    for index in DOTS[seen[DOTS]]:
        radius = width_px * (1.9 if index in DECIDING else 1.0)
        draw_dot(canvas, landmarks_px[index], radius, bone_colour(int(index), int(index)))


def bone_colour(one: int, other: int) -> Colour:
    """Colour by side: BlazePose numbers the body's left odd, its right even."""
    if one % 2 != other % 2:
        return MIDDLE
    return LEFT if one % 2 else RIGHT


def draw_line(canvas: Picture, start: FloatArray, end: FloatArray, colour: Colour, width_px: float) -> None:
    """Draw a smooth line."""
    draw_lines(canvas, [np.array([start, end])], colour, width_px)


def draw_lines(canvas: Picture, lines: Sequence[FloatArray], colour: Colour, width_px: float) -> None:
    """Draw smooth lines, each through points (n, 2)."""
    fixed = [_all_fixed(line) for line in lines if len(line)]
    cv2.polylines(canvas, fixed, False, colour, max(1, round(width_px)), cv2.LINE_AA, SUBPIXEL_BITS)


def draw_dot(canvas: Picture, centre: FloatArray, radius_px: float, colour: Colour) -> None:
    """Draw a filled circle with a dark rim."""
    _draw_dot_of(canvas, centre, radius_px * 1.35, INK)
    _draw_dot_of(canvas, centre, radius_px, colour)


def draw_ring(canvas: Picture, centre: FloatArray, radius_px: float, colour: Colour) -> None:
    """Draw a hollow circle with dark rims."""
    radius, width = round(radius_px * (1 << SUBPIXEL_BITS)), max(2, round(0.35 * radius_px))
    for stroke, shade in ((width + 3, INK), (width, colour)):
        cv2.circle(canvas, _fixed(centre), radius, shade, stroke, cv2.LINE_AA, SUBPIXEL_BITS)


def draw_leg_points(canvas: Picture, legs: Sequence[LegPoints], radius_px: float) -> None:
    """Dot what is seen in each leg's colour, ring what is inferred, and outline the error of the top of the knee."""
    for leg in legs:
        colour = SIDES[leg.side]
        if len(leg.ellipse_px):
            corners = _all_fixed(leg.ellipse_px)
            for width, shade in ((3, INK), (1, colour)):
                cv2.polylines(canvas, [corners], True, shade, width, cv2.LINE_AA, SUBPIXEL_BITS)
        for point in leg.inferred_px:
            draw_ring(canvas, point, radius_px, colour)
        for point in leg.seen_px:
            _draw_dot_of(canvas, point, radius_px + 2.5, INK)
            _draw_dot_of(canvas, point, radius_px + 1.5, PAPER)
            _draw_dot_of(canvas, point, radius_px, colour)


def _draw_dot_of(canvas: Picture, centre: FloatArray, radius_px: float, colour: Colour) -> None:
    radius = round(radius_px * (1 << SUBPIXEL_BITS))
    cv2.circle(canvas, _fixed(centre), radius, colour, cv2.FILLED, cv2.LINE_AA, SUBPIXEL_BITS)


def _fixed(point: FloatArray) -> tuple[int, int]:
    x, y = _all_fixed(point).tolist()
    return x, y


def _all_fixed(points: FloatArray) -> NDArray[np.int32]:
    """Fixed-point coordinates; OpenCV counts from pixel centres, landmarks from pixel corners."""
    return np.rint((np.asarray(points) - 0.5) * (1 << SUBPIXEL_BITS)).astype(np.int32)


def draw_leg_lines(canvas: Picture, legs: Sequence[LegLines], width_px: float) -> None:
    """Draw each leg's level and the mark at its crease, joined by a bracket."""
    rim = width_px + max(2.0, width_px)
    for leg in legs:
        knee, crease = leg.knee_top_px, leg.crease_px
        lines = (knee, KNEE_LINE), (crease, CREASE_LINE), (np.stack([knee[0], crease[0]]), CREASE_LINE)
        strokes = [(start, end, colour) for line, colour in lines for start, end in pairwise(line)]
        for start, end, _ in strokes:
            draw_line(canvas, start, end, INK, rim)
        for start, end, colour in strokes:
            draw_line(canvas, start, end, colour, width_px)


def draw_leg_labels(canvas: Picture, legs: Sequence[LegLines], size_px: int) -> None:
    """Write each leg's depth outside of its bracket; one that was measured for both legs together stands there once."""
    for leg, whose in zip(legs, labels(legs), strict=True):
        if whose is None:
            continue
        words = f"{whose} {signed(leg.cm)} cm"
        width, height = text_size(words, size_px, bold=True)
        x, y = leg.label_px
        away = 0.5 * size_px if leg.rightwards else -(1.1 * size_px + width)
        draw_label(canvas, (x + away, y - height / 2), words, size_px, LABELS[whose])


def draw_label(canvas: Picture, corner: tuple[float, float], words: str, size_px: int, colour: Colour) -> None:
    """Write on a plate whose upper left corner is `corner`, moved so that it stays inside the picture."""
    width, height = text_size(words, size_px, bold=True)
    pad = round(0.3 * size_px)
    x = int(np.clip(corner[0], 0, max(0, canvas.shape[1] - width - 2 * pad)))
    y = int(np.clip(corner[1], 0, max(0, canvas.shape[0] - height)))
    draw_plate(canvas, (x, y, x + width + 2 * pad, y + height))
    draw_text(canvas, (x + pad, y), words, size_px, colour, bold=True)


def draw_plate(canvas: Picture, box: tuple[int, int, int, int], opacity: float = 0.78) -> None:
    """Darken a box (x0, y0, x1, y1), so that text on it reads."""
    x0, y0, x1, y1 = box
    part = canvas[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    if part.size:
        ink = np.full_like(part, INK)
        part[:] = cv2.addWeighted(part, 1.0 - opacity, ink, opacity, 0.0)


def draw_light(canvas: Picture, centre: tuple[float, float], radius_px: float, verdict: Verdict) -> None:
    """Draw a referee's light, with a pale rim so that red stands out on the dark plate."""
    middle = np.array(centre)
    _draw_dot_of(canvas, middle, radius_px, PAPER)
    _draw_dot_of(canvas, middle, 0.84 * radius_px, LIGHTS[verdict])
    if verdict == "too_close":
        half = np.array([0.5 * radius_px, 0.0])
        draw_line(canvas, middle - half, middle + half, INK, 0.3 * radius_px)


def draw_text(
    canvas: Picture, corner: tuple[int, int], words: str, size_px: int, colour: Colour, *, bold: bool = False
) -> int:
    """Write one line with its upper left corner at `corner`; what falls outside is cut off. Gives its width."""
    mask = _text_mask(words, size_px, bold)
    x, y = corner
    left, top = max(0, -x), max(0, -y)
    part = canvas[max(0, y) : y + mask.shape[0], max(0, x) : x + mask.shape[1]]
    alpha = mask[top : top + part.shape[0], left : left + part.shape[1], None].astype(np.uint16)
    if alpha.size:
        part[:] = (part * (255 - alpha) + np.array(colour, np.uint16) * alpha + 127) // 255
    return int(mask.shape[1])


def text_size(words: str, size_px: int, *, bold: bool = False) -> tuple[int, int]:
    """Width and height in px of one line; the height does not depend on the letters."""
    ascent, descent = _font(size_px, bold).getmetrics()
    return int(np.ceil(_font(size_px, bold).getlength(words))), ascent + descent


@lru_cache(maxsize=256)
def _text_mask(words: str, size_px: int, bold: bool) -> Picture:
    image = Image.new("L", text_size(words, size_px, bold=bold))
    ImageDraw.Draw(image).text((0, 0), words, fill=255, font=_font(size_px, bold))
    return np.asarray(image)


@cache
def _font(size_px: int, bold: bool) -> ImageFont.FreeTypeFont:
    """DejaVu Sans as matplotlib ships it: OpenCV's own strokes have no minus, no middle dot and no weight."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size_px)
