"""Whether a browser can play a video as it is, and a copy that it can."""

from itertools import chain
from pathlib import Path

from depthperception.errors import VideoError
from depthperception.types import Progress, Step, silent
from depthperception.video import VideoInfo, VideoWriter, frames
from depthperception.video.container import opened

LONGEST_SIDE_PX = 1280
"""Of the proxy, which only runs between the stops; the frames that are looked at come from the video itself."""

PRESET, CRF = "veryfast", 23
"""For copies that are kept: per video/writing.py half the bytes of its default at twice the time."""

_H264 = frozenset({"yuv420p", "yuvj420p"})
_SOUNDS = frozenset({"aac", "mp3", "mp3float", "opus", "libopus", "vorbis"})
_PLAYABLE = {"h264": ("mp4", _H264), "vp8": ("webm", {"yuv420p"}), "vp9": ("webm", {"yuv420p"})}


def is_playable(info: VideoInfo) -> bool:
    """Say whether every browser plays a file with the times that we give its frames.

    That is H.264 with 8 bits and 4:2:0 in MP4, or VP8 or VP9 in WebM with a stated length (recordings of a browser
    have none and cannot be stepped); not mirrored, which browsers ignore, with its first picture at time 0, and with
    sound that browsers know or none.
    """
    wanted = _PLAYABLE.get(info.codec)
    if wanted is None or info.mirrored or info.duration_s is None:
        return False
    family, formats = wanted
    with opened(info.path) as (container, stream):
        brand = container.metadata.get("major_brand", "").strip()
        named = family in container.format.name and brand != "qt"
        first = next(container.decode(stream), None)
        starts_at_zero = first is not None and first.pts == 0
        pixels = stream.codec_context.format
        right_pixels = pixels is not None and pixels.name in formats
        sounds = {sound.codec_context.name for sound in container.streams.audio if sound.codec_context}
        return named and starts_at_zero and right_pixels and sounds <= _SOUNDS


def write_proxy(path_out: Path, video: Path, duration_s: float, on_progress: Progress = silent) -> None:
    """Write an H.264 MP4 whose frames have the times of the video's (to 1/60000 s), upright, without sound.

    Raises
    ------
    VideoError, OutputError
    """
    stream = frames(video)
    first = next(stream, None)
    if first is None:
        raise VideoError(f"{video}: no frame of it can be decoded. Expected a video. Export it as MP4 (H.264).")
    height_px, width_px = first.rgb(max_side_px=LONGEST_SIDE_PX).shape[:2]
    with VideoWriter(path_out, width_px, height_px, crf=CRF, preset=PRESET) as writer:
        for frame in chain([first], stream):
            writer.write(frame.rgb(max_side_px=LONGEST_SIDE_PX), frame.time_s)
            on_progress(Step.MAKE_PLAYABLE, min(1.0, frame.time_s / max(duration_s, 1e-3)))
