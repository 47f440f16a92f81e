"""Comparing a judgement with one that is kept as a file."""

import math
import re
from collections.abc import Iterator
from typing import Any

TOLERANCES = {"_per_px": 0.001, "_m_s": 0.02, "cm": 0.05, "px": 0.5, "_s": 0.002, "_deg": 0.1, "_m": 0.02}
"""By how a name ends. Decoding and resizing are exact; networks differ by 1e-4 of their outputs between runtimes and
processors, and the steps behind them move by at most ten times as much: .05 cm is a hundredth of the demo's own
uncertainty and half of the last digit that people are shown. Times are presentation times, or a parabola through
them."""

ON_THE_BAR = {**TOLERANCES, "cm": 1.0, "px": 4.0}
"""Each frame's plate is fitted anew from where the scale puts it: when the scale moved by 1e-4 of itself, single frames
moved by 1.6 px and .4 cm, and the bar's way by .05 cm."""

OTHERWISE = 0.01
"""Probabilities, scores and shares: what is shown as one percent."""

INDEX = re.compile(r"\[\d+\]")
NUMBER = re.compile(r"\d+(\.\d+)?")


def differences(found: Any, kept: Any, place: str = "") -> Iterator[str]:
    """Name every value that differs from the one kept; numbers in sentences may differ, their words may not."""
    if isinstance(found, dict) and isinstance(kept, dict):
        for key in sorted(found.keys() | kept.keys()):
            if key not in found or key not in kept:
                yield f"{place}.{key} is only {'kept' if key in kept else 'found'}"
            else:
                yield from differences(found[key], kept[key], f"{place}.{key}")
    elif isinstance(found, list) and isinstance(kept, list) and len(found) == len(kept):
        for number, pair in enumerate(zip(found, kept, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif not _alike(found, kept, place):
        yield f"{place} is {found}, kept is {kept}"


def _alike(found: Any, kept: Any, place: str) -> bool:
    if isinstance(found, float) and isinstance(kept, float):
        return math.isclose(found, kept, rel_tol=0.0, abs_tol=_tolerance(place))
    if isinstance(found, str) and isinstance(kept, str):
        return NUMBER.sub("#", found) == NUMBER.sub("#", kept)
    return type(found) is type(kept) and bool(found == kept)


def _tolerance(place: str) -> float:
    name = INDEX.sub("", place).rpartition(".")[2]
    known = ON_THE_BAR if ".bar." in place else TOLERANCES
    return next((size for ending, size in known.items() if name.endswith(ending)), OTHERWISE)
