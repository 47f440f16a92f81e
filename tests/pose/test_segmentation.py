"""The lifter's mask: the cut-out head's numbers, where the mask lies in the picture, and how tall he stands by it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from depthperception.capture.scale import stature_px
from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import HEELS, TOES, Landmark
from depthperception.pose.segmentation import Mask, find_masks, masks_of
from depthperception.results import Camera
from depthperception.types import FloatArray, Picture
from depthperception.video import frames
from tests.support.figures import axes, figure, samples
from tests.support.rendered_clips import DATA

ROWS, COLUMNS = slice(68, 213, 12), slice(100, 149, 12)
UNPRUNED = [
    [0.0, 0.0024, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0, 0.7132], [0.408, 1.0, 1.0, 1.0, 0.6419],
    [0.2471, 1.0, 1.0, 1.0, 0.6616], [0.3046, 1.0, 1.0, 1.0, 0.5342], [0.2524, 1.0, 1.0, 1.0, 0.28],
    [0.0, 1.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.7451, 0.0], [0.0, 0.3597, 0.3808, 0.0, 0.0],
    [0.0, 0.0, 0.1503, 0.0, 0.0], [0.0, 0.0066, 0.2603, 0.0, 0.0], [0.0, 0.0, 0.0791, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0],
]  # fmt: skip
"""Output Identity_2 of the whole network, as `to_onnx` of tools/convert_models.py gives it before anything is left out,
through the logistic function, for the painted figure at ROWS and COLUMNS."""


def painted_figure() -> Picture:
    rows, columns = np.indices((256, 256))
    picture = np.full((256, 256, 3), (150, 155, 160), np.uint8)
    skin, boxes = (205, 150, 120), (
        (108, 70, 148, 140, (40, 60, 140)), (110, 140, 126, 215, (30, 30, 35)), (130, 140, 146, 215, (30, 30, 35)),
        (96, 72, 107, 130, (205, 150, 120)), (149, 72, 160, 130, (205, 150, 120)), (105, 212, 127, 222, (160, 30, 30)),
        (129, 212, 151, 222, (160, 30, 30)), (122, 60, 134, 72, (205, 150, 120)),
    )  # fmt: skip
    for x0, y0, x1, y1, colour in boxes:
        picture[y0:y1, x0:x1] = colour
    picture[(rows - 48) ** 2 + (columns - 128) ** 2 < 15**2] = skin
    return picture


def plate(radius: float, *, x: float = 128.0, y: float = 128.0) -> FloatArray:
    rows, columns = np.indices((256, 256)) + 0.5
    away = radius - np.hypot(columns - x, rows - y)
    return np.asarray(np.clip(away + 0.5, 0.0, 1.0))


def as_mask(probability: FloatArray, region: Region) -> Mask:
    return Mask(region, probability.astype(np.float32))


def test_the_head_that_was_cut_out_gives_the_mask_of_the_whole_network() -> None:
    (found,) = masks_of([painted_figure()])
    assert found[ROWS, COLUMNS] == pytest.approx(np.array(UNPRUNED), abs=1e-3)


@pytest.mark.parametrize("turn_rad", [0.0, 0.5])
def test_a_mask_says_which_points_of_the_picture_are_his(turn_rad: float) -> None:
    # 512 px of the picture across 256 of the mask: a plate of 40 is 80 px there, 30 to the region's own right is 60.
    mask = as_mask(plate(40.0, x=158.0), Region(1000.0, 700.0, 512.0, turn_rad))
    right = np.array([np.cos(turn_rad), np.sin(turn_rad)])
    middle = np.array([1000.0, 700.0]) + 60.0 * right
    points = np.stack([middle, middle + 77.0 * right, middle + 83.0 * right, middle - 77.0 * right, [5.0, 5.0]])
    assert mask.at(points) == pytest.approx([1.0, 1.0, 0.0, 1.0, 0.0])
    pixels = mask.pixels_px()
    assert pixels.mean(axis=0) == pytest.approx(middle, abs=0.05)
    assert len(pixels) * mask.pixel_px**2 == pytest.approx(np.pi * 80.0**2, rel=0.01)


def test_the_outline_runs_round_the_largest_part_and_round_holes_in_it() -> None:
    ring = plate(60.0) * (1.0 - plate(25.0))
    mask = as_mask(np.maximum(ring, plate(20.0, x=30.0, y=30.0)), Region(300.0, 300.0, 512.0))
    outer, hole = sorted(mask.outlines_px(), key=len, reverse=True)
    for outline, radius_px in ((outer, 120.0), (hole, 50.0)):
        assert np.linalg.norm(outline - 300.0, axis=1) == pytest.approx(np.full(len(outline), radius_px), abs=1.5)
    assert not as_mask(np.zeros((256, 256)), mask.region).outlines_px()


def test_joints_of_a_rendered_lifter_lie_inside_his_mask_and_the_room_outside() -> None:
    clip = DATA / "side_high.mp4"
    truth = json.loads(clip.with_suffix(".json").read_text())
    frame = next(frames(clip, start_s=truth["bottom_s"]))
    row = min(truth["frames"], key=lambda one: abs(one["time_s"] - frame.time_s))
    joints = np.array([row[name][side] for name in ("hip", "knee", "ankle", "shoulder") for side in ("left", "right")])
    camera = {name: np.array(truth["camera"][name]) for name in ("K", "R", "t")}

    def project(points_m: FloatArray) -> FloatArray:
        px = (points_m @ camera["R"].T + camera["t"]) @ camera["K"].T
        return np.asarray(px[:, :2] / px[:, 2:])

    hips = project(joints[:2]).mean(axis=0)
    metre_px = float(np.linalg.norm(np.diff(project(np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 1.5]])), axis=0)))
    (mask,) = find_masks([(frame.rgb(), Region(float(hips[0]), float(hips[1]), 2.2 * metre_px))])
    assert (mask.at(project(joints)) > 0.9).all()
    around = np.array([[0.0, 1.1, 0.5], [0.0, -1.1, 0.5], [0.0, 0.6, 0.3], [0.0, 0.0, 1.9]])
    assert (mask.at(project(around)) < 0.1).all()


def standing_by(mask_top_px: float, *, pitch_deg: float = 0.0) -> tuple[float, float]:
    """Stature in px of a figure whose mask ends at a height over its floor; and that of its landmarks alone."""
    view = axes(40.0, pitch_deg)
    seen = samples(figure(0.0), view)
    image = seen.image_px[0, 0]
    floor_y = image[np.concatenate([HEELS, TOES]), 1].mean()
    x = image[[Landmark.LEFT_EYE, Landmark.RIGHT_EYE], 0].mean()
    rows, columns = np.indices((256, 256))
    region = Region(float(x), floor_y - 400.0, 1024.0)
    y = region.y_px - 512.0 + 4.0 * rows
    column = (np.abs(columns - 128) < 15) & (y >= floor_y - mask_top_px) & (y < floor_y)
    camera = Camera("front_oblique", "left", 40.0, pitch_deg, 0.0, (0.0, -np.cos(np.radians(pitch_deg)), 0.0))
    mask = as_mask(column.astype(float), region)
    return stature_px(replace(seen, masks=(mask,)), camera), stature_px(seen, camera)


def test_stature_reaches_to_the_top_of_the_mask_and_is_that_of_the_lifter_upright() -> None:
    # The figure's eyes are 1.69 m over its soles at 400 px/m: 676 px, by which the top would be at 727.
    by_mask, by_eyes = standing_by(740.0)
    assert by_mask == pytest.approx(740.0 / 0.988, abs=4.0)
    assert by_eyes == pytest.approx(1.075 * 676.0 / 0.988, rel=0.02)


def test_a_mask_that_ends_nowhere_near_the_head_is_not_believed() -> None:
    for top_px in (600.0, 860.0):
        by_mask, by_eyes = standing_by(top_px)
        assert by_mask == by_eyes


def test_what_a_tilted_camera_foreshortens_is_undone() -> None:
    _, level = standing_by(740.0)
    _, tilted = standing_by(740.0, pitch_deg=30.0)
    assert tilted == pytest.approx(level, rel=0.03)
