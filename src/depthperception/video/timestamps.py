"""Presentation times: what the stamps in a file mean, and how long it says it is."""

import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from depthperception.video.resampling import SAME_TIME_S

logger = logging.getLogger(__name__)

# How much earlier than stated a film may end before we say so. The last frame alone may be shown for
# longer than its neighbours; a lift that matters takes longer than this.
_CUT_SHORT_S = 1.0
# AVI keeps no presentation times: what the demuxer makes up for H.264 in it runs backwards, while its
# decoding times come out in the order of the frames.
_WITHOUT_PRESENTATION_TIMES = frozenset({"avi"})
# Android's cameras write it into every film, for slow motion with the rate of the sensor.
_CAPTURE_RATE = "com.android.capture.fps"
# The tag that FFmpeg and MKVToolNix give each stream: "00:00:06.000000000".
_MATROSKA_DURATION = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def ends_early(stated_s: float | None, last_s: float) -> bool:
    """Whether a last frame at this time is more than a second short of the stated length."""
    return stated_s is not None and stated_s - last_s > _CUT_SHORT_S


def stated_duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the length that a file states for its film, None where it states none."""
    if stream.duration is not None and stream.time_base:
        return float(stream.duration * stream.time_base)
    tag = _MATROSKA_DURATION.fullmatch(stream.metadata.get("DURATION", ""))
    if tag:
        return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    return None if container.duration is None else container.duration / av.time_base


def capture_rate_hz(container: InputContainer) -> float | None:
    """Return the frames a second that the camera took, None where the file does not say."""
    try:
        rate_hz = float(container.metadata.get(_CAPTURE_RATE, ""))
    except ValueError:
        return None
    return rate_hz if 0.0 < rate_hz < float("inf") else None


class Clock:
    """Time stamps of one stream turned into seconds since its first picture.

    Parameters
    ----------
    tick
        Seconds per time stamp, as numerator and denominator: integers keep the same frame at the same time.
    origin
        Time stamp of the first picture.
    step
        Time stamps between pictures, for pictures that carry neither a time nor a duration.
    by_presentation
        Whether the stamps are presentation times; if not, decoding times stand in, in presentation order.
    """

    def __init__(self, tick: tuple[int, int], origin: int, step: int, by_presentation: bool) -> None:
        self.by_presentation = by_presentation
        self._tick = tick
        self._origin = origin
        self._step = step
        # Times that are nearer to each other are one time everywhere (`resampling.SAME_TIME_S`).
        self._least = max(1, math.ceil(2.0 * SAME_TIME_S * tick[1] / tick[0]))
        self._dropped = 0

    @classmethod
    def of(cls, container: InputContainer, stream: VideoStream, first: av.VideoFrame) -> "Clock":
        """Set the clock to zero at the first picture of a file."""
        base = stream.time_base
        tick = (base.numerator, base.denominator) if base else (1, av.time_base)
        by_presentation = first.pts is not None and container.format.name not in _WITHOUT_PRESENTATION_TIMES
        origin = (first.pts if by_presentation else first.dts) or 0
        rate = stream.average_rate or stream.guessed_rate
        step = round(tick[1] / (tick[0] * rate)) if rate else 0
        return cls(tick, origin, step, by_presentation)

    def again(self) -> "Clock":
        """Give the same clock for another pass over the file."""
        return Clock(self._tick, self._origin, self._step, self.by_presentation)

    def ticks_at(self, time_s: float) -> int:
        """Return the time stamp of a time."""
        return self._origin + round(time_s * self._tick[1] / self._tick[0])

    def timed(
        self, pictures: Iterable[av.VideoFrame], on_loss: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[av.VideoFrame, float]]:
        """Pair each picture with its time; one that does not come after the picture before it is dropped, and told."""
        last: int | None = None
        for picture in pictures:
            stamp = picture.pts if self.by_presentation else picture.dts
            if stamp is None:
                stamp = self._origin if last is None else last + (picture.duration or self._step)
            if last is not None and stamp < last + self._least:
                self._dropped += 1
                on_loss()
                continue
            last = stamp
            yield picture, (stamp - self._origin) * self._tick[0] / self._tick[1]

    def warn_of_losses(self, path: Path) -> None:
        """Log how many pictures had to be dropped, if any."""
        if self._dropped:
            logger.warning("%s: %d frames without a later time were left out", path, self._dropped)
