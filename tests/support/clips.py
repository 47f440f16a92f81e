"""Tiny video files for tests: known pictures at known times, and files that are broken in known ways."""

import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

Image = NDArray[np.uint8]
# Finer than any interval of a test; MPEG-4 part 2 knows no finer clock than 1/65535 s.
CLOCK_S = Fraction(1, 60_000)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def needs_encoder(name: str) -> pytest.MarkDecorator:
    """Skip a test where this FFmpeg cannot encode what the test needs."""
    return pytest.mark.skipif(name not in av.codecs_available, reason=f"this FFmpeg has no {name}")


def quadrants(width_px: int, height_px: int) -> Image:
    """Draw a picture that shows how it is turned: red top left, green top right, blue bottom left, white."""
    image = np.empty((height_px, width_px, 3), np.uint8)
    image[: height_px // 2, : width_px // 2] = RED
    image[: height_px // 2, width_px // 2 :] = GREEN
    image[height_px // 2 :, : width_px // 2] = BLUE
    image[height_px // 2 :, width_px // 2 :] = WHITE
    return image


def corner_names(image: Image) -> str:
    """Read the four corners of a `quadrants` picture, row by row, as letters: "RG BW" when it is upright."""
    height_px, width_px, _ = image.shape
    names = {RED: "R", GREEN: "G", BLUE: "B", WHITE: "W"}
    y_px, x_px = height_px // 4, width_px // 4
    points = [(y, x) for y in (y_px, height_px - 1 - y_px) for x in (x_px, width_px - 1 - x_px)]
    colours = [(255 * (image[point] > 127)).tolist() for point in points]
    letters = [names.get((red, green, blue), "?") for red, green, blue in colours]
    return "".join(letters[:2]) + " " + "".join(letters[2:])


def numbered(number: int, width_px: int = 96, height_px: int = 64) -> Image:
    """Draw a number below 4096 as twelve black or white fields that survive compression."""
    fields = np.array([(number >> bit) & 1 for bit in range(12)], np.uint8).reshape(3, 4) * 255
    gray = cv2.resize(fields, (width_px, height_px), interpolation=cv2.INTER_NEAREST)
    return np.repeat(np.asarray(gray, np.uint8)[:, :, None], 3, axis=2)


def number_of(image: Image) -> int:
    """Read a `numbered` picture of any size."""
    height_px, width_px, _ = image.shape
    rows = [height_px * (2 * row + 1) // 6 for row in range(3)]
    columns = [width_px * (2 * column + 1) // 8 for column in range(4)]
    bits = (image[np.ix_(rows, columns)][:, :, 1] > 127).ravel()
    return sum(1 << bit for bit, lit in enumerate(bits) if lit)


def make_clip(
    path: Path,
    pictures: Iterable[Image],
    times_s: Sequence[float],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    clock_s: Fraction = CLOCK_S,
    pixel_aspect: Fraction | None = None,
    rotation_deg: int = 0,
    mirrored: bool = False,
) -> Path:
    """Encode pictures (all of one size) to be shown at the times given; the file's name picks the container.

    The rotation is asked for in the metadata of an MP4 or MOV file; the pixels stay as they are. Times are
    rounded to the clock, which must be the interval between frames for AVI and bare H.264.
    """
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream: VideoStream | None = None
        for picture, time_s in zip(pictures, times_s, strict=True):
            if stream is None:
                stream = _video_stream(container, codec, pix_fmt, picture, options or {})
                stream.codec_context.time_base = clock_s
                if pixel_aspect is not None:
                    stream.codec_context.sample_aspect_ratio = pixel_aspect
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = round(time_s / clock_s), clock_s
            container.mux(stream.encode(frame))
        assert stream is not None
        container.mux(stream.encode(None))
    if rotation_deg or mirrored:
        set_orientation(path, rotation_deg, mirrored=mirrored)
    return path


def _video_stream(
    container: av.container.OutputContainer, codec: str, pix_fmt: str, picture: Image, options: dict[str, str]
) -> VideoStream:
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    stream = cast(VideoStream, container.add_stream(codec, rate=30, options={**quiet, **options}))
    stream.height, stream.width, _ = picture.shape
    stream.pix_fmt = pix_fmt
    return stream


def numbered_clip(path: Path, times_s: Sequence[float], *, codec: str = "libx264", **kwargs: object) -> Path:
    """Encode frames that show their own number."""
    pictures = (numbered(number) for number in range(len(times_s)))
    return make_clip(path, pictures, times_s, codec=codec, **kwargs)  # type: ignore[arg-type]


def set_orientation(path: Path, rotation_deg: int, *, mirrored: bool = False) -> None:
    """Ask players to turn the picture clockwise, then mirror it, in the track header (ISO 14496-12, 8.3.2)."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation_deg]
    flip = -1 if mirrored else 1
    matrix = (flip * cos, sin, 0, flip * -sin, cos, 0, 0, 0)
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4
    version = data[start]
    offset = start + (52 if version else 40)
    struct.pack_into(">9i", data, offset, *(value << 16 for value in matrix), 1 << 30)
    path.write_bytes(data)


def keep_part(path: Path, share: float) -> Path:
    """Cut a file off after this share of its bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * share)])
    return path


def blank_part(path: Path, begin: float, end: float) -> Path:
    """Overwrite the bytes between these shares of a file with zeros."""
    data = bytearray(path.read_bytes())
    first, last = round(len(data) * begin), round(len(data) * end)
    data[first:last] = bytes(last - first)
    path.write_bytes(data)
    return path


def blank_frames(path: Path, start_s: float, end_s: float) -> Path:
    """Overwrite the packets of the frames between two times, which lie at `pos` in an MP4 file, with zeros."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        hit = [
            (packet.pos, packet.size)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.pos and start_s <= packet.pts * packet.time_base <= end_s
        ]
    data = bytearray(path.read_bytes())
    for place, size in hit:
        data[place : place + size] = bytes(size)
    path.write_bytes(data)
    return path


def claim_frames_in_avi(path: Path, count: int) -> Path:
    """Make an AVI file state a number of frames that it does not hold."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"avih") + 8 + 16, count)
    struct.pack_into("<I", data, data.index(b"strh") + 8 + 32, count)
    path.write_bytes(data)
    return path


def audio_only(path: Path, *, cover: bool = False) -> Path:
    """Half a second of silence, with a cover picture when asked."""
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=48_000)
        art: VideoStream | None = None
        if cover:
            art = container.add_stream("png", rate=1)
            art.width, art.height, art.pix_fmt = 32, 32, "rgb24"
            # PyAV 17 takes the number only.
            art.disposition = cast(Disposition, Disposition.attached_pic.value)
        samples = np.zeros((1, 24_000), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, 0
        sound.codec_context.layout = "mono"
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
        if art is not None:
            container.mux(art.encode(av.VideoFrame.from_ndarray(quadrants(32, 32), "rgb24")))
            container.mux(art.encode(None))
    return path


def text_file(path: Path) -> Path:
    """Save the kind of page that a failed download leaves behind."""
    path.write_text("<!doctype html><title>Sign in – your session has ended</title>\n", "utf-8")
    return path


def picture_file(path: Path, kind: Literal["png", "jpg"] = "png") -> Path:
    """Save a still picture, whatever the name of the file says."""
    done, data = cv2.imencode(f".{kind}", quadrants(32, 32))
    assert done
    path.write_bytes(data.tobytes())
    return path
