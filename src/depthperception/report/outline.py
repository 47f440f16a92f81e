"""The lifter's outline, round what the program takes for him."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from depthperception.geometry.roi import Region
from depthperception.people import PersonTrack
from depthperception.pose.inpainting import alone
from depthperception.pose.segmentation import find_masks
from depthperception.pose.track import PoseTrack
from depthperception.report.drawing import INK, MIDDLE, SUBPIXEL_BITS
from depthperception.results import Judgement
from depthperception.types import FloatArray, Picture


@dataclass(frozen=True)
class Outliner:
    """Finds the outline of the one who was judged in frames of a video, among others."""

    track: PoseTrack
    judgement: Judgement
    people: Sequence[PersonTrack] = ()

    def at(self, picture: Picture, time_s: float, scale: float = 1.0) -> tuple[FloatArray, ...]:
        """Give closed outlines (n, 2), in px of a picture that is `scale` times as large as the video's."""
        if not len(self.track):
            return ()
        chosen = self.judgement.at(time_s).lifter
        if chosen and self.people:
            others = [self.people[other.number - 1] for other in chosen.others]
            picture = alone(picture, self.people[chosen.number - 1], others, time_s, scale=scale)
        region = self.track.region_at(time_s)
        seen = Region(region.x_px * scale, region.y_px * scale, region.side_px * scale, region.rotation_rad)
        (mask,) = find_masks([(picture, seen)], mirrored=False)
        return mask.outlines_px()


def draw_outlines(canvas: Picture, outlines: Sequence[FloatArray], width_px: float) -> None:
    """Draw closed lines, dark rims first so that they read on any background."""
    points = [np.rint((one - 0.5) * (1 << SUBPIXEL_BITS)).astype(np.int32) for one in outlines]
    for colour, width in ((INK, 2.0 * width_px), (MIDDLE, width_px)):
        cv2.polylines(canvas, points, True, colour, max(1, round(width)), cv2.LINE_AA, SUBPIXEL_BITS)
