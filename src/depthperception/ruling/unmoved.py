"""Whether something that stays hides the legs at the bottom: a title laid over the film, a box before the lifter.

Where somebody squats the picture changes, at hips and knees about as much as at the shoulders, whatever is behind them.
"""

from collections.abc import Iterable

import cv2
import numpy as np

from depthperception.depth.evidence import Evidence
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.proof import SeenPoints
from depthperception.ruling.occlusion import nearer_leg_hidden
from depthperception.types import FloatArray
from depthperception.video import FrameCache, Still

UNMOVED = 0.1
"""Change of the picture at hips and knees over that at the shoulders below which nothing moves there. Of 24 looks at
bottoms of 14 real films the least is .29; of three rendered ones with a plate of one colour laid over both legs 0,
of one with a heavily compressed picture .59."""

MARGIN = 0.06
"""About the points, over the lifter's height: the thigh is about as thick."""

BEHIND_WHAT_STAYS = (
    "Something that does not move hides hips and knees at the bottom, as a title laid over the film does: "
    "judge the film without it, or film from where nothing is in the way."
)
"""What is said then."""


def legs_unmoved(
    cache: FrameCache, descent_s: tuple[float, float], evidence: Evidence, seen: SeenPoints | None
) -> str | None:
    """Ask `behind_what_stays` where the nearer leg is not seen at the bottom.

    Parameters
    ----------
    cache
        Gives the film's pictures.
    descent_s
        From its start to the bottom.
    evidence, seen
        Of the attempt, and what is seen of its legs.
    """
    if evidence.cover is None or evidence.legs is None or not nearer_leg_hidden(evidence.cover, seen, evidence.camera):
        return None
    places_px = evidence.legs.deciding_px, evidence.bottom.median_px[SHOULDERS]
    height_px = float(np.ptp(evidence.standing.median_px[:, 1]))
    return behind_what_stays(cache.stills(*descent_s), descent_s[1], *places_px, height_px)


def behind_what_stays(
    stills: Iterable[Still], bottom_s: float, legs_px: FloatArray, shoulders_px: FloatArray, height_px: float
) -> str | None:
    """Say that nothing moves where the legs are at the bottom, while the lifter comes down; None where something does.

    Parameters
    ----------
    stills
        Pictures from the start of the descent to the bottom.
    bottom_s
        When he is lowest.
    legs_px : (4, 2)
        Creases and tops of the knee there.
    shoulders_px : (2, 2)
        Shoulders there.
    height_px
        Of his landmarks, standing.
    """
    pictures = list(stills)
    if len(pictures) < 2:
        return None
    lowest = min(pictures, key=lambda one: abs(one.time_s - bottom_s))
    others = [one for one in pictures if one is not lowest]
    about_px = MARGIN * height_px
    legs, shoulders = (max(_change(lowest, one, at, about_px) for one in others) for at in (legs_px, shoulders_px))
    return BEHIND_WHAT_STAYS if legs < UNMOVED * shoulders else None


def _change(one: Still, other: Still, points_px: FloatArray, margin_px: float) -> float:
    """Mean difference of two pictures about some points, in grey levels; nan where these are out of them."""
    low, high = points_px.min(axis=0) - margin_px, points_px.max(axis=0) + margin_px
    left, top = np.maximum(low * one.scale, 0.0).astype(int)
    right, bottom = np.maximum(high * one.scale, 0.0).astype(int)
    parts = [still.rgb[top:bottom, left:right] for still in (one, other)]
    if 0 in parts[0].shape:
        return float("nan")
    return float(cv2.absdiff(*(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY) for part in parts)).mean())
