"""Writing H.264 video whose frames keep the times they were given."""

import contextlib
import os
import secrets
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.codec.context import CodecContext
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from depthperception.errors import OutputError
from depthperception.video.colour import planes_of

# Whole ticks for 24, 25, 29.97, 30, 50, 60, 120 and 240 frames per second; MPEG-4 part 2 stops at 65,535.
_TICKS_PER_S = 60_000
# PyAV's wheels bring libx264; builds without it mostly have OpenH264, and MPEG-4 part 2 is in every FFmpeg.
ENCODERS = ("libx264", "libopenh264", "mpeg4")
# Only a hint for rate control and the level written into the file: times come from the frames.
_NOMINAL_RATE = 30
# Players jump to key frames, and looking for the bottom of a lift means jumping.
_KEY_FRAME_EVERY = 30
# For encoders without constant quality: 1080p at 30 frames per second gets 6 Mbit/s.
_BITS_PER_PX = 0.1
_BT709 = 1


class VideoWriter:
    """Write an MP4 file frame by frame, as a context manager.

    The file appears, complete, when the block ends; until then there is a temporary file beside it, which an
    exception in the block removes. An existing file is replaced.

    Parameters
    ----------
    path
        File to write; its folder must exist.
    width_px, height_px
        Size of the frames. H.264 in 4:2:0 has even sides: an odd one is widened by repeating its last line.
    crf, preset
        Quality (lower is better) and speed of libx264. Measured on 1080p with sensor noise: ultrafast at 25
        takes 15 ms of processor time a frame and 7 MB for 10 s at 38 dB; veryfast at 23 takes 30 ms and 4 MB
        at 37 dB. Whoever waits for a verdict is better served by the first.
    threads
        Of the encoder; 0 lets it choose. With one the same pictures give the same bytes on a machine with more cores.
    encoders
        FFmpeg encoders to try, best first.

    Raises
    ------
    OutputError
        When the file cannot be written, or no encoder is there.
    """

    def __init__(
        self,
        path: str | Path,
        width_px: int,
        height_px: int,
        *,
        crf: int = 25,
        preset: str = "ultrafast",
        threads: int = 0,
        encoders: Sequence[str] = ENCODERS,
    ) -> None:
        if width_px < 1 or height_px < 1:
            raise ValueError(f"a frame of {width_px} x {height_px} px; both sides must be at least 1")
        self._path = Path(path)
        self._part = self._path.with_name(f".{self._path.stem}.{secrets.token_hex(4)}.part")
        self._shape = (height_px, width_px, 3)
        self._options = {"crf": str(crf), "preset": preset}
        self._threads = threads
        self._encoders = tuple(encoders)
        self._scaler = VideoReformatter()
        self._planes: av.VideoFrame | None = None
        self._last_ticks: int | None = None
        self._open: tuple[OutputContainer, VideoStream] | None = None

    def __enter__(self) -> Self:
        encoder = next((name for name in self._encoders if _opens(name)), None)
        if encoder is None:
            raise OutputError(
                f"{self._path}: this FFmpeg has none of the encoders {', '.join(self._encoders)}. "
                "Expected at least one. Install PyAV from PyPI: pip install --force-reinstall av."
            )
        try:
            # FFmpeg opens its file with the first frame; whoever cannot write should hear it before the work.
            self._part.open("xb").close()
            muxing = {"movflags": "faststart"}
            container = av.open(str(self._part.absolute()), "w", format="mp4", container_options=muxing)
        except (av.FFmpegError, OSError) as error:
            raise self._unwritable(error) from error
        stream = cast(VideoStream, container.add_stream(encoder, rate=_NOMINAL_RATE))
        _set_up(stream.codec_context, self._shape, self._options if encoder == "libx264" else {})
        stream.codec_context.thread_count = self._threads
        self._open = container, stream
        return self

    def write(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one frame.

        Parameters
        ----------
        rgb
            Array of shape (height_px, width_px, 3).
        time_s
            When it is shown, in seconds; later than the frame before by at least 1/60000 s, to which times
            are rounded.
        """
        container, stream = self._opened()
        if rgb.shape != self._shape or rgb.dtype != np.uint8:
            raise ValueError(f"a frame of shape {rgb.shape}, {rgb.dtype}; expected {self._shape}, uint8")
        ticks = round(time_s * _TICKS_PER_S)
        if self._last_ticks is not None and ticks <= self._last_ticks:
            raise ValueError(f"a frame at {time_s} s after one at {self._last_ticks / _TICKS_PER_S} s; times must rise")
        self._last_ticks = ticks
        picture = self._yuv(rgb)
        picture.pts, picture.time_base = ticks, Fraction(1, _TICKS_PER_S)
        try:
            container.mux(stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            raise self._unwritable(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            if self._open is not None:
                with contextlib.suppress(av.FFmpegError, OSError):
                    self._open[0].close()
                self._open = None
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        container, stream = self._opened()
        if self._last_ticks is None:
            raise OutputError(f"{self._path}: no frame was written. Expected at least one. Write one, or no file.")
        try:
            container.mux(stream.encode(None))
            self._open = None
            container.close()
            os.replace(self._part, self._path)
        except (av.FFmpegError, OSError) as error:
            raise self._unwritable(error) from error

    def _opened(self) -> tuple[OutputContainer, VideoStream]:
        if self._open is None:
            raise RuntimeError("a VideoWriter is used inside its with block only")
        return self._open

    def _yuv(self, rgb: NDArray[np.uint8]) -> av.VideoFrame:
        return self._scaler.reformat(
            self._filled(rgb),
            format="yuv420p",
            src_colorspace=Colorspace.DEFAULT,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )

    def _filled(self, rgb: NDArray[np.uint8]) -> av.VideoFrame:
        """Put a picture into one frame that is kept: new memory for each takes ten times as long as the copy."""
        height_px, width_px, _ = self._shape
        if height_px % 2 or width_px % 2:
            rgb = np.pad(rgb, ((0, height_px % 2), (0, width_px % 2), (0, 0)), mode="edge")
        if self._planes is None:
            self._planes = av.VideoFrame(rgb.shape[1], rgb.shape[0], "gbrp")
        green, blue, red = planes_of(self._planes)
        cv2.mixChannels([rgb], [red, green, blue], [0, 0, 1, 1, 2, 2])
        return self._planes

    def _unwritable(self, error: Exception) -> OutputError:
        return OutputError(
            f"{self._path}: cannot be written ({error}). Expected a folder that exists, with space and "
            "permission to write. Choose another place, or make room."
        )


def _opens(encoder: str) -> bool:
    """Whether an encoder is there and works: some are listed and then miss a library or a device."""
    try:
        context = CodecContext.create(encoder, "w")
        if not isinstance(context, VideoCodecContext):
            return False
        _set_up(context, (64, 64, 3), {})
        context.open()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _set_up(context: VideoCodecContext, shape: tuple[int, int, int], options: dict[str, str]) -> None:
    height_px, width_px, _ = shape
    context.width, context.height = width_px + width_px % 2, height_px + height_px % 2
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, _TICKS_PER_S)
    context.framerate = Fraction(_NOMINAL_RATE)
    context.gop_size = _KEY_FRAME_EVERY
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = ColorRange.MPEG
    if options:
        context.options = options
    else:
        context.bit_rate = round(_BITS_PER_PX * width_px * height_px * _NOMINAL_RATE)
