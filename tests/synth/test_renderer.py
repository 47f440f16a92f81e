"""Rendered squats: the picture shows what the truth says, and the files hold it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.errors import MissingExtraError, OptionError, OutputError
from depthperception.synth.clip import render_many, write_clip
from depthperception.synth.finish import apply
from depthperception.synth.renderer import Renderer
from depthperception.synth.sampling import sample_scenario
from depthperception.synth.scenario import (
    Attempt,
    BodyShape,
    Clothes,
    Finish,
    Person,
    Rep,
    Room,
    Scenario,
    Viewpoint,
)
from depthperception.synth.stills import Studio
from depthperception.video import frames

GREEN = (0.0, 0.9, 0.0)
DARK = Clothes(shoe_colour=GREEN)
VIEW = Viewpoint(azimuth_deg=30.0, width_px=360, height_px=480, distance_m=3.0, pitch_deg=-5.0)


def green(picture: np.ndarray) -> np.ndarray:
    """Pixels (n, 2) x, y that are clearly green."""
    r, g, b = (picture[..., k].astype(int) for k in range(3))
    y, x = np.nonzero((g > r + 40) & (g > b + 40))
    return np.stack([x, y], axis=1)


@pytest.mark.parametrize("azimuth_deg", [0.0, 60.0, 200.0])
def test_the_picture_agrees_with_the_camera_that_is_told(studio: Studio, azimuth_deg: float) -> None:
    """Green shoes are seen where ankle and ball of the foot are projected."""
    view = replace(VIEW, azimuth_deg=azimuth_deg, roll_deg=6.0)
    still = studio.still(Scenario(viewpoint=view, clothes=DARK), "bottom")
    seen = green(still.picture)
    told = still.camera.project(np.stack([still.truth.joints["ankle"], still.truth.joints["toe"]]))
    assert len(seen) > 200
    for side in range(2):
        ball = told[1, side]
        assert np.hypot(*(seen - ball).T).min() < 6.0
    assert np.abs(seen.mean(axis=0) - told.mean(axis=(0, 1))).max() < 12.0


def test_the_lifters_left_is_on_the_right_of_a_picture_from_the_front(studio: Studio) -> None:
    still = studio.still(Scenario(viewpoint=replace(VIEW, azimuth_deg=0.0), clothes=DARK), "standing")
    left, right = still.camera.project(still.truth.joints["hip"])
    assert left[0] > right[0]


def test_a_cast_of_stills_gives_the_same_picture_in_any_order(studio: Studio) -> None:
    plain = Scenario(viewpoint=VIEW)
    other = replace(plain, viewpoint=replace(VIEW, azimuth_deg=200.0), room=Room(wall_pattern=3, rack=True))
    people = replace(plain, people=(Person(1.0, -2.0, body=BodyShape((("f_avg", 1.0),), 1.66)),))
    first = studio.still(plain, "bottom").picture
    for scenario in (other, people):
        assert (studio.still(scenario, "standing").picture != first).any()
    np.testing.assert_array_equal(studio.still(plain, "bottom").picture, first)


def test_picture_sizes_can_change_from_still_to_still(studio: Studio) -> None:
    for width, height in ((96, 160), (160, 96), (96, 160)):
        view = replace(VIEW, width_px=width, height_px=height)
        assert studio.still(Scenario(viewpoint=view), "bottom").picture.shape == (height, width, 3)


def test_shake_moves_the_camera_that_is_told_with_the_picture(studio: Studio) -> None:
    scenario = Scenario(viewpoint=replace(VIEW, shake_deg=1.5), clothes=DARK)
    one, other = (studio.still(scenario, t) for t in (0.0, 0.8))
    told = [s.camera.project(s.truth.joints["toe"]).mean(axis=0) for s in (one, other)]
    seen = [green(s.picture).mean(axis=0) for s in (one, other)]
    assert np.hypot(*(told[1] - told[0])) > 3.0
    np.testing.assert_allclose(seen[1] - seen[0], told[1] - told[0], atol=1.5)


def test_samples_of_every_kind_can_be_drawn(studio: Studio) -> None:
    for seed in range(6):
        scenario = sample_scenario(seed)
        view = replace(scenario.viewpoint, width_px=90, height_px=120)
        picture = studio.still(replace(scenario, viewpoint=view), "bottom").picture
        assert picture.std() > 5.0


def test_a_clip_keeps_its_times_and_truth(studio: Studio, tmp_path: Path) -> None:
    view = replace(VIEW, width_px=96, height_px=128)
    attempt = Attempt(reps=(Rep(-2.0, descent_s=0.3, ascent_s=0.2),), stand_s=0.1, lockout_s=0.1)
    truth = write_clip(Scenario(viewpoint=view, attempt=attempt), tmp_path / "a.mp4", studio, frame_rate_hz=25.0)
    stored = json.loads((tmp_path / "a.json").read_text())
    assert stored == truth
    assert stored["depth_cm"]["mean"] == pytest.approx(-2.0, abs=0.01)
    assert stored["bottom_s"] == pytest.approx(0.4)
    times = [frame.time_s for frame in frames(tmp_path / "a.mp4")]
    assert times == pytest.approx([row["time_s"] for row in stored["frames"]], abs=1e-3)
    assert len(times) == 18
    row = stored["frames"][10]
    assert row["time_s"] == pytest.approx(0.4)
    below_cm = 100.0 * (row["knee_top"]["left"][2] - row["crease"]["left"][2])
    assert below_cm == pytest.approx(row["depth_cm"]["left"], abs=0.02)


def test_clips_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "squat_000003.json").write_text("mine")
    with pytest.raises(OutputError, match="not overwritten"):
        render_many(tmp_path, seed=2, count=2)
    assert (tmp_path / "squat_000003.json").read_text() == "mine"


def test_a_count_of_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="count"):
        render_many(tmp_path, count=0)


def test_without_moderngl_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    with pytest.raises(MissingExtraError, match=r"depthperception\[synth\].*libegl1 libgl1-mesa-dri"):
        Renderer()


def test_motion_blur_smears_along_its_direction_and_noise_repeats() -> None:
    picture = np.zeros((41, 41, 3), np.uint8)
    picture[20, 20] = 255
    smeared = apply(picture, Finish(motion_px=9.0, motion_deg=0.0), (1,))[..., 0]
    assert smeared[20].astype(bool).sum() == 9
    assert not smeared[19].any()
    noisy = [apply(picture, Finish(noise=20.0), seed) for seed in ((1, 2), (1, 2), (1, 3))]
    assert (noisy[0] == noisy[1]).all()
    assert (noisy[0] != noisy[2]).any()
