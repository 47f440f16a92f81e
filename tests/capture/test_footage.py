"""What the film itself costs: frames that are damaged."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception import judge
from depthperception.capture.footage import (
    LONGEST_LOSS_S,
    damage_at,
    damage_note,
    is_complete,
    missing_s,
    smear_at,
    standing_note,
)
from depthperception.people import Detections
from depthperception.video import probe
from tests.support.clips import blank_frames
from tests.support.figures import track
from tests.support.rendered_clips import DATA, truth

CLIP = DATA / "two_reps.mp4"


def damaged(path: Path, start_s: float, end_s: float) -> Path:
    """The clip with its frames between two times overwritten."""
    shutil.copy(CLIP, path)
    return blank_frames(path, start_s, end_s)


def test_a_bottom_whose_frames_are_damaged_is_not_judgeable_and_the_damage_is_said(tmp_path: Path) -> None:
    (bottom_s, _), (other_s, _) = truth(CLIP)
    judged = judge(damaged(tmp_path / "damaged.mp4", bottom_s - 0.15, bottom_s + 0.15))
    assert not judged.video.complete
    (gap,) = judged.video.gaps_s
    assert gap[0] < bottom_s < gap[1] < other_s
    assert any(note.startswith("The video is damaged") and f"{gap[0]:.2f}" in note for note in judged.notes)
    first = judged.attempts[0]
    assert first.bottom_s == pytest.approx(bottom_s, abs=0.3)
    assert (first.verdict, first.depth.cm) == ("not_judgeable", None)
    assert "missing round the bottom" in first.reason


def test_damage_far_from_the_bottom_or_of_a_frame_or_two_hinders_nothing() -> None:
    assert damage_at(2.0, [(0.5, 1.5), (2.05, 2.12)]) is None
    assert damage_at(2.0, [(2.1, 2.4)]) is not None


@pytest.mark.parametrize(("thigh_deg", "stands"), [(0.0, True), (25.0, True), (60.0, False), (90.0, False)])
def test_a_shot_in_which_nobody_stands_is_said_to_be_one(thigh_deg: float, *, stands: bool) -> None:
    # The figure's knee bends by the thigh's angle and the shank's, which is 25 degrees for 90: 32, 77 and 115 here.
    assert (standing_note(track(np.arange(3) / 10, np.full(3, thigh_deg))) is None) == stands


def test_frames_that_are_not_in_the_file_are_missing_too() -> None:
    times_s = np.delete(np.arange(60) / 30, range(30, 36))
    seen = Detections(times_s, ())
    (gap,) = seen.unseen_s
    assert gap == pytest.approx((29 / 30, 36 / 30))
    assert seen.gaps_s == (), "nothing is damaged"
    assert damage_at(1.1, seen.unseen_s)
    assert damage_at(0.5, seen.unseen_s) is None


def test_a_film_in_which_pictures_never_arrived_is_not_complete_and_says_where() -> None:
    info = replace(probe(CLIP), duration_s=59 / 30)
    whole, lost, one_lost = (
        Detections(np.delete(np.arange(60) / 30, list(gone)), ()) for gone in ((), range(30, 36), (30,))
    )
    assert [is_complete(info, one) for one in (whole, lost, one_lost)] == [True, False, True]
    assert missing_s(whole) == missing_s(one_lost) == ()
    (gap,) = missing_s(lost)
    assert gap == pytest.approx((29 / 30, 36 / 30))
    assert damage_note(info, lost) is not None


def seen_without(lost: range, keys_s: tuple[float, ...], *, damaged: bool) -> Detections:
    """Three seconds at 30 frames a second without some of them."""
    times_s = np.delete(np.arange(90) / 30, lost)
    return Detections(times_s, (), int(damaged), keys_s=keys_s)


def test_pictures_after_damage_are_smeared_up_to_the_next_key_frame() -> None:
    seen = seen_without(range(30, 32), (0.0, 1.6), damaged=True)
    smear = smear_at(1.2, seen)
    assert smear is not None
    assert (smear.start_s, smear.end_s) == pytest.approx((29 / 30, 1.6))
    assert smear.missing_s == pytest.approx(3 / 30)
    assert smear.hinders is None
    assert "less certain" in smear.says
    assert smear_at(0.5, seen) is None, "before the damage"
    assert smear_at(2.0, seen) is None, "after the key frame"
    assert smear_at(2.0, seen_without(range(30, 32), (0.0,), damaged=True)) is not None, "no key frame follows"


def test_a_bottom_after_much_damage_is_not_ruled_on() -> None:
    smear = smear_at(1.5, seen_without(range(30, 34), (0.0,), damaged=True))
    assert smear is not None
    assert smear.missing_s > LONGEST_LOSS_S
    assert "smeared" in str(smear.hinders)


def test_a_gap_in_which_nothing_is_damaged_makes_less_certain_and_no_more() -> None:
    smear = smear_at(1.8, seen_without(range(30, 45), (0.0,), damaged=False))
    assert smear is not None
    assert smear.hinders is None
    assert smear_at(1.5, seen_without(range(30, 32), (0.0,), damaged=False)) is None, "a camera may leave out two"


def test_a_bottom_that_is_predicted_from_damaged_pictures_is_not_judgeable(tmp_path: Path) -> None:
    (bottom_s, _), _ = truth(CLIP)
    judged = judge(damaged(tmp_path / "damaged.mp4", bottom_s - 0.6, bottom_s - 0.35))
    first = judged.attempts[0]
    assert (first.verdict, first.depth.cm) == ("not_judgeable", None)
    assert "predicted from missing ones" in first.reason
