"""Telling people from their reflections and from pictures of people."""

import numpy as np

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_BODY
from depthperception.people.lifting_cues import hands_up, hip_height, hip_travel, standing_heights
from depthperception.people.tracking import FLEETING, PersonTrack, colours_apart
from depthperception.results import Kind
from depthperception.types import FloatArray, IntArray

LEAST_TRAVEL = 0.1
"""Who falls less, in standing heights, does not squat: a quarter squat has .08 by geometry, parallel .25. Only who
squats can be known by his reflection: all who stand with hanging arms look alike."""

LEAST_HANDS = 0.1
"""Part of the time with hands at the shoulders, likewise: it is a lifter's reflection that could be taken for him, and
two spotters in shirts of one club look like a mirror's work."""

SAME_HANDS = 0.35
"""Largest difference of that part between a person and his reflection, which is smaller and worse seen."""

SAME_TIME = 0.95
"""Correlation of the hips' heights from which on two move as one."""

SAME_SHAPE = 0.06
"""Largest difference of the heights of shoulders, elbows, wrists, hips and knees over the ankles, in standing heights,
up to which two postures are one: a mirror leaves heights as they are. A spotter's hands are lower than a lifter's."""

SAME_CLOTHES = 0.1
"""Largest difference of the clothes' colours, in part of that of black and white: a mirror is a little darker."""

SMALLER = 0.97
"""A reflection is farther away than the person, on the way by the mirror, and so it is smaller."""

LEAST_SWAY = 0.006
"""Hardly anybody stands stiller than this, in heights. On renders a picture of a person on a wall has .0056 by noise
of film and network alone, the stillest of 16 who stand, and sway as people do, .0062: not much between them, and a
camera that moves hides it. It decides nothing, for neither squats."""

LEAST_SIGHTINGS = 8
"""Two seconds: in less a person may well stand as still as a picture."""


def kinds(tracks: tuple[PersonTrack, ...]) -> tuple[Kind, ...]:
    """Say of each track what it is of."""
    found: list[Kind] = []
    for track in tracks:
        mirrored = any(is_reflection(track, of) for of in tracks if of is not track)
        found.append("reflection" if mirrored else "picture" if is_picture(track) else "person")
    return tuple(found)


def is_reflection(track: PersonTrack, of: PersonTrack) -> bool:
    """Whether a track is of another person's reflection: smaller, in the same clothes, and always in his posture."""
    if min(len(track.people), len(of.people)) < FLEETING or track.height_px > SMALLER * of.height_px:
        return False
    hands = (hands_up(track), hands_up(of))
    if min(hip_travel(track), hip_travel(of)) < LEAST_TRAVEL or min(hands) < LEAST_HANDS:
        return False
    mine, others = _together(track, of)
    if len(mine) < LEAST_SIGHTINGS:
        return False
    together = hips_together(track, of)
    apart = np.median(np.abs(_posture(track)[mine] - _posture(of)[others]), axis=0)
    clothes = colours_apart(track.colours, of.colours, unknown=1.0)
    alike = apart.max() < SAME_SHAPE and clothes < SAME_CLOTHES and max(hands) - min(hands) < SAME_HANDS
    return bool(together > SAME_TIME and alike)


def is_picture(track: PersonTrack) -> bool:
    """Whether a track is of a picture of a person: it never moves."""
    if len(track.people) < LEAST_SIGHTINGS:
        return False
    return sway(track) < LEAST_SWAY


def sway(track: PersonTrack) -> float:
    """Typical spread of the body's points over time, in heights."""
    spread = np.linalg.norm(np.std(track.points_px[:, COCO_BODY], axis=0), axis=1)
    return float(np.median(spread) / max(track.height_px, 1.0))


def hips_together(one: PersonTrack, other: PersonTrack) -> float:
    """Correlation of the heights of two people's hips; 1 where they are hardly seen at the same time."""
    mine, others = _together(one, other)
    if len(mine) < LEAST_SIGHTINGS:
        return 1.0
    return float(np.corrcoef(hip_height(one)[mine], hip_height(other)[others])[0, 1])


def _together(one: PersonTrack, other: PersonTrack) -> tuple[IntArray, IntArray]:
    """Indices of the sightings of both that are of the same picture."""
    _, mine, others = np.intersect1d(one.times_s, other.times_s, return_indices=True)
    return mine, others


def _posture(track: PersonTrack) -> FloatArray:
    """Heights (n, 5) of shoulders, elbows, wrists, hips and knees over the ankles, in standing heights.

    Of both sides together, for a mirror exchanges them.
    """
    y = track.points_px[:, COCO_BODY, 1].reshape(len(track.people), -1, 2).mean(axis=2)
    ankles = track.points_px[:, COCO_ANKLES, 1].mean(axis=1)
    return np.asarray((ankles[:, None] - y[:, :5]) / standing_heights(track)[:, None])
