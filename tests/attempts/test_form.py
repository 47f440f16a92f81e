"""What goes down and up and is no squat is told from one by feet, hands, trunk and the film's other attempts."""

import numpy as np
import pytest

from depthperception.attempts.detection import feet_are_out, find_attempts, find_movements
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES, WRISTS
from depthperception.no_squat import sits_note
from depthperception.pose.track import PoseTrack
from depthperception.ruling.rule import no_squat_reason
from depthperception.types import BoolArray, FloatArray, IntArray
from tests.support.figures import PICTURE_PX, axes, squats, track

CAMERA = axes(40.0)
LEFT_LEG = np.array([ANKLES[0], HEELS[0], TOES[0]])
FOOT_M = 0.27


def shifted(seen: PoseTrack, points: IntArray, by_m: FloatArray, when: BoolArray | None = None) -> PoseTrack:
    """Landmarks moved in the world by (3,) or (n, 3), metres, x to his right, y forward, z up; at some times."""
    chosen = np.ones(len(seen), bool) if when is None else when
    by = np.where(chosen[:, None], np.broadcast_to(by_m, (len(seen), 3)), 0.0) @ CAMERA.T
    world, image = seen.world_m.copy(), seen.image_px.copy()
    world[:, points] += by[:, None]
    image[:, points] += by[:, None, :2] * 400.0
    return PoseTrack(**{**vars(seen), "world_m": world, "image_px": image})


def kinds(seen: PoseTrack) -> list[str]:
    return [one.kind for one in find_movements(seen, PICTURE_PX)]


def with_presence(seen: PoseTrack, presence: FloatArray) -> PoseTrack:
    return PoseTrack(**{**vars(seen), "presence": presence})


def test_who_comes_down_behind_plates_is_hidden_and_that_is_no_attempt() -> None:
    times, angles, _ = squats([95.0])
    squat = track(times, angles, CAMERA)
    unseen = with_presence(squat, np.full(len(times), 0.05))
    assert kinds(unseen) == ["hidden"]
    assert find_attempts(unseen, PICTURE_PX) == ()
    still = track(times, np.full(len(times), 3.0), CAMERA)
    assert "hidden" not in kinds(with_presence(still, np.full(len(times), 0.05)))


def test_a_lunge_is_named_and_is_no_attempt() -> None:
    times, angles, _ = squats([80.0])
    stepping = np.clip(angles / 40.0, 0.0, 1.0)[:, None]
    forward = shifted(track(times, angles, CAMERA), LEFT_LEG, stepping * [0.0, 0.45, 0.0])
    split = shifted(forward, LEFT_LEG + 1, stepping * [0.0, -0.3, 0.0])
    assert kinds(split) == ["lunge"]
    assert find_attempts(split, PICTURE_PX) == ()


def test_a_squat_right_after_a_lunge_is_held_against_how_he_stands_not_against_the_lunge() -> None:
    times, angles, (lunge_s, squat_s) = squats([80.0, 58.0], stand_s=0.0, rep_s=0.8)
    times, angles = np.append(times, 1.6 + times[:8]), np.append(angles, np.zeros(8))
    stepping = np.where(times < 0.8, np.clip(angles / 40.0, 0.0, 1.0), 0.0)[:, None]
    forward = shifted(track(times, angles, CAMERA), LEFT_LEG, stepping * [0.0, 0.45, 0.0])
    both = find_movements(shifted(forward, LEFT_LEG + 1, stepping * [0.0, -0.3, 0.0]), PICTURE_PX)
    assert [one.kind for one in both] == ["lunge", "squat"]
    assert [one.attempt.bottom_s for one in both] == pytest.approx([lunge_s, squat_s], abs=0.1)


def test_feet_that_are_guessed_higher_and_higher_while_he_walks_make_no_squat() -> None:
    times = np.arange(0.0, 6.0, 0.1)
    stands = track(times, np.zeros_like(times), CAMERA)
    rise = np.interp(times, [1.0, 3.0, 3.5, 5.0], [0.0, 0.35, 0.35, 0.0])[:, None]
    below = np.concatenate([KNEES, ANKLES, HEELS, TOES])
    guessed = shifted(stands, below, rise * [0.0, 0.0, 1.0])
    assert len(find_attempts(guessed, PICTURE_PX)) == 1  # who stays may as well be followed down by the camera
    walks = np.interp(times, [1.0, 5.0], [0.0, 0.6])[:, None] * [1.0, 0.0, 0.0]
    assert find_attempts(shifted(guessed, np.arange(33), walks), PICTURE_PX) == ()


def test_a_foot_beside_the_picture_makes_no_lunge_of_a_squat() -> None:
    times, angles, _ = squats([95.0])
    guessed = shifted(track(times, angles, CAMERA), LEFT_LEG, np.array([0.0, 0.8, 0.0]))
    assert kinds(guessed) == ["lunge"]
    left_px, right_px = np.median(guessed.image_px[:, ANKLES, 0], axis=0)
    between_px = (left_px + right_px) / 2
    assert [one.kind for one in find_movements(guessed, (between_px, 1280))] == ["squat"]
    to_the_left = PoseTrack(**{**vars(guessed), "image_px": guessed.image_px - [between_px, 0.0]})
    assert [one.kind for one in find_movements(to_the_left, PICTURE_PX)] == ["squat"]


def test_feet_a_foot_s_length_apart_still_squat() -> None:
    times, angles, _ = squats([95.0])
    staggered = shifted(track(times, angles, CAMERA), LEFT_LEG, np.array([0.0, FOOT_M, 0.0]))
    assert len(find_attempts(staggered, PICTURE_PX)) == 1


def test_who_is_not_there_does_not_squat() -> None:
    times, angles, _ = squats([95.0])
    seen = track(times, angles, CAMERA)
    leaves = with_presence(seen, np.where(times < 1.6, 1.0, 0.02))
    assert find_attempts(leaves, PICTURE_PX) == ()


def test_who_is_hidden_at_the_bottom_and_stands_there_again_is_an_attempt_to_be_refused() -> None:
    times, angles, _ = squats([95.0])
    hidden = with_presence(track(times, angles, CAMERA), np.where(angles > 60.0, 0.1, 1.0))
    (attempt,) = find_attempts(hidden, PICTURE_PX)
    assert attempt.doubt == "unseen"


def on_a_chair(times: FloatArray, share: FloatArray) -> PoseTrack:
    """Sits down with upright shanks and trunk: hips go back by a thigh's length and down to the height of a seat."""
    standing = track(times, np.zeros_like(times), CAMERA)
    upper = np.setdiff1d(np.arange(33), np.concatenate([KNEES, ANKLES, HEELS, TOES]))
    back = np.sin(share * np.pi / 2)
    path = np.column_stack([np.zeros_like(times), -0.43 * back, -0.43 * (1.0 - np.sqrt(1.0 - back**2 + 1e-9))])
    return shifted(standing, upper, path)


def test_sitting_down_on_a_chair_is_no_attempt_and_is_said() -> None:
    times = np.arange(0.0, 6.0, 0.1)
    share = np.interp(times, [0, 1, 2, 3.5, 4.5, 6], [0, 0, 1, 1, 0, 0])
    seen = on_a_chair(times, share)
    assert find_attempts(seen, PICTURE_PX) == ()
    movements = find_movements(seen, PICTURE_PX)
    assert [one.kind for one in movements] == ["sits"]
    assert "sits down" in no_squat_reason({one.kind for one in movements}, among_others=None)
    note = sits_note(movements)
    assert note is not None
    assert 2.0 <= float(note.split()[1]) <= 3.5
    assert sits_note(find_movements(track(*squats([95.0])[:2]), PICTURE_PX)) is None


def test_a_paused_squat_does_not_sit() -> None:
    times = np.arange(0.0, 7.0, 0.1)
    paused = track(times, np.interp(times, [0, 1, 2.2, 4.5, 5.7, 7], [0, 0, 95, 95, 0, 0]), CAMERA)
    (attempt,) = find_attempts(paused, PICTURE_PX)
    assert attempt.doubt is None


def test_hanging_hands_that_a_plate_hides_near_the_knees_pull() -> None:
    times, angles, _ = squats([75.0, 75.0])
    pulled = track(times, angles, CAMERA, hands="hang", trunk_deg=60.0)
    guessed = shifted(pulled, WRISTS, np.array([0.0, 0.0, 0.36]), angles > 40.0)
    assert kinds(guessed) == ["pull", "pull"]


def test_hands_that_a_plate_hides_at_the_very_bottom_pull_by_the_looks_before() -> None:
    times = np.arange(0.0, 7.0, 0.1)
    low = np.interp(times, [0, 1, 2.2, 5.0, 6.0, 7], [0, 0, 75, 78, 0, 0])
    guessed = track(times, low, CAMERA, hands="hang")
    assert kinds(shifted(guessed, WRISTS, np.array([0.0, 0.0, 0.5]), (times > 4.2) & (times < 5.2))) == ["pull"]


def test_hands_that_a_plate_hides_but_at_the_very_bottom_pull_too() -> None:
    times = np.arange(0.0, 7.0, 0.1)
    low = np.interp(times, [0, 1, 2.2, 4.2, 5.0, 6.0, 7], [0, 0, 70, 74, 78, 0, 0])
    guessed = track(times, low, CAMERA, hands="hang")
    hidden = (low > 30.0) & ((times < 4.6) | (times > 5.4))
    assert kinds(shifted(guessed, WRISTS, np.array([0.0, 0.0, 0.5]), hidden)) == ["pull"]


def test_hands_that_are_guessed_all_the_time_tell_no_pull() -> None:
    times, angles, _ = squats([95.0])
    hanging = track(times, angles, CAMERA, hands="hang")
    hanging.visibility[:, WRISTS] = 0.3
    assert kinds(hanging) == ["hidden"]
    assert "plates included" in no_squat_reason({"hidden"}, among_others=None)


def test_hands_that_hang_are_taken_for_a_pull_which_says_how_to_squat_and_raised_on_the_way_down_they_squat() -> None:
    times, angles, _ = squats([95.0])
    hanging = track(times, angles, CAMERA, hands="hang")
    assert kinds(hanging) == ["pull"]
    assert "hold them in front" in no_squat_reason({"pull"}, among_others=None)
    raised = np.clip(angles / 40.0, 0.0, 1.0)[:, None] * [0.0, 0.5, 0.5]
    assert kinds(shifted(hanging, WRISTS, raised)) == ["squat"]


def test_a_bar_that_came_from_the_floor_a_moment_ago_is_cleaned() -> None:
    times, angles, _ = squats([95.0])
    seen = track(times, angles, CAMERA)
    assert len(find_attempts(seen, PICTURE_PX)) == 1
    cleaned = shifted(seen, WRISTS, np.array([0.0, 0.2, -1.1]), (times > 0.2) & (times < 0.7))
    assert kinds(cleaned) == ["pull"]


def test_a_load_that_goes_from_overhead_to_the_hips_is_put_down() -> None:
    times, angles, (bottom,) = squats([50.0])
    falling = np.interp(times, [bottom - 1.0, bottom - 0.3], [0.55, -0.75])[:, None]
    assert kinds(shifted(track(times, angles, CAMERA), WRISTS, falling * [0.0, 0.0, 1.0])) == ["pull"]


def test_a_trunk_far_before_feet_that_go_elsewhere_stands_on_nothing() -> None:
    times, angles, (bottom_s,) = squats([95.0])
    upper = np.setdiff1d(np.arange(33), np.concatenate([KNEES, ANKLES, HEELS, TOES]))
    tips = shifted(track(times, angles, CAMERA), upper, np.array([0.0, 0.5, 0.0]), angles > 30.0)
    assert (
        len(find_attempts(tips, PICTURE_PX)) == 1
    )  # metres of who stays where he was may be wrong: plates hide his feet
    walks = shifted(tips, np.arange(33), np.array([0.6, 0.0, 0.0]), times > bottom_s)
    assert find_attempts(walks, PICTURE_PX) == ()


def test_the_walk_back_into_the_rack_is_no_part_of_the_squat() -> None:
    times, angles, (bottom_s,) = squats([95.0])
    upper = np.setdiff1d(np.arange(33), np.concatenate([KNEES, ANKLES, HEELS, TOES]))
    soft = np.where(times > bottom_s, np.maximum(angles, 35.0), angles)  # stands on soft knees until he has racked
    later = times[-1] + 0.1 * np.arange(1, 21)
    times, angles = (
        np.concatenate([times, later]),
        np.concatenate([soft, np.interp(later, later[[5, 15]], [35.0, 0.0])]),
    )
    tips = shifted(track(times, angles, CAMERA), upper, np.array([0.0, 0.5, 0.0]), (angles > 50.0))
    walk = np.interp(times, later[[3, 6]], [0.0, 1.0])[:, None] * [0.6, 0.0, 0.0]
    (attempt,) = find_attempts(shifted(tips, np.arange(33), walk), PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.15)
    assert attempt.end_s > later[5]


def strayed(hip_fall_m: float) -> PoseTrack:
    """Looks of half a second that take legs for bent and feet for higher than they stand: hips hardly fall."""
    times = np.arange(0.0, 5.0, 0.1)
    away = (times > 2.0) & (times < 2.55)
    still, bent = (track(times, np.full_like(times, angle), CAMERA) for angle in (0.0, 95.0))
    image, world = still.image_px.copy(), still.world_m.copy()
    image[away], world[away] = bent.image_px[away], bent.world_m[away]
    image[away, :, 1] += (still.y_px(HIPS) - bent.y_px(HIPS))[away, None] + 400.0 * hip_fall_m
    return PoseTrack(**{**vars(still), "image_px": image, "world_m": world})


def test_feet_that_are_taken_for_higher_than_they_stand_make_no_squat() -> None:
    assert find_attempts(strayed(0.05), PICTURE_PX) == ()


def test_hips_that_fall_while_the_shoulders_stay_do_not_squat() -> None:
    times, angles, _ = squats([95.0])
    seen = track(times, angles, CAMERA)
    stays = (seen.image_px[:1, SHOULDERS, 1] - seen.image_px[:, SHOULDERS, 1]) / 400.0
    up = -stays.mean(axis=1)[:, None] * [0.0, 0.0, 1.0]
    assert find_attempts(shifted(seen, SHOULDERS, up), PICTURE_PX) == ()


def test_who_is_half_hidden_by_plates_is_judged() -> None:
    times, angles, _ = squats([95.0])
    hidden = with_presence(track(times, angles, CAMERA), np.where(angles > 60.0, 0.35, 1.0))
    (attempt,) = find_attempts(hidden, PICTURE_PX)
    assert attempt.doubt is None


def test_a_walk_out_beside_a_squat_of_the_same_film_is_none() -> None:
    times, angles, bottoms = squats([48.0, 100.0])
    everything = np.arange(33)
    walk = shifted(track(times, angles, CAMERA), everything, np.array([0.6, 0.0, 0.0]), times > bottoms[0])
    (attempt,) = find_attempts(walk, PICTURE_PX)
    assert attempt.bottom_s == pytest.approx(bottoms[1], abs=0.15)
    stays = find_attempts(track(times, angles, CAMERA), PICTURE_PX)
    assert len(stays) == 2


def test_reps_whose_knees_a_plate_hides_count_beside_others_of_the_set() -> None:
    times, angles, _ = squats([58.0, 52.0, 58.0])
    seen = track(times, angles, CAMERA)
    stiff = seen.world_m.copy()
    second = (times > 4.0) & (times < 8.0)
    stiff[np.ix_(second, KNEES)] = (stiff[np.ix_(second, HIPS)] + stiff[np.ix_(second, ANKLES)]) / 2
    assert len(find_attempts(PoseTrack(**{**vars(seen), "world_m": stiff}), PICTURE_PX)) == 3


def test_arms_of_a_half_figure_are_no_squat() -> None:
    times, angles, _ = squats([95.0])
    half = track(times, angles, CAMERA)
    hips_px = float(half.y_px(HIPS)[0])
    shoulders_px = float(half.y_px(SHOULDERS)[0])
    assert shoulders_px < hips_px
    assert find_attempts(half, (720, hips_px + 80.0)) == ()
    assert feet_are_out(half, hips_px + 80.0)
    assert not feet_are_out(half, 1280)


def test_feet_are_out_where_heels_and_toes_are_though_the_ankles_are_guessed_just_inside() -> None:
    times, angles, _ = squats([58.0])
    seen = track(times, angles, CAMERA)
    ankles_px, feet_px = (float(np.median(seen.image_px[:, points, 1])) for points in (ANKLES, [*HEELS, *TOES]))
    assert ankles_px < feet_px
    assert feet_are_out(seen, (ankles_px + feet_px) / 2)
    assert not feet_are_out(seen, feet_px + 1.0)
