"""Labelled landmarks in the files that training reads: the published folders, one packed file, the published data."""

from pathlib import Path

import numpy as np

from depthperception.io.kaggle import write_kaggle_layout
from depthperception.train.front.dataset import Dataset

SHARED = Path(__file__).parents[3] / "shared" / "data" / "squat_landmarks.npz"
"""The published data set, packed; outside the repository, so tests that read it are marked `shared`."""


def write_folder(dataset: Dataset, root: Path, *, times: bool = True) -> Path:
    """Write a data set as the folders of the published layout."""
    for one in dataset.clips:
        write_kaggle_layout(root, one.clip_id, one.image, times_s=one.times_s if times else None)
    return root


def pack(dataset: Dataset, path: Path) -> Path:
    """Write a data set as one packed file."""
    clips = dataset.clips
    np.savez(
        path,
        landmarks=np.concatenate([c.image for c in clips]),
        offsets=np.cumsum([0, *(len(c.times_s) for c in clips)]),
        label=dataset.labels,
        clip_id=np.array([c.clip_id.encode() for c in clips]),
        lifter=np.array([c.lifter for c in clips]),
        times_s=np.concatenate([c.times_s for c in clips]),
    )
    return path
