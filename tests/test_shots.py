"""A film that is cut is judged shot by shot: nothing of one shot decides in another."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import depthperception
from depthperception.examination import Examination
from depthperception.pipeline import examine
from depthperception.report.folder import write_all
from depthperception.report.lines import landmarks_at
from depthperception.results import Judgement, ShotJudgement
from depthperception.ruling.rule import FEET_OUT
from depthperception.series.heights import film_heights
from depthperception.shots import join
from depthperception.video import frames
from tests.support.clips import Image, make_clip
from tests.support.rendered_clips import DATA, truth
from tests.support.report_examples import SCALE, attempt, camera, judgement

RATE_HZ = 30


def clip(name: str, start_s: float = 0.0, end_s: float = 99.0) -> list[Image]:
    return [frame.rgb() for frame in frames(DATA / f"{name}.mp4", start_s=start_s, end_s=end_s)]


def joined(path: Path, *shots: Iterable[Image]) -> Path:
    pictures = [one for shot in shots for one in shot]
    return make_clip(path, pictures, [k / RATE_HZ for k in range(len(pictures))])


@pytest.fixture(scope="module")
def two_shots(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """A lift from 50 degrees, then another man's from the side."""
    path = tmp_path_factory.mktemp("shots") / "two.mp4"
    return examine(joined(path, clip("two_reps", 0.0, 3.49), clip("side_high")))


def test_each_shot_has_its_own_attempt_camera_and_verdict(two_shots: Examination) -> None:
    found = two_shots.judgement
    (deep_s, _), _ = truth(DATA / "two_reps.mp4")
    ((high_s, _),) = truth(DATA / "side_high.mp4")
    assert [one.start_s for one in found.shots] == pytest.approx([0.0, 3.5], abs=0.01)
    assert [one.bottom_s for one in found.attempts] == pytest.approx([deep_s, 3.5 + high_s], abs=0.15)
    assert [one.verdict for one in found.attempts] == ["depth", "no_depth"]
    oblique, side = (one.camera for one in found.shots)
    assert oblique is not None
    assert side is not None
    assert (oblique.view, side.view) == ("front_oblique", "side")
    assert found.at(1.0).camera == oblique
    assert found.at(5.0).camera == side
    assert any("2 shots, cut at 3.50 s" in note for note in found.notes)


def test_frames_keep_their_numbers_and_people_theirs_through_cuts(two_shots: Examination) -> None:
    found = two_shots.judgement
    assert [one.bottom_frame for one in found.attempts] == pytest.approx(
        [one.bottom_s * RATE_HZ for one in found.attempts], abs=0.6
    )
    numbers = [one.lifter.number for one in found.shots if one.lifter]
    assert len(set(numbers)) == 2
    assert [one.lifter.person for one in found.attempts if one.lifter] == numbers
    assert [one.lifter.number for one in found.attempts if one.lifter] == [1, 2]
    for shot, number in zip(found.shots, numbers, strict=True):
        times = two_shots.people[number - 1].times_s
        assert shot.start_s <= times[0] <= times[-1] <= shot.end_s
    assert Judgement.from_dict(found.to_dict()).to_dict() == found.to_dict()


def test_every_file_of_results_is_written_of_a_film_of_shots(two_shots: Examination, tmp_path: Path) -> None:
    written = write_all(two_shots, Path(two_shots.judgement.video.path), tmp_path)
    assert {"overlay.mp4", "bottom.png", "depth.png", "report.html", "judgement.json"} <= set(written)
    heights = film_heights(two_shots.track, two_shots.judgement)
    (gap,) = np.flatnonzero(np.isnan(heights.hip) & (np.abs(heights.times_s - 3.5) < 0.2))
    assert heights.times_s[gap] < 3.5 <= heights.times_s[gap + 1]
    assert np.isfinite(heights.times_s).all()
    assert two_shots.track.image_at(3.45) is not None
    assert landmarks_at(two_shots.track, two_shots.judgement, 3.45) is None
    assert landmarks_at(two_shots.track, two_shots.judgement, 3.3) is not None


def test_a_descent_that_a_cut_ends_is_not_judgeable_for_that_reason(tmp_path: Path) -> None:
    found = depthperception.judge(joined(tmp_path / "cut.mp4", clip("two_reps", 0.0, 1.7), clip("side_high")))
    first, second = found.attempts
    assert first.end_s <= found.shots[0].end_s + 0.05
    assert first.verdict == "not_judgeable"
    assert "The shot ends before" in first.reason
    assert second.verdict == "no_depth"


def test_the_same_lift_again_at_half_speed_and_nearer_is_named_a_replay(tmp_path: Path) -> None:
    lift = clip("two_reps", 0.0, 3.3)
    near = [np.asarray(cv2.resize(one[100:600, 40:321], (360, 640)), np.uint8) for one in lift]
    found = depthperception.judge(joined(tmp_path / "replay.mp4", lift, (one for one in near for _ in range(2))))
    assert len(found.attempts) == 2
    (said,) = [note for note in found.notes if "replay" in note]
    assert said.startswith("Attempt 2 looks like a slow replay of attempt 1, 2.0 times as long")
    (rate,) = [note for note in found.notes if "pictures of their own" in note]
    assert re.match(r"3\.33 to 9\.97 s: The film has 30 frames a second: about 1[4-6] pictures of their own", rate)


def test_another_lift_in_another_shot_is_no_replay(two_shots: Examination) -> None:
    assert not any("replay" in note for note in two_shots.judgement.notes)


def shot(*bottoms_s: float, stood_up: bool = True) -> Judgement:
    return judgement(*(attempt(bottom_s, stood_up=stood_up) for bottom_s in bottoms_s))


def test_halves_of_an_attempt_on_both_sides_of_a_cut_are_one() -> None:
    cut_off = replace(shot(2.0, 5.9), attempts=(attempt(2.0), replace(attempt(5.9, None, stood_up=False), end_s=5.95)))
    goes_on = replace(shot(6.5), attempts=(replace(attempt(6.5), start_s=6.02),))
    spans = [(0.0, 6.0), (6.0, 9.0)]
    assert [one.bottom_s for one in join(spans, [cut_off, goes_on]).attempts] == [2.0, 6.5]
    stands_first = replace(shot(8.0), attempts=(attempt(8.0),))
    assert [one.bottom_s for one in join(spans, [cut_off, stands_first]).attempts] == [2.0, 5.9, 8.0]


def test_the_shot_with_the_most_attempts_speaks_for_the_film_and_notes_say_of_which_shot_they_are() -> None:
    talk = replace(judgement(), notes=("All.", "Talk."))
    lifts = replace(shot(7.0), notes=("All.", "Dark."), camera=camera(3.0))
    found = join([(0.0, 4.0), (4.0, 9.0)], [talk, lifts])
    assert (found.status, found.camera, found.scale) == ("judged", camera(3.0), SCALE)
    assert found.notes == ("All.", "4.00 to 9.00 s: Dark.")
    assert found.shots == (
        ShotJudgement(0.0, 4.0, "no_squat", talk.reason),
        ShotJudgement(4.0, 9.0, "judged", None, camera(3.0), SCALE, lifts.lifter),
    )


@pytest.mark.parametrize(("reason", "told"), [(FEET_OUT, True), ("Nobody is seen to squat in the video.", False)])
def test_a_shot_without_an_attempt_that_may_hide_a_squat_is_named_with_its_reason(reason: str, told: bool) -> None:
    near = replace(judgement(), status="no_squat", reason=reason, notes=("Near.",))
    found = join([(0.0, 4.0), (4.0, 9.0)], [near, shot(7.0)])
    assert found.notes == ((f"0.00 to 4.00 s: {reason}",) if told else ())
    assert join([(0.0, 4.0), (4.0, 9.0)], [near, near]).notes == ("Near.",)
