"""What the commands do that judge landmarks of other tools; app.py says how they are called."""

import json
import sys
from pathlib import Path

from depthperception.capture.scale import checked_height
from depthperception.cli.terminal import say, stdout
from depthperception.decision import NOTICE
from depthperception.depth.calling import ALWAYS_CALLED
from depthperception.depth.geometric import side_of_track
from depthperception.io.pose_files import read_openpose
from depthperception.json_types import plain
from depthperception.planar.files import judge_landmarks
from depthperception.report import text
from depthperception.report.referee import Line, referee_lines
from depthperception.results import Reading, Verdict
from depthperception.rules import DEFAULT_RULES, rule_book
from depthperception.ruling.landmarks import attempt_of_sequence, referee_landmarks


def judge_pose_file(
    path: Path, rate_hz: float | None, height_cm: float | None, method: str, sure: float, rules: str, *, as_json: bool
) -> int:
    """Judge every squat in another tool's landmarks, and say what each method that can measure them says."""
    found = judge_landmarks(path, rate_hz=rate_hz, height_cm=height_cm, method=method, sure=sure, rules=rules)
    if as_json:
        sys.stdout.write(json.dumps(plain(found), indent=1, allow_nan=False) + "\n")
        return 0
    lines: list[Line] = [((), f"{found.tool}: {found.frames} frames with the lifter")]
    if found.reason:
        lines.append(((), f"NO SQUAT   {found.reason}"))
    for number, attempt in enumerate(found.attempts, 1):
        lines.append(((), text.attempt_line(number, attempt)))
        measured = [one for one in attempt.measurements.values() if one.probability is not None]
        lines += [((), f"  {number}  {one.method:<6} {text.depth_line(one)}   {one.reason or ''}") for one in measured]
        lines += referee_lines(attempt)
    for lights, words in lines:
        say(stdout(), f"  {words}", lights=lights)
    return 0


def judge_openpose(
    folder: Path, frame_rate_hz: float, height_cm: float | None, rules: str = DEFAULT_RULES, *, as_json: bool
) -> int:
    """Rule on a folder of OpenPose frames by the side method."""
    checked_height(height_cm)
    book = rule_book(rules)
    track = read_openpose(folder, frame_rate_hz)
    found = side_of_track(track, height_cm)
    depth = Reading("side", found.cm, probability=float(found.px > 0))
    attempt = attempt_of_sequence(track, found.time_s, depth, ALWAYS_CALLED)
    (ruled,) = referee_landmarks((attempt,), track, book, ALWAYS_CALLED)
    verdict: Verdict = "depth" if found.px > 0 else "no_depth"
    if as_json:
        said = plain({name: getattr(ruled, name) for name in ("checks", "cards", "lights", "lift")})
        answer = {"method": "side", "verdict": verdict, **vars(found), **said, "notice": NOTICE}
        sys.stdout.write(json.dumps(answer) + "\n")
        return 0
    size = f"{abs(found.px):.0f} px" if found.cm is None else f"{abs(found.cm):.1f} cm"
    side = "below" if found.px > 0 else "above"
    say(
        stdout(),
        f"  {text.WORDS[verdict]}   hip {size} {side} the knee in the picture   at {found.time_s:.2f} s   "
        "(joints, not surfaces; for a level camera at the side)",
    )
    for lights, words in referee_lines(ruled):
        say(stdout(), f"    {words}", lights=lights)
    return 0
