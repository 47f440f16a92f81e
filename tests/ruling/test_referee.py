"""Checks, cards and lights of one attempt: what turns a light red, what never does, and what is said instead."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.decision import Cause
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES, WRISTS
from depthperception.pose.track import PoseTrack
from depthperception.results import Judgement, SideDepth
from depthperception.types import FloatArray
from tests.support.figures import track
from tests.support.refereed import CM_PER_PX, bar, carrying, check, judged, looks, ruled, ruled_each
from tests.support.report_examples import camera, close_attempt, judgement


def ends_of(seen: PoseTrack) -> PoseTrack:
    """Look at both ends closely."""
    return seen.take((seen.times_s <= 1.1) | (seen.times_s >= 3.4))


def unbent(soft: PoseTrack) -> PoseTrack:
    """Let the metres of who ends softly have legs as much shorter, whose knees are straight."""
    world = soft.world_m.copy()
    hip, ankle = world[:, HIPS], world[:, ANKLES]
    after = (soft.times_s >= 3.4)[:, None, None]
    world[:, KNEES] = np.where(
        after, (hip + ankle) / 2 + world[0, KNEES] - (world[0, HIPS] + world[0, ANKLES]) / 2, world[:, KNEES]
    )
    return replace(soft, world_m=world)


WHITE, RED, CLOSE, OPEN = (["white"] * 3, ["red"] * 3, ["too_close"] * 3, ["not_judgeable"] * 3)


def lights(one: object) -> list[str]:
    return [light.light for light in one.lights]  # type: ignore[attr-defined]


def test_a_good_lift_is_white_with_no_card() -> None:
    found = ruled(judged(bar=bar()))
    assert (lights(found), found.lift, found.cards) == (WHITE, "good_lift", ())
    assert [light.position for light in found.lights] == ["left", "chief", "right"]
    assert {one.cause: one.finding for one in found.checks if one.finding == "not_checked"}.keys() == {
        "signals", "bar_position", "dress",
    }  # fmt: skip


@pytest.mark.parametrize(("sinks", "cause"), [((10.0, 5.0), "double_bounce"), ((30.0, 5.0), "downward_movement")])
def test_a_bar_that_sinks_is_a_blue_card_with_its_time_and_frame(sinks: tuple[float, float], cause: Cause) -> None:
    found = ruled(judged(bar=bar(sinks)))
    (card,) = found.cards
    assert (lights(found), found.lift) == (RED, "no_lift")
    assert (card.colour, card.cause) == ("blue", cause)
    assert card.time_s == pytest.approx(2.6, abs=0.08)
    assert card.frame == round(30.0 * card.time_s)
    assert check(found, cause).value == pytest.approx(sinks[1], abs=0.7)


@pytest.mark.parametrize(("sinks", "cause"), [((10.0, 5.0), "double_bounce"), ((30.0, 5.0), "downward_movement")])
def test_a_bar_that_sinks_without_the_lifter_under_it_is_to_be_looked_at_and_no_fault(
    sinks: tuple[float, float], cause: Cause
) -> None:
    found = ruled(judged(bar=bar(sinks)), looks())
    assert (lights(found), found.cards) == (WHITE, ())
    assert check(found, cause).finding == "review"
    assert "but not the lifter who carries it." in check(found, cause).says


def test_a_bar_that_is_lost_while_it_sinks_is_to_be_looked_at_and_no_fault() -> None:
    whole = bar((30.0, 5.0))
    assert whole.path is not None
    kept = [index for index, time_s in enumerate(whole.path.times_s) if not 2.65 < time_s < 2.78]
    times_s, height_cm = (
        tuple(values[index] for index in kept) for values in (whole.path.times_s, whole.path.height_cm)
    )
    found = ruled(judged(bar=replace(whole, path=replace(whole.path, times_s=times_s, height_cm=height_cm))))
    assert (lights(found), found.cards) == (WHITE, ())
    assert check(found, "downward_movement").finding == "review"
    assert "but it is lost for some pictures there." in check(found, "downward_movement").says


@pytest.mark.parametrize(("sinks", "cause"), [((14.0, 12.0), "double_bounce"), ((36.0, 12.0), "downward_movement")])
def test_where_no_plate_is_seen_a_lifter_who_sinks_as_a_whole_is_a_blue_card(
    sinks: tuple[float, float], cause: Cause
) -> None:
    found = ruled(judged(), carrying(bar(sinks)))
    assert [(card.colour, card.cause) for card in found.cards] == [("blue", cause)]
    assert check(found, cause).says.startswith("No plate of the bar is seen through the ascent; the lifter, ")
    value = check(found, cause).value
    assert value is not None
    assert 5.0 <= value < sinks[1], "eight looks a second, smoothed, take some of it off"
    assert check(found, cause).time_s == pytest.approx(2.6, abs=0.13)


@pytest.mark.parametrize("of_it", ["too little", "the hands alone"])
def test_what_is_less_than_the_whole_lifter_is_not_checked_without_a_plate(of_it: str) -> None:
    seen = carrying(bar((30.0, 3.0)))
    if of_it == "the hands alone":
        whole = carrying(bar((30.0, 12.0)))
        image = carrying(bar()).image_px.copy()
        image[:, WRISTS] = whole.image_px[:, WRISTS]
        seen = replace(whole, image_px=image)
    found = ruled(judged(), seen)
    assert (lights(found), found.cards) == (WHITE, ())
    assert check(found, "downward_movement").finding == "not_checked"


@pytest.mark.parametrize("sinks", [(), ((36.0, 12.0),)])
def test_a_bar_whose_plates_are_lost_on_the_way_up_says_nothing_of_the_rest(
    sinks: tuple[tuple[float, float], ...],
) -> None:
    whole = bar(*sinks)
    assert whole.path is not None
    seen = [index for index, time_s in enumerate(whole.path.times_s) if time_s < 2.5]
    times_s, height_cm = (
        tuple(values[index] for index in seen) for values in (whole.path.times_s, whole.path.height_cm)
    )
    lost = replace(whole, path=replace(whole.path, times_s=times_s, height_cm=height_cm))
    found = check(ruled(judged(bar=lost), carrying(whole)), "downward_movement")
    assert found.finding == ("fault" if sinks else "not_checked")


def test_half_a_centimetre_is_noise() -> None:
    assert ruled(judged(bar=bar((30.0, 0.5)))).lift == "good_lift"


def test_soft_knees_are_blue_and_failed_ascents_yellow_with_how_far_he_came() -> None:
    soft = ruled(judged(bar=bar()), looks(ends_deg=30.0))
    assert [(card.colour, card.cause) for card in soft.cards] == [("blue", "finish_position")]
    failed = ruled(judged(stood_up=False, end_s=2.6), looks(ends_deg=60.0))
    assert [(card.colour, card.cause) for card in failed.cards] == [("yellow", "not_completed")]
    assert "% of the way up by" in failed.cards[0].says
    assert failed.end_s == failed.cards[0].time_s > 3.0, "his way up is over where he turns, not where the hips slow"
    assert check(failed, "depth").finding == "passed"
    assert failed.lift == "no_lift"


@pytest.mark.parametrize("shoulders", ["lower", "as high", "lower by the camera"])
def test_knees_that_are_a_little_soft_are_a_fault_where_the_shoulders_end_lower_too(shoulders: str) -> None:
    soft = looks(ends_deg=14.0)
    image, after = soft.image_px.copy(), soft.times_s >= 3.4
    if shoulders == "as high":
        image[np.ix_(after, SHOULDERS)] = image[0, SHOULDERS]
    if shoulders == "lower by the camera":  # which is further away, so that the feet are nearer to each other
        image[np.ix_(after, [HEELS[1], TOES[1]])] += [2.0 / CM_PER_PX, 0.0]
    soft = replace(soft, image_px=image)
    found = ruled(judged(bar=bar()), soft, close=ends_of(soft))
    knees = check(found, "finish_position")
    assert knees.value is not None
    assert 0.8 <= knees.value < 1.5
    assert [card.cause for card in found.cards] == (["finish_position"] if shoulders == "lower" else [])


@pytest.mark.parametrize("bar_too", [True, False])
def test_a_bend_that_is_not_seen_from_in_front_is_a_fault_where_the_bar_ends_lower(*, bar_too: bool) -> None:
    soft = looks(ends_deg=14.0)
    straight = unbent(soft)
    whole = bar()
    assert whole.path is not None
    ends_cm = [
        cm - 2.0 * bar_too * (at_s > 3.4) for at_s, cm in zip(whole.path.times_s, whole.path.height_cm, strict=True)
    ]
    lower = replace(whole, path=replace(whole.path, height_cm=tuple(ends_cm)))
    found = ruled(judged(bar=lower), straight, close=ends_of(straight))
    assert [card.cause for card in found.cards] == (["finish_position"] if bar_too else [])


def test_a_step_of_four_centimetres_is_seen_by_close_looks_at_both_ends_and_not_by_all_looks() -> None:
    seen = looks()
    image = seen.image_px.copy()
    image[np.ix_(seen.times_s >= 3.0, [HEELS[1], TOES[1]])] += [4.0 / CM_PER_PX, 0.0]
    stepped = replace(seen, image_px=image)
    ends = stepped.take((stepped.times_s <= 1.1) | (stepped.times_s >= 3.4))
    assert check(ruled(judged(bar=bar()), stepped), "foot_movement").finding == "passed"
    closely = ruled(judged(bar=bar()), stepped, close=ends)
    assert [(card.colour, card.cause) for card in closely.cards] == [("yellow", "foot_movement")]
    assert check(closely, "foot_movement").value == pytest.approx(4.0, abs=0.01)
    assert (
        ruled(judged(bar=bar()), seen, close=seen.take((seen.times_s <= 1.1) | (seen.times_s >= 3.4))).lift
        == "good_lift"
    )


def test_a_foot_that_moves_in_the_next_attempt_does_not_end_this_one() -> None:
    times = np.arange(0.0, 9.0, 0.125)
    seen = track(times, np.interp(times, [1.2, 2.3, 3.4, 5.2, 6.3, 7.4], [0.0, 95.0, 0.0, 0.0, 95.0, 0.0]))
    image = seen.image_px.copy()
    image[np.ix_(times >= 5.6, ANKLES)] += [20.0 / CM_PER_PX, 0.0]
    later = replace(judged(), start_s=5.4, bottom_s=6.3, end_s=7.3)
    first, second = ruled_each((judged(), later), replace(seen, image_px=image))
    assert "rack" not in [event.stage for event in first.timeline]
    assert max(event.end_s for event in first.timeline) <= later.start_s
    alone = ruled(judged(), replace(seen, image_px=image))
    assert [event.start_s for event in alone.timeline if event.stage == "rack"] == pytest.approx([5.6], abs=0.13)
    assert second.timeline[0].stage == "set"


def test_too_close_is_drawn_as_such_and_never_white() -> None:
    close = replace(close_attempt(2.3), start_s=1.4, end_s=3.3)
    found = ruled(close)
    assert (lights(found), found.lift, found.cards) == (CLOSE, "too_close", ())
    both = ruled(replace(close, bar=bar((30.0, 5.0))))
    assert (lights(both), both.lift) == (RED, "no_lift")


def test_who_stands_again_is_not_failed_because_the_camera_hid_his_rise() -> None:
    hidden = ruled(judged(stood_up=False, end_s=2.6, bar=bar()))
    found = check(hidden, "not_completed")
    assert found.finding == "passed"
    assert found.time_s == pytest.approx(3.5, abs=0.2), "at 2.6 s the bar is half-way up"
    assert (hidden.stood_up, hidden.end_s) == (True, found.time_s)


def test_what_the_film_does_not_show_leaves_the_lights_open() -> None:
    hidden = ruled(judged(None))
    ends = ruled(judged(stood_up=False, cut_short=True, end_s=2.6), looks(ends_deg=60.0))
    assert (lights(hidden), hidden.lift) == (OPEN, "not_judgeable")
    assert (lights(ends), ends.lift) == (OPEN, "not_judgeable")
    assert check(ends, "not_completed").finding == "not_checked"


def test_a_referee_at_the_side_rules_on_the_leg_that_he_sees_where_it_is_sure() -> None:
    one = judged()
    uneven = replace(one.depth, left=SideDepth(4.0, 1.0), right=SideDepth(-3.0, 1.0))
    found = ruled(replace(one, depth=uneven))
    assert lights(found) == ["white", "white", "red"]
    assert (found.lift, [card.cause for card in found.cards]) == ("good_lift", ["depth"])
    unsure = ruled(replace(one, depth=replace(uneven, right=SideDepth(-0.1, 1.0))))
    assert lights(unsure) == WHITE


def test_a_light_that_needs_a_leg_nobody_sees_says_that_it_is_taken_to_be_as_deep() -> None:
    one = judged()
    right_alone = replace(one.depth, left=None, right=SideDepth(4.0, 1.0), deciding_leg="right")
    found = ruled(replace(one, depth=right_alone))
    said = {light.position: light.says for light in found.lights}
    assert lights(found) == WHITE
    assert said["chief"].startswith("By the lifter's right leg, as if the left one, which is not seen, were as deep")
    assert said["left"].startswith("By the lifter's right leg, as if the left one")
    assert said["right"].startswith("By the lifter's right leg by itself")


def test_every_light_says_how_far_the_camera_stands_from_its_seat() -> None:
    said = {light.position: light.says for light in ruled(judged()).lights}
    assert "0 degrees from it" in said["chief"]
    assert "90 degrees from that seat" in said["left"]
    beside = ruled(judged(), where=replace(camera(), azimuth_deg=1.0)).lights
    assert "1 degree from it" in next(light.says for light in beside if light.position == "chief")


def test_a_book_without_cards_gives_none() -> None:
    found = ruled(judged(-3.0), book="gpf")
    assert [(card.colour, card.cause) for card in found.cards] == [(None, "depth")]


def test_without_a_bar_what_needs_it_is_not_checked_and_hints_turn_no_light_red() -> None:
    found = ruled(judged())
    needs_bar: tuple[Cause, ...] = ("double_bounce", "downward_movement", "bar_dropped")
    for cause in needs_bar:
        assert check(found, cause).finding == "not_checked"
    assert found.lift == "good_lift"


def test_on_landmarks_without_a_third_dimension_knees_and_elbows_are_not_checked() -> None:
    seen = looks()
    flat: FloatArray = seen.world_m * float("nan")
    found = ruled(judged(), replace(seen, world_m=flat))
    needs_space: tuple[Cause, ...] = ("start_position", "finish_position", "elbow_contact", "downward_movement")
    for cause in needs_space:
        assert check(found, cause).finding == "not_checked"


def test_every_result_says_what_it_is_for_and_older_ones_are_still_read() -> None:
    content = judgement(ruled(judged(bar=bar((30.0, 5.0))))).to_dict()
    assert "not a replacement of referees" in content["notice"]
    assert Judgement.from_dict(content).attempts[0].cards[0].colour == "blue"
    for name in ("timeline", "checks", "cards", "lights", "lift"):
        del content["attempts"][0][name]
    del content["notice"], content["rules"]
    old = Judgement.from_dict(content)
    assert (old.attempts[0].lights, old.attempts[0].lift, old.rules) == ((), None, None)
