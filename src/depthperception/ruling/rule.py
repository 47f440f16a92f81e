"""From a reading to a verdict: is it judgeable, is it deep, and why, in one sentence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.attempt import Doubt
from depthperception.attempts.form import Kind
from depthperception.capture.framing import edges_that_cut
from depthperception.depth.evidence import Evidence
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.results import Reading, Verdict

LEAST_HEIGHT_PX = 60.0
"""Hip to knee to shoulder of a lifter smaller than this: a pixel is over 2 cm, more than the question asks."""

LEAST_PRESENCE = 0.5
"""Presence in half of the looks at the bottom below which nobody is there: MediaPipe's own default."""

LARGEST_NOISE_CM = 15.0
"""Spread of the looks at hip or knee beyond which the network is taken to have lost the leg. On rendered squats with 8
to 15 cm what `calibrated` does not refuse itself is right as often as with 4 to 8 (.87 to .91 at 2 cm and more) and
its intervals hold; over 15, one in fifty, it refuses four in five itself."""


DOUBTS: Mapping[Doubt, str] = {
    "begins": "The {film} begins inside the descent or after it: the bottom may lie before its first picture.",
    "ends": "The {film} ends before the lifter comes up again: the bottom may lie after its last picture.",
    "jumps": "The lifter comes down faster than anything falls: the {film} is cut or sped up inside the descent.",
    "unseen": "The lifter is hidden or out of the picture standing or at the bottom: film all of him throughout.",
    "sits": "The lifter seems to sit on something: his trunk is behind his feet, and he rests.",
}
"""What is against an attempt as such, whatever its bottom looks like; `doubt_words` names the film."""

NO_SQUATS: Mapping[Kind, str] = {
    "lunge": "Nobody squats with the feet side by side: this looks like lunges or split squats, which are not judged.",
    "pull": "Nobody squats in the video: a load is pulled from the floor or put down.",
    "ascent": "Somebody comes up, but no descent is seen: the video may begin at the bottom of a squat or after it.",
}
"""What was seen instead of a squat, the surest first: who comes up may have bent for something else."""


def doubt_words(doubt: Doubt, *, one_of_several: bool = False) -> str:
    """Say what is against an attempt in a video, or in one of several shots of it."""
    return DOUBTS[doubt].format(film="shot" if one_of_several else "video")


def no_squat_reason(kinds: Collection[Kind], *, among_others: int | None) -> str:
    """Say what the one who was followed does instead; where others are, that is not to say that nobody squats.

    Parameters
    ----------
    kinds
        What his descents are.
    among_others
        His number where others are in the picture, else None.
    """
    for kind, said in NO_SQUATS.items():
        if kind in kinds:
            return said
    if among_others is None:
        return "Nobody squats in the video."
    return f"Person {among_others} is not seen to squat: choose somebody else, or film from where nobody hides him."


def obstacle(evidence: Evidence, width_px: int, height_px: int) -> str | None:
    """Say why the video does not show this attempt's depth, None when it does."""
    image = evidence.bottom.median_px
    for part in ("knees", "hips"):
        edges = edges_that_cut(evidence.bottom, part, (width_px, height_px))
        if edges:
            return (
                f"The {part} are cut off at the {edges[-1]} edge of the picture at the bottom: film the whole lifter."
            )
    if hidden := _hidden(evidence):
        return hidden
    if float(np.ptp(image[:, 1])) < LEAST_HEIGHT_PX:
        return f"The lifter is only {np.ptp(image[:, 1]):.0f} px high at the bottom."
    noise = leg_noise_cm(evidence)
    if noise > LARGEST_NOISE_CM:
        return f"Hips and knees cannot be told apart from their surroundings: looks differ by {noise:.0f} cm."
    return None


def _hidden(evidence: Evidence) -> str | None:
    """Say what hides the lifter, None where he is seen."""
    if evidence.hidden or float(np.median(evidence.bottom.presence)) < LEAST_PRESENCE:
        return "The lifter is not seen clearly at the bottom: film from where nobody and nothing hides him."
    if evidence.cover and evidence.cover.hides("person"):
        return "Somebody stands in front of both legs at the bottom: film from where nobody stands between."
    return None


def leg_noise_cm(evidence: Evidence) -> float:
    """Spread (sd) over the looks at the bottom of the worst of hips and knees, cm."""
    looks = evidence.bottom.image_px
    spread = np.sqrt(looks[:, :, np.concatenate([HIPS, KNEES])].var(axis=1).sum(axis=-1).mean(axis=0) / 2)
    return float(spread.max() * evidence.scale.cm_per_px)


@dataclass(frozen=True)
class Ruling:
    """A verdict, its reason in one sentence, and the depth that stands with it: none where it is not judgeable."""

    verdict: Verdict
    reason: str
    depth: Reading


def rule(value: Reading, hindrance: str | None) -> Ruling:
    """Rule on a reading, given what hinders it.

    Strictly lower is good (IPF 4.1(3)); the more probable side of the line is the verdict.
    """
    if hindrance or value.probability is None:
        reason = hindrance or value.reason or "The depth could not be measured."
        return Ruling("not_judgeable", reason, Reading(value.method, reason=reason))
    return Ruling("depth" if value.probability > 0.5 else "no_depth", _sentence(value, value.probability), value)


def _sentence(value: Reading, probability: float) -> str:
    sure = _percent(max(probability, 1.0 - probability))
    if value.cm is None or value.interval90_cm is None:
        side = "below" if probability > 0.5 else "not below"
        return f"The hip crease is {side} the top of the knee, {sure} sure; this method gives no centimetres."
    side = "below" if value.cm > 0 else "above"
    low, high = value.interval90_cm
    close = " The 90 % interval reaches across the line." if low < 0 < high else ""
    return f"The hip crease is {abs(value.cm):.1f} cm {side} the top of the knee, {sure} sure.{close}"


def _percent(sure: float) -> str:
    return "over 99 %" if sure > 0.99 else f"{100 * sure:.0f} %"
