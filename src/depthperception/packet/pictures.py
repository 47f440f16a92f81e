"""The packet's pictures and films: the bottom's frame and its neighbours, and the bottom in slow motion."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from depthperception.errors import PacketError
from depthperception.report.bottom import legs_size_px, window_round
from depthperception.report.drawing import (
    PAPER,
    PX_PER_BONE,
    draw_label,
    draw_leg_labels,
    draw_leg_lines,
    draw_leg_points,
)
from depthperception.report.lines import attempt_lines, leg_points
from depthperception.report.overlay import SMALL_SIDE_PER_LETTER
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import Picture
from depthperception.video import Source, VideoWriter, frames, turned

NEIGHBOURS = 2
"""Frames before and after the bottom's: at 30 a second and 5 m/s2 the hips are 1 cm higher in the last."""

FILM_S = 0.5
"""The film goes from so long before the bottom to so long after it: the end of the descent, the turn, the rise."""

SLOWER = 4.0

FILM_SIDE_PX = 1920
"""Longer side of the film at most; the single frames have full size."""

FILM_CRF, FILM_PRESET = 18, "superfast"
"""Visually lossless (x264's own words for 17 or 18): somebody looks at single frames of it. From veryfast on the
encoder's macroblock tree gives other bytes now and then: 11 of 25 films of the same pictures, of superfast none."""

LINES_QUALITY, SHEET_QUALITY = 92, 84
"""JPEG: the frames without lines are PNG, and the sheet's pictures are printed a hand wide."""

SHEET_SIDE_PX = 1000

BEFORE, BOTTOM, AFTER = "{}_before", "bottom", "{}_after"


@dataclass(frozen=True)
class Stills:
    """The bottom's frame and its neighbours.

    Attributes
    ----------
    pictures
        By name, in order of time, at full size, as filmed.
    times_s
        Of each.
    """

    pictures: dict[str, Picture]
    times_s: dict[str, float]


def stills_of(source: Source, bottom_s: float) -> Stills:
    """Read the frame nearest to the bottom and its neighbours.

    Raises
    ------
    PacketError
        When the video has no frame there.
    VideoError
        When it cannot be read.
    """
    near = _times_near(source, bottom_s)
    if not near:
        raise PacketError(
            f"The video shows no frame at {bottom_s:.2f} s, where the bottom is said to be; expected the video that "
            "was judged. Name that one."
        )
    middle = int(np.argmin(np.abs(np.array(near) - bottom_s)))
    first, last = max(0, middle - NEIGHBOURS), min(len(near) - 1, middle + NEIGHBOURS)
    found = frames(source, start_s=near[first], end_s=near[last])
    names = {near[k]: _name(k - middle) for k in range(first, last + 1)}
    pictures = {names[frame.time_s]: frame.rgb() for frame in found if frame.time_s in names}
    return Stills(pictures, {name: time_s for time_s, name in names.items()})


def _times_near(source: Source, bottom_s: float) -> list[float]:
    near = frames(source, start_s=max(0.0, bottom_s - FILM_S), end_s=bottom_s + FILM_S)
    return [frame.time_s for frame in near]


def _name(place: int) -> str:
    return BOTTOM if place == 0 else (BEFORE if place < 0 else AFTER).format(abs(place))


def with_lines(rgb: Picture, attempt: AttemptJudgement, judgement: Judgement) -> Picture:
    """Draw on a copy of a picture of the video, whole or shrunk, what was measured at the bottom."""
    canvas = rgb.copy()
    scale = np.array([rgb.shape[1] / judgement.video.width, rgb.shape[0] / judgement.video.height])
    width = max(1.0, 0.6 * max(rgb.shape) / PX_PER_BONE)
    legs = [leg.seen_in(np.zeros(2), scale) for leg in attempt_lines(attempt, judgement)]
    draw_leg_lines(canvas, legs, width)
    draw_leg_points(canvas, [leg.seen_in(np.zeros(2), scale) for leg in leg_points(attempt.seen)], 2.5 * width)
    draw_leg_labels(canvas, legs, _letters_px(rgb))
    return canvas


def close_up(rgb: Picture, attempt: AttemptJudgement, judgement: Judgement, *, lines: bool) -> Picture | None:
    """Cut hips and knees out of the bottom's frame; None where nothing is known of them."""
    dots = [part for leg in leg_points(attempt.seen) for part in (leg.seen_px, leg.inferred_px)]
    ends = [end for leg in attempt_lines(attempt, judgement) for end in (leg.knee_top_px, leg.crease_px)]
    points = np.concatenate([np.empty((0, 2)), *dots, *ends])
    if len(points) < 2:
        return None
    window = window_round(points, 1.3 * legs_size_px(points), rgb)
    cut = rgb[window.y0 : window.y1, window.x0 : window.x1]
    enlarged = cv2.resize(cut, None, fx=SHEET_SIDE_PX / max(cut.shape), fy=SHEET_SIDE_PX / max(cut.shape))
    canvas = np.ascontiguousarray(enlarged, dtype=np.uint8)
    if lines:
        scale, corner = canvas.shape[0] / cut.shape[0], np.array([window.x0, window.y0])
        legs = [leg.seen_in(corner, scale) for leg in attempt_lines(attempt, judgement)]
        draw_leg_lines(canvas, legs, 3.0)
        draw_leg_points(canvas, [leg.seen_in(corner, scale) for leg in leg_points(attempt.seen)], 8.0)
        draw_leg_labels(canvas, legs, 26)
    return canvas


def films(source: Source, attempt: AttemptJudgement, judgement: Judgement) -> tuple[bytes, bytes]:
    """Write the bottom in slow motion as MP4, as filmed and with lines; the true time stands in every picture."""
    start_s = max(0.0, attempt.bottom_s - FILM_S)
    with TemporaryDirectory() as folder:
        paths = Path(folder, "filmed.mp4"), Path(folder, "lines.mp4")
        writers: list[VideoWriter] = []
        first_s = 0.0
        with ExitStack() as stack:
            for frame in frames(source, start_s=start_s, end_s=attempt.bottom_s + FILM_S):
                rgb = frame.rgb(FILM_SIDE_PX)
                if not writers:
                    first_s, writers = frame.time_s, [stack.enter_context(_writer(path, rgb)) for path in paths]
                for writer, picture in zip(writers, (rgb, with_lines(rgb, attempt, judgement)), strict=True):
                    writer.write(_timed(picture, frame.time_s, attempt.bottom_s), SLOWER * (frame.time_s - first_s))
        filmed, lined = (path.read_bytes() for path in paths)
    return filmed, lined


def _writer(path: Path, rgb: Picture) -> VideoWriter:
    return VideoWriter(path, rgb.shape[1], rgb.shape[0], crf=FILM_CRF, preset=FILM_PRESET, threads=1)


def _timed(rgb: Picture, time_s: float, bottom_s: float) -> Picture:
    canvas = rgb.copy()
    words = f"{time_s:.3f} s, bottom {signed_s(time_s - bottom_s)}, 1/{SLOWER:.0f} of the speed"
    draw_label(canvas, (0, canvas.shape[0]), words, _letters_px(rgb), PAPER)
    return canvas


def signed_s(time_s: float) -> str:
    """Write a time before or after another."""
    return f"{time_s:+.3f} s".replace("-", "−")


def _letters_px(rgb: Picture) -> int:
    height, width = rgb.shape[:2]
    return max(12, round(int(min(height, width)) / SMALL_SIDE_PER_LETTER))


def png(rgb: Picture) -> bytes:
    """Encode a picture without loss."""
    return cv2.imencode(".png", rgb[:, :, ::-1])[1].tobytes()


def jpeg(rgb: Picture, quality: int = LINES_QUALITY) -> bytes:
    """Encode a picture."""
    return cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def shrunk(rgb: Picture, most_px: int = SHEET_SIDE_PX) -> Picture:
    """Give a picture whose longer side has at most so many px."""
    factor = min(1.0, most_px / max(rgb.shape))
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def source_of(video: Path, judgement: Judgement) -> Source:
    """Name what the frames are read from: the video as it was judged, turned where it lay."""
    return turned(video, judgement.video.turned_deg)
