"""Comparing a judgement with one that is kept as a file."""

import copy
import math
import re
from collections.abc import Iterator
from typing import Any

TOLERANCES = {
    "_per_px": 0.001,
    "_m_s": 0.02,
    "above_hip_cm": 0.5,
    "cm": 0.1,
    "px2": 1.5,
    "px": 0.5,
    "_s": 0.034,
    "_deg": 0.4,
    "_m": 0.02,
    "value": 0.3,
    "noise": 0.3,
    "limit": 0.3,
}
"""By how a name ends, or that of what holds it. Decoding and resizing are exact; networks differ by 1e-4 of their
outputs between runtimes and processors. That moves the parabola through the lowest pictures, and with it the moments
that are looked at: from one processor to another the demo's bottom moved by .01 s, its depth by .05 cm, its points by
.25 px, their variances by 1.2 px2, the camera by .2 degrees and .2 cm, and the bar's descent began a frame later."""

OF_ITS_SD = 0.2
"""What a method says, in its own standard deviations: between two processors up to .12."""

ON_THE_BAR = {**TOLERANCES, "cm": 1.0, "px": 4.0}
"""Each frame's plate is fitted anew from where the scale puts it: when the scale moved by 1e-4 of itself, single frames
moved by 1.6 px and .4 cm, and the bar's way by .05 cm."""

OTHERWISE = 0.01
"""Probabilities, scores and shares: what is shown as one percent."""

NEIGHBOUR = 3.0
"""How many times further what is read off the picture of the bottom may be where that is a neighbour of the one kept: a
bottom half-way between two pictures is in one on this processor and in the other on that. Measured on the demo, whose
bottom is there: azimuth .74 degrees, camera .8 cm, variances 2.5 px2, elbows from thighs .8 cm."""

INDEX = re.compile(r"\[\d+\]")
NUMBER = re.compile(r"\d+(\.\d+)?")


def differences(found: dict[str, Any], kept: dict[str, Any]) -> Iterator[str]:
    """Name every value that differs from the one kept; numbers in sentences may differ, their words may not."""
    found = copy.deepcopy(found)
    times = 1.0
    for one, other in zip(found["attempts"], kept["attempts"], strict=False):
        if abs(one["bottom_frame"] - other["bottom_frame"]) == 1:
            one["bottom_frame"], times = other["bottom_frame"], NEIGHBOUR
    return _differences(found, kept, times)


def _differences(found: Any, kept: Any, times: float, place: str = "", sd_cm: float = 0.0) -> Iterator[str]:
    """Compare what is held at a place; `times` widens tolerances, `sd_cm` is of the reading that holds it."""
    if isinstance(found, dict) and isinstance(kept, dict):
        sd_cm = _sd_cm(kept) or sd_cm
        for key in sorted(found.keys() | kept.keys()):
            if key not in found or key not in kept:
                yield f"{place}.{key} is only {'kept' if key in kept else 'found'}"
            else:
                yield from _differences(found[key], kept[key], times, f"{place}.{key}", sd_cm)
    elif isinstance(found, list) and isinstance(kept, list) and len(found) == len(kept):
        for number, pair in enumerate(zip(found, kept, strict=True)):
            yield from _differences(*pair, times, f"{place}[{number}]", sd_cm)
    elif not _alike(found, kept, times, place, sd_cm):
        yield f"{place} is {found}, kept is {kept}"


def _sd_cm(kept: dict[str, Any]) -> float | None:
    """Standard deviation of a reading; None of anything else."""
    if kept.get("interval90_cm"):
        low, high = kept["interval90_cm"]
        return float(high - low) / 3.29
    return None


def _alike(found: Any, kept: Any, times: float, place: str, sd_cm: float) -> bool:
    if isinstance(found, float) and isinstance(kept, float):
        return math.isclose(found, kept, rel_tol=0.0, abs_tol=times * _tolerance(place, sd_cm))
    if isinstance(found, str) and isinstance(kept, str):
        return NUMBER.sub("#", found) == NUMBER.sub("#", kept)
    return type(found) is type(kept) and bool(found == kept)


def _tolerance(place: str, sd_cm: float) -> float:
    names = INDEX.sub("", place).split(".")
    known = ON_THE_BAR if ".bar." in place else TOLERANCES
    if sd_cm and names[-1] == "probability":
        return OF_ITS_SD * 0.4  # of the normal distribution's density
    by_name = (size for name in reversed(names) for ending, size in known.items() if name.endswith(ending))
    return max(next(by_name, OTHERWISE), OF_ITS_SD * sd_cm)
