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
from collections.abc import Callable
from dataclasses import replace

from depthperception.geometry.skeletons import COUNT, SWAP
from depthperception.train.front.dataset import Dataset, LandmarkClip
from depthperception.train.front.grouping import ASSUMED_ASPECT
from depthperception.types import FloatArray

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


Perturbation = Callable[[LandmarkClip], LandmarkClip]

LOST_SHARE = 0.3


def shift(clip: LandmarkClip, *, by: tuple[float, float] = (0.1, -0.15)) -> LandmarkClip:
    """Move the lifter in the picture by shares of its width and height."""
    return _with_xy(clip, clip.image[..., :2] + np.array(by))


def scale(clip: LandmarkClip, *, factor: float = 0.6) -> LandmarkClip:
    """Make the lifter smaller or larger about the middle of the picture."""
    return _with_xy(clip, 0.5 + (clip.image[..., :2] - 0.5) * factor)


def mirror(clip: LandmarkClip) -> LandmarkClip:
    """Give what a pose network sees in the mirrored picture: x turned over, left and right landmarks swapped."""
    image = clip.image[:, SWAP[:COUNT]].copy()
    image[..., 0] = 1 - image[..., 0]
    return replace(clip, image=image)


def roll(clip: LandmarkClip, *, by_deg: float = 6.0) -> LandmarkClip:
    """Turn the picture about its middle, in square pixels."""
    angle, aspect = np.deg2rad(by_deg), clip.aspect or ASSUMED_ASPECT
    x, y = (clip.image[..., 0] - 0.5) * aspect, clip.image[..., 1] - 0.5
    turned = (x * np.cos(angle) - y * np.sin(angle)) / aspect, x * np.sin(angle) + y * np.cos(angle)
    return _with_xy(clip, np.stack(turned, axis=-1) + 0.5)


def half_rate(clip: LandmarkClip) -> LandmarkClip:
    """Drop every second frame."""
    return replace(clip, times_s=clip.times_s[::2], image=clip.image[::2])


def double_rate(clip: LandmarkClip) -> LandmarkClip:
    """Put a frame half-way between any two."""
    between_s = (clip.times_s[1:] + clip.times_s[:-1]) / 2
    between = (clip.image[1:] + clip.image[:-1]) / 2
    order = np.argsort(np.concatenate([clip.times_s, between_s]), kind="stable")
    return replace(
        clip,
        times_s=np.concatenate([clip.times_s, between_s])[order],
        image=np.concatenate([clip.image, between])[order],
    )


def lost_frames(clip: LandmarkClip, *, seed: int = 0) -> LandmarkClip:
    """Lose 30 % of the frames at random."""
    count = len(clip.times_s)
    rng = np.random.default_rng([seed, count])
    kept = np.sort(rng.choice(count, count - round(LOST_SHARE * count), replace=False))
    return replace(clip, times_s=clip.times_s[kept], image=clip.image[kept])


def stretch(clip: LandmarkClip, *, factor: float = 1.5) -> LandmarkClip:
    """Let the same squat take longer, or less long."""
    return replace(clip, times_s=clip.times_s * factor)


PERTURBATIONS: dict[str, Perturbation] = {
    "shift": shift,
    "scale": scale,
    "mirror": mirror,
    "roll_6_deg": roll,
    "roll_minus_6_deg": lambda clip: roll(clip, by_deg=-6.0),
    "half_frame_rate": half_rate,
    "double_frame_rate": double_rate,
    "lost_30_percent": lost_frames,
    "slower_1.5": stretch,
    "faster_1.5": lambda clip: stretch(clip, factor=1 / 1.5),
}


def perturbed(dataset: Dataset, perturbation: Perturbation) -> Dataset:
    """Perturb every clip."""
    return replace(dataset, clips=tuple(perturbation(clip) for clip in dataset.clips))


def _with_xy(clip: LandmarkClip, xy: FloatArray) -> LandmarkClip:
    image = clip.image.copy()
    image[..., :2] = xy
    return replace(clip, image=image)
