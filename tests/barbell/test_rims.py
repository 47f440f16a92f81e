"""Rims in a picture, and the rig of a camera that looks past the lifter: checked by painting and by projection."""

import cv2
import numpy as np
import pytest

from depthperception.barbell import edges
from depthperception.barbell.projection import plate_view
from depthperception.barbell.rims import Slopes, hidden_by, rims_of
from depthperception.capture.lifter_camera import make_lifter_camera
from depthperception.results import Camera
from depthperception.synth.scenario import Viewpoint
from depthperception.synth.viewpoint import pinhole
from depthperception.types import FloatArray, Picture, Side
from tests.support.painted_bar import fill


def circle(radius: float, middle: tuple[float, float] = (60.3, 59.6)) -> FloatArray:
    angle = np.linspace(0.0, 2.0 * np.pi, 200, endpoint=False)
    return np.asarray(middle + radius * np.column_stack([np.cos(angle), np.sin(angle)]))


def painted(radius: float) -> Picture:
    canvas = np.full((120, 120, 3), 170, np.uint8)
    fill(canvas, circle(radius), (30, 30, 40))
    return canvas


@pytest.mark.parametrize("off_px", [-2.0, -0.6, 0.0, 1.4])
def test_the_edge_is_found_where_it_is_to_a_tenth_of_a_pixel(off_px: float) -> None:
    seen = Slopes(painted(25.0)).at(rims_of(circle(25.0 - off_px)))
    assert seen.clear.all()
    assert float(np.median(seen.offsets_px)) == pytest.approx(off_px, abs=0.1)


@pytest.mark.parametrize("rows", [1, 7, 50, 119, 120])
def test_slopes_are_the_same_however_many_rows_are_looked_at_at_a_time(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 40, (120, 120, 3), dtype=np.uint8)
    picture = np.asarray(cv2.add(painted(25.0), noise), np.uint8)
    whole = edges.steepest_slopes(picture)
    monkeypatch.setattr(edges, "BAND_PX", rows)
    assert (edges.steepest_slopes(picture) == whole).all()


def test_a_rim_gets_votes_for_edges_along_it_only() -> None:
    slopes = Slopes(painted(25.0))
    assert slopes.at(rims_of(circle(25.0))).votes.min() > 0.9
    assert slopes.at(rims_of(circle(18.0))).votes.max() < 0.0
    crossing = slopes.at(rims_of(circle(25.0, (85.3, 59.6))))
    assert -0.2 < crossing.votes.mean() < 0.3


def test_a_shrunken_picture_gives_offsets_in_px_of_the_whole_one() -> None:
    edges = Slopes(painted(40.0), 0.5).at(rims_of(circle(36.0)))
    assert float(np.median(edges.offsets_px)) == pytest.approx(4.0, abs=0.2)


def test_nothing_is_known_of_a_rim_outside_of_the_picture() -> None:
    edges = Slopes(painted(25.0)).at(rims_of(circle(25.0) + [65.0, 0.0]))
    assert 0.0 < edges.inside.mean() < 0.5
    assert not (edges.clear & ~edges.inside).any()


def test_points_behind_the_near_plate_are_hidden_and_others_are_not() -> None:
    points = np.array([[60.0, 60.0], [84.0, 60.0], [60.0, 95.0]])
    assert hidden_by(circle(25.0), points).tolist() == [True, True, False]


def test_the_rig_of_a_camera_that_looks_past_the_lifter_is_a_pinhole_camera() -> None:
    view = Viewpoint(
        azimuth_deg=50.0, height_m=1.5, distance_m=3.5, pitch_deg=-14.0, yaw_deg=6.0, roll_deg=4.0, fov_deg=60.0,
        width_px=540, height_px=720,
    )  # fmt: skip
    camera, hips = pinhole(view), np.array([0.0, 0.0, 0.9])
    sight_m = float(np.linalg.norm(camera.position_m - hips))
    seen = camera.R @ hips + camera.t
    pitch_deg = float(np.degrees(np.arcsin((camera.position_m[2] - hips[2]) / sight_m)))
    said = Camera("front_oblique", "left", 50.0, pitch_deg, 4.0, (0.0, -1.0, 0.0), 0.0, sight_m)
    scale = float(camera.K[0, 0] / seen[2])
    lifter_camera = make_lifter_camera(said, camera.project(hips), scale, np.array([270.0, 360.0]))
    assert np.degrees(lifter_camera.angles_rad) == pytest.approx([50.0, 14.0, 4.0], abs=0.01)
    assert lifter_camera.pinhole.focal_px == pytest.approx(camera.K[0, 0], rel=1e-6)
    bar = np.array([0.0, 0.0, 1.4])
    for side in Side:
        plate = plate_view(lifter_camera, camera.project(bar), side, 0.7)
        assert plate.centre_px == pytest.approx(camera.project(bar - [0.7 * side, 0.0, 0.0]), abs=0.01)
