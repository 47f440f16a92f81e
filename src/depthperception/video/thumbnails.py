"""Small grey pictures of single frames, cheap enough for every one, and how alike two of them are."""

from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from depthperception.types import BoolArray, FloatArray, Picture

SIDE_PX = 32
"""Of a thumbnail, whatever the picture's shape: a person who fills it is still a hand's breadth a pixel."""

SAMPLES = 4
"""Rows, and columns, of the picture behind each of its thumbnail: all of them cost ten times as much, and differ by a
grey level."""

PARTS = 4
"""A side has so many parts, which are compared each by itself: a subtitle or a passer-by changes few of them."""

BLUR_PX = 0.7
"""Gaussian sigma: a picture that shakes by a pixel of its thumbnail stays like itself."""

LEAST_CONTRAST = 2.0
"""Sd of grey levels, slope taken out, in a part that shows something: codecs' noise, averaged over a pixel of the
thumbnail, is under one level."""

SLOPE = np.linalg.qr(
    np.column_stack(
        [np.ones((SIDE_PX // PARTS) ** 2), *np.mgrid[: SIDE_PX // PARTS, : SIDE_PX // PARTS].reshape(2, -1)]
    )
)[0]
"""What two rooms have in common, and two views of one: darker below than above. It is taken out of every part: with it
three of ten pairs of rendered clips, all of one gym, hardly differ more than stills of one film do."""


@dataclass(frozen=True)
class Look:
    """What a thumbnail shows.

    Attributes
    ----------
    patterns : (parts, pixels)
        Of each part its grey levels less their mean and slope, of length 1.
    contrasts : (parts,)
        Sd of these levels.
    """

    patterns: FloatArray
    contrasts: FloatArray

    @property
    def shows(self) -> bool:
        """Whether there is anything to see: not in black, white or plain pictures."""
        return bool(self.contrasts.max() >= LEAST_CONTRAST)


def thumbnail(picture: av.VideoFrame) -> Picture:
    """Shrink a decoded picture to grey levels (32, 32), as it is stored: not turned upright."""
    rows, unused_bits = _brightness(picture)
    down, across = (max(1, size // (SAMPLES * SIDE_PX)) for size in rows.shape)
    sampled = np.asarray(rows[down // 2 :: down, across // 2 :: across] >> unused_bits, np.uint8)
    return np.asarray(cv2.resize(sampled, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def look_at(grey: Picture) -> Look:
    """Take a thumbnail apart."""
    calm = cv2.GaussianBlur(grey.astype(np.float64), (0, 0), BLUR_PX)
    side = SIDE_PX // PARTS
    parts = calm.reshape(PARTS, side, PARTS, side).swapaxes(1, 2).reshape(PARTS**2, side**2)
    patterns = parts - (parts @ SLOPE) @ SLOPE.T
    lengths = np.sqrt(np.einsum("ij,ij->i", patterns, patterns))
    return Look(patterns / np.maximum(lengths, 1e-6)[:, None], lengths / side)


def levels_of(look: Look) -> FloatArray:
    """Grey levels (parts, pixels) of a thumbnail's parts less their mean and slope."""
    return np.asarray(look.patterns * (look.contrasts * SIDE_PX / PARTS)[:, None])


def showing(one: Look, other: Look) -> BoolArray:
    """Which parts (parts,) show anything in one of two pictures."""
    return np.asarray(np.maximum(one.contrasts, other.contrasts) >= LEAST_CONTRAST)


def change(one: Look, other: Look) -> float:
    """How much else one picture shows than another: 1 - correlation in the middle one of all parts that show anything.

    0 the same, about 1 where they have nothing to do with each other; brightness and contrast do not count.
    """
    shown = showing(one, other)
    if not shown.any():
        return 0.0
    alike = np.sort(np.einsum("ij,ij->i", one.patterns, other.patterns)[shown])
    return 1.0 - float(alike[(len(alike) - 1) // 2] + alike[len(alike) // 2]) / 2.0


def _brightness(picture: av.VideoFrame) -> tuple[NDArray[np.unsignedinteger], int]:
    """Brightness (height, width), and the bits of it beyond eight; as it lies in memory where it lies by itself."""
    luma = picture.format.components[0]
    if not (luma.is_luma and picture.format.is_planar):
        return np.asarray(VideoReformatter().reformat(picture, format="gray").to_ndarray(), np.uint8), 0
    plane = picture.planes[0]
    wide = luma.bits > 8
    levels: NDArray[np.unsignedinteger] = np.frombuffer(memoryview(plane), np.uint16 if wide else np.uint8)
    rows = levels.reshape(plane.height, -1)[:, : plane.width]
    in_high_bits = picture.format.name.startswith("p0")
    return rows, (8 if in_high_bits else luma.bits - 8)
