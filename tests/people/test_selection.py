"""People keep their identity, and the one who lifts is chosen."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.errors import OptionError
from depthperception.geometry.skeletons import COCO_BODY
from depthperception.people import (
    Candidate,
    Choice,
    FrameDetections,
    PersonTrack,
    Rule,
    choose,
    count_people,
    hip_travel,
    link,
    parse_rule,
)
from depthperception.people.lifting_cues import LiftingCues
from depthperception.people.movenet import Person
from tests.support.people_tracks import choose_lifter
from tests.support.sightings import film, person, video

RED = np.array([130.0, 200.0, 190.0] * 2)
BLUE = np.array([80.0, 180.0, 40.0] * 2)
"""Clothes: CIELAB of trunk and thighs as OpenCV scales it."""


def chosen(sightings: tuple[FrameDetections, ...], rule: Rule = "auto") -> Choice:
    """Choose the lifter of a film in a picture 720 px wide."""
    return choose(link(sightings), (720, 1280), sightings[-1].time_s, rule=rule)


def middle_px(track: PersonTrack | None) -> float:
    assert track is not None
    return float(np.median([one.points_px[:, 0].mean() for one in track.people]))


def test_two_people_beside_each_other_stay_two() -> None:
    tracks = link(video((300, 95, 1.0), (420, 0, 1.0)))
    assert len(tracks) == 2
    assert {len(track.people) for track in tracks} == {len(video((300, 95, 1.0)))}
    for track in tracks:
        centres = [p.points_px[:, 0].mean() for p in track.people]
        assert np.ptp(centres) < 10


@pytest.mark.parametrize("clothes", [(None, None), (RED, BLUE)])
def test_two_who_walk_past_each_other_keep_their_identity(clothes: tuple[np.ndarray | None, ...]) -> None:
    # At 1.2 m/s each, 200 px/m and 4 Hz a step is 60 px: in the middle they are 30 px from where the other was.
    rows = []
    for k in range(9):
        walkers = [person(120 + 60 * k, 0, clothes=clothes[0]), person(570 - 60 * k, 0, clothes=clothes[1])]
        rows.append(FrameDetections(0.25 * k, tuple(walkers[:: 1 if k % 2 else -1])))
    tracks = link(rows)
    assert len(tracks) == 2
    for track, way in zip(tracks, (480, -480), strict=True):
        assert track.points_px[-1, :, 0].mean() - track.points_px[0, :, 0].mean() == pytest.approx(way, abs=1)


def test_clothes_tell_who_comes_out_of_a_crossing_that_place_cannot_tell() -> None:
    # One stands, one walks up, both are lost for a second, then one stands there and one leaves the way he came.
    red = [(0.25 * k, person(360, 0, clothes=RED)) for k in range(13) if not 4 < k < 8]
    blue = [(0.25 * k, person(360 - 40 * abs(k - 6), 0, clothes=BLUE)) for k in range(13) if not 4 < k < 8]
    tracks = link([FrameDetections(t, (b, r)) for (t, r), (_, b) in zip(red, blue, strict=True)])
    assert len(tracks) == 2
    for track in tracks:
        assert len({float(one.colours[0]) for one in track.people if one.colours is not None}) == 1


def test_a_lifter_hidden_for_three_seconds_is_the_same_and_somebody_else_in_his_place_is_not() -> None:
    before, after = [0.0, 0.25, 0.5], [3.5, 3.75, 4.0]
    for clothes, tracks in ((RED, 1), (BLUE, 2)):
        rows = [FrameDetections(t, (person(360, 0, clothes=RED),)) for t in before]
        rows += [FrameDetections(t, (person(370, 0, clothes=clothes),)) for t in after]
        assert len(link(rows)) == tracks


def test_a_passer_by_far_off_does_not_become_somebody_who_walks_in_near_the_camera() -> None:
    beside = person(650, 0)
    rows = [FrameDetections(0.25 * k, (beside, person(360, 0, 0.4, clothes=RED))) for k in range(3)]
    rows += [FrameDetections(0.25 * k, (beside,)) for k in range(3, 8)]
    rows += [FrameDetections(0.25 * k, (beside, person(360, 0, 1.0, clothes=RED))) for k in range(8, 12)]
    assert sorted(len(track.people) for track in link(rows)) == [3, 4, 12]


def test_one_look_at_somebody_smaller_does_not_tear_a_track_in_two() -> None:
    rows = list(video((360, 95, 1.0), (650, 0, 1.0)))
    rows[6] = replace(rows[6], people=(person(360, 0, 0.45), rows[6].people[1]))
    assert sorted(len(track.people) for track in link(rows)) == [1, len(rows) - 1, len(rows)]


def test_who_is_alone_in_the_picture_is_the_same_when_the_camera_zooms() -> None:
    rows = [FrameDetections(0.25 * k, (person(360, 0, 0.5 if k < 4 else 1.0, clothes=RED),)) for k in range(8)]
    assert len(link(rows)) == 1


def test_who_is_alone_is_the_same_when_a_sped_up_film_shows_him_standing_and_down_in_turn() -> None:
    deep = [0, 110, 0, 110, 0, 0, 110, 0]
    rows = [FrameDetections(0.25 * k, (person(360, deg, clothes=RED),)) for k, deg in enumerate(deep)]
    assert len(link(rows)) == 1


def test_numbers_go_from_left_to_right_and_ghosts_come_last() -> None:
    rows = list(video((560, 0, 1.0), (200, 0, 1.0)))
    rows[3] = replace(rows[3], people=(*rows[3].people, person(20, 0, 0.4)))
    assert [round(middle_px(track), -1) for track in link(rows)] == pytest.approx([200, 560, 20], abs=15)


def test_the_lifter_is_the_one_whose_hips_travel() -> None:
    tracks = link(video((200, 95, 1.0), (360, 0, 1.0), (560, 5, 1.1)))
    assert middle_px(choose_lifter(tracks, (720, 1280), 3.5)) < 260


def test_among_two_who_squat_the_central_one_lifts() -> None:
    tracks = link(video((150, 95, 1.0), (380, 95, 1.0)))
    assert middle_px(choose_lifter(tracks, (720, 1280), 3.5)) > 300


def test_among_two_who_squat_the_one_with_his_hands_at_his_shoulders_lifts() -> None:
    choice = chosen(film({"x_px": 190, "deg": 95}, {"x_px": 360, "deg": 95, "hands": "down"}))
    assert choice.number == 1
    assert choice.why.startswith("Hips fall by ")
    assert "hands" in choice.why
    assert choice.why.endswith("Less than half as much speaks for person 2, who comes next.")


def test_a_lifter_who_is_lost_while_he_squats_is_not_taken_for_one_who_stands() -> None:
    rows = film({"x_px": 300, "deg": 95}, {"x_px": 460, "deg": 95, "hands": "down"})
    lost = [replace(row, people=row.people[1:]) if 1.5 < row.time_s < 3.0 else row for row in rows]
    choice = chosen(tuple(lost))
    assert choice.number == 1
    assert choice.candidates[0].lifting_cues.travel < 0.1
    assert choice.candidates[0].lifting_cues.seen < 0.75


def test_somebody_who_is_hardly_ever_seen_does_not_lift() -> None:
    # A spotter who stands is found in every fifth look; both have their hands up, the lifter squats a quarter.
    rows = film({"x_px": 300, "deg": 45}, {"x_px": 400, "deg": 0})
    rare = tuple(row if k % 5 == 0 else replace(row, people=row.people[:1]) for k, row in enumerate(rows))
    choice = chosen(rare)
    assert choice.candidates[1].lifting_cues.seen < 0.3
    assert choice.number == 1


def test_another_who_lifts_is_noted_and_a_spotter_is_not() -> None:
    lifters = chosen(film({"x_px": 180, "deg": 95}, {"x_px": 510, "deg": 100}, late_s=1.0))
    assert set(lifters.lifters) == {1, 2}
    assert "--all-lifters" in lifters.notes[0]
    assert [one.number for one in lifters.each_lifter()] == list(lifters.lifters)
    spotter = chosen(film({"x_px": 360, "deg": 95}, {"x_px": 500, "deg": 60, "hands": "down"}, late_s=0.25))
    assert spotter.lifters == (1,)
    assert not spotter.notes


def test_where_nobody_clearly_lifts_nobody_is_chosen_and_a_doubtful_choice_is_said() -> None:
    nobody = chosen(film({"x_px": 200, "deg": 5, "hands": "down"}, {"x_px": 500, "deg": 5, "hands": "down"}))
    assert nobody.number is None
    assert "Nobody is clearly seen to lift" in nobody.why
    assert "--lifter" in nobody.why
    faint = LiftingCues(travel=0.15, hands=0.0, stays=1.0, central=1.0, large=1.0, lasting=1.0)
    hidden = replace(faint, travel=0.0)
    doubtful = Choice(1, "auto", "", (Candidate(1, "person", faint), Candidate(2, "person", hidden)), (1,))
    assert 0.07 < doubtful.candidates[0].score < 0.15
    assert "not clear who lifts" in doubtful.notes[0]
    assert not replace(doubtful, candidates=doubtful.candidates[:1]).notes


def test_who_is_there_at_another_time_makes_no_choice_unsure() -> None:
    # A film of one who squats a little; titles with a picture of somebody follow.
    rows = film({"x_px": 300, "deg": 25, "hands": "down"})
    end_s = rows[-1].time_s + 5.0
    titles = tuple(FrameDetections(end_s + 0.25 * k, (person(600, 0, 0.3),)) for k in range(4))
    assert chosen(rows + titles).number == 1


def test_who_goes_before_somebody_filmed_from_behind_is_not_passed_over_for_him() -> None:
    # The spotter's back is to the camera; the lifter, further off, is seen for three seconds and then hidden.
    rows = []
    for k in range(48):
        deg = 90.0 * max(0.0, np.sin(2.0 * np.pi * (k - 24) / 16)) if k >= 24 else 0.0
        lifter = (turned(person(400, 0, 0.9)),) if k < 12 else ()
        rows.append(FrameDetections(0.25 * k, (turned(person(360, deg)), *lifter)))
    choice = chosen(tuple(rows))
    assert choice.number is None
    assert "spotter" in choice.why
    assert "--lifter" in choice.why
    facing = [replace(row, people=tuple(turned(one) for one in row.people)) for row in rows]
    assert chosen(tuple(facing)).number is not None


def turned(one: Person) -> Person:
    """Somebody's back instead of his front: left and right change places."""
    points = one.points_px.copy()
    points[COCO_BODY] = points[COCO_BODY].reshape(-1, 2, 2)[:, ::-1].reshape(-1, 2)
    return replace(one, points_px=points)


def test_of_two_who_hardly_lift_and_hardly_differ_neither_is_judged() -> None:
    # At the sides of the picture, hands down: each may be a spotter of somebody who is hidden.
    two = [{"x_px": 120, "deg": 80, "hands": "down"}, {"x_px": 600, "deg": 82, "hands": "down"}]
    choice = chosen(film(*two, late_s=0.25))
    assert 0.07 < max(one.score for one in choice.candidates) < 0.15
    assert choice.number is None
    assert "2 people look alike" in choice.why


def test_who_stands_between_the_plates_lifts_whatever_his_spotter_does() -> None:
    # The spotter is in the middle with his hands up, in the same clothes and smaller: the lifter could be his picture.
    worn = np.full(6, 90.0)
    lifter = {"x_px": 250, "deg": 95, "hands": "down", "clothes": worn}
    people = link(film(lifter, {"x_px": 400, "deg": 95, "clothes": worn}))
    assert choose(people, (720, 1280), 4.25).number == 2
    known = tuple(replace(one, between=fit) for one, fit in zip(people, (0.9, 0.1), strict=True))
    choice = choose(known, (720, 1280), 4.25)
    assert choice.number == 1
    assert choice.lifters == (1,)
    # Where neither is under the bar's middle it says nothing.
    neither = tuple(replace(one, between=fit) for one, fit in zip(people, (0.15, 0.1), strict=True))
    assert choose(neither, (720, 1280), 4.25).number == 2


def test_a_spotter_near_the_bars_middle_is_not_as_sure_as_who_has_it() -> None:
    # Hands down, squatting along: what little of the bar is near his shoulders must not stand for hands on it.
    people = link(film({"x_px": 330, "deg": 95}, {"x_px": 400, "deg": 95, "hands": "down"}))
    known = tuple(replace(one, between=fit) for one, fit in zip(people, (0.17, 0.19), strict=True))
    assert choose(known, (720, 1280), 4.25).number == 1


def test_who_cannot_have_the_one_plate_that_is_seen_is_no_rival_of_him_who_may() -> None:
    # Within arm's reach, behind his plate, with hands that are not seen: nobody would be chosen of the two.
    people = link(film({"x_px": 330, "deg": 80, "hands": "down"}, {"x_px": 400, "deg": 80, "hands": "down"}))
    assert choose(people, (720, 1280), 4.25).number is None
    for may_have, number in (((True, False), 1), ((False, True), 2), ((False, False), None)):
        told = tuple(replace(one, may_have=may) for one, may in zip(people, may_have, strict=True))
        assert choose(told, (720, 1280), 4.25).number == number


def test_a_second_lifter_whose_bar_is_not_found_is_still_noted() -> None:
    people = link(film({"x_px": 180, "deg": 95}, {"x_px": 510, "deg": 100}, late_s=1.5))
    known = tuple(replace(one, between=fit) for one, fit in zip(people, (0.9, 0.0), strict=True))
    assert set(choose(known, (720, 1280), 4.25).lifters) == {1, 2}
    one_plate = tuple(replace(one, may_have=may) for one, may in zip(people, (True, False), strict=True))
    assert set(choose(one_plate, (720, 1280), 4.25).lifters) == {1, 2}


def test_two_within_arm_s_reach_who_squat_together_and_look_alike_are_no_choice() -> None:
    choice = chosen(film({"x_px": 330, "deg": 95}, {"x_px": 400, "deg": 95}, late_s=0.25))
    assert choice.number is None
    assert "2 people look alike" in choice.why


def test_a_class_that_squats_together_is_no_choice_and_says_how_to_choose() -> None:
    people: list[dict[str, object]] = [{"x_px": 60 + 150 * k, "deg": 95, "size": 0.5} for k in range(5)]
    crowd = film(*people)
    choice = chosen(crowd)
    assert choice.number is None
    assert "5 people look alike as lifters (persons 1, 2, 3, 4, 5)" in choice.why
    assert "--lifter" in choice.why
    assert not choice.notes
    assert len(choice.each_lifter()) == 5
    assert chosen(crowd, 4).number == 4


def test_a_smaller_double_in_the_same_clothes_that_moves_as_one_is_a_reflection() -> None:
    lifter = {"x_px": 500, "deg": 95, "clothes": RED}
    for other, kind in (
        ({"size": 0.6, "clothes": RED}, "reflection"),
        ({"size": 0.6, "clothes": BLUE}, "person"),
        ({"size": 1.0, "clothes": RED}, "person"),
        ({"size": 0.6, "clothes": RED, "hands": "down"}, "person"),
    ):
        choice = chosen(film(lifter, {"x_px": 360, "deg": 95, **other}))
        assert choice.candidates[0].kind == kind, other
    late = chosen(film(lifter, {"x_px": 360, "deg": 95, "size": 0.6, "clothes": RED}, late_s=1.0))
    assert late.candidates[0].kind == "person"


def test_a_reflection_in_the_middle_of_the_picture_does_not_lift() -> None:
    reflected = {"x_px": 360, "deg": 95, "size": 0.9, "clothes": RED}
    assert chosen(film({"x_px": 620, "deg": 95, "clothes": RED}, reflected)).number == 2


def test_who_never_moves_at_all_is_a_picture_but_who_sways_is_not() -> None:
    rng = np.random.default_rng(0)
    rows = list(film({"x_px": 200, "deg": 95}, {"x_px": 400, "deg": 0}))
    assert [one.kind for one in chosen(tuple(rows)).candidates] == ["person", "picture"]
    for k, row in enumerate(rows):
        lifter, other = row.people
        swaying = replace(other, points_px=other.points_px + rng.normal(0.0, 2.0, (17, 2)))
        rows[k] = replace(row, people=(lifter, swaying))
    assert [one.kind for one in chosen(tuple(rows)).candidates] == ["person", "person"]


def test_the_reports_rule_takes_the_centremost_of_the_first_picture() -> None:
    rows = list(film({"x_px": 200, "deg": 95}, {"x_px": 420, "deg": 0}))
    rows[1:] = [replace(row, people=(*row.people, person(360, 0))) for row in rows[1:]]
    choice = chosen(tuple(rows), "centre")
    assert middle_px(link(rows)[(choice.number or 0) - 1]) == pytest.approx(420, abs=15)
    assert choice.chosen_by == "centre"


def test_who_is_in_another_shot_is_no_candidate() -> None:
    first, second = film({"x_px": 200, "deg": 95}), film({"x_px": 420, "deg": 60}, {"x_px": 600, "deg": 0})
    length_s = first[-1].time_s
    later = tuple(replace(row, time_s=row.time_s + length_s + 0.25) for row in second)
    tracks = (*link(first), *link(later))
    assert len(tracks) == 3
    in_first = choose(tracks, (720, 1280), length_s)
    in_second = choose(tracks, (720, 1280), length_s, since_s=length_s + 0.25)
    assert (in_first.number, in_second.number) == (1, 2)
    assert [one.lasts for one in in_first.candidates] == [True, False, False]
    assert in_second.others(tracks) == (tracks[2],)
    assert choose(tracks, (720, 1280), length_s, since_s=length_s + 0.25, rule="centre").number == 2


def test_a_number_is_obeyed_and_one_that_nobody_has_is_refused() -> None:
    rows = film({"x_px": 200, "deg": 95}, {"x_px": 420, "deg": 0})
    assert chosen(rows, 2).number == 2
    with pytest.raises(OptionError, match="2 were found"):
        chosen(rows, 3)


def test_rules_are_read_and_others_refused() -> None:
    assert [parse_rule(words) for words in ("auto", "centre", "3")] == ["auto", "centre", 3]
    for words in ("0", "-1", "left", "1.5", ""):
        with pytest.raises(OptionError, match="expected auto"):
            parse_rule(words)


def test_travel_is_that_of_a_squat_and_a_camera_that_pans_adds_none() -> None:
    (squatting,) = link(video((360, 95, 1.0)))
    (standing,) = link(video((360, 0, 1.0)))
    # The hips fall from .86 m to .35 m over ankles that are 1.61 m under the top of the head.
    assert hip_travel(squatting) == pytest.approx((0.86 - 0.35) / 1.61, abs=0.06)
    assert hip_travel(standing) < 0.01
    panned = tuple(
        FrameDetections(s.time_s, (person(360 + 40 * s.time_s, 0),)) for s in video((360, 0, 1.0))
    )  # fmt: skip
    assert hip_travel(link(panned)[0]) < 0.01


def test_two_looks_at_somebody_else_are_not_the_lowest_moment() -> None:
    rows = list(video((360, 0, 1.0)))
    for k in (6, 7):  # a smaller body's feet are .3 heights higher, and its hips nearer to them
        wrong = person(360, 60, 0.7)
        rows[k] = FrameDetections(rows[k].time_s, (replace(wrong, points_px=wrong.points_px - [0.0, 120.0]),))
    (track,) = link(rows)
    assert len(track.people) == len(rows)
    assert hip_travel(track) < 0.05


def test_the_same_body_found_twice_counts_once() -> None:
    doubled = tuple(FrameDetections(s.time_s, s.people * 2) for s in video((360, 95, 1.0)))
    assert count_people(doubled) == 1
    assert len(link(doubled)) == 1


def test_nobody_gives_no_lifter() -> None:
    assert choose_lifter(link([FrameDetections(0.0, ()), FrameDetections(0.25, ())]), (720, 1280), 0.5) is None
    assert count_people(()) == 0


def test_a_gap_of_a_second_does_not_end_a_track() -> None:
    sightings = [s for s in video((360, 0, 1.0)) if not 1.0 < s.time_s < 2.0]
    assert len(link(sightings)) == 1


def test_who_is_seen_in_a_film_of_one_picture_is_not_said_to_be_nobody() -> None:
    seen = chosen((FrameDetections(0.0, (person(300, 0),)),))
    assert seen.number is None
    assert seen.passing
    assert seen.why == "Somebody is seen, but for a moment only: film the whole lift, from standing to standing."
    nobody = choose((), (720, 1280), 0.0)
    assert not nobody.passing
    assert nobody.why == "Nobody was found in the video."
