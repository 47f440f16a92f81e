"""The `front` methods under honest and flattering protocols, side by side, as one dict that becomes JSON."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from depthperception.depth.front.method import UNSURE
from depthperception.provenance import package_version
from depthperception.train.front.augmentation import PERTURBATIONS, Measured, perturbed, shipped_measured
from depthperception.train.front.dataset import Dataset, duplicates, without_duplicates
from depthperception.train.front.grouping import infer_lifters, with_groups
from depthperception.train.front.layouts import read_dataset
from depthperception.train.front.metrics import accuracy, reliability, score
from depthperception.train.front.published import PublishedTrainer
from depthperception.train.front.splits import PROTOCOLS, Fold, leave_one_lifter_out, trained_on_one_lifter
from depthperception.train.front.training import FrontTrainer, measure
from depthperception.types import FloatArray, IntArray, Progress, silent

SCHEMA = "depthperception/front-evaluation/1"

NETWORK_SEEDS = 10
"""Trainings of the published network in each fold: its accuracy on lifters left out has an sd of .03 over seeds."""

LIMITS = (
    "Lifters and recordings were inferred from the landmarks unless the data names them.",
    "The reps of the published data set are staged: few are near the line, and every recording has one label.",
    "The five heights were chosen after all clips had been seen; front_nested shows what choosing costs.",
    "In the published data set all failed ascents come from one lifter, so the lockout rule is tested on one alone.",
)


class Trainer(Protocol):
    """Trains on some clips of its data set and predicts others."""

    def predict(self, train: IntArray, test: IntArray, *, seed: int) -> FloatArray:
        """Probability of a valid lift for the clips `test`, trained on the clips `train`."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Held-out predictions, in one row: which clip, in which fold and repeat, with what probability."""

    clip: IntArray
    fold: IntArray
    repeat: IntArray
    probability: FloatArray


def evaluate_front(data_path: Path, *, on_progress: Progress = silent) -> dict[str, Any]:
    """Evaluate `front` and `front_published` on a data set in any layout that `read_dataset` reads.

    Returns
    -------
    dict
        Ready for JSON: leave_one_lifter_out, grouped_by_recording and random, each with front and front_published
        (and front_nested, which chooses its features anew in every training part); trained_on_one_lifter; robustness;
        data; limits.

    Raises
    ------
    DataError
        When the data cannot be read, or has too few lifters, recordings or clips, or one label, for the protocols.
    MissingExtraError
        Without scikit-learn.
    """
    given = read_dataset(data_path)
    version = package_version("depthperception")
    results = evaluate_dataset(given, rendered=shipped_measured(), on_progress=on_progress)
    return {"schema": SCHEMA, "version": version, **results}


def evaluate_dataset(
    given: Dataset,
    *,
    rendered: Measured | None = None,
    network_seeds: int = NETWORK_SEEDS,
    on_progress: Progress = silent,
) -> dict[str, Any]:
    """Evaluate on a data set in memory; as `evaluate_front`.

    Parameters
    ----------
    given
        Clips, duplicates and all; groups are inferred where they are not given.
    rendered
        Rendered attempts for `front` to learn from as well; it is then also evaluated without them, on the five
        heights, as `front_real_only`.
    network_seeds
        Trainings of the published network in each fold; 0 leaves it out.
    on_progress
        Told of every fold.
    """
    given.require_both_classes()
    dataset = with_groups(without_duplicates(given))
    folds = {name: protocol(dataset) for name, protocol in PROTOCOLS.items()}
    trainers: dict[str, tuple[Trainer, int]] = {"front": (FrontTrainer(dataset, rendered=rendered), 1)}
    if rendered:
        trainers["front_real_only"] = (FrontTrainer(dataset), 1)
    if network_seeds:
        trainers["front_published"] = (PublishedTrainer(dataset), network_seeds)
    results: dict[str, Any] = {"data": describe(given, dataset)}
    for name, split in folds.items():
        results[name] = {}
        for model, (trainer, seeds) in trainers.items():
            told = partial(on_progress, f"{model}, {name.replace('_', ' ')}")
            repeats = 1 if name == "random" else seeds
            predictions = cross_predict(trainer, split, repeats=repeats, on_done=told)
            over = "splits" if name == "random" else "seeds" if repeats > 1 else "folds"
            results[name][model] = summarise(dataset, split, predictions, spread_over=over)
    on_progress("front, features chosen anew", 0.0)
    results["leave_one_lifter_out"]["front_nested"] = nested(dataset, rendered)
    results["trained_on_one_lifter"] = {"front": one_lifter(dataset, rendered)}
    if rendered:
        results["trained_on_one_lifter"]["front_real_only"] = one_lifter(dataset)
    on_progress("front, robustness", 0.0)
    results["robustness"] = {"front": robustness(dataset, rendered)}
    results["limits"] = list(LIMITS)
    return results


def cross_predict(
    trainer: Trainer,
    folds: Sequence[Fold],
    *,
    repeats: int = 1,
    on_done: Callable[[float], None] = lambda _: None,
) -> Predictions:
    """Predict every fold's test part, `repeats` times with other seeds."""
    rows = []
    for repeat, (number, fold) in product(range(repeats), enumerate(folds)):
        probability = trainer.predict(fold.train, fold.test, seed=repeat)
        rows.append((fold.test, np.full_like(fold.test, number), np.full_like(fold.test, repeat), probability))
        on_done(len(rows) / (repeats * len(folds)))
    clip, numbers, repetition, probabilities = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Predictions(clip, numbers, repetition, probabilities)


def summarise(
    dataset: Dataset, folds: Sequence[Fold], predictions: Predictions, *, spread_over: str = "folds"
) -> dict[str, Any]:
    """Score predictions: pooled, by fold, and how much the accuracy moves between folds, splits or seeds."""
    valid, p = dataset.labels[predictions.clip], predictions.probability
    answered = (p <= UNSURE[0]) | (p >= UNSURE[1])
    by_fold = {
        fold.name: accuracy(valid[inside], p[inside])
        for k, fold in enumerate(folds)
        for inside in [predictions.fold == k]
    }
    repeats = [accuracy(valid[r], p[r]) for r in (predictions.repeat == k for k in np.unique(predictions.repeat))]
    over = repeats if spread_over == "seeds" else list(by_fold.values())
    return {
        **asdict(score(valid, p, dataset.groups("recording")[predictions.clip])),
        "accuracy_sd": float(np.std(over)),
        "accuracy_sd_over": spread_over,
        "answered": {
            "share": float(answered.mean()),
            "accuracy": accuracy(valid[answered], p[answered]) if answered.any() else None,
        },
        "by_fold": by_fold,
        "wrong": sorted({dataset.clips[i].clip_id for i in predictions.clip[(p > 0.5) != valid]}),
        "reliability": reliability(valid, p).tolist(),
    }


def describe(given: Dataset, dataset: Dataset) -> dict[str, Any]:
    """What was evaluated on: counts, duplicates that were left out, and where the groups come from."""
    return {
        "source": given.source,
        "sha256": given.sha256,
        "clips": len(given),
        "duplicates_left_out": duplicates(given),
        "valid": int(dataset.labels.sum()),
        "invalid": int((~dataset.labels).sum()),
        "lifters": int(dataset.groups("lifter").max()) + 1,
        "recordings": int(dataset.groups("recording").max()) + 1,
        "lifters_are": "given" if any(clip.lifter for clip in given.clips) else "inferred",
        "lifters_inferred_ari": adjusted_rand_index(infer_lifters(dataset), dataset.groups("lifter")),
    }


def nested(dataset: Dataset, rendered: Measured | None = None) -> dict[str, Any] | None:
    """Leave one lifter out with the features chosen on the others; None with fewer than 3 lifters."""
    folds = leave_one_lifter_out(dataset)
    if len(folds) < 3:
        return None
    trainer = FrontTrainer(dataset, rendered=rendered, choose=True)
    chosen = {fold.name: list(trainer.fit(fold.train).features) for fold in folds}
    return {**summarise(dataset, folds, cross_predict(trainer, folds)), "features": chosen}


def one_lifter(dataset: Dataset, rendered: Measured | None = None) -> dict[str, Any] | None:
    """Train on each lifter alone, test on all others; None where a lifter has clips of one label only."""
    groups, labels = dataset.groups("lifter"), dataset.labels
    if any(len(set(labels[groups == g].tolist())) < 2 for g in np.unique(groups)):
        return None
    folds = trained_on_one_lifter(dataset)
    result = summarise(dataset, folds, cross_predict(FrontTrainer(dataset, rendered=rendered), folds))
    return {**result, "mean_accuracy": float(np.mean(list(result["by_fold"].values())))}


def robustness(dataset: Dataset, rendered: Measured | None = None) -> dict[str, float]:
    """Accuracy on lifters left out when their clips are perturbed and the training clips are not."""
    trainer, folds = FrontTrainer(dataset, rendered=rendered), leave_one_lifter_out(dataset)
    models = [(trainer.fit(fold.train), fold.test) for fold in folds]
    found = {}
    for name, perturbation in {"unchanged": lambda clip: clip, **PERTURBATIONS}.items():
        measured = measure(perturbed(dataset, perturbation))
        right = [(model.probability(measured[i]) > 0.5) == dataset.labels[i] for model, test in models for i in test]
        found[name] = float(np.mean(right))
    return found


def adjusted_rand_index(one: IntArray, other: IntArray) -> float:
    """Agreement of two groupings beyond chance: 1 the same, 0 none (Hubert and Arabie 1985)."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: FloatArray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    chance = rows * columns / pairs(np.array([len(one)]))
    limit = (rows + columns) / 2
    return 1.0 if limit == chance else (both - chance) / (limit - chance)
