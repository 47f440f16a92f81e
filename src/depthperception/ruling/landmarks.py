"""An attempt of which only landmarks are known: what they show is checked, what needs bar or picture is not guessed."""

from dataclasses import replace

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.lockout import Lockout, lockout
from depthperception.attempts.stance import measure_stance
from depthperception.attempts.timeline import Stillness
from depthperception.barbell.sinking import Ascent
from depthperception.decision import Cause, Check
from depthperception.errors import DataError
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, Reading
from depthperception.rules import RuleBook
from depthperception.ruling.checks import Watched, check_all
from depthperception.ruling.lights import cards_of, decide
from depthperception.ruling.rule import rule
from depthperception.ruling.settings import LIMITS, RefereeLimits
from depthperception.types import FloatArray

NEEDS_PICTURE: tuple[Cause, ...] = ("signals", "spotter_contact", "elbow_contact", "bar_dropped")


def referee_landmarks(
    track: PoseTrack,
    bottom_s: float,
    depth: Reading,
    book: RuleBook,
    sure: float,
    *,
    limits: RefereeLimits = LIMITS,
) -> AttemptJudgement:
    """Hold a sequence of one attempt, from standing to standing, against a rule book.

    Parameters
    ----------
    track
        Landmarks in the picture; metres may be unknown.
    bottom_s
        When the hips are lowest.
    depth
        What a method says of it.
    book
        Whose rules.
    sure
        How probable a side of the line has to be to be called.

    Raises
    ------
    ValueError
        When the track is empty.
    """
    start_s, end_s = float(track.times_s[0]), float(track.times_s[-1])
    try:
        found = lockout(track.times_s, _body_px(track))
    except DataError:  # too few looks to tell
        found = Lockout(0.0, None)
    up = found.stood_up
    attempt = Attempt(start_s, bottom_s, end_s, stood_up=bool(up))
    ruling = rule(depth, None, sure)
    judged = AttemptJudgement(
        start_s, bottom_s, end_s, int(np.abs(track.times_s - bottom_s).argmin()), bool(up),
        ruling.verdict, ruling.reason, ruling.depth, {depth.method: depth}, cut_short=up is None,
    )  # fmt: skip
    stance = measure_stance(track, (attempt,), 0, (0, 0))
    hints = {cause: Check(cause, "not_checked", "Landmarks alone do not show it.") for cause in NEEDS_PICTURE}
    stands = [stand for stand in (stance.before, stance.after) if stand]
    watched = Watched(
        judged=judged,
        attempt=attempt,
        stance=stance,
        stillness=Stillness(0.0, 0.0, 0.0, 0.0),
        best=max(stands, key=lambda stand: stand.leg_m, default=None),
        bar=None,
        carried=Ascent((), 0.0, end_s, found.recovery),  # what carries the bar is not asked whether it sinks
        cm_per_px=1.0,
        cm_per_m=100.0,
        hints=hints,
    )
    checks = check_all(watched, book, limits)
    decided = decide(judged, checks, book, None, sure)
    times = {one.time_s or 0.0 for one in checks}
    frames = {time_s: int(np.abs(track.times_s - time_s).argmin()) for time_s in times}
    cards = cards_of(decided, checks, book, frames)
    return replace(judged, checks=checks, cards=cards, lights=decided.lights, lift=decided.lift)


def _body_px(track: PoseTrack) -> FloatArray:
    """Landmarks (n, 33, 2) with those that a pose source may lack, as toes and face, put at the hips."""
    body = np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])
    hips = track.image_px[:, HIPS].mean(axis=1, keepdims=True)
    filled = np.broadcast_to(hips, track.image_px.shape).copy()
    filled[:, body] = track.image_px[:, body]
    return filled
