"""What stands between the camera and the points that decide: a plate of the bar, or somebody else.

The lifter's mask cannot say: it takes a plate in front of the shoulders for a part of him, and paints over posts. The
plate's ellipse and other people's sightings can. A rack's post is not recognised. Only somebody else is an obstacle
(`ruling.obstacle`): behind posts and parts of plates the intervals of `calibrated` hold (docs/accuracy.md), and behind
a plate over hip and knee they are made to.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.special import ndtri

from depthperception.barbell import PlateTrack
from depthperception.depth.reading import LARGEST_SD_CM, half_of_90, restated, sd_of
from depthperception.geometry.skeletons import COCO_ANKLES, COCO_TRUNK_AND_LEGS
from depthperception.people import PersonTrack
from depthperception.people.tracking import FLEETING
from depthperception.pose.inpainting import PAINTED, SEEN_WITHIN_S, draw_body
from depthperception.proof import SeenPoints
from depthperception.results import Camera, Cover, Covered, Coverer, Reading
from depthperception.types import BoolArray, FloatArray

NEARER = 0.1
"""Somebody stands in front whose ankles are lower in the picture by this part of the lifter's height: on level ground
what is lower is nearer, and two networks place ankles to a few hundredths."""

LARGER = 1.35
"""Or whose body is larger by this, where his feet are out of the picture: no adult is so much taller than another."""


SURELY_SEEN = 0.5
"""Share of trunk and legs of which the sighting must be sure: who hides a lifter is himself in full view, though his
legs may be out of the picture."""


BEHIND_THINGS = 1.3
"""Factor on the sd of a reading of a leg whose crease and knee are hidden. A disc was painted over both of the nearer
leg in 89 rendered bottoms seen from the side or obliquely: errors (rms) were 1.26 times what `calibrated` stated, its
90 % intervals covered .82, with the factor .92; of depths of 2 cm and more .84 of the calls were right, with it .97
(31)."""

MOST_CERTAIN = 0.91
"""Of a ruling on such a leg: 6 of those 89 errors were over 2.6 sd, so that a large depth is no certain one;
behind plates and racks at most .91 of the rulings at 2 cm and more are right (changelog)."""


def find_occlusion(
    time_s: float,
    points_px: FloatArray,
    camera: Camera,
    plates: Sequence[PlateTrack],
    lifter: PersonTrack,
    others: Sequence[PersonTrack],
) -> Cover:
    """Say what hides the hip crease and the top of the knee of each leg.

    Parameters
    ----------
    time_s
        Of the bottom.
    points_px : (4, 2)
        Creases and tops of the knee there, each left, then right.
    camera
        Tells which end of the bar is nearer.
    plates
        The bar's plates of the attempt.
    lifter, others
        Tracks of everybody.
    """
    by: list[Coverer | None] = [None] * len(points_px)
    for plate in plates:
        if _faces(plate, camera):
            by = ["plate" if hidden else was for hidden, was in zip(_inside(plate, points_px, time_s), by, strict=True)]
    for other in others:
        if is_there(other, lifter, time_s) and in_front(other, lifter, time_s):
            by = [
                "person" if hidden else was for hidden, was in zip(_behind(other, points_px, time_s), by, strict=True)
            ]
    return Cover(crease=Covered(*by[:2]), knee_top=Covered(*by[2:]))


def nearer_leg_hidden(cover: Cover, seen: SeenPoints | None, camera: Camera) -> bool:
    """Whether hip crease and knee of the nearer leg are hidden, of both legs where none is nearer.

    A point is hidden by a plate that was followed, or where the network that looks for it says that it does not see it.
    """
    legs: tuple[Literal["left", "right"], ...] = ("left", "right")
    if camera.view not in ("front", "rear"):
        legs = ("left",) if _nearer_side(camera) > 0.0 else ("right",)
    creases, tops = (seen.crease_px, seen.knee_top_px) if seen else (None, None)
    return all(
        getattr(covered, leg) == "plate" or (shown is not None and leg not in shown)
        for covered, shown in ((cover.crease, creases), (cover.knee_top, tops))
        for leg in legs
    )


def behind_things(value: Reading, cover: Cover, seen: SeenPoints | None, camera: Camera) -> Reading:
    """Say of a reading of legs that a plate or a rack hides no more than is measured of such."""
    if value.probability is None or not nearer_leg_hidden(cover, seen, camera):
        return value
    if value.cm is None or value.interval90_cm is None:
        return _at_most_certain(value)
    sd_cm = BEHIND_THINGS * sd_of(value.interval90_cm)
    if sd_cm > LARGEST_SD_CM:
        reason = f"Hip crease and knee are hidden at the bottom: the depth may be off by {half_of_90(sd_cm):.0f} cm."
        return Reading(value.method, reason=reason)
    sd_cm = max(sd_cm, abs(value.cm) / float(ndtri(MOST_CERTAIN)))
    return _at_most_certain(restated(value, value.cm, sd_cm))


def _at_most_certain(value: Reading) -> Reading:
    probability = float(np.clip(value.probability or 0.0, 1.0 - MOST_CERTAIN, MOST_CERTAIN))
    return replace(value, probability=probability)


def is_there(other: PersonTrack, lifter: PersonTrack, time_s: float) -> bool:
    """Whether a track is of somebody else who is surely seen at a time.

    One man's track may be in pieces, which no look shows beside each other: who is hardly ever seen together with the
    lifter is the lifter.
    """
    if other.unseen_s(time_s) > SEEN_WITHIN_S or other.clear_at(time_s)[COCO_TRUNK_AND_LEGS].mean() < SURELY_SEEN:
        return False
    return len(np.intersect1d(other.times_s, lifter.times_s)) >= FLEETING


def in_front(other: PersonTrack, lifter: PersonTrack, time_s: float) -> bool:
    """Whether somebody is nearer to the camera than the lifter; a reflection is further away, so higher and smaller."""
    if other.unseen_s(time_s) > SEEN_WITHIN_S:
        return False
    lower_px = (other.points_at(time_s) - lifter.points_at(time_s))[COCO_ANKLES, 1].mean()
    return bool(lower_px > NEARER * lifter.height_px or other.height_px > LARGER * lifter.height_px)


def _behind(other: PersonTrack, points_px: FloatArray, time_s: float) -> list[bool]:
    """Which points (n, 2) somebody's body covers in the picture."""
    body, height_px = other.points_at(time_s), other.height_px
    origin = np.minimum(body.min(axis=0), points_px.min(axis=0)) - height_px
    shrink = 200.0 / height_px
    size = np.ceil((np.maximum(body.max(axis=0), points_px.max(axis=0)) + height_px - origin) * shrink).astype(int)
    canvas = np.zeros((size[1], size[0]), np.uint8)
    draw_body(canvas, (body - origin) * shrink, height_px * shrink, PAINTED)
    columns, rows = np.rint((points_px - origin) * shrink).astype(int).T
    return [bool(hit) for hit in canvas[rows, columns]]


def _faces(plate: PlateTrack, camera: Camera) -> bool:
    """Whether a plate's end of the bar is the nearer one: a camera at 90 degrees stands at the lifter's left."""
    return plate.side * _nearer_side(camera) > 0.0


def _nearer_side(camera: Camera) -> float:
    """Which of the lifter's sides is nearer, and how much: positive at his left."""
    return float(np.sin(np.radians(camera.azimuth_deg)))


def _inside(plate: PlateTrack, points_px: FloatArray, time_s: float) -> BoolArray:
    """Which points (n, 2) lie inside the plate's ellipse in the frame nearest to a time."""
    centre = plate.centre_px[int(np.argmin(np.abs(plate.times_s - time_s)))]
    shares = (points_px - centre) @ np.linalg.inv(plate.axes_px)
    return np.asarray((shares**2).sum(axis=1) < 1.0)
