"""What is followed through the attempts and stands by the wall is no plate of the bar."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from depthperception.barbell import tracking
from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.barbell.tracking import Footage, goes_with, watch_bar
from depthperception.capture.lifter_camera import make_lifter_camera
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.pose.track import PoseTrack
from depthperception.results import Camera
from depthperception.types import FloatArray, Side
from tests.support.figures import track

RADIUS_PX = 40.0
TIMES_S = np.linspace(0.0, 3.0, 61)


def squat() -> PoseTrack:
    """Somebody who goes down and up once."""
    return track(TIMES_S, 80.0 - 85.0 * np.sin(np.pi * TIMES_S / 3.0) ** 2)


def plate(body: PoseTrack, share: float, lost: slice = slice(0)) -> PlateTrack:
    """A plate that goes a share of the way of somebody's shoulders."""
    down_px = np.interp(TIMES_S, body.times_s, body.y_px(SHOULDERS))
    at_px = np.column_stack([np.full(len(TIMES_S), 300.0), 200.0 + share * down_px])
    radius_px: FloatArray = np.full(len(TIMES_S), RADIUS_PX)
    at_px[lost], radius_px[lost] = np.nan, np.nan
    return PlateTrack(Side.LEFT, TIMES_S, at_px, radius_px, RADIUS_PX * np.eye(2), 0.9, at_px)


@pytest.mark.parametrize(("share", "goes"), [(1.9, True), (1.0, True), (0.6, True), (0.3, False), (0.0, False)])
def test_a_plate_goes_down_and_up_as_the_shoulders_do(share: float, goes: bool) -> None:
    body = squat()
    assert goes_with(body, [plate(body, share)]) is goes
    assert goes_with(body, [plate(body, share), plate(body, 0.0, lost=slice(None))]) is goes


def test_a_plate_that_is_seen_only_where_the_lifter_stands_is_believed() -> None:
    body = squat()
    assert goes_with(body, [plate(body, 0.0, lost=slice(4, -4))])
    assert goes_with(body, [plate(body, 0.0, lost=slice(None))])


@pytest.mark.parametrize(("shares", "left"), [((1.0, 0.0), 1), ((0.9, 1.1), 2), ((0.0, 0.1), 0)])
def test_what_stands_by_the_wall_is_let_go_of_with_what_it_said_of_the_camera(
    shares: tuple[float, float], left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = squat()
    camera = Camera("side", "left", 90.0, 0.0, 0.0, (0.0, -1.0, 0.0), 0.0, 1e4)
    before = make_lifter_camera(camera, np.zeros(2), 100.0, np.zeros(2))
    by_plates = make_lifter_camera(camera, np.zeros(2), 150.0, np.zeros(2))
    found = SimpleNamespace(candidates=shares, fit=SimpleNamespace(lifter_camera=by_plates), astray=())
    monkeypatch.setattr(tracking, "_find", lambda *_: found)
    monkeypatch.setattr(tracking, "_watched", lambda *_: iter(()))
    monkeypatch.setattr(tracking, "_follow", lambda *_: tuple(plate(body, share) for share in shares))
    cache, info = SimpleNamespace(max_side_px=960), SimpleNamespace(width=720, height=960)
    watch = watch_bar(cast(Footage, SimpleNamespace(cache=cache, info=info, track=body)), cast(Any, [None]), before)
    assert [len(one) for one in watch.plates] == [left]
    kept: tuple[Any, ...] = watch.candidates
    assert kept == tuple(share for share in shares if share > 0.5)
    assert (watch.fit is None) == (left == 0)
    assert watch.lifter_camera.px_per_m == pytest.approx(150.0 if left else 100.0)
