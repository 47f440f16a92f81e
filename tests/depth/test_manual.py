"""Points set by hand where the truth is give the true depth, by whatever camera, or the interval holds it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.capture.lifter_camera import make_lifter_camera
from depthperception.depth.leg_model import CREASES, KNEE_TOPS, shipped_legs
from depthperception.depth.legs import HIPS_OVER_FEET
from depthperception.depth.manual import Lines, measure
from depthperception.depth.settings import FITTING
from depthperception.errors import OptionError
from depthperception.proof import Point, Sighted
from depthperception.results import Camera, Judgement, Scale, ScaleEstimate
from depthperception.types import FloatArray
from depthperception.video_facts import VideoFacts
from tests.support.judged_once import Examined
from tests.support.rendered_clips import DATA, DEMO, DEMO_HEIGHT_CM, true_lines

STATURE_M, PX_PER_M, DISTANCE_M, HIPS_PX = 1.8, 250.0, 3.5, np.array([360.0, 640.0])
SCALE = Scale(
    100.0 / PX_PER_M, "height", sources=(ScaleEstimate("height", 0.4, 0.01),), stature_cm=180.0, stature_sd_share=0.0
)


def judgement(azimuth_deg: float, pitch_deg: float = 0.0) -> Judgement:
    facts = VideoFacts("squat.mp4", "0" * 64, 720, 1280, 0, 4.0, 120)
    camera = Camera("side", "left", azimuth_deg, pitch_deg, 0.0, (0.0, -1.0, 0.0), distance_m=DISTANCE_M)
    return Judgement(facts, "judged", camera=camera, scale=SCALE)


def person(seed: int) -> FloatArray:
    """Points (16, 3) of a squatting person in statures, as the model has them."""
    model, rng = shipped_legs(), np.random.default_rng(seed)
    return model.points(rng.standard_normal((model.spread.shape[-1],)))


def seen_by(legs: FloatArray, judged: Judgement) -> FloatArray:
    """Where his camera sees them (16, 2): with the feet below the standing hips."""
    assert judged.camera
    eye = make_lifter_camera(judged.camera, HIPS_PX, PX_PER_M, HIPS_PX)
    feet = eye.distance_m * eye.pinhole.ray(eye.hips_px) - HIPS_OVER_FEET * STATURE_M * eye.up
    return eye.pinhole.project(STATURE_M * legs @ np.stack([eye.left, eye.forward, eye.up]) + feet)


def depths_cm(legs: FloatArray) -> FloatArray:
    return 100.0 * STATURE_M * (legs[KNEE_TOPS, 2] - legs[CREASES, 2])


def sighted(px: FloatArray, sd_px: float = 3.0) -> Sighted:
    return Sighted(tuple(map(pair, px)), ((sd_px**2, 0.0, sd_px**2),) * len(px), pair(HIPS_PX))


def pair(point: FloatArray) -> Point:
    return float(point[0]), float(point[1])


def lines(px: FloatArray, *legs: str) -> Lines:
    places = {leg: ("left", "right").index(leg) for leg in legs}
    creases, knees = ({leg: pair(px[at[k]]) for leg, k in places.items()} for at in (CREASES, KNEE_TOPS))
    return Lines(creases, knees)


@pytest.mark.parametrize("azimuth_deg", [0.0, 30.0, 60.0, 90.0, 150.0, 270.0])
@pytest.mark.parametrize("pitch_deg", [0.0, 8.0])
def test_exact_points_give_the_true_depth_of_each_leg_from_everywhere(azimuth_deg: float, pitch_deg: float) -> None:
    judged = judgement(azimuth_deg, pitch_deg)
    for seed in range(3):
        legs = person(seed)
        px = seen_by(legs, judged)
        found = measure(lines(px, "left", "right"), judged, sighted(px))
        true = depths_cm(legs)
        assert abs(found.cm - true.mean()) < 1.0 or found.interval90_cm[0] < true.mean() < found.interval90_cm[1]
        for leg, cm in zip(("left", "right"), true, strict=True):
            assert abs(found.legs[leg].cm - cm) < max(1.0, 1.645 * found.legs[leg].sd_cm)


@pytest.mark.parametrize("clip", [DEMO, *(DATA / f"{name}.mp4" for name in ("front_deep", "side_high", "spotted"))])
def test_exact_points_on_a_rendered_clip_give_its_true_depth(clip: Path, examined: Examined) -> None:
    judged = examined(clip, DEMO_HEIGHT_CM if clip == DEMO else None).judgement
    (attempt,) = judged.attempts
    creases, knees, true = true_lines(clip, attempt.bottom_s)
    for at_bottom in (True, False):
        found = measure(Lines(creases, knees), judged, attempt.sighted, at_bottom=at_bottom)
        low, high = found.interval90_cm
        assert abs(found.cm - true["mean"]) < 1.0 or low < true["mean"] < high
        assert high - low < 10.0
        for leg, side in found.legs.items():
            assert abs(side.cm - true[leg]) < max(1.0, 1.645 * side.sd_cm)


def test_who_knows_the_camera_reads_more_surely() -> None:
    judged = judgement(0.0)
    px = seen_by(person(1), judged)
    said = measure(lines(px, "left", "right"), judged, sighted(px))
    known = replace(FITTING, azimuth_deg=0.1, distance_share=0.003)
    assert judged.camera is not None
    level = replace(judged, camera=replace(judged.camera, pitch_sd_deg=0.1, roll_sd_deg=0.1))
    surely = measure(lines(px, "left", "right"), level, sighted(px), settings=known)
    widths_cm = [high - low for low, high in (said.interval90_cm, surely.interval90_cm)]
    # From in front 4.5 degrees of pitch move a crease 40 cm behind the knee by 3 cm.
    assert widths_cm[1] < 0.7 * widths_cm[0]
    low, high = surely.interval90_cm
    assert low < depths_cm(person(1)).mean() < high


def test_a_crease_that_is_put_lower_is_deeper_and_by_as_much_as_the_scale_says_from_the_side() -> None:
    judged = judgement(90.0)
    px = seen_by(person(0), judged)
    here = measure(lines(px, "left"), judged, sighted(px))
    px[CREASES] += [0.0, 5.0]  # 2 cm at .4 cm per px
    lower = measure(lines(px, "left"), judged, sighted(px))
    assert lower.legs["left"].cm - here.legs["left"].cm == pytest.approx(2.0, abs=0.8)
    assert lower.probability > here.probability


def test_the_level_lies_as_far_over_the_measured_crease_as_the_depth_says() -> None:
    judged = judgement(90.0)
    px = seen_by(person(4), judged)
    found = measure(lines(px, "left", "right"), judged, sighted(px))
    for leg, (level, crease) in found.levels_px.items():
        assert crease[0] == pytest.approx(level[0], abs=1.0), "straight under it, by a level camera"
        # From the side a cm is 2.5 px at the hips, less or more where the leg is further away or nearer.
        assert crease[1] - level[1] == pytest.approx(2.5 * found.legs[leg].cm, rel=0.2, abs=0.5)


def test_one_leg_counts_alone_and_two_by_their_mean() -> None:
    judged = judgement(20.0)
    px = seen_by(person(2), judged)
    alone = measure(lines(px, "right"), judged, sighted(px))
    assert set(alone.legs) == {"right"}
    assert alone.cm == pytest.approx(alone.legs["right"].cm)
    both = measure(lines(px, "left", "right"), judged, sighted(px))
    assert both.cm == pytest.approx((both.legs["left"].cm + both.legs["right"].cm) / 2, abs=1e-3)


def test_in_another_frame_the_points_count_alone_and_are_less_sure() -> None:
    judged = judgement(40.0)
    px = seen_by(person(3), judged)
    there = measure(lines(px, "left", "right"), judged, sighted(px), at_bottom=False)
    moved = measure(lines(px, "left", "right"), judged, sighted(px + 500.0), at_bottom=False)
    here = measure(lines(px, "left", "right"), judged, sighted(px))
    assert moved == there, "what is seen of the rest of the legs is of no matter"
    widths = [one.interval90_cm[1] - one.interval90_cm[0] for one in (here, there)]
    assert widths[0] < widths[1]


def test_points_of_different_legs_or_none_are_refused() -> None:
    for creases, knees in (({"left": (0.0, 0.0)}, {"right": (0.0, 0.0)}), ({}, {})):
        with pytest.raises(OptionError, match="Set both points of a leg"):
            Lines(creases, knees)


def test_without_a_scale_there_are_no_centimetres() -> None:
    judged = judgement(0.0)
    px = seen_by(person(0), judged)
    for missing in (replace(judged, scale=None), replace(judged, camera=None)):
        with pytest.raises(OptionError, match="without a camera and a scale"):
            measure(lines(px, "left"), missing, sighted(px))
    with pytest.raises(OptionError, match="Judge the video again"):
        measure(lines(px, "left"), judged, None)
