"""Damage that knows a container's own parts: MP4 boxes, EBML elements, RIFF chunks, TS packets, GIF blocks."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from tests.support.campaign.damage import WORDS
from tests.support.campaign.films import Films
from tests.support.campaign.inputs import Made, kind, one_of

PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf", b"udta"}
MASTERS = {0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x1F43B675, 0xA0, 0x1C53BB6B, 0xBB, 0xB7, 0x114D9B74}
"""IDs of Matroska's elements that hold others (RFC 9559)."""


@dataclass(frozen=True)
class Part:
    """A part of a file: where it starts, where its content starts, where it ends, its size field."""

    start: int
    body: int
    end: int
    size_at: int
    size_bytes: int


def mp4_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Every box, those inside of others too."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size = struct.unpack_from(">I", data, start)[0]
        if size < 8 or start + size > end:
            return
        yield Part(start, start + 8, start + size, start, 4)
        if data[start + 4 : start + 8] in PARENTS:
            yield from mp4_boxes(data, start + 8, start + size)
        start += size


def _vint(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length


def elements(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Every EBML element, those inside of others too."""
    end = len(data) if end is None else end
    while start + 2 <= end and data[start]:
        name, id_bytes = _vint(data, start, keep_marker=True)
        if start + id_bytes >= end or not data[start + id_bytes]:
            return
        size, size_bytes = _vint(data, start + id_bytes, keep_marker=False)
        body = start + id_bytes + size_bytes
        stop = min(end, body + size)
        yield Part(start, body, stop, start + id_bytes, size_bytes)
        if name in MASTERS:
            yield from elements(data, body, stop)
        start = stop


def chunks(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Every RIFF chunk, those inside of lists too."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size = struct.unpack_from("<I", data, start + 4)[0]
        stop = min(end, start + 8 + size + size % 2)
        yield Part(start, start + 8, stop, start + 4, 4)
        if data[start : start + 4] in (b"RIFF", b"LIST"):
            yield from chunks(data, start + 12, stop)
        start = stop


def changed(  # noqa: PLR0911  (a way to damage each)
    rng: Generator, data: bytes, parts: list[Part]
) -> bytes:
    """Change one part: its size, its name, a number in it; or leave it out, double it, swap it, put it in itself."""
    one, other = (parts[int(rng.integers(len(parts)))] for _ in range(2))
    whole = data[one.start : one.end]
    how = int(rng.integers(8))
    if how == 0:
        value = WORDS[int(rng.integers(len(WORDS)))] & (256**one.size_bytes - 1)
        return _over(data, one.size_at, value.to_bytes(one.size_bytes, "big"))
    if how == 1:
        near = int.from_bytes(data[one.size_at : one.size_at + one.size_bytes], "big") + int(rng.integers(-40, 41))
        return _over(data, one.size_at, (near % 256**one.size_bytes).to_bytes(one.size_bytes, "big"))
    if how == 2:
        return data[: one.start] + data[one.end :]
    if how == 3:
        return data[: one.end] + whole * int(rng.integers(1, 30)) + data[one.end :]
    if how == 4:
        first, last = sorted((one, other), key=lambda part: part.start)
        if first.end > last.start:
            return data[: one.body] + whole + data[one.body :]
        middle = data[first.end : last.start]
        return (
            data[: first.start]
            + data[last.start : last.end]
            + middle
            + data[first.start : first.end]
            + data[last.end :]
        )
    if how == 5:
        return _over(data, one.start + int(rng.integers(max(1, one.body - one.start))), rng.bytes(1))
    room = max(1, min(one.end - one.body, 400) - 3)
    size = (1, 2, 4, 4, 8)[int(rng.integers(5))]
    value = WORDS[int(rng.integers(len(WORDS)))] % 256**size
    return _over(data, one.body + int(rng.integers(room)), value.to_bytes(size, "big"))


def _over(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


FINDERS: dict[str, tuple[Callable[[bytes], Iterator[Part]], tuple[str, ...]]] = {
    "mp4": (mp4_boxes, ("h264.mp4", "sound.mp4", "fragments.mp4", "hevc.mov", "film.3gp", "prores.mov")),
    "matroska": (elements, ("h264.mkv", "vp9.webm")),
    "avi": (chunks, ("mpeg4.avi", "mjpeg.avi")),
}


def _register(container: str) -> None:
    finder, names = FINDERS[container]

    @kind(f"container.{container}")
    def damaged(rng: Generator, films: Films, folder: Path) -> Made:
        name = one_of(rng, names)
        data = films.data(name)
        for _ in range(int(rng.integers(1, 4))):
            parts = [part for part in finder(data) if part.end > part.body]
            # Most parts are frames; the small ones say how they are to be read.
            small = [part for part in parts if part.end - part.start < 2000]
            data = changed(rng, data, small if small and rng.random() < 0.8 else parts) if parts else data
        path = folder / name
        path.write_bytes(data)
        return Made(path)


for _container in FINDERS:
    _register(_container)

TS_BYTES = 188


@kind("container.ts")
def transport(rng: Generator, films: Films, folder: Path) -> Made:
    """Packets of a transport stream lost, doubled, out of order, of another stream, scrambled, with other times."""
    name = one_of(rng, ("h264.ts", "mpeg2.ts"))
    data = films.data(name)
    packets = [bytearray(data[k : k + TS_BYTES]) for k in range(0, len(data), TS_BYTES)]
    for _ in range(int(2 ** rng.uniform(0, 5))):
        k, how = int(rng.integers(len(packets))), int(rng.integers(7))
        one = packets[k]
        if how == 0 and len(packets) > 1:
            del packets[k]
        elif how == 1:
            packets.insert(k, one)
        elif how == 2:
            other = int(rng.integers(len(packets)))
            packets[k], packets[other] = packets[other], one
        elif how == 3:
            one[1:3] = rng.bytes(2)
        elif how == 4:
            one[3] = int(rng.integers(256))
        elif how == 5:
            one[4 + int(rng.integers(30))] = int(rng.integers(256))
        else:
            packets[k] = one[: int(rng.integers(1, TS_BYTES))]
    path = folder / name
    path.write_bytes(b"".join(packets))
    return Made(path)


@kind("container.gif")
def gif(rng: Generator, films: Films, folder: Path) -> Made:
    """Screen, frames' places, sizes and delays, colours and codes of a GIF."""
    data = films.data("film.gif")
    places = [k for k in range(len(data) - 10) if data[k] == 0x2C or data[k : k + 2] == b"\x21\xf9"] or [6]
    for _ in range(int(rng.integers(1, 6))):
        at = (places[int(rng.integers(len(places)))] + int(rng.integers(10))) if rng.random() < 0.7 else (
            6 + int(rng.integers(7)))  # fmt: skip
        value = (0, 1, 0xFF, 0xFFFF, 0x4000, int(rng.integers(65536)))[int(rng.integers(6))]
        data = _over(data, at, struct.pack("<H", value)[: int(rng.integers(1, 3))])
    path = folder / "film.gif"
    path.write_bytes(data)
    return Made(path)
