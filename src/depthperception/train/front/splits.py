"""Ways to split a data set into clips to train on and clips to test on, from honest to flattering."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from depthperception.errors import DataError
from depthperception.train.front.dataset import Dataset, GroupKind
from depthperception.types import IntArray

RANDOM_SPLITS = 20
TEST_SHARE = 0.2
"""Of the random splits: as the report's single split."""

LEAST_RANDOM_CLIPS = 10
"""With fewer, a test part of a fifth would be a single clip."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Indices of the clips to train on and to test on; `name` says what was left out."""

    name: str
    train: IntArray
    test: IntArray


Protocol = Callable[[Dataset], tuple[Fold, ...]]


def leave_one_lifter_out(dataset: Dataset) -> tuple[Fold, ...]:
    """Test on each lifter in turn, train on all others: the number to believe for a new user."""
    return _leave_one_out(dataset, "lifter")


def grouped_by_recording(dataset: Dataset) -> tuple[Fold, ...]:
    """Test on each recording in turn: the lifter is known, the set is new."""
    return _leave_one_out(dataset, "recording")


def trained_on_one_lifter(dataset: Dataset) -> tuple[Fold, ...]:
    """Train on each lifter in turn, test on all others."""
    folds = [Fold(fold.name, fold.test, fold.train) for fold in _leave_one_out(dataset, "lifter", both_ways=True)]
    return _trainable(dataset, folds)


def random_splits(dataset: Dataset) -> tuple[Fold, ...]:
    """Split 80/20 at random twenty times (seeds 0 to 19): sets and lifters are on both sides, the number flatters."""
    if len(dataset) < LEAST_RANDOM_CLIPS:
        raise DataError(
            f"Found {len(dataset)} clips; expected at least {LEAST_RANDOM_CLIPS} for random splits. Add clips."
        )
    folds = []
    for seed in range(RANDOM_SPLITS):
        order = np.random.default_rng(seed).permutation(len(dataset))
        tested = round(TEST_SHARE * len(dataset))
        folds.append(Fold(f"seed {seed}", order[tested:], order[:tested]))
    return _trainable(dataset, folds)


PROTOCOLS: dict[str, Protocol] = {
    "leave_one_lifter_out": leave_one_lifter_out,
    "grouped_by_recording": grouped_by_recording,
    "random": random_splits,
}
"""Those by which models are compared, side by side."""


def _leave_one_out(dataset: Dataset, kind: GroupKind, *, both_ways: bool = False) -> tuple[Fold, ...]:
    groups = dataset.groups(kind)
    if groups.max() == 0:
        raise DataError(
            f"All {len(dataset)} clips belong to one {kind}; expected at least 2 to leave one out. Add clips of "
            f"another {kind}, or give the {kind}s in labels.csv if they were taken for one."
        )
    folds = []
    for group in range(int(groups.max()) + 1):
        test = np.flatnonzero(groups == group)
        clip = dataset.clips[test[0]]
        name = clip.lifter if kind == "lifter" else clip.recording
        folds.append(Fold(name, np.flatnonzero(groups != group), test))
    return tuple(folds) if both_ways else _trainable(dataset, folds)


def _trainable(dataset: Dataset, folds: list[Fold]) -> tuple[Fold, ...]:
    """Refuse folds whose training part has one class only."""
    for fold in folds:
        if len(set(dataset.labels[fold.train].tolist())) < 2:
            raise DataError(
                f"The split {fold.name!r} leaves only clips of one label to train on; expected valid and invalid ones "
                "in every training part. Add clips of the missing kind from other lifters and recordings."
            )
    return tuple(folds)
