"""Damage that knows nothing of formats: bits, blocks, cuts, files put together."""

import struct
from pathlib import Path

import numpy as np
from numpy.random import Generator

from tests.support.campaign.films import FORMS, Films
from tests.support.campaign.inputs import Made, kind, one_of

WORDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
"""Numbers at which sizes and counters go wrong."""

HEAD_BYTES = 4096


def bits(rng: Generator, data: bytes) -> bytes:
    """Flip one to some hundred bits."""
    out = bytearray(data)
    for place in rng.integers(0, len(out), int(2 ** rng.uniform(0, 8))):
        out[place] ^= 1 << int(rng.integers(8))
    return bytes(out)


def head_bits(rng: Generator, data: bytes) -> bytes:
    """Flip bits where a file says what it is."""
    ends = min(len(data), HEAD_BYTES)
    return bits(rng, data[:ends]) + data[ends:] if rng.random() < 0.5 else data[:-ends] + bits(rng, data[-ends:])


def block(rng: Generator, data: bytes) -> bytes:
    """Write zeros, ones or noise over a part."""
    start = int(rng.integers(len(data)))
    size = min(len(data) - start, int(2 ** rng.uniform(0, 14)))
    filled = (bytes(size), b"\xff" * size, rng.bytes(size))[int(rng.integers(3))]
    return data[:start] + filled + data[start + size :]


def move(rng: Generator, data: bytes) -> bytes:
    """Leave a part out, double it, or put it elsewhere."""
    start = int(rng.integers(len(data)))
    part = data[start : start + int(2 ** rng.uniform(0, 14))]
    rest = data[:start] + data[start + len(part) :]
    where = int(rng.integers(len(rest) + 1))
    how = int(rng.integers(3))
    return rest if how == 0 else data[:start] + part + data[start:] if how == 1 else rest[:where] + part + rest[where:]


def word(rng: Generator, data: bytes) -> bytes:
    """Put an extreme number over four bytes, mostly near an end of the file."""
    ends = min(len(data) - 4, HEAD_BYTES)
    start = int(rng.integers(ends)) + (0 if rng.random() < 0.5 else len(data) - 4 - ends)
    value = struct.pack((">I", "<I")[int(rng.integers(2))], WORDS[int(rng.integers(len(WORDS)))])
    return data[:start] + value + data[start + 4 :]


def cut(rng: Generator, data: bytes) -> bytes:
    """End it anywhere, at the beginning too."""
    return data[: max(1, int(len(data) * rng.uniform(0, 1) ** (1, 4)[int(rng.integers(2))]))]


HOW = {"bits": bits, "head": head_bits, "block": block, "move": move, "word": word, "cut": cut}


def several(rng: Generator, data: bytes, how: str) -> bytes:
    """Do the damage once, or a few times."""
    for _ in range(1 if how == "cut" else int(rng.integers(1, 4))):
        data = HOW[how](rng, data) if len(data) > 8 else data
    return data or b"\0"


def _register(how: str) -> None:
    @kind(f"bytes.{how}")
    def damaged(rng: Generator, films: Films, folder: Path) -> Made:
        name = one_of(rng, list(FORMS))
        path = folder / name
        path.write_bytes(several(rng, films.data(name), how))
        return Made(path)


for _how in HOW:
    _register(_how)

ZIP = b"PK\x03\x04\x14\0\0\0\0\0" + bytes(20)
PREFIXES = (
    b"<!doctype html><script>alert(1)</script>\n", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ZIP, b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"#!/bin/sh\nrm -rf /\n", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n",
    b"RIFF\xff\xff\xff\xffAVI ", b"\x1aE\xdf\xa3", b"ID3\x04\0\0\0\0\x0f\x7f", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
    b"\x7fELF\x02\x01\x01", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"SQLite format 3\0", b"OggS", b"FLV\x01\x05\0\0\0\x09",
    b"[Script Info]\n", b"1\n00:00:00,000 --> 00:00:01,000\nx\n",
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    b"<MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>", b"\0\0\x01\xba",
)  # fmt: skip
"""Beginnings of other formats, of scripts, and of lists that point to other files."""


@kind("together.concatenated")
def concatenated(rng: Generator, films: Films, folder: Path) -> Made:
    """Two films, or parts of them, one after the other in one file."""
    names = [one_of(rng, list(FORMS)) for _ in range(2)]
    path = folder / names[0]
    pieces = [cut(rng, films.data(name)) if rng.random() < 0.5 else films.data(name) for name in names]
    path.write_bytes(b"".join(pieces))
    return Made(path)


@kind("together.polyglot")
def polyglot(rng: Generator, films: Films, folder: Path) -> Made:
    """A film that begins, or ends, as something else."""
    name = one_of(rng, list(FORMS))
    prefix = PREFIXES[int(rng.integers(len(PREFIXES)))]
    data = films.data(name)
    pads = bytes(int(rng.integers(0, 1000)))
    whole = [prefix + data, data + prefix, prefix + pads + data, prefix + data[len(prefix) :]][int(rng.integers(4))]
    path = folder / one_of(rng, list(FORMS))
    path.write_bytes(whole)
    return Made(path)


@kind("together.noise")
def noise(rng: Generator, films: Films, folder: Path) -> Made:
    """No film: noise behind a beginning that promises one."""
    path = folder / one_of(rng, list(FORMS))
    start = PREFIXES[int(rng.integers(len(PREFIXES)))] if rng.random() < 0.5 else films.data(path.name)[:64]
    body = np.repeat(rng.integers(0, 256, 400), rng.integers(1, 40, 400)).astype(np.uint8).tobytes()
    path.write_bytes(start + body)
    return Made(path)
