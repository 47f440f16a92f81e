"""Opening a file as a video, or saying why it is not one."""

import codecs
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from depthperception.errors import VideoError

# A file may name other files or addresses to play; only the file that the user named is to be read.
_ONLY_FILES = {"protocol_whitelist": "file"}
_PLAYLISTS = frozenset({"concat", "concatf", "dash", "hls", "imf", "sdp"})
_PICTURES = frozenset({"image2", "tty"})
# ISO 14496-12 brands of still pictures: HEIF, HEIC and AVIF share their container with MP4.
_PICTURE_BRANDS = frozenset({"avif", "heic", "heix", "mif1"})
# Box types with which MP4 and MOV files begin.
_MP4_STARTS = frozenset({b"ftyp", b"free", b"mdat", b"moov", b"skip", b"wide"})
_HEAD_BYTES = 4096

LARGEST_SIDE_PX, LARGEST_AREA_PX = 8192, 8192 * 4352
"""8K and a little: no camera films more, and a few frames of 16384 x 16384 take the machine's memory, from a file of
some kB."""

LEAST_THREADS, MOST_THREADS = 2, 4
"""That decode one file. Each reads a picture ahead, which a short look into a film throws away, and keeps two: over the
looks of a judgement at 1080p two take 1.53 s of the processor and 48 MB, three, as many as FFmpeg takes on two cores,
1.60 s and 52 MB, sixteen 2.03 s and 143 MB."""

# The decoder refuses larger pictures itself, before it sets memory aside, wherever in the file they come.
_NOT_LARGER = {"max_pixels": str(LARGEST_AREA_PX)}


@contextmanager
def opened(path: Path) -> Generator[tuple[InputContainer, VideoStream], None, None]:
    """Open `path` and pick its film: the video stream that a player would show.

    Raises
    ------
    VideoError
        When there is no such file, or it holds no video that can be decoded.
    """
    check_file(path)
    try:
        container = container_of(path)
    except av.FFmpegError as error:
        raise unusable(path, *_why_not_opened(path, error)) from error
    with container:
        yield container, _film(container, path)


def container_of(path: Path) -> InputContainer:
    """Open a file by FFmpeg as every stranger's file is opened: it names no other file, and no huge picture.

    Raises
    ------
    av.FFmpegError
        When FFmpeg cannot.
    """
    # The absolute path keeps FFmpeg from reading a colon in a file's name as a protocol. Tags in another encoding than
    # UTF-8 are no reason to refuse a film.
    return av.open(
        str(path.absolute()), "r", options=_NOT_LARGER, container_options=_ONLY_FILES, metadata_errors="replace"
    )


def unusable(path: Path, found: str, to_do: str) -> VideoError:
    """Build the error that says what was found, what is expected and what to do."""
    return VideoError(f"{path}: {found}. Expected a video that FFmpeg can decode, such as .mp4 or .mov. {to_do}.")


def check_file(path: Path) -> None:
    """Refuse what is no file that can be read, before anything is decoded.

    Raises
    ------
    VideoError
    """
    try:
        if not path.exists():
            _refuse(path, "there is no such file", "Check the name and the folder")
        if path.is_dir():
            _refuse(path, "this is a folder", "Name a video file inside it")
        if not path.is_file():
            _refuse(path, "this is a device or a pipe, not a file", "Save the video to a file first")
        with path.open("rb") as file:
            if not file.read(1):
                _refuse(path, "the file is empty (0 bytes)", "Copy or download it again")
    except PermissionError as error:
        raise unusable(path, "this user may not read it", "Change its permissions, or copy it") from error
    except OSError as error:
        raise unusable(path, f"it cannot be read ({error.strerror})", "Check the disk, or copy it again") from error


def _refuse(path: Path, found: str, to_do: str) -> NoReturn:
    raise unusable(path, found, to_do)


def _why_not_opened(path: Path, error: av.FFmpegError) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[4:8] in _MP4_STARTS:
        if not _has_index(path):
            found = "an MP4 or MOV file whose index (the moov box) is missing: it was cut off"
        else:
            found = f"an MP4 or MOV file with a damaged index ({error.strerror})"
        return found, "Copy it from the phone or camera again, or repair it with a tool such as untrunc"
    if _is_text(head):
        return "the file holds text", "Check that the download or the export did not save a message instead"
    return f"not a video format that FFmpeg knows ({error.strerror})", "Export it as MP4 (H.264) and try again"


def _is_text(head: bytes) -> bool:
    try:
        # Incremental: the last character may be cut in two.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _has_index(path: Path) -> bool:
    """Walk the top-level boxes (ISO 14496-12, 4.2) of an MP4 file, looking for the whole moov box."""
    end = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        while offset + 8 <= end:
            file.seek(offset)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if size == 1:
                size = int.from_bytes(head[8:16], "big")
            if kind == b"moov":
                return offset + size <= end
            if size < 8:
                return False
            offset += size
    return False


def _film(container: InputContainer, path: Path) -> VideoStream:
    _refuse_formats(container, path)
    cover = Disposition.attached_pic
    films = [stream for stream in container.streams.video if not Disposition(stream.disposition) & cover]
    if not films:
        found = "it holds sound but no picture" if container.streams.audio else "it holds no video stream"
        _refuse(path, found, "Name the file that holds the picture")
    best = container.streams.best("video")
    film = next((stream for stream in films if stream is best), films[0])
    if film.codec_context is None:
        _refuse(path, "its video codec has no decoder here", "Export it as MP4 (H.264) and try again")
    width_px, height_px = film.codec_context.width, film.codec_context.height
    if max(width_px, height_px) > LARGEST_SIDE_PX or width_px * height_px > LARGEST_AREA_PX:
        _refuse(
            path,
            f"its picture has {width_px} x {height_px} px, more than {LARGEST_SIDE_PX} px a side or 8K in all",
            "Export it smaller, for instance 1920 x 1080",
        )
    film.codec_context.options = _NOT_LARGER
    film.thread_type = "AUTO"
    film.codec_context.thread_count = min(max(LEAST_THREADS, os.cpu_count() or 1), MOST_THREADS)
    return film


def _refuse_formats(container: InputContainer, path: Path) -> None:
    name = container.format.name
    brand = container.metadata.get("major_brand", "").strip()
    if name in _PLAYLISTS:
        _refuse(path, f"a playlist ({name}) that points to other files", "Name the video file itself")
    if name in _PICTURES or name.endswith("_pipe") or brand in _PICTURE_BRANDS:
        _refuse(path, "a still picture or text, not a film", "Name the video that the picture was taken from")
