"""Looks at videos on behalf of the server, in child processes that may crash or hang instead of it."""

import gc
import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, cast

from depthperception.errors import DepthPerceptionError, OptionError, VideoError
from depthperception.memory import give_back
from depthperception.sandbox import Box, processes

Result = TypeVar("Result")

LONGEST_START_S = 180.0
"""A child needs a second to load; on a machine that is busy with something else that has taken a minute."""

LONGEST_CALL_S = 60.0
"""A frame far from its key frame takes seconds in 4K; what takes a minute is damaged, or means harm."""

LONGEST_S = 2 * 3600.0
"""A session of squats; a longer film has to be cut."""

JPEG_QUALITY = 90
"""At 90 edges keep within a pixel, and a 1080p frame has about 400 kB."""


@dataclass(frozen=True)
class Admitted:
    """What the server needs to know of a video."""

    width: int
    height: int
    playable: bool


class _Child:
    """A decoding process; `ask` raises EOFError or OSError when it is gone."""

    def __init__(self, box: Box) -> None:
        self._process, self._connection = processes.start(_serve, box=box)
        self._is_loading = True

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Give what the function returns, or raise what it raised."""
        if self._is_loading:
            self._receive(LONGEST_START_S)
            self._is_loading = False
        self._connection.send((function, arguments))
        error, value = self._receive(LONGEST_CALL_S)
        if error is not None:
            raise error
        return value

    def _receive(self, longest_s: float) -> Any:
        if not self._connection.poll(longest_s):
            raise TimeoutError(f"nothing came for {longest_s:.0f} s")
        return processes.received(self._connection, (Admitted,))

    def stop(self) -> None:
        processes.stop(self._process, self._connection)


class Decoder:
    """A few warm child processes that decode; one that fails is replaced.

    Parameters
    ----------
    processes
        How many calls may run at once.
    box
        What the children may read and write: the videos, and where uploads and packets are.
    """

    def __init__(self, processes: int = 2, *, box: Box) -> None:
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._size, self._box = processes, box
        for _ in range(processes):
            self._idle.put(_Child(box))

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Run a module-level function in a child.

        Raises
        ------
        DepthPerceptionError
            As the function raises it; VideoError also when the child crashed or took too long.
        """
        child = self._idle.get()
        try:
            for last in (False, True):
                if child is None or not child.is_alive():
                    _stopped(child)
                    child = _Child(self._box)
                try:
                    return cast(Result, child.ask(function, arguments))
                except (EOFError, OSError) as failure:
                    child = _stopped(child)
                    # Something else may have ended the child: a video is blamed when it ends a second one.
                    if last or isinstance(failure, TimeoutError):
                        raise _blamed(failure) from failure
            raise AssertionError("the last try returns or raises")
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """Stop every child; waits for running calls."""
        for _ in range(self._size):
            _stopped(self._idle.get())


def _stopped(child: _Child | None) -> _Child | None:
    """Stop a child; there is none afterwards."""
    if child is not None:
        child.stop()
    return None


def _blamed(failure: Exception) -> VideoError:
    how = "took too long for" if isinstance(failure, TimeoutError) else "crashed on"
    return VideoError(
        f"The decoder {how} this video. Expected one that decodes in real time. Export it again as MP4 (H.264)."
    )


def admit(path: Path) -> Admitted:
    """Say what a video is, having decoded its first frame.

    Raises
    ------
    VideoError
        When it is none, or is longer than any session.
    """
    from depthperception.video import probe  # noqa: PLC0415
    from depthperception.web.proxy import is_playable  # noqa: PLC0415

    info = probe(path)
    if info.duration_s is not None and info.duration_s > LONGEST_S:
        raise VideoError(
            f"The video lasts {info.duration_s / 3600:.1f} h. Expected at most {LONGEST_S / 3600:.0f} h. "
            "Cut out the lifts."
        )
    return Admitted(info.width, info.height, is_playable(info))


def frame_jpeg(path: Path, time_s: float, width_px: int | None) -> bytes:
    """Decode the frame of a time, upright, as JPEG, shrunk to a width where one is given.

    Raises
    ------
    VideoError
    """
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from depthperception.video import frames  # noqa: PLC0415

    frame = next(frames(path, start_s=time_s, end_s=time_s), None)
    if frame is None:
        raise VideoError(f"No frame is shown at {time_s:.3f} s. Expected one of the video's times. Ask for another.")
    rgb = frame.rgb()
    if width_px is not None and width_px < rgb.shape[1]:
        height_px = max(1, round(rgb.shape[0] * width_px / rgb.shape[1]))
        rgb = np.asarray(cv2.resize(rgb, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)
    coded = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return bytes(coded.tobytes())


def _serve(connection: Connection) -> None:
    """Load what every call needs, say so, and answer calls until the server closes its end."""
    from depthperception.web import proxy  # noqa: F401, PLC0415  (PyAV, which takes its time)

    connection.send(None)
    with suppress(EOFError):
        while True:
            function, arguments = connection.recv()
            try:
                answer: tuple[Exception | None, Any] = None, function(*arguments)
            except DepthPerceptionError as error:
                answer = type(error)(str(error)), None
            except MemoryError:
                answer = OptionError("The video needs too much memory. Expected less. Export it smaller."), None
            connection.send(answer)
            del answer
            gc.collect(0)  # PyAV's first picture of a file and its side data hold each other
            give_back()
