"""Pictures of a film that is being taken, so that nobody decodes again what was just shown or looked at."""

from collections.abc import Callable, Generator, Iterator
from threading import Lock

import av
import numpy as np

from depthperception.errors import VideoError
from depthperception.video.colour import Converter
from depthperception.video.orientation import Orientation
from depthperception.video.reading import Frame
from depthperception.video.resampling import SAME_TIME_S
from depthperception.video.source import Recalled

LATEST_S = 0.9
"""From before a bottom to when it is looked at."""

MOST_BYTES = 150_000_000
"""Of the latest, and once more of those of them that are kept: .8 s of 1080p at 60 a second."""

MOST_DECODED = 18
"""That had to be decoded: a bottom that is no longer among the latest, and two moments of standing, found twice."""

MOST_DECODED_BYTES = 75_000_000
"""Of them: so many of 1440 x 1920."""

Decode = Callable[[float, float], Iterator[Frame]]
"""Gives a file's frames between two times."""


class Recall:
    """Decoded pictures by their times in the film, for several threads.

    The latest, those that were the latest when somebody asked to keep them, and those that had to be decoded.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most_decoded_bytes: int = MOST_DECODED_BYTES) -> None:
        self._latest, self._decoded = _Bounded(most_bytes), _Bounded(most_decoded_bytes, MOST_DECODED)
        self._kept: dict[float, Frame] = {}
        self._lock = Lock()

    def add(self, frame: Frame) -> None:
        """Take the next frame of the film."""
        with self._lock:
            self._latest.add(frame.time_s, frame)
            self._latest.forget(frame.time_s - LATEST_S)

    def keep_latest(self) -> None:
        """Keep the latest, while others come, instead of those that were kept."""
        with self._lock:
            self._kept = dict(self._latest.frames)

    def find(self, film_s: float) -> Frame | None:
        """Give the frame of a time in the film, where it is known."""
        with self._lock:
            known = (one.get(film_s) for one in (self._kept, self._decoded.frames, self._latest.frames))
            return next((frame for frame in known if frame is not None), None)

    def frames(self, film: Recalled, start_s: float, end_s: float, decode: Decode) -> Generator[Frame, None, None]:
        """Give a file's frames between two times; those that are not known are decoded when they are looked at."""
        times_s = film.film_times_s - film.began_s
        wanted = (times_s >= start_s - SAME_TIME_S) & (times_s <= end_s + SAME_TIME_S)
        decoder = _Decoder(self, film, end_s, decode)
        for film_s in film.film_times_s[wanted].tolist():
            yield _Awaited(film_s, film.began_s, decoder)

    def learn(self, film_s: float, frame: Frame) -> None:
        """Keep a frame that had to be decoded."""
        with self._lock:
            self._decoded.add(film_s, frame)


class _Bounded:
    """Frames by their times in the film, of which the oldest go."""

    def __init__(self, most_bytes: int, most: float = np.inf) -> None:
        self.frames: dict[float, Frame] = {}
        self._most_bytes, self._most, self._bytes = most_bytes, most, 0

    def add(self, film_s: float, frame: Frame) -> None:
        if film_s in self.frames:
            return
        self.frames[film_s] = frame
        self._bytes += frame.nbytes
        while self._bytes > self._most_bytes or len(self.frames) > self._most:
            self._pop()

    def forget(self, before_s: float) -> None:
        while next(iter(self.frames), before_s) < before_s:
            self._pop()

    def _pop(self) -> None:
        self._bytes -= self.frames.pop(next(iter(self.frames))).nbytes


class _Decoder:
    """Decodes a file onward from the first frame that is asked for and not known."""

    def __init__(self, recall: Recall, film: Recalled, end_s: float, decode: Decode) -> None:
        self._recall, self._film, self._end_s, self._decode = recall, film, end_s, decode
        self._ahead: Iterator[Frame] = iter(())
        self._passed_s = np.inf
        self._last: tuple[float, Frame] | None = None

    def frame(self, film_s: float) -> Frame:
        """Give the frame of a time in the film."""
        if self._last is None or self._last[0] != film_s:
            self._last = film_s, self._recall.find(film_s) or self._decoded(film_s)
        return self._last[1]

    def _decoded(self, film_s: float) -> Frame:
        time_s = film_s - self._film.began_s
        if time_s <= self._passed_s:
            self._ahead = self._decode(time_s, self._end_s)
        for frame in self._ahead:
            self._passed_s = frame.time_s
            if frame.time_s >= time_s - SAME_TIME_S:
                self._recall.learn(film_s, frame)
                return frame
        raise VideoError(
            f"{self._film.path}: its picture at {time_s:.2f} s cannot be decoded, though it was shown before. Expected "
            "a file that nobody changes. Try again."
        )


class _Awaited(Frame):
    """A frame that is found, or decoded, when it is looked at."""

    def __init__(self, film_s: float, began_s: float, decoder: _Decoder) -> None:
        object.__setattr__(self, "time_s", film_s - began_s)
        object.__setattr__(self, "_film_s", film_s)
        object.__setattr__(self, "_decoder", decoder)

    _film_s: float
    _decoder: _Decoder

    def _found(self) -> Frame:
        return self._decoder.frame(self._film_s)

    @property
    def _picture(self) -> av.VideoFrame:
        return self._found()._picture

    @property
    def _upright(self) -> Orientation:
        return self._found()._upright

    @property
    def _converter(self) -> Converter:
        return self._found()._converter
