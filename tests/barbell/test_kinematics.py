"""The bar's path and speeds: metres, means and peaks worked out by hand, and what is not seen stays unsaid."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.attempts.attempt import Attempt
from depthperception.bar_motion import BarMotion, BarPath
from depthperception.barbell.kinematics import NO_DISC, lowest_elsewhere_s, measure_motion, smooth
from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.capture.lifter_camera import LifterCamera, make_lifter_camera
from depthperception.results import Camera
from depthperception.types import FloatArray, Side

DISC_PX_PER_M, DISTANCE_M = 250.0, 4.0
TIMES = np.arange(0.0, 4.001, 1 / 30)
ATTEMPT = Attempt(1.0, 2.0, 3.0, stood_up=True)


def lifter_camera(azimuth_deg: float = 90.0, pitch_deg: float = 0.0) -> LifterCamera:
    pitch = np.radians(pitch_deg)
    camera = Camera("side", "left", azimuth_deg, pitch_deg, 0.0, (0.0, -float(np.cos(pitch)), -float(np.sin(pitch))))
    hips_px = np.array([300.0, 500.0])
    return make_lifter_camera(replace(camera, distance_m=DISTANCE_M), hips_px, DISC_PX_PER_M, hips_px)


def seen(height_m: FloatArray, forward_m: FloatArray | float = 0.0, by: LifterCamera | None = None) -> PlateTrack:
    """Follow a plate that moves in metres, through the pinhole camera of a rig."""
    by = by or lifter_camera()
    start = np.array([0.0, 0.0, DISTANCE_M]) + 0.5 * by.up
    way = height_m[:, None] * by.up + np.broadcast_to(forward_m, height_m.shape)[:, None] * by.forward
    px = by.pinhole.project(start + way)
    n = len(height_m)
    return PlateTrack(Side.LEFT, TIMES[:n], px, np.full(n, 56.0), np.diag([56.0, 56.0]), 0.8, px)


def scale_at_start(by: LifterCamera) -> float:
    return float(by.pinhole.focal_px / (DISTANCE_M + 0.5 * by.up[2]))


def squat(fall_m: float = 0.6, start_s: float = 1.0, end_s: float = 3.0) -> FloatArray:
    """One cosine down and up: its greatest speed is pi fall / (end - start)."""
    part = np.clip((TIMES - start_s) / (end_s - start_s), 0.0, 1.0)
    return np.asarray(-fall_m / 2 * (1.0 - np.cos(2 * np.pi * part)))


def test_a_cosine_has_the_speeds_that_calculus_gives() -> None:
    by = lifter_camera()
    moved = measure_motion([seen(squat())], by, [scale_at_start(by)], ATTEMPT)
    assert moved.plates == ("left",)
    assert moved.bottom_s == pytest.approx(2.0, abs=0.02)
    assert moved.ascent is not None
    assert moved.descent is not None
    assert moved.ascent.peak_m_s == pytest.approx(np.pi * 0.6 / 2.0, rel=0.02)
    # From 2 cm over the bottom to 2 cm under the top: 56 cm, from arccos(1 - 1 / 15) of the cosine to its mirror.
    left = np.arccos(1.0 - 0.02 / 0.3) / np.pi
    assert moved.ascent.way_cm == pytest.approx(56.0, abs=2.5)
    assert moved.ascent.mean_m_s == pytest.approx(0.56 / (1.0 - 2 * left), rel=0.04)
    assert moved.descent.mean_m_s == pytest.approx(moved.ascent.mean_m_s, rel=0.04)
    assert moved.sticking is None


@pytest.mark.parametrize("pitch_deg", [-12.0, 0.0, 15.0])
def test_metres_hold_when_the_camera_looks_up_or_down(pitch_deg: float) -> None:
    by = lifter_camera(pitch_deg=pitch_deg)
    forward = 0.08 * np.sin(np.linspace(0.0, 3.0, len(TIMES)))
    moved = measure_motion([seen(squat(), forward, by)], by, [scale_at_start(by)], ATTEMPT)
    assert moved.path is not None
    assert moved.path.height_cm == pytest.approx(100 * squat(), abs=0.3)
    assert moved.path.forward_cm == pytest.approx(100 * forward, abs=0.3)


def test_from_the_front_forward_is_not_told() -> None:
    by = lifter_camera(azimuth_deg=5.0)
    moved = measure_motion([seen(squat(), by=by)], by, [scale_at_start(by)], ATTEMPT)
    assert moved.path is not None
    assert moved.path.forward_cm is None
    assert min(moved.path.height_cm) == pytest.approx(-60.0, abs=0.5)


def test_two_plates_of_different_scale_agree_on_one_path() -> None:
    by = lifter_camera()
    one, height = seen(squat()), squat()
    middle = by.pinhole.project(np.array([0.0, 0.0, DISTANCE_M]) + 0.5 * by.up)
    far = replace(one, side=Side.RIGHT, centre_px=middle + 0.7 * (one.centre_px - middle),
                  steady_px=middle + 0.7 * (one.steady_px - middle))  # fmt: skip
    known = scale_at_start(by)
    lost = np.zeros(len(TIMES), dtype=bool)
    lost[50:60] = True
    gappy = replace(far, radius_px=np.where(lost, np.nan, far.radius_px),
                    steady_px=np.where(lost[:, None], np.nan, far.steady_px),
                    centre_px=np.where(lost[:, None], np.nan, far.centre_px))  # fmt: skip
    moved = measure_motion([one, gappy], by, [known, 0.7 * known], ATTEMPT)
    assert moved.path is not None
    assert moved.path.height_cm == pytest.approx(100 * height, abs=1.0)


def test_a_sticking_point_is_where_the_bar_is_slowest_between_two_faster_stretches() -> None:
    rise = TIMES >= 2.0
    speed = np.where(rise & (TIMES < 3.4), 0.35 + 0.2 * np.cos(2 * np.pi * (TIMES - 2.1) / 0.9), 0.0)
    down = np.where((TIMES > 1.0) & ~rise, -np.sum(speed) / 30, 0.0)
    height = np.cumsum(speed + down) / 30
    by = lifter_camera()
    slow = measure_motion([seen(height)], by, [scale_at_start(by)], replace(ATTEMPT, end_s=3.4))
    assert slow.sticking is not None
    assert slow.sticking.time_s == pytest.approx(2.1 + 0.45, abs=0.07)
    assert slow.sticking.velocity_m_s == pytest.approx(0.15, abs=0.05)
    at = int(np.argmin(np.abs(TIMES - 2.55)))
    assert slow.sticking.height_cm == pytest.approx(100 * (height[at] - height.min()), abs=3.0)


def test_a_failed_lift_has_no_way_up() -> None:
    by = lifter_camera()
    failed = measure_motion([seen(squat())], by, [scale_at_start(by)], replace(ATTEMPT, stood_up=False))
    assert failed.ascent is None
    assert failed.reason is not None
    assert failed.descent is not None


def test_a_plate_that_is_lost_on_the_way_gives_a_path_and_no_speeds() -> None:
    track = seen(squat())
    lost = (TIMES > 1.3) & (TIMES < 1.9)
    radius = np.where(lost, np.nan, track.radius_px)
    gone = replace(track, radius_px=radius, steady_px=np.where(lost[:, None], np.nan, track.steady_px))
    by = lifter_camera()
    moved = measure_motion([gone], by, [scale_at_start(by)], ATTEMPT)
    assert moved.path is not None
    assert moved.ascent is None
    assert moved.reason == "The bar is not seen through the whole attempt."


def test_no_plate_is_said() -> None:
    moved = measure_motion([], lifter_camera(), [], ATTEMPT)
    assert (moved.path, moved.bottom_s, moved.reason) == (None, None, NO_DISC)


def test_speed_is_that_of_the_presentation_times_and_not_of_a_frame_rate() -> None:
    times = np.sort(np.concatenate([np.arange(0.0, 2.0, 0.04), np.arange(2.0, 4.0, 0.0166)]))
    _, _, speed = smooth(times, 0.3 * times)
    assert speed == pytest.approx(np.full(len(speed), 0.3), abs=1e-6)


@pytest.mark.parametrize(
    ("bottom_s", "found_s"),
    [(2.0, None), (1.95, None), (1.8, 2.0), (2.2, 2.0), (1.5, None)],
)
def test_a_bar_that_is_lower_beside_a_bottom_says_when_and_one_too_far_away_says_nothing(
    bottom_s: float, found_s: float | None
) -> None:
    heights = 50.0 * np.abs(TIMES - 2.0)  # 50 cm/s: 10 cm lower .2 s away
    moved, still = barred(heights), (TIMES, np.zeros(len(TIMES)))
    span_s = 0.5, 3.5
    assert lowest_elsewhere_s(moved, bottom_s, span_s, still) == (found_s and pytest.approx(found_s, abs=1 / 60))
    assert lowest_elsewhere_s(barred(0.08 * heights), bottom_s, span_s, still) is None, "less than a centimetre"
    nothing = BarMotion(reason=NO_DISC)
    assert lowest_elsewhere_s(nothing, bottom_s, span_s, still) is None
    assert lowest_elsewhere_s(None, bottom_s, span_s, still) is None


def test_far_from_the_bottom_too_where_the_shoulders_are_lower_there_and_in_the_attempt() -> None:
    heights = 50.0 * np.abs(TIMES - 2.0)
    carried = TIMES, heights - 20.0
    assert lowest_elsewhere_s(barred(heights), 3.1, (0.5, 3.5), carried) == pytest.approx(2.0, abs=1 / 60)
    assert lowest_elsewhere_s(barred(heights), 3.1, (2.6, 3.5), carried) is None


def barred(heights_cm: FloatArray) -> BarMotion:
    """Give the motion of a bar of known heights."""
    places = tuple((0.0, 0.0) for _ in TIMES)
    return BarMotion(("left",), path=BarPath(tuple(TIMES.tolist()), places, tuple(heights_cm.tolist()), None))
