"""Everyone in the video, as found four times a second."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np

from depthperception.concurrency import parallel_map
from depthperception.errors import OptionError
from depthperception.geometry.roi import box_iou
from depthperception.geometry.skeletons import COCO_BODY, COCO_THIGHS, COCO_TRUNK
from depthperception.people.movenet import LONG_SIDE_PX, Person, detect
from depthperception.people.optical_flow import VerticalFlow, vertical_flow
from depthperception.people.settings import TRACKING, PersonTracking
from depthperception.types import FloatArray, Picture, Progress, Step, silent, time_span
from depthperception.video import Editing, EditingWatch, Frame, FrameCache, Source, VideoInfo, frames

MOST_AT_ONCE = 6
"""The network never finds more (MoveNet MultiPose's model card); where it finds as many there may be others."""

SECOND_SIDE_PX = 256
"""The size the network was made for. Somebody half hidden in the dark of a rendered meet was found in 12 of 20 pictures
at this size and in 5 at 384; people further off are found at 384 only."""


FRAME_MISSING = 1.8
"""Usual intervals between two frames from which on one between them is missing: 2, less the rounding of times."""


@dataclass(frozen=True)
class FrameDetections:
    """Everyone found in one picture, and what fell since the look before."""

    time_s: float
    people: tuple[Person, ...]
    fall: VerticalFlow | None = None


@dataclass(frozen=True)
class Detections:
    """What one pass over the whole video saw: the time of every frame, and everyone, every so often.

    `damaged` counts the parts of the file that could not be decoded, `first_frame` the frames before those that were
    looked at. `turns_s` are the first frames of the next lifter's turn where the film is not cut, `keys_s` the frames
    that are predicted from no other.
    """

    frame_times_s: FloatArray
    sightings: tuple[FrameDetections, ...]
    damaged: int = 0
    editing: Editing = field(default_factory=Editing)
    first_frame: int = 0
    turns_s: tuple[float, ...] = ()
    keys_s: tuple[float, ...] = ()

    def __repr__(self) -> str:
        return f"<Detections in {len(self.sightings)} of {time_span(self.frame_times_s)}>"

    @property
    def duration_s(self) -> float:
        """Time of the last frame."""
        return float(self.frame_times_s[-1])

    @property
    def shots_s(self) -> tuple[tuple[float, float], ...]:
        """First and last frame of each shot, or turn: one, where the film is not cut and has one lifter.

        What is shown in a cross-fade belongs to neither.
        """
        times_s, cuts_s = self.frame_times_s, sorted({*self.editing.cuts_s, *self.turns_s})
        starts = [0, *np.searchsorted(times_s, cuts_s)]
        ends = [*np.searchsorted(times_s, [self.editing.shot_ends(cut_s) for cut_s in cuts_s]), len(times_s)]
        return tuple((float(times_s[a]), float(times_s[b - 1])) for a, b in zip(starts, ends, strict=True))

    def sighted(self, start_s: float, end_s: float) -> tuple[FrameDetections, ...]:
        """Everyone in a shot; from one shot to the next nothing falls."""
        found = [one for one in self.sightings if start_s <= one.time_s <= end_s]
        return tuple(replace(one, fall=None) if k == 0 else one for k, one in enumerate(found))

    def repeated_at(self, time_s: float) -> float:
        """Part of the frames that only repeat the one before, in the shot that has a frame."""
        return self.editing.repeated[int(np.searchsorted(self.editing.cuts_s, time_s, side="right"))]

    @property
    def gaps_s(self) -> tuple[tuple[float, float], ...]:
        """From and to the frames between which others are missing; none where nothing is damaged."""
        return self.unseen_s if self.damaged else ()

    @property
    def unseen_s(self) -> tuple[tuple[float, float], ...]:
        """From and to the frames between which others should be: damaged, or never in the file."""
        intervals_s = np.diff(self.frame_times_s)
        if not len(intervals_s):
            return ()
        missing = np.flatnonzero(intervals_s > FRAME_MISSING * np.median(intervals_s))
        return tuple((float(self.frame_times_s[k]), float(self.frame_times_s[k + 1])) for k in missing)

    def frame_at(self, time_s: float) -> int:
        """Number of the frame nearest to a time, from 0 at the film's first."""
        return self.first_frame + int(np.argmin(np.abs(self.frame_times_s - time_s)))


def detect_people(
    source: Source,
    info: VideoInfo,
    *,
    cache: FrameCache | None = None,
    on_progress: Progress = silent,
    settings: PersonTracking = TRACKING,
) -> Detections:
    """Go through a source once: note its frames' times and find everyone in it; let somebody keep frames of it.

    Raises
    ------
    VideoError
        When it cannot be read.
    OptionError
        When a part of a film was asked for in which there is no frame.
    """
    times: list[float] = []
    damage: list[None] = []
    keys: list[float] = []
    watch = EditingWatch()
    size_px = info.width, info.height
    sightings = Sightings(size_px, settings)
    stream = _watched(frames(source, on_damage=lambda: damage.append(None)), watch)
    due = _due(_keys_noted(stream, keys), settings.every_s, times, cache)
    for glanced in parallel_map(partial(glance, picture_px=size_px, settings=settings), due):
        sightings.add(glanced)
        time_s = glanced.frame.time_s
        on_progress(Step.FIND_PEOPLE, min(1.0, time_s / (info.duration_s or time_s + 1.0)))
    on_progress(Step.FIND_PEOPLE, 1.0)
    if not times:
        raise OptionError(
            f"{info.path.name} has no frame in the part that was asked for; expected times within the film. Give an "
            "earlier --start, or none."
        )
    found = tuple(sightings.found)
    return Detections(np.array(times), found, len(damage), watch.finish(), keys_s=tuple(keys))


def _watched(stream: Iterable[Frame], watch: EditingWatch) -> Iterator[Frame]:
    for frame in stream:
        watch.offer(frame.time_s, frame.thumbnail())
        yield frame


def _keys_noted(stream: Iterable[Frame], keys: list[float]) -> Iterator[Frame]:
    for frame in stream:
        if frame.is_key:
            keys.append(frame.time_s)
        yield frame


def _due(stream: Iterable[Frame], every_s: float, times: list[float], cache: FrameCache | None) -> Iterator[Frame]:
    """Note the time of every frame, let the cache see it, and give those in which everyone is looked for."""
    due_s = 0.0
    for frame in stream:
        times.append(frame.time_s)
        if cache:
            cache.offer(frame)
        if frame.time_s >= due_s:
            due_s = frame.time_s + every_s * 0.999  # frames of a 0.25 s grid must not miss it by rounding
            yield frame
    if cache:
        cache.finish()


@dataclass(frozen=True, eq=False)
class Glance:
    """What one look at a frame finds at once: the frame shrunk, and people."""

    frame: Frame
    small: Picture
    people: tuple[Person, ...]


def glance(frame: Frame, picture_px: tuple[int, int], settings: PersonTracking = TRACKING) -> Glance:
    """Look at a frame; several may be looked at beside each other."""
    small = frame.rgb(LONG_SIDE_PX)
    return Glance(frame, small, detect(small, picture_px))


class Sightings:
    """Everyone in the pictures that were looked at so far, put together in their order.

    Parameters
    ----------
    picture_px
        Width and height that positions are given in.
    settings
        When somebody may be missing, and what two looks at one person are.
    """

    def __init__(self, picture_px: tuple[int, int], settings: PersonTracking = TRACKING) -> None:
        self.found: list[FrameDetections] = []
        self.picture_px = picture_px
        self._settings = settings
        self._before: Picture | None = None

    def add(self, look: Glance) -> None:
        """Take the next look: find who is missing in it, and what fell since the look before."""
        time_s, settings = look.frame.time_s, self._settings
        recent = [one for one in self.found if time_s - one.time_s <= settings.remembered_s]
        expected = max((len(one.people) for one in recent), default=0)
        found = look.people, look.small
        whole = _completed(found, look.frame.rgb, self.picture_px, expected, settings)
        fell = None if self._before is None else vertical_flow(self._before, look.small, self.picture_px)
        self.found.append(FrameDetections(time_s, whole, fell))
        self._before = look.small

    def look_at(self, frame: Frame) -> None:
        """Look at the next frame, and take that look."""
        self.add(glance(frame, self.picture_px, self._settings))

    def forget(self, before_s: float) -> None:
        """Let go of looks before a time."""
        self.found = [one for one in self.found if one.time_s >= before_s]


def everyone(
    rgb: Callable[[int | None], Picture],
    picture_px: tuple[int, int],
    *,
    expected: int = 0,
    settings: PersonTracking = TRACKING,
) -> tuple[Person, ...]:
    """Find everyone in a picture, with what they wear; in its parts too, where there may be more than are found.

    Parameters
    ----------
    rgb
        Gives the upright picture, with neither side longer than it is told.
    picture_px
        Width and height that positions are given in.
    expected
        So many were there a moment ago: where fewer are found the network looks at a smaller picture too.
    settings
        How large its parts are, and when two are one.
    """
    small = rgb(LONG_SIDE_PX)
    return _completed((detect(small, picture_px), small), rgb, picture_px, expected, settings)


def _completed(
    found: tuple[tuple[Person, ...], Picture],
    rgb: Callable[[int | None], Picture],
    picture_px: tuple[int, int],
    expected: int,
    settings: PersonTracking,
) -> tuple[Person, ...]:
    """Look for who is missing among those found at first in a small picture, and at what everyone wears."""
    people, small = found
    if len(people) < expected:
        people = _with_more(people, detect(small, picture_px, long_side_px=SECOND_SIDE_PX), settings.same_box)
    if len(people) == MOST_AT_ONCE:
        people = _with_more(people, _in_tiles(rgb(2 * LONG_SIDE_PX), picture_px, settings), settings.same_box)
    scale = np.array([small.shape[1] / picture_px[0], small.shape[0] / picture_px[1]])
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.uint8)
    return tuple(replace(person, colours=_worn(lab, person.points_px * scale)) for person in people)


def _in_tiles(rgb: Picture, picture_px: tuple[int, int], settings: PersonTracking) -> list[Person]:
    """Find people in four overlapping parts of a picture; those whom a part cuts are left to the others."""
    height, width = rgb.shape[:2]
    unit = np.array([picture_px[0] / width, picture_px[1] / height])
    side = np.array([round(settings.tile_share * width), round(settings.tile_share * height)])
    found = []
    for corner in ([0, 0], [width - side[0], 0], [0, height - side[1]], [width - side[0], height - side[1]]):
        start = np.array(corner)
        part = np.ascontiguousarray(rgb[start[1] : start[1] + side[1], start[0] : start[0] + side[0]])
        for person in detect(part):
            box = person.box_px.reshape(2, 2)
            low, high = box[0] < settings.cut_share * side, box[1] > (1.0 - settings.cut_share) * side
            inner_low, inner_high = start > 0, start + side < [width, height]
            if not ((low & inner_low).any() or (high & inner_high).any()):
                moved = (person.points_px + start) * unit
                found.append(replace(person, points_px=moved, box_px=((box + start) * unit).ravel()))
    return found


def _with_more(people: Sequence[Person], others: Iterable[Person], same_box: float) -> tuple[Person, ...]:
    """Add those of the others, found by other looks, whose boxes are not of somebody who is there already."""
    kept = list(people)
    for other in others:
        if all(box_iou(other.box_px, person.box_px) < same_box for person in kept):
            kept.append(other)
    return tuple(kept)


def _worn(lab: Picture, points: FloatArray) -> FloatArray:
    """Mean colour (6,) of the trunk and of the thighs, in CIELAB as OpenCV scales it to 0 to 255."""
    trunk = np.zeros(lab.shape[:2], np.uint8)
    thighs = np.zeros(lab.shape[:2], np.uint8)
    at = np.clip(points, -1e4, 1e4).round().astype(np.int32)
    cv2.fillConvexPoly(trunk, at[list(COCO_TRUNK)], 1)
    for hip, knee in COCO_THIGHS:
        cv2.line(thighs, at[hip].tolist(), at[knee].tolist(), 1, 2)
    means = [cv2.mean(lab, mask)[:3] if mask.any() else (np.nan,) * 3 for mask in (trunk, thighs)]
    return np.concatenate(means)


def body_distance(one: FloatArray, other: FloatArray, height_px: float) -> float:
    """Mean distance of two bodies' points (17, 2) without the head, in heights."""
    return float(np.linalg.norm(one[COCO_BODY] - other[COCO_BODY], axis=1).mean() / max(height_px, 1.0))


def without_doubles(people: tuple[Person, ...], *, settings: PersonTracking = TRACKING) -> tuple[Person, ...]:
    """Drop the weaker of two sightings of the same body."""
    kept: list[Person] = []
    for person in people:
        if all(_apart(person, other) > settings.same_body for other in kept):
            kept.append(person)
    return tuple(kept)


def _apart(one: Person, other: Person) -> float:
    return body_distance(one.points_px, other.points_px, max(one.height_px, other.height_px))


def count_people(sightings: tuple[FrameDetections, ...], *, settings: PersonTracking = TRACKING) -> int:
    """How many people are in the frame: the most that at least a tenth of the sightings agree on."""
    counts = np.sort([len(without_doubles(sighting.people, settings=settings)) for sighting in sightings])
    return int(counts[-max(1, len(counts) // 10)]) if len(counts) else 0
