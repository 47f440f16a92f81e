"""Methods `side`, `floor_plane` and `gravity`: hip against knee by geometry, from joint centres.

`side` is the report's sideAngle.py: at the frame with the lowest hips, the lift is good when the hip landmark lies
below the knee landmark in the picture. It knows nothing of the camera: a camera above the hip, or one that rolls, moves
the answer by up to 19 cm from the front, and the landmarks are joint centres, not the surfaces of the rule.

`floor_plane` is the report's main.py: the plane through heels and toes of the 3-D landmarks is the floor; the lift is
good when the hip is nearer to it than the knee. When the feet are not seen well it falls back to image coordinates. The
short feet make a shaky plane: one degree of tilt moves the hip by 0.8 cm.

`gravity` is ours: hip against knee in 3-D along the true vertical. The pose model's metres are in the camera's axes;
the direction of gravity in them comes from the lifter standing before the descent, so neither a tilted camera nor short
feet mislead it.
"""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.depth.evidence import Evidence
from depthperception.depth.reading import reading, with_reason
from depthperception.depth.registry import Method
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, TOES, Landmark
from depthperception.pose.track import PoseTrack
from depthperception.results import Reading
from depthperception.types import FloatArray

SIDE_SD_CM = 12.5
"""Error of joints for surfaces over all views: nine in ten rendered squats within 20.6 cm (docs/accuracy.md)."""


def side(evidence: Evidence) -> Reading:
    """Measure hip below knee in image coordinates, in cm at the lifter."""
    looks = evidence.bottom.image_px.reshape(-1, *evidence.bottom.image_px.shape[2:])
    cm_per_px = 100.0 * evidence.scale.model_factor / evidence.bottom.px_per_m
    sides_cm = (looks[:, HIPS, 1] - looks[:, KNEES, 1]) * cm_per_px
    limit = None
    if evidence.camera.view != "side":
        limit = f"Made for a camera at the lifter's side; this view is {evidence.camera.view.replace('_', ' ')}."
    return with_reason(reading("side", np.asarray(sides_cm), model_sd_cm=SIDE_SD_CM), limit)


@dataclass(frozen=True)
class LowestFrame:
    """The report's answer for a whole sequence: hip against knee where the hip is lowest.

    `cm` is None where no height gives a scale; `px` is positive when the hip is below the knee.
    """

    time_s: float
    px: float
    cm: float | None


def side_of_track(track: PoseTrack, height_cm: float | None = None) -> LowestFrame:
    """Judge a sequence of image landmarks as sideAngle.py did, from any pose source.

    Parameters
    ----------
    track
        Landmarks in the picture; metres are not needed.
    height_cm
        The lifter's height, for centimetres: over the longest distance from eye or nose to ankle in the sequence.
    """
    hips = np.nanmean(track.image_px[:, HIPS, 1], axis=1)
    lowest = int(np.argmax(hips))
    px = float(hips[lowest] - np.nanmean(track.image_px[lowest, KNEES, 1]))
    if height_cm is None:
        return LowestFrame(float(track.times_s[lowest]), px, None)
    head = track.image_px[:, [Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE], 1]
    seen = ~np.isnan(head).all(axis=1) & ~np.isnan(track.image_px[:, ANKLES, 1]).all(axis=1)
    if not seen.any():
        return LowestFrame(float(track.times_s[lowest]), px, None)
    tall_px = np.nanmean(track.image_px[seen][:, ANKLES, 1], axis=1) - np.nanmin(head[seen], axis=1)
    return LowestFrame(float(track.times_s[lowest]), px, px * HEAD_TO_ANKLE * height_cm / float(tall_px.max()))


HEAD_TO_ANKLE = 0.89
"""Eye height less ankle height over stature: eyes taken 12 cm under the top of 1.72 m, ankles 7 cm over the floor."""


LEAST_VISIBILITY = 0.5
"""The report's rule: below this a foot point is not trusted (MediaPipe's own threshold)."""

FLATTEST = 0.3
"""Least |vertical| part of the plane's normal: a plane steeper than 73 degrees is not a floor."""

FLOOR_PLANE_SD_CM = 12.8
"""Error over all views: nine in ten rendered squats within 21.1 cm (docs/accuracy.md)."""


def floor_plane(evidence: Evidence) -> Reading:
    """Measure hip below knee along the normal of the plane through heels and toes."""
    feet = np.concatenate([HEELS, TOES])
    bottom = evidence.bottom
    if np.median(bottom.visibility, axis=(0, 1))[feet].min() < LEAST_VISIBILITY:
        return with_reason(_renamed(side(evidence)), "The feet are not seen: measured in the picture instead.")
    looks = bottom.world_m.reshape(-1, *bottom.world_m.shape[2:])
    normals = np.array([plane_normal(look[feet]) for look in looks])
    if np.abs(np.median(normals[:, 1])) < FLATTEST:
        return with_reason(_renamed(side(evidence)), "The feet give no floor: measured in the picture instead.")
    below_knee = looks[:, KNEES] - looks[:, HIPS]
    sides_cm = np.einsum("lsk,lk->ls", below_knee, normals) * 100.0 * evidence.scale.model_factor
    return reading("floor_plane", sides_cm, model_sd_cm=FLOOR_PLANE_SD_CM)


def plane_normal(points: FloatArray) -> FloatArray:
    """Unit normal (3,) of the least-squares plane through points (n, 3), pointing up (against image y)."""
    centred = points - points.mean(axis=0)
    normal = np.linalg.svd(centred)[2][2]
    return np.asarray(-normal if normal[1] > 0 else normal)


def _renamed(value: Reading) -> Reading:
    return replace(value, method="floor_plane")


GRAVITY_SD_CM = 11.3
"""Error over all views: nine in ten rendered squats within 18.6 cm (docs/accuracy.md)."""


def gravity(evidence: Evidence) -> Reading:
    """Measure hip below knee along gravity, in cm."""
    world = evidence.bottom.world_m
    looks = world.reshape(-1, *world.shape[2:])
    rise = (looks[:, KNEES] - looks[:, HIPS]) @ np.array(evidence.camera.up)
    return reading("gravity", rise * 100.0 * evidence.scale.model_factor, model_sd_cm=GRAVITY_SD_CM)


SIDE = Method(
    name="side",
    title="Side",
    sees="Compares hip and knee joints in the picture, as one would with a ruler on the screen.",
    blind_to="The camera's height, tilt and angle, and that joints lie inside the leg, not on its surface.",
    each_leg=True,
    measure=side,
)

FLOOR_PLANE = Method(
    name="floor_plane",
    title="Floor plane",
    sees="Measures hip and knee joints in 3-D from the floor under heels and toes, so it needs no level camera.",
    blind_to="Surfaces. The feet are a short base: one degree of error moves the hip by 0.8 cm.",
    each_leg=True,
    measure=floor_plane,
)

GRAVITY = Method(
    name="gravity",
    title="Gravity",
    sees="Compares hip and knee joints in 3-D along the true vertical, which the standing lifter shows.",
    blind_to="Surfaces: joints lie inside the leg, and by how much changes with the view.",
    each_leg=True,
    measure=gravity,
)
