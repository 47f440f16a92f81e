"""Heights of hips and knees over the feet, along gravity."""

from dataclasses import dataclass

import numpy as np

from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, TOES
from depthperception.pose.track import LONGEST_GAP_S, PoseTrack
from depthperception.results import Camera, Judgement, Scale, up_in_picture
from depthperception.types import FloatArray


@dataclass(frozen=True)
class Heights:
    """Height over the feet against time.

    Attributes
    ----------
    times_s : (n,)
    hip, knee : (n,)
        Mean of both legs' joint centres, in `unit`; NaN between frames too far apart to be joined.
    source
        Where the centimetres come from, in words.
    """

    times_s: FloatArray
    hip: FloatArray
    knee: FloatArray
    unit: str
    source: str


def heights_of_frames(track: PoseTrack, camera: Camera | None, scale: Scale | None) -> Heights:
    """Measure hips and knees over the feet in each frame of a track.

    Along gravity in the pose model's metres where there are any: they hold when the camera looks down or the lifter
    turns. Else along gravity in the picture.
    """
    feet = np.concatenate([HEELS, TOES])
    if not np.isfinite(track.image_px[:, feet]).any():
        feet = ANKLES
    along = "along gravity" if camera else "along the picture's vertical"
    seen = np.isfinite(track.image_px).any(axis=(1, 2))
    if np.isfinite(track.world_m[seen][:, np.concatenate([HIPS, KNEES, feet])]).all():
        points = 100.0 * (scale.model_factor if scale else 1.0) * track.world_m
        up, unit, source = np.array(camera.up if camera else (0.0, -1.0, 0.0)), "cm", f"joint centres in 3-D, {along}"
    else:
        points = track.image_px * (scale.cm_per_px if scale else 1.0)
        up = np.array(up_in_picture(camera.up) if camera else (0.0, -1.0))
        unit, source = ("cm" if scale else "px"), f"joint centres in the picture, {along}"
    height = points @ up
    floor = height[:, feet].mean(axis=1)
    hip, knee = (height[:, pair].mean(axis=1) - floor for pair in (HIPS, KNEES))
    return Heights(track.times_s, hip, knee, unit, source)


def heights_over_feet(track: PoseTrack, camera: Camera | None, scale: Scale | None) -> Heights:
    """Measure the same to draw it: NaN between frames that are too far apart to be joined."""
    found = heights_of_frames(track, camera, scale)
    times = found.times_s
    gaps = np.flatnonzero(np.diff(times) > LONGEST_GAP_S) + 1
    hip, knee = (np.insert(values, gaps, np.nan) for values in (found.hip, found.knee))
    return Heights(np.insert(times, gaps, times[gaps - 1]), hip, knee, found.unit, found.source)


def film_heights(track: PoseTrack, judgement: Judgement) -> Heights:
    """Measure the same in every shot by its own camera and scale; in shots without them by those of the others."""
    if not judgement.shots:
        return heights_over_feet(track, judgement.camera, judgement.scale)
    shown = [(shot, track.between(shot.start_s, shot.end_s)) for shot in judgement.shots]
    parts = [
        heights_over_feet(part, shot.camera or judgement.camera, shot.scale or judgement.scale)
        for shot, part in shown
        if len(part)
    ]
    times = np.concatenate([np.append(part.times_s, part.times_s[-1]) for part in parts])
    hip, knee = (
        np.concatenate([np.append(heights, np.nan) for heights in course])
        for course in ([part.hip for part in parts], [part.knee for part in parts])
    )
    return Heights(times, hip, knee, parts[0].unit, parts[0].source)
