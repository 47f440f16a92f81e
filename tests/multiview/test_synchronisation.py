"""The offset of two clocks comes from how the lifter moves, whatever the cameras and frame rates."""

from pathlib import Path

import av
import numpy as np
import pytest

from depthperception.multiview.synchronisation import find_offset, offset_by_sound
from tests.support.several_views import camera_at, track_of


@pytest.mark.parametrize("rate_hz", [24.0, 60.0])
def test_the_offset_is_found_within_a_quarter_of_a_frame(rate_hz: float) -> None:
    first = track_of(camera_at(45.0), noise_px=3.0)
    other = track_of(camera_at(315.0, 4.0, 0.7), starts_s=0.337, rate_hz=rate_hz, noise_px=3.0)

    found = find_offset((first, first), (other, other))

    assert found is not None
    assert found.source == "motion"
    assert found.offset_s == pytest.approx(0.337, abs=0.25 / 30.0)


def test_a_lifter_who_moves_otherwise_is_no_film_of_the_same_lift() -> None:
    first = track_of(camera_at(45.0))
    standing = track_of(camera_at(315.0), slow=0.0)

    assert find_offset((first, first), (standing, standing)) is None


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
