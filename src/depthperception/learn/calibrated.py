"""Train the measurement model on looks at rendered squats, and measure it on bodies left out.

The rows come from `rendered_looks`. Every number that is reported, and the factor that makes the intervals hold, is
from predictions for bodies that the model in question was not trained on: four groups of bodies take turns at being
left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import eigh

from depthperception.depth.calibrated import REFERENCE_CM, MeasurementModel, point_noise
from depthperception.depth.descriptor import describe, look_noise_cm
from depthperception.depth.gaussian_process import GaussianProcess
from depthperception.errors import DataError
from depthperception.learn.rendered_looks import group_of, load_row, rendered_rows, save_row
from depthperception.types import BoolArray, FloatArray, IntArray, Progress, silent

COMPONENTS = 64
"""Principal components of the inner map: with that map alone, 160 changed the error of bodies left out by 1 %."""

LENGTHS = (1.0, 1.5, 1.0)
"""Kernel lengths of pose, standing and inner features, each scaled to unit mean square distance from the mean; with
(.7, 1.2, .7) and (1, 2, 1.5) the error (sd) of bodies left out was 4 and 1 % larger on 1324 rows."""

SIGNAL, NOISE = 3.0, (0.1, 0.002)
"""Prior variance; variance of a point and its growth with look noise (per cm2), in units of the targets' variance."""

LOST = 0.5
"""Rows in which the network sees nobody at the bottom teach nothing: a presence below this in most looks."""


@dataclass(frozen=True, eq=False)
class Features:
    """Everything that training needs of the rows, in order of seed.

    Attributes
    ----------
    seeds : (n,)
    described : (n, 2, 146)
        Pose and standing features, plain and mirrored.
    inner : (n, 2, 4608)
    look_noise_cm : (n,)
    depth_cm : (n,)
        True mean depth of both legs at a stature of 175 cm.
    """

    seeds: IntArray
    described: FloatArray
    inner: FloatArray
    look_noise_cm: FloatArray
    depth_cm: FloatArray

    @property
    def groups(self) -> IntArray:
        """Body group (n,) of each row."""
        return np.array([group_of(int(seed)) for seed in self.seeds])


def make_rows(folder: Path, seeds: Iterable[int], on_progress: Progress = silent) -> None:
    """Render and look at the squats of some seeds; those already in the folder are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not _row_path(folder, seed).exists()]
    for number, row in enumerate(rendered_rows(missing), 1):
        save_row(_row_path(folder, row.scenario.seed), row)
        on_progress("rendering squats", number / len(missing))


def read_features(folder: Path) -> Features:
    """Describe every row in a folder.

    Raises
    ------
    DataError
        When the folder holds no rows, or rows of one body group only.
    """
    seeds, described, inner, noise, truth = [], [], [], [], []
    for path in sorted(folder.glob("[0-9]*.npz")):
        row = load_row(path)
        if np.median(row.bottom.presence) < LOST:
            continue
        both = [describe(row.bottom, row.standing, mirror=mirror) for mirror in (False, True)]
        seeds.append(int(path.stem))
        described.append([np.concatenate([d.pose, d.standing]) for d in both])
        inner.append([d.inner for d in both])
        noise.append(look_noise_cm(row.bottom))
        truth.append(float(row.side_depth_cm.mean()) * REFERENCE_CM / row.stature_cm)
    if len({group_of(seed) for seed in seeds}) < 2:
        raise DataError(
            f"{folder} holds {len(seeds)} rendered rows of fewer than two body groups; expected rows of all four. "
            "Make them with `depthperception train calibrated FOLDER --count 2000`."
        )
    return Features(np.array(seeds), np.array(described), np.array(inner), np.array(noise), np.array(truth))


def fit(features: Features, chosen: BoolArray, conformal: float = 1.0) -> MeasurementModel:
    """Fit the model to some of the rows, each plain and mirrored."""
    inner = features.inner[chosen].reshape(-1, features.inner.shape[-1])
    inner_mean = inner.mean(axis=0)
    components = principal_components(inner - inner_mean, COMPONENTS)
    described = features.described[chosen].reshape(-1, features.described.shape[-1])
    flat = np.concatenate([described, (inner - inner_mean) @ components], axis=1)
    pose, standing = 60, described.shape[1]
    scale = flat.std(axis=0) + 1e-9
    scale[standing:] = np.sqrt((flat[:, standing:] ** 2).sum(axis=1).mean() / COMPONENTS)
    for part, length in zip((slice(0, pose), slice(pose, standing), slice(standing, None)), LENGTHS, strict=True):
        scale[part] *= length * np.sqrt(len(scale[part]))
    centre = flat.mean(axis=0)
    noise = np.array(NOISE)
    process = GaussianProcess(
        inputs=(flat - centre) / scale,
        targets=np.repeat(features.depth_cm[chosen], 2),
        noise=np.repeat(point_noise(noise, features.look_noise_cm[chosen]), 2),
        signal=SIGNAL,
    )
    return MeasurementModel(centre, scale, components, inner_mean, noise, conformal, process)


def principal_components(centred: FloatArray, count: int) -> FloatArray:
    """Directions (d, count) of largest variance of rows (n, d), from the n x n matrix of their products."""
    n = len(centred)
    values, vectors = eigh(centred @ centred.T, subset_by_index=[n - count, n - 1])
    return np.asarray(centred.T @ vectors / np.sqrt(np.maximum(values, 1e-12)))


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions (n,) for rows whose bodies were left out, cm at 175 cm, before the conformal factor."""

    cm: FloatArray
    sd_cm: FloatArray


def predict_held_out(features: Features, on_progress: Progress = silent) -> HeldOut:
    """Leave each body group out in turn and predict it."""
    count = len(features.seeds)
    cm, sd = np.zeros(count), np.zeros(count)
    groups = np.unique(features.groups)
    for number, group in enumerate(groups):
        on_progress("leaving bodies out", number / len(groups))
        out = features.groups == group
        model = fit(features, ~out)
        cm[out], sd[out] = predict(model, features, out)
    on_progress("leaving bodies out", 1.0)
    return HeldOut(cm, sd)


def predict(model: MeasurementModel, features: Features, chosen: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Predict depth (m,) and its sd (m,) of rows, cm at 175 cm."""
    inner = (features.inner[chosen] - model.inner_mean) @ model.components
    flat = (np.concatenate([features.described[chosen], inner], axis=-1) - model.centre) / model.scale
    return model.predict(flat[:, 0], flat[:, 1], features.look_noise_cm[chosen])


def conformal_factor(error_cm: FloatArray, sd_cm: FloatArray, coverage: float = 0.9) -> float:
    """Factor on the sd with which `coverage` of the errors lie within 1.645 sd (split conformal, normalised score)."""
    score = np.sort(np.abs(error_cm) / sd_cm)
    rank = min(len(score) - 1, int(np.ceil(coverage * (len(score) + 1))) - 1)
    return float(score[rank] / 1.645)


def train(features: Features, on_progress: Progress = silent) -> MeasurementModel:
    """Fit to all rows, with the factor that the bodies left out ask for."""
    held_out = predict_held_out(features, on_progress)
    factor = conformal_factor(held_out.cm - features.depth_cm, held_out.sd_cm)
    return fit(features, np.ones(len(features.seeds), dtype=bool), round(factor, 4))


def save_model(path: Path, model: MeasurementModel, features: Features) -> None:
    """Write the model; arrays in half precision, which the model is then read back with."""
    half = {
        "centre": model.centre,
        "components": model.components,
        "inner_mean": model.inner_mean,
        "inputs": model.process.inputs,
        "targets": model.process.targets,
        "look_noise_cm": np.repeat(features.look_noise_cm, 2),
    }
    np.savez_compressed(
        path,
        allow_pickle=False,
        **{name: values.astype(np.float16) for name, values in half.items()},
        scale=model.scale.astype(np.float32),
        noise=model.noise,
        conformal=np.array(model.conformal),
        signal=np.array(model.process.signal),
        seeds=features.seeds.astype(np.int32),
    )


def _row_path(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.npz"
