"""share.jpg: one picture of 9:16 for a phone: the lifter at the bottom, the verdict over it, the lights under it."""

from pathlib import Path
from textwrap import wrap

import cv2
import numpy as np

from depthperception.io.atomic import whole_file
from depthperception.pose.track import PoseTrack
from depthperception.report.bottom import bottom_picture, window_round
from depthperception.report.drawing import (
    DECIDING,
    INK,
    PAPER,
    QUIET,
    draw_frame,
    draw_leg_labels,
    draw_leg_lines,
    draw_leg_points,
    draw_light,
    draw_text,
)
from depthperception.report.lines import attempt_lines, leg_points
from depthperception.report.referee import AS_VERDICTS, lift_words, open_words, red_line
from depthperception.report.text import WORDS, depth_words, interval_words, leaning_words, nearest_to_the_line
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import FloatArray, Picture
from depthperception.video import turned

WIDTH_PX, HEIGHT_PX = 1080, 1920
ABOVE_PX, BELOW_PX = 330, 210
"""Margins over and under the picture."""

ROOM = 1.5
"""Picture over the lifter's landmarks, which end at nose and wrists."""

LETTERS_PER_LINE, LETTERS_BESIDE_LIGHTS = 56, 50
MARGIN_PX = 48
QUALITY = 88


def write_share(path_out: Path, video_path: Path, track: PoseTrack, judgement: Judgement) -> None:
    """Write the picture of the attempt nearest to the line.

    Raises
    ------
    OutputError
        When the file cannot be written.
    ValueError
        When there is no attempt.
    """
    if not judgement.attempts:
        raise ValueError("the judgement holds no attempt, so there is nothing to share")
    index = nearest_to_the_line(judgement.attempts)
    source = turned(video_path, judgement.video.turned_deg)
    drawn = draw_share(bottom_picture(source, judgement.attempts[index].bottom_s), track, judgement, index)
    coded = cv2.imencode(".jpg", drawn[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    with whole_file(path_out) as partial:
        partial.write_bytes(coded.tobytes())


def draw_share(rgb: Picture, track: PoseTrack, judgement: Judgement, index: int) -> Picture:
    """Compose the picture (1920, 1080, 3) from the bottom's frame."""
    attempt = judgement.attempts[index]
    return np.vstack([_said(attempt), _lifter(rgb, track, judgement, attempt), _lights(attempt)])


def _said(attempt: AttemptJudgement) -> Picture:
    strip = np.full((ABOVE_PX, WIDTH_PX, 3), INK, dtype=np.uint8)
    draw_light(strip, (MARGIN_PX + 52, 110), 52, attempt.verdict)
    draw_text(strip, (MARGIN_PX + 140, 48), WORDS[attempt.verdict], 76, PAPER, bold=True)
    draw_text(strip, (MARGIN_PX + 140, 140), depth_words(attempt.depth), 56, PAPER)
    sure = " · ".join(filter(None, (leaning_words(attempt), interval_words(attempt.depth)))) or attempt.reason
    for row, line in enumerate(wrap(sure, LETTERS_PER_LINE)[:2]):
        draw_text(strip, (MARGIN_PX, 226 + 44 * row), line, 32, QUIET)
    return strip


def _lifter(rgb: Picture, track: PoseTrack, judgement: Judgement, attempt: AttemptJudgement) -> Picture:
    size = np.array([WIDTH_PX, HEIGHT_PX - ABOVE_PX - BELOW_PX])
    landmarks = track.image_at(attempt.bottom_s)
    seen = landmarks is not None and bool(np.isfinite(landmarks[DECIDING]).any())
    around: FloatArray = landmarks if landmarks is not None and seen else np.array([[0.0, 0.0], rgb.shape[1::-1]])
    extent = (np.nanmax(around, axis=0) - np.nanmin(around, axis=0)) * (ROOM if seen else 1.0)
    scale = float((size / np.maximum(extent, 1.0)).min())
    window = window_round(around, size / scale, rgb)
    cut = rgb[window.y0 : window.y1, window.x0 : window.x1]
    scale = float((size / cut.shape[1::-1]).min())
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=how), np.uint8)[: size[1], : size[0]]
    origin = np.array([window.x0, window.y0])
    if landmarks is not None and seen:
        small = draw_frame(small, (landmarks - origin) * scale, width_px=4.0)
        legs = [leg.seen_in(origin, scale) for leg in attempt_lines(attempt, judgement)]
        draw_leg_lines(small, legs, 5.0)
        draw_leg_points(small, [leg.seen_in(origin, scale) for leg in leg_points(attempt.seen)], 8.0)
        draw_leg_labels(small, legs, 36)
    panel = np.full((size[1], size[0], 3), INK, dtype=np.uint8)
    left, top = (size - small.shape[1::-1]) // 2
    panel[top : top + small.shape[0], left : left + small.shape[1]] = small
    return panel


def _lights(attempt: AttemptJudgement) -> Picture:
    strip = np.full((BELOW_PX, WIDTH_PX, 3), INK, dtype=np.uint8)
    for number, light in enumerate(attempt.lights):
        draw_light(strip, (MARGIN_PX + 44 + 108 * number, 76), 40, AS_VERDICTS[light.light])
    if attempt.lights:
        draw_text(strip, (MARGIN_PX + 340, 28), lift_words(attempt), 48, PAPER, bold=True)
    for row, line in enumerate(wrap(red_line(attempt) or open_words(attempt), LETTERS_BESIDE_LIGHTS)):
        draw_text(strip, (MARGIN_PX + 340, 84 + 28 * row), line, 24, QUIET)
    draw_text(strip, (MARGIN_PX, 146), "DepthPerception · a second opinion from video, no referee", 30, QUIET)
    return strip
