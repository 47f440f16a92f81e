"""Attempts of which only landmarks are known: what they show is checked, what needs bar or picture is not guessed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.lockout import Lockout, lockout
from depthperception.attempts.stance import measure_stance, neighbours_s
from depthperception.attempts.timeline import Stillness, follow_attempt
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

NEEDS_MORE: tuple[Cause, ...] = ("double_bounce", "downward_movement", "foot_movement", "motionless")
"""The bar's plates, or a scale and the picture's edges."""

ALONE = "Landmarks alone do not show it."


def attempt_of_sequence(track: PoseTrack, bottom_s: float, depth: Reading, sure: float) -> AttemptJudgement:
    """Take a sequence from standing to standing for one attempt, and rule on its depth.

    Parameters
    ----------
    track
        Landmarks in the picture; metres may be unknown.
    bottom_s
        When the hips are lowest.
    depth
        What a method says of it.
    sure
        How probable a side of the line has to be to be called.

    Raises
    ------
    ValueError
        When the track is empty.
    """
    up = _lockout(track).stood_up
    ruling = rule(depth, None, sure)
    return AttemptJudgement(
        float(track.times_s[0]), bottom_s, float(track.times_s[-1]), _nearest(track, bottom_s),
        bool(up), ruling.verdict, ruling.reason, ruling.depth, {depth.method: depth}, cut_short=up is None,
    )  # fmt: skip


def referee_landmarks(
    judged: Sequence[AttemptJudgement],
    track: PoseTrack,
    book: RuleBook,
    sure: float,
    *,
    frame_at: Callable[[float], int] | None = None,
    limits: RefereeLimits = LIMITS,
) -> tuple[AttemptJudgement, ...]:
    """Hold the attempts of somebody of whom only landmarks are known against a rule book.

    Parameters
    ----------
    judged
        With their depths, in order of time.
    track
        Landmarks in the picture; metres may be unknown.
    book
        Whose rules.
    sure
        How probable a side of the line has to be to be called.
    frame_at
        Gives the frame of a time; those of the track are counted where it is None.
    limits
        From which size on something is a fault.
    """
    frame_at = frame_at or (lambda time_s: _nearest(track, time_s))
    attempts = [Attempt(one.start_s, one.bottom_s, one.end_s, one.stood_up) for one in judged]
    stances = [measure_stance(track, attempts, index, (0, 0)) for index in range(len(attempts))]
    stands = tuple(stand for one in stances for stand in (one.before, one.after) if stand)
    hints = {cause: Check(cause, "not_checked", ALONE) for cause in NEEDS_PICTURE}
    ruled = []
    for index, (one, attempt, stance) in enumerate(zip(judged, attempts, stances, strict=True)):
        still = Stillness(0.0, 0.0, 0.0, 0.0)
        up = _lockout(track.between(one.start_s, one.end_s))
        watched = Watched(
            judged=one,
            attempt=attempt,
            stance=stance,
            stillness=still,
            stands=stands,
            bar=None,
            carried=Ascent((), 0.0, one.end_s, up.recovery),
            bar_lower_cm=None,
            cm_per_px=1.0,
            cm_per_m=100.0,
            hints=hints,
        )
        checks = tuple(_said_plainly(check, one, track) for check in check_all(watched, book, limits))
        decided = decide(one, checks, book, None, sure)
        frames = {time_s: frame_at(time_s) for time_s in (check.time_s or 0.0 for check in checks)}
        own = track.between(*neighbours_s(attempts, index))
        timeline = follow_attempt(own, attempt, None, stance, still, 1.0, highest_s=one.end_s)
        cards = cards_of(decided, checks, book, frames)
        ruled.append(
            replace(one, timeline=timeline, checks=checks, cards=cards, lights=decided.lights, lift=decided.lift)
        )
    return tuple(ruled)


def _said_plainly(check: Check, judged: AttemptJudgement, track: PoseTrack) -> Check:
    """Say of what no landmark shows that none does: not that it was seen too badly."""
    alone = check.cause in NEEDS_MORE
    if not np.isfinite(track.world_m).any():
        alone |= check.cause == "start_position" or (check.cause == "finish_position" and judged.stood_up)
    return replace(check, says=ALONE) if alone and check.finding == "not_checked" else check


def _nearest(track: PoseTrack, time_s: float) -> int:
    return int(np.abs(track.times_s - time_s).argmin())


def _lockout(track: PoseTrack) -> Lockout:
    try:
        return lockout(track.times_s, _body_px(track))
    except DataError:  # too few looks to tell
        return Lockout(0.0, None)


def _body_px(track: PoseTrack) -> FloatArray:
    """Landmarks (n, 33, 2) with those that a pose source may lack, as toes and face, put at the hips."""
    body = np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])
    hips = track.image_px[:, HIPS].mean(axis=1, keepdims=True)
    filled = np.broadcast_to(hips, track.image_px.shape).copy()
    filled[:, body] = track.image_px[:, body]
    return filled
