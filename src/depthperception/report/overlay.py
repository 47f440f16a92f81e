"""overlay.mp4: the video with the skeleton and the two lines at the bottom, held there for a moment.

What is said stands in a margin over the picture, the lights in one under it: nothing lies over head, hands or bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from textwrap import wrap

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
from depthperception.video import Shot, VideoWriter, frames, turned

LINES_S = 0.25
"""The two lines, and his outline, are shown this long before and after the bottom: long enough to see, then the legs
move away."""

HOLD_S = 1.0
"""The bottom stands still for this long: a verdict can be followed without stopping the video."""

LEAST_LINE_PX = 2.0
"""Thinner lines are lost to the video's compression."""

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
    """Write the video again with what was seen and ruled drawn on it.

    Frames keep their distances in time, but for the bottoms', which are held for `HOLD_S`. Where a part of the film was
    judged that part is written.

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
    part, film = judgement.video.part, turned(video_path, judgement.video.turned_deg)
    stream = frames(Shot(film, part.start_s, part.end_s) if part else film)
    first, since = next(stream), part.first_frame if part else 0
    start_s = first.time_s
    height, width = first.rgb(max_side_px).shape[:2]
    painter = Painter.of(track, judgement, width, height, people)
    header = header_height(judgement, painter.letters_px)
    margin = strip_height(judgement, painter.letters_px)
    with VideoWriter(path_out, width, height + header + margin) as writer:
        for number, frame in enumerate(chain([first], stream), since):
            canvas = frame.rgb(max_side_px)
            painter.paint(canvas, frame.time_s)
            now_s = max([frame.time_s, *(one.bottom_s for one in judgement.attempts if one.bottom_frame == number)])
            said = draw_header(caption_at(judgement, now_s), width, header, painter.letters_px)
            sign = sign_at(judgement, frame.time_s)
            lit = draw_strip(sign, width, margin, painter.letters_px) if margin else said[:0]
            held = sum(attempt.bottom_frame < number for attempt in judgement.attempts)
            writer.write(np.vstack([said, canvas, lit]), frame.time_s - start_s + HOLD_S * held)
            on_progress(Step.DRAW, min(1.0, frame.time_s / max(judgement.video.duration_s, 1e-3)))
    on_progress(Step.DRAW, 1.0)


@dataclass(frozen=True)
class Caption:
    """What the margin over the picture says, from top to bottom.

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
        Of a bone; the lines that decide are no thicker.
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
        bone = max(width_px, height_px) / PX_PER_BONE
        if judgement.lifter:
            _, top, _, foot = judgement.lifter.box_px
            bone = min(bone, (foot - top) * scale[1] / LIFTER_PER_BONE)
        bone = max(LEAST_LINE_PX, bone)
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
            thin_px = max(LEAST_LINE_PX, 0.6 * self.width_px)
            draw_bar_path(canvas, attempt, time_s, self.scale, thin_px)
            if abs(time_s - attempt.bottom_s) <= LINES_S:
                draw_leg_lines(canvas, legs, thin_px)
                draw_leg_points(canvas, points, 1.6 * self.width_px)
                draw_leg_labels(canvas, legs, self.letters_px)


def header_height(judgement: Judgement, size_px: int) -> int:
    """Height of the margin over the picture in px: the highest caption's, and even, as codecs want it."""
    moments = {0.0} | {time_s for one in judgement.attempts for time_s in (one.start_s, one.bottom_s, one.end_s)}
    highest = max(_rows_px(caption_at(judgement, time_s), size_px) for time_s in moments)
    return 2 * round((highest + 2 * _pad(size_px)) / 2)


def _rows_px(caption: Caption, size_px: int) -> int:
    small_px = text_size("", size_px)[1] * (len(caption.above) + len(caption.below))
    return small_px + (text_size("", _big(size_px))[1] if caption.verdict else 0)


def _big(size_px: int) -> int:
    return round(1.45 * size_px)


def _pad(size_px: int) -> int:
    return round(0.5 * size_px)


@lru_cache(maxsize=16)
def draw_header(caption: Caption, width_px: int, height_px: int, size_px: int) -> Picture:
    """Draw the margin over the picture, once for all the frames that show it."""
    header = np.full((height_px, width_px, 3), INK, dtype=np.uint8)
    big, pad = _big(size_px), _pad(size_px)
    row, big_row = text_size("", size_px)[1], text_size("", big)[1] if caption.verdict else 0
    y = pad
    for words in caption.above:
        draw_text(header, (pad, y), words, size_px, QUIET)
        y += row
    if caption.verdict:
        draw_light(header, (pad + 0.5 * big, y + 0.5 * big_row), 0.5 * big, caption.verdict)
        draw_text(header, (pad + round(1.45 * big), y), caption.headline, big, PAPER, bold=True)
    for number, words in enumerate(caption.below):
        draw_text(header, (pad, y + big_row + row * number), words, size_px, QUIET)
    return header
