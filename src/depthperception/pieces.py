"""A long film, looked at piece by piece: what was seen of one is let go of before the next."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from depthperception.case import Case, case_of, find_people
from depthperception.options import Options
from depthperception.people import PersonTrack, checked_number, hip_travel
from depthperception.people.lifting_cues import hip_height
from depthperception.types import BoolArray, FloatArray, Progress
from depthperception.video import Editing, Shot, probe
from depthperception.video_facts import Span

PIECE_S = 600.0
"""A film that is half as long again is divided into pieces of at most so much: ten minutes of looks at people take
20 MB (8 kB a look in a film of one person), and more in a crowd."""

LOOK_BACK_S = 120.0
"""A piece ends within this time of its longest at a moment at which nobody is down: a set of 20 takes as long."""

QUIET_S = 2.5
"""Before and after a low moment, for a lifter is looked at standing, too; and before a piece's last frame, for who goes
down there is not low yet."""

DOWN, LEAST_TRAVEL = 0.5, 0.1
"""Part of the way of his hips, and standing heights at least, by which somebody is down."""

LEAST_SIGHTINGS = 8
"""Of somebody who counts: two seconds."""


@dataclass(frozen=True)
class Seam:
    """Where a film's next piece begins, and how many people were found in those before it."""

    start_s: float
    people: int

    @classmethod
    def after(cls, case: Case) -> "Seam | None":
        """Give the seam at a piece's end; None of a film that is not looked at in pieces."""
        if case.next_s is None or case.people_before is None:
            return None
        return cls(case.next_s, case.people_before + len(case.people))


def pieces_of(path: Path, options: Options, on_progress: Progress, seam: Seam | None = None) -> Iterator[Case]:
    """Find everyone in a film, or in one piece of a long one after the other.

    A film that says nothing of its length is one piece.

    Parameters
    ----------
    path, options, on_progress
        As `judge` takes them.
    seam
        Where to go on, in a film whose pieces before it are known; None at the beginning.

    Raises
    ------
    OptionError
        When somebody is asked for by a number that nobody in any piece has.
    """
    first_s, end_s = options.part_s or (0.0, math.inf)
    stated_s = probe(path).duration_s
    last_s = end_s if stated_s is None else min(stated_s, end_s)
    if seam is None and (not math.isfinite(last_s) or last_s - first_s <= 1.5 * PIECE_S):
        yield find_people(path, options, on_progress)
        return
    start_s, before = (seam.start_s, seam.people) if seam else (first_s, 0)
    while start_s < last_s:
        is_last = last_s - start_s <= 1.5 * PIECE_S
        case = find_people(path, options, on_progress, part_s=(start_s, end_s if is_last else start_s + PIECE_S))
        until = None if is_last else quiet_frame(case)
        if until is None and not is_last:  # a gap, or times that leap: what comes is one piece
            case = find_people(path, options, on_progress, part_s=(start_s, end_s) if start_s > first_s else None)
        start_s = math.inf if until is None else float(case.seen.frame_times_s[until])
        part = case if until is None else until_frame(case, until)
        case = replace(part, people_before=before, next_s=start_s)
        del part
        before += len(case.people)
        yield case
        del case  # its pictures, before the next piece's come
    if isinstance(options.lifter, int):
        checked_number(options.lifter, before)


def quiet_frame(case: Case) -> int | None:
    """Index of the frame with which the next piece begins: the last at which nobody is down; None where none is due."""
    times_s = case.seen.frame_times_s
    candidates = np.flatnonzero(_within(times_s, times_s[-1] - LOOK_BACK_S, times_s[-1] - QUIET_S))[1:]
    if not len(candidates):
        return None
    quiet = np.ones(len(candidates), bool)
    for person in case.people:
        if len(person.people) >= LEAST_SIGHTINGS:
            for start_s, end_s in low_spans(person):
                quiet &= ~_within(times_s[candidates], start_s - QUIET_S, end_s + QUIET_S)
    return int(candidates[quiet][-1] if quiet.any() else candidates[-1])


def low_spans(person: PersonTrack) -> list[Span]:
    """From and to which somebody's hips are low, at single looks."""
    travel = hip_travel(person)
    if travel < LEAST_TRAVEL:
        return []
    height = hip_height(person)
    low = person.times_s[height < np.percentile(height, 90) - DOWN * travel]
    return [(float(time_s), float(time_s)) for time_s in low]


def _within(times_s: FloatArray, start_s: float, end_s: float) -> BoolArray:
    return np.asarray((times_s >= start_s) & (times_s <= end_s))


def until_frame(case: Case, frame: int) -> Case:
    """Give the part of a case before the frame with an index."""
    seen, times_s = case.seen, case.seen.frame_times_s[:frame]
    span_s = float(times_s[0]), float(times_s[-1])
    cuts_s = tuple(time_s for time_s in seen.editing.cuts_s if time_s <= span_s[1])
    stills = tuple(still for still in seen.editing.stills_s if still[0] < span_s[1])
    fades_s = tuple(fade_s for fade_s in seen.editing.fades_s if fade_s[1] in cuts_s)
    part = replace(
        seen,
        frame_times_s=times_s,
        sightings=seen.sighted(*span_s),
        editing=Editing(cuts_s, seen.editing.repeated[: len(cuts_s) + 1], stills, fades_s),
        turns_s=(),
    )
    cache = case.cache.of(Shot(case.info.source, *span_s))
    info = replace(case.info, duration_s=span_s[1])
    return replace(case_of(case.options, info, cache, part, span_s), lies_by_deg=case.lies_by_deg)
