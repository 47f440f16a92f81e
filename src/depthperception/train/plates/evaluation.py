"""Precision, recall and average precision of found boxes, with how far chance could move them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.barbell.plate_detector import PlateBox
from depthperception.geometry.roi import box_iou
from depthperception.types import BoolArray, FloatArray

MATCH_IOU = 0.5
"""A found box that overlaps a plate's so much is right, as PASCAL VOC counts."""

IGNORED_SHARE = 0.5
"""A found box that lies by so much in an ignored one is neither right nor wrong."""


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Found boxes of one picture, judged.

    Attributes
    ----------
    scores, right : (n,)
        Of the finds that count.
    plates
        How many there were to be found.
    group
        The picture's scene.
    """

    scores: FloatArray
    right: BoolArray
    plates: int
    group: int


@dataclass(frozen=True)
class Rates:
    """Precision and recall at a threshold, and the average precision over all thresholds; all 0 to 1."""

    precision: float
    recall: float
    average_precision: float


@dataclass(frozen=True)
class Evaluation:
    """Rates, and the ends of their 95 % intervals over scenes drawn again."""

    rates: Rates
    low: Rates
    high: Rates
    pictures: int
    scenes: int
    plates: int


def judge_picture(found: Sequence[PlateBox], boxes_px: FloatArray, ignored: BoolArray, group: int) -> Verdicts:
    """Match finds, the surest first, each to the free plate that it overlaps most."""
    free = list(boxes_px[~ignored])
    scores, right = [], []
    for find in sorted(found, key=lambda each: -each.score):
        overlaps = [box_iou(find.box_px, box) for box in free]
        best = int(np.argmax(overlaps)) if overlaps else -1
        hit = best >= 0 and overlaps[best] >= MATCH_IOU
        if hit:
            free.pop(best)
        elif any(_inside(find.box_px, box) >= IGNORED_SHARE for box in boxes_px[ignored]):
            continue
        scores.append(find.score)
        right.append(hit)
    return Verdicts(np.array(scores), np.array(right, dtype=bool), int((~ignored).sum()), group)


def evaluate(verdicts: Sequence[Verdicts], threshold: float, draws: int = 1000, seed: int = 0) -> Evaluation:
    """Rates of judged pictures; the interval draws scenes with replacement, for pictures of a scene are alike."""
    groups = np.array([each.group for each in verdicts])
    scenes = np.unique(groups)
    members = {int(scene): np.flatnonzero(groups == scene) for scene in scenes}
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        drawn = np.concatenate([members[int(scene)] for scene in rng.choice(scenes, len(scenes))])
        rates = rates_of([verdicts[int(k)] for k in drawn], threshold)
        rows.append((rates.precision, rates.recall, rates.average_precision))
    low, high = np.nanquantile(np.array(rows), (0.025, 0.975), axis=0)
    return Evaluation(
        rates_of(verdicts, threshold),
        Rates(*map(float, low)),
        Rates(*map(float, high)),
        len(verdicts),
        len(scenes),
        sum(each.plates for each in verdicts),
    )


def rates_of(verdicts: Sequence[Verdicts], threshold: float) -> Rates:
    """Precision and recall at a threshold, and the area under the curve with its dents filled (as COCO does)."""
    scores = np.concatenate([each.scores for each in verdicts])
    right = np.concatenate([each.right for each in verdicts]).astype(np.float64)
    plates = max(1, sum(each.plates for each in verdicts))
    told = scores >= threshold
    precision = float(right[told].mean()) if told.any() else float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    precisions = hits / np.arange(1, len(hits) + 1)
    filled = np.maximum.accumulate(precisions[::-1])[::-1]
    return Rates(precision, float(right[told].sum()) / plates, float((filled * right[order]).sum()) / plates)


def _inside(box: FloatArray, other: FloatArray) -> float:
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    return float(np.prod(np.maximum(sides, 0.0)) / max(float(np.prod(box[2:] - box[:2])), 1e-9))
