"""An attempt on the time axis: which pose at which second, and when the bottoms are."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from depthperception.errors import OptionError
from depthperception.synth.body import SIDES, Body
from depthperception.synth.motion import Feet, Pose, squat_pose, standing_hips
from depthperception.synth.scenario import Attempt, FootStep, Rep, Style
from depthperception.synth.truth import Truth, measure

HIP_RANGE = (0.40, 1.60)
"""Heights of the hips at the bottom that are searched for a depth, above the ankle, in shank lengths."""

SIT_BACK = 1.7
"""Power of the hips' way back: above 1 they go back earlier than down."""

WALK_M = 0.45
"""How far the lifter steps back out of the rack (scaled by stature), in three steps."""

STEP_S, STEP_LIFT_M = 0.35, 0.03
"""How long a step of one foot takes, and how high it is lifted (scaled by stature)."""

_USUAL_AMOUNT = {"double_bounce": 0.15, "downward_movement": 0.10, "second_descent": 0.7}


def _waypoints(rep: Rep) -> tuple[tuple[float, float], ...]:
    """After the bottom: (share of the ascent's time, how far down then)."""
    amount, end = rep.amount or _USUAL_AMOUNT.get(rep.kind, 0.0), rep.unfinished
    if rep.kind == "failed_ascent":
        return (0.5, 0.55), (0.2, 0.55), (0.5, 0.97)
    if rep.kind == "double_bounce":
        return (0.2, 1.0 - amount), (0.2, 1.0 - 0.1 * amount), (1.0, end)
    if rep.kind == "downward_movement":
        return (0.55, 0.40), (0.25, 0.40 + amount), (0.45, end)
    if rep.kind == "second_descent":
        return (0.8 * amount, 1.0 - amount), (0.8 * amount, 1.0), (1.0, end)
    return ((1.0, end),)


@dataclass(frozen=True)
class _Leg:
    """A stretch of time on which the lifter goes from one level to another; level 0 stands, 1 is the bottom."""

    start_s: float
    end_s: float
    begin: float
    finish: float
    sharpness: float
    rep: int

    def level(self, time_s: float) -> float:
        x = (time_s - self.start_s) / max(self.end_s - self.start_s, 1e-9)
        if self.finish >= self.begin:
            return self.begin + (self.finish - self.begin) * _smooth(x**self.sharpness)
        return self.finish + (self.begin - self.finish) * _smooth((1.0 - x) ** self.sharpness)


@dataclass(frozen=True, eq=False)
class Performance:
    """A body going through an attempt. Times in seconds from the clip's start.

    Attributes
    ----------
    top_m, bottoms_m
        Height of the hips, and how far they are ahead of the ankles: standing, and at each rep's bottom.
    bottoms_s
        First moment of the deepest position of each rep's first descent.
    spans_s
        When each rep starts to go down, and when it ends.
    """

    body: Body
    style: Style
    attempt: Attempt
    top_m: tuple[float, float]
    bottoms_m: tuple[tuple[float, float], ...]
    legs: tuple[_Leg, ...]
    bottoms_s: tuple[float, ...]
    spans_s: tuple[tuple[float, float], ...]
    duration_s: float

    @property
    def standing_s(self) -> float:
        """A moment of standing still before the first rep."""
        return self.attempt.walk_s + self.attempt.stand_s / 2.0

    def level(self, time_s: float) -> tuple[float, int]:
        """How far down (0 standing, 1 the bottom) and in which rep."""
        last = (0.0, 0)
        for leg in self.legs:
            if time_s < leg.start_s:
                return last
            if time_s <= leg.end_s:
                return leg.level(time_s), leg.rep
            last = leg.finish, leg.rep
        return last

    def pose(self, time_s: float) -> Pose:
        """Pose at a time."""
        level, rep = self.level(time_s)
        feet = self.feet(time_s)
        top_m = self.top_m if feet.width == 1.0 else standing_hips(self.body, self.style, feet.width)
        hip_m, ahead_m = hips_at(top_m, self.bottoms_m[rep], level)
        return squat_pose(self.body, self.style, hip_m, ahead_m, level, feet)

    def feet(self, time_s: float) -> Feet:
        """Where the feet are: on their way out of the rack, planted, or where a step puts them."""
        feet = _walk(self.attempt.walk_s, time_s, self.body.scale)
        for rep, bottom_s in zip(self.attempt.reps, self.bottoms_s, strict=True):
            if rep.step:
                start_s = bottom_s + rep.pause_s + rep.step.after * rep.ascent_s
                feet = _stepped(feet, rep.step, (time_s - start_s) / STEP_S, self.body.scale)
        return feet

    def truth(self, time_s: float) -> Truth:
        """Truth at a time."""
        return measure(self.body, self.pose(time_s))


def perform(body: Body, style: Style, attempt: Attempt) -> Performance:
    """Solve every rep for its depth and lay the attempt out in time.

    Raises
    ------
    OptionError
        A depth is out of this body's reach in this style.
    """
    legs: list[_Leg] = []
    bottoms, spans = [], []
    now = attempt.walk_s + attempt.stand_s
    for i, rep in enumerate(attempt.reps):
        start = now
        now = _lay_out(legs, rep, i, now, attempt.reps[i - 1].unfinished if i else 0.0)
        bottoms.append(start + rep.descent_s)
        spans.append((start, now))
        now += attempt.between_s if i + 1 < len(attempt.reps) else attempt.lockout_s
    return Performance(
        body=body,
        style=style,
        attempt=attempt,
        top_m=standing_hips(body, style),
        bottoms_m=tuple(hips_for_depth(body, style, rep.depth_cm) for rep in attempt.reps),
        legs=tuple(legs),
        bottoms_s=tuple(bottoms),
        spans_s=tuple(spans),
        duration_s=now,
    )


def hips_at(top_m: tuple[float, float], bottom_m: tuple[float, float], level: float) -> tuple[float, float]:
    """Hips on the way from standing (level 0) to the bottom (1): back at first, then down."""
    back = 1.0 - (1.0 - min(level, 1.0)) ** SIT_BACK
    return top_m[0] + (bottom_m[0] - top_m[0]) * level, top_m[1] + (bottom_m[1] - top_m[1]) * back


@lru_cache(maxsize=8)
def hips_for_depth(body: Body, style: Style, depth_cm: float) -> tuple[float, float]:
    """Hips (height, ahead of the ankles, m) at which the mean depth of both sides is as wanted.

    Raises
    ------
    OptionError
        The depth is out of reach.
    """
    ankle = body.head("foot.R")[2]
    low, high = (ankle + share * body.shank_m for share in HIP_RANGE)

    def excess_cm(hip_m: float) -> float:
        return measure(body, squat_pose(body, style, hip_m, arms="still")).depth_cm - depth_cm

    deepest, highest = excess_cm(low), excess_cm(high)
    if not highest <= 0.0 <= deepest:
        message = (
            f"a depth of {depth_cm:+.1f} cm; this body in this style reaches {highest + depth_cm:+.1f} to "
            f"{deepest + depth_cm:+.1f} cm; ask for a depth in between or change stance and shank angle"
        )
        raise OptionError(message)
    hip_m = float(brentq(excess_cm, low, high, xtol=1e-6))
    pose = squat_pose(body, style, hip_m, arms="still")
    ahead = [pose.joint(f"upperleg01.{c}")[1] - pose.joint(f"foot.{c}")[1] for c in SIDES]
    return hip_m, float(np.mean(ahead))


def _lay_out(legs: list[_Leg], rep: Rep, index: int, start_s: float, begin: float) -> float:
    """Append the rep's stretches; return when it ends."""
    now, level = start_s + rep.descent_s, 1.0
    legs.append(_Leg(start_s, now, begin, 1.0, rep.sharpness, index))
    now += rep.pause_s
    for share, to in _waypoints(rep):
        after = now + share * rep.ascent_s
        legs.append(_Leg(now, after, level, to, rep.sharpness if level == 1.0 else 1.0, index))
        now, level = after, to
    return now


def _smooth(x: float) -> float:
    """Rise from 0 to 1 with zero slope at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def _walk(walk_s: float, time_s: float, scale: float) -> Feet:
    """Three steps back: right, left, right out to full stance."""
    if time_s >= walk_s:
        return Feet()
    x = time_s / walk_s
    steps = [min(max(3.0 * x - k, 0.0), 1.0) for k in range(3)]
    done = [_smooth(s) for s in steps]
    lift = [0.05 * scale * float(np.sin(np.pi * s)) for s in steps]
    right = WALK_M * scale * (1.0 - 0.6 * done[0] - 0.4 * done[2])
    left = WALK_M * scale * (1.0 - done[1])
    return Feet((left, right), (lift[1], lift[0] + lift[2]), 0.7 + 0.3 * done[2])


def _stepped(feet: Feet, step: FootStep, done: float, scale: float) -> Feet:
    """Put the right foot where a step has it, `done` of which (0 to 1) is over."""
    if done <= 0.0:
        return feet
    share, lift = _smooth(done), STEP_LIFT_M * scale * float(np.sin(np.pi * min(done, 1.0)))
    return replace(
        feet,
        forward_m=(feet.forward_m[0], feet.forward_m[1] + share * step.ahead_m),
        aside_m=(feet.aside_m[0], feet.aside_m[1] + share * step.aside_m),
        lift_m=(feet.lift_m[0], feet.lift_m[1] + lift),
    )
