"""The square of the picture that the pose network looks at."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from depthperception.types import FloatArray, Picture

REACH = 0.85
"""Half the diagonal of a square is .71 of its side; the largest jitter makes it .8."""


@dataclass(frozen=True)
class Region:
    """A square region: centre in px, side in px, rotation in radians (clockwise in the picture is positive)."""

    x_px: float
    y_px: float
    side_px: float
    rotation_rad: float = 0.0

    def to_picture(self, size: int) -> FloatArray:
        """Affine 2x3 that takes crop px (0..size) to picture px."""
        scale = self.side_px / size
        cos, sin = np.cos(self.rotation_rad) * scale, np.sin(self.rotation_rad) * scale
        linear = np.array([[cos, -sin], [sin, cos]])
        centre = np.array([self.x_px, self.y_px])
        return np.column_stack([linear, centre - linear @ np.full(2, size / 2)])

    def crop(self, picture: "Picture | Cutout", size: int) -> Picture:
        """Cut the region out of a picture as `size` x `size`; what lies outside the picture is black."""
        part = picture if isinstance(picture, Cutout) else cut_out(picture, self, size)
        if not part.picture.size:
            return np.zeros((size, size, 3), np.uint8)
        # cv2 counts from pixel centres, everything else here from pixel corners.
        matrix = self.to_picture(size)
        matrix[:, 2] = (matrix[:, 2] + matrix[:, :2] @ [0.5, 0.5] - [part.left_px, part.top_px]) / part.step - 0.5
        matrix[:, :2] /= part.step
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(part.picture, matrix, (size, size), flags=flags), np.uint8)

    def jittered(self, *, scale: float = 1.0, turn_rad: float = 0.0, dx: float = 0.0, dy: float = 0.0) -> "Region":
        """Change the region a little: relative scale, added rotation, shift in sides."""
        return replace(
            self,
            x_px=self.x_px + dx * self.side_px,
            y_px=self.y_px + dy * self.side_px,
            side_px=self.side_px * scale,
            rotation_rad=self.rotation_rad + turn_rad,
        )


@dataclass(frozen=True, eq=False)
class Cutout:
    """The part of a picture round a region, shrunk by a whole step: all that looks at this region need.

    Attributes
    ----------
    picture
        The part, a `step`-th of its size.
    left_px, top_px
        Where its corner lies in the whole picture.
    step
        Pixels of the whole picture to one of the part.
    """

    picture: Picture
    left_px: float
    top_px: float
    step: float


def cut_out(rgb: Picture, region: Region, size: int, *, scale: float = 1.0) -> Cutout:
    """Keep what crops of `size` px of a region, jittered too, need of a picture.

    `scale` is the picture's size over that of the one that the region is in.

    A region much larger than `size` is shrunk by whole steps, so that the same lifter looks alike in a 720p and in a
    4K video, and so that a frame can be kept for later looks in a megabyte.
    """
    x_px, y_px, side_px = (scale * value for value in (region.x_px, region.y_px, region.side_px))
    step = max(1, int(side_px / size))
    reach = REACH * side_px
    left, top = (max(0, int(c - reach)) for c in (x_px, y_px))
    bottom, right = (max(first + step, int(c + reach)) for first, c in ((top, y_px), (left, x_px)))
    part: Picture = rgb[top:bottom, left:right]
    if part.size and step > 1:
        shrunk = (max(1, part.shape[1] // step), max(1, part.shape[0] // step))
        whole = part[: shrunk[1] * step, : shrunk[0] * step]
        part = np.asarray(cv2.resize(whole, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
    return Cutout(part if step > 1 else part.copy(), left / scale, top / scale, step / scale)


def box_iou(one: FloatArray, other: FloatArray) -> float:
    """Area that two boxes (4,) of x0, y0, x1, y1 share, over the area that they cover: intersection over union."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    both = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / max(both - shared, 1e-9)
