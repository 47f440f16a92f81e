"""How a lifter stands before and after: his knees' bend, his feet against each other, and what says nothing."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.stance import Stance, end_spans, feet_span, knee_flexion_deg, measure_stance
from depthperception.attempts.timeline import follow_attempt, measure_stillness
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, SWAP, TOES, Landmark
from depthperception.pose.track import PoseTrack
from depthperception.types import IntArray
from tests.support.figures import track

TIMES = np.arange(0.0, 5.0, 0.125)
ATTEMPT = Attempt(1.4, 2.3, 3.3, stood_up=True)
SIZE_PX = (720, 1280)
CM_PER_PX = 0.25  # the figures' camera sees 400 px a metre


def lifted(ends_deg: float = 0.0) -> PoseTrack:
    """Stand, squat from 1.2 to 3.4 s, and stand again with thighs that lean by so much."""
    angles = np.interp(TIMES, [1.2, 2.3, 3.4], [0.0, 95.0, ends_deg])
    return track(TIMES, angles)


def moved(looks: PoseTrack, points: IntArray, way_px: tuple[float, float], from_s: float = 3.0) -> PoseTrack:
    """Put points elsewhere from the ascent on, or from later."""
    image = looks.image_px.copy()
    later = looks.times_s >= from_s
    image[np.ix_(later, points)] += way_px
    return replace(looks, image_px=image)


def stance(looks: PoseTrack) -> Stance:
    return measure_stance(looks, (ATTEMPT,), 0, SIZE_PX)


def test_soft_knees_bend_more_and_hip_and_ankle_are_nearer_by_geometry() -> None:
    found = stance(lifted(ends_deg=20.0))
    assert found.before is not None
    assert found.after is not None
    shank_deg = 25.0 * 20.0 / 90.0
    # The figure's hips are 6 cm nearer to each other than its knees.
    bends = [np.degrees(np.arccos(0.43 / np.hypot(0.43, 0.06) * np.cos(np.radians(bend)))) for bend in (0.0, 25.56)]
    assert (20.0 + shank_deg) == pytest.approx(25.56, abs=0.01)
    assert found.before.flexion_deg == pytest.approx([bends[0]] * 2, abs=0.05)
    assert found.after.flexion_deg == pytest.approx([bends[1]] * 2, abs=0.05)
    legs_m = [np.hypot(2 * 0.43 * np.cos(np.radians(bend / 2)), 0.06) for bend in (0.0, 25.56)]
    assert (found.before.leg_m, found.after.leg_m) == pytest.approx(tuple(legs_m), abs=1e-3)


def test_a_wider_stance_with_straight_legs_is_as_straight() -> None:
    looks = lifted()
    world = looks.world_m.copy()
    for side, away_m in zip(("LEFT", "RIGHT"), (0.25, -0.25), strict=True):  # the leg turns about its hip
        hip, knee, ankle = (Landmark[f"{side}_{name}"] for name in ("HIP", "KNEE", "ANKLE"))
        leg = world[:, ankle] - world[:, hip]
        turned = leg + [away_m, 0.0, 0.0]
        turned *= np.linalg.norm(leg, axis=-1, keepdims=True) / np.linalg.norm(turned, axis=-1, keepdims=True)
        world[:, ankle], world[:, knee] = world[:, hip] + turned, world[:, hip] + turned / 2
    later = looks.times_s >= 3.3
    found = stance(replace(looks, world_m=np.where(later[:, None, None], world, looks.world_m)))
    assert found.before is not None
    assert found.after is not None
    assert found.after.leg_m == pytest.approx(found.before.leg_m, abs=0.005)


def test_straight_legs_are_straight_and_right_angles_are_right() -> None:
    look = np.zeros((1, 33, 3))
    look[0, HIPS], look[0, ANKLES] = [0.0, -0.4, 0.0], [0.0, 0.4, 0.0]
    assert knee_flexion_deg(look) == pytest.approx(np.zeros((1, 2)), abs=1e-4)
    look[0, HIPS] = [0.0, 0.0, 0.4]
    assert knee_flexion_deg(look) == pytest.approx(np.full((1, 2), 90.0))


def test_a_foot_that_is_put_elsewhere_is_measured_and_one_that_rocks_or_turns_or_a_camera_that_does_is_not() -> None:
    still = lifted()
    right = np.array([HEELS[1], TOES[1]])
    everything = np.arange(33)
    turned = moved(moved(still, np.array([HEELS[1]]), (8.0, 0.0)), np.array([TOES[1]]), (-8.0, 0.0))
    swap, late = SWAP[:33], (TIMES >= 3.0)[:, None, None]
    for looks, cm in (
        (still, 0.0),
        (moved(still, right, (40.0, 0.0)), 10.0),
        (moved(still, np.array([HEELS[1]]), (0.0, -30.0)), 0.0),  # rocks to the ball of the foot
        (turned, 0.0),  # heel in, toes out
        (moved(still, everything, (60.0, 5.0)), 0.0),  # the camera turns
        (replace(still, image_px=np.where(late, still.image_px[:, swap], still.image_px)), 0.0),  # left taken for right
    ):
        feet = stance(looks).feet
        assert feet is not None
        assert CM_PER_PX * feet.moved_px == pytest.approx(cm, abs=0.01)


def test_a_step_between_two_looks_is_no_jitter_of_the_looks() -> None:
    right = np.array([HEELS[1], TOES[1]])
    quiet = lifted()
    steps = stance(moved(quiet, right, (40.0, 0.0), from_s=3.7)).feet
    assert steps is not None
    assert steps.noise_px == pytest.approx(0.0, abs=0.1)
    jitters = replace(quiet, image_px=quiet.image_px + np.random.default_rng(3).normal(0.0, 1.0, quiet.image_px.shape))
    still, steps = stance(jitters).feet, stance(moved(jitters, right, (60.0, 0.0), from_s=3.6)).feet
    assert still is not None
    assert steps is not None
    assert steps.moved_px > 50.0
    assert 0.5 * still.noise_px < steps.noise_px < 2.0 * still.noise_px


def on_its_way(
    looks: PoseTrack, points: IntArray, way_px: tuple[float, float], span_s: tuple[float, float]
) -> PoseTrack:
    """Move points elsewhere evenly through a stretch of time."""
    image = looks.image_px.copy()
    done = np.interp(looks.times_s, span_s, [0.0, 1.0])
    image[:, points] += done[:, None, None] * np.array(way_px)
    return replace(looks, image_px=image)


@pytest.mark.parametrize(
    ("way_s", "cm"),
    [
        ((3.25, 3.75), 10.0),  # is put down when the looks after the ascent have begun
        ((0.3, 0.8), 0.0),  # comes to its place when the looks before the descent have begun
    ],
)
def test_a_foot_on_its_way_does_not_count_but_where_it_is_put_down(way_s: tuple[float, float], cm: float) -> None:
    right = np.array([HEELS[1], TOES[1]])
    steps = on_its_way(lifted(), right, (40.0, 0.0), way_s)
    feet = stance(steps).feet
    assert feet is not None
    assert CM_PER_PX * feet.moved_px == pytest.approx(cm, abs=0.01)
    jitters = replace(steps, image_px=steps.image_px + np.random.default_rng(5).normal(0.0, 0.5, steps.image_px.shape))
    feet = stance(jitters).feet
    assert feet is not None
    assert CM_PER_PX * feet.moved_px == pytest.approx(cm, abs=0.5)
    assert feet.noise_px < 2.0


def ends_of(looks: PoseTrack) -> PoseTrack:
    """Some looks of both ends, as close ones are."""
    times = looks.times_s
    return looks.take(((times >= 0.5) & (times <= 1.1)) | ((times >= 3.45) & (times <= 3.95)))


def test_close_looks_count_where_all_looks_jitter_too_much_to_stand() -> None:
    quiet = lifted(ends_deg=20.0)
    world = quiet.world_m.copy()
    world[::2, HIPS, 1] -= 0.1
    jitters = replace(quiet, world_m=world)
    assert stance(jitters).before is None
    assert stance(jitters).after is None
    found = measure_stance(jitters, (ATTEMPT,), 0, SIZE_PX, ends_of(quiet))
    known = stance(quiet)
    assert found.before is not None
    assert found.after is not None
    assert known.after is not None
    assert (found.before.close, found.after.close, known.after.close) == (True, True, False)
    assert found.after.flexion_deg == pytest.approx(known.after.flexion_deg, abs=0.01)
    assert found.feet is not None
    assert found.feet.close


def test_close_looks_of_one_end_alone_are_compared_with_nothing() -> None:
    looks = lifted(ends_deg=20.0)
    found = measure_stance(looks, (ATTEMPT,), 0, SIZE_PX, looks.between(0.5, 1.1))
    assert found.before is not None
    assert not found.before.close


def test_feet_are_looked_at_by_themselves_where_he_stands_straightest_when_he_may_walk_already() -> None:
    looks = track(TIMES, np.interp(TIMES, [1.2, 2.3, 3.4, 4.1, 4.2], [0.0, 95.0, 12.0, 12.0, 0.0]))
    right = np.array([HEELS[1], TOES[1]])
    before, after = end_spans(looks, (ATTEMPT,), 0)
    feet_s = feet_span((ATTEMPT,), 0, after)
    assert after[0] == pytest.approx(4.0)
    assert feet_s is not None
    assert feet_s == pytest.approx((3.45, 3.95))
    assert feet_span((ATTEMPT,), 0, (3.5, 3.95)) is None
    follows_at_once = Attempt(4.0, 5.0, 6.0, stood_up=True)
    assert feet_span((ATTEMPT, follows_at_once), 0, (3.5, 3.95)) is None, "he stands before he may walk"
    image = looks.image_px.copy()
    image[np.ix_(looks.times_s >= 4.0, right)] += [40.0, 0.0]
    walks = replace(looks, image_px=image)
    for seen, cm in ((walks, 0.0), (moved(looks, right, (40.0, 0.0)), 10.0)):
        late = seen.between(*before).with_finer(seen.between(*after))
        assert measure_stance(seen, (ATTEMPT,), 0, SIZE_PX, late).feet is None
        whole = late.with_finer(seen.between(*feet_s))
        feet = measure_stance(seen, (ATTEMPT,), 0, SIZE_PX, whole).feet
        assert feet is not None
        assert CM_PER_PX * feet.moved_px == pytest.approx(cm, abs=0.01)


@pytest.mark.parametrize(("seen", "coarsely", "closely"), [(0.6, True, True), (0.4, False, True), (0.2, False, False)])
def test_a_foot_that_is_half_hidden_is_compared_by_close_looks_alone(
    seen: float, coarsely: bool, closely: bool
) -> None:
    looks = lifted()
    visibility = looks.visibility.copy()
    visibility[:, HEELS[0]] = seen
    hidden = replace(looks, visibility=visibility)
    assert (stance(hidden).feet is not None) == coarsely
    found = measure_stance(hidden, (ATTEMPT,), 0, SIZE_PX, ends_of(hidden)).feet
    assert (found is not None) == closely


def test_feet_that_an_edge_cuts_off_say_nothing() -> None:
    looks = lifted()
    low = replace(looks, image_px=looks.image_px + [0.0, 1280.0 - looks.image_px[:, TOES, 1].max()])
    assert stance(low).feet is None


def test_looks_that_find_nobody_are_no_stand() -> None:
    seen = lifted()
    assert stance(replace(seen, presence=np.where(seen.times_s < 1.5, 0.6, 1.0))).before is not None
    assert stance(replace(seen, presence=np.where(seen.times_s < 1.5, 0.4, 1.0))).before is None


def test_who_is_on_his_way_does_not_stand() -> None:
    angles = np.interp(TIMES, [0.0, 2.3, 3.4], [60.0, 95.0, 0.0])
    assert stance(track(TIMES, angles)).before is None


def test_the_timeline_names_what_the_film_shows_in_order_of_time() -> None:
    looks = lifted()
    found = stance(looks)
    still = measure_stillness(looks, (ATTEMPT,), 0, found, CM_PER_PX)
    events = follow_attempt(looks, ATTEMPT, None, found, still, CM_PER_PX, highest_s=3.3)
    assert [event.stage for event in events] == [
        "set", "motionless", "start", "descent", "bottom", "ascent", "upright", "motionless_after",
    ]  # fmt: skip
    assert still.before_s == pytest.approx(1.0, abs=0.15)
    assert still.after_s >= 1.0
    failed = follow_attempt(looks, replace(ATTEMPT, stood_up=False), None, found, still, CM_PER_PX, highest_s=2.9)
    assert failed[-1].stage == "ascent"
    assert failed[-1].end_s == 2.9
