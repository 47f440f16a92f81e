"""Who lifts in which clip, inferred where nobody says: from body proportions, then from where the feet stand.

A split that has the same lifter, or the same set, on both sides measures memory: honest protocols need these groups.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from depthperception.attempts.heights import STANDING_SHARE
from depthperception.errors import DataError
from depthperception.geometry.skeletons import ANKLES, HIPS, SHOULDERS, TOES, Landmark
from depthperception.train.front.dataset import Dataset, LandmarkClip
from depthperception.types import FloatArray, IntArray

ASSUMED_ASPECT = 9 / 16
"""Width over height of a picture whose aspect is not known: a phone held upright. At 9:16 the published clips'
shoulders are .37 to .49 of a leg wide, as people's are; at 16:9 they would be 1.2 to 1.5."""

MOST_LIFTERS = 12
"""Upper end of the search for the number of lifters."""

RECORDING_DISTANCE = 0.05
"""Feet that stand further apart than this (mean over a set, in picture sides) belong to another recording: within a
set they move by .01 to .03, and the camera is put up again between sets."""

_EARS = np.array([Landmark.LEFT_EAR, Landmark.RIGHT_EAR])
_ELBOWS = np.array([Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW])
_WRISTS = np.array([Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST])


def with_groups(dataset: Dataset, *, lifters: int | None = None) -> Dataset:
    """Fill in lifters and recordings where no clip has any; given ones stay.

    Parameters
    ----------
    dataset
        Clips.
    lifters
        How many lifters there are, when that is known.
    """
    if not any(clip.lifter for clip in dataset.clips):
        names = infer_lifters(dataset, count=lifters)
        dataset = replace(
            dataset,
            clips=tuple(replace(c, lifter=f"lifter {n}") for c, n in zip(dataset.clips, names, strict=True)),
        )
    if not any(clip.recording for clip in dataset.clips):
        sets = infer_recordings(dataset)
        dataset = replace(
            dataset,
            clips=tuple(replace(c, recording=f"set {n}") for c, n in zip(dataset.clips, sets, strict=True)),
        )
    return dataset


def infer_lifters(dataset: Dataset, *, count: int | None = None) -> IntArray:
    """Number the lifters (clips,) by their standing proportions.

    Ward clustering of the logarithms of six lengths in standing legs. Without `count` the tree is cut where the next
    merger costs most compared with the one before. On the published data set that gives the five lifters of its audit
    exactly, but the six lengths were chosen on it: expect less elsewhere, and give the lifters when you know them.

    Raises
    ------
    DataError
        When more lifters are asked for than there are clips.
    """
    if count is not None and not 1 <= count <= len(dataset):
        raise DataError(
            f"{count} lifters were asked for in {len(dataset)} clips; expected 1 to {len(dataset)}. Correct the number."
        )
    if len(dataset) < 3:
        return np.zeros(len(dataset), dtype=np.int64)
    tree = linkage(np.log([proportions(clip) for clip in dataset.clips]), "ward")
    if count is None:
        heights = tree[::-1, 2][:MOST_LIFTERS]
        jumps = [higher / max(lower, 1e-9) for higher, lower in pairwise(heights)]
        count = int(np.argmax(jumps)) + 2
    return _numbered(fcluster(tree, count, "maxclust"))


def infer_recordings(dataset: Dataset) -> IntArray:
    """Number the recordings (clips,): clips of one lifter and one label whose feet stand in the same place.

    Needs lifters. In the published data set every recording has one label only, which is why the label helps.
    """
    keys = [f"{lifter} {valid}" for lifter, valid in zip(dataset.groups("lifter"), dataset.labels, strict=True)]
    recordings = np.zeros(len(dataset), dtype=np.int64)
    found = 0
    for key in dict.fromkeys(keys):
        members = [i for i, other in enumerate(keys) if other == key]
        sets = np.ones(len(members), dtype=np.int64)
        if len(members) > 1:
            feet = np.array([_placement(dataset.clips[i]) for i in members])
            sets = fcluster(linkage(feet, "average"), RECORDING_DISTANCE, "distance").astype(np.int64)
        recordings[members] = sets + found
        found += int(sets.max())
    return _numbered(recordings)


def proportions(clip: LandmarkClip) -> FloatArray:
    """Lengths (6,) of a standing lifter in standing legs: shoulders, hips, ears, trunk, upper arm, forearm."""
    points = _standing(clip) * [clip.aspect or ASSUMED_ASPECT, 1.0]
    leg = points[ANKLES, 1].mean() - points[HIPS, 1].mean()
    lengths = [abs(points[left, 0] - points[right, 0]) for left, right in (SHOULDERS, HIPS, _EARS)]
    lengths.append(points[HIPS, 1].mean() - points[SHOULDERS, 1].mean())
    lengths += [
        np.linalg.norm(points[upper] - points[lower], axis=1).mean()
        for upper, lower in ((SHOULDERS, _ELBOWS), (_ELBOWS, _WRISTS))
    ]
    return np.asarray(np.maximum(np.array(lengths) / max(leg, 1e-9), 1e-3))


def _placement(clip: LandmarkClip) -> FloatArray:
    """Where the feet stand and how large the lifter is (9,), in picture sides."""
    points = _standing(clip)
    leg = points[ANKLES, 1].mean() - points[HIPS, 1].mean()
    return np.append(points[np.concatenate([ANKLES, TOES])].ravel(), leg)


def _standing(clip: LandmarkClip) -> FloatArray:
    """Landmarks (33, 2): median of the frames with the highest hips."""
    hips = clip.image[:, HIPS, 1].mean(axis=1)
    highest = np.argsort(hips, kind="stable")[: max(3, int(STANDING_SHARE * len(hips)))]
    return np.asarray(np.median(clip.image[highest, :, :2], axis=0))


def _numbered(names: np.ndarray) -> IntArray:
    """Number groups from 0 in order of first appearance."""
    order = {name: number for number, name in enumerate(dict.fromkeys(names.tolist()))}
    return np.array([order[name] for name in names.tolist()], dtype=np.int64)
