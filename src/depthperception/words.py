"""A judgement in the few lines that a referee reads."""

from depthperception.judgement import AttemptJudgement, Camera, Judgement, Lifter, Reading

WORDS = {"depth": "DEPTH", "no_depth": "NO DEPTH", "not_judgeable": "NOT JUDGEABLE"}


def lines(judgement: Judgement) -> list[str]:
    """One line for each attempt and one for the view; who was chosen among several, and what else there is to know."""
    said = [f"note: {note}" for note in judgement.notes]
    if judgement.lifter and judgement.lifter.others:
        said.insert(0, lifter_line(judgement.lifter))
    if judgement.status != "judged":
        return [f"{judgement.status.replace('_', ' ').upper()}   {judgement.reason}", *said]
    rows = [attempt_line(number, attempt) for number, attempt in enumerate(judgement.attempts, 1)]
    return [*rows, *([camera_line(judgement.camera)] if judgement.camera else []), *said]


def lifter_line(lifter: Lifter) -> str:
    """Who was judged, of how many, and why."""
    return f"lifter: person {lifter.number} of {1 + len(lifter.others)}   {lifter.why}"


def attempt_line(number: int, attempt: AttemptJudgement) -> str:
    """Verdict, depth, interval, time and probability."""
    head = f"attempt {number}   {WORDS[attempt.verdict]}   "
    if attempt.verdict == "not_judgeable":
        return f"{head}{attempt.reason}   at {attempt.bottom_s:.2f} s"
    failed = "" if attempt.stood_up else "   did not stand up"
    probability = f"{attempt.depth.probability or 0.0:.2f}".removeprefix("0")
    return f"{head}{depth_words(attempt.depth)}   at {attempt.bottom_s:.2f} s   probability {probability}{failed}"


def depth_words(depth: Reading) -> str:
    """Depth with its interval: "3.1 cm below (90 %: 1.2 to 5.0)"."""
    if depth.cm is None and depth.probability is not None:
        return f"no centimetres, probability {depth.probability:.2f}"
    if depth.cm is None:
        return depth.reason or "not measured"
    side = "below" if depth.cm > 0 else "above"
    sign = 1 if depth.cm > 0 else -1
    low, high = sorted(sign * bound for bound in depth.interval90_cm or (depth.cm, depth.cm))
    return f"{abs(depth.cm):.1f} cm {side} (90 %: {low:.1f} to {high:.1f})"


def camera_line(camera: Camera) -> str:
    """View, azimuth, height and advice."""
    above = camera.height_above_hip_cm or 0.0
    height = f"camera {abs(above):.0f} cm {'above' if above >= 0 else 'below'} the hip"
    advice = " ".join(camera.advice) or "none"
    return f"view: {camera.view.replace('_', ' ')}, {camera.azimuth_deg:.0f} degrees, {height}   advice: {advice}"
