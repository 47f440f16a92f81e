"""How good probabilities of a yes-or-no answer are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from depthperception.types import BoolArray, FloatArray, IntArray

BINS = 10
"""Bins of equal width for calibration: with 240 clips more would hold a few clips each."""

RESAMPLES = 1000
"""Of the bootstrap: the ends of a 95 % interval then move by about .003 between seeds."""

CI_PERCENT = (2.5, 97.5)

Metric = Callable[[BoolArray, FloatArray], float]


@dataclass(frozen=True)
class Scores:
    """Scores of probabilities against labels, with 95 % intervals from a bootstrap over recordings.

    Attributes
    ----------
    count
        Number of predictions.
    accuracy, balanced_accuracy, auc, brier
        The usual; ties at .5 count as invalid.
    ece
        Expected calibration error over 10 bins.
    accuracy_at_10_refused, accuracy_at_20_refused
        Of what is left when the tenth or fifth nearest to .5 gets no answer.
    ci95
        Interval of accuracy, balanced_accuracy, auc and brier.
    """

    count: int
    accuracy: float
    balanced_accuracy: float
    auc: float
    brier: float
    ece: float
    accuracy_at_10_refused: float
    accuracy_at_20_refused: float
    ci95: dict[str, tuple[float, float]]


def score(valid: BoolArray, probability: FloatArray, recordings: IntArray, *, seed: int = 0) -> Scores:
    """Score predictions (m,) of labels (m,) that come from recordings (m,)."""
    return Scores(
        count=len(valid),
        accuracy=accuracy(valid, probability),
        balanced_accuracy=balanced_accuracy(valid, probability),
        auc=auc(valid, probability),
        brier=brier(valid, probability),
        ece=expected_calibration_error(valid, probability),
        accuracy_at_10_refused=accuracy_when_refusing(valid, probability, 0.1),
        accuracy_at_20_refused=accuracy_when_refusing(valid, probability, 0.2),
        ci95={
            metric.__name__: bootstrap_interval(metric, valid, probability, recordings, seed=seed)
            for metric in (accuracy, balanced_accuracy, auc, brier)
        },
    )


def accuracy(valid: BoolArray, probability: FloatArray) -> float:
    """Share of right answers."""
    return float(np.mean((probability > 0.5) == valid))


def balanced_accuracy(valid: BoolArray, probability: FloatArray) -> float:
    """Mean of the shares of right answers among the valid and among the invalid; NaN when one kind is missing."""
    if valid.all() or not valid.any():
        return float("nan")
    return float(np.mean([np.mean(probability[valid] > 0.5), np.mean(probability[~valid] <= 0.5)]))


def auc(valid: BoolArray, probability: FloatArray) -> float:
    """Chance that a valid clip gets more than an invalid one, ties half; NaN when one kind is missing."""
    if valid.all() or not valid.any():
        return float("nan")
    ranks, count = rankdata(probability), int(valid.sum())
    return float((ranks[valid].sum() - count * (count + 1) / 2) / (count * (len(valid) - count)))


def brier(valid: BoolArray, probability: FloatArray) -> float:
    """Mean squared error of the probability."""
    return float(np.mean((probability - valid) ** 2))


def reliability(valid: BoolArray, probability: FloatArray) -> FloatArray:
    """Mean probability, share of valid ones and number, for each bin that is not empty (bins, 3)."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    rows = [(probability[bins == b].mean(), valid[bins == b].mean(), (bins == b).sum()) for b in np.unique(bins)]
    return np.array(rows, dtype=float)


def expected_calibration_error(valid: BoolArray, probability: FloatArray) -> float:
    """Mean distance between probability and share of valid ones over the bins, by how many each holds."""
    mean, share, count = reliability(valid, probability).T
    return float((np.abs(mean - share) * count).sum() / count.sum())


def accuracy_when_refusing(valid: BoolArray, probability: FloatArray, share: float) -> float:
    """Accuracy on what is left when the `share` nearest to .5 gets no answer."""
    refused = round(share * len(valid))
    answered = np.argsort(np.abs(probability - 0.5), kind="stable")[refused:]
    return accuracy(valid[answered], probability[answered])


def bootstrap_interval(
    metric: Metric,
    valid: BoolArray,
    probability: FloatArray,
    recordings: IntArray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """95 % interval of a metric when whole recordings are drawn with replacement: reps of one set are no sample."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(recordings == r) for r in np.unique(recordings)]
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        values.append(metric(valid[drawn], probability[drawn]))
    low, high = np.nanpercentile(values, CI_PERCENT)
    return float(low), float(high)
