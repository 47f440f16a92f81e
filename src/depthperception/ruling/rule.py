"""From a reading to a verdict: is it judgeable, is it deep, and why, in one sentence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from depthperception.attempts.attempt import Doubt
from depthperception.attempts.form import Kind
from depthperception.capture.framing import edges_that_cut
from depthperception.capture.pace import FEWEST_A_SECOND
from depthperception.depth.calling import SURE, call, deciding_words, leans_words
from depthperception.depth.evidence import Evidence
from depthperception.depth.in_picture import PictureEvidence
from depthperception.depth.reading import LEAST_MISSED_CM
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.results import Reading, Verdict

AnyEvidence: TypeAlias = Evidence | PictureEvidence

LEAST_HEIGHT_PX = 60.0
"""Hip to knee to shoulder of a lifter smaller than this: a pixel is over 2 cm, more than the question asks."""

LEAST_PRESENCE = 0.5
"""Presence in half of the looks at the bottom below which nobody is there: MediaPipe's own default."""

LARGEST_NOISE_CM = 15.0
"""Spread of the looks at hip or knee beyond which the network is taken to have lost the leg. On rendered squats with 8
to 15 cm what `calibrated` does not refuse itself is right as often as with 4 to 8 (.87 to .91 at 2 cm and more) and
its intervals hold; over 15, one in fifty, it refuses four in five itself."""


MUCH_MISSED_CM = 0.5
"""As much as two sides of the line are apart that somebody may care about."""

DOUBTS: Mapping[Doubt, str] = {
    "begins": "The {film} begins inside the descent or after it: the bottom may lie before its first picture.",
    "ends": "The {film} ends before the lifter comes up again: the bottom may lie after its last picture.",
    "jumps": "The lifter comes down faster than anything falls: the {film} is cut or sped up inside the descent.",
    "unseen": "The lifter is hidden or out of the picture standing or at the bottom: film the whole body throughout.",
}
"""What is against an attempt as such, whatever its bottom looks like; `doubt_words` names the film."""

NO_SQUATS: Mapping[Kind, str] = {
    "lunge": "Nobody squats with the feet side by side: this looks like lunges or split squats, which are not judged.",
    "pull": "Nobody is seen to squat: the hands go as where a load is pulled from the floor or put down. "
    "To squat without one, hold them in front.",
    "sits": "Nobody squats in the video: somebody sits down on something, with the trunk behind the feet, and rests.",
    "ascent": "Somebody comes up, but no descent is seen: the video may begin at the bottom of a squat or after it.",
    "hidden": "Somebody goes down, but is not seen well enough to tell whether that is a squat: film from where "
    "nothing is in the way, plates included.",
}
"""What was seen instead of a squat, the surest first: who comes up may have bent for something else."""


BAR_ALONE = (
    "A bar goes down and up, and nobody is seen who does: whoever has it is hidden. "
    "Film from where nobody stands before the lifter."
)
"""Instead of a squat."""

FEET_OUT = "No squat is seen, but the lifter's feet are out of the picture: film the whole lifter."

MAY_HIDE_SQUATS = frozenset({BAR_ALONE, FEET_OUT, NO_SQUATS["hidden"], NO_SQUATS["ascent"]})
"""Of what is said where no squat is seen, what does not mean that there is none."""


def doubt_words(doubt: Doubt, *, one_of_several: bool = False) -> str:
    """Say what is against an attempt in a video, or in one of several shots of it."""
    return DOUBTS[doubt].format(film="shot" if one_of_several else "video")


def no_squat_reason(
    kinds: Collection[Kind], *, among_others: int | None, feet_out: bool = False, bar_alone: bool = False
) -> str:
    """Say what the one who was followed does instead; where others are, that is not to say that nobody squats.

    Parameters
    ----------
    kinds
        What his descents are.
    among_others
        His number where others are in the picture, else None.
    feet_out
        Whether the picture cuts his feet off: then a squat may not be seen as one.
    bar_alone
        Whether a bar goes down and up as nobody does who is seen.
    """
    for kind, said in NO_SQUATS.items():
        if kind in kinds:
            return said
    if bar_alone:
        return BAR_ALONE
    if feet_out:
        return FEET_OUT
    if among_others is None:
        return "Nobody is seen to squat in the video."
    return f"Person {among_others} is not seen to squat: choose somebody else, or film from where nobody is in the way."


def obstacle(evidence: AnyEvidence, width_px: int, height_px: int) -> str | None:
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


def _hidden(evidence: AnyEvidence) -> str | None:
    """Say what hides the lifter, None where he is seen."""
    if evidence.hidden or float(np.median(evidence.bottom.presence)) < LEAST_PRESENCE:
        return "The lifter is not seen clearly at the bottom: film from where nobody and nothing is in the way."
    if isinstance(evidence, Evidence) and evidence.cover and evidence.cover.hides("person"):
        return "Somebody stands in front of both legs at the bottom: film from where nobody stands between."
    return None


def leg_noise_cm(evidence: AnyEvidence) -> float:
    """Spread (sd) over the looks at the bottom of the worst of hips and knees, cm."""
    looks = evidence.bottom.image_px
    spread = np.sqrt(looks[:, :, np.concatenate([HIPS, KNEES])].var(axis=1).sum(axis=-1).mean(axis=0) / 2)
    return float(spread.max() * evidence.scale.cm_per_px)


def between_pictures(step_s: float, most_cm: float) -> str | None:
    """Say how much deeper the bottom may be than any picture shows, where that is much or the pictures are few.

    Parameters
    ----------
    step_s
        From picture to picture.
    most_cm
        What is missed at most.
    """
    few = step_s * FEWEST_A_SECOND > 1.0
    if most_cm < (LEAST_MISSED_CM if few else MUCH_MISSED_CM):
        return None
    return f"{1.0 / step_s:.0f} pictures a second: the bottom may lie up to {most_cm:.1f} cm deeper than any shows."


@dataclass(frozen=True)
class Ruling:
    """A verdict, its reason in one sentence, and the depth that stands with it: none where it is not judgeable."""

    verdict: Verdict
    reason: str
    depth: Reading


def rule(value: Reading, hindrance: str | None = None, sure: float = SURE, limit: str | None = None) -> Ruling:
    """Rule on a reading.

    Parameters
    ----------
    value
        What the method measured.
    hindrance
        Why the film does not show it, whatever was measured.
    sure
        How probable a side has to be to be called; else it is too close.
    limit
        What else the verdict has to say, one sentence.
    """
    if hindrance or value.probability is None:
        reason = hindrance or value.reason or "The depth could not be measured."
        return Ruling("not_judgeable", reason, Reading(value.method, reason=reason))
    verdict = call(value.probability, sure)
    say = _too_close if verdict == "too_close" else _sentence
    return Ruling(verdict, " ".join(filter(None, (say(value, value.probability), _legs(value, verdict), limit))), value)


def _legs(value: Reading, verdict: Verdict) -> str:
    """Say which leg decides; of what is too close where either may be the higher one, that."""
    if words := deciding_words(value):
        return f"{words[0].upper()}{words[1:]}."
    if verdict == "too_close" and value.left and value.right:
        return "Both legs have to be below; which of them is higher cannot be told."
    return ""


def _too_close(value: Reading, probability: float) -> str:
    """Say where it lies, to which side it leans, how surely, and how far it may be off."""
    leans = f"{leans_words(probability)}, {_percent(max(probability, 1.0 - probability))} sure"
    if value.cm is None or value.interval90_cm is None:
        return f"Too close to call: {leans}; this method gives no centimetres."
    low, high = (_where(bound) for bound in value.interval90_cm)
    both = " (mean of both legs)" if value.left and value.right else ""
    return f"Too close to call: {_where(value.cm)} the top of the knee{both}, {leans}; 90 %: {low} to {high}."


def _sentence(value: Reading, probability: float) -> str:
    sure = _percent(max(probability, 1.0 - probability))
    if value.cm is None or value.interval90_cm is None:
        side = "below" if probability > 0.5 else "not below"
        return f"The hip crease is {side} the top of the knee, {sure} sure; this method gives no centimetres."
    low, high = value.interval90_cm
    close = " The 90 % interval reaches across the line." if low < 0 < high else ""
    both = " (mean of both legs)" if value.left and value.right else ""
    return f"The hip crease is {_where(value.cm)} the top of the knee{both}, {sure} sure.{close}"


def _where(cm: float) -> str:
    return f"{abs(cm):.1f} cm {'below' if cm > 0 else 'above'}"


def _percent(sure: float) -> str:
    return "over 99 %" if sure > 0.99 else f"{100 * sure:.0f} %"
