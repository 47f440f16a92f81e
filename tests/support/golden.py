"""Comparing a judgement with one that is kept as a file."""

import math
import re
from collections.abc import Iterator
from typing import Any

TOLERANCES = {"cm": 0.05, "px": 0.5, "s": 0.002, "deg": 0.1, "m": 0.02}
"""By unit. Decoding and resizing are exact; networks differ by 1e-4 of their outputs between runtimes and processors,
and the steps behind them move by at most ten times as much: .05 cm is a hundredth of the demo's own uncertainty and
half of the last digit that people are shown. Times are presentation times, or a parabola through them."""

OTHERWISE = 0.01
"""Probabilities, scores and shares: what is shown as one percent."""

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
        unit = re.sub(r"\[\d+\]", "", place).rpartition(".")[2].rpartition("_")[2]
        return math.isclose(found, kept, rel_tol=0.0, abs_tol=TOLERANCES.get(unit, OTHERWISE))
    if isinstance(found, str) and isinstance(kept, str):
        return NUMBER.sub("#", found) == NUMBER.sub("#", kept)
    return type(found) is type(kept) and bool(found == kept)
