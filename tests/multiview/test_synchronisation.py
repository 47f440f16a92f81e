"""The offset of two clocks comes from how the lifter moves, whatever the cameras and frame rates."""

from dataclasses import fields, replace
from pathlib import Path

import av
import numpy as np
import pytest

from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.geometry.skeletons import COUNT, HIPS, KNEES, SHOULDERS
from depthperception.multiview.sound import offset_by_sound
from depthperception.multiview.synchronisation import Film, find_offset
from depthperception.pose.track import PoseTrack
from depthperception.types import IntArray, Side
from tests.support.figures import figure
from tests.support.several_views import camera_at, thigh_deg, track_of

EVERYTHING = np.arange(COUNT)


@pytest.mark.parametrize("rate_hz", [24.0, 60.0])
def test_the_offset_is_found_within_a_quarter_of_a_frame(rate_hz: float) -> None:
    first = track_of(camera_at(45.0), noise_px=3.0)
    other = track_of(camera_at(315.0, 4.0, 0.7), starts_s=0.337, rate_hz=rate_hz, noise_px=3.0)

    found = find_offset(Film(first, first), Film(other, other))

    assert found is not None
    assert found.source == "motion"
    assert found.offset_s == pytest.approx(0.337, abs=0.25 / 30.0)


def _blurred(track: PoseTrack, joints: IntArray, noise_px: float, seed: int) -> PoseTrack:
    """Some joints jitter, as behind a plate."""
    px = track.image_px.copy()
    px[:, joints] += noise_px * np.random.default_rng(seed).normal(size=px[:, joints].shape)
    return replace(track, image_px=px)


@pytest.mark.parametrize("seed", range(4))
def test_hips_and_knees_that_jitter_behind_plates_leave_the_clock_to_the_other_joints(seed: int) -> None:
    hidden = np.concatenate([HIPS, KNEES])
    first = _blurred(track_of(camera_at(45.0), noise_px=1.0), hidden, 30.0, seed)
    other = _blurred(track_of(camera_at(315.0), starts_s=0.337, rate_hz=24.0, noise_px=1.0), hidden, 30.0, seed + 10)

    found = find_offset(Film(first, first), Film(other, other))

    assert found is not None
    assert found.offset_s == pytest.approx(0.337, abs=0.1 / 30.0)


def _plates_of(film: PoseTrack, camera: PinholeCamera, starts_s: float) -> tuple[PlateTrack, ...]:
    """Plates on a bar behind the shoulders, seen by a camera in every frame of a film."""
    angles = thigh_deg(film.times_s + starts_s)
    neck = np.array([figure(float(angle))[SHOULDERS].mean(axis=0) for angle in angles])
    found = []
    for side in (Side.LEFT, Side.RIGHT):
        px = camera.project(neck + [-0.75 * side, -0.1, 0.05])
        found.append(PlateTrack(side, film.times_s, px, np.full(len(px), 50.0), np.eye(2), 1.0, px))
    return tuple(found)


def _wavering(track: PoseTrack, size_px: float, seed: int) -> PoseTrack:
    """Every joint strays slowly, as a network's do that sees them half hidden."""
    rng = np.random.default_rng(seed)
    phase, period_s = rng.uniform(0.0, 2.0 * np.pi, (COUNT, 2)), rng.uniform(0.6, 1.2, (COUNT, 2))
    waves = np.sin(2.0 * np.pi * track.times_s[:, None, None] / period_s + phase)
    return replace(track, image_px=track.image_px + size_px * waves)


def test_plates_tell_the_clock_where_all_joints_stray() -> None:
    cameras = camera_at(45.0), camera_at(120.0)
    first = track_of(cameras[0], noise_px=1.0)
    true = track_of(cameras[1], starts_s=0.337, noise_px=1.0)
    plates = [_plates_of(first, cameras[0], 0.0)], [_plates_of(true, cameras[1], 0.337)]
    off_s = []
    for seed in range(6):
        other = _wavering(true, 60.0, seed)
        found = (
            find_offset(Film(first, first), Film(other, other)),
            find_offset(Film(first, first, plates[0]), Film(other, other, plates[1])),
        )
        off_s.append([one.offset_s - 0.337 for one in found if one])

    by_joints, by_plates = np.sqrt(np.mean(np.square(off_s), axis=0))
    assert by_joints > 3.0 * by_plates
    assert by_plates < 0.1 / 30.0


def test_an_offset_says_how_far_it_may_be_off() -> None:
    off_sd, sds_s = [], []
    for seed in range(12):
        first = _blurred(track_of(camera_at(45.0)), EVERYTHING, 8.0, seed)
        other = _blurred(track_of(camera_at(0.0), starts_s=0.2), EVERYTHING, 8.0, seed + 100)
        found = find_offset(Film(first, first), Film(other, other))
        assert found is not None
        sds_s.append(found.sd_s)
        off_sd.append((found.offset_s - 0.2) / found.sd_s)

    assert 0.5 < np.sqrt(np.mean(np.square(off_sd))) < 2.0
    assert np.median(sds_s) < 0.25 / 30.0


def test_what_nobody_followed_between_two_attempts_counts_for_nothing() -> None:
    def with_slower(azimuth_deg: float, **other: float) -> PoseTrack:
        squat, slower = (track_of(camera_at(azimuth_deg), slow=slow, **other) for slow in (1.0, 0.85))
        parts = {
            field.name: np.concatenate([getattr(one, field.name) for one in (squat, slower)]) for field in fields(squat)
        }
        return PoseTrack(**{**parts, "times_s": np.concatenate([squat.times_s, slower.times_s + 30.0])})

    first, other = with_slower(45.0), with_slower(315.0, starts_s=0.337)
    jumping = _blurred(other, EVERYTHING, 1.0, 1)

    found = find_offset(Film(first, first), Film(jumping, jumping))

    assert found is not None
    assert found.offset_s == pytest.approx(0.337, abs=0.1 / 30.0)
    assert found.residual is not None
    assert found.residual < 0.01


def test_a_lifter_who_moves_otherwise_is_no_film_of_the_same_lift() -> None:
    first = track_of(camera_at(45.0))
    standing = track_of(camera_at(315.0), slow=0.0)

    assert find_offset(Film(first, first), Film(standing, standing)) is None


def _film_with_sound(path: Path, sound: np.ndarray, rate_hz: int = 8000) -> Path:
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width = video.height = 64
        audio = container.add_stream("pcm_s16le", rate=rate_hz, layout="mono")
        for _ in range(int(25 * len(sound) / rate_hz)):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            for packet in video.encode(frame):
                container.mux(packet)
        heard = av.AudioFrame.from_ndarray((20000 * sound).astype(np.int16)[None], "s16", "mono")
        heard.rate = rate_hz
        for packet in [*audio.encode(heard), *audio.encode(None), *video.encode(None)]:
            container.mux(packet)
    return path


def test_sound_gives_the_offset_and_silence_none(tmp_path: Path) -> None:
    noise = np.clip(np.random.default_rng(3).normal(size=32000) / 4.0, -1.0, 1.0)
    first = _film_with_sound(tmp_path / "first.mov", noise[:24000])
    other = _film_with_sound(tmp_path / "other.mov", noise[4000:28000])
    silent = _film_with_sound(tmp_path / "silent.mov", np.zeros(24000))

    found = offset_by_sound(first, other)

    assert found is not None
    assert found.offset_s == pytest.approx(0.5, abs=0.001)
    assert offset_by_sound(first, silent) is None
