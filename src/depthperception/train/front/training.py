"""Training of the `front` method: logistic regression on heights of reps that were stood up again."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, compress
from typing import Any

import numpy as np

from depthperception.attempts.heights import FEATURES, HEIGHTS, SquatHeights
from depthperception.attempts.settings import ATTEMPTS
from depthperception.depth.front.model import FrontModel
from depthperception.errors import DataError, MissingExtraError
from depthperception.train.front.augmentation import Measured
from depthperception.train.front.dataset import Dataset, provenance
from depthperception.types import BoolArray, FloatArray, IntArray

REGULARISATION_C = 1.0
"""Inverse strength, scikit-learn's default, untouched: weaker penalties score the same on lifters left out and give
probabilities nearer to 0 and 1 than 239 clips of 5 lifters can support."""


def train_front(
    dataset: Dataset,
    *,
    rendered: Measured | None = None,
    features: tuple[str, ...] | None = None,
    regularisation_c: float = REGULARISATION_C,
    results: dict[str, Any] | None = None,
) -> FrontModel:
    """Train on a whole data set.

    Parameters
    ----------
    dataset
        Clips with labels; leave duplicates out before.
    rendered
        Rendered attempts to learn from as well.
    features
        Names of what to use; by default all with rendered attempts, and the five heights without.
    regularisation_c
        Inverse strength of the penalty on the weights.
    results
        What `evaluate_front` found, to be kept with the model.

    Raises
    ------
    DataError
        When all clips, or all that were stood up, have the same label; when a clip cannot be measured.
    MissingExtraError
        Without scikit-learn.
    """
    dataset.require_both_classes()
    used = features or (FEATURES if rendered else HEIGHTS)
    measured, valid = with_rendered(measure(dataset), dataset.labels, rendered)
    model = fit(measured, valid, features=used, regularisation_c=regularisation_c)
    described = provenance(
        dataset,
        method="front",
        regularisation_c=regularisation_c,
        features=list(used),
        rendered_attempts=len(rendered.features) if rendered else 0,
    )
    return replace(model, provenance={**described, "results": results or {}})


def with_rendered(
    measured: Sequence[SquatHeights], valid: BoolArray, rendered: Measured | None
) -> tuple[Sequence[SquatHeights], BoolArray]:
    """Put rendered attempts, if any, behind measured clips."""
    if rendered is None:
        return measured, valid
    return [*measured, *rendered.features], np.concatenate([valid, rendered.valid])


def measure(dataset: Dataset) -> tuple[SquatHeights, ...]:
    """Measure every clip."""
    return tuple(clip.features() for clip in dataset.clips)


def fit(
    measured: Sequence[SquatHeights],
    valid: BoolArray,
    *,
    features: tuple[str, ...] = HEIGHTS,
    regularisation_c: float = REGULARISATION_C,
) -> FrontModel:
    """Fit the regression on those clips that were stood up again; the others teach nothing about depth."""
    stood = np.array([clip.recovery > ATTEMPTS.not_stood_up for clip in measured], dtype=bool)
    heights = np.array([clip.values(features) for clip in measured])[stood]
    labels = np.asarray(valid)[stood]
    if len(set(labels.tolist())) < 2:
        raise DataError(
            f"Of {len(measured)} clips {int(stood.sum())} are stood up again, and these are all of one label; expected "
            "valid and shallow ones among them. Add the missing kind."
        )
    mean = heights.mean(axis=0)
    # A feature that never changes is left as it is instead of divided by zero.
    scale = np.where((sd := heights.std(axis=0)) > 0, sd, 1.0)
    regression = _logistic_regression(regularisation_c).fit((heights - mean) / scale, labels)
    return FrontModel(features, mean, scale, regression.coef_[0], float(regression.intercept_[0]))


class FrontTrainer:
    """Trains the method on parts of a data set and predicts the rest.

    Parameters
    ----------
    dataset
        Clips.
    rendered
        Rendered attempts that are added to every training part.
    features
        Names of what to use; by default all with rendered attempts, and the five heights without.
    choose
        Choose among the features anew in every training part, by leaving each of its lifters out.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        rendered: Measured | None = None,
        features: tuple[str, ...] | None = None,
        choose: bool = False,
    ) -> None:
        self.measured, self.valid, self.rendered = measure(dataset), dataset.labels, rendered
        self.features = features or (FEATURES if rendered else HEIGHTS)
        self.lifters = dataset.groups("lifter") if choose else None
        self._fitted: dict[bytes, FrontModel] = {}

    def predict(self, train: IntArray, test: IntArray, *, seed: int = 0) -> FloatArray:
        """Train on the clips `train`, give the probability of a valid lift for the clips `test`; no chance in it."""
        model = self.fit(train)
        return np.array([model.probability(self.measured[i]) for i in test])

    def fit(self, train: IntArray) -> FrontModel:
        """Train on some of the clips; the same ones give the model that they gave before, for choosing takes long."""
        known = train.tobytes()
        if known not in self._fitted:
            measured, valid = [self.measured[i] for i in train], self.valid[train]
            features = self.features
            if self.lifters is not None:
                features = choose_features(measured, valid, self.lifters[train], features, self.rendered)
            self._fitted[known] = fit(*with_rendered(measured, valid, self.rendered), features=features)
        return self._fitted[known]


def choose_features(
    measured: Sequence[SquatHeights],
    valid: BoolArray,
    lifters: IntArray,
    features: tuple[str, ...] = HEIGHTS,
    rendered: Measured | None = None,
) -> tuple[str, ...]:
    """Choose the set of features with the smallest log loss on lifters left out; the first, smaller one at a tie.

    Raises
    ------
    DataError
        When there are fewer than two lifters to choose by.
    """
    if len(np.unique(lifters)) < 2:
        raise DataError(
            "Found one lifter to choose the features by; expected at least 2, to leave one out. Add clips of other "
            "lifters, or name the features."
        )
    candidates = [names for size in range(1, len(features) + 1) for names in combinations(features, size)]
    return min(candidates, key=lambda names: _held_out_loss(measured, valid, lifters, names, rendered))


def _held_out_loss(
    measured: Sequence[SquatHeights],
    valid: BoolArray,
    lifters: IntArray,
    names: tuple[str, ...],
    rendered: Measured | None,
) -> float:
    losses: list[float] = []
    for lifter in np.unique(lifters):
        inside = lifters != lifter
        model = fit(*with_rendered(list(compress(measured, inside)), valid[inside], rendered), features=names)
        for clip, is_valid in zip(compress(measured, ~inside), valid[~inside], strict=True):
            if clip.recovery > ATTEMPTS.not_stood_up:
                deep = model.depth_probability(clip)
                losses.append(-float(np.log(deep if is_valid else 1 - deep)))
    return float(np.mean(losses))


def _logistic_regression(c: float) -> Any:
    try:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (an extra, and slow to import)
    except ImportError as error:
        raise MissingExtraError(
            "Training needs scikit-learn, which is not installed; expected the `train` extra. "
            'Run `pip install "depthperception[train]"`.'
        ) from error
    return LogisticRegression(C=c, max_iter=1000)
