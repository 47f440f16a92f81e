"""Upright frames of a video file with their true presentation times, streamed."""

import hashlib
import logging
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from depthperception.errors import OptionError
from depthperception.video.beginnings import Beginning, remember, remembered
from depthperception.video.colour import Converter
from depthperception.video.container import check_file, opened, unusable
from depthperception.video.orientation import Orientation
from depthperception.video.resampling import SAME_TIME_S, nearest
from depthperception.video.source import Recalled, Source, Turned, parts_of, span_in, turned
from depthperception.video.thumbnails import thumbnail
from depthperception.video.timestamps import Clock, ends_early, stated_duration_s

logger = logging.getLogger(__name__)

# Transport streams have no index: a seek lands somewhere near, often after the key frame that was meant.
_SEEK_LEADS_S = (0.0, 2.0, 10.0)


def unheard() -> None:
    """Let damage pass: it is logged all the same."""


@dataclass(frozen=True)
class VideoInfo:
    """What a video file says of itself, checked by decoding its first frame.

    Attributes
    ----------
    path
        The file.
    width, height
        Size in pixels of the upright picture with square pixels, as `Frame.rgb` returns it.
    rotation_deg
        0, 90, 180 or 270: the clockwise turn that the file asks for and `Frame.rgb` applies.
    mirrored
        Whether the file asks for a mirror after the turn; also applied.
    turned_deg
        The clockwise turn beyond that, of a `Turned` source.
    capture_rate_hz
        Frames a second that the camera took, where it says so as phones do of slow motion; None otherwise.
    codec
        FFmpeg's name of the codec, such as h264 or hevc.
    duration_s
        The length that the file states, None where it states none. A claim: see `ends_early`.
    mean_interval_s
        Mean time between frames that the file states, None where it states none. A claim, good for a
        progress bar; frames have their own times.
    frames
        How many frames there are; None until somebody has counted them (`dataclasses.replace`).
    """

    path: Path
    width: int
    height: int
    rotation_deg: int
    mirrored: bool
    codec: str
    duration_s: float | None
    mean_interval_s: float | None
    frames: int | None = None
    turned_deg: int = 0
    capture_rate_hz: float | None = None

    @property
    def source(self) -> Path | Turned:
        """What its frames are read from, as they are described here."""
        return turned(self.path, self.turned_deg)

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the whole file, read when first asked for."""
        return sha256_of(self.path)

    def ends_early(self, last_time_s: float) -> bool:
        """Whether a last frame at this time is more than a second short of what the file promised."""
        return ends_early(self.duration_s, last_time_s)


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: when it is shown, and what is to be seen, converted only when asked.

    A frame keeps its decoded picture alive (3 MB at 1080p), so drop it when done.

    Attributes
    ----------
    time_s
        Presentation time since the first frame of the file; the same in every pass, so it names the frame.
    """

    time_s: float
    _picture: av.VideoFrame = field(repr=False)
    _upright: Orientation = field(repr=False)
    _converter: Converter = field(repr=False)

    @property
    def is_key(self) -> bool:
        """Whether the picture is predicted from no other, so that damage before it does not reach it."""
        return bool(self._picture.key_frame)

    @property
    def is_whole(self) -> bool:
        """Whether the decoder had all of the picture."""
        return _is_whole(self._picture)

    @property
    def nbytes(self) -> int:
        """Memory that the decoded picture takes."""
        return sum(plane.buffer_size for plane in self._picture.planes)

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """Convert the picture to RGB, upright, with square pixels.

        Parameters
        ----------
        max_side_px
            Shrink the picture until neither side is longer; it is never enlarged. Sides are rounded to whole
            pixels, so scale coordinates back per axis: `x * info.width / image.shape[1]`.

        Returns
        -------
        Array of shape (height, width, 3), contiguous and the caller's own. High dynamic range is not tone
        mapped: such pictures look flat.
        """
        width_px, height_px = self._upright.stored_size_px(max_side_px)
        return self._upright.turn(self._converter.rgb(self._picture, width_px, height_px))

    def thumbnail(self) -> NDArray[np.uint8]:
        """Give grey levels of shape (32, 32), as the picture is stored: cheap enough for every frame."""
        return thumbnail(self._picture)

    def still(self, max_side_px: int | None = None) -> "Still":
        """Convert the picture, and let go of the decoded one."""
        rgb = self.rgb(max_side_px)
        return Still(self.time_s, rgb, max(rgb.shape[:2]) / max(self._upright.size_px))


@dataclass(frozen=True, eq=False)
class Still:
    """One frame as a picture, whole or shrunk.

    Attributes
    ----------
    time_s
        Presentation time, as `Frame`.
    rgb : (height, width, 3)
        As `Frame.rgb`.
    scale
        Px of this picture to one of the video's.
    """

    time_s: float
    rgb: NDArray[np.uint8]
    scale: float


def sha256_of(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(source: Source) -> VideoInfo:
    """Say what a file is, having decoded its first frame; a turned one has the size that it is shown in.

    Raises
    ------
    VideoError
        When the file is missing, or no frame of it can be decoded; the message says why and what to do.
    """
    path, turn_deg = parts_of(source)
    begins = _beginning(path)
    width_px, height_px = begins.upright.turned(turn_deg).size_px
    return VideoInfo(
        path=path,
        width=width_px,
        height=height_px,
        rotation_deg=begins.upright.rotation_deg,
        mirrored=begins.upright.mirrored,
        codec=begins.codec,
        duration_s=begins.duration_s,
        mean_interval_s=begins.mean_interval_s,
        turned_deg=turn_deg,
        capture_rate_hz=begins.capture_rate_hz,
    )


def _beginning(path: Path) -> Beginning:
    """Decode a file's first picture, where that was not done lately."""
    check_file(path)
    begins = remembered(path)
    if begins is None:
        with opened(path) as (container, stream):
            begins = Beginning.of(container, stream, first_picture(path, container, stream))
        remember(path, begins)
    return begins


def frames(
    source: Source,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    every_s: float | None = None,
    on_damage: Callable[[], None] = unheard,
) -> Generator[Frame, None, None]:
    """Stream the frames of a file in the order in which they are shown.

    Parameters
    ----------
    source
        The video file, or one that is shown turned, or a shot of one.
    start_s, end_s
        First and last time wanted, both included. The frames are the very ones of a full pass, with the same
        times; a late start costs no more than the way from the key frame before it.
    every_s
        Keep only the frame nearest to each multiple of this time, the earlier of two that are equally near.
        The others are decoded, not converted.
    on_damage
        Called for each part of the file that cannot be decoded, about when its frame was due.

    Yields
    ------
    Frames with strictly increasing times. A frame that is damaged, or comes no later than the one before it, is left
    out, a file that breaks off ends the stream: all are logged as warnings and told to `on_damage`;
    `VideoInfo.ends_early` tells where much is missing.

    Raises
    ------
    VideoError
        As `probe`, when the first frame is asked for.
    OptionError
        When the times asked for make no sense, at once.
    """
    if start_s is not None and end_s is not None and end_s < start_s:
        raise OptionError(f"end_s={end_s:g} comes before start_s={start_s:g}. Expected a span of time. Swap the two.")
    if every_s is not None and every_s <= 0:
        raise OptionError(f"every_s={every_s:g}. Expected a time above 0. Leave it out to get every frame.")
    first_s, last_s = span_in(source, start_s or 0.0, math.inf if end_s is None else end_s)
    if isinstance(source, Recalled):
        span = source.recall.frames(source, first_s, last_s, partial(_span, source.path, on_damage=on_damage))
    else:
        span = _span(source, first_s, last_s, on_damage)
    return span if every_s is None else nearest(span, every_s)


def _span(
    source: Source, start_s: float, end_s: float, on_damage: Callable[[], None], *, may_seek: bool = True
) -> Generator[Frame, None, None]:
    path, turn_deg = parts_of(source)
    with opened(path) as (container, stream):
        pictures = _pictures(container, stream, on_damage)
        begins = remembered(path) if start_s > 0 and may_seek else None
        if begins is None:
            first = _first_picture(path, pictures)
            begins = Beginning.of(container, stream, first)
            remember(path, begins)
            pictures = chain([first], pictures)
        upright, clock = begins.upright.turned(turn_deg), begins.clock.again()
        if start_s > 0 and may_seek and clock.by_presentation:
            landed = _pictures_from(container, stream, clock, start_s)
            if landed is None:
                yield from _span(source, start_s, end_s, on_damage, may_seek=False)
                return
            pictures = landed
        converter = Converter()
        last_s = 0.0
        for picture, time_s in clock.timed(pictures, on_damage):
            if time_s > end_s + SAME_TIME_S:
                return
            last_s = time_s
            if time_s >= start_s - SAME_TIME_S:
                yield Frame(time_s, picture, upright, converter)
        clock.warn_of_losses(path)
        stated_s = stated_duration_s(container, stream)
        if ends_early(stated_s, last_s):
            logger.warning("%s ends early: %.2f s of the %.2f s that it states", path, last_s, stated_s)


def first_picture(path: Path, container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    """Decode the first picture of a file.

    Raises
    ------
    VideoError
        When there is none.
    """
    return _first_picture(path, _pictures(container, stream))


def _first_picture(path: Path, pictures: Iterator[av.VideoFrame]) -> av.VideoFrame:
    first = next(pictures, None)
    if first is None:
        raise unusable(path, "no frame of it can be decoded", "Copy it again, or export it as MP4 (H.264)")
    return first


def _pictures(
    container: InputContainer, stream: VideoStream, on_damage: Callable[[], None] = unheard, *, since: int | None = None
) -> Iterator[av.VideoFrame]:
    """Every picture that decodes, in presentation order; damage costs the pictures that it hit.

    Before a time stamp `since` pictures may be missing that nobody needs, H.264's decoder for others neither.
    """
    damaged = 0
    for packet in _packets(container, stream, on_damage):
        if since is not None and stream.codec_context.codec.canonical_name == "h264":
            early = packet is not None and packet.pts is not None and packet.pts < since
            stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
        try:
            decoded = None if packet is not None and packet.is_corrupt else stream.decode(packet)
        except (av.FFmpegError, ValueError, OverflowError):
            # The last two are PyAV's own, of numbers in a header that are none.
            decoded = None
        whole = [] if decoded is None else [picture for picture in decoded if _is_whole(picture)]
        if decoded is None or len(whole) < len(decoded):
            damaged += 1
            on_damage()
        yield from whole
    if damaged:
        logger.warning("%s: %d damaged packets were left out", container.name, damaged)


def _is_whole(picture: av.VideoFrame) -> bool:
    """Whether the decoder had all of a picture: what it made up of its neighbours shows nobody where he is."""
    return not picture.is_corrupt and picture.width > 0 and picture.height > 0


def _packets(
    container: InputContainer, stream: VideoStream, on_damage: Callable[[], None]
) -> Iterator["Packet[VideoStream] | None"]:
    """Packets until the file ends or breaks, then what empties the decoder."""
    try:
        yield from container.demux(stream)
    except (av.FFmpegError, IndexError) as error:
        # IndexError: PyAV's own, when a stream that the header did not announce turns up in the middle.
        logger.warning("%s cannot be read to its end: %s", container.name, error)
        on_damage()
        yield None


def _pictures_from(
    container: InputContainer, stream: VideoStream, clock: Clock, start_s: float
) -> Iterator[av.VideoFrame] | None:
    """Pictures from a key frame at or before a time on; None when the file does not seek there."""
    wanted, since = clock.ticks_at(start_s), clock.ticks_at(start_s - 3.0 * SAME_TIME_S)
    for lead_s in _SEEK_LEADS_S:
        try:
            container.seek(clock.ticks_at(start_s - lead_s), stream=stream)
        except av.FFmpegError:
            return None
        pictures = _pictures(container, stream, since=since)
        landed = next(pictures, None)
        if landed is not None and landed.pts is not None and landed.pts <= wanted:
            return chain([landed], pictures)
    return None
