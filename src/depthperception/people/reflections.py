"""Telling people from their reflections and from pictures of people."""

import numpy as np

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_BODY
from depthperception.people.lifting_cues import hands_up, hip_height, hip_travel, standing_heights
from depthperception.people.settings import SELECTION, CueWeights, LifterSelection
from depthperception.people.tracking import FLEETING, PersonTrack, colours_apart
from depthperception.results import Kind
from depthperception.types import FloatArray, IntArray


def kinds(tracks: tuple[PersonTrack, ...], *, settings: LifterSelection = SELECTION) -> tuple[Kind, ...]:
    """Say of each track what it is of."""
    found: list[Kind] = []
    for track in tracks:
        mirrored = any(is_reflection(track, of, settings=settings) for of in tracks if of is not track)
        found.append("reflection" if mirrored else "picture" if is_picture(track, settings=settings) else "person")
    return tuple(found)


def is_reflection(track: PersonTrack, of: PersonTrack, *, settings: LifterSelection = SELECTION) -> bool:
    """Whether a track is of another person's reflection: smaller, in the same clothes, and always in his posture."""
    cues, told = settings.cues, settings.reflections
    if min(len(track.people), len(of.people)) < FLEETING or track.height_px > told.smaller * of.height_px:
        return False
    hands = [hands_up(one, settings=cues) for one in (track, of)]
    travels = min(hip_travel(one, settings=cues) for one in (track, of))
    if travels < settings.least_travel or min(hands) < told.least_hands:
        return False
    mine, others = _together(track, of)
    if len(mine) < told.least_sightings:
        return False
    together = hips_together(track, of, settings=settings)
    apart = np.median(np.abs(_posture(track, cues)[mine] - _posture(of, cues)[others]), axis=0)
    clothes = colours_apart(track.colours, of.colours, unknown=1.0)
    alike = apart.max() < told.same_shape and clothes < told.same_clothes and max(hands) - min(hands) < told.same_hands
    return bool(together > told.same_time and alike)


def is_picture(track: PersonTrack, *, settings: LifterSelection = SELECTION) -> bool:
    """Whether a track is of a picture of a person: it never moves."""
    if len(track.people) < settings.reflections.least_sightings:
        return False
    return sway(track) < settings.reflections.least_sway


def sway(track: PersonTrack) -> float:
    """Typical spread of the body's points over time, in heights."""
    spread = np.linalg.norm(np.std(track.points_px[:, COCO_BODY], axis=0), axis=1)
    return float(np.median(spread) / max(track.height_px, 1.0))


def hips_together(one: PersonTrack, other: PersonTrack, *, settings: LifterSelection = SELECTION) -> float:
    """Correlation of the heights of two people's hips; 1 where they are hardly seen at the same time."""
    mine, others = _together(one, other)
    if len(mine) < settings.reflections.least_sightings:
        return 1.0
    heights = [hip_height(track, settings=settings.cues) for track in (one, other)]
    return float(np.corrcoef(heights[0][mine], heights[1][others])[0, 1])


def _together(one: PersonTrack, other: PersonTrack) -> tuple[IntArray, IntArray]:
    """Indices of the sightings of both that are of the same picture."""
    _, mine, others = np.intersect1d(one.times_s, other.times_s, return_indices=True)
    return mine, others


def _posture(track: PersonTrack, settings: CueWeights) -> FloatArray:
    """Heights (n, 5) of shoulders, elbows, wrists, hips and knees over the ankles, in standing heights.

    Of both sides together, for a mirror exchanges them.
    """
    y = track.points_px[:, COCO_BODY, 1].reshape(len(track.people), -1, 2).mean(axis=2)
    ankles = track.points_px[:, COCO_ANKLES, 1].mean(axis=1)
    return np.asarray((ankles[:, None] - y[:, :5]) / standing_heights(track, settings=settings)[:, None])
