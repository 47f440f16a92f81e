"""bottom.png: the deepest frame as a referee would want it, with the two lines, the depth and how it was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Literal

import cv2
import numpy as np

from depthperception.io.atomic import whole_file
from depthperception.pose.track import PoseTrack
from depthperception.report.drawing import (
    CREASE_LINE,
    DECIDING,
    INK,
    KNEE_LINE,
    LEFT,
    PAPER,
    QUIET,
    RIGHT,
    SIDES,
    Colour,
    draw_dot,
    draw_frame,
    draw_leg_labels,
    draw_leg_lines,
    draw_leg_points,
    draw_light,
    draw_line,
    draw_ring,
    draw_text,
    text_size,
)  # fmt: skip
from depthperception.report.letters import video_name
from depthperception.report.lines import LEGS, LegPoints, attempt_lines, fold_note, leg_points
from depthperception.report.referee import AS_VERDICTS, lift_words, open_line, red_line
from depthperception.report.text import (  # fmt: skip
    WORDS,
    depth_words,
    interval_words,
    leaning_words,
    nearest_to_the_line,
    probability_words,
)
from depthperception.results import AttemptJudgement, Judgement, ScaleSource
from depthperception.types import FloatArray, Picture
from depthperception.video import Source, frames, turned

PANEL_PX = 1080
"""Height of the two pictures: a full HD screen's."""

GAP_PX = 6

TEXT_PX, ROW_PX = 25, 36
SHEET_PX_PER_LETTER = 15
"""A sentence at TEXT_PX takes 12.6 px a letter: lines break before the edge, even one in wide letters."""

LEAST_WIDTH_PX = 1500
"""Room for the title and the legend when there is only one narrow picture."""

SEARCH_S = 0.2
"""The bottom's frame is looked for this far on either side, so that 5 frames a second still have one."""

SCALE_WORDS: dict[ScaleSource, str] = {
    "height": "the lifter's height", "plate": "a plate's diameter", "model": "how long limbs are on average",
}  # fmt: skip


def write_bottom(
    path_out: Path, video_path: Path, track: PoseTrack, judgement: Judgement, attempt: int | None = None
) -> None:
    """Write the picture of one attempt's deepest frame: the whole lifter, and his hips and knees enlarged.

    Parameters
    ----------
    path_out
        The .png file.
    attempt
        Index of the attempt; by default the one nearest to the line, which is the one to dispute.

    Raises
    ------
    OutputError
        When the file cannot be written.
    ValueError
        When there is no attempt: then there is no bottom to show.
    """
    if not judgement.attempts:
        raise ValueError("the judgement holds no attempt, so there is no bottom to draw")
    index = nearest_to_the_line(judgement.attempts) if attempt is None else attempt
    source = turned(video_path, judgement.video.turned_deg)
    sheet = draw_bottom(bottom_picture(source, judgement.attempts[index].bottom_s), track, judgement, index)
    with whole_file(path_out) as partial:
        partial.write_bytes(cv2.imencode(".png", sheet[:, :, ::-1])[1].tobytes())


def bottom_picture(source: Source, bottom_s: float) -> Picture:
    """Read the frame nearest to a time, at full size."""
    near = frames(source, start_s=max(0.0, bottom_s - SEARCH_S), end_s=bottom_s + SEARCH_S)
    return min(near, key=lambda frame: abs(frame.time_s - bottom_s)).rgb()


def draw_bottom(rgb: Picture, track: PoseTrack, judgement: Judgement, index: int) -> Picture:
    """Compose the sheet from the bottom's frame."""
    attempt = judgement.attempts[index]
    landmarks = track.image_at(attempt.bottom_s)
    if landmarks is None or not np.isfinite(landmarks[DECIDING]).any():
        panels = [rgb_panel(rgb, _whole(rgb))]
    else:
        panels = _panels(rgb, landmarks, attempt, judgement)
    pictures = np.hstack([part for panel in panels for part in (panel, _bar(PANEL_PX, GAP_PX))][:-1])
    pictures = np.hstack([pictures, _bar(PANEL_PX, max(0, LEAST_WIDTH_PX - pictures.shape[1]))])
    width = pictures.shape[1]
    return np.vstack([_title(width, judgement, index), pictures, _legend(width, judgement, attempt)])


@dataclass(frozen=True)
class Window:
    """A box of the video's picture, px, that fills a panel."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def scale(self) -> float:
        """Panel px per picture px."""
        return PANEL_PX / (self.y1 - self.y0)


def window_round(points_px: FloatArray, size_px: FloatArray, picture: Picture) -> Window:
    """Put a box of a size (width, height) round the middle of points (n, 2), inside the picture."""
    middle = (np.nanmin(points_px, axis=0) + np.nanmax(points_px, axis=0)) / 2
    limits = np.array([picture.shape[1], picture.shape[0]])
    size = np.clip(np.rint(size_px).astype(int), 2, limits)
    start = np.clip(np.rint(middle - size / 2).astype(int), 0, limits - size)
    return Window(int(start[0]), int(start[1]), int(start[0] + size[0]), int(start[1] + size[1]))


def body_size_px(landmarks_px: FloatArray) -> FloatArray:
    """Width and height of a box that holds the lifter, the ends of his bar left out, and is not too narrow or wide."""
    extent = np.nanmax(landmarks_px, axis=0) - np.nanmin(landmarks_px, axis=0)
    width, height = extent + 0.44 * extent.max()
    return np.array([max(width, 0.55 * height), max(height, width)])


def legs_size_px(points_px: FloatArray) -> FloatArray:
    """Width and height of a box that holds hips, knees and their lines, with room for the labels beside them."""
    width, height = np.nanmax(points_px, axis=0) - np.nanmin(points_px, axis=0)
    height = max(width, 1.4 * height)
    return np.array([width + 0.5 * height, height])


def rgb_panel(rgb: Picture, window: Window) -> Picture:
    """Cut a window out and bring it to the panels' height."""
    cut = rgb[window.y0 : window.y1, window.x0 : window.x1]
    width = max(1, round(cut.shape[1] * window.scale))
    how = cv2.INTER_AREA if window.scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, (width, PANEL_PX), interpolation=how), dtype=np.uint8)


def _whole(rgb: Picture) -> Window:
    return Window(0, 0, rgb.shape[1], rgb.shape[0])


def _panels(rgb: Picture, landmarks: FloatArray, attempt: AttemptJudgement, judgement: Judgement) -> list[Picture]:
    """Draw the whole lifter with his skeleton, and hips and knees enlarged with the lines and what they rest on."""
    legs, points = attempt_lines(attempt, judgement), leg_points(attempt.seen)
    lines = [end for leg in legs for end in (leg.knee_top_px, leg.crease_px)]
    dots = [part for leg in points for part in (leg.seen_px, leg.inferred_px, leg.ellipse_px)]
    deciding = np.concatenate([landmarks[DECIDING], *lines, *dots])
    whole = window_round(landmarks, body_size_px(landmarks), rgb)
    near = window_round(deciding, legs_size_px(deciding), rgb)
    body = draw_frame(rgb_panel(rgb, whole), _seen_in(landmarks, whole), width_px=3.0)
    samples = rgb_panel(rgb, near)
    for panel, window, width, radius in ((body, whole, 3.0, 5.0), (samples, near, 4.0, 8.0)):
        origin = np.array([window.x0, window.y0])
        seen = [leg.seen_in(origin, window.scale) for leg in legs]
        draw_leg_lines(panel, seen, width)
        draw_leg_points(panel, [leg.seen_in(origin, window.scale) for leg in points], radius)
    for index in DECIDING if not points else ():
        if np.isfinite(landmarks[index]).all():
            draw_dot(samples, _seen_in(landmarks[index], near), 7.0, LEFT if index % 2 else RIGHT)
    draw_leg_labels(samples, seen, 30)
    return [body, samples]


def _seen_in(points_px: FloatArray, window: Window) -> FloatArray:
    return (points_px - [window.x0, window.y0]) * window.scale


def _bar(height: int, width: int) -> Picture:
    return np.full((height, width, 3), INK, dtype=np.uint8)


def _title(width: int, judgement: Judgement, index: int) -> Picture:
    """Verdict, depth, interval and probability, unless the reason says them; why; which attempt, when, how."""
    attempt = judgement.attempts[index]
    depth, count = attempt.depth, len(judgement.attempts)
    nearest = depth.cm is not None and index == nearest_to_the_line(judgement.attempts)
    which = f"attempt {index + 1} of {count}{', the nearest to the line' if nearest else ''} · " if count > 1 else ""
    scale = judgement.at(attempt.bottom_s).scale
    source = f" · cm from {SCALE_WORDS[scale.source]}" if scale and depth.cm is not None else ""
    rows = [
        "" if leaning_words(attempt) else " · ".join(filter(None, (interval_words(depth), probability_words(depth)))),
        attempt.reason,
        red_line(attempt),
        open_line(attempt),
        f"{video_name(judgement)} · {which}bottom at {attempt.bottom_s:.2f} s · method {depth.method}{source}",
    ]
    lines = [line for row in rows for line in wrap(row, width // SHEET_PX_PER_LETTER)]
    strip = _bar(116 + ROW_PX * len(lines), width)
    draw_light(strip, (62, 56), 30, attempt.verdict)
    x = 116 + draw_text(strip, (116, 26), WORDS[attempt.verdict], 52, PAPER, bold=True)
    draw_text(strip, (x + 28, 26), depth_words(depth), 52, PAPER)
    _draw_lights(strip, attempt)
    for row, line in enumerate(lines):
        draw_text(strip, (32, 104 + ROW_PX * row), line, TEXT_PX, QUIET)
    return strip


def _draw_lights(strip: Picture, attempt: AttemptJudgement) -> None:
    """Put the three lights and what comes of them into the upper right corner."""
    words = lift_words(attempt) if attempt.lights else ""
    right = strip.shape[1] - 32
    for number, light in enumerate(reversed(attempt.lights)):
        draw_light(strip, (right - 22 - 54 * number, 48), 22, AS_VERDICTS[light.light])
    draw_text(strip, (right - text_size(words, TEXT_PX, bold=True)[0], 76), words, TEXT_PX, PAPER, bold=True)


Mark = tuple[Colour, Literal["line", "dot", "ring", "none"], str]


def _legend(width: int, judgement: Judgement, attempt: AttemptJudgement) -> Picture:
    """Say which mark is which, and which leg is hidden."""
    note = wrap(fold_note(attempt_lines(attempt, judgement), attempt.seen), width // SHEET_PX_PER_LETTER)
    noted: list[list[Mark]] = [[(QUIET, "none", line)] for line in note]
    rows = [row for row in (_line_marks(judgement, attempt), *_point_marks(leg_points(attempt.seen)), *noted) if row]
    strip = _bar(24 + ROW_PX * len(rows), width)
    for row, marks in enumerate(rows):
        x, y = 32, 12 + ROW_PX * row
        for colour, kind, words in marks:
            _draw_mark(strip, x, y + 15, colour, kind)
            x += 86 + draw_text(strip, (x + 50, y), words, TEXT_PX, QUIET)
    return strip


def _line_marks(judgement: Judgement, attempt: AttemptJudgement) -> list[Mark]:
    legs = attempt_lines(attempt, judgement)
    if not legs:
        return []
    said = " and ".join(
        f"{leg.side} crease {abs(leg.cm):.1f} cm {'below' if leg.cm > 0 else 'above'} it" for leg in legs
    )
    return [(KNEE_LINE, "line", "level through the top of the knee"), (CREASE_LINE, "line", said)]


def _point_marks(points: Sequence[LegPoints]) -> list[list[Mark]]:
    if not points:
        joints = "right hip and knee joint as the pose model sees them: inside the leg, not on its surface"
        return [[(LEFT, "dot", "left and"), (RIGHT, "dot", joints)]]
    shown = [leg.side for leg in points]
    what = "top of the knee, with its 90 % error, and fold between thigh and trunk, where they are seen"
    rows: list[list[Mark]] = [[(SIDES[side], "dot", f"{side} leg") for side in shown[:-1]]]
    rows[0].append((SIDES[shown[-1]], "dot", f"{shown[-1]} leg: {what}"))
    rings: list[Mark] = [
        (SIDES[leg.side], "ring", f"{leg.side} crease: hidden, inferred from the rest of the leg")
        for leg in points
        if len(leg.inferred_px)
    ]
    gone: list[Mark] = [
        (QUIET, "none", f"{side} leg: hidden, so it has no point and no number") for side in LEGS if side not in shown
    ]
    return [*rows, rings, gone]


def _draw_mark(canvas: Picture, x: int, y: int, colour: Colour, kind: str) -> None:
    if kind == "line":
        draw_line(canvas, np.array([x, y]), np.array([x + 36, y]), colour, 5.0)
    elif kind != "none":
        {"dot": draw_dot, "ring": draw_ring}[kind](canvas, np.array([x + 18, y]), 9.0, colour)
