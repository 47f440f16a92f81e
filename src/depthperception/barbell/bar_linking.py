"""A bar found by its two plates alone: one that is followed down and up by its own course, and one that goes with it.

Whoever has it may be hidden, or be taken for somebody else where he is lowest; where the bar is does not depend on it.
"""

from collections.abc import Sequence

import numpy as np

from depthperception.barbell.plate_detector import PlateBox
from depthperception.barbell.plate_linking import LinkedPlate, link_other_ends, nearest_box
from depthperception.barbell.settings import LINKING, PlateLinking
from depthperception.geometry.signals import resampled
from depthperception.types import FloatArray


def lifted_plates(
    finds: Sequence[Sequence[PlateBox]], times_s: FloatArray, *, settings: PlateLinking = LINKING
) -> tuple[LinkedPlate, ...]:
    """Follow every plate that is surely one; give those that go down and up again.

    Parameters
    ----------
    finds
        What the detector says of each moment, in order of time.
    times_s : (m,)
        When that is.
    settings
        What is one plate, and how far it goes.
    """
    followed: set[int] = set()
    lifted = []
    for k, boxes in enumerate(finds):
        for start in boxes:
            if start.score < settings.least_score or id(start) in followed:
                continue
            course = _follow(finds, times_s, k, start, settings)
            followed |= {id(box) for box in course if box}
            plate = _plate(course, times_s)
            sure = plate.found.sum() >= settings.least_found and plate.score >= settings.least_mean
            if sure and _way_px(plate) >= settings.least_way * plate.radius_px:
                lifted.append(plate)
    return tuple(lifted)


def link_bar(
    finds: Sequence[Sequence[PlateBox]], lifted: Sequence[LinkedPlate], *, settings: PlateLinking = LINKING
) -> tuple[LinkedPlate, LinkedPlate] | None:
    """Link both ends of a bar of which one is a plate that goes down and up; None where no two plates go together.

    Of all that go with a plate, those of a second bar and of a mirror among them, the one counts with which it is
    surest; of two bars that are as sure the larger, for those in a mirror are further away.
    """
    bars = [(one, other) for one in lifted for other in link_other_ends(finds, one, settings=settings)]
    return max(bars, key=lambda ends: sum(end.worth for end in ends), default=None)


def _follow(
    finds: Sequence[Sequence[PlateBox]], times_s: FloatArray, first: int, start: PlateBox, settings: PlateLinking
) -> list[PlateBox | None]:
    """Find a plate again before and after, where its last step takes it; what is missed may be anywhere near."""
    course: list[PlateBox | None] = [start if k == first else None for k in range(len(finds))]
    for order in (range(first + 1, len(finds)), range(first - 1, -1, -1)):
        last, step_px_s = first, np.zeros(2)
        at_px, half_px = start.ellipse
        for k in order:
            gone_s = float(times_s[k] - times_s[last])
            late = abs(gone_s) / settings.soon_s
            expected_px = at_px + (0.5 * step_px_s * gone_s if late <= 1.0 else 0.0)
            found = nearest_box(finds[k], expected_px, half_px, settings.reach * max(1.0, late), settings)
            if found is not None:
                step_px_s, at_px, last = (found.ellipse[0] - at_px) / gone_s, found.ellipse[0], k
                course[k] = found
    return course


def _plate(course: Sequence[PlateBox | None], times_s: FloatArray) -> LinkedPlate:
    """Put a plate's finds together; in between it goes straight."""
    found = np.array([box is not None for box in course])
    boxes = np.array([box.box_px for box in course if box])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    return LinkedPlate(
        centres_px=resampled(times_s, times_s[found], centres),
        half_px=np.median(boxes[:, 2:] - boxes[:, :2], axis=0) / 2,
        found=found,
        score=float(sum(box.score for box in course if box)) / len(course),
    )


def _way_px(plate: LinkedPlate) -> float:
    """How far under its highest place before, and after, its lowest one is: the smaller way."""
    height_px = plate.centres_px[plate.found, 1]
    low = int(np.argmax(height_px))
    return float(height_px[low] - max(height_px[: low + 1].min(), height_px[low:].min()))
