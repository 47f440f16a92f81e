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

from depthperception.capture.scale import tall_in_picture_px
from depthperception.depth.evidence import Evidence
from depthperception.depth.in_picture import PictureEvidence
from depthperception.depth.reading import reading, with_reason
from depthperception.depth.registry import Method
from depthperception.geometry.skeletons import HEELS, HIPS, KNEES, TOES
from depthperception.pose.track import PoseTrack
from depthperception.results import Reading
from depthperception.types import BoolArray, FloatArray

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


def side_in_picture(evidence: PictureEvidence) -> Reading:
    """Measure the same from landmarks of any network, which know nothing of the camera; a leg unseen has no number."""
    cm_per_px = evidence.scale.cm_per_px
    legs_cm = (evidence.looks_px[:, HIPS, 1] - evidence.looks_px[:, KNEES, 1]) * cm_per_px
    seen: BoolArray = np.asarray(np.isfinite(legs_cm).all(axis=0))
    if not seen.any():
        return Reading("side", reason="Neither leg's hip and knee are seen at the bottom.")
    share = sum(source.sd_share for source in evidence.scale.sources)
    both_cm = np.where(seen, legs_cm, legs_cm[:, seen].mean(axis=1, keepdims=True))
    sd_cm = float(np.hypot(SIDE_SD_CM, share * np.median(both_cm)))
    found = reading("side", np.asarray(both_cm), model_sd_cm=sd_cm)
    found = replace(found, left=found.left if seen[0] else None, right=found.right if seen[1] else None)
    if not evidence.scale_known:
        found = Reading("side", probability=found.probability)
    said = NO_CAMERA if evidence.scale_known else f"{NO_HEIGHT} {NO_CAMERA}"
    return with_reason(found, said)


NO_CAMERA = "Made for a level camera at the side; where the camera stands is not measured from these landmarks."
NO_HEIGHT = "No height was given, so there are no centimetres."


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
    tall_px = tall_in_picture_px(track) if height_cm is not None else None
    cm = px * height_cm / tall_px if height_cm is not None and tall_px is not None else None
    return LowestFrame(float(track.times_s[lowest]), px, cm)


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
    in_picture=side_in_picture,
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
