"""What terminal, pictures and page say in words, so that all of them say it alike."""

from collections.abc import Sequence
from typing import Any

from depthperception.bar_motion import BarMotion
from depthperception.depth.calling import deciding_words, leans_words
from depthperception.results import AttemptJudgement, Camera, Cover, Coverer, Judgement, Lifter, Reading, Verdict

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run a cell that begins so (OWASP, CSV injection); an apostrophe before it makes it text."""

STATUS_WORDS = {"judged": "Judged", "no_squat": "No squat", "no_person": "No person", "no_lifter": "No lifter"}


def formula_safe(value: Any) -> Any:
    """Give a cell of a table that people open in a spreadsheet: text that would be run is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


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


def leaning_words(attempt: AttemptJudgement) -> str:
    """Write to which side an attempt leans that is too close to call; empty where it is called, or not judgeable."""
    return leans_words(attempt.depth.probability or 0.0) if attempt.verdict == "too_close" else ""


def no_attempt_words(judgement: Judgement) -> str:
    """Say why there is nothing to rule on."""
    said = STATUS_WORDS[judgement.status] if judgement.status != "judged" else "No attempt"
    return f"{said}: {judgement.reason}" if judgement.reason else said


COVERERS: dict[Coverer, str] = {"plate": "a plate", "person": "somebody else"}


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
        f"{name}: {way.way_cm:.0f} cm in {bar.film_speed * (way.end_s - way.start_s):.2f} s, "
        f"{way.mean_m_s:.2f} m/s mean, {way.peak_m_s:.2f} peak"
        for name, way in ways if way
    ]  # fmt: skip
    if bar.sticking:
        sticks = bar.sticking
        lines.append(f"sticks {sticks.height_cm:.0f} cm over the bottom: {sticks.velocity_m_s:.2f} m/s")
    elif bar.reason:
        lines.append(bar.reason)
    return tuple(lines)


WORDS: dict[Verdict, str] = {
    "depth": "DEPTH", "no_depth": "NO DEPTH", "too_close": "TOO CLOSE", "not_judgeable": "NOT JUDGEABLE",
}  # fmt: skip


def film_lines(judgement: Judgement) -> list[str]:
    """One line for the view; who was chosen among several, and what else there is to know."""
    view = [camera_line(judgement.camera)] if judgement.camera and judgement.status == "judged" else []
    chosen = [lifter_line(judgement.lifter)] if judgement.lifter and judgement.lifter.others else []
    return [*view, *chosen, *(f"note: {note}" for note in judgement.notes)]


def status_line(judgement: Judgement) -> str:
    """Say why there is no attempt."""
    return f"{judgement.status.replace('_', ' ').upper()}   {judgement.reason}"


def lifter_line(lifter: Lifter) -> str:
    """Who was judged, of how many, and why."""
    return f"lifter: person {lifter.number} of {1 + len(lifter.others)}   {lifter.why}"


def lifter_words(judgement: Judgement, attempt: AttemptJudgement) -> str:
    """Say who made an attempt, in a film of several lifters; empty where there is one."""
    numbers = {one.lifter.number for one in judgement.attempts if one.lifter}
    return f"lifter {attempt.lifter.number}" if attempt.lifter and len(numbers) > 1 else ""


def attempt_line(number: int, attempt: AttemptJudgement, by: str = "") -> str:
    """Verdict, depth, interval, time and probability, and `by` whom where there are several lifters."""
    head = f"attempt {number}   {f'{by}   ' * bool(by)}{WORDS[attempt.verdict]}   "
    if attempt.verdict == "not_judgeable":
        return f"{head}{attempt.reason}   at {attempt.bottom_s:.2f} s"
    failed = "" if attempt.stood_up else f"   {unfinished_words(attempt)}"
    probability = _short_probability(attempt.depth.probability or 0.0)
    leans = f"{leaning_words(attempt)}   ".lstrip()
    when = f"at {attempt.bottom_s:.2f} s"
    said = [depth_line(attempt.depth), when, f"probability {probability}", deciding_words(attempt.depth)]
    return f"{head}{leans}{'   '.join(filter(None, said))}{failed}"


def _short_probability(probability: float) -> str:
    """Write a probability as ".94"; never 0 or 1, which no measurement gives."""
    if not 0.01 <= probability <= 0.99:
        return "over .99" if probability > 0.5 else "under .01"
    return f"{probability:.2f}".removeprefix("0")


def unfinished_words(attempt: AttemptJudgement) -> str:
    """Why an attempt has no lockout: the lifter fails, or the film ends first."""
    return "film ends before lockout" if attempt.cut_short else "did not stand up"


def depth_line(depth: Reading) -> str:
    """Depth with its interval: "3.1 cm below (90 %: 1.2 to 5.0)", or "(90 %: 0.4 above to 5.0 below)"."""
    if depth.cm is None and depth.probability is not None:
        return f"no centimetres, probability {depth.probability:.2f}"
    if depth.cm is None:
        return depth.reason or "not measured"
    low, high = depth.interval90_cm or (depth.cm, depth.cm)
    if _side(low) != _side(high):
        return f"{depth_words(depth)} (90 %: {abs(low):.1f} {_side(low)} to {abs(high):.1f} {_side(high)})"
    near, far = sorted((abs(low), abs(high)))
    return f"{depth_words(depth)} (90 %: {near:.1f} to {far:.1f})"


def camera_line(camera: Camera) -> str:
    """View, azimuth, height where it is known, and advice."""
    above = camera.height_above_hip_cm
    height = "" if above is None else f", camera {abs(above):.0f} cm {'above' if above >= 0 else 'below'} the hip"
    advice = " ".join(camera.advice) or "none"
    degrees = round(camera.azimuth_deg) % 360
    return f"view: {camera.view.replace('_', ' ')}, {degrees} degrees{height}   advice: {advice}"
