"""Everyone in the video, and which of them lifts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.ndimage import median_filter
from scipy.optimize import linear_sum_assignment

from depthperception.errors import OptionError
from depthperception.pose.movenet import HIPS, LONG_SIDE_PX, SHOULDERS, Person, detect
from depthperception.pose.region import Region
from depthperception.types import BoolArray, FloatArray, Progress, silent
from depthperception.video import VideoInfo, frames

EVERY_S = 0.25
"""Time between two looks for everyone: a squat takes two seconds and more, so each gives eight sightings."""

LONGEST_ABSENCE_S = 2.0
"""A track ends after this long unseen: spotters step in front of a lifter for about a second."""

FARTHEST_STEP = 0.5
"""Largest move between sightings, in heights of the person's box: a squat's descent at 4 Hz moves the hips by .2."""

FULL_TRAVEL = 0.12
"""Fall of (ankle - hip) / (ankle - shoulder) that surely is a squat: a stick figure has .63 standing, .49 parallel."""

STANDS_WITHIN_S = 2.0
"""A squat has its standing start or end within this time of any of its moments, but for long pauses."""

REGION_OVER_HEIGHT = 1.3
"""Side of the pose network's region over the person's standing height: 2.2 m for 1.7 m, as in pose/blazepose.py."""

LEAST_POINT_SCORE = 0.2
"""MoveNet's demo draws points from .11 on; ankles out of the picture of a rendered lifter mostly scored .02 to .12."""

PICK_REACH = 0.25
"""How far beside his box a person may be picked, in heights of the box: an arm's length, and a finger's on a screen."""

ANKLES = slice(15, 17)


@dataclass(frozen=True)
class Sighting:
    """Everyone found in one picture."""

    time_s: float
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Watch:
    """What one pass over the whole video saw: the time of every frame, and everyone, every `EVERY_S`."""

    frame_times_s: FloatArray
    sightings: tuple[Sighting, ...]

    @property
    def duration_s(self) -> float:
        """Time of the last frame."""
        return float(self.frame_times_s[-1])

    def frame_at(self, time_s: float) -> int:
        """Number of the frame nearest to a time, from 0."""
        return int(np.argmin(np.abs(self.frame_times_s - time_s)))


@dataclass(frozen=True)
class PersonTrack:
    """One person through the video, at the times at which he was found."""

    times_s: FloatArray
    people: tuple[Person, ...]

    @cached_property
    def boxes_px(self) -> FloatArray:
        """Boxes (n, 4): x0, y0, x1, y1."""
        return np.array([person.box_px for person in self.people])

    @cached_property
    def points_px(self) -> FloatArray:
        """COCO points (n, 17, 2)."""
        return np.array([person.points_px for person in self.people])

    def points_at(self, time_s: float) -> FloatArray:
        """COCO points (17, 2) at any time, linear between sightings, held at the ends."""
        return _between(self.times_s, self.points_px, time_s)

    def clear_at(self, time_s: float) -> BoolArray:
        """Which COCO points (17,) the nearest sighting is sure of: those out of the picture are not."""
        nearest = self.people[int(np.argmin(np.abs(self.times_s - time_s)))]
        return np.asarray(nearest.scores >= LEAST_POINT_SCORE)

    def region_at(self, time_s: float) -> Region:
        """The pose network's region: round the hips, as large as the tallest box within two seconds asks for.

        A lifter in the hole is as large as he was standing; his box is not.
        """
        x, y = self.points_at(time_s)[HIPS].mean(axis=0)
        reach = max(STANDS_WITHIN_S, self.unseen_s(time_s))
        first, last = np.searchsorted(self.times_s, [time_s - reach, time_s + reach + 1e-9])
        boxes = self.boxes_px[first:last]
        return Region(float(x), float(y), REGION_OVER_HEIGHT * float((boxes[:, 3] - boxes[:, 1]).max()))

    def tight_region_at(self, time_s: float) -> Region:
        """A region round the box of the moment, which leaves out more of the people beside him."""
        x0, y0, x1, y1 = _between(self.times_s, self.boxes_px, time_s)
        side = REGION_OVER_HEIGHT * max(y1 - y0, x1 - x0)
        return Region(float(x0 + x1) / 2, float(y0 + y1) / 2, float(side))

    def unseen_s(self, time_s: float) -> float:
        """Seconds from `time_s` to the nearest sighting."""
        after = int(np.searchsorted(self.times_s, time_s))
        return float(np.abs(self.times_s[max(0, after - 1) : after + 1] - time_s).min())

    @property
    def first_box_px(self) -> tuple[float, float, float, float]:
        """Box where he is first seen."""
        x0, y0, x1, y1 = (float(value) for value in self.people[0].box_px)
        return x0, y0, x1, y1

    @cached_property
    def height_px(self) -> float:
        """Height of the person when standing: the 90th percentile of the boxes'."""
        return float(np.percentile(self.boxes_px[:, 3] - self.boxes_px[:, 1], 90))


def _between(times_s: FloatArray, values: FloatArray, time_s: float) -> FloatArray:
    """Rows of `values` linear between their times, held at the ends."""
    after = int(np.clip(np.searchsorted(times_s, time_s), 1, max(1, len(times_s) - 1)))
    if len(times_s) < 2:
        return np.asarray(values[0])
    t0, t1 = times_s[after - 1], times_s[after]
    part = float(np.clip((time_s - t0) / (t1 - t0), 0.0, 1.0))
    return np.asarray((1.0 - part) * values[after - 1] + part * values[after])


@dataclass(frozen=True)
class Pick:
    """A point on the person who is to be judged: px in the upright picture, at a time in s.

    Raises
    ------
    OptionError
        When a number is not finite, or the time is before the first frame.
    """

    x_px: float
    y_px: float
    time_s: float

    def __post_init__(self) -> None:
        if not np.isfinite([self.x_px, self.y_px, self.time_s]).all() or self.time_s < 0:
            raise OptionError(
                f"A person was picked at ({self.x_px:g}, {self.y_px:g}) px and {self.time_s:g} s; expected a point of "
                "the picture and a time from 0 on. Pick a point on the lifter."
            )


@dataclass
class _Open:
    """A track that may still grow."""

    times_s: list[float] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)


def watch(path: Path, info: VideoInfo, *, every_s: float = EVERY_S, on_progress: Progress = silent) -> Watch:
    """Go through the whole video once: count its frames and find everyone in it."""
    times: list[float] = []
    sightings: list[Sighting] = []
    due = 0.0
    for frame in frames(path):
        times.append(frame.time_s)
        if frame.time_s < due:
            continue
        due = frame.time_s + every_s * 0.999  # frames of a 0.25 s grid must not miss it by rounding
        people = detect(frame.rgb(max_side_px=LONG_SIDE_PX), (info.width, info.height))
        sightings.append(Sighting(frame.time_s, people))
        on_progress("looking for people", min(1.0, frame.time_s / (info.duration_s or frame.time_s + 1.0)))
    on_progress("looking for people", 1.0)
    return Watch(np.array(times), tuple(sightings))


def link(sightings: Iterable[Sighting]) -> tuple[PersonTrack, ...]:
    """Join sightings to tracks: nearest next person first, by the Hungarian method.

    The cost is the mean distance of the body points, in heights of the box; beyond `FARTHEST_STEP` a sighting starts
    a track of its own.
    """
    tracks: list[_Open] = []
    for sighting in sightings:
        people = _without_doubles(sighting.people)
        growing = [t for t in tracks if sighting.time_s - t.times_s[-1] <= LONGEST_ABSENCE_S]
        taken = set()
        if growing and people:
            cost = np.array([[_distance(t.people[-1], person) for person in people] for t in growing])
            for row, column in zip(*linear_sum_assignment(cost), strict=True):
                if cost[row, column] <= FARTHEST_STEP:
                    _extend(growing[row], sighting.time_s, people[column])
                    taken.add(column)
        for index, person in enumerate(people):
            if index not in taken:
                tracks.append(_Open([sighting.time_s], [person]))
    return tuple(PersonTrack(np.array(track.times_s), tuple(track.people)) for track in tracks)


def choose_lifter(
    tracks: tuple[PersonTrack, ...], width_px: int, duration_s: float, pick: Pick | None = None
) -> PersonTrack | None:
    """Pick the person whose hips go down and up; nearest the centre when in doubt.

    Parameters
    ----------
    tracks
        Everyone, from `link`.
    width_px
        Width of the upright picture.
    duration_s
        Length of the video.
    pick
        A point on the person whom somebody chose instead.

    Raises
    ------
    OptionError
        When nobody is near the point that was picked.
    """
    if pick is not None:
        return picked(tracks, pick)
    lasting = [track for track in tracks if len(track.people) >= min(3, 1 + duration_s)]
    if not lasting:
        return None
    tallest = max(track.height_px for track in lasting)
    return max(lasting, key=lambda track: lifts(track, width_px, duration_s, tallest))


def picked(tracks: tuple[PersonTrack, ...], pick: Pick) -> PersonTrack:
    """Find the person at a point: of those whose box holds it the one whose box's middle is nearest, else the nearest.

    Distances are in heights of the box, so that a large person in front does not win over the one he stands beside.

    Raises
    ------
    OptionError
        When nobody is within `PICK_REACH` of the point, or nobody is seen at that time.
    """
    there = [track for track in tracks if track.unseen_s(pick.time_s) <= LONGEST_ABSENCE_S]
    ranked = sorted(there, key=lambda track: _away(track, pick))
    if not ranked or _away(ranked[0], pick)[0] > PICK_REACH:
        found = f"nearest is {_away(ranked[0], pick)[0]:.1f} body heights away" if ranked else "nobody is seen then"
        raise OptionError(
            f"There is nobody at ({pick.x_px:.0f}, {pick.y_px:.0f}) px at {pick.time_s:.2f} s: {found}. Expected a "
            "point on a person. Pick one on the lifter, at a time at which he is seen."
        )
    return ranked[0]


def _away(track: PersonTrack, pick: Pick) -> tuple[float, float]:
    """Distances of a point from a person's box and from its middle, in heights of the box."""
    x0, y0, x1, y1 = _between(track.times_s, track.boxes_px, pick.time_s)
    height_px = max(float(y1 - y0), 1.0)
    beside = np.hypot(max(x0 - pick.x_px, 0.0, pick.x_px - x1), max(y0 - pick.y_px, 0.0, pick.y_px - y1))
    middle = np.hypot((x0 + x1) / 2 - pick.x_px, (y0 + y1) / 2 - pick.y_px)
    return float(beside / height_px), float(middle / height_px)


def count_people(sightings: tuple[Sighting, ...]) -> int:
    """How many people are in the frame: the most that at least a tenth of the sightings agree on."""
    counts = np.sort([len(_without_doubles(sighting.people)) for sighting in sightings])
    return int(counts[-max(1, len(counts) // 10)]) if len(counts) else 0


def lifts(track: PersonTrack, width_px: int, duration_s: float, tallest_px: float) -> float:
    """Score "this one lifts", 0 to 1: hips that travel, near the centre, large, there for most of the video."""
    centre = float(np.median((track.boxes_px[:, 0] + track.boxes_px[:, 2]) / 2))
    central = 1.0 - min(1.0, abs(centre / width_px - 0.5) * 2)
    lasting = min(1.0, float(np.ptp(track.times_s)) / max(duration_s, 1e-6))
    large = track.height_px / tallest_px
    travel = min(1.0, hip_travel(track) / FULL_TRAVEL)
    return float((0.1 + 0.9 * travel) * large * (0.4 + 0.6 * central) * np.sqrt(lasting))


def hip_travel(track: PersonTrack) -> float:
    """How far the hips fall between shoulders and ankles, as a part of that distance.

    A ratio within the body, so that neither a moving camera nor a person who walks up to it counts as travel.
    """
    ratios = []
    for person in track.people:
        hip, shoulder, ankle = (person.points_px[part, 1].mean() for part in (HIPS, SHOULDERS, ANKLES))
        if ankle - shoulder > 0.25 * (person.box_px[3] - person.box_px[1]):
            ratios.append((ankle - hip) / (ankle - shoulder))
    if len(ratios) < 3:
        return 0.0
    calm = median_filter(np.array(ratios), size=3, mode="nearest")
    return float(np.percentile(calm, 90) - calm.min())


def _extend(track: _Open, time_s: float, person: Person) -> None:
    track.times_s.append(time_s)
    track.people.append(person)


def _distance(one: Person, other: Person) -> float:
    height = max(one.box_px[3] - one.box_px[1], other.box_px[3] - other.box_px[1], 1.0)
    trunk = slice(5, 17)
    return float(np.linalg.norm(one.points_px[trunk] - other.points_px[trunk], axis=1).mean() / height)


def _without_doubles(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Drop the weaker of two sightings of the same body."""
    kept: list[Person] = []
    for person in people:
        if all(_distance(person, other) > 0.1 for other in kept):
            kept.append(person)
    return tuple(kept)
