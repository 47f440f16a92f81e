"""Rendered attempts, measured once and shipped as a table: other lifters and cameras than a data set has.

One row is one attempt followed by `rendered.trace`: whose body, how deep, from where, and its measured heights. The
table is small, makes training fast and repeatable, and needs no renderer.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from depthperception.attempts.heights import SquatHeights
from depthperception.errors import DataError
from depthperception.types import BoolArray

if TYPE_CHECKING:
    from depthperception.train.front.rendered import RenderedClip

SHIPPED = Path(__file__).with_name("rendered_heights.csv")

_ABOUT = ("clip", "body", "valid", "depth_cm", "azimuth_deg", "height_m", "distance_m")
_MEASURED = tuple(part.name for part in fields(SquatHeights))


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured attempts with their labels and whose body each shows; all (clips,)."""

    features: tuple[SquatHeights, ...]
    valid: BoolArray
    bodies: tuple[str, ...]

    def without(self, bodies: Iterable[str]) -> "Measured":
        """Leave bodies out."""
        out = set(bodies)
        kept = [i for i, body in enumerate(self.bodies) if body not in out]
        return Measured(tuple(self.features[i] for i in kept), self.valid[kept], tuple(self.bodies[i] for i in kept))


def write_measured(path: Path, clips: Iterable["RenderedClip"]) -> None:
    """Measure rendered clips and write the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*_ABOUT, *_MEASURED))
        for one in clips:
            features = one.clip.features()
            where = (one.depth_cm, one.azimuth_deg, one.height_m, one.distance_m)
            writer.writerow(
                (one.clip.clip_id, one.clip.lifter, int(one.clip.valid))
                + tuple(f"{value:.3f}" for value in where)
                + tuple(f"{getattr(features, name):.5f}" for name in _MEASURED)
            )


def read_measured(path: Path) -> Measured:
    """Read a table that `write_measured` wrote.

    Raises
    ------
    DataError
        When it cannot be read or lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        features = tuple(SquatHeights(**{name: float(row[name]) for name in _MEASURED}) for row in rows)
        return Measured(features, np.array([row["valid"] == "1" for row in rows]), tuple(r["body"] for r in rows))
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"{path} cannot be read as a table of rendered attempts ({error}); expected a CSV with the columns "
            f"{', '.join(_ABOUT + _MEASURED)}. Write it again with `write_measured`."
        ) from error


@cache
def shipped_measured() -> Measured:
    """Read the table that ships with the package, once."""
    return read_measured(SHIPPED)
