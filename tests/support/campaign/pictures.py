"""Pictures of every shape and pixel format, and those that are far larger than their files."""

import struct
import zlib
from pathlib import Path

import av
import numpy as np
from numpy.random import Generator

from tests.support.campaign.films import Films, encode
from tests.support.campaign.inputs import Made, kind, one_of

FORMATS: tuple[tuple[str, str, str], ...] = (
    ("film.mov", "prores_ks", "yuva444p10le"), ("film.mov", "qtrle", "argb"), ("film.mov", "png", "rgba"),
    ("film.mov", "png", "rgb48be"), ("film.mov", "png", "gray16be"), ("film.mov", "png", "monob"),
    ("film.mov", "png", "pal8"), ("film.mkv", "ffv1", "yuva420p"), ("film.mkv", "ffv1", "gray12le"),
    ("film.mkv", "ffv1", "gbrp12le"), ("film.mkv", "ffv1", "yuv444p16le"), ("film.mkv", "ffv1", "yuv410p"),
    ("film.mkv", "ffv1", "bgra"), ("film.mkv", "ffv1", "gray"), ("film.webm", "libvpx-vp9", "yuva420p"),
    ("film.webm", "libvpx-vp9", "yuv444p12le"), ("film.webm", "libvpx-vp9", "gbrp"), ("film.mp4", "libx265",
    "yuv422p12le"),
    ("film.mp4", "libx265", "gbrp10le"), ("film.mp4", "libx265", "gray12le"), ("film.mp4", "libx264", "yuv444p10le"),
    ("film.mp4", "libx264", "gray"), ("film.mp4", "libx264", "nv21"), ("film.avi", "rawvideo", "bgr24"),
    ("film.avi", "rawvideo", "yuyv422"), ("film.avi", "rawvideo", "rgb555le"), ("film.avi", "huffyuv", "yuv422p"),
    ("film.mkv", "exr", "gbrpf32le"), ("film.mkv", "tiff", "rgb48le"), ("film.mov", "dnxhd", "yuv422p"),
    ("film.apng", "apng", "rgba"), ("film.avi", "rawvideo", "monow"), ("film.mkv", "libsvtav1", "yuv420p10le"),
)  # fmt: skip
SIZES = ((1, 1), (2, 2), (1, 64), (64, 1), (3, 5), (17, 33), (33, 1000), (4000, 2), (2, 4000), (640, 361), (31, 31))
"""Width and height."""


def _shown(films: Films, width: int, height: int, count: int) -> list[np.ndarray]:
    one = films.pictures()[0]
    rows = np.linspace(0, one.shape[0] - 1, height).astype(int)
    columns = np.linspace(0, one.shape[1] - 1, width).astype(int)
    return [np.ascontiguousarray(np.roll(one, 4 * k, axis=0)[rows][:, columns]) for k in range(count)]


def _form(path: Path) -> str:
    return {"mkv": "matroska"}.get(path.suffix[1:], path.suffix[1:])


@kind("pictures.formats", "pictures.sizes")
def formats(rng: Generator, films: Films, folder: Path) -> Made:
    """A pixel format, at a size."""
    for _ in range(20):
        name, codec, pix_fmt = FORMATS[int(rng.integers(len(FORMATS)))]
        width, height = SIZES[int(rng.integers(len(SIZES)))]
        path = folder / name
        try:
            return Made(encode(path, _form(path), codec, pix_fmt, _shown(films, width, height, 5)))
        except (av.FFmpegError, ValueError, MemoryError):
            continue  # a size that this codec does not take
    return Made(films.path("h264.mp4"))


@kind("pictures.interlaced")
def interlaced(rng: Generator, films: Films, folder: Path) -> Made:
    """Fields, upper or lower first."""
    codec, form = (("libx264", "mp4"), ("mpeg2video", "mpegts"))[int(rng.integers(2))]
    fields = {"flags": "+ilme+ildct", "x264-params": "interlaced=1"} if codec == "libx264" else {"flags": "+ilme+ildct"}
    path = folder / f"film.{form}"
    return Made(encode(path, form, codec, "yuv420p", films.pictures(), options=fields))


LARGE = (8192, 9000, 16_384, 20_000, 32_000, 65_500)


@kind("pictures.huge")
def huge(rng: Generator, films: Films, folder: Path) -> Made:
    """Pictures that unpack to a thousand times their files: GIF, PNG in MOV, MJPEG, H.264, FFV1 and VP9."""
    how = int(rng.integers(6))
    side = LARGE[int(rng.integers(3 if how in (1, 3, 4, 5) else len(LARGE)))]
    height = side if rng.random() < 0.5 else int(rng.integers(2, 200)) * 2
    if how == 0:
        path = folder / "film.gif"
        path.write_bytes(films.data("film.gif")[:6] + struct.pack("<HH", side, height) + films.data("film.gif")[10:])
        return Made(path)
    if how == 1:
        path = folder / "film.apng"
        path.write_bytes(_png(side, height))
        return Made(path)
    if how == 2:
        data = bytearray(films.data("mjpeg.avi"))
        at = data.find(b"\xff\xc0")
        while at >= 0:
            struct.pack_into(">HH", data, at + 5, height, side)
            at = data.find(b"\xff\xc0", at + 1)
        path = folder / "film.avi"
        path.write_bytes(bytes(data))
        return Made(path)
    if how == 3:
        return _claimed(rng, films, folder, side, height)
    name, codec = (("film.mkv", "ffv1"), ("film.mp4", "mpeg4"))[how - 4]
    path = folder / name
    plain = np.zeros((min(height, 8200), min(side, 8200), 3), np.uint8)
    try:
        return Made(encode(path, _form(path), codec, "yuv420p", [plain] * 2))
    except (av.FFmpegError, ValueError, MemoryError):
        return _claimed(rng, films, folder, side, height)


def _claimed(rng: Generator, films: Films, folder: Path, side: int, height: int) -> Made:
    """A film whose container states another size than its pictures have."""
    name = one_of(rng, ("h264.mp4", "hevc.mov", "prores.mov", "film.3gp"))
    data = bytearray(films.data(name))
    for entry in (b"avc1", b"hvc1", b"hev1", b"apch", b"apcn", b"mp4v", b"s263"):
        at = data.find(entry)
        if at >= 0:
            struct.pack_into(">HH", data, at + 28, min(side, 65_535), min(height, 65_535))
    path = folder / name
    path.write_bytes(bytes(data))
    return Made(path)


def _png(width: int, height: int) -> bytes:
    """An APNG of two black pictures."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    control = struct.pack(">IIIIHHBB", width, height, 0, 0, 1, 10, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
            chunk(b"acTL", struct.pack(">II", 2, 0)),
            chunk(b"fcTL", struct.pack(">I", 0) + control),
            chunk(b"IDAT", data),
            chunk(b"fcTL", struct.pack(">I", 1) + control),
            chunk(b"fdAT", struct.pack(">I", 2) + data),
            chunk(b"IEND", b""),
        ]
    )


@kind("pictures.many")
def many(rng: Generator, films: Films, folder: Path) -> Made:
    """A great many tiny pictures, or one that is shown for very long."""
    count = int(10 ** rng.uniform(2.5, 3.5))
    path = folder / "film.mkv"
    tiny = np.zeros((16, 16, 3), np.uint8)
    return Made(encode(path, "matroska", "mpeg4", "yuv420p", [tiny] * count, rate=int(10 ** rng.uniform(0, 4))))
