"""Loud short sounds: when they are, against the first frame; none where there is no sound."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from depthperception.video.sound import ORDER, RATE_HZ, VOICE_HZ, loud_calls, voice_of
from tests.support.rendered_clips import DEMO


def film(path: Path, calls_s: list[tuple[float, float]]) -> Path:
    """Write six seconds of grey pictures in a murmuring room, with a tone of 800 Hz at some times."""
    times = np.arange(6 * RATE_HZ) / RATE_HZ
    sound = np.random.default_rng(0).normal(0.0, 0.01, len(times))
    for start_s, end_s in calls_s:
        part = (times >= start_s) & (times < end_s)
        sound[part] += 0.3 * np.sin(2 * np.pi * 800.0 * times[part])
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("aac", rate=RATE_HZ)
        audio.layout = "mono"
        for index in range(60):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 128, np.uint8), format="rgb24")
            picture.pts, picture.time_base = index, Fraction(1, 10)
            container.mux(video.encode(picture))
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        container.mux(audio.encode(frame))
        for stream in (video, audio):
            container.mux(stream.encode(None))
    return path


def test_a_called_word_is_heard_when_it_is_and_music_is_not(tmp_path: Path) -> None:
    path = film(tmp_path / "called.mp4", [(1.0, 1.3), (3.0, 5.0)])
    (call,) = loud_calls(path, 0.0, 6.0) or ()
    assert [call.start_s, call.end_s] == pytest.approx([1.0, 1.3], abs=0.1)
    assert call.over_db > 12.0
    (later,) = loud_calls(path, 0.5, 2.5) or ()
    assert later.start_s == pytest.approx(1.0, abs=0.1)


def test_silence_has_no_call_and_a_film_without_sound_none_to_listen_to(tmp_path: Path) -> None:
    assert loud_calls(film(tmp_path / "quiet.mp4", []), 0.0, 6.0) == ()
    assert loud_calls(DEMO, 0.0, 2.0) is None
    assert loud_calls(tmp_path / "gone.mp4", 0.0, 2.0) is None


@pytest.mark.parametrize("count", [100, 16_000, 131_072])
def test_the_voice_is_let_through_as_scipys_butterworth_filter_does(count: int) -> None:
    samples = np.random.default_rng(count).normal(size=count)
    samples[:50] += 3.0
    sections = butter(ORDER, VOICE_HZ, "bandpass", fs=RATE_HZ, output="sos")
    assert voice_of(samples) == pytest.approx(sosfilt(sections, samples), abs=1e-9)
