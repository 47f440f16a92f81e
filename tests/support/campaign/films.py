"""Whole films, small and in every container, from which the campaign's inputs are made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.packet import Packet
from av.video.stream import VideoStream

from tests.support.clips import Image
from tests.support.rendered_clips import DATA

WIDTH_PX, HEIGHT_PX = 144, 256
"""Large enough for every codec, small enough that a film is read in tens of milliseconds."""

TINY_S = 1.2
"""Length of the films that are only read."""

FORMS: dict[str, tuple[str, str, str]] = {
    "h264.mp4": ("mp4", "libx264", "yuv420p"),
    "sound.mp4": ("mp4", "libx264", "yuv420p"),
    "fragments.mp4": ("mp4", "libx264", "yuv420p"),
    "hevc.mov": ("mov", "libx265", "yuv420p"),
    "h264.mkv": ("matroska", "libx264", "yuv420p"),
    "vp9.webm": ("webm", "libvpx-vp9", "yuv420p"),
    "mpeg4.avi": ("avi", "mpeg4", "yuv420p"),
    "mjpeg.avi": ("avi", "mjpeg", "yuvj420p"),
    "film.gif": ("gif", "gif", "rgb8"),
    "h264.ts": ("mpegts", "libx264", "yuv420p"),
    "mpeg2.ts": ("mpegts", "mpeg2video", "yuv420p"),
    "film.flv": ("flv", "flv", "yuv420p"),
    "vp8.ogv": ("ogg", "libvpx", "yuv420p"),
    "film.3gp": ("3gp", "mpeg4", "yuv420p"),
    "film.asf": ("asf", "mpeg4", "yuv420p"),
    "film.h264": ("h264", "libx264", "yuv420p"),
    "prores.mov": ("mov", "prores_ks", "yuv422p10le"),
    "ffv1.nut": ("nut", "ffv1", "yuv420p"),
}
"""Container, encoder and pixel format of every base."""

FAST = {"libx264": {"preset": "ultrafast", "g": "8", "bf": "2"}, "libx265": {"preset": "ultrafast", "g": "8"}}


@dataclass(frozen=True)
class Films:
    """Base films in a folder, made when they are first asked for."""

    folder: Path
    _pictures: list[Image] = field(default_factory=list)

    def pictures(self) -> list[Image]:
        """Give the pictures of a rendered squat, small, fifteen a second."""
        if not self._pictures:
            with av.open(str(DATA / "side_high.mp4")) as container:
                for number, frame in enumerate(container.decode(video=0)):
                    if 24 <= number < 24 + 30 * TINY_S and number % 2 == 0:
                        small = frame.reformat(WIDTH_PX, HEIGHT_PX, "rgb24").to_ndarray()
                        self._pictures.append(np.asarray(small, np.uint8))
        return self._pictures

    def path(self, name: str) -> Path:
        """Give a base film by its name in `FORMS`."""
        path = self.folder / name
        if not path.exists():
            form, codec, pix_fmt = FORMS[name]
            encode(path.with_name("making"), form, codec, pix_fmt, self.pictures(), sound=name.startswith("sound"),
                   fragments=name.startswith("fragments"))  # fmt: skip
            path.with_name("making").rename(path)
        return path

    def data(self, name: str) -> bytes:
        """Give the bytes of a base film."""
        return self.path(name).read_bytes()


def encode(
    path: Path,
    form: str,
    codec: str,
    pix_fmt: str,
    pictures: list[Image],
    *,
    rate: int = 15,
    sound: bool = False,
    fragments: bool = False,
    options: dict[str, str] | None = None,
    change: Callable[[av.VideoFrame, int], None] = lambda frame, number: None,
) -> Path:
    """Encode pictures evenly spaced; `change` may alter each frame before it is coded."""
    flags = {"movflags": "frag_keyframe+empty_moov"} if fragments else {}
    with av.open(str(path), "w", format=form, container_options=flags) as container:
        quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        stream = cast(VideoStream, container.add_stream(codec, rate=rate, options=quiet | FAST.get(codec, {})))
        stream.height, stream.width, _ = pictures[0].shape
        stream.pix_fmt = pix_fmt
        if options:
            stream.codec_context.options = {**stream.codec_context.options, **options}
        audio = container.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            change(frame, number)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio is not None:
            for number in range(int(len(pictures) / rate * 16_000) // 1024):
                beep = (np.sin(np.arange(1024) * 0.2) * (number % 5 == 0) * 0.5).astype(np.float32)
                tone = av.AudioFrame.from_ndarray(beep[None], format="fltp", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = 16_000, 1024 * number, Fraction(1, 16_000)
                container.mux(audio.encode(tone))
            container.mux(audio.encode(None))
    return path


def packets_of(path: Path) -> Iterator["Packet[VideoStream]"]:
    """Every packet of a film's picture, in the order of the file."""
    with av.open(str(path)) as container:
        yield from (packet for packet in container.demux(container.streams.video[0]) if packet.size)
