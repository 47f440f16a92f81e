"""What of the lifter the picture's edges cut off, while standing and at the bottoms."""

from collections.abc import Sequence

import numpy as np

from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, TOES, WRISTS, Landmark
from depthperception.pose.samples import PoseSamples
from depthperception.types import FloatArray

SKIN_M = 0.05
"""From the joint of a knee to its front: nearer to an edge it is cut off. Of 19 rendered bottoms whose knee's joint a
crop put 3 cm beyond the side, the network put it 2 cm beyond it to 10 cm inside (two thirds)."""

HEAD_OVER_EYES_M = 0.09
"""Top of the head over the eyes: 12 cm in a lifter of 1.72 m (as `scale.OVER_EYES`), 9 cm where he looks down by 40
degrees."""

FEET = np.concatenate([ANKLES, HEELS, TOES])
EYES = np.array([Landmark.LEFT_EYE, Landmark.RIGHT_EYE])

EDGES = ("left", "right", "upper", "lower")

PARTS = ("hips", "knees", "feet", "head", "hands")
"""From the costliest: without hips and knees there is no depth, without head or feet no scale by the height. Hands at
the side are where the bar goes out of the picture."""


def is_whole(standing: PoseSamples, picture_px: tuple[int, int]) -> bool:
    """Whether head and feet of the standing lifter are in the picture, so that he has a height there."""
    return not any(edges_that_cut(standing, part, picture_px) for part in ("head", "feet"))


def shows_legs(bottom: PoseSamples, picture_px: tuple[int, int]) -> bool:
    """Whether hips and knees are in the picture: what the trained head says of others is said of a guess."""
    return not any(edges_that_cut(bottom, part, picture_px) for part in ("hips", "knees"))


def edges_that_cut(samples: PoseSamples, part: str, picture_px: tuple[int, int]) -> tuple[str, ...]:
    """Name the edges of the picture at which a part of the body is cut off, or beyond which it is."""
    points, margin_px = _part_px(samples, part)
    width_px, height_px = picture_px
    (left, upper), (right, lower) = points.min(axis=0), points.max(axis=0)
    cut = (left < margin_px, right > width_px - margin_px, upper < margin_px, lower > height_px - margin_px)
    return tuple(edge for edge, beyond in zip(EDGES, cut, strict=True) if beyond)


def _part_px(samples: PoseSamples, part: str) -> tuple[FloatArray, float]:
    """Points (n, 2) of a part of the body, and how near to an edge they may be."""
    image, px_per_m = samples.median_px, samples.px_per_m
    if part == "head":
        eyes = image[EYES].mean(axis=0)
        return np.stack([eyes, eyes - [0.0, HEAD_OVER_EYES_M * px_per_m]]), 0.0
    if part == "knees":
        return image[KNEES], SKIN_M * px_per_m
    return image[{"hips": HIPS, "feet": FEET, "hands": WRISTS}[part]], 0.0


def framing_advice(
    standing: PoseSamples, bottoms: Sequence[PoseSamples], picture_px: tuple[int, int]
) -> tuple[str, ...]:
    """Say what is cut off, at which edges and when, the costliest first; what is cut off alike in one sentence."""
    alike: dict[tuple[str, str], list[str]] = {}
    for part in PARTS:
        upright = edges_that_cut(standing, part, picture_px)
        low = {edge for bottom in bottoms for edge in edges_that_cut(bottom, part, picture_px)}
        edges = [edge for edge in EDGES if edge in upright or edge in low]
        moments = [words for words, when in (("while standing", upright), ("at the bottom", low)) if when]
        if edges:
            where = f"{' and '.join(edges)} edge{'s' * (len(edges) > 1)}"
            alike.setdefault((where, " and ".join(moments)), []).append(part)
    return tuple(
        f"The {' and '.join(parts)} {'is' if parts == ['head'] else 'are'} cut off at the {where} of the picture "
        f"{moments}: film the whole lifter and bar."
        for (where, moments), parts in alike.items()
    )
