"""Attempts with what a referee needs to rule on them: a figure that squats, and a bar of heights that are given."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.bar_motion import BarMotion, BarPath
from depthperception.decision import Cause, Check
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, Camera
from depthperception.rules import rule_book
from depthperception.ruling.referee import Seat, referee
from tests.support.figures import figure, track
from tests.support.report_examples import SCALE, attempt, camera

BOTTOM_S = 2.3
TIMES = np.arange(0.0, 5.0, 0.125)
CM_PER_PX = 0.25


def looks(ends_deg: float = 0.0) -> PoseTrack:
    """See him stand, squat from 1.2 to 3.4 s, and stand with thighs that lean by so much."""
    return track(TIMES, np.interp(TIMES, [1.2, BOTTOM_S, 3.4], [0.0, 95.0, ends_deg]))


def carrying(moves: BarMotion) -> PoseTrack:
    """See him squat with that bar on his shoulders."""
    angles = np.arange(0.0, 100.0)
    sinks_cm = [100.0 * (figure(0.0) - figure(angle))[SHOULDERS, 2].mean() for angle in angles]
    path = moves.path
    assert path is not None
    bar_cm = np.interp(TIMES, path.times_s, path.height_cm)
    return track(TIMES, np.interp(bar_cm.max() - bar_cm, sinks_cm, angles))


def judged(cm: float | None = 3.0, **others: object) -> AttemptJudgement:
    """Judge that squat's depth."""
    found = replace(attempt(BOTTOM_S, cm), start_s=1.4, end_s=3.3)
    return replace(found, **others)  # type: ignore[arg-type]


def bar(*sinks: tuple[float, float]) -> BarMotion:
    """Let a bar go with him that sinks by so many cm from such a height over the bottom on, in its order."""
    times = np.arange(0.9, 3.8, 1.0 / 30.0)
    knots = [(0.9, 50.0), (1.2, 50.0), (BOTTOM_S, 0.0)]
    for top_cm, drop_cm in sinks:
        knots += [(knots[-1][0] + 0.3, top_cm), (knots[-1][0] + 0.7, top_cm - drop_cm)]
    knots += [(3.4, 50.0), (3.8, 50.0)]
    at_s, at_cm = zip(*knots, strict=True)
    heights = np.interp(times, np.array(at_s), np.array(at_cm))
    px = tuple((400.0, 600.0 - height) for height in heights)
    return BarMotion(("left",), BOTTOM_S, path=BarPath(tuple(times.tolist()), px, tuple(heights.tolist()), None))


def ruled(
    one: AttemptJudgement,
    seen: PoseTrack | None = None,
    *,
    book: str = "ipf",
    where: Camera | None = None,
    close: PoseTrack | None = None,
) -> AttemptJudgement:
    """Let the referee rule on one attempt, of a lifter who moves with his bar where nothing else is seen."""
    return ruled_each((one,), seen, book=book, where=where, close=close)[0]


def ruled_each(
    each: Sequence[AttemptJudgement],
    seen: PoseTrack | None = None,
    *,
    book: str = "ipf",
    where: Camera | None = None,
    close: PoseTrack | None = None,
) -> tuple[AttemptJudgement, ...]:
    """Let the referee rule on a film's attempts, of a lifter who moves with the first one's bar if nothing is seen."""
    found = [Attempt(one.start_s, one.bottom_s, one.end_s, one.stood_up) for one in each]
    scale = replace(SCALE, cm_per_px=CM_PER_PX)
    bar = each[0].bar
    seen = seen or (carrying(bar) if bar and bar.path else looks())
    seat = Seat(seen, (), where or camera(), scale, (720, 1280), None, lambda time_s: round(30.0 * time_s))
    seat = replace(seat, close=close) if close else seat
    return referee(each, found, seat, rule_book(book), 0.65)


def check(one: AttemptJudgement, cause: Cause) -> Check:
    """Give what was found of a cause."""
    return next(check for check in one.checks if check.cause == cause)
