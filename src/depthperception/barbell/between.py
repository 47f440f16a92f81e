"""Who stands between a bar's plates: its middle is at his shoulders, wherever spotters stand and whatever they do.

A spotter may squat along in the lifter's clothes with his hands up, and no cue of his own tells him from the lifter
then. The bar does: two plates that go down and up together are its ends.
"""

from collections.abc import Sequence

import numpy as np

from depthperception.barbell.plate_detector import PlateBox, detect_plates
from depthperception.barbell.plate_linking import LinkedPlate, link_plates
from depthperception.barbell.settings import LINKING, PlateLinking
from depthperception.concurrency import parallel_map
from depthperception.geometry.skeletons import COCO_HIPS, COCO_SHOULDERS
from depthperception.people import PersonTrack
from depthperception.types import FloatArray
from depthperception.video import Still


def between_plates(
    stills: Sequence[Still], people: Sequence[PersonTrack], *, settings: PlateLinking = LINKING
) -> tuple[float, ...] | None:
    """Look for a bar's two ends in pictures of a squat.

    Parameters
    ----------
    stills
        From standing to standing.
    people
        Who may have it on his shoulders.
    settings
        What is one plate, and how far from the bar's middle shoulders are.

    Returns
    -------
        How well each of the people stands under the bar's middle, 0 to 1; None where no two plates are found.
    """
    times_s = [still.time_s for still in stills]
    if not stills:
        return None
    found_in = list(parallel_map(_found, stills))
    middles_px = bar_middles(found_in, [_places(one, times_s) for one in people], settings=settings)
    return None if middles_px is None else tuple(_under(one, times_s, middles_px, settings) for one in people)


def bar_middles(
    finds: Sequence[Sequence[PlateBox]], trunks_px: Sequence[FloatArray], *, settings: PlateLinking = LINKING
) -> FloatArray | None:
    """Middle (n, 2) of the bar at each moment, by the surest two plates that go with anybody's trunk (n, 2).

    Of two that are as sure the larger count, for those in a mirror are further away.
    """
    pairs = [linked for trunk in trunks_px if len(linked := link_plates(finds, trunk, settings=settings)) > 1]
    return _middle_px(max(pairs, key=lambda pair: sum(one.score * one.radius_px for one in pair))) if pairs else None


def middle_between(centres_px: tuple[FloatArray, FloatArray], radii_px: tuple[float, float]) -> FloatArray:
    """Middle (n, 2) between two plates in space: from the nearer one, seen larger, it is further in the picture."""
    one, other = (1.0 / radius_px for radius_px in radii_px)
    return np.asarray((centres_px[0] * one + centres_px[1] * other) / (one + other))


def _middle_px(pair: Sequence[LinkedPlate]) -> FloatArray:
    return middle_between((pair[0].centres_px, pair[1].centres_px), (pair[0].radius_px, pair[1].radius_px))


def _found(still: Still) -> tuple[PlateBox, ...]:
    return tuple(PlateBox(box.box_px / still.scale, box.score) for box in detect_plates(still.rgb))


def _places(person: PersonTrack, times_s: Sequence[float]) -> FloatArray:
    """Middle (n, 2) of his shoulders and hips."""
    points = np.array([person.points_at(time_s) for time_s in times_s])
    return np.asarray((points[:, COCO_SHOULDERS].mean(axis=1) + points[:, COCO_HIPS].mean(axis=1)) / 2)


def _under(person: PersonTrack, times_s: Sequence[float], middles_px: FloatArray, settings: PlateLinking) -> float:
    shoulders = np.array([person.points_at(time_s)[COCO_SHOULDERS].mean(axis=0) for time_s in times_s])
    away = np.median(middles_px - shoulders, axis=0) / max(person.height_px, 1.0)
    return float(np.exp(-0.5 * np.square(away / settings.under).sum()))
