"""A film's attempts as referees would rule on them: timeline, checks, cards and lights of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import over_feet_cm
from depthperception.attempts.stance import Stance, measure_stance, neighbours_s
from depthperception.attempts.timeline import follow_attempt, measure_stillness
from depthperception.barbell.kinematics import REACH_S
from depthperception.barbell.sinking import ends_lower_cm, watch_ascent, without_gaps, without_slips
from depthperception.geometry.skeletons import EARS, HIPS, SHOULDERS, WRISTS
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.results import AttemptJudgement, Camera, Scale
from depthperception.rules import RuleBook
from depthperception.ruling.checks import Watched, check_all
from depthperception.ruling.hints import RACK_AFTER_S, SQUAT_BEFORE_S, find_hints
from depthperception.ruling.lights import cards_of, decide
from depthperception.ruling.settings import LIMITS, RefereeLimits
from depthperception.video.sound import loud_calls

LEAST_SINKING_CM = 0.5
"""Smaller ones are not even noted."""

BODY = np.concatenate([EARS, SHOULDERS, WRISTS, HIPS])
"""What goes with the bar on his shoulders."""

COMES_UP_S = 2.5
"""How long after the bottom somebody who is not seen to stand again may still come up by himself."""


@dataclass(frozen=True)
class Seat:
    """What a referee sees beside the measured attempts.

    Attributes
    ----------
    track
        All looks at the lifter.
    others
        Everybody else.
    video
        The file, for its sound; None where there is none to listen to.
    frame_at
        Gives the frame of a time.
    close
        Close looks at him standing before and after the attempts.
    """

    track: PoseTrack
    others: Sequence[PersonTrack]
    camera: Camera
    scale: Scale
    size_px: tuple[int, int]
    video: Path | None
    frame_at: Callable[[float], int]
    close: PoseTrack = field(default_factory=empty_track)


def referee(
    judged: Sequence[AttemptJudgement],
    attempts: Sequence[Attempt],
    seat: Seat,
    book: RuleBook,
    sure: float,
    *,
    limits: RefereeLimits = LIMITS,
) -> tuple[AttemptJudgement, ...]:
    """Give every attempt its timeline, checks, cards, lights, and what comes of them.

    Parameters
    ----------
    judged, attempts
        The film's attempts with their depths, and as they were found, in order of time.
    seat
        What is seen.
    book
        Whose rules.
    sure
        How probable a side of the line has to be to be called.
    limits
        From which size on something is a fault.
    """
    stances = [measure_stance(seat.track, attempts, index, seat.size_px, seat.close) for index in range(len(attempts))]
    stands = tuple(stand for one in stances for stand in (one.before, one.after) if stand)
    ruled = []
    for index, (one, stance) in enumerate(zip(judged, stances, strict=True)):
        watched = replace(_watch(one, attempts, index, stance, seat), stands=stands)
        checks = check_all(watched, book, limits)
        decided = decide(one, checks, book, seat.camera, sure)
        frames = {time_s: seat.frame_at(time_s) for time_s in (check.time_s or 0.0 for check in checks)}
        timeline = follow_attempt(
            seat.track.between(*neighbours_s(attempts, index)),
            replace(attempts[index], bottom_s=one.bottom_s),
            one.bar,
            stance,
            watched.stillness,
            watched.cm_per_px,
            highest_s=watched.up.highest_s if watched.up else one.end_s,
        )
        ruled.append(
            replace(
                one,
                stood_up=watched.stands_again,
                end_s=watched.over_s,
                timeline=timeline,
                checks=checks,
                cards=cards_of(decided, checks, book, frames),
                lights=decided.lights,
                lift=decided.lift,
            )
        )
    return tuple(ruled)


def _watch(judged: AttemptJudgement, attempts: Sequence[Attempt], index: int, stance: Stance, seat: Seat) -> Watched:
    """Measure what the checks ask for."""
    track, scale = seat.track, seat.scale
    span = max(0.0, judged.start_s - SQUAT_BEFORE_S), judged.end_s + RACK_AFTER_S
    calls = loud_calls(seat.video, *span) if seat.video else None
    path = judged.bar.path if judged.bar else None
    up_s = _whole_way_s(attempts, index, judged)
    whole = over_feet_cm(track.between(*up_s), BODY, scale.cm_per_px)
    carried = watch_ascent(*whole, judged.bottom_s, up_s, LEAST_SINKING_CM)
    bar = watch_ascent(path.times_s, path.height_cm, judged.bottom_s, up_s, LEAST_SINKING_CM) if path else None
    if path and bar:
        bar = without_gaps(bar, path.times_s)
        carriers = [track.height_cm(points, scale.cm_per_px) for points in (SHOULDERS, HIPS)]
        bar = without_slips(bar, (path.times_s, path.height_cm), carriers) if carried else bar
    return Watched(
        judged=judged,
        attempt=attempts[index],
        stance=stance,
        stillness=measure_stillness(track, attempts, index, stance, scale.cm_per_px),
        stands=(),
        bar=bar,
        carried=carried,
        bar_lower_cm=ends_lower_cm(path.times_s, path.height_cm, attempts[index].span_s) if path else None,
        cm_per_px=scale.cm_per_px,
        cm_per_m=100.0 * scale.model_factor,
        hints=find_hints(judged, track, seat.others, calls, scale.cm_per_px),
    )


def _whole_way_s(attempts: Sequence[Attempt], index: int, judged: AttemptJudgement) -> tuple[float, float]:
    """When an attempt's way down may begin and its way up end: not in a neighbour."""
    earlier_s, next_s = neighbours_s(attempts, index)
    end_s = judged.end_s if judged.stood_up else max(judged.end_s, judged.bottom_s + COMES_UP_S)
    return max(judged.start_s - REACH_S, earlier_s), min(end_s + REACH_S, next_s)
