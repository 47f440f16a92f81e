"""Crease and top of the knee as the network sees them: mirror, frames, errors, what is hidden, and rendered truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from depthperception.geometry.roi import Region
from depthperception.pose.blazepose import REGION_M
from depthperception.pose.samples import crop_frame, estimate_samples
from depthperception.surfaces import COUNT, LEGS, SeenSurfaces, index_of
from depthperception.surfaces.seeing import (
    CROP_M,
    SIZE_PX,
    Look,
    combine,
    covariance_of,
    in_picture,
    look,
    mirrored_back,
    see_surfaces,
)
from depthperception.types import FloatArray
from depthperception.video import frames
from tests.support.rendered_clips import DATA


def one_look(x: float, y: float) -> Look:
    """All points at one place, errors of 0.2 and 0.1 without correlation, surely seen."""
    states = np.tile([1.0, 0.0, 0.0], (COUNT, 1))
    return Look(np.tile([x, y], (COUNT, 1)), np.tile(np.diag([0.04, 0.01]), (COUNT, 1, 1)), states)


def test_a_point_has_the_place_in_the_order_that_its_name_says() -> None:
    assert [index_of("crease", "left"), index_of("crease", "right"), index_of("knee_top", "left")] == [0, 1, 4]


def test_spreads_become_covariances() -> None:
    # sd .2 and .5; a raw correlation of 0, and one so large that tanh is 1 and the bound of .95 remains.
    logs = np.log([0.2, 0.5])
    level, tilted = covariance_of(np.array([[*logs, 0.0], [*logs, 50.0]]))
    assert level == pytest.approx(np.array([[0.04, 0.0], [0.0, 0.25]]))
    assert tilted == pytest.approx(np.array([[0.04, 0.095], [0.095, 0.25]]))


def test_the_mirror_image_answers_for_the_other_leg_and_the_other_tilt() -> None:
    said = one_look(0.3, -0.1)
    said.points[index_of("fold", "left")] = [0.5, 0.2]
    said.covariance[index_of("fold", "left")] = [[0.04, 0.01], [0.01, 0.02]]
    said.states[index_of("fold", "left")] = [0.1, 0.9, 0.0]
    back = mirrored_back(said)
    right = index_of("fold", "right")
    assert back.points[right] == pytest.approx([-0.5, 0.2])
    assert back.covariance[right] == pytest.approx(np.array([[0.04, -0.01], [-0.01, 0.02]]))
    assert back.states[right] == pytest.approx([0.1, 0.9, 0.0])
    assert back.points[index_of("fold", "left")] == pytest.approx([-0.3, -0.1])


def test_a_crop_is_laid_back_into_the_picture() -> None:
    placed = in_picture(one_look(0.5, -1.0), Region(100.0, 200.0, 80.0))
    assert placed.points[0] == pytest.approx([120.0, 160.0])
    assert placed.covariance[0] == pytest.approx(np.diag([0.04, 0.01]) * 40.0**2)


def test_frames_and_mirror_images_are_joined_and_their_disagreement_is_an_error_too() -> None:
    # Means of the pairs are 1, 2 and 9: the odd frame does not move the point.
    pairs = [(one_look(x - 0.5, 3.0), one_look(x + 0.5, 3.0)) for x in (1.0, 2.0, 9.0)]
    joined = combine(pairs)
    assert joined.points_px == pytest.approx(np.tile([2.0, 3.0], (COUNT, 1)))
    # Away from 2: -1.5, -.5, -.5, .5, 6.5, 7.5; the mean of their squares is 101.5 / 6.
    assert joined.covariance_px2[0] == pytest.approx(np.diag([0.04 + 101.5 / 6.0, 0.01]))


def true_px(clip: str, name: str) -> tuple[float, FloatArray, float]:
    """Time of a rendered clip's bottom, a point (2, 2) of both legs in its picture, and px per m there."""
    told = json.loads((DATA / f"{clip}.json").read_text())
    row = min(told["frames"], key=lambda one: abs(one["time_s"] - told["bottom_s"]))
    k, r, t = (np.array(told["camera"][part]) for part in ("K", "R", "t"))
    seen = np.array([row[name][leg] for leg in LEGS]) @ r.T + t
    return row["time_s"], (seen @ k.T)[:, :2] / seen[:, 2:], float(k[0, 0] / seen[:, 2].mean())


def seen_in(clip: str) -> tuple[SeenSurfaces, float]:
    """What is seen at the bottom of a rendered clip, with the crop where truth puts hips and knees; px per m."""
    time_s, hips, px_per_m = true_px(clip, "hip")
    centre = np.concatenate([hips, true_px(clip, "knee")[1]]).mean(axis=0)
    frame = min(frames(DATA / f"{clip}.mp4"), key=lambda one: abs(one.time_s - time_s))
    # The pose model's metres are 1.085 times as long as true ones (capture/scale.py).
    region = Region(float(centre[0]), float(centre[1]), CROP_M * 1.085 * px_per_m)
    plain, mirrored = look(region.crop(frame.rgb(), SIZE_PX))
    return combine([(in_picture(plain, region), in_picture(mirrored, region))]), px_per_m


@pytest.mark.parametrize("clip", ["front_deep", "side_high", "two_reps"])
def test_crease_and_top_of_the_knee_are_seen_where_the_renderer_put_them(clip: str) -> None:
    found, px_per_m = seen_in(clip)
    for name in ("crease", "knee_top"):
        places = [index_of(name, leg) for leg in LEGS]
        away_cm = 100.0 * np.linalg.norm(found.points_px[places] - true_px(clip, name)[1], axis=1) / px_per_m
        # People drawn as those are whom it learnt from are seen within 2 cm in the median; this renderer is another.
        assert away_cm.max() < 4.0
    assert {leg for leg in LEGS if found.state("knee_top", leg) == "seen"} == set(LEGS)


def test_a_crop_beside_the_legs_is_cut_again_about_them() -> None:
    time_s, hips, px_per_m = true_px("side_high", "hip")
    frame = min(frames(DATA / "side_high.mp4"), key=lambda one: abs(one.time_s - time_s))
    middle_x, middle_y = hips.mean(axis=0)
    samples = estimate_samples([crop_frame(time_s, frame.rgb(), Region(middle_x, middle_y, REGION_M * px_per_m))])
    beside = replace(samples, image_px=samples.image_px + [0.2 * px_per_m, 0.0])
    seen, again = see_surfaces(samples).points_px, see_surfaces(beside).points_px
    off_cm = 100.0 * np.linalg.norm(again - seen, axis=1) / px_per_m
    assert np.median(off_cm) < 0.4
    assert off_cm[: index_of("hip", "left")].max() < 1.0  # creases, folds and tops of the knee
