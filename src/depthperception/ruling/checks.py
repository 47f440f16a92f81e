"""What a rule book asks for, held against what was measured of one attempt: a finding for each cause, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.stance import Stance, Stand
from depthperception.attempts.timeline import LEAST_STILL_S, Stillness
from depthperception.barbell.sinking import Ascent, Sinking
from depthperception.decision import Cause, Check, Finding
from depthperception.results import AttemptJudgement
from depthperception.rules import RuleBook
from depthperception.ruling.hints import Hints
from depthperception.ruling.lights import FINDINGS
from depthperception.ruling.settings import RefereeLimits

RECOVERED = 0.9
"""Part of its way down that the bar of a lifter who stands again has climbed, or of his straight legs' length that
theirs is: the knees need not be locked."""


CLIMBS_ON = 0.25
"""Part of the way up that a lifter climbs more than his bar: trunk and bar part by a tenth at most (RECOVERED)."""


@dataclass(frozen=True)
class Watched:
    """What was measured of one attempt for a referee.

    Attributes
    ----------
    stands
        Every stand of the film: the straightest is his own standing maximum.
    bar, carried
        The way up of the bar, and of the body that carries it; None where they are not seen through it.
    bar_lower_cm
        How much lower the bar ends than it began; None where that is not seen.
    cm_per_px, cm_per_m
        True centimetres per px of the picture and per metre of the pose model.
    hints
        What somebody should look at.
    """

    judged: AttemptJudgement
    attempt: Attempt
    stance: Stance
    stillness: Stillness
    stands: tuple[Stand, ...]
    bar: Ascent | None
    carried: Ascent | None
    bar_lower_cm: float | None
    cm_per_px: float
    cm_per_m: float
    hints: Hints

    def straightest(self, beside: Stand) -> Stand | None:
        """Give the straightest stand of those that were looked at as another one was."""
        alike = [one for one in self.stands if one.close == beside.close]
        return max(alike, key=lambda stand: stand.leg_m, default=None)

    @property
    def bar_all_the_way(self) -> Ascent | None:
        """The bar's way up; None where the lifter is seen to climb on when its plates are lost."""
        if self.bar and self.carried and self.carried.recovered - self.bar.recovered > CLIMBS_ON:
            return None
        return self.bar

    @property
    def up(self) -> Ascent | None:
        """The way up by what is seen for longer: a plate is not always followed to its end."""
        return max(filter(None, (self.bar, self.carried)), key=lambda one: one.highest_s, default=None)

    @property
    def stands_again(self) -> bool:
        """Whether he stands up, by the hips in the picture, by the bar or shoulders, or by how long his legs are.

        In quick reps hips are looked at too rarely, and a camera that follows him hides their rise.
        """
        after = self.stance.after
        best = self.straightest(after) if after else None
        straight = after is not None and best is not None and after.leg_m >= RECOVERED * best.leg_m
        return self.judged.stood_up or straight or bool(self.up and self.up.recovered >= RECOVERED)

    @property
    def over_s(self) -> float:
        """When the ascent is over: he stands; where his hips are not seen to, bar or shoulders are highest."""
        if self.judged.stood_up or self.up is None:
            return self.judged.end_s
        return max(self.judged.end_s, self.up.highest_s)


def check_all(watched: Watched, book: RuleBook, limits: RefereeLimits) -> tuple[Check, ...]:
    """Check an attempt for every cause of a rule book, in the book's order."""
    return tuple(CHECKS[one.cause](watched, limits) for one in book.causes)


def _depth(watched: Watched, limits: RefereeLimits) -> Check:
    judged = watched.judged
    return Check(
        "depth", FINDINGS[judged.verdict], judged.reason, value=judged.depth.cm, unit="cm", time_s=judged.bottom_s
    )


def _start_position(watched: Watched, limits: RefereeLimits) -> Check:
    if not watched.attempt.stood_before or watched.attempt.doubt == "begins":
        return Check("start_position", "not_checked", "The film does not show the lifter standing before the descent.")
    if watched.stillness.before_shown_s < 2.0 * LEAST_STILL_S:
        return Check("start_position", "not_checked", "The lifter goes down at once: there is no stand to start from.")
    return _knees("start_position", watched.stance.before, watched, limits)


def _finish_position(watched: Watched, limits: RefereeLimits) -> Check:
    if not watched.stands_again:
        why = "The film ends before the lockout." if watched.judged.cut_short else "The lifter does not stand up again."
        return Check("finish_position", "not_checked", why)
    return _knees("finish_position", watched.stance.after, watched, limits)


def _knees(cause: Cause, stand: Stand | None, watched: Watched, limits: RefereeLimits) -> Check:
    """Hold a stand against the straightest one: knees that are not locked bend more, and the leg is shorter."""
    when = "before the descent" if cause == "start_position" else "after the ascent"
    best = watched.straightest(stand) if stand else None
    if stand is None or best is None:
        return Check(cause, "not_checked", f"Too few looks show the lifter standing {when}.")
    short_cm = watched.cm_per_m * (best.leg_m - stand.leg_m)
    bend_deg = float(stand.flexion_deg.mean() - best.flexion_deg.mean())
    said = f"The knees are bent by {stand.flexion_deg.mean():.0f}° {when}: as straight as anywhere in the film."
    noise_cm, limit_cm, limit_deg = limits.leg_noise_cm, limits.leg_short_cm, limits.flexion_deg
    if stand.close:
        noise_cm, (limit_cm, limit_deg) = limits.close_leg_noise_cm, _close_limits(stand, watched, limits)
    if short_cm >= noise_cm:
        said = (
            f"The knees are bent by {max(bend_deg, 0.0):.0f}° more, and hip and ankle {short_cm:.1f} cm nearer to each "
            f"other, {when} than in the straightest stand of the film."
        )
    fault = short_cm >= limit_cm and bend_deg >= limit_deg
    finding: Finding = "fault" if fault else "passed"
    return Check(cause, finding, said, short_cm, "cm", noise_cm, limit_cm, stand.end_s)


def _close_limits(stand: Stand, watched: Watched, limits: RefereeLimits) -> tuple[float, float]:
    """How much shorter and more bent legs are that were looked at closely, for knees that are not locked."""
    feet = _foot_movement(watched, limits)
    short_cm, bend_deg = limits.close_leg_short_cm, limits.close_flexion_deg
    if feet.finding == "fault":
        return limits.stepped * short_cm, limits.stepped * bend_deg
    before = watched.stance.before
    # A camera that comes nearer or goes moves shoulders as a bend does, and parts the feet.
    stays = feet.value is not None and feet.value <= limits.close_foot_cm / 2.0
    if stays and before is not None and before.close:
        lower_cm = watched.cm_per_px * (before.shoulders_px - stand.shoulders_px)
        if lower_cm >= limits.lower_cm:
            bar_too = watched.bar_lower_cm is not None and watched.bar_lower_cm >= limits.lower_cm
            return limits.lower_leg_short_cm, 0.0 if bar_too else limits.lower_flexion_deg
    return short_cm, bend_deg


def _double_bounce(watched: Watched, limits: RefereeLimits) -> Check:
    return _sinks("double_bounce", watched, limits, "bounces", at_bottom=True)


def _downward_movement(watched: Watched, limits: RefereeLimits) -> Check:
    return _sinks("downward_movement", watched, limits, "moves down on its way up", at_bottom=False)


def _sinks(cause: Cause, watched: Watched, limits: RefereeLimits, verb: str, *, at_bottom: bool) -> Check:
    """Hold the largest sinking of the bar against the limit, or where no plate shows it that of the whole lifter."""
    if bar := watched.bar_all_the_way:
        limit = max(limits.bar_sinks_cm, limits.multiple * bar.jitter_cm)
        check = Check(cause, "passed", f"The bar nowhere {verb} by {limit:.1f} cm or more.", 0.0, "cm")
        check = replace(check, noise=max(limits.bar_noise_cm, bar.jitter_cm), limit=limit)
        largest, slip = bar.largest(at_bottom=at_bottom), bar.largest_slip(at_bottom=at_bottom)
        if largest is not None and largest.drop_cm >= limit:
            return _held(check, "fault", largest, f"The {_sank(largest, verb, 'bar')}")
        if slip is not None and slip.drop_cm >= limit:
            return _held(check, "review", slip, _slipped(slip))
        return _held(check, "passed", largest, check.says) if largest else check
    why = "No plate of the bar is seen through the ascent"
    largest = watched.carried.largest(at_bottom=at_bottom) if watched.carried else None
    limit = _carried_limit_cm(watched.carried, limits) if watched.carried else 0.0
    if watched.carried and largest and largest.drop_cm >= limit:
        check = Check(cause, "fault", why, unit="cm", noise=watched.carried.jitter_cm, limit=limit)
        return _held(check, "fault", largest, f"{why}; the {_sank(largest, verb, 'lifter, head to hips,')}")
    return Check(cause, "not_checked", f"{why}.")


def _held(check: Check, finding: Finding, sinking: Sinking, said: str) -> Check:
    return replace(check, finding=finding, says=said, value=sinking.drop_cm, time_s=sinking.top_s)


def _carried_limit_cm(carried: Ascent, limits: RefereeLimits) -> float:
    return max(limits.carried_sinks_cm, limits.multiple * carried.jitter_cm)


def _sank(sinking: Sinking, verb: str, what: str) -> str:
    return f"{what} {verb}: {sinking.drop_cm:.1f} cm down from {sinking.top_s:.2f} to {sinking.low_s:.2f} s."


def _slipped(slip: Sinking) -> str:
    but = "not the lifter who carries it" if slip.seen else "it is lost for some pictures there"
    return (
        f"What was followed as the bar's plate sinks by {slip.drop_cm:.1f} cm from {slip.top_s:.2f} to {slip.low_s:.2f}"
        f" s, but {but}."
    )


def _not_completed(watched: Watched, limits: RefereeLimits) -> Check:
    judged = watched.judged
    if watched.stands_again:
        said = f"The lifter stands again at {watched.over_s:.2f} s."
        return Check("not_completed", "passed", said, time_s=watched.over_s)
    if judged.cut_short:
        return Check("not_completed", "not_checked", "The film ends before the lockout.")
    up = watched.up
    if up is None or (watched.bar is None and judged.verdict == "not_judgeable"):
        said = "It is not seen well enough whether the lifter stands up."
        return Check("not_completed", "not_checked", said, time_s=judged.end_s)
    said = f"The lifter gets {100.0 * up.recovered:.0f} % of the way up by {up.highest_s:.2f} s and does not stand up."
    return Check("not_completed", "fault", said, time_s=up.highest_s)


def _foot_movement(watched: Watched, limits: RefereeLimits) -> Check:
    feet = watched.stance.feet
    if feet is None or not watched.stands_again:
        return Check("foot_movement", "not_checked", "The feet are not seen well enough before and after the lift.")
    moved_cm, noise_cm = watched.cm_per_px * feet.moved_px, watched.cm_per_px * feet.noise_px
    least_cm, usual_cm = limits.foot_cm, limits.foot_noise_cm
    if feet.close:
        least_cm, usual_cm = limits.close_foot_cm, limits.close_foot_noise_cm
    limit_cm = max(least_cm, limits.multiple * noise_cm)
    said = f"A foot is {moved_cm:.1f} cm from where it stood beside the other, across the line of sight."
    finding: Finding = "fault" if moved_cm >= limit_cm else "passed"
    noise_cm = max(usual_cm, noise_cm)
    return Check("foot_movement", finding, said, moved_cm, "cm", noise_cm, limit_cm, watched.judged.end_s)


def _motionless(watched: Watched, limits: RefereeLimits) -> Check:
    still = watched.stillness
    ends = [
        (when, held, shown, time_s)
        for when, held, shown, time_s, asked in (
            ("before the descent", still.before_s, still.before_shown_s, watched.judged.start_s, True),
            ("after the ascent", still.after_s, still.after_shown_s, watched.judged.end_s, watched.stands_again),
        )
        if asked and shown >= 2.0 * LEAST_STILL_S
    ]
    if not ends:
        return Check("motionless", "not_checked", "The film shows too little of the lifter standing.")
    for when, held, _, time_s in ends:
        if held < LEAST_STILL_S:
            said = f"The lifter is not seen to stand still {when}."
            return Check("motionless", "review", said, held, "s", limit=LEAST_STILL_S, time_s=time_s)
    said = " and ".join(f"{held:.1f} s {when}" for when, held, _, _ in ends)
    return Check("motionless", "passed", f"The lifter stands still for {said}.", ends[0][1], "s", limit=LEAST_STILL_S)


def _hinted(cause: Cause) -> Callable[[Watched, RefereeLimits], Check]:
    def check(watched: Watched, limits: RefereeLimits) -> Check:
        return watched.hints[cause]

    return check


def _never(cause: Cause, said: str) -> Callable[[Watched, RefereeLimits], Check]:
    return lambda watched, limits: Check(cause, "not_checked", said)


CHECKS: Mapping[Cause, Callable[[Watched, RefereeLimits], Check]] = {
    "depth": _depth,
    "start_position": _start_position,
    "finish_position": _finish_position,
    "double_bounce": _double_bounce,
    "downward_movement": _downward_movement,
    "not_completed": _not_completed,
    "foot_movement": _foot_movement,
    "motionless": _motionless,
    "signals": _hinted("signals"),
    "spotter_contact": _hinted("spotter_contact"),
    "elbow_contact": _hinted("elbow_contact"),
    "bar_dropped": _hinted("bar_dropped"),
    "bar_position": _never("bar_position", "Where the bar lies on the shoulders is not measured."),
    "dress": _never("dress", "Hands, costume and equipment are not looked at."),
}
"""How each cause is looked at."""
