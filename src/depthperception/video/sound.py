"""The sound of a video: when somebody speaks loudly and shortly, as a chief referee does."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from depthperception.types import FloatArray
from depthperception.video.container import container_of

RATE_HZ = 16_000
VOICE_HZ = (300.0, 3_000.0)
"""What a telephone lets through, which is enough to understand speech."""

ORDER = 4
"""Of the filter that lets it through."""

STEP_S = 0.02
LOUD_DB = 12.0
"""Over the usual level of the stretch: a voice raised over a room, four times its sound pressure."""

SHORT_S = (0.08, 0.8)
"""A called word: "Rack" and "Squat" take about .3 s; clanging plates are shorter, music and cheers go on."""


@dataclass(frozen=True)
class Call:
    """A loud, short sound in the voice's band."""

    start_s: float
    end_s: float
    over_db: float


def loud_calls(path: Path, start_s: float, end_s: float) -> tuple[Call, ...] | None:
    """Find loud, short sounds between two times of the video; None where it has no sound that can be read.

    Parameters
    ----------
    path
        The video file.
    start_s, end_s
        Presentation times from its first frame.
    """
    try:
        level_db, first_s = _levels(path, start_s, end_s)
    except (FFmpegError, OSError, ValueError, OverflowError):
        # The last two are PyAV's own, of numbers in a header that are none.
        return None
    if not len(level_db):
        return None
    loud = np.concatenate([[False], level_db > np.median(level_db) + LOUD_DB, [False]])
    edges = np.flatnonzero(np.diff(loud.astype(np.int8)))
    calls = []
    for begin, end in edges.reshape(-1, 2):
        if SHORT_S[0] <= (end - begin) * STEP_S <= SHORT_S[1]:
            over = float(level_db[begin:end].max() - np.median(level_db))
            calls.append(Call(first_s + begin * STEP_S, first_s + end * STEP_S, over))
    return tuple(calls)


def _levels(path: Path, start_s: float, end_s: float) -> tuple[FloatArray, float]:
    """Level (n,) in dB of the voice's band every `STEP_S`, and the time of the first."""
    pieces, first_s = [], None
    with container_of(path) as container:
        if not (container.streams.audio and container.streams.video):
            return np.zeros(0), start_s
        audio, video = container.streams.audio[0], container.streams.video[0]
        zero_s = float((video.start_time or 0) * (video.time_base or 0))
        container.seek(max(0, int((start_s + zero_s - 0.5) * av.time_base)))
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio):
            if frame.time is None or frame.time - zero_s < start_s:
                continue
            if frame.time - zero_s > end_s:
                break
            first_s = frame.time - zero_s if first_s is None else first_s
            pieces += [part.to_ndarray().ravel() for part in resampler.resample(frame)]
    if not pieces or first_s is None:
        return np.zeros(0), start_s
    samples = voice_of(np.concatenate(pieces))
    count = round(STEP_S * RATE_HZ)
    power = (samples[: len(samples) // count * count].reshape(-1, count) ** 2).mean(axis=1)
    return 10.0 * np.log10(power + 1e-10), float(first_s)


def voice_of(samples: FloatArray) -> FloatArray:
    """Let the voice's band through (n,), by Butterworth's filter of fourth order, bilinear, from silence on.

    By its response to each frequency: SciPy's `butter` and `sosfilt` give the same, and half a second of imports.
    """
    length = 1 << (len(samples) + RATE_HZ // 4).bit_length()
    tangents = np.tan(np.pi * np.arange(length // 2 + 1) / length)
    low, high = np.tan(np.pi * np.array(VOICE_HZ) / RATE_HZ)
    poles = np.exp(1j * np.pi * (2.0 * np.arange(ORDER) + ORDER + 1.0) / (2.0 * ORDER))
    across = (high - low) * tangents
    away = 1j * (tangents**2 - low * high)
    response = across**ORDER / np.prod(away[:, None] - poles * across[:, None], axis=1)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, length) * response, length)[: len(samples)])
