"""The disc as a ruler: centimetres per pixel at the bar, carried to where the lifter stands."""

from dataclasses import dataclass

import numpy as np

from depthperception.bar.watching import BarWatch
from depthperception.errors import OptionError
from depthperception.judgement import Scale, ScaleEstimate
from depthperception.scale import MODEL_SHARE

BIG_CM = 45.0
"""A big disc: at most 45 cm across by rule (facts), and 45.0 in fact."""

BIG_LOOKS_CM = (38.0, 53.0)
"""What a disc of 45 cm is taken for by the lifter's height or the model's metres, which err by a tenth or so. The next
smaller discs measure 40 cm and less, and cannot all be told from big ones: hence --plate-cm."""

SMALLEST_CM, LARGEST_CM = 15.0, 60.0
"""Sizes of discs; outside it is a slip of the hand or another unit."""

PAIR_SD, SINGLE_SD = 0.04, 0.09
"""Error of the scale at the lifter, as a share (rms), by two discs (10 rendered clips: .038) and by one (6: .086)."""


@dataclass(frozen=True)
class Ruler:
    """What the discs say of the scale.

    Attributes
    ----------
    estimate
        At the standing lifter; None where the discs' size is not known.
    px_per_m
        At each disc, in px of the pictures that the rig is of.
    note
        Why there is no estimate; None where there is one, or no disc.
    """

    estimate: ScaleEstimate | None
    px_per_m: tuple[float, ...]
    note: str | None = None

    def px_per_m_in(self, scale: Scale, watch: BarWatch) -> tuple[float, ...]:
        """True scale at each disc in px of the video: by its size, or without it carried there from the lifter."""
        if self.estimate:
            return tuple(px_per_m * watch.factor for px_per_m in self.px_per_m)
        return tuple(100.0 / scale.cm_per_px * disc.scale / watch.rig.px_per_m for disc in watch.discs)


def checked_plate(plate_cm: float | None) -> float | None:
    """Refuse a size that no disc has.

    Raises
    ------
    OptionError
    """
    if plate_cm is not None and not SMALLEST_CM <= plate_cm <= LARGEST_CM:
        raise OptionError(
            f"A disc of {plate_cm:g} cm was given; expected {SMALLEST_CM:.0f} to {LARGEST_CM:.0f} cm across. "
            "Give the diameter of the largest disc in centimetres, for example --plate-cm 45."
        )
    return plate_cm


def measure_ruler(watch: BarWatch, scale: Scale, plate_cm: float | None) -> Ruler:
    """Measure the scale by the discs that were found.

    Parameters
    ----------
    watch
        What was seen of the bar, with a rig at `scale`.
    scale
        From the lifter's height or the model's metres alone.
    plate_cm
        The largest disc's diameter where somebody said it; else it is 45 cm if it looks like that.
    """
    if not watch.discs:
        return Ruler(None, ())
    metres = MODEL_SHARE if scale.source == "model" else 1.0
    looks_cm = 200.0 * metres * float(np.mean([disc.outline.radius_m for disc in watch.discs]))
    if plate_cm is None and not BIG_LOOKS_CM[0] <= looks_cm <= BIG_LOOKS_CM[1]:
        note = (
            f"The discs look about {looks_cm:.0f} cm across, not {BIG_CM:.0f}: they are no ruler unless their size is "
            "given with --plate-cm."
        )
        return Ruler(None, tuple(disc.scale / metres for disc in watch.discs), note)
    half_m = (plate_cm or BIG_CM) / 200.0
    at_discs = tuple(disc.radius_px / half_m for disc in watch.discs)
    return Ruler(_at_lifter(watch, at_discs), at_discs)


def _at_lifter(watch: BarWatch, px_per_m: tuple[float, ...]) -> ScaleEstimate:
    """Carry the scale along the line of sight: it grows with the distance.

    Two discs give the scale at the middle of the bar whatever the camera's distance; one needs it.
    """
    predicted = np.array([disc.scale for disc in watch.discs])
    further = float(watch.rig.px_per_m * np.mean(1.0 / predicted))
    cm_per_px = float(np.mean(100.0 / np.array(px_per_m))) / further / watch.factor
    return ScaleEstimate("plate", cm_per_px, SINGLE_SD if len(px_per_m) == 1 else PAIR_SD)
