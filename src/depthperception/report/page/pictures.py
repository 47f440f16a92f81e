"""The pictures of the page: the bottom's frame and its neighbours, cut round the lifter, with what is drawn on them.

Drawings are SVG paths in the px of their picture, so the page can show and hide them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.geometry.skeletons import BONES
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack
from depthperception.report.bottom import SEARCH_S, Window, body_size_px, legs_size_px, window_round
from depthperception.report.drawing import DECIDING, DOTS, FARTHEST_PX, LEFT, RIGHT, bone_colour
from depthperception.report.lines import BOTH, LEGS, LegLines, LegPoints, attempt_lines, fold_note, labels, leg_points
from depthperception.report.outline import Outliner
from depthperception.report.text import signed
from depthperception.results import Judgement
from depthperception.types import FloatArray, Picture
from depthperception.video import Frame, Source, frames

AROUND_S = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
"""When frames are shown, from the bottom: at 5 m/s2 the hips are 2, 10 and 22 cm above it after 0.1, 0.2 and 0.3 s."""

ATTEMPT_BYTES = 1_400_000
"""Pictures of one attempt: letters on a plate can be read at 1280 px, and a page of one attempt goes by any mail."""

PAGE_BYTES = 12_000_000
"""Pictures of all attempts: base64 twice over, in the page and in the mail, makes 21 MB, and 25 is what mail takes."""

LETTERS_PER_WIDTH = 26
"""Width of the bottom's picture over its letters: 11 px on the narrowest phone."""

SHORT = {"left": "L", "right": "R", BOTH: "both"}
"""Labels beside a bracket: there is little room."""

LETTER_WIDTH, LABEL_GAP = 0.6, 0.5
"""A bold digit's width and a label's distance from its bracket, in letter heights."""

ENCODINGS = ((1280, 800, 86), (1280, 720, 78), (960, 560, 74), (720, 400, 68), (560, 280, 60), (400, 200, 50))
"""Longer side of the bottom's picture and of its neighbours, px, and JPEG quality: the first that fits is taken."""


@dataclass(frozen=True)
class Drawing:
    """A skeleton as SVG paths, by side; `dots` are points of no length, drawn by their round ends."""

    bones: dict[str, str]
    dots: dict[str, str]


@dataclass(frozen=True)
class LegMark:
    """One leg's two lines, the bracket between them and whose depth stands beside it (None: no label), px."""

    whose: str | None
    words: str
    knee: str
    crease: str
    bracket: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True)
class PointMarks:
    """The points of one leg as SVG paths: dots and rings have no length, and are drawn by their round ends."""

    side: str
    dots: str
    rings: str
    ellipse: str


@dataclass(frozen=True)
class FrameCrop:
    """One picture of the page.

    Attributes
    ----------
    name
        Its file name; unique on the page.
    jpeg
        The picture, `width` x `height` px.
    when
        Its place in words: "bottom", or "0.10 s after".
    time_s
        Presentation time of the frame; of the one that is nearest to the bottom that of the bottom itself.
    legs, points
        The lines, and what they rest on; at the bottom alone, for nothing was measured elsewhere.
    near
        x, y, width, height of the box round hips, knees and lines, px; None where they are not known.
    lifter
        Path round what the program takes for the lifter; at the bottom alone.
    note
        Why a bracket does not end at the dotted crease; empty where none is dotted.
    """

    name: str
    jpeg: bytes
    width: int
    height: int
    when: str
    time_s: float
    is_bottom: bool
    drawing: Drawing | None
    legs: tuple[LegMark, ...] = ()
    points: tuple[PointMarks, ...] = ()
    near: tuple[float, float, float, float] | None = None
    lifter: str = ""
    note: str = ""

    @property
    def letters_px(self) -> float:
        """Size of the letters on the picture."""
        return round(self.width / LETTERS_PER_WIDTH, 1)

    @property
    def hidden_legs(self) -> tuple[str, ...]:
        """Legs of which nothing is drawn, where something is of the other."""
        shown = [leg.side for leg in self.points]
        return tuple(leg for leg in LEGS if shown and leg not in shown)


def attempt_shots(
    video: Source, track: PoseTrack, judgement: Judgement, index: int, people: Sequence[PersonTrack] = ()
) -> tuple[FrameCrop, ...]:
    """Take the pictures round one attempt's bottom, in order of time.

    Raises
    ------
    VideoError
        When the video cannot be read any more.
    """
    attempt = judgement.attempts[index]
    around = frames_around(video, attempt.bottom_s)
    pictures = [frame.rgb() for frame in around]
    if not pictures:
        return ()
    nearest = min(range(len(around)), key=lambda i: abs(around[i].time_s - attempt.bottom_s))
    window = _window(pictures[nearest], track.image_at(attempt.bottom_s))
    budget = min(ATTEMPT_BYTES, PAGE_BYTES // len(judgement.attempts))
    encoded = _encoded([_cut(picture, window) for picture in pictures], nearest, budget)
    outlines = Outliner(track, judgement, people).at(pictures[nearest], around[nearest].time_s)
    shots = []
    for place, (frame, (jpeg, width, height)) in enumerate(zip(around, encoded, strict=True)):
        seen = _seen_in(track.image_at(frame.time_s), window, width)
        bottom = place == nearest
        scale, origin = width / (window.x1 - window.x0), np.array([window.x0, window.y0])
        legs, points = (attempt_lines(attempt, judgement), leg_points(attempt.seen)) if bottom else ((), ())
        legs = tuple(leg.seen_in(origin, scale) for leg in legs)
        points = tuple(leg.seen_in(origin, scale) for leg in points)
        shots.append(
            FrameCrop(
                name=f"attempt-{index + 1}-{'bottom' if bottom else place + 1}.jpg",
                jpeg=jpeg,
                width=width,
                height=height,
                when="bottom" if bottom else _from_bottom(frame.time_s - attempt.bottom_s),
                time_s=attempt.bottom_s if bottom else frame.time_s,
                is_bottom=bottom,
                drawing=_drawing(seen),
                legs=tuple(_mark(leg, whose, width) for leg, whose in zip(legs, labels(legs), strict=True)),
                points=tuple(_point_marks(leg) for leg in points),
                near=_near(seen, legs, points, width, height) if bottom else None,
                lifter=_lifter(outlines, window, width) if bottom else "",
                note=fold_note(legs, attempt.seen),
            )
        )
    return tuple(shots)


def middle_shot(video: Source, track: PoseTrack, duration_s: float) -> FrameCrop | None:
    """Take one picture of a video without attempts, from its middle, so that one sees what was looked at."""
    around = frames_around(video, duration_s / 2, (0.0,))
    if not around:
        return None
    picture = around[0].rgb()
    window = Window(0, 0, picture.shape[1], picture.shape[0])
    jpeg, width, height = _encoded([picture], 0, ATTEMPT_BYTES)[0]
    seen = _seen_in(track.image_at(around[0].time_s), window, width)
    return FrameCrop("view.jpg", jpeg, width, height, "middle of the video", around[0].time_s, True, _drawing(seen))


def frames_around(video: Source, middle_s: float, around_s: Sequence[float] = AROUND_S) -> list[Frame]:
    """Find the frames nearest to some times round a middle: each once, in order, no more than that many in memory."""
    nearest: list[Frame | None] = [None] * len(around_s)
    start_s, end_s = middle_s + min(around_s) - SEARCH_S, middle_s + max(around_s) + SEARCH_S
    for frame in frames(video, start_s=max(0.0, start_s), end_s=end_s):
        for place, offset_s in enumerate(around_s):
            best, wanted_s = nearest[place], middle_s + offset_s
            if best is None or abs(frame.time_s - wanted_s) < abs(best.time_s - wanted_s):
                nearest[place] = frame
    return list({frame.time_s: frame for frame in nearest if frame}.values())


def _window(picture: Picture, landmarks: FloatArray | None) -> Window:
    """Box round the lifter at the bottom, the same for the neighbours, so that what moves is the lifter."""
    if landmarks is None or not np.isfinite(landmarks[DECIDING]).any():
        return Window(0, 0, picture.shape[1], picture.shape[0])
    return window_round(landmarks, body_size_px(landmarks), picture)


def _cut(picture: Picture, window: Window) -> Picture:
    return picture[window.y0 : window.y1, window.x0 : window.x1]


def _encoded(pictures: Sequence[Picture], bottom: int, budget_bytes: int) -> list[tuple[bytes, int, int]]:
    """Encode with the best of ENCODINGS that fits: JPEG, width and height of each picture."""
    made: list[tuple[bytes, int, int]] = []
    for bottom_px, other_px, quality in ENCODINGS:
        made = [_jpeg(one, bottom_px if i == bottom else other_px, quality) for i, one in enumerate(pictures)]
        if sum(len(jpeg) for jpeg, _, _ in made) <= budget_bytes:
            break
    return made


def _jpeg(picture: Picture, longest_px: int, quality: int) -> tuple[bytes, int, int]:
    height, width = picture.shape[:2]
    shrink = min(1.0, longest_px / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if shrink < 1.0 else picture
    done = cv2.imencode(".jpg", np.ascontiguousarray(small[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return done.tobytes(), *size


def _seen_in(landmarks: FloatArray | None, window: Window, width_px: int) -> FloatArray | None:
    if landmarks is None:
        return None
    return (landmarks - [window.x0, window.y0]) * (width_px / (window.x1 - window.x0))


def _drawing(landmarks: FloatArray | None) -> Drawing | None:
    """Sort bones and joints by side; None where there is nothing to draw."""
    if landmarks is None:
        return None
    seen = np.all(np.abs(landmarks) < FARTHEST_PX, axis=1)
    bones: dict[str, list[str]] = {"left": [], "right": [], "middle": []}
    dots: dict[str, list[str]] = {"left": [], "right": []}
    for a, b in BONES:
        if seen[a] and seen[b]:
            bones[_side(a, b)].append(_path(landmarks[[a, b]]))
    for index in DOTS[seen[DOTS]]:
        dots[_side(int(index), int(index))].append(f"{_path(landmarks[[index]])}h0")
    if not any(dots.values()):
        return None
    return Drawing(*({side: "".join(paths) for side, paths in group.items()} for group in (bones, dots)))


def _side(a: int, b: int) -> str:
    colour = bone_colour(a, b)
    return "left" if colour == LEFT else "right" if colour == RIGHT else "middle"


def _path(points: FloatArray) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _lifter(outlines: Sequence[FloatArray], window: Window, width_px: int) -> str:
    """Outline the lifter, for the rest of the picture to be darkened."""
    scale, origin = width_px / (window.x1 - window.x0), np.array([window.x0, window.y0])
    return "".join(f"{_path((one - origin) * scale)}Z" for one in outlines)


def _point_marks(leg: LegPoints) -> PointMarks:
    dots, rings = ("".join(f"{_path(point[None])}h0" for point in points) for points in (leg.seen_px, leg.inferred_px))
    return PointMarks(leg.side, dots, rings, f"{_path(leg.ellipse_px)}Z" if len(leg.ellipse_px) else "")


def _mark(leg: LegLines, whose: str | None, width_px: int) -> LegMark:
    """Turn lines into paths, with the depth written outside of the bracket, or above it where there is no room."""
    x, y = leg.label_px
    rightwards, letters = leg.rightwards, width_px / LETTERS_PER_WIDTH
    words = f"{SHORT[whose]} {signed(leg.cm)}" if whose else ""
    room = (LETTER_WIDTH * len(words) + LABEL_GAP) * letters
    inside = float(np.clip(x, 0.0, width_px - room) if rightwards else np.clip(x, room, width_px))
    if inside != x:
        y = min(y, leg.crease_px[0, 1]) - letters
    bracket = np.stack([leg.knee_top_px[0], leg.crease_px[0]])
    return LegMark(
        whose=whose,
        words=words,
        knee=_path(leg.knee_top_px),
        crease=_path(leg.crease_px),
        bracket=_path(bracket),
        label_x=round(inside, 1),
        label_y=round(float(y), 1),
        anchor="start" if rightwards else "end",
    )


def _near(
    seen: FloatArray | None, legs: Sequence[LegLines], dotted: Sequence[LegPoints], width_px: int, height_px: int
) -> tuple[float, float, float, float] | None:
    """Box that shows the legs, their points and labels large, inside the picture."""
    if seen is None or not np.isfinite(seen[DECIDING]).any():
        return None
    drawn = [part for leg in legs for part in (leg.knee_top_px, leg.crease_px)]
    drawn += [part for leg in dotted for part in (leg.seen_px, leg.inferred_px, leg.ellipse_px)]
    points = np.concatenate([seen[DECIDING], *drawn])
    size = np.minimum(legs_size_px(points), [width_px, height_px])
    middle = (np.nanmin(points, axis=0) + np.nanmax(points, axis=0)) / 2
    x, y = np.clip(middle - size / 2, 0.0, np.array([width_px, height_px]) - size)
    return round(float(x), 1), round(float(y), 1), round(float(size[0]), 1), round(float(size[1]), 1)


def _from_bottom(seconds: float) -> str:
    return f"{abs(seconds):.2f} s {'before' if seconds < 0 else 'after'}"
