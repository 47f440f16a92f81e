"""A camera, an address, or a file at its own pace: packets as they come, and the pictures in them."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from depthperception.errors import VideoError
from depthperception.video.colour import Converter
from depthperception.video.container import opened
from depthperception.video.orientation import Orientation
from depthperception.video.reading import Frame

CAMERAS = {"linux": ("v4l2", "/dev/video{}"), "darwin": ("avfoundation", "{}"), "win32": ("dshow", "video={}")}
"""FFmpeg's way to a camera, and what it calls one, by platform."""

ADDRESSES = ("rtsp://", "rtsps://")

CAMERA_OPTIONS = {"input_format": "mjpeg", "framerate": "30"}
"""Of v4l2: uncompressed pictures of 1080p would be 120 MB a second, of which no part could be kept."""

ADDRESS_OPTIONS = {"rtsp_transport": "tcp", "timeout": "10000000"}
"""Lost packets would be lost pictures; a camera that says nothing for 10 s (given in microseconds) is gone."""


STREAM_OPTIONS = {"analyzeduration": "300000"}
"""Microseconds of the film that are read before its first picture is given: FFmpeg would take five seconds."""


class Readable(Protocol):
    """Bytes as they come."""

    def read(self, size: int, /) -> bytes:
        """Give up to so many, once there are some; none at the end."""
        ...


@dataclass(frozen=True, eq=False)
class Kept:
    """A packet, as it was read: what the camera's own encoder made."""

    data: bytes = field(repr=False)
    pts: int
    dts: int
    duration: int
    is_key: bool


@dataclass(frozen=True, eq=False)
class Arrival:
    """A packet with the pictures that became ready with it, and the moment (`time.monotonic`) at which it came."""

    packet: Kept | None
    frames: tuple[Frame, ...]
    moment_s: float


class Feed:
    """Pictures as they come, as a context manager.

    Parameters
    ----------
    name
        A camera's number or device, an rtsp:// address, or a file, which is read at its own pace.
    pace
        Of a file: 2 is twice as fast as it was filmed, infinity as fast as it can be read.
    stream
        What is read instead, as it comes: anything with a `read` that waits for bytes and gives none at the end, as of
        a browser's recording. `name` is only what it is called then.

    Raises
    ------
    VideoError
        On entering, when it cannot be opened.
    """

    def __init__(self, name: str, *, pace: float = 1.0, stream: Readable | None = None) -> None:
        self.name = name
        self._bytes = stream
        self.pace = pace
        self.damaged = 0
        self.origin = 0
        self._stack = ExitStack()
        self._is_file = False

    def __enter__(self) -> Self:
        self.container, self.stream = self._open()
        if self.stream.time_base is None:
            raise self._unusable("its pictures have no times")
        self.base = self.stream.time_base
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def arrivals(self) -> Iterator[Arrival]:
        """Give packets and pictures until the camera, or the file, ends; a file waits until each is due."""
        converter, began_s = Converter(), time.monotonic()
        upright: Orientation | None = None
        for packet in self._packets():
            frames = []
            for picture in self._decoded(packet):
                if upright is None:
                    self.origin = picture.pts or 0
                    upright = Orientation.of(picture, self.stream.sample_aspect_ratio)
                if picture.pts is not None:
                    frames.append(Frame(self.time_of(picture.pts), picture, upright, converter))
            if self._is_file and frames:
                time.sleep(max(0.0, began_s + frames[-1].time_s / self.pace - time.monotonic()))
            yield Arrival(_kept(packet), tuple(frames), time.monotonic())

    def time_of(self, pts: float) -> float:
        """Seconds from the first picture to a time stamp."""
        return float((pts - self.origin) * self.base)

    def _packets(self) -> Iterator["av.Packet[VideoStream]"]:
        try:
            yield from self.container.demux(self.stream)
        except (av.FFmpegError, IndexError):
            self.damaged += 1

    def _decoded(self, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
        try:
            return list(self.stream.decode(packet if packet.size else None))
        except av.FFmpegError:
            self.damaged += 1
            return []

    def _open(self) -> tuple[InputContainer, VideoStream]:
        if self._bytes is not None:
            return self._opened_by_ffmpeg(self._bytes, None, STREAM_OPTIONS)
        if self.name.isdecimal() or self.name.startswith("/dev/video"):
            way, called = CAMERAS.get(sys.platform, CAMERAS["linux"])
            device = called.format(self.name) if self.name.isdecimal() else self.name
            return self._opened_by_ffmpeg(device, way, CAMERA_OPTIONS if way == "v4l2" else {})
        if self.name.startswith(ADDRESSES):
            return self._opened_by_ffmpeg(self.name, None, ADDRESS_OPTIONS)
        self._is_file = True
        return self._stack.enter_context(opened(Path(self.name)))

    def _opened_by_ffmpeg(
        self, address: "str | Readable", way: str | None, options: dict[str, str]
    ) -> tuple[InputContainer, VideoStream]:
        try:
            container = self._stack.enter_context(av.open(address, "r", format=way, options=options))
        except (av.FFmpegError, ValueError, OSError) as error:
            raise self._unusable(f"it cannot be opened ({getattr(error, 'strerror', None) or error})") from error
        if not container.streams.video:
            raise self._unusable("it sends no picture")
        stream = container.streams.video[0]
        if stream.codec_context.name == "rawvideo":
            raise self._unusable("it sends uncompressed pictures only, which are too many to keep")
        return container, stream

    def _unusable(self, found: str) -> VideoError:
        return VideoError(
            f"{self.name}: {found}. Expected a camera's number (0 is the first), an rtsp:// address, or a video file. "
            "Check that it is connected, that nothing else uses it, and its name."
        )


def _kept(packet: "av.Packet[VideoStream]") -> Kept | None:
    """Copy a packet; None of the one that only empties the decoder, or has no times."""
    if not packet.size or packet.pts is None or packet.dts is None:
        return None
    return Kept(bytes(packet), packet.pts, packet.dts, packet.duration or 0, packet.is_keyframe)
