"""Reps that are too fast for the coarse pass are found by looks between its own; slips of single looks stay slips."""

from pathlib import Path

import numpy as np
import pytest

from depthperception.attempts.detection import find_attempts, hurried_spans
from depthperception.attempts.hurried import with_hurried
from depthperception.case import find_people
from depthperception.options import Options
from depthperception.pose.recovery import Recovery
from depthperception.pose.track import PoseTrack
from depthperception.pose.tracking import follow
from depthperception.types import silent
from depthperception.video import frames
from tests.support.clips import make_clip
from tests.support.figures import PICTURE_PX, axes, squats, track
from tests.support.rendered_clips import DATA, truth

COARSE_S, CLOSER_S = 0.125, 0.0625


def shallow_set(step_s: float) -> tuple[PoseTrack, list[float]]:
    """Six quarter squats of .6 s without a pause, looked at so often."""
    times, angles, bottoms = squats([62.0] * 6, stand_s=0.0, rep_s=0.6, step_s=step_s)
    return track(times, angles, axes(90.0)), bottoms


def test_what_single_looks_show_is_looked_at_more_closely() -> None:
    coarse, bottoms = shallow_set(COARSE_S)
    assert len(find_attempts(coarse, PICTURE_PX)) < len(bottoms)
    spans = hurried_spans(coarse, PICTURE_PX[1])
    unfound = [b for b in bottoms if not any(a.start_s <= b <= a.end_s for a in find_attempts(coarse, PICTURE_PX))]
    assert all(any(start_s <= bottom_s <= end_s for start_s, end_s in spans) for bottom_s in unfound)
    closer, _ = shallow_set(CLOSER_S)
    assert [one.bottom_s for one in find_attempts(closer, PICTURE_PX)] == pytest.approx(bottoms, abs=0.1)


def test_a_slip_of_a_single_look_is_none_when_the_looks_beside_it_are_seen() -> None:
    def slipped(step_s: float) -> PoseTrack:
        times = np.arange(0.0, 3.0, step_s)
        return track(times, np.where(np.abs(times - 1.5) < 0.01, 95.0, 0.0))

    ((start_s, end_s),) = hurried_spans(slipped(COARSE_S), PICTURE_PX[1])
    assert start_s < 1.5 < end_s
    assert find_attempts(slipped(CLOSER_S), PICTURE_PX) == ()
    assert hurried_spans(track(np.arange(0.0, 3.0, COARSE_S), np.zeros(24)), PICTURE_PX[1]) == ()


def test_both_reps_of_a_film_that_plays_five_times_too_fast_are_found(tmp_path: Path) -> None:
    slow = DATA / "two_reps.mp4"
    pictures = [(frame.time_s, frame.rgb()) for frame in frames(slow)][::5]
    film = make_clip(tmp_path / "fast.mp4", [rgb for _, rgb in pictures], [time_s / 5 for time_s, _ in pictures])
    case = find_people(film, Options(), silent)
    (person,) = case.people
    coarse = follow(case.cache.stills(), person, case.span_s[1])
    assert find_attempts(coarse, case.size_px) == ()
    whole = with_hurried(Recovery(coarse, person), case.source, (), case.info.height)
    found = [one.bottom_s for one in find_attempts(whole.track, case.size_px)]
    assert found == pytest.approx([bottom_s / 5 for bottom_s, _ in truth(slow)], abs=0.05)
