"""Decoded pictures to RGB."""

import threading
from collections import defaultdict

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

# Untagged video of this height and more is BT.709, below it is BT.601: what players assume.
_HD_HEIGHT_PX = 720
# Area averaging neither shifts nor aliases (swscale's fast bilinear moves a picture by .9 px); the flag, which
# PyAV names since 18 only (SWS_FULL_CHR_H_INT), keeps the colours from being half as wide as the rest.
_SHRINKING = int(Interpolation.AREA) | 0x2000
# ITU-T H.273 matrix coefficients to swscale's own numbers. PyAV's enumeration has BT.2020 (9) since 17 only.
_MATRICES: dict[int, int] = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: 9,
    10: 9,
}


class Converter:
    """Decoded pictures to RGB, by FFmpeg's scaler.

    A scaler is kept for every size: setting one up for each picture costs about a millisecond, and megabytes
    for as long as the picture lives.
    """

    def __init__(self) -> None:
        self._scalers: defaultdict[tuple[int, int], VideoReformatter] = defaultdict(VideoReformatter)
        self._lock = threading.Lock()

    def rgb(self, picture: av.VideoFrame, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Convert one picture to an array of shape (height_px, width_px, 3), in the stored orientation."""
        shrinks = width_px < picture.width or height_px < picture.height
        # Shrunk to planes of colours a picture takes less than half of the time: 1.5 ms for 3.5 of 1080p to 960 px.
        # Both sides are named in full: what is left out means different things in different PyAV versions.
        with self._lock:
            converted = self._scalers[width_px, height_px].reformat(
                picture,
                width_px,
                height_px,
                "gbrp" if shrinks else "rgb24",
                src_colorspace=_matrix_of(picture),
                dst_colorspace=Colorspace.DEFAULT,
                src_color_range=_range_of(picture),
                dst_color_range=ColorRange.JPEG,
                interpolation=_SHRINKING if shrinks else Interpolation.BILINEAR,
            )
        if not shrinks:
            return np.asarray(converted.to_ndarray(), np.uint8)
        green, blue, red = planes_of(converted)
        return np.asarray(cv2.merge([red, green, blue]), np.uint8)


def planes_of(picture: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """Give the planes (height, width) of a picture of eight bits as they lie in memory, to be read or written."""
    planes = picture.planes
    rows = [np.frombuffer(memoryview(one), np.uint8).reshape(one.height, one.line_size) for one in planes]
    return [row[:, : plane.width] for row, plane in zip(rows, planes, strict=True)]


def _matrix_of(picture: av.VideoFrame) -> int:
    untagged = Colorspace.ITU709 if picture.height >= _HD_HEIGHT_PX else Colorspace.ITU601
    return _MATRICES.get(picture.colorspace, untagged)


def _range_of(picture: av.VideoFrame) -> ColorRange:
    full = picture.color_range == ColorRange.JPEG or picture.format.name.startswith("yuvj")
    return ColorRange.JPEG if full else ColorRange.MPEG
