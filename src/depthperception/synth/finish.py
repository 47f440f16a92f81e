"""What a phone does to a picture: defocus, motion blur, noise, compression."""

from typing import Any

import cv2
import numpy as np

from depthperception.synth.scenario import Finish
from depthperception.types import FloatArray, Picture


def apply(picture: Picture, finish: Finish, seed: tuple[int, ...]) -> Picture:
    """Degrade a picture; `seed` decides the noise alone."""
    result: Any = picture
    if finish.defocus_px > 0.0:
        result = cv2.GaussianBlur(result, (0, 0), finish.defocus_px)
    if finish.motion_px >= 1.0:
        result = cv2.filter2D(result, -1, _streak(finish.motion_px, finish.motion_deg))
    if finish.noise > 0.0:
        grain = np.random.default_rng(seed).standard_normal(result.shape, dtype=np.float32)
        result = np.clip(result + finish.noise * grain, 0.0, 255.0).astype(np.uint8)
    if finish.jpeg_quality > 0:
        _, packed = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, finish.jpeg_quality])
        result = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.asarray(result, dtype=np.uint8)


def _streak(length_px: float, angle_deg: float) -> FloatArray:
    """Blur kernel: a line of the given length; angle 0 along x, 90 along y."""
    size = int(np.ceil(length_px)) | 1
    kernel = np.zeros((size, size), dtype=np.float32)
    centre, half = size // 2, length_px / 2.0
    step = np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))]) * half
    ends = [tuple(np.rint(centre + sign * step).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(kernel / kernel.sum(), dtype=np.float64)
