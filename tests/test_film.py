"""Several lifters in a film, a part of one, a long one in pieces: every attempt at its time, with its lifter."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import depthperception
from depthperception import pieces
from depthperception.case import Case, find_people
from depthperception.errors import OptionError
from depthperception.examination import Examination
from depthperception.film import Found, together
from depthperception.options import Options
from depthperception.people import Pick
from depthperception.pipeline import examine
from depthperception.pose.track import empty_track
from depthperception.report.text import attempt_line, lifter_words
from depthperception.results import AttemptLifter
from depthperception.types import FloatArray, silent
from depthperception.video import FrameCache, frames, frames_before
from tests.support.clips import Image, make_clip, numbered_clip
from tests.support.people_tracks import standing
from tests.support.rendered_clips import DATA, truth
from tests.support.report_examples import attempt, judgement

RATE_HZ = 30
TWO_REPS, SIDE_HIGH = DATA / "two_reps.mp4", DATA / "side_high.mp4"
PAN_S = 1.5


def pictures(path: Path, end_s: float = 99.0) -> list[Image]:
    return [frame.rgb() for frame in frames(path, end_s=end_s)]


def panned(one: list[Image], other: list[Image]) -> Iterator[Image]:
    """Show a lift, turn the camera to the platform on the right, and show the lift there."""
    yield from one
    both, width = np.hstack([one[-1], other[0]]), one[0].shape[1]
    for at_px in np.linspace(0, width, round(PAN_S * RATE_HZ)).round().astype(int):
        yield np.ascontiguousarray(both[:, at_px : at_px + width])
    yield from other


def test_two_lifters_one_after_the_other_without_a_cut_are_judged_each_by_himself(tmp_path: Path) -> None:
    (deep_s, _), _ = truth(TWO_REPS)
    ((high_s, _),) = truth(SIDE_HIGH)
    first = pictures(TWO_REPS, 3.49)
    film = list(panned(first, pictures(SIDE_HIGH)))
    path = make_clip(tmp_path / "flight.mp4", film, [k / RATE_HZ for k in range(len(film))])
    found = examine(path).judgement
    begins_s = len(first) / RATE_HZ + PAN_S
    assert [one.bottom_s for one in found.attempts] == pytest.approx([deep_s, begins_s + high_s], abs=0.15)
    assert [one.verdict for one in found.attempts] == ["depth", "no_depth"]
    assert [one.lifter.number for one in found.attempts if one.lifter] == [1, 2]
    assert [lifter_words(found, one) for one in found.attempts] == ["lifter 1", "lifter 2"]
    assert "   lifter 2   NO DEPTH" in attempt_line(2, found.attempts[1], "lifter 2")
    before, after = found.shots
    assert found.attempts[0].end_s <= before.end_s < after.start_s <= found.attempts[1].start_s
    said = f"Lifters take turns: the next one's begins at {after.start_s:.2f} s"
    assert any(note.startswith(said) for note in found.notes)


def test_a_part_of_a_film_keeps_the_film_s_times_and_numbers() -> None:
    _, (second_s, _) = truth(TWO_REPS)
    found = examine(TWO_REPS, start_s=3.2)
    (one,) = found.judgement.attempts
    assert one.bottom_s == pytest.approx(second_s, abs=0.15)
    assert one.bottom_frame == pytest.approx(one.bottom_s * RATE_HZ, abs=0.6)
    assert found.frame_times_s[0] == pytest.approx(3.2, abs=0.02)
    part = found.judgement.video.part
    assert part is not None
    assert part.start_s == pytest.approx(3.2, abs=0.02)
    assert part.first_frame == 96
    assert found.judgement.video.complete
    assert found.track.times_s[0] >= 3.2 - 1e-6


def test_frames_before_a_time_are_counted_without_decoding() -> None:
    shown = [frame.time_s for frame in frames(TWO_REPS)]
    for time_s in (0.0, 0.01, 1.0, shown[77], shown[77] + 0.001, 99.0):
        assert frames_before(TWO_REPS, time_s) == sum(shown_s < time_s - 1e-4 for shown_s in shown)


@pytest.mark.parametrize("part", [(5.0, 2.0), (-1.0, None), (2.0, 2.0), (float("nan"), None)])
def test_a_part_that_is_none_is_refused(part: tuple[float, float | None]) -> None:
    with pytest.raises(OptionError, match="The part of the film was given as"):
        Options(start_s=part[0], end_s=part[1])


def test_a_part_behind_the_film_s_end_is_refused_in_a_sentence() -> None:
    with pytest.raises(OptionError, match=r"has no frame in the part that was asked for.*--start"):
        depthperception.judge(SIDE_HIGH, start_s=60.0)


def test_a_long_film_is_divided_where_nobody_is_down_and_its_lifter_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (first_s, _), (second_s, _) = truth(TWO_REPS)
    pieces_seen: list[None] = []

    def found_alone(*asked: Any, **more: Any) -> Case:
        gc.collect()
        kept = [one for one in gc.get_objects() if isinstance(one, FrameCache) and next(one.stills(), None)]
        assert kept == [], "a piece's pictures are kept while the next is looked at"
        pieces_seen.append(None)
        return find_people(*asked, **more)

    monkeypatch.setattr(pieces, "find_people", found_alone)
    monkeypatch.setattr(pieces, "PIECE_S", 4.2)
    monkeypatch.setattr(pieces, "QUIET_S", 0.6)
    found = examine(TWO_REPS)
    said = found.judgement
    assert [one.bottom_s for one in said.attempts] == pytest.approx([first_s, second_s], abs=0.15)
    assert [one.bottom_frame for one in said.attempts] == pytest.approx(
        [one.bottom_s * RATE_HZ for one in said.attempts], abs=0.6
    )
    before, after = said.shots
    assert first_s + 0.5 < before.end_s < after.start_s < second_s - 0.5
    assert [one.lifter for one in said.attempts if one.lifter] != []
    assert {one.lifter.number for one in said.attempts if one.lifter} == {1}
    assert [one.lifter.person for one in said.attempts if one.lifter] == [
        shot.lifter.number for shot in said.shots if shot.lifter
    ]
    whole = [frame.time_s for frame in frames(TWO_REPS)]
    assert found.frame_times_s.tolist() == whole
    assert len(pieces_seen) == 2
    assert (said.video.frames, said.video.part) == (len(whole), None)
    assert not any("cut" in note or "turns" in note for note in said.notes)


def test_the_last_moment_at_which_nobody_is_down_ends_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "QUIET_S", 0.6)
    (first_s, _), (second_s, _) = truth(TWO_REPS)
    case = find_people(TWO_REPS, Options(end_s=4.6), silent)
    until = pieces.quiet_frame(case)
    assert until
    assert first_s + 0.8 < case.seen.frame_times_s[until] < second_s - 0.8
    part = pieces.until_frame(case, until)
    assert part.span_s[1] == case.seen.frame_times_s[until - 1]
    assert max(one.time_s for one in part.seen.sightings) <= part.span_s[1]


def test_a_film_whose_times_leap_is_looked_at_to_its_end(tmp_path: Path) -> None:
    times_s = [0.0, 0.1, 0.2, 5000.0, 5000.1]
    said = depthperception.judge(numbered_clip(tmp_path / "leaps.mkv", times_s))
    assert said.video.frames == len(times_s)
    assert said.video.duration_s == pytest.approx(times_s[-1], abs=0.01)
    assert said.video.part is None


RED, BLUE = np.array([130.0, 200.0, 190.0] * 2), np.array([80.0, 180.0, 40.0] * 2)
"""Clothes: CIELAB of trunk and thighs as OpenCV scales it."""


def found_of(x_px: float, clothes: FloatArray, start_s: float, piece: int, *, after_cut: bool) -> Found:
    """One attempt of somebody who stands somewhere for four seconds."""
    still = standing(x_px, 1000.0)
    person = replace(
        still, times_s=still.times_s + start_s, people=tuple(replace(one, colours=clothes) for one in still.people)
    )
    made = replace(attempt(start_s + 2.0), lifter=AttemptLifter(1, 1, person.first_box_px))
    ruled = replace(judgement(made), scale=None)
    track = empty_track()
    return Found(
        Examination(ruled, track, person.times_s, (person,), 0, ((),)), (start_s, start_s + 4.0), 0.0, piece, after_cut
    )


def numbers(*parts: Found) -> list[int]:
    return [one.lifter.number for one in together(parts).judgement.attempts if one.lifter]


def test_a_lifter_is_the_same_where_he_stays_or_in_the_same_clothes_after_a_cut() -> None:
    one = found_of(300.0, RED, 0.0, 0, after_cut=False)
    assert numbers(one, found_of(310.0, BLUE, 4.25, 1, after_cut=False)) == [1, 1]  # a seam: nobody changes in a look
    assert numbers(one, found_of(900.0, BLUE, 4.25, 1, after_cut=False)) == [1, 2]
    assert numbers(one, found_of(300.0, BLUE, 4.25, 0, after_cut=True)) == [1, 2]
    assert numbers(one, found_of(700.0, RED, 4.25, 0, after_cut=True)) == [1, 1]
    third = found_of(300.0, RED, 8.5, 0, after_cut=True)
    assert numbers(one, found_of(300.0, BLUE, 4.25, 0, after_cut=True), third) == [1, 2, 1]


def test_people_of_a_later_piece_are_counted_on() -> None:
    parts = [found_of(300.0, RED, 0.0, 0, after_cut=False), found_of(300.0, BLUE, 9.0, 1, after_cut=False)]
    found = together(parts)
    assert [one.lifter.person for one in found.judgement.attempts if one.lifter] == [1, 2]
    assert [shot.lifter.number for shot in found.judgement.shots if shot.lifter] == [1, 2]
    assert [float(person.times_s[0]) for person in found.people] == [0.0, 9.0]


def test_a_number_asks_for_somebody_of_one_piece_and_the_others_are_judged_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces, "PIECE_S", 4.2)
    monkeypatch.setattr(pieces, "QUIET_S", 0.6)
    cases = list(pieces.pieces_of(TWO_REPS, Options(lifter=2), silent))
    assert [(len(case.people), case.people_before) for case in cases] == [(1, 0), (1, 1)]
    choices = [case.choose() for case in cases]
    assert [(choice.number, choice.chosen_by) for choice in choices] == [(1, "auto"), (1, "number")]
    point = cases[1].people[0].box_at(5.0)
    picked = Pick(float(point[0] + point[2]) / 2, float(point[1] + point[3]) / 2, 5.0)
    choices = [replace(case, options=Options(pick=picked)).choose() for case in cases]
    assert [choice.chosen_by for choice in choices] == ["auto", "pick"]
    with pytest.raises(OptionError, match="There is no person number 3: 2 were found"):
        list(pieces.pieces_of(TWO_REPS, Options(lifter=3), silent))
