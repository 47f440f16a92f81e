"""Pictures that one pass keeps are those that the next would decode, and memory for them is bounded."""

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception.geometry.roi import Region, cut_out
from depthperception.video import Frame, FrameCache, Still, frame_cache, frames
from tests.support.clips import number_of, numbered_clip

EVERY_S, SIDE_PX = 0.1, 48
AT_30 = [number / 30 for number in range(58)]
PICTURE_BYTES = 48 * 32 * 3


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_clip(tmp_path_factory.mktemp("clip") / "a.mp4", AT_30)


def passed_over(clip: Path, pictures: int) -> FrameCache:
    """A keeper with memory for so many pictures that has seen the whole clip."""
    cache = FrameCache(clip, EVERY_S, SIDE_PX, most_bytes=pictures * PICTURE_BYTES)
    for frame in frames(clip):
        cache.offer(frame)
    cache.finish()
    return cache


def said(stills: list[Still]) -> list[tuple[float, int]]:
    return [(still.time_s, number_of(still.rgb)) for still in stills]


@pytest.mark.parametrize("pictures", [0, 1, 7, 19, 20, 1000])
def test_kept_and_decoded_pictures_together_are_those_of_a_pass_of_their_own(clip: Path, pictures: int) -> None:
    every_third = np.arange(0, 58, 3)
    found = list(passed_over(clip, pictures).stills())
    assert np.array(said(found)) == pytest.approx(np.column_stack([every_third / 30, every_third]), abs=1e-4)
    whole = [frame.rgb(SIDE_PX) for frame in frames(clip, every_s=EVERY_S)]
    assert all((one.rgb == other).all() for one, other in zip(found, whole, strict=True))
    assert passed_over(clip, pictures).count(np.array(AT_30)) == len(found) == 20


@pytest.mark.parametrize("pictures", [0, 7, 1000])
def test_a_span_is_given_from_memory_and_file_alike(clip: Path, pictures: int) -> None:
    found = list(passed_over(clip, pictures).stills(0.35, 1.05))
    assert [number for _, number in said(found)] == [12, 15, 18, 21, 24, 27, 30]


def test_a_video_that_was_kept_whole_is_not_opened_again(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    cache = passed_over(path, 1000)
    path.unlink()
    assert len(list(cache.stills())) == 20


def test_memory_is_bounded_whatever_the_video(clip: Path) -> None:
    cache = passed_over(clip, 7)
    assert sum(still.rgb.nbytes for still in cache._kept) == 7 * PICTURE_BYTES


def test_pictures_are_let_go_of_but_for_those_that_are_picked(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, early, late = passed_over(clip, 7), (0.15, 0.55, 0.2), (0.4, 1.5, 0.3)
    picked, everything = [said(cache.pick(one)) for one in (early, late)], said(list(cache.stills()))
    first, second = (weakref.ref(still) for still in cache._kept[:2])
    cache.let_go(but=[early, late])
    assert first() is None, "it is in no pick"
    assert second() is None
    opened: list[float] = []

    def decoded(*asked: Any, **span: Any) -> Iterator[Frame]:
        opened.append(span["start_s"])
        return frames(*asked, **span)

    monkeypatch.setattr(frame_cache, "frames", decoded)
    assert [number for _, number in picked[0]] == [6, 12]
    assert said(cache.pick(early)) == picked[0]
    assert opened == [], "what was kept is not decoded again"
    assert said(cache.pick(late)) == picked[1]
    assert said(list(cache.stills())) == everything
    assert opened == [0.4, 0.0]


def test_pictures_that_are_lent_stay(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    lent = FrameCache.of_all(path, passed_over(path, 1000).stills(), every_s=EVERY_S, max_side_px=SIDE_PX)
    path.unlink()
    lent.let_go(but=[])
    assert len(list(lent.stills())) == 20


def test_a_crop_of_a_shrunk_picture_shows_what_that_of_the_whole_picture_shows() -> None:
    whole = np.zeros((1200, 1600, 3), np.uint8)
    whole[700:740, 900:980] = 255
    shrunk = whole[::2, ::2].copy()
    region = Region(905.0, 650.0, 700.0, 0.3)
    crops = [cut_out(picture, region, 256, scale=scale) for picture, scale in ((whole, 1.0), (shrunk, 0.5))]
    places = []
    for part in crops:
        crop = region.crop(part, 256).astype(float)[..., 0]
        rows, columns = np.indices(crop.shape)
        places.append([(columns * crop).sum() / crop.sum(), (rows * crop).sum() / crop.sum(), crop.sum() / 255.0])
    # Every second pixel is taken, so the shrunk picture lies half a pixel of the whole to the upper left.
    assert places[0] == pytest.approx(places[1], rel=0.02, abs=0.4)
