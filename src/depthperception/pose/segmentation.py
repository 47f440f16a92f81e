"""Which pixels are the lifter's: BlazePose's own person mask.

The mask head takes two maps of the heavy network's decoder. It is cut out as a small network of its own
(tools/convert_models.py), so it costs something only where a mask is wanted. What he holds or wears counts as him: a
plate in front of his shoulder often lies inside the mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.geometry.roi import Cutout, Region
from depthperception.models import session
from depthperception.pose.blazepose import SIZE_PX, inner_values
from depthperception.types import BoolArray, FloatArray, Picture

EVEN = 0.5
"""Probability from which a pixel counts as the lifter's."""


FINER = 4
"""The mask is enlarged by this before it is outlined, or the outline would follow its pixels' corners."""

SPECK = 30.0
"""Pixels of a part or a hole that is not worth an outline: 6 cm across in a region of 2.2 m."""


@dataclass(frozen=True, eq=False)
class Mask:
    """Where in a region of the picture the lifter is seen.

    Attributes
    ----------
    region
        The part of the picture.
    probability : (256, 256)
        That a pixel of the region shows him, 0 to 1.
    """

    region: Region
    probability: NDArray[np.float32]

    def at(self, points_px: FloatArray) -> FloatArray:
        """Probability (...) at points (..., 2) of the picture; 0 outside of the region."""
        x, y = np.moveaxis(self._in_region(points_px), -1, 0).astype(np.float32)
        found = cv2.remap(self.probability, x.reshape(1, -1), y.reshape(1, -1), cv2.INTER_LINEAR)
        return np.asarray(found, np.float64).reshape(x.shape)

    def pixels_px(self) -> FloatArray:
        """Centres (n, 2), in the picture, of the mask's pixels that show him."""
        rows, columns = np.nonzero(self.lifter)
        return self._to_picture(np.column_stack([columns, rows]).astype(np.float64) + 0.5)

    def outlines_px(self) -> tuple[FloatArray, ...]:
        """Closed outlines (n, 2) of him in the picture, and of the holes in him."""
        alone = np.where(self.lifter | (self.probability <= EVEN), self.probability, np.float32(0.0))
        large = cv2.resize(alone, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC)
        found, _ = cv2.findContours((large > EVEN).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        kept = (cv2.approxPolyDP(one, 1.0, True)[:, 0] for one in found if cv2.contourArea(one) > SPECK * FINER**2)
        return tuple(self._to_picture((one.astype(np.float64) + 0.5) / FINER) for one in kept)

    @property
    def pixel_px(self) -> float:
        """Side of one of the mask's pixels, in px of the picture."""
        return self.region.side_px / SIZE_PX

    @property
    def lifter(self) -> BoolArray:
        """His pixels (256, 256): the largest connected part, for what lies apart is somebody or something else."""
        count, parts, stats, _ = cv2.connectedComponentsWithStats((self.probability > EVEN).astype(np.uint8))
        if count < 2:
            return np.zeros(self.probability.shape, bool)
        return np.asarray(parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))

    def _in_region(self, points_px: FloatArray) -> FloatArray:
        """Take points of the picture to the mask's pixel centres, as cv2 counts."""
        matrix = self.region.to_picture(SIZE_PX)
        return np.asarray((points_px - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T - 0.5)

    def _to_picture(self, points: FloatArray) -> FloatArray:
        matrix = self.region.to_picture(SIZE_PX)
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def find_masks(tasks: Sequence[tuple[Picture | Cutout, Region]], *, mirrored: bool = True) -> list[Mask]:
    """Find the person in the middle of each region.

    Parameters
    ----------
    tasks
        A picture, or what was kept of it, and the region.
    mirrored
        Look in the mirror too, at twice the cost, and take the mean.
    """
    crops = [region.crop(picture, SIZE_PX) for picture, region in tasks]
    found = masks_of(crops)
    if mirrored:
        found = np.mean([found, masks_of([crop[:, ::-1] for crop in crops])[:, :, ::-1]], axis=0, dtype=np.float32)
    return [Mask(region, one) for (_, region), one in zip(tasks, found, strict=True)]


def masks_of(crops: Sequence[Picture]) -> NDArray[np.float32]:
    """Probability (n, 256, 256) that pixels of crops of 256 x 256 px show the person in their middle."""
    head = session("pose_mask", threads=1)
    names = [value.name for value in head.get_inputs()]
    logits = []
    for values in inner_values(crops, names):
        feeds = {name: value[None] for name, value in zip(names, values, strict=True)}
        (found,) = head.run(None, feeds)
        logits.append(found.reshape(SIZE_PX, SIZE_PX))
    return np.asarray(1.0 / (1.0 + np.exp(-np.stack(logits))), np.float32)
