"""What the pictures say in words, so that all of them say it alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from depthperception.judgement import AttemptJudgement, BarMotion, Cover, Coverer, Judgement, Reading

STATUS_WORDS = {"judged": "Judged", "no_squat": "No squat", "no_person": "No person", "no_lifter": "No lifter"}

BOTTOM_S = 0.15
"""Half the time that is called the bottom: at 5 m/s2 the hips are then within 6 cm of their lowest point."""

LOCKOUT_S = 1.0
"""How long the finished lift is called lockout: about what a referee waits before "Rack"."""


@dataclass(frozen=True)
class Phase:
    """A stretch of one attempt, in s of presentation time."""

    name: str
    start_s: float
    end_s: float


def phases(attempt: AttemptJudgement) -> tuple[Phase, ...]:
    """Cut an attempt into descent, bottom, ascent and, where the lifter stood up, lockout."""
    start, bottom, end = attempt.start_s, attempt.bottom_s, attempt.end_s
    low, high = max(bottom - BOTTOM_S, (start + bottom) / 2), min(bottom + BOTTOM_S, (bottom + end) / 2)
    last = ("lockout",) if attempt.stood_up else ()
    bounds = (start, low, high, end, end + LOCKOUT_S)
    names = ("descent", "bottom", "ascent", *last)
    return tuple(Phase(name, bounds[i], bounds[i + 1]) for i, name in enumerate(names))


def attempt_at(attempts: Sequence[AttemptJudgement], time_s: float) -> int | None:
    """Give the index of the last attempt that has begun; None before the first."""
    begun = [index for index, attempt in enumerate(attempts) if attempt.start_s <= time_s]
    return begun[-1] if begun else None


def phase_at(attempts: Sequence[AttemptJudgement], time_s: float) -> str:
    """Name the phase at a time; outside of every attempt it is "standing"."""
    index = attempt_at(attempts, time_s)
    if index is None:
        return "standing"
    return next((p.name for p in phases(attempts[index]) if p.start_s <= time_s < p.end_s), "standing")


def nearest_to_the_line(attempts: Sequence[AttemptJudgement]) -> int:
    """Give the index of the attempt that can be disputed most: the least certain one of those with a number.

    Where no attempt has a number it is the first.
    """

    def certainty(index: int) -> tuple[bool, float, float]:
        depth = attempts[index].depth
        if depth.cm is None:
            return True, 0.0, 0.0
        margin = abs(depth.probability - 0.5) if depth.probability is not None else 0.0
        return False, margin, abs(depth.cm)

    return min(range(len(attempts)), key=certainty)


def signed(cm: float) -> str:
    """Write a depth where there is little room: sign, one decimal, a true minus; + is below the top of the knee."""
    return f"{cm:+.1f}".replace("-", "−").replace("−0.0", "+0.0")


def depth_words(depth: Reading) -> str:
    """Write a depth as "2.3 cm below"; empty when there is none."""
    return "" if depth.cm is None else f"{abs(depth.cm):.1f} cm {_side(depth.cm)}"


def interval_words(depth: Reading) -> str:
    """Write the interval as "90 %: 0.4 to 4.1 cm below" or "90 %: 0.4 cm above to 1.1 cm below"; empty without one."""
    if depth.interval90_cm is None:
        return ""
    low, high = depth.interval90_cm
    if _side(low) != _side(high):
        return f"90 %: {abs(low):.1f} cm {_side(low)} to {abs(high):.1f} cm {_side(high)}"
    near, far = sorted((abs(low), abs(high)))
    return f"90 %: {near:.1f} to {far:.1f} cm {_side(low)}"


def _side(cm: float) -> str:
    return "below" if cm > 0 else "above"


def probability_words(depth: Reading) -> str:
    """Write how likely depth is; never 0 or 100 %, which no measurement gives."""
    if depth.probability is None:
        return ""
    percent = 100 * depth.probability
    number = "over 99" if percent > 99 else "under 1" if percent < 1 else f"{percent:.0f}"
    return f"probability of depth {number} %"


def no_attempt_words(judgement: Judgement) -> str:
    """Say why there is nothing to rule on."""
    said = STATUS_WORDS[judgement.status] if judgement.status != "judged" else "No attempt"
    return f"{said}: {judgement.reason}" if judgement.reason else said


COVERERS: dict[Coverer, str] = {"plate": "a disc", "person": "somebody else"}


def cover_words(cover: Cover | None) -> str:
    """Say what stood in front of hip creases and knees at the bottom; empty where nothing is known to."""
    points = {"hip crease": cover.crease, "knee": cover.knee_top} if cover else {}
    said = []
    for coverer, name in COVERERS.items():
        hidden = [
            f"{side} {point}"
            for point, covered in points.items()
            for side, by in (("left", covered.left), ("right", covered.right))
            if by == coverer
        ]
        if hidden:
            said.append(f"Behind {name} at the bottom: {', '.join(hidden)}.")
    return " ".join(said)


def bar_words(bar: BarMotion) -> tuple[str, ...]:
    """Say how the bar moved, a line for each of: down, up, where it sticks; or why there is nothing to say."""
    ways = (("down", bar.descent), ("up", bar.ascent))
    lines = [
        f"{name}: {way.way_cm:.0f} cm in {way.end_s - way.start_s:.2f} s, {way.mean_m_s:.2f} m/s mean, "
        f"{way.peak_m_s:.2f} peak"
        for name, way in ways if way
    ]  # fmt: skip
    if bar.sticking:
        sticks = bar.sticking
        lines.append(f"sticks {sticks.height_cm:.0f} cm over the bottom: {sticks.velocity_m_s:.2f} m/s")
    elif bar.reason:
        lines.append(bar.reason)
    return tuple(lines)
