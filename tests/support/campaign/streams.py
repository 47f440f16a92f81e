"""Damage inside of streams: packets lost, doubled, swapped, spoilt; times, sizes and turns that make no sense."""

import struct
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.random import Generator

from tests.support.campaign.damage import bits, cut
from tests.support.campaign.films import FORMS, Films, encode, packets_of
from tests.support.campaign.inputs import Made, kind, one_of

Packets = list[tuple[bytes, int | None, int | None, bool]]
"""Bytes, presentation time, decoding time in ticks of the base, and whether it is a key frame."""

SOURCES = ("h264.mp4", "h264.mkv", "vp9.webm", "mpeg4.avi", "hevc.mov", "mjpeg.avi")
TARGETS = {"mp4": "film.mp4", "matroska": "film.mkv", "avi": "film.avi", "mpegts": "film.ts", "mov": "film.mov"}
TICKS_S = 90_000


def remux(source: Path, target: Path, form: str, change: Callable[[Packets], Packets]) -> Path:
    """Write the packets of a film anew, changed; what the container refuses is left out."""
    with av.open(str(source)) as origin, av.open(str(target), "w", format=form) as container:
        template = origin.streams.video[0]
        stream = container.add_stream_from_template(template)
        ticks = TICKS_S * float(template.time_base or 1)
        packets: Packets = [
            (bytes(one), _ticks(one.pts, ticks), _ticks(one.dts, ticks), one.is_keyframe)
            for one in origin.demux(template)
            if one.size
        ]
        # What was written until something is refused is an input too.
        with suppress(av.FFmpegError, ValueError, OverflowError):
            container.start_encoding()
            for number, (data, pts, dts, is_key) in enumerate(change(packets)):
                _mux(container, stream, (data, pts, dts, is_key), number)
        with suppress(av.FFmpegError, ValueError):
            container.close()
    return target


def _ticks(at: int | None, scale: float) -> int | None:
    return None if at is None else round(at * scale)


def _mux(
    container: av.container.OutputContainer, stream: VideoStream, one: tuple[bytes, int | None, int | None, bool],
    number: int,
) -> None:  # fmt: skip
    data, pts, dts, is_key = one
    packet = cast("Packet[VideoStream]", Packet(data))
    packet.stream, packet.time_base = stream, Fraction(1, TICKS_S)
    packet.pts, packet.dts, packet.is_keyframe = pts, dts, is_key
    try:
        container.mux_one(packet)
    except (av.FFmpegError, ValueError, OverflowError):
        # Muxers want decoding times that grow: the absurd presentation time is what is to be kept.
        packet.time_base, packet.dts = Fraction(1, TICKS_S), number * 6000
        packet.pts = max(number * 6000, pts or 0)
        try:
            container.mux_one(packet)
        except (av.FFmpegError, ValueError, OverflowError):
            return


def lose(rng: Generator, packets: Packets) -> Packets:
    """Leave packets out: some, a run, or the key frames."""
    how = int(rng.integers(3))
    if how == 0:
        return [one for one in packets if rng.random() < 0.7]
    start, count = int(rng.integers(len(packets))), int(rng.integers(1, len(packets)))
    keys = [one for k, one in enumerate(packets) if not one[3] or k == 0]
    return packets[:start] + packets[start + count :] if how == 1 else keys


def shuffle(rng: Generator, packets: Packets) -> Packets:
    """Double packets, or exchange their content."""
    out = list(packets)
    for _ in range(int(rng.integers(1, 8))):
        a, b = int(rng.integers(len(out))), int(rng.integers(len(out)))
        if rng.random() < 0.5:
            out[a], out[b] = (out[b][0], *out[a][1:]), (out[a][0], *out[b][1:])
        else:
            out.insert(b, out[a])
    return out


def spoil(rng: Generator, packets: Packets) -> Packets:
    """Flip bits in packets, cut them short, empty them, or write noise after them."""
    out = list(packets)
    for _ in range(int(rng.integers(1, 12))):
        k = int(rng.integers(len(out)))
        data, *rest = out[k]
        data = [bits(rng, data or b"\0"), cut(rng, data or b"\0"), b"\0", data + rng.bytes(500), rng.bytes(300)][
            int(rng.integers(5))
        ]
        out[k] = (data, *rest)  # type: ignore[assignment]
    return out


def retime(rng: Generator, packets: Packets) -> Packets:
    """Give absurd times: far, negative, gapped, backwards, all the same, extremely dense or sparse."""
    how = int(rng.integers(9))
    count = len(packets)
    even = np.arange(count, dtype=np.int64) * 6000
    draws: list[Callable[[], np.ndarray]] = [
        lambda: even + np.where(np.arange(count) >= count // 2, int(2 ** rng.uniform(17, 42)), 0),
        lambda: even - int(2 ** rng.uniform(10, 40)),
        lambda: rng.permutation(even),
        lambda: even[::-1],
        lambda: np.zeros(count, np.int64),
        lambda: np.arange(count, dtype=np.int64),
        lambda: np.arange(count, dtype=np.int64) * int(2 ** rng.uniform(20, 40)),
        lambda: np.cumsum((2 ** rng.uniform(0, 32, count)).astype(np.int64)),
        lambda: even + rng.integers(-20_000, 20_000, count),
    ]
    times = draws[how]()
    return [(data, int(at), int(at), key) for (data, _, _, key), at in zip(packets, times, strict=True)]


CHANGES: dict[str, Callable[[Generator, Packets], Packets]] = {
    "lost": lose, "shuffled": shuffle, "spoilt": spoil, "times": retime,
}  # fmt: skip


def _register(name: str) -> None:
    @kind(f"stream.{name}")
    def damaged(rng: Generator, films: Films, folder: Path) -> Made:
        source = films.path(one_of(rng, SOURCES))
        form = one_of(rng, list(TARGETS))
        target = folder / TARGETS[form]
        try:
            remux(source, target, form, lambda packets: CHANGES[name](rng, packets))
        except (av.FFmpegError, ValueError):  # a codec that the container does not take
            form = "matroska"
            target = folder / TARGETS[form]
            remux(source, target, form, lambda packets: CHANGES[name](rng, packets))
        return Made(target)


for _name in CHANGES:
    _register(_name)


@kind("stream.mpeg_times")
def table_times(rng: Generator, films: Films, folder: Path) -> Made:
    """Times, edit lists, sizes and turns in the tables of an MP4 that is else whole."""
    name = one_of(rng, ("h264.mp4", "hevc.mov", "sound.mp4"))
    data = bytearray(films.data(name))
    tables = {b"stts": 8, b"ctts": 8, b"elst": 8, b"mdhd": 12, b"mvhd": 12, b"tkhd": 40, b"stsz": 8, b"stss": 8}
    for _ in range(int(rng.integers(1, 4))):
        table = (*tables, b"tkhd", b"elst")[int(rng.integers(len(tables) + 2))]
        at = data.find(table)
        if at < 0:
            continue
        start = at + 4 + tables[table] + 4 * int(rng.integers(0, 9))
        value = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x10000, int(rng.integers(2**32)))[int(rng.integers(7))]
        data[start : start + 4] = struct.pack(">I", value)
    path = folder / name
    path.write_bytes(bytes(data))
    return Made(path)


@kind("stream.matrix")
def matrix(rng: Generator, films: Films, folder: Path) -> Made:
    """A display matrix that is no turn: zeros, shears, scales, extremes."""
    name = one_of(rng, ("h264.mp4", "hevc.mov"))
    data = bytearray(films.data(name))
    at = data.index(b"tkhd") + 44
    choices = (0, 1 << 16, -(1 << 16), 1, 2**31 - 1, -(2**31), int(rng.integers(-(2**31), 2**31)))
    values = [int(choices[int(rng.integers(len(choices)))]) for _ in range(9)]
    struct.pack_into(">9i", data, at, *values)
    path = folder / name
    path.write_bytes(bytes(data))
    return Made(path)


@kind("stream.changing")
def changing(rng: Generator, films: Films, folder: Path) -> Made:
    """Another size, pixel format or codec setting in the middle: packets of two films in one stream."""
    form, name, codec = (
        ("mpegts", "film.ts", "libx264"), ("h264", "film.h264", "libx264"), ("mpegts", "film.ts", "mpeg2video"),
        ("matroska", "film.mkv", "mjpeg"), ("avi", "film.avi", "mjpeg"), ("matroska", "film.mkv", "libvpx-vp9"),
    )[int(rng.integers(6))]  # fmt: skip
    pictures = films.pictures()
    sizes = [(48, 64), (256, 144), (16, 16), (1280, 720), (144, 256), (2048, 1152), (98, 66)]
    parts = []
    for number in range(int(rng.integers(2, 4))):
        width, height = sizes[int(rng.integers(len(sizes)))]
        shown = pictures[:6]
        resized = [np.asarray(np.resize(one, (height, width, 3)), np.uint8) for one in shown]
        formats = {"libx264": ("yuv420p", "yuv444p", "yuv422p"), "mjpeg": ("yuvj420p", "yuvj444p")}
        pix_fmt = one_of(rng, formats.get(codec, ("yuv420p",)))
        own = "matroska" if form in ("matroska", "avi") else form
        parts.append(encode(folder / f"part{number}", own, codec, pix_fmt, resized))
    target = folder / name
    if form in ("matroska", "avi"):
        others = [
            (bytes(packet), None, None, packet.is_keyframe)
            for part in parts[1:]
            for packet in packets_of(part)
        ]  # fmt: skip

        def more(packets: Packets) -> Packets:
            mixed = [*packets, *others, *packets]
            return [(data, 6000 * k, 6000 * k, key) for k, (data, _, _, key) in enumerate(mixed)]

        remux(parts[0], target, form, more)
    else:
        target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return Made(target)


@kind("stream.claims")
def claims(rng: Generator, films: Films, folder: Path) -> Made:
    """Frame rate, aspect ratio, clock and size that a header claims, against what the pictures are."""
    rate = (1, 2, 7, 1000, 30_000)[int(rng.integers(5))]
    aspect = (Fraction(1, 10_000), Fraction(10_000, 1), Fraction(1, 255), Fraction(32_767, 1), Fraction(3, 2))
    path = folder / one_of(rng, ("film.mkv", "film.mp4", "film.avi", "film.nut"))
    form = {"mkv": "matroska"}.get(path.suffix[1:], path.suffix[1:])
    with av.open(str(path), "w", format=form) as container:
        stream = cast(VideoStream, container.add_stream(one_of(rng, ("mpeg4", "mjpeg", "libx264")), rate=rate))
        picture = films.pictures()[0]
        stream.height, stream.width, _ = picture.shape
        stream.pix_fmt = "yuvj420p" if stream.name == "mjpeg" else "yuv420p"
        stream.codec_context.sample_aspect_ratio = aspect[int(rng.integers(len(aspect)))]
        try:
            for number, one in enumerate(films.pictures()):
                frame = av.VideoFrame.from_ndarray(one, "rgb24")
                frame.pts, frame.time_base = number, Fraction(1, rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        except (av.FFmpegError, ValueError):
            return Made(films.path(one_of(rng, list(FORMS))))
    return Made(path)
