"""He who has a bar is sighted under it: what is sighted elsewhere meanwhile is somebody else, whom nobody judges."""

from dataclasses import replace

import numpy as np

from depthperception.geometry.skeletons import COCO_SHOULDERS, SHOULDERS
from depthperception.people import BarCourse, Choice, PersonTrack
from depthperception.types import BoolArray, FloatArray
from tests.support.people_tracks import STATURE_M, standing

PX_PER_M = 200.0
DOWN_M = np.array([0.0, 0.0, 0.1, 0.3, 0.5, 0.5, 0.3, 0.1, 0.0, 0.0])
"""How far the lifter's shoulders, and his bar, are down, every quarter of a second."""


def lowered(track: PersonTrack, down_m: FloatArray) -> PersonTrack:
    """The same person, moved down in the picture by so much at each sighting."""
    moved = [
        replace(one, points_px=one.points_px + [0.0, PX_PER_M * d]) for one, d in zip(track.people, down_m, strict=True)
    ]
    return replace(track, people=tuple(moved))


def lifter_and_bar(taken_for_him: BoolArray) -> tuple[PersonTrack, BarCourse]:
    """A lifter's track, whose looks are at a spotter who bends half as far where that is said; and his bar."""
    still = standing(300.0, 600.0, PX_PER_M, until_s=0.25 * (len(DOWN_M) - 1))
    track = lowered(still, np.where(taken_for_him, DOWN_M / 4, DOWN_M))
    shoulders = lowered(still, DOWN_M).points_px[:, COCO_SHOULDERS].mean(axis=1)
    return track, BarCourse(track.times_s, shoulders + [6.0, 10.0], 0.2 * STATURE_M * PX_PER_M)


def test_looks_at_a_spotter_at_the_bottom_are_no_looks_at_him_who_has_the_bar() -> None:
    spotter = DOWN_M > 0.4
    track, bar = lifter_and_bar(spotter)
    held = track.held_to(bar)
    assert held.times_s.tolist() == track.times_s[~spotter].tolist()
    assert held.astray is not None
    assert held.astray.times_s.tolist() == track.times_s[spotter].tolist()


def test_who_is_under_his_bar_all_the_time_keeps_every_look() -> None:
    track, bar = lifter_and_bar(np.zeros(len(DOWN_M), bool))
    held = track.held_to(bar)
    assert held.people == track.people
    assert held.astray is None


def test_a_bar_that_is_nowhere_near_is_not_his() -> None:
    track, bar = lifter_and_bar(np.zeros(len(DOWN_M), bool))
    held = track.held_to(replace(bar, middles_px=bar.middles_px + 300.0))
    assert held.bar is None
    assert held.people == track.people


def test_a_pose_whose_shoulders_are_not_under_his_bar_is_not_his() -> None:
    track, bar = lifter_and_bar(np.zeros(len(DOWN_M), bool))
    held, low = track.held_to(bar), int(np.argmax(DOWN_M))
    looks = np.zeros((2, 33, 2))
    looks[:, SHOULDERS] = held.points_px[low, COCO_SHOULDERS]
    looks[1, :, 1] -= 0.3 * STATURE_M * PX_PER_M
    low_s = float(held.times_s[low])
    assert held.is_off_bar(looks, low_s).tolist() == [False, True]
    assert np.isfinite(held.apart(looks, low_s)).tolist() == [True, False]
    assert not held.is_off_bar(looks, float(held.times_s[-1]) + 1.0).any()
    assert not track.is_off_bar(looks, low_s).any()


def test_who_was_taken_for_the_lifter_is_one_of_the_others() -> None:
    track, bar = lifter_and_bar(DOWN_M > 0.4)
    held = track.held_to(bar)
    assert Choice(1, "pick", "Somebody pointed here.", ()).others((held,)) == (held.astray,)
    assert Choice(1, "pick", "Somebody pointed here.", ()).others((track,)) == ()
