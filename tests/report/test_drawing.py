import math
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from depthperception.attempts.phases import phase_at, phases
from depthperception.geometry.skeletons import Landmark
from depthperception.proof import SeenPoints
from depthperception.report.drawing import (
    CREASE_LINE,
    KNEE_LINE,
    LEFT,
    RIGHT,
    draw_frame,
    draw_label,
    draw_leg_labels,
    draw_leg_lines,
    draw_leg_points,
    draw_light,
    text_size,
)
from depthperception.report.lines import NOT_AT_THE_FOLD, LegLines, attempt_lines, fold_note, labels, leg_points
from depthperception.report.text import (
    attempt_line,
    depth_words,
    interval_words,
    nearest_to_the_line,
    probability_words,
    signed,
)
from depthperception.results import AttemptJudgement, Reading, SideDepth, Verdict
from depthperception.types import FloatArray, Picture
from tests.support.report_examples import (
    HEIGHT,
    KNEE_TOPS,
    WIDTH,
    attempt,
    camera,
    close_attempt,
    judgement,
    landmarks,
    reading,
)

GREY, WHITE = 120, 255


def canvas(shade: int = GREY) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), shade, np.uint8)


def colour_at(picture: Picture, x: float, y: float) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[int(y), int(x)])


def slope(line: FloatArray) -> float:
    run, rise = line[1] - line[0]
    return float(rise / run)


def test_lower_legs_have_the_colours_of_the_lifters_own_sides() -> None:
    drawn = draw_frame(canvas(), landmarks(), width_px=5.0)
    assert colour_at(drawn, 560, 860) == LEFT
    assert colour_at(drawn, 240, 860) == RIGHT


def test_bones_have_a_dark_rim_on_a_white_wall() -> None:
    drawn = draw_frame(canvas(WHITE), landmarks(), width_px=8.0)
    assert max(colour_at(drawn, 560 + 6, 860)) < 60
    assert colour_at(drawn, 560 + 12, 860) == (WHITE, WHITE, WHITE)


def test_the_picture_given_stays_as_it_was() -> None:
    before = canvas()
    draw_frame(before, landmarks())
    assert (before == GREY).all()
    assert (draw_frame(before, None) == GREY).all()


def test_points_that_are_not_known_or_far_out_leave_no_mark() -> None:
    lost = landmarks()
    lost[[Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL]] = np.nan
    lost[Landmark.LEFT_FOOT_INDEX] = 1e9
    drawn = draw_frame(canvas(), lost, width_px=3.0)
    assert (drawn[800:, 480:] == GREY).all()
    assert colour_at(drawn, 240, 860) == RIGHT


def lines_of(lift: AttemptJudgement, **changed: Any) -> tuple[LegLines, ...]:
    return attempt_lines(lift, replace(judgement(lift), **changed))


def test_a_level_goes_from_over_the_crease_to_the_top_of_the_knee_and_the_bracket_is_the_depth() -> None:
    right, left = lines_of(attempt(2.0, 3.0))
    assert (right.side, left.side) == ("right", "left")
    # The knees' tops are at (240, 676.8) and (560, 676.8), the creases 3 cm, 24 px, lower at x = 340 and 460.
    assert right.knee_top_px == pytest.approx(np.array([[340.0, 676.8], [240.0 - 40.0, 676.8]]))
    assert left.knee_top_px == pytest.approx(np.array([[460.0, 676.8], [560.0 + 40.0, 676.8]]))
    assert right.crease_px == pytest.approx(np.array([[340.0, 700.8], [340.0 - 48.0, 700.8]]))
    assert left.crease_px == pytest.approx(np.array([[460.0, 700.8], [460.0 + 48.0, 700.8]]))


def test_a_high_squat_has_its_crease_above_the_level() -> None:
    leg = lines_of(attempt(2.0, -2.0))[0]
    assert leg.crease_px[0, 1] == pytest.approx(676.8 - 16.0)


def test_a_level_that_is_seen_from_above_slopes_as_the_points_do() -> None:
    lift = attempt(2.0, 3.0)
    assert lift.seen
    higher = replace(lift.seen, level_px={"right": (340.0, 646.8)}, joint_crease_px={"right": (340.0, 670.8)})
    (right,) = lines_of(replace(lift, seen=higher))
    assert right.knee_top_px[0] == pytest.approx([340.0, 646.8])
    assert slope(right.knee_top_px) == pytest.approx(-0.3)
    assert slope(right.crease_px) == pytest.approx(-0.3)
    assert right.crease_px[0] - right.knee_top_px[0] == pytest.approx([0.0, 24.0])


@pytest.mark.parametrize("roll_deg", [-8.0, 8.0])
def test_a_depth_from_elsewhere_hangs_from_the_level_along_gravity_as_long_as_the_scale_makes_it(
    roll_deg: float,
) -> None:
    lift = replace(attempt(2.0, 3.0), depth=Reading("side", 6.0))
    right, left = lines_of(lift, camera=camera(roll_deg))
    for leg in (right, left):
        down = leg.crease_px[0] - leg.knee_top_px[0]
        assert np.linalg.norm(down) == pytest.approx(48.0)
        # A camera turned clockwise sees what hangs leaning to the right at its foot.
        assert math.degrees(math.atan2(down[0], down[1])) == pytest.approx(roll_deg)


def test_each_leg_shows_its_own_depth_and_falls_back_on_that_of_both() -> None:
    one_sided = Reading("side", 2.0, left=SideDepth(5.0, 1.0))
    legs = lines_of(replace(attempt(2.0, 3.0), depth=one_sided))
    assert [(leg.side, leg.cm, leg.own) for leg in legs] == [("right", 2.0, False), ("left", 5.0, True)]
    assert labels(legs) == ("both", "left")


def test_a_depth_of_both_legs_is_drawn_at_each_and_written_once_under_its_own_name() -> None:
    together = lines_of(replace(attempt(2.0, 3.0), depth=Reading("calibrated", 3.0)))
    apart = lines_of(attempt(2.0, 3.0))
    for one, other in zip(together, apart, strict=True):
        assert (one.crease_px == other.crease_px).all()
    assert labels(together) == ("both", None)
    assert labels(apart) == ("right", "left")
    drawn = canvas()
    draw_leg_labels(drawn, together, 20)
    changed = (drawn != GREY).any(axis=(0, 2))
    assert changed[: WIDTH // 2].any()
    assert not changed[WIDTH // 2 :].any(), "the second leg has no label"


def test_labels_stand_outside_of_the_legs() -> None:
    right, left = lines_of(attempt(2.0, 3.0))
    assert (right.label_px[0], right.rightwards) == (pytest.approx(200.0), False)
    assert (left.label_px[0], left.rightwards) == (pytest.approx(600.0), True)


def test_a_thigh_that_points_at_the_camera_has_its_bracket_beside_it() -> None:
    # From above, the level runs up the picture from the knee, upon the bracket: that stands 6 cm, 48 px, further out.
    lift = attempt(2.0, 3.0)
    assert lift.seen
    seen = replace(lift.seen, level_px={"right": (244.0, 640.0)}, joint_crease_px={"right": (244.0, 664.0)})
    (right,) = lines_of(replace(lift, seen=seen))
    assert right.knee_top_px == pytest.approx(np.array([[196.0, 640.0], [244.0, 640.0], [240.0, 676.8]]))
    assert right.crease_px == pytest.approx(np.array([[196.0, 664.0], [244.0, 664.0]]))
    assert not right.rightwards


def test_no_lines_without_a_depth_a_scale_or_points_and_none_for_a_hidden_leg() -> None:
    lift = attempt(2.0, 3.0)
    assert lift.seen
    assert lines_of(attempt(2.0, None)) == ()
    assert lines_of(lift, scale=None) == ()
    assert lines_of(replace(lift, seen=None)) == ()
    alone = replace(lift.seen, knee_top_px={"right": KNEE_TOPS["right"]})
    assert [leg.side for leg in lines_of(replace(lift, seen=alone))] == ["right"]


def test_lines_are_drawn_where_they_are_placed() -> None:
    drawn = canvas()
    draw_leg_lines(drawn, lines_of(attempt(2.0, 6.0)), width_px=4.0)
    for x in (300, 500):
        assert colour_at(drawn, x, 676) == KNEE_LINE
        assert colour_at(drawn, x, 724) == CREASE_LINE
        assert colour_at(drawn, x, 760) == (GREY,) * 3
    assert colour_at(drawn, 340, 700) == CREASE_LINE, "the bracket joins them"


def test_what_is_seen_is_dotted_in_the_colour_of_the_leg_and_what_is_inferred_is_ringed() -> None:
    seen = replace(attempt(2.0, 6.0).seen or SeenPoints({}, {}), crease_px={"left": (524.0, 724.0)})
    right, left = sorted(leg_points(seen), key=lambda leg: leg.side, reverse=True)
    assert (len(right.seen_px), len(right.inferred_px)) == (1, 1)
    assert (len(left.seen_px), len(left.inferred_px)) == (2, 0)
    drawn = canvas()
    draw_leg_points(drawn, [right, left], 8.0)
    assert colour_at(drawn, 240, 676) == RIGHT
    assert colour_at(drawn, 560, 676) == colour_at(drawn, 524, 724) == LEFT
    assert colour_at(drawn, 340, 724) == (GREY,) * 3, "hollow"
    assert colour_at(drawn, 348, 724) == RIGHT, "the ring"
    assert colour_at(drawn, 460, 724) == (GREY,) * 3, "the left fold is seen: nothing is inferred"


def test_a_bracket_that_ends_beside_the_dotted_fold_is_explained() -> None:
    both = attempt(2.0, 6.0)
    legs = lines_of(both)
    assert fold_note(legs, both.seen) == NOT_AT_THE_FOLD
    # Where the fold is hidden the ring stands at the bracket's end, and nothing differs.
    hidden = replace(both.seen or SeenPoints({}, {}), crease_px={})
    assert fold_note(legs, hidden) == fold_note((), both.seen) == fold_note(legs, None) == ""


def test_the_ellipse_holds_nine_in_ten_errors_of_the_top_of_the_knee() -> None:
    rng = np.random.default_rng(1)
    spread = np.array([[100.0, 30.0], [30.0, 25.0]])
    seen = SeenPoints({}, {"left": (50.0, 80.0)}, knee_top_covariance_px2={"left": (100.0, 30.0, 25.0)})
    (leg,) = leg_points(seen)
    errors = rng.multivariate_normal((50.0, 80.0), spread, 4000)
    outline = leg.ellipse_px.astype(np.float32)
    inside = [cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in errors]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_nothing_is_dotted_of_legs_that_are_hidden() -> None:
    assert leg_points(None) == ()
    assert leg_points(SeenPoints({}, {})) == ()


def test_lights_are_white_red_and_hollow() -> None:
    def middle(verdict: Verdict, right_px: int = 0) -> tuple[int, ...]:
        drawn = canvas()
        draw_light(drawn, (100, 100), 20, verdict)
        return colour_at(drawn, 100 + right_px, 100)

    assert middle("depth") == (255, 255, 255)
    red, green, blue = middle("no_depth")
    assert red > 200
    assert max(green, blue) < 60
    assert max(middle("too_close")) < 40, "a dark bar across, for those who see no amber"
    assert max(middle("not_judgeable")) < 40, "what is not judged is a ring"
    assert min(middle("not_judgeable", 18)) > 200


@pytest.mark.parametrize("corner", [(-50.0, -50.0), (780.0, 1190.0)])
def test_a_label_at_the_edge_is_moved_into_the_picture(corner: tuple[float, float]) -> None:
    drawn = canvas()
    draw_label(drawn, corner, "left +2.3 cm", 12, LEFT)
    changed = np.argwhere((drawn != GREY).any(axis=2))
    width, height = text_size("left +2.3 cm", 12, bold=True)
    assert tuple(np.ptp(changed, axis=0) + 1) == (height, width + 2 * round(0.3 * 12))


def test_depths_are_said_in_words_and_signs() -> None:
    assert depth_words(reading(2.34)) == "2.3 cm below"
    assert depth_words(reading(-1.8)) == "1.8 cm above"
    assert depth_words(reading(None)) == ""
    assert [signed(cm) for cm in (2.34, -1.8, -0.04, 0.04)] == ["+2.3", "−1.8", "+0.0", "+0.0"]


def test_intervals_say_on_which_side_their_ends_are() -> None:
    def said(low: float, high: float) -> str:
        return interval_words(Reading("gravity", (low + high) / 2, (low, high)))

    assert said(0.4, 4.1) == "90 %: 0.4 to 4.1 cm below"
    assert said(-4.1, -0.4) == "90 %: 0.4 to 4.1 cm above"
    assert said(-0.4, 4.1) == "90 %: 0.4 cm above to 4.1 cm below"
    assert interval_words(Reading("side", 1.0)) == ""


def test_a_probability_is_never_said_to_be_certain() -> None:
    def said(probability: float) -> str:
        return probability_words(Reading("gravity", 1.0, None, probability))

    assert said(0.9999) == "probability of depth over 99 %"
    assert said(0.0001) == "probability of depth under 1 %"
    assert said(0.625) == "probability of depth 62 %"


def test_the_terminal_says_to_which_side_an_attempt_leans_that_is_too_close() -> None:
    assert attempt_line(1, close_attempt(1.86)) == (
        "attempt 1   TOO CLOSE   leans to depth   0.4 cm below (90 %: 2.8 above to 3.6 below)   at 1.86 s   "
        "probability .58"
    )
    leans = "leans to no depth   0.4 cm above (90 %: 3.6 above to 2.8 below)"
    assert leans in attempt_line(1, close_attempt(1.86, -0.4, 0.42))
    assert attempt_line(1, attempt(2.0)).startswith("attempt 1   DEPTH   3.0 cm below")
    failed = attempt(2.0, stood_up=False)
    assert attempt_line(1, failed).endswith("did not stand up")
    assert attempt_line(1, replace(failed, cut_short=True)).endswith("film ends before lockout")


def test_phases_follow_one_another_from_the_start_to_lockout() -> None:
    lift = attempt(2.0)
    assert [(p.name, p.start_s, p.end_s) for p in phases(lift)] == [
        ("descent", 1.0, 1.85),
        ("bottom", 1.85, 2.15),
        ("ascent", 2.15, 3.0),
        ("lockout", 3.0, 4.0),
    ]
    assert [phase_at((lift,), t) for t in (0.5, 1.2, 2.0, 2.5, 3.5, 4.5)] == [
        "standing",
        "descent",
        "bottom",
        "ascent",
        "lockout",
        "standing",
    ]


def test_a_lift_that_was_not_finished_sinks_back_and_has_no_lockout() -> None:
    failed = attempt(2.0, stood_up=False)
    assert [phase_at((failed,), t) for t in (2.5, 3.5, 4.5)] == ["ascent", "sinks back", "not stood up"]
    assert [one.name for one in phases(replace(failed, cut_short=True))] == ["descent", "bottom", "ascent"]


def test_the_next_descent_ends_the_lockout() -> None:
    assert phase_at((attempt(2.0), attempt(4.2)), 3.5) == "descent"


def test_the_attempt_to_dispute_is_the_least_certain_one_that_was_measured() -> None:
    attempts = [attempt(2.0, None), attempt(5.0, 4.0), attempt(8.0, 0.5), attempt(11.0, -3.0)]
    assert nearest_to_the_line(attempts) == 2
    assert nearest_to_the_line(attempts[:1]) == 0
