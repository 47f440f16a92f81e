"""Gravity by what stands upright in the room: posts of racks, frames of doors, edges of walls.

The standing lifter tells gravity to some degrees (`capture.camera`): lifters lean, and networks lean them further.
Edges that are upright in space meet, prolonged, in one point of the picture, whose place is that of gravity. Which
edges are upright nobody says: each of those near enough to the lifter's word is either upright and seen with an error,
or anything at all, and every gravity is as likely as it explains them all, times the lifter's word (Coughlan and Yuille
1999, Manhattan world). The focal length, on which the pitch hangs, is summed over. Edges along one line are of one
thing, a post or a seam in pieces, which leans or stands as a whole: together they count as one. What lies lower in the
picture than the lifter's feet is floor, whose seams run away from the camera and look upright.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from depthperception.geometry.pinhole import Pinhole, axis_pitch, up_of
from depthperception.types import BoolArray, FloatArray, Picture

LEAST_LENGTH = 0.03
"""Of an edge, over the picture's long side: shorter ones are mostly of things that do not stand."""

DRAWN_PX = 0.1
"""An edge whose ends lie within this straight under each other was drawn into the film: letters, frames, bars."""

NEAR_DEG = 20.0
"""Edges further from the lifter's word than this are not upright: his roll is off by 3 degrees in one film of ten."""

MOST = 60
"""So many edges, the longest, tell as much as all."""

EDGE_DEG, END_PX = 0.4, 0.6
"""Error of an edge's direction, and of each of its ends (sd)."""

UPRIGHT = 0.3
"""Share of those edges that are upright."""

DOUBT, WIDER = 0.2, 3.0
"""How often the lifter's word is off by more than it says, and by how much: he stands askew, the network is wrong."""

SHARED_DEG = 2.5, 0.7
"""Errors (sd) of pitch and roll that all edges share: things lean, and lenses bend what is upright beside the middle. A
phone's first radial term of .1 turns edges a quarter of the picture above it as 3 degrees of pitch do. Of two
calibrated cameras in one room on film the roll by edges alone is off by .8 and 2.0 degrees, the pitch by 3 and 7."""

FOCAL_SD = 0.4
"""Error (log) of the focal length that goes with the camera's measured distance: .46 over rendered squats."""

FOCAL_STEPS = np.linspace(-2.0, 2.0, 7)
"""In standard deviations."""

REACH_SD, STEPS = 5.0, (41, 61)
"""How far from the lifter's word pitch and roll are asked for, in its standard deviations, and in how many steps."""

FULL = 0.1
"""Length over the picture's long side from which on an edge counts whole: shorter ones come in pairs and rows."""

SAME_LINE, SAME_LINE_DEG = 0.005, 1.5
"""Edges so near to each other's line, over the picture's long side, and so parallel are pieces of one: a seam has two
sides, and ends where something crosses it. A fifth of it, and twice, change rendered roll by .02 degrees."""

BODY_MARGIN = 0.03
"""Round the lifter's joints, over their height: nothing in there is asked, he is no post."""


@dataclass(frozen=True)
class Gravity:
    """Pitch of the line of sight to the hips and roll of the camera, and their errors (sd), degrees."""

    pitch_deg: float
    roll_deg: float
    pitch_sd_deg: float
    roll_sd_deg: float


@dataclass(frozen=True, eq=False)
class Sight:
    """How the standing lifter is seen: inside of the camera, place of the hips (2,) and of all joints (k, 2), px."""

    pinhole: Pinhole
    hips_px: FloatArray
    joints_px: FloatArray


def edges_in(rgb: Picture, width_px: int) -> FloatArray:
    """Find straight edges (n, 4), both ends, in px of the upright picture that is `width_px` wide."""
    found = cv2.createLineSegmentDetector().detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))[0]
    edges = np.zeros((0, 4)) if found is None else np.asarray(found.reshape(-1, 4), np.float64)
    way = edges[:, 2:] - edges[:, :2]
    told = (np.hypot(*way.T) > LEAST_LENGTH * max(rgb.shape)) & (np.abs(way[:, 0]) > DRAWN_PX)
    return np.asarray(edges[told] * width_px / rgb.shape[1])


def gravity_by(edges_px: FloatArray, known: Gravity, sight: Sight) -> Gravity:
    """Hold what is known of gravity against the edges (n, 4) of the room."""
    edges = edges_px[_may_stand(edges_px, known, sight)]
    if not len(edges):
        return known
    pitch, roll = np.meshgrid(
        known.pitch_deg + known.pitch_sd_deg * np.linspace(-REACH_SD, REACH_SD, STEPS[0]),
        known.roll_deg + known.roll_sd_deg * np.linspace(-REACH_SD, REACH_SD, STEPS[1]),
        indexing="ij",
    )
    logs = [
        _explained(edges, np.radians(pitch), np.radians(roll), _longer(sight, step)) - step**2 / 2.0
        for step in FOCAL_STEPS
    ]
    seen = np.exp(np.array(logs) - np.max(logs)).sum(axis=0)
    steps_deg = float(pitch[1, 0] - pitch[0, 0]), float(roll[0, 1] - roll[0, 0])
    seen = gaussian_filter(seen, np.array(SHARED_DEG) / steps_deg, mode="nearest")
    away = ((pitch - known.pitch_deg) / known.pitch_sd_deg) ** 2 + ((roll - known.roll_deg) / known.roll_sd_deg) ** 2
    weight = seen * ((1.0 - DOUBT) * np.exp(-away / 2.0) + DOUBT / WIDER**2 * np.exp(-away / 2.0 / WIDER**2))
    weight /= weight.sum()
    pitch_deg, pitch_sd = _moments(pitch, weight, steps_deg[0])
    roll_deg, roll_sd = _moments(roll, weight, steps_deg[1])
    return Gravity(pitch_deg, roll_deg, pitch_sd, roll_sd)


def _may_stand(edges_px: FloatArray, known: Gravity, sight: Sight) -> BoolArray:
    """Which edges (n,) are near enough to upright, neither the lifter's nor on the floor, and among the longest."""
    off = _off_upright(edges_px, np.radians(known.pitch_deg), np.radians(known.roll_deg), sight)
    low, high = sight.joints_px.min(axis=0), sight.joints_px.max(axis=0)
    margin = BODY_MARGIN * (high[1] - low[1])
    middle = (edges_px[:, :2] + edges_px[:, 2:]) / 2.0
    his = ((middle > low - margin) & (middle < high + margin)).all(axis=1)
    on_floor = edges_px[:, [1, 3]].min(axis=1) > high[1]
    length = np.where((np.abs(off) < np.sin(np.radians(NEAR_DEG))) & ~his & ~on_floor, _length(edges_px), 0.0)
    least = np.sort(length)[-MOST] if len(length) > MOST else 0.0
    return np.asarray((length > 0.0) & (length >= least))


def _explained(edges_px: FloatArray, pitch_rad: FloatArray, roll_rad: FloatArray, sight: Sight) -> FloatArray:
    """Log likelihood of all edges by pitch and roll."""
    sd = np.hypot(np.radians(EDGE_DEG), np.sqrt(2.0) * END_PX / _length(edges_px))
    off = _off_upright(edges_px, pitch_rad[..., None], roll_rad[..., None], sight)
    upright = UPRIGHT * np.exp(-((off / sd) ** 2) / 2.0) / (sd * np.sqrt(2.0 * np.pi))
    counts = _counts(edges_px, 2.0 * float(sight.pinhole.middle_px.max()))
    return np.asarray(np.log(upright + (1.0 - UPRIGHT) / np.radians(2.0 * NEAR_DEG)) @ counts)


def _counts(edges_px: FloatArray, long_px: float) -> FloatArray:
    """How much each edge counts (n,): short ones by their length, those along one line together as their longest."""
    alone = np.minimum(1.0, _length(edges_px) / (FULL * long_px))
    way = (edges_px[:, 2:] - edges_px[:, :2]) / _length(edges_px)[:, None]
    middle = (edges_px[:, :2] + edges_px[:, 2:]) / 2.0
    between = middle - middle[:, None]
    aside = np.abs(way[:, None, 0] * between[..., 1] - way[:, None, 1] * between[..., 0])
    turned = np.abs(way[:, None, 0] * way[:, 1] - way[:, None, 1] * way[:, 0])
    near = np.maximum(aside, aside.T) < SAME_LINE * long_px
    of_one = near & (turned < np.sin(np.radians(SAME_LINE_DEG)))
    return np.asarray(alone * np.where(of_one, alone, 0.0).max(axis=1) / (of_one @ alone))


def _off_upright(
    edges_px: FloatArray, pitch_rad: FloatArray | float, roll_rad: FloatArray | float, sight: Sight
) -> FloatArray:
    """Sine of the angle between edges and what stands upright where they are."""
    ray = sight.pinhole.ray(sight.hips_px)
    x, y, away = up_of(axis_pitch(pitch_rad, roll_rad, ray / np.linalg.norm(ray)), roll_rad)
    at = sight.pinhole.ray((edges_px[:, :2] + edges_px[:, 2:]) / 2.0)
    up_x, up_y = x - at[:, 0] * away, y - at[:, 1] * away
    way = edges_px[:, 2:] - edges_px[:, :2]
    return np.asarray((way[:, 0] * up_y - way[:, 1] * up_x) / (np.hypot(*way.T) * np.hypot(up_x, up_y)))


def _longer(sight: Sight, step: float) -> Sight:
    """With a focal length that is so many standard deviations longer."""
    focal_px = sight.pinhole.focal_px * float(np.exp(step * FOCAL_SD))
    return replace(sight, pinhole=replace(sight.pinhole, focal_px=focal_px))


def _length(edges_px: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(*(edges_px[:, 2:] - edges_px[:, :2]).T))


def _moments(values: FloatArray, weight: FloatArray, step: float) -> tuple[float, float]:
    """Mean and sd of what lies on an even grid, `step` apart."""
    mean = float((weight * values).sum())
    return mean, float(np.sqrt((weight * (values - mean) ** 2).sum() + step**2 / 12.0))
