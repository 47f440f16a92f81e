"""Plates found in single pictures, linked through an attempt: those that go down and up with the lifter are on his bar.

Each find of the detector is where a bar's plate was; the lifter's trunk says where it must be at the other moments, to
about a radius: a plate hides shoulders, and hidden shoulders jump. What stays on its stand stays behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.barbell.plate_detector import PlateBox
from depthperception.barbell.settings import LINKING, PlateLinking
from depthperception.geometry.roi import box_iou
from depthperception.types import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class LinkedPlate:
    """The plates on one end of the bar, through the moments of an attempt.

    Attributes
    ----------
    centres_px : (n, 2)
        Middle of the box at each moment; where it was not found, where the lifter's trunk, the bar's other end, or its
        own course carries it.
    half_px : (2,)
        Half width and half height of the box, median over the moments.
    found : (n,)
        Moments at which it was found.
    score
        Mean of the detector's scores over all moments, 0 where it was not found.
    """

    centres_px: FloatArray
    half_px: FloatArray
    found: BoolArray
    score: float

    @property
    def radius_px(self) -> float:
        """Half of the height: seen from anywhere level, a plate is as high as it is, and only narrower."""
        return float(self.half_px[1])

    @property
    def openness(self) -> float:
        """Width over height, at most 1: of the ellipse and its stack."""
        return min(1.0, float(self.half_px[0] / self.half_px[1]))

    @property
    def worth(self) -> float:
        """How sure and how large it is: those in a mirror are further away."""
        return self.score * self.radius_px


def link_plates(
    finds: Sequence[Sequence[PlateBox]], trunk_px: FloatArray, *, settings: PlateLinking = LINKING
) -> tuple[LinkedPlate, ...]:
    """Link finds to plates that move with the lifter.

    Parameters
    ----------
    finds
        Of each moment.
    trunk_px : (n, 2)
        Middle of shoulders and hips at each.
    settings
        What is one plate, and what moves with him.

    Returns
    -------
        The surest first, one a place, as many as a bar has ends.
    """
    kept: list[LinkedPlate] = []
    for chain in _chains(finds, trunk_px, settings.least_mean, settings):
        if all(_overlap(chain, other) <= settings.same_iou for other in kept):
            kept.append(chain)
    return tuple(kept[: settings.most])


def link_other_ends(
    finds: Sequence[Sequence[PlateBox]], plate: LinkedPlate, *, settings: PlateLinking = LINKING
) -> tuple[LinkedPlate, ...]:
    """Link what may be the plate on the other end of a bar, of which one is known at every moment, the surest first.

    A bar's ends go as one, which tells a plate that is found now and then better than a trunk does.
    """
    kept = [plate]
    for chain in _chains(finds, plate.centres_px, settings.least_mean_other, settings):
        if all(_overlap(chain, other) <= settings.same_iou for other in kept):
            kept.append(chain)
    return tuple(kept[1:])


def _chains(
    finds: Sequence[Sequence[PlateBox]], course_px: FloatArray, least_mean: float, settings: PlateLinking
) -> list[LinkedPlate]:
    """Every chain of finds that goes as a course (n, 2) does, the surest first."""
    chains = [
        chain
        for k, boxes in enumerate(finds)
        for box in boxes
        if box.score >= settings.least_score
        and (chain := _chain(k, box, finds, course_px, settings))
        and chain.score >= least_mean
    ]
    return sorted(chains, key=lambda one: -one.score)


def _chain(
    first: int, start: PlateBox, finds: Sequence[Sequence[PlateBox]], trunk_px: FloatArray, settings: PlateLinking
) -> LinkedPlate | None:
    """Collect the finds that are where the lifter's trunk carries a first one; None where they do not go with him."""
    middle, half = start.ellipse
    expected = middle + trunk_px - trunk_px[first]
    taken = [
        nearest_box(boxes, place, half, settings.reach, settings) if k != first else start
        for k, (boxes, place) in enumerate(zip(finds, expected, strict=True))
    ]
    found = np.array([box is not None for box in taken])
    boxes = np.array([box.box_px if box else np.full(4, np.nan) for box in taken])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    if found.sum() < settings.least_found or not _goes_with(centres[found, 1], trunk_px[found, 1], half[1], settings):
        return None
    away = np.median((centres - trunk_px)[found], axis=0)
    return LinkedPlate(
        centres_px=np.where(found[:, None], centres, trunk_px + away),
        half_px=np.nanmedian(boxes[:, 2:] - boxes[:, :2], axis=0) / 2,
        found=found,
        score=float(sum(box.score for box in taken if box)) / len(taken),
    )


def nearest_box(
    boxes: Sequence[PlateBox], place_px: FloatArray, half_px: FloatArray, reach: float, settings: PlateLinking
) -> PlateBox | None:
    """Give the box of about the same height that is surest and nearest to a place, within so many radii."""
    best, most = None, 0.0
    for box in boxes:
        middle, half = box.ellipse
        if box.score <= most or abs(np.log(half[1] / half_px[1])) >= settings.log_size:
            continue  # at most its score is what it is worth, and of hundreds of finds few are near
        away = float(np.linalg.norm(middle - place_px)) / half_px[1]
        worth = box.score * (1.0 - away / reach)
        if worth > most:
            best, most = box, worth
    return best


def _goes_with(height_px: FloatArray, trunk_px: FloatArray, radius_px: float, settings: PlateLinking) -> bool:
    """Whether heights in the picture (m,) go down and up as the trunk's do, by about as much."""
    course = trunk_px - trunk_px.mean()
    if np.ptp(course) < settings.least_way * radius_px:
        return False
    slope = float(course @ (height_px - height_px.mean()) / (course @ course))
    return settings.least_slope <= slope <= settings.most_slope


def _overlap(one: LinkedPlate, other: LinkedPlate) -> float:
    """Mean intersection over union of two through the moments."""
    halves = np.concatenate([-one.half_px, one.half_px]), np.concatenate([-other.half_px, other.half_px])
    boxes = (np.tile(plate.centres_px, 2) + half for plate, half in zip((one, other), halves, strict=True))
    return float(np.mean([box_iou(a, b) for a, b in zip(*boxes, strict=True)]))
