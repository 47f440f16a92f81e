"""overlay.mp4: the video with the skeleton, what the lifter does, the two lines at the bottom, verdict and lights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from textwrap import wrap

import cv2
import numpy as np

from depthperception.attempts.phases import attempt_at, phase_at
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack
from depthperception.report.bar import draw_bar_path
from depthperception.report.drawing import (
    INK,
    PAPER,
    PX_PER_BONE,
    QUIET,
    draw_leg_labels,
    draw_leg_lines,
    draw_leg_points,
    draw_light,
    draw_skeleton,
    draw_text,
    text_size,
)  # fmt: skip
from depthperception.report.light_strip import draw_strip, sign_at, strip_height
from depthperception.report.lines import LegLines, LegPoints, attempt_lines, landmarks_at, leg_points
from depthperception.report.outline import Outliner, draw_outlines
from depthperception.report.people_boxes import Box, boxes, chosen_lines, draw_boxes
from depthperception.report.text import (  # fmt: skip
    WORDS,
    depth_words,
    interval_words,
    leaning_words,
    no_attempt_words,
)
from depthperception.results import Judgement, Verdict
from depthperception.types import FloatArray, Picture, Progress, Step, silent
from depthperception.video import VideoWriter, frames, turned

LINES_S = 0.25
"""The two lines, and his outline, are shown this long before and after the bottom: long enough to see, then the legs
move away."""

CARD_OPACITY = 0.9
"""Enough for grey letters on a bright wall, and one sees that there is a picture behind."""

LETTERS_PER_LINE = 40
"""Reasons are broken to this: at the caption's size it is the width of an upright phone video."""

LIFTER_PER_BONE = 180.0
"""Standing lifter's height over the width of a bone, so that a far lifter is not buried under his skeleton."""

SMALL_SIDE_PER_LETTER = 30.0
"""Shorter side of the picture over the caption's letters: 24 px at 720."""


def write_overlay(
    path_out: Path,
    video_path: Path,
    track: PoseTrack,
    judgement: Judgement,
    on_progress: Progress = silent,
    *,
    people: Sequence[PersonTrack] = (),
    max_side_px: int = 1280,
) -> None:
    """Write the video again with what was seen and ruled drawn on it; frames keep their times.

    Parameters
    ----------
    path_out
        The .mp4 file.
    video_path
        The video that was judged.
    people
        Everyone in it: boxed and numbered, where there is more than one.
    max_side_px
        Longer side of what is written, at most; 1280 reads well and is four times faster than 4K.

    Raises
    ------
    OutputError
        When the file cannot be written.
    VideoError
        When the video cannot be read any more.
    """
    stream = frames(turned(video_path, judgement.video.turned_deg))
    first = next(stream)
    height, width = first.rgb(max_side_px).shape[:2]
    painter = Painter.of(track, judgement, width, height, people)
    margin = strip_height(judgement, painter.letters_px)
    with VideoWriter(path_out, width, height + margin) as writer:
        for frame in chain([first], stream):
            canvas = frame.rgb(max_side_px)
            painter.paint(canvas, frame.time_s)
            if margin:
                sign = sign_at(judgement, frame.time_s)
                canvas = np.vstack([canvas, draw_strip(sign, width, margin, painter.letters_px)])
            writer.write(canvas, frame.time_s)
            on_progress(Step.DRAW, min(1.0, frame.time_s / max(judgement.video.duration_s, 1e-3)))
    on_progress(Step.DRAW, 1.0)


@dataclass(frozen=True)
class Caption:
    """What the card in the corner says, from top to bottom.

    Attributes
    ----------
    above
        Small lines: what the lifter does, or why there is nothing to rule on.
    verdict, headline
        The light and what stands beside it; None and empty until the bottom of the attempt.
    below
        Small lines: how sure it is, or why there is no ruling.
    """

    above: tuple[str, ...]
    verdict: Verdict | None = None
    headline: str = ""
    below: tuple[str, ...] = ()


def caption_at(judgement: Judgement, time_s: float) -> Caption:
    """Say what is known at a time: never a verdict before its bottom was seen."""
    attempts = judgement.attempts
    if not attempts:
        return Caption(tuple(wrap(no_attempt_words(judgement), LETTERS_PER_LINE)))
    index = attempt_at(attempts, time_s)
    if index is None:
        return Caption((phase_at(attempts, time_s), *chosen_lines(judgement.at(time_s).lifter, LETTERS_PER_LINE)))
    attempt = attempts[index]
    number = f"attempt {index + 1} of {len(attempts)} · " if len(attempts) > 1 else ""
    now = f"{number}{phase_at(attempts, time_s)}"
    if time_s < attempt.bottom_s:
        return Caption((now,))
    headline = f"{WORDS[attempt.verdict]}  {depth_words(attempt.depth)}".rstrip()
    unclear = wrap(attempt.reason, LETTERS_PER_LINE) if attempt.verdict == "not_judgeable" else []
    below = filter(None, (leaning_words(attempt), interval_words(attempt.depth), *unclear))
    return Caption((now,), attempt.verdict, headline, tuple(below))


@dataclass(frozen=True)
class Painter:
    """Everything that is drawn, in px of the written picture.

    Attributes
    ----------
    scale : (2,)
        Written px per px of the video, x and y.
    width_px
        Of a bone; the lines that decide are thinner.
    lines, points
        For each attempt the lines of its legs and what they rest on, where they were at its bottom.
    """

    track: PoseTrack
    judgement: Judgement
    scale: FloatArray
    lines: tuple[tuple[LegLines, ...], ...]
    points: tuple[tuple[LegPoints, ...], ...]
    width_px: float
    letters_px: int
    outliner: Outliner
    boxes: tuple[Box, ...] = ()

    @classmethod
    def of(
        cls,
        track: PoseTrack,
        judgement: Judgement,
        width_px: int,
        height_px: int,
        people: Sequence[PersonTrack] = (),
    ) -> "Painter":
        """Prepare for pictures of a size."""
        scale = np.array([width_px / judgement.video.width, height_px / judgement.video.height])
        attempts, start = judgement.attempts, np.zeros(2)
        lines = tuple(tuple(leg.seen_in(start, scale) for leg in attempt_lines(one, judgement)) for one in attempts)
        points = tuple(tuple(leg.seen_in(start, scale) for leg in leg_points(one.seen)) for one in attempts)
        letters = max(12, round(min(width_px, height_px) / SMALL_SIDE_PER_LETTER))
        bone = max(1.0, max(width_px, height_px) / PX_PER_BONE)
        if judgement.lifter:
            _, top, _, foot = judgement.lifter.box_px
            bone = min(bone, max(1.0, (foot - top) * scale[1] / LIFTER_PER_BONE))
        outliner = Outliner(track, judgement, people)
        drawn = tuple(box for lifter in judgement.lifters for box in boxes(lifter, people))
        return cls(track, judgement, scale, lines, points, bone, letters, outliner, drawn)

    def paint(self, canvas: Picture, time_s: float) -> None:
        """Draw on the frame of a time."""
        at_bottom = any(abs(time_s - attempt.bottom_s) <= LINES_S for attempt in self.judgement.attempts)
        if at_bottom:
            draw_outlines(canvas, self.outliner.at(canvas, time_s, float(self.scale[0])), 0.5 * self.width_px)
        draw_boxes(canvas, self.boxes, time_s, self.scale, self.letters_px)
        landmarks = landmarks_at(self.track, self.judgement, time_s)
        if landmarks is not None:
            draw_skeleton(canvas, landmarks * self.scale, self.width_px)
        for attempt, legs, points in zip(self.judgement.attempts, self.lines, self.points, strict=True):
            draw_bar_path(canvas, attempt, time_s, self.scale, 0.6 * self.width_px)
            if abs(time_s - attempt.bottom_s) <= LINES_S:
                draw_leg_lines(canvas, legs, 0.6 * self.width_px)
                draw_leg_points(canvas, points, 1.6 * self.width_px)
                draw_leg_labels(canvas, legs, self.letters_px)
        draw_caption(canvas, caption_at(self.judgement, time_s), self.letters_px)


def draw_caption(canvas: Picture, caption: Caption, size_px: int) -> None:
    """Lay the card over the upper left corner, where it hides neither legs nor feet."""
    corner = round(0.7 * size_px)
    card = _card(caption, size_px)
    part = canvas[corner : corner + card.shape[0], corner : corner + card.shape[1]]
    if part.size:
        card = card[: part.shape[0], : part.shape[1]]
        part[:] = cv2.addWeighted(part, 1.0 - CARD_OPACITY, card, CARD_OPACITY, 0.0)


@lru_cache(maxsize=16)
def _card(caption: Caption, size_px: int) -> Picture:
    """Draw a card once for all the frames that show it."""
    big, pad = round(1.45 * size_px), round(0.7 * size_px)
    indent = round(1.45 * big)
    row, big_row = text_size("", size_px)[1], text_size("", big)[1] if caption.verdict else 0
    width = max(text_size(line, size_px)[0] for line in (*caption.above, *caption.below))
    width = max(width, indent + text_size(caption.headline, big, bold=True)[0] if caption.verdict else 0)
    height = row * (len(caption.above) + len(caption.below)) + big_row
    card = np.full((height + 2 * pad, width + 2 * pad, 3), INK, dtype=np.uint8)
    y = pad
    for words in caption.above:
        draw_text(card, (pad, y), words, size_px, QUIET)
        y += row
    if caption.verdict:
        draw_light(card, (pad + 0.5 * big, y + 0.5 * big_row), 0.5 * big, caption.verdict)
        draw_text(card, (pad + indent, y), caption.headline, big, PAPER, bold=True)
    for number, words in enumerate(caption.below):
        draw_text(card, (pad, y + big_row + row * number), words, size_px, QUIET)
    return card
