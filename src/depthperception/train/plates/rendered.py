"""Rendered lifters with the boxes of the plates on their bars: views and loads that the real pictures are short of.

The real pictures show most plates full from the side; renders add plates edge-on, stacked, hidden behind people and far
away, and stored plates that belong to no bar. A picture is a function of its seed alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.attempt import Performance
from depthperception.synth.bystanders import place, pose_of
from depthperception.synth.meet import MeetOptions, sample_meet
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import Barbell, Finish, Person, Prop, Scenario
from depthperception.synth.scene import DISC_AT_M, DISC_THICKNESS_M
from depthperception.synth.stills import Studio, performance_of
from depthperception.train.plates.prints import plate_face
from depthperception.types import BoolArray, FloatArray, Picture

SCALE = 0.36
"""Of the renderer's 1280 px: 461 px, a little more than the detector is shown."""

CLEAR_SHARE, HIDDEN_SHARE = 0.3, 0.08
"""Of a plate's outline that is seen: above the first it is to be found, below the second it is not there."""

CHANGED = 6
"""Grey levels by which a pixel must change when the plates are taken off to count as showing one."""

SLEEVE_END_M, SLEEVE_RADIUS_M = 1.1, 0.03
"""The sleeve sticks out of the plates, towards a camera at the side."""

PRINTED_SHARE = 0.8
"""Of rendered plates get a printed face; the others stay the renderer's plain rubber."""


@dataclass(frozen=True, eq=False)
class RenderedPlates:
    """A picture and the plates in it.

    Attributes
    ----------
    picture : (h, w, 3)
        RGB.
    boxes_px : (n, 4)
        x0, y0, x1, y1 of plates to be found, clipped to the picture.
    ignored_px : (m, 4)
        Plates that are hidden for the most part, or stand about: neither to be found nor to be taken for background.
    """

    picture: Picture
    boxes_px: FloatArray
    ignored_px: FloatArray


@dataclass(frozen=True, eq=False)
class _End:
    """One end of a bar: its middle and direction in the world, outwards, and what is on it."""

    centre_m: FloatArray
    outwards: FloatArray
    barbell: Barbell


def rendered_plates(seed: int, studio: Studio) -> RenderedPlates:
    """Render the picture of a seed; about a second on one core."""
    rng = np.random.default_rng((seed, 4))
    scenario = _scenario(seed)
    acted = performance_of(scenario)
    time_s = float(rng.uniform(0.0, acted.duration_s))
    full = studio.still(scenario, time_s)
    bare = studio.still(_unloaded(scenario), time_s).picture
    picture = full.picture.copy()
    changed = np.abs(picture.astype(np.int16) - bare).max(axis=2) > CHANGED
    free = changed.copy()
    found: list[FloatArray] = []
    stored = (_stored(prop, full.camera) for prop in scenario.room.props if prop.kind == "plate")
    ignored = [box for box in stored if box is not None]
    for end in _nearest_first(_ends(scenario, acted, time_s), full.camera):
        outline = _outline(end, full.camera)
        if outline is None:
            continue
        box, share = _seen(outline, free)
        if share > HIDDEN_SHARE:
            (found if share > CLEAR_SHARE else ignored).append(box)
            if rng.random() < PRINTED_SHARE:
                _print_face(picture, end, full.camera, changed, rng)
    return RenderedPlates(picture, _rows(found), _rows(ignored))


def _scenario(seed: int) -> Scenario:
    """Half lone squats from all round, half meets; every bar loaded, and no faults of the picture yet."""
    if seed % 2:
        scenario = sample_meet(seed, MeetOptions(scale=SCALE))
    else:
        scenario = sample_scenario(seed, SampleOptions(scale=SCALE))
    rng = np.random.default_rng((seed, 5))
    barbell = scenario.barbell
    if barbell.plate_radius_m == 0.0 and rng.random() < 0.9:
        barbell = replace(barbell, plate_radius_m=0.225)
    return replace(scenario, barbell=barbell, finish=Finish(), mirror=None)


def _unloaded(scenario: Scenario) -> Scenario:
    people = tuple(
        person if person.barbell is None else replace(person, barbell=replace(person.barbell, plate_radius_m=0.0))
        for person in scenario.people
    )
    return replace(scenario, barbell=replace(scenario.barbell, plate_radius_m=0.0), people=people)


def _ends(scenario: Scenario, acted: Performance, time_s: float) -> Iterator[_End]:
    pose = acted.pose(time_s)
    bars: list[tuple[Barbell, FloatArray, FloatArray]] = [(scenario.barbell, pose.bar, pose.trunk[:, 0])]
    for person in scenario.people:
        if person.barbell is not None:
            bars.append((person.barbell, *_held(person, acted, time_s)))
    for barbell, centre, along in bars:
        if barbell.plate_radius_m > 0.0:
            yield _End(centre, along, barbell)
            yield _End(centre, -along, barbell)


def _held(person: Person, acted: Performance, time_s: float) -> tuple[FloatArray, FloatArray]:
    pose = pose_of(person, acted, time_s)
    centre, side = place(person, np.stack([pose.bar, pose.bar + pose.trunk[:, 0]]), time_s, acted.duration_s)
    return centre, side - centre


def _nearest_first(ends: Iterator[_End], camera: PinholeCamera) -> list[_End]:
    def away_m(end: _End) -> float:
        return float(np.linalg.norm(end.centre_m + DISC_AT_M * end.outwards - camera.position_m))

    return sorted(ends, key=away_m)


def _ring(end: _End, at_m: float, radius_m: float) -> FloatArray:
    """Points (32, 3) of a circle round the bar."""
    up = np.cross(end.outwards, [0.0, 1.0, 0.0])
    up /= np.linalg.norm(up)
    angle = np.linspace(0.0, 2.0 * np.pi, 32, endpoint=False)[:, None]
    circle = np.cos(angle) * up + np.sin(angle) * np.cross(end.outwards, up)
    return np.asarray(end.centre_m + at_m * end.outwards + radius_m * circle)


def _outline(end: _End, camera: PinholeCamera) -> FloatArray | None:
    """Outline (k, 2) of an end's plates in the picture, or None where they are behind the camera."""
    rings, inner = [], DISC_AT_M
    for k in range(end.barbell.plates):
        radius = end.barbell.plate_radius_m * (1.0, 0.98, 0.72, 0.6)[min(k, 3)]
        rings += [_ring(end, inner, radius), _ring(end, inner + DISC_THICKNESS_M, radius)]
        inner += DISC_THICKNESS_M + 0.005
    points = np.concatenate(rings)
    if np.any(points @ camera.R[2] + camera.t[2] < 0.2):
        return None
    px = camera.project(points)
    return np.asarray(cv2.convexHull(px.astype(np.float32))[:, 0], dtype=np.float64)


def _seen(outline: FloatArray, free: BoolArray) -> tuple[FloatArray, float]:
    """Box of an outline within the picture, and the share of it that is seen there; takes it from `free`."""
    height, width = free.shape
    mask = np.zeros(free.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    whole = float(cv2.contourArea(outline.astype(np.float32)))
    share = float(np.count_nonzero(free & (mask > 0))) / max(whole, 1.0)
    free &= mask == 0
    low, high = outline.min(axis=0), outline.max(axis=0)
    return np.array([max(low[0], 0), max(low[1], 0), min(high[0], width), min(high[1], height)]), share


def _stored(prop: Prop, camera: PinholeCamera) -> FloatArray | None:
    """Box of a plate that stands about (see `scene`): its axis runs along x and y, its radius is the first size."""
    x, y, z = prop.centre_m
    radius, thick, _ = prop.size_m
    axis = np.array([thick * 0.95, thick * 0.3, 0.0])
    lying = _End(np.array([x, y, z + radius]), axis / np.linalg.norm(axis), Barbell())
    points = np.concatenate([_ring(lying, at, radius) for at in (0.0, float(np.linalg.norm(axis)))])
    if np.any(points @ camera.R[2] + camera.t[2] < 0.2):
        return None
    px = camera.project(points)
    low = np.clip(px.min(axis=0), 0.0, (camera.width_px, camera.height_px))
    high = np.clip(px.max(axis=0), 0.0, (camera.width_px, camera.height_px))
    return np.concatenate([low, high]) if np.all(high - low > 2.0) else None


def _print_face(
    picture: Picture, end: _End, camera: PinholeCamera, changed: BoolArray, rng: np.random.Generator
) -> None:
    """Paint rings, letters, holes and a hub on the outer face of the outermost large plate, where it is seen."""
    large = min(end.barbell.plates, 2)
    if end.barbell.plates > large:
        return
    at = DISC_AT_M + large * DISC_THICKNESS_M + (large - 1) * 0.005
    radius = end.barbell.plate_radius_m * (1.0, 0.98)[large - 1]
    middle = end.centre_m + at * end.outwards
    if np.dot(end.outwards, camera.position_m - middle) <= 0.05:
        return
    face = plate_face(rng, end.barbell.plate_colour)
    side = face.shape[0]
    ring = camera.project(_ring(end, at, radius))[[0, 8, 16, 24]].astype(np.float32)
    half = side / 2.0
    source = np.array([[half, 0.0], [side, half], [half, side], [0.0, half]], np.float32)
    warp = cv2.getPerspectiveTransform(source, ring)
    size = (picture.shape[1], picture.shape[0])
    painted = cv2.warpPerspective(face, warp, size, flags=cv2.INTER_AREA)
    plate = cv2.circle(np.zeros((side, side), np.uint8), (side // 2, side // 2), side // 2 - 1, 255, -1)
    mask = (cv2.warpPerspective(plate, warp, size) > 127) & changed & ~_sleeve(end, at, camera)
    if not mask.any():
        return
    light = picture[mask].mean() / max(1.0, float(painted[mask].mean()))
    picture[mask] = np.clip(painted[mask] * np.clip(light, 0.35, 1.6), 0, 255).astype(np.uint8)


def _sleeve(end: _End, at_m: float, camera: PinholeCamera) -> BoolArray:
    rings = [_ring(end, at, SLEEVE_RADIUS_M) for at in (at_m, SLEEVE_END_M)]
    mask = np.zeros((camera.height_px, camera.width_px), np.uint8)
    hull = cv2.convexHull(camera.project(np.concatenate(rings)).astype(np.float32))[:, 0]
    cv2.fillConvexPoly(mask, np.round(hull).astype(np.int32), 1)
    return np.asarray(mask > 0)


def _rows(boxes: list[FloatArray]) -> FloatArray:
    kept = [box for box in boxes if box[2] - box[0] > 2.0 and box[3] - box[1] > 2.0]
    return np.array(kept, dtype=np.float64).reshape(-1, 4)
