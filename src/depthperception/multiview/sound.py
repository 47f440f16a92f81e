"""One clock for several cameras by sound, where both films have it."""

from pathlib import Path

import av
import numpy as np

from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.synchronisation import Offset
from depthperception.types import FloatArray

RATE_HZ = 8000
"""Of the sound that is compared: steps and plates are heard below 4 kHz."""


def offset_by_sound(first: Path, other: Path, *, settings: Together = TOGETHER) -> Offset | None:
    """Find the offset by sound, as from the first frame of each film; None where one is silent or they differ.

    Generalised cross-correlation with phase transform (Knapp and Carter, 1976). Sound takes 3 ms for each metre by
    which one camera is further away.
    """
    sounds = [_sound(path) for path in (first, other)]
    if any(len(one) < RATE_HZ for one in sounds):
        return None
    size = 1 << (len(sounds[0]) + len(sounds[1])).bit_length()
    a, b = (np.fft.rfft(one, size) for one in sounds)
    across = a * np.conj(b)
    likeness = np.fft.irfft(across / np.maximum(np.abs(across), 1e-9), size)
    best = int(np.argmax(likeness))
    away = np.abs((np.arange(size) - best + size // 2) % size - size // 2)
    second = float(likeness[away > RATE_HZ // 20].max())
    if likeness[best] <= settings.sound_over_rest * second:
        return None
    lag = best if best < size // 2 else best - size
    return Offset(lag / RATE_HZ, "sound", settings.sound_sd_s, float(likeness[best]))


def _sound(path: Path) -> FloatArray:
    """Sound (n,) from the time of the first frame on; empty where there is none."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio or not container.streams.video:
                return np.zeros(0)
            video = container.streams.video[0]
            first_s = float((video.start_time or 0) * (video.time_base or 0))
            audio = container.streams.audio[0]
            heard_s = float((audio.start_time or 0) * (audio.time_base or 0))
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            parts = [out.to_ndarray().ravel() for frame in container.decode(audio) for out in resampler.resample(frame)]
    except av.error.FFmpegError:
        return np.zeros(0)
    sound = np.concatenate([*parts, np.zeros(0)]).astype(np.float64)
    lead = round((heard_s - first_s) * RATE_HZ)
    return np.concatenate([np.zeros(max(lead, 0)), sound])[max(-lead, 0) :]
