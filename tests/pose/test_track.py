"""Regions, looks and tracks: the arithmetic between a crop and the picture."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from depthperception.errors import PoseSourceError
from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import SWAP, Landmark
from depthperception.pose.track import SAME_FRAME_S, PoseTrack, empty_track
from tests.support.figures import squats, track


@pytest.mark.parametrize("side_px", [64.0, 200.0, 700.0])
@pytest.mark.parametrize("turn_rad", [0.0, 0.4, -2.0])
def test_a_mark_in_the_picture_is_where_the_region_says_in_the_crop(side_px: float, turn_rad: float) -> None:
    rgb = np.zeros((900, 900, 3), np.uint8)
    rgb[400:410, 480:490] = 255
    region = Region(480.0, 410.0, side_px, turn_rad)
    crop = region.crop(rgb, 256).astype(float)[..., 0]
    rows, columns = np.indices(crop.shape) + 0.5
    at = np.array([(columns * crop).sum(), (rows * crop).sum()]) / crop.sum()
    matrix = region.to_picture(256)
    assert matrix[:, :2] @ at + matrix[:, 2] == pytest.approx([485.0, 405.0], abs=0.6)


def test_outside_the_picture_is_black() -> None:
    rgb = np.full((100, 100, 3), 255, np.uint8)
    crop = Region(0.0, 0.0, 100.0).crop(rgb, 64)
    assert crop[40:, 40:].min() > 250
    assert crop[:24, :24].max() == 0
    assert Region(-500.0, 50.0, 100.0).crop(rgb, 64).max() == 0


def test_a_region_turned_clockwise_sees_the_picture_turned_counter_clockwise() -> None:
    matrix = Region(0.0, 0.0, 1.0, np.radians(90.0)).to_picture(1)
    assert np.linalg.inv(matrix[:, :2]) @ [1.0, 0.0] == pytest.approx([0.0, -1.0])


def test_mirroring_swaps_left_and_right_and_twice_is_nothing() -> None:
    assert (SWAP[SWAP] == np.arange(39)).all()
    for mark in Landmark:
        other = Landmark(int(SWAP[mark])).name
        assert other == mark.name.replace("LEFT", "*").replace("RIGHT", "LEFT").replace("*", "RIGHT")


def test_a_track_is_interpolated_between_frames_and_not_over_gaps() -> None:
    times, angles, _ = squats([95.0], step_s=0.2)
    whole = track(times, angles)
    between = whole.image_at(0.1)
    assert between is not None
    assert between == pytest.approx((whole.image_px[0] + whole.image_px[1]) / 2)
    gappy = whole.take((whole.times_s < 1.0) | (whole.times_s > 2.0))
    assert gappy.image_at(1.5) is None
    assert gappy.image_at(-0.1) is None


def test_a_finer_look_replaces_frames_of_the_same_time() -> None:
    times, angles, _ = squats([95.0])
    coarse = track(times, angles)
    finer = track(np.array([1.0, 1.033, 1.1]), np.array([1.0, 2.0, 3.0]))
    merged = coarse.with_finer(finer)
    assert len(merged) == len(coarse) + 1
    assert merged.between(0.99, 1.11).times_s == pytest.approx([1.0, 1.033, 1.1])
    assert merged.image_at(1.0) == pytest.approx(finer.image_px[0])
    assert coarse.with_finer(empty_track()) is coarse


def at_times(when_s: ArrayLike) -> PoseTrack:
    """A track of one look, repeated at other times."""
    times_s = np.asarray(when_s, np.float64)
    one = track(np.array([0.0]), np.array([95.0]))
    looks = {field: np.repeat(values, len(times_s), axis=0) for field, values in vars(one).items()}
    return PoseTrack(**{**looks, "times_s": times_s})


@pytest.mark.parametrize("finer", [1, 2, 40])
def test_frames_of_the_same_time_are_those_within_a_tenth_of_a_millisecond(finer: int) -> None:
    rng = np.random.default_rng(finer)
    ours = np.sort(rng.choice(2000, 300, replace=False)) * 1e-3
    theirs = np.sort(rng.choice(2000, finer, replace=False)) * 1e-3 + rng.uniform(-2e-4, 2e-4)
    same = np.abs(ours[:, None] - theirs).min(axis=1) <= SAME_FRAME_S
    merged = at_times(ours).with_finer(at_times(theirs))
    assert merged.times_s == pytest.approx(np.sort(np.concatenate([ours[~same], theirs])))


def test_pieces_of_an_hour_are_put_together_without_a_table_of_all_their_times() -> None:
    first, later = at_times(np.arange(8000) * 0.125), at_times(1000.0 + np.arange(4000) * 0.125)
    tracemalloc.start()
    assert len(first.with_finer(later)) == 12000
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 150e6  # the looks themselves have 22 MB; times against times had 256


def test_a_track_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    times, angles, _ = squats([95.0])
    short = track(times[:3], angles[:3])
    short.save(tmp_path / "t.npz", frame_times_s=times)
    again = PoseTrack.load(tmp_path / "t.npz")
    assert again.times_s.tolist() == short.times_s.tolist()
    np.testing.assert_array_equal(again.image_px, short.image_px)
    np.testing.assert_array_equal(again.world_m, short.world_m)
    (tmp_path / "text.npz").write_text("no arrays")
    for name in ("text.npz", "missing.npz"):
        with pytest.raises(PoseSourceError, match=r"expected an \.npz file"):
            PoseTrack.load(tmp_path / name)
