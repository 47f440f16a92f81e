"""Tracks of people who stand still, from a drawing of a body; and the track of the one who is chosen."""

import numpy as np

from depthperception.people import PersonTrack, Pick, choose
from depthperception.people.movenet import Person
from depthperception.types import FloatArray

BODY = np.array(
    [
        (0.0, 1.65), (0.03, 1.68), (-0.03, 1.68), (0.07, 1.66), (-0.07, 1.66),
        (0.19, 1.43), (-0.19, 1.43), (0.24, 1.15), (-0.24, 1.15), (0.24, 0.9), (-0.24, 0.9),
        (0.09, 0.93), (-0.09, 0.93), (0.1, 0.5), (-0.1, 0.5), (0.1, 0.08), (-0.1, 0.08),
    ]
)  # fmt: skip
"""COCO points (17, 2) of somebody of 1.75 m who faces the camera, in metres: to the right, and up from the floor."""

STATURE_M = 1.75


def standing(x_px: float, floor_px: float, px_per_m: float = 200.0, *, until_s: float = 4.0) -> PersonTrack:
    """Somebody who stands at a place of the picture from 0 to `until_s`, sighted four times a second."""
    points: FloatArray = BODY * [px_per_m, -px_per_m] + [x_px, floor_px]
    top = floor_px - STATURE_M * px_per_m
    box = np.array([x_px - 0.25 * px_per_m, top, x_px + 0.25 * px_per_m, floor_px])
    times = np.arange(0.0, until_s + 1e-9, 0.25)
    return PersonTrack(times, tuple(Person(points, np.ones(17), box, 0.9) for _ in times))


def choose_lifter(
    tracks: tuple[PersonTrack, ...], size_px: tuple[int, int], duration_s: float, pick: Pick | None = None
) -> PersonTrack | None:
    """Give the track of the one whom `choose` chooses."""
    number = choose(tracks, size_px, duration_s, pick=pick).number
    return None if number is None else tracks[number - 1]
