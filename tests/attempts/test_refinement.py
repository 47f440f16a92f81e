"""Which picture of a bottom gets all looks: the deepest one, of two lows that of the lower one."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from depthperception.attempts import refinement
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.settings import ATTEMPTS
from depthperception.geometry.roi import Region
from depthperception.pose.samples import gather_samples
from depthperception.pose.track import PoseTrack
from tests.support.figures import track

LOWS_S = 2.0, 2.4
"""A bounce: the first low is the lower one."""


def bouncing(rate_hz: float) -> PoseTrack:
    times = np.arange(0.0, 4.5, 1.0 / rate_hz)
    knots_s, knots_deg = [0.0, 0.8, LOWS_S[0], 2.2, LOWS_S[1], 3.8, 4.5], [0.0, 0.0, 98.0, 80.0, 90.0, 0.0, 0.0]
    return track(times, np.interp(times, knots_s, knots_deg))


@pytest.fixture(autouse=True)
def film(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty pictures a second, in which the network sees what there is."""
    shown = bouncing(30.0)

    def crop_frames(*asked: Any, step_s: float) -> Iterator[Any]:
        for index, time_s in enumerate(shown.times_s):
            if asked[2] <= time_s <= asked[3]:
                crop: Any = SimpleNamespace(time_s=time_s, part=index, region=Region(360.0, 640.0, 900.0), near=None)
                crop.at = lambda region, crop=crop: crop
                yield crop

    def estimate_pose(part: int, region: Region, **others: Any) -> Any:
        parts = {name: getattr(shown, name)[part] for name in ("image_px", "world_m", "visibility", "presence")}
        return SimpleNamespace(next_region=region, **parts)

    monkeypatch.setattr(refinement, "crop_frames", crop_frames)
    monkeypatch.setattr(refinement, "estimate_pose", estimate_pose)
    monkeypatch.setattr(
        refinement,
        "estimate_samples",
        lambda crops: gather_samples(crops, [(estimate_pose(one.part, one.region),) for one in crops]),
    )


@pytest.mark.parametrize("taken_s", LOWS_S)
def test_where_the_lower_low_was_not_scanned_its_own_pictures_are_looked_at(taken_s: float) -> None:
    attempt = Attempt(0.9, taken_s, 3.7, stood_up=True)
    source: Any = None
    found = refinement.refine_bottom(source, bouncing(7.5), attempt)
    assert found.time_s == pytest.approx(LOWS_S[0], abs=1 / 15)
    assert found.samples.times_s == pytest.approx(LOWS_S[0], abs=1 / 15)


@pytest.mark.parametrize(("frames", "seen_s"), [(1, [2.0]), (3, [2.0 - 1 / 30, 2.0, 2.0 + 1 / 30])])
def test_the_deepest_picture_alone_gets_all_looks_unless_more_are_asked_for(frames: int, seen_s: list[float]) -> None:
    fine = ATTEMPTS.refinement if frames == 1 else replace(ATTEMPTS.refinement, bottom_frames=frames)
    source: Any = None
    found = refinement.refine_bottom(
        source, bouncing(7.5), Attempt(0.9, 2.0, 3.7, stood_up=True), settings=replace(ATTEMPTS, refinement=fine)
    )
    assert found.samples.times_s == pytest.approx(seen_s, abs=1e-3)
