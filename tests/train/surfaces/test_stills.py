"""Rendered stills of drawn people: what is said to be seen is, and nobody of the bodies that ship is drawn."""

import numpy as np
import pytest

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.surfaces import COUNT, index_of
from depthperception.synth.body import body_names, make_body
from depthperception.synth.scenario import BodyShape, Scenario
from depthperception.synth.space import lend_person, space
from depthperception.synth.stills import Studio
from depthperception.train.surfaces.stills import WINDOW_PX, rendered_stills, states


def test_a_drawn_person_is_the_same_again_and_none_that_ships() -> None:
    first, again, other = lend_person(5, space()), lend_person(5, space()), lend_person(6, space())
    assert first == again != other
    assert first not in body_names()
    drawn, second = (make_body(BodyShape(weights=((name, 1.0),))) for name in (first, other))
    assert drawn.vertices.shape == second.vertices.shape
    assert np.abs(drawn.vertices - second.vertices).max() > 0.005


def test_the_depth_of_a_still_is_that_of_the_skin_in_front(studio: Studio) -> None:
    still = studio.still(Scenario(), "bottom")
    depth_m = studio.depth_m()
    camera: PinholeCamera = still.camera
    knee = still.truth.knee_top[0]  # the nearer leg of the usual view, at 40 degrees
    x, y = camera.project(knee[None])[0].astype(int)
    away_m = float((camera.R @ knee + camera.t)[2])
    assert depth_m.shape == still.picture.shape[:2]
    assert depth_m[y + 2, x] == pytest.approx(away_m, abs=0.06)


def test_a_point_is_hidden_behind_what_is_nearer_and_out_beyond_the_edge() -> None:
    points_px = np.full((COUNT, 2), 10.0)
    points_px[index_of("toe", "right")] = 25.0, 10.0
    away_m = np.full(COUNT, 3.0)
    depth_m = np.full((20, 20), 2.97)
    found = states(points_px, away_m, depth_m, beside_px=1)
    assert (found[:-1] == 0).all()
    assert found[-1] == 2
    assert (states(points_px, away_m, depth_m - 0.5, beside_px=1)[:-1] == 1).all()
    assert (states(points_px, away_m, depth_m + 0.5, beside_px=1)[:-1] == 1).all()


def test_windows_hold_the_lifter_in_their_middle(studio: Studio) -> None:
    del studio
    stills = rendered_stills(90_000_000)
    for _ in range(2):
        still = next(stills)
        assert still.picture.shape == (WINDOW_PX, WINDOW_PX, 3)
        assert np.abs(still.points_px[6:10].mean(axis=0) - WINDOW_PX / 2).max() < 1.0
        assert (still.state < 2).sum() >= 8
