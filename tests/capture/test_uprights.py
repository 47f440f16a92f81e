"""Gravity by what stands upright in a drawn room, among things that do not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from depthperception.capture.uprights import Gravity, Sight, edges_in, gravity_by
from depthperception.geometry.pinhole import Pinhole, up_of
from depthperception.types import FloatArray, Picture

SIZE_PX = 720, 1280
FOCAL_PX = 960.0
HIPS_PX = np.array([360.0, 640.0])
INSIDE = Pinhole(FOCAL_PX, np.array(SIZE_PX) / 2.0)
SIGHT = Sight(INSIDE, HIPS_PX, np.array([[300.0, 300.0], [420.0, 1000.0]]))
LEVEL = Gravity(0.0, 0.0, 4.5, 1.8)


def uprights(pitch_deg: float, roll_deg: float, *, count: int = 24, seed: int = 0) -> FloatArray:
    """Edges (n, 4) of posts about a camera, whose ends are seen with an error; the hips lie on its axis."""
    rng = np.random.default_rng(seed)
    up = up_of(*np.radians([pitch_deg, roll_deg]))
    foot = np.concatenate(
        [rng.uniform([-1.6, -1.5], [1.6, 1.0], (count, 2)), rng.uniform(3.5, 6.0, (count, 1))], axis=1
    )
    ends = INSIDE.project(np.stack([foot, foot + rng.uniform(0.5, 1.5, (count, 1)) * up], axis=1))
    return np.asarray((ends + rng.normal(0.0, 0.5, ends.shape)).reshape(count, 4))


def clutter(count: int, *, seed: int = 1) -> FloatArray:
    """Edges (n, 4) of things that lean, anywhere."""
    rng = np.random.default_rng(seed)
    middle, lean = rng.uniform([0.0, 0.0], SIZE_PX, (count, 2)), rng.uniform(-0.35, 0.35, count)
    way = np.stack([np.sin(lean), np.cos(lean)], axis=1) * rng.uniform(25.0, 100.0, (count, 1))
    return np.concatenate([middle - way, middle + way], axis=1)


@pytest.mark.parametrize(("pitch_deg", "roll_deg"), [(0.0, 0.0), (5.0, 4.0), (-8.0, -3.0), (3.0, 6.0)])
def test_posts_tell_gravity_among_as_many_things_that_lean(pitch_deg: float, roll_deg: float) -> None:
    found = gravity_by(np.concatenate([uprights(pitch_deg, roll_deg), clutter(24)]), LEVEL, SIGHT)
    assert found.roll_deg == pytest.approx(roll_deg, abs=1.0)
    assert found.roll_sd_deg < 0.9
    # How far uprights lean together hangs on the focal length, which nobody knows.
    assert found.pitch_deg == pytest.approx(pitch_deg, abs=2.5)
    assert abs(found.pitch_deg - pitch_deg) < 2.0 * found.pitch_sd_deg < 2.0 * LEVEL.pitch_sd_deg


def test_a_camera_that_is_far_more_askew_than_the_lifter_said_is_found() -> None:
    found = gravity_by(uprights(2.0, 12.0, count=40), replace(LEVEL, roll_deg=7.0), SIGHT)
    assert found.roll_deg == pytest.approx(12.0, abs=1.0)


def test_where_nothing_stands_the_lifters_word_stays() -> None:
    assert gravity_by(np.zeros((0, 4)), LEVEL, SIGHT) == LEVEL
    his = np.tile([360.0, 400.0, 380.0, 600.0], (30, 1))  # legs and arms are no posts
    assert gravity_by(his, LEVEL, SIGHT) == LEVEL


def test_things_that_lean_anyhow_leave_doubt() -> None:
    found = gravity_by(clutter(40), LEVEL, SIGHT)
    assert abs(found.roll_deg) < 2.0 * found.roll_sd_deg
    assert found.roll_sd_deg > 0.5


def painted(lines: FloatArray) -> Picture:
    picture = np.full((SIZE_PX[1] // 2, SIZE_PX[0] // 2, 3), 90, np.uint8)
    for x0, y0, x1, y1 in lines / 2.0:
        start, end = (round(16.0 * x0), round(16.0 * y0)), (round(16.0 * x1), round(16.0 * y1))
        cv2.line(picture, start, end, (200, 200, 200), 5, cv2.LINE_AA, 4)
    return picture


def test_edges_are_found_in_px_of_the_whole_picture_and_what_was_drawn_into_the_film_is_not_asked() -> None:
    posts = uprights(4.0, 5.0, count=12)
    picture = painted(posts)
    cv2.rectangle(picture, (20, 20), (340, 600), (255, 255, 255), 3)  # the frame of a player, or a bar at the side
    edges = edges_in(picture, SIZE_PX[0])
    assert edges[:, [1, 3]].max() > picture.shape[0]
    found = gravity_by(edges, LEVEL, SIGHT)
    assert found.roll_deg == pytest.approx(5.0, abs=1.0)


def test_a_seam_in_pieces_is_one_thing_that_leans() -> None:
    ends = np.linspace([90.0, 250.0], [60.0, 860.0], 13)  # leans by 3 degrees, found in twelve pieces
    pieces = np.concatenate([ends[:-1], ends[1:]], axis=1)
    posts = uprights(0.0, 0.0, count=3)
    found = gravity_by(np.concatenate([posts, pieces]), LEVEL, SIGHT)
    assert found.roll_deg == pytest.approx(0.0, abs=0.7)


def test_what_lies_before_his_feet_is_floor() -> None:
    foot = np.array([[100.0, 1260.0], [200.0, 1270.0], [250.0, 1250.0], [450.0, 1260.0], [600.0, 1270.0]])
    seams = np.concatenate([foot + [25.0, -220.0], foot], axis=1)
    assert gravity_by(seams, LEVEL, SIGHT) == LEVEL
