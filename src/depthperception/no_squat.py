"""What is said of a film in which no squat is seen, or none of him who has the bar."""

from collections.abc import Iterator, Sequence

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.detection import Movement, feet_are_out, squats_of
from depthperception.barbell import bar_goes_alone
from depthperception.case import Case
from depthperception.people import Choice, PersonTrack
from depthperception.pose.recovery import Recovery
from depthperception.pose.track import PoseTrack
from depthperception.results import Status
from depthperception.ruling.bearer import bar_of_somebody_hidden
from depthperception.ruling.rule import NO_SQUATS, no_squat_reason
from depthperception.video import Still

ABOUT_S = 1.0
"""Before and after his attempts the bar is looked for too: at rest it is where it comes back to."""


def nothing_to_judge(
    case: Case, choice: Choice, movements: Sequence[Movement], recovery: Recovery
) -> tuple[Status, str] | None:
    """Say why nothing is judged: no squat is seen, or he who has the bar is hidden; None where a squat is seen."""
    attempts = squats_of(movements)
    if not attempts:
        return "no_squat", _seen_instead(case, choice, movements, recovery.track)
    hidden = _hidden_lifter(case, attempts, recovery.person)
    return ("no_lifter", hidden) if hidden else None


def sits_note(movements: Sequence[Movement]) -> str | None:
    """Say when somebody sits down in a film of squats; None where nobody does."""
    sits = [f"{one.attempt.bottom_s:.1f}" for one in movements if one.kind == "sits"]
    return f"At {', '.join(sits)} s somebody sits down on something: that is not judged as a squat." if sits else None


def _seen_instead(case: Case, choice: Choice, movements: Sequence[Movement], track: PoseTrack) -> str:
    """Say what was seen instead of a squat, or what hides one."""
    kinds = {one.kind for one in movements}
    there = [part for one in case.people if (part := one.during(*case.span_s))]
    stills, count = _pictures(case, case.span_s)
    may_go_alone = kinds.isdisjoint(NO_SQUATS)
    return no_squat_reason(
        kinds,
        among_others=choice.number if choice.others(case.people) else None,
        feet_out=feet_are_out(track, case.info.height),
        bar_alone=may_go_alone and bar_goes_alone(stills, count, there, settings=case.settings.plates.unborne),
    )


def _hidden_lifter(case: Case, attempts: Sequence[Attempt], person: PersonTrack) -> str | None:
    """Say that the bar of the first attempts is somebody's who is not seen; None where it may be the lifter's."""
    watched = attempts[: case.settings.plates.attempts]
    if not watched:
        return None
    start_s, end_s = case.span_s
    span_s = max(start_s, watched[0].start_s - ABOUT_S), min(end_s, watched[-1].end_s + ABOUT_S)
    there = [part for one in case.people if (part := one.during(*span_s))]
    settings = case.settings.plates.unborne
    stills, count = _pictures(case, span_s)
    return bar_of_somebody_hidden(stills, count, person.during(*span_s), there, case.size_px, settings=settings)


def _pictures(case: Case, span_s: tuple[float, float]) -> tuple[Iterator[Still], int]:
    """Pictures of a part of the film, and how many they are."""
    times_s = case.seen.frame_times_s
    within = (times_s >= span_s[0]) & (times_s <= span_s[1])
    return case.cache.stills(*span_s), case.cache.count(times_s[within])
