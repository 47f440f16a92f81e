"""Lifters who take turns before one camera: a flight at a meet, each of whom walks out, lifts, and leaves.

Each is sought while he goes down and up, among those who are there then: beside him the next one only waits. Who lifts
elsewhere in the room has no turn; where two lift side by side, or again and again in turn, the film is not divided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.geometry.skeletons import COCO_HIPS
from depthperception.people.lifting_cues import hip_height, hip_travel
from depthperception.people.selection import choose
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.people.tracking import PersonTrack

LEAST_SIGHTINGS = 8
"""Of a lifter in his turn: two seconds at four looks a second, the least that a squat takes."""

AROUND_S = 3.0
"""Before his first and after his last low moment he is compared with the others: a descent, and standing."""

STANDS_S = 0.5
"""A turn begins and ends with its lifter standing for so long, or he was lost in the middle of a squat, and it is the
same man who is found again."""


SAME_PLACE, SAME_SIZE = 1.5, 1.5
"""On one platform hips are at most so many standing heights apart in the picture, and heights differ by this factor at
most: a platform is 4 m wide, and statures differ by a fifth."""


@dataclass(frozen=True)
class _Turn:
    """When somebody is there, and from when to when he goes down and up, s; his height and where his hips are, px."""

    there_s: tuple[float, float]
    work_s: tuple[float, float]
    height_px: float
    hips_px: tuple[float, float]

    def on_platform_of(self, other: "_Turn") -> bool:
        """Whether both lift at one place."""
        away = float(np.hypot(*np.subtract(self.hips_px, other.hips_px))) / max(self.height_px, other.height_px)
        return away <= SAME_PLACE and 1.0 / SAME_SIZE <= self.height_px / other.height_px <= SAME_SIZE

    @property
    def seen_s(self) -> tuple[float, float]:
        """When he is compared with the others."""
        (first_s, last_s), (start_s, end_s) = self.there_s, self.work_s
        return max(first_s, start_s - AROUND_S), min(last_s, end_s + AROUND_S)

    @property
    def stands_before(self) -> bool:
        """Whether he is seen standing before he goes down."""
        return self.work_s[0] - self.there_s[0] >= STANDS_S

    @property
    def stands_after(self) -> bool:
        """Whether he is seen standing when he is done."""
        return self.there_s[1] - self.work_s[1] >= STANDS_S

    def with_other(self, other: "_Turn") -> "_Turn":
        return replace(self, there_s=_around(self.there_s, other.there_s), work_s=_around(self.work_s, other.work_s))


def turn_times(
    tracks: Sequence[PersonTrack], size_px: tuple[int, int], *, settings: LifterSelection = SELECTION
) -> tuple[float, ...]:
    """Find when the next lifter's turn begins; empty where one lifts, or nobody, or several do beside each other.

    Parameters
    ----------
    tracks
        Everyone in one shot, from `link`.
    size_px
        Width and height of the upright picture.
    settings
        What tells a lifter.
    """
    found = [turn for one in tracks if (turn := _turn(one, tracks, size_px, settings))]
    nearest = max(found, key=lambda one: one.height_px, default=None)
    turns = sorted((one for one in found if nearest and one.on_platform_of(nearest)), key=lambda one: one.work_s)
    kept: list[_Turn] = turns[:1]
    starts: list[float] = []
    for turn in turns[1:]:
        if kept[-1].stands_after and turn.stands_before and kept[-1].work_s[1] < turn.work_s[0]:
            starts.append(_between(kept[-1], turn))
            kept.append(turn)
        else:
            kept[-1] = kept[-1].with_other(turn)
    return tuple(starts)


def _turn(
    track: PersonTrack, tracks: Sequence[PersonTrack], size_px: tuple[int, int], settings: LifterSelection
) -> _Turn | None:
    """Give somebody's turn where he is who lifts while he is there, and squats with his hands at his shoulders."""
    if len(track.people) < LEAST_SIGHTINGS:
        return None
    height, travel = hip_height(track, settings=settings.cues), hip_travel(track, settings=settings.cues)
    if travel < settings.least_travel:
        return None
    low = track.times_s[height < np.percentile(height, 90) - travel / 2]
    x_px, y_px = np.median([track.points_at(time_s)[COCO_HIPS].mean(axis=0) for time_s in low], axis=0).tolist()
    turn = _Turn(
        there_s=(float(track.times_s[0]), float(track.times_s[-1])),
        work_s=(float(low[0]), float(low[-1])),
        height_px=track.height_px,
        hips_px=(x_px, y_px),
    )
    here = [(one, part) for one in tracks if (part := one.during(*turn.seen_s)) is not None]
    first_s, last_s = turn.seen_s
    parts = tuple(part for _, part in here)
    choice = choose(parts, size_px, last_s - first_s, since_s=first_s, settings=settings)
    if choice.number is None or here[choice.number - 1][0] is not track:
        return None
    lifts = choice.candidates[choice.number - 1].lifting_cues.hands >= settings.also_hands
    return turn if lifts else None


def _between(before: _Turn, after: _Turn) -> float:
    """When one turn ends and the next begins: as the next lifter comes, or between their lifts where both are there."""
    if after.there_s[0] > before.there_s[1]:
        return after.there_s[0]
    return (max(after.there_s[0], before.work_s[1]) + min(before.there_s[1], after.work_s[0])) / 2


def _around(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return min(one[0], other[0]), max(one[1], other[1])
