"""A bar that goes down and up though nobody does who is seen: whoever has it is hidden behind somebody else."""

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from scipy.ndimage import median_filter

from depthperception.barbell.plate_detector import PlateBox, detect_plates
from depthperception.barbell.settings import UNBORNE, UnborneBar
from depthperception.concurrency import parallel_map
from depthperception.geometry.skeletons import COCO_SHOULDERS
from depthperception.people import PersonTrack
from depthperception.types import FloatArray
from depthperception.video import Still


def bar_goes_alone(
    stills: Iterable[Still], count: int, people: Sequence[PersonTrack], *, settings: UnborneBar = UNBORNE
) -> bool:
    """Whether a bar goes down and up further than the shoulders of anybody who is seen.

    Parameters
    ----------
    stills, count
        Pictures in order of time, and how many: those of a long film are more than fit into the memory.
    people
        Everyone in them.
    settings
        What is one plate, and how far it goes.
    """
    step = max(settings.every, -(-count // settings.most_pictures))
    way_px = returns_px(list(parallel_map(_found, islice(stills, 0, None, step))), settings=settings)
    return way_px > settings.over_shoulders * max(map(_shoulders_way_px, people), default=0.0)


def _shoulders_way_px(person: PersonTrack) -> float:
    """How far somebody's shoulders go down or up, but for single sightings that are wrong."""
    heights_px = person.points_px[:, COCO_SHOULDERS, 1].mean(axis=1)
    return float(np.ptp(median_filter(heights_px, 3, mode="nearest")))


def returns_px(finds: Sequence[Sequence[PlateBox]], *, settings: UnborneBar = UNBORNE) -> float:
    """How far a plate that is found high, then low, then high again goes; 0 where none does.

    What is stored beside it is seen high and low at once.
    """
    ways = (_way_px(low, k, finds, settings) for k, boxes in enumerate(finds) for low in boxes)
    return max(ways, default=0.0)


def _way_px(low: PlateBox, number: int, finds: Sequence[Sequence[PlateBox]], settings: UnborneBar) -> float:
    """How much higher than in one picture the same plate is before and after; 0 where it may be another."""
    radius_px = float(low.ellipse[1][1])
    heights = [_heights_over(low, boxes, settings) / radius_px for boxes in finds]
    if (np.abs(heights[number]) > settings.same_place).any():
        return 0.0
    up = [float(found.mean()) if len(found) and found.min() > settings.least_rise else np.nan for found in heights]
    before, after = (np.array(part)[np.isfinite(part)] for part in (up[:number], up[number + 1 :]))
    if min(len(before), len(after)) < settings.least_seen:
        return 0.0
    return radius_px * float(min(np.median(before), np.median(after)))


def _heights_over(low: PlateBox, boxes: Sequence[PlateBox], settings: UnborneBar) -> FloatArray:
    """How far (k,) over a plate those are, in px, that may be the same one."""
    (x_px, y_px), (_, radius_px) = low.ellipse
    ellipses = (box.ellipse for box in boxes)
    return np.array(
        [
            y_px - middle[1]
            for middle, half in ellipses
            if abs(middle[0] - x_px) <= settings.aside * radius_px
            and abs(np.log(half[1] / radius_px)) < settings.log_size
        ]
    )


def _found(still: Still) -> tuple[PlateBox, ...]:
    return tuple(PlateBox(box.box_px / still.scale, box.score) for box in detect_plates(still.rgb))
