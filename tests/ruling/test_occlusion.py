"""What stands between the camera and hips and knees: plates of the bar and other people; and when that is a refusal."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from depthperception.appearance.features import HeadPrediction
from depthperception.attempts.refinement import Bottom
from depthperception.barbell import PlateTrack
from depthperception.depth.evidence import Evidence
from depthperception.geometry.skeletons import HIPS, KNEES
from depthperception.pose.track import empty_track
from depthperception.proof import SeenPoints
from depthperception.report.text import cover_words
from depthperception.results import Camera, Cover, Covered, Reading, Scale
from depthperception.ruling.occlusion import (
    behind_things,
    find_occlusion,
    in_front,
    is_there,
    nearer_leg_hidden,
)
from depthperception.ruling.rule import obstacle, rule
from depthperception.types import Side
from tests.support.evidence import LEGS
from tests.support.figures import axes, figure, samples
from tests.support.people_tracks import standing

UNSEEN = HeadPrediction(np.zeros(9), 0.0)
NOTHING = Cover(Covered(), Covered())


def side_camera(azimuth_deg: float = 90.0) -> Camera:
    return Camera("side", "left", azimuth_deg, 0.0, 0.0, (0.0, -1.0, 0.0))


def bottom(azimuth_deg: float = 90.0) -> Bottom:
    """A figure of 400 px/m in the hole, its floor at 1000 px, its middle near 360 px."""
    return Bottom(1.0, samples(figure(95.0), axes(azimuth_deg)), empty_track())


def plate(side: str, centre_px: np.ndarray, *, half_minor: float, half_major: float) -> PlateTrack:
    return PlateTrack(
        side=Side.LEFT if side == "left" else Side.RIGHT,
        times_s=np.array([0.5, 1.0, 1.5]),
        centre_px=np.array([[0.0, 0.0], centre_px, [0.0, 0.0]]),
        radius_px=np.full(3, half_major),
        axes_px=np.array([[half_minor, 0.0], [0.0, half_major]]),
        vote=0.9,
        steady_px=np.zeros((3, 2)),
    )


def landmarks(seen: Bottom) -> np.ndarray:
    return np.asarray(seen.samples.median_px)


def deciding(seen: Bottom) -> np.ndarray:
    return np.asarray(landmarks(seen)[np.concatenate([HIPS, KNEES])])


def test_a_plate_on_the_camera_s_side_covers_the_points_inside_its_ellipse() -> None:
    seen = bottom()
    hips, knees = (landmarks(seen)[part].mean(axis=0) for part in (HIPS, KNEES))
    lifter = standing(360.0, 1000.0, 400.0)
    # 20 px to each side reach both hip joints; the knees are 40 cm, 160 px, in front of them.
    near = plate("left", hips, half_minor=40.0, half_major=90.0)
    assert find_occlusion(1.0, deciding(seen), side_camera(), (near,), lifter, ()) == Cover(
        Covered("plate", "plate"), Covered()
    )
    on_knees = plate("left", knees + [0.0, 85.0], half_minor=40.0, half_major=90.0)
    assert find_occlusion(1.0, deciding(seen), side_camera(), (on_knees,), lifter, ()).knee_top == Covered(
        "plate", "plate"
    )
    beside = plate("left", knees + [45.0, 0.0], half_minor=40.0, half_major=90.0)
    assert find_occlusion(1.0, deciding(seen), side_camera(), (beside,), lifter, ()).knee_top == Covered()


def test_the_far_plate_is_behind_the_lifter() -> None:
    seen = bottom()
    far = plate("right", landmarks(seen)[HIPS].mean(axis=0), half_minor=40.0, half_major=90.0)
    assert find_occlusion(1.0, deciding(seen), side_camera(), (far,), standing(360.0, 1000.0, 400.0), ()) == NOTHING
    other_way = bottom(270.0)
    near = plate("right", landmarks(other_way)[HIPS].mean(axis=0), half_minor=40.0, half_major=90.0)
    cover = find_occlusion(1.0, deciding(other_way), side_camera(270.0), (near,), standing(360.0, 1000.0, 400.0), ())
    assert cover.crease == Covered("plate", "plate")


def test_somebody_covers_when_he_is_nearer_and_over_the_legs_in_the_picture() -> None:
    seen, lifter = bottom(), standing(360.0, 1000.0, 400.0)
    x = float(landmarks(seen)[np.concatenate([HIPS, KNEES]), 0].mean())
    before, behind = standing(x, 1150.0, 520.0), standing(x, 960.0, 360.0)
    beside = standing(x + 400.0, 1150.0, 520.0)
    assert find_occlusion(1.0, deciding(seen), side_camera(), (), lifter, (before,)).hides("person")
    assert find_occlusion(1.0, deciding(seen), side_camera(), (), lifter, (behind,)) == NOTHING
    assert find_occlusion(1.0, deciding(seen), side_camera(), (), lifter, (beside,)) == NOTHING


@pytest.mark.parametrize(
    ("floor_px", "px_per_m", "nearer"),
    [(1000, 400, False), (1050, 400, False), (1090, 400, True), (1000, 500, False), (1000, 560, True)],
)
def test_who_stands_lower_or_is_much_larger_is_nearer(floor_px: float, px_per_m: float, nearer: bool) -> None:
    # The lifter is 700 px tall: a tenth of that is 70 px of floor; 1.35 times 400 px/m are 540.
    assert in_front(standing(0.0, floor_px, px_per_m), standing(360.0, 1000.0, 400.0), 1.0) is nearer


def test_somebody_who_was_not_sighted_for_long_covers_nothing() -> None:
    gone = standing(360.0, 1150.0, 520.0, until_s=1.0)
    assert in_front(gone, standing(360.0, 1000.0, 400.0), 1.5)
    assert not in_front(gone, standing(360.0, 1000.0, 400.0), 2.0)


BEHIND = Cover(Covered("plate", None), Covered("plate", None))


@pytest.mark.parametrize(
    ("cover", "view", "azimuth_deg", "hidden"),
    [
        (BEHIND, "side", 90.0, True),
        (BEHIND, "side", 270.0, False),
        (BEHIND, "front", 10.0, False),
        (Cover(Covered("plate", "plate"), Covered("plate", "plate")), "front", 10.0, True),
        (Cover(Covered("plate", None), Covered()), "side", 90.0, False),
        (Cover(Covered("person", None), Covered("plate", None)), "side", 90.0, False),
    ],
)
def test_the_nearer_leg_is_hidden_where_plates_hide_its_hip_and_its_knee(
    cover: Cover, view: str, azimuth_deg: float, *, hidden: bool
) -> None:
    assert nearer_leg_hidden(cover, None, replace(side_camera(azimuth_deg), view=view)) is hidden  # type: ignore[arg-type]


def test_a_leg_is_hidden_too_where_the_network_says_that_it_does_not_see_its_points() -> None:
    # A rack's safety is nothing that is followed.
    at = (0.0, 0.0)
    behind_a_rack = SeenPoints(crease_px={"right": at}, knee_top_px={})
    assert nearer_leg_hidden(NOTHING, behind_a_rack, side_camera())
    assert not nearer_leg_hidden(NOTHING, behind_a_rack, side_camera(270.0))
    assert not nearer_leg_hidden(NOTHING, SeenPoints({"left": at}, {}), side_camera())
    assert nearer_leg_hidden(Cover(Covered("plate"), Covered()), SeenPoints({"left": at}, {}), side_camera())


def test_a_leg_behind_a_plate_is_not_ruled_with_more_certainty_than_is_measured() -> None:
    # 2 cm, sd 2.0: 1 sd. Behind a plate the sd is 1.3 times that.
    seen = Reading("calibrated", -2.0, (-2.0 - 3.29, -2.0 + 3.29), float(ndtr(-1.0)))
    covered = behind_things(seen, BEHIND, None, side_camera())
    assert covered.cm == seen.cm
    assert covered.interval90_cm == pytest.approx((-2.0 - 1.3 * 3.29, -2.0 + 1.3 * 3.29), abs=1e-3)
    assert covered.probability == pytest.approx(ndtr(-1.0 / 1.3), abs=1e-4)
    assert behind_things(seen, NOTHING, None, side_camera()) == seen


def test_far_from_the_line_a_leg_behind_a_plate_is_no_more_certain_and_the_interval_says_so() -> None:
    # .91 of a normal distribution lie below 1.341 sd: 7.4 cm are as much at an sd of 5.52, and 90 % reach 9.08 further.
    seen = Reading("calibrated", -7.4, (-11.9, -2.9), 0.003)
    covered = behind_things(seen, BEHIND, None, side_camera())
    assert covered.probability == pytest.approx(0.09)
    assert covered.interval90_cm == pytest.approx((-16.48, 1.68), abs=0.01)
    assert "91 % sure. The 90 % interval reaches across the line." in rule(covered, None).reason
    assert behind_things(Reading("front", probability=0.999), BEHIND, None, side_camera()).probability == 0.91


def test_a_leg_behind_a_plate_is_refused_where_too_little_is_left() -> None:
    # sd 3.3, behind the plate 4.3: over 4.0.
    refused = behind_things(Reading("calibrated", -8.0, (-13.4, -2.6), 0.01), BEHIND, None, side_camera())
    assert refused.cm is None
    assert refused.reason == "Hip crease and knee are hidden at the bottom: the depth may be off by 7 cm."


def test_pieces_of_the_lifters_own_track_are_nobody_who_stands_before_him() -> None:
    # One man, whose track breaks at 1 s; the second piece, seen from nearer by a shaky network, is larger and lower.
    lifter, piece = standing(360.0, 1000.0, 400.0, until_s=0.75), standing(360.0, 1090.0, 560.0)
    later = replace(piece, times_s=piece.times_s[4:], people=piece.people[4:])
    assert in_front(later, lifter, 1.0)
    assert not is_there(later, lifter, 1.0)
    assert find_occlusion(1.0, deciding(bottom()), side_camera(), (), lifter, (later,)) == NOTHING
    # Looks that show both are of two people.
    assert is_there(piece, lifter, 1.0)
    assert find_occlusion(1.0, deciding(bottom()), side_camera(), (), lifter, (piece,)).hides("person")


def test_whom_the_network_hardly_sees_does_not_hide_the_lifter() -> None:
    lifter, before = standing(360.0, 1000.0, 400.0), standing(360.0, 1150.0, 520.0)
    guessed = replace(before, people=tuple(replace(one, scores=np.full(17, 0.1)) for one in before.people))
    assert is_there(before, lifter, 1.0)
    assert not is_there(guessed, lifter, 1.0)


def test_what_is_hidden_is_said_in_words() -> None:
    both = Cover(Covered("person", None), Covered("plate", "plate"))
    assert cover_words(both) == (
        "Behind a plate at the bottom: left knee, right knee. Behind somebody else at the bottom: left hip crease."
    )
    assert not cover_words(NOTHING)
    assert not cover_words(None)


def test_only_somebody_in_front_of_both_legs_is_a_reason_to_refuse() -> None:
    view = axes(40.0)
    low, high = samples(figure(95.0), view), samples(figure(0.0), view)
    evidence = Evidence(
        bottom=low, standing=high, camera=side_camera(40.0), scale=Scale(0.25, "model"), prediction=UNSEEN, legs=LEGS
    )
    refused = Cover(Covered("person", "person"), Covered())
    assert "in front of both legs" in (obstacle(replace(evidence, cover=refused), 720, 1280) or "")
    for cover in (
        None,
        NOTHING,
        Cover(Covered("person", None), Covered(None, "person")),
        Cover(Covered("plate", "plate"), Covered("plate", "plate")),
    ):
        assert obstacle(replace(evidence, cover=cover), 720, 1280) is None
