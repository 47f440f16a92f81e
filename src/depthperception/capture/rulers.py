"""Rulers beside each other: which agree, which one is wrong where they do not, and what is said of it."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from depthperception.results import Scale, ScaleEstimate, ScaleSource

DOUBTFUL_SD, CONTRADICT_SD = 1.645, 3.0
"""How far apart two sources may be, in the sd of their difference. Beyond the first each is outside of what the other
allows nine times in ten, which is said; beyond the second, one honest pair in 370, one is wrong."""

NAMES: dict[ScaleSource, str] = {
    "height": "the lifter's height", "plate": "the plate", "model": "the pose model",
}  # fmt: skip

CHECKS: dict[ScaleSource, str] = {
    "height": "Check --height, and that it is the height of the one who was judged.",
    "plate": "Check that it is on this lifter's bar, and its size (--plate-cm).",
    "model": "It makes everybody nearly the same size; check --height too, and --plate-cm if a plate was followed.",
}
"""What may be wrong with each that was dropped."""


def odd_ones_out(known: Sequence[ScaleEstimate], *, adult: bool = True) -> tuple[ScaleEstimate, ...]:
    """Say which sources are wrong where they contradict each other: the fewest whose absence leaves agreement.

    Where one or another would do it is the weakest. A height was measured by somebody; a plate is taken to be of a
    size, and of this bar; the model makes everybody nearly the same size. Where a plate makes no `adult` of the lifter
    it is weaker than the model.
    """
    weakest: list[ScaleSource] = ["model", "plate", "height"] if adult else ["plate", "model", "height"]
    ranked = sorted(known, key=lambda source: weakest.index(source.source))
    for count in range(len(ranked)):
        for dropped in combinations(ranked, count):
            kept = [source for source in ranked if source not in dropped]
            if all(sd_apart(*pair) <= CONTRADICT_SD for pair in combinations(kept, 2)):
                return dropped
    return ()


def sd_apart(one: ScaleEstimate, other: ScaleEstimate) -> float:
    """How far apart two sources are, in the sd of their difference."""
    apart = abs(float(np.log(one.cm_per_px / other.cm_per_px)))
    return apart / float(np.hypot(one.sd_share, other.sd_share))


def ruler_notes(scale: Scale) -> tuple[str, ...]:
    """Say which rulers were dropped, which differ more than they should, and what to check."""
    agree = len(scale.sources) > 1
    notes = [_dropped_words(one, scale.sources) for one in scale.dropped if not (agree and one.source == "model")]
    known = {one.source for one in (*scale.sources, *scale.dropped)}
    if scale.height_cm is not None and "height" not in known:
        by = " and ".join(NAMES[source.source] for source in scale.sources)
        notes.append(
            f"The standing lifter is not wholly in the picture: the height is no ruler, the scale is by {by}. Film the "
            "lifter from head to feet."
        )
    for one, other in combinations(scale.sources, 2):
        if sd_apart(one, other) > DOUBTFUL_SD:
            asked = "Check the height that was given" if scale.height_cm else "Give the lifter's height with --height"
            notes.append(
                f"The scale is {_both(one, other)}. {asked}, and --plate-cm if the largest plate is not 45 cm across."
            )
    return tuple(notes)


def _dropped_words(wrong: ScaleEstimate, kept: Sequence[ScaleEstimate]) -> str:
    against = max(kept, key=lambda one: sd_apart(wrong, one))
    return (
        f"The scale is {_both(wrong, against)}, {sd_apart(wrong, against):.0f} times the sd of their errors: "
        f"{NAMES[wrong.source]} was left out. {CHECKS[wrong.source]}"
    )


def _both(one: ScaleEstimate, other: ScaleEstimate) -> str:
    apart = abs(float(np.log(one.cm_per_px / other.cm_per_px)))
    return (
        f"{one.cm_per_px:.3f} cm a pixel by {NAMES[one.source]} and {other.cm_per_px:.3f} by {NAMES[other.source]}, "
        f"{100 * np.expm1(apart):.0f} % apart"
    )
