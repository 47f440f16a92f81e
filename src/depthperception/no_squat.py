"""What is said of a film in which no squat is seen."""

from collections.abc import Sequence

from depthperception.attempts.detection import Movement, feet_are_out
from depthperception.barbell import bar_goes_alone
from depthperception.case import Case
from depthperception.people import Choice
from depthperception.pose.track import PoseTrack
from depthperception.ruling.rule import NO_SQUATS, no_squat_reason


def seen_instead(case: Case, choice: Choice, movements: Sequence[Movement], track: PoseTrack) -> str:
    """Say what was seen instead of a squat, or what hides one."""
    kinds = {one.kind for one in movements}
    there = [part for one in case.people if (part := one.during(*case.span_s))]
    start_s, end_s = case.span_s
    times_s = case.seen.frame_times_s[(case.seen.frame_times_s >= start_s) & (case.seen.frame_times_s <= end_s)]
    stills, count = case.cache.stills(start_s, end_s), case.cache.count(times_s)
    may_go_alone = kinds.isdisjoint(NO_SQUATS)
    return no_squat_reason(
        kinds,
        among_others=choice.number if choice.others(case.people) else None,
        feet_out=feet_are_out(track, case.info.height),
        bar_alone=may_go_alone and bar_goes_alone(stills, count, there, settings=case.settings.plates.unborne),
    )
