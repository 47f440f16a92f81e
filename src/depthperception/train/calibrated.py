"""Train the measurement model on looks at rendered squats, and measure it on bodies left out.

The rows come from `rendered_looks`. Every number that is reported, and the factor that makes the intervals hold, is
from predictions for bodies that the model in question was not trained on: four groups of bodies take turns at being
left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from depthperception.appearance.features import HeadPrediction, combine
from depthperception.capture.camera import measure_camera
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.scale import measure_scale
from depthperception.depth import Evidence
from depthperception.depth.calibrated import Features, describe, feet_cut, fit, legs_at_reference
from depthperception.depth.legs import fit_legs, sightings_of
from depthperception.errors import DataError
from depthperception.train.rendered_squats import (
    Row,
    group_of,
    load_row,
    numbered,
    read_held_out,
    rendered_rows,
    save_row,
)
from depthperception.types import FloatArray, IntArray, Progress, silent

LOST = 0.5
"""Rows in which the network sees nobody at the bottom teach nothing: a presence below this in most looks."""


def make_rows(folder: Path, seeds: Iterable[int], on_progress: Progress = silent) -> None:
    """Render and look at the squats of some seeds; those already in the folder are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not _row_path(folder, seed).exists()]
    for number, row in enumerate(rendered_rows(missing), 1):
        save_row(_row_path(folder, row.scenario.seed), row)
        on_progress("rendering squats", number / len(missing))


def read_features(folder: Path) -> Features:
    """Describe every row in a folder that a head has seen which never saw its bodies.

    Raises
    ------
    DataError
        When the folder holds no rows, or rows of one body group only.
    """
    paths = numbered(folder)
    held_out = read_held_out(folder, [int(path.stem) for path in paths])
    seeds, described, seen, legs, cut, truth = [], [], [], [], [], []
    for path, said in zip(paths, held_out, strict=True):
        row = load_row(path)
        if np.median(row.bottom.presence) < LOST:
            continue
        prediction = combine(said[None])
        evidence = evidence_of(row, prediction)
        seeds.append(int(path.stem))
        seen.append(prediction.outputs)
        legs.append(legs_at_reference(evidence.legs, evidence.scale))
        cut.append(float(feet_cut(evidence.legs, evidence.picture_px)))
        described.append([describe(row.bottom, row.standing, mirror=mirror) for mirror in (False, True)])
        truth.append(row.depth_cm)
    if len({group_of(seed) for seed in seeds}) < 2:
        raise DataError(
            f"{folder} holds {len(seeds)} rendered rows of fewer than two body groups; expected rows of all four. "
            "Make them with `depthperception train calibrated FOLDER --count 2000`."
        )
    values = (np.array(one) for one in (seeds, described, seen, legs, cut, truth))
    return as_stored(Features(*values))


def evidence_of(row: Row, prediction: HeadPrediction) -> Evidence:
    """What a row shows, as depth methods get it; the lifter's height is known."""
    view = row.scenario.viewpoint
    size_px = view.width_px, view.height_px
    camera = measure_camera(row.standing, *size_px, [prediction], row.edges_px)
    scale = measure_scale(row.standing, camera, row.stature_cm)
    lifter_camera = lifter_camera_of(row.standing, camera, scale, size_px)
    return Evidence(
        bottom=row.bottom,
        standing=row.standing,
        camera=camera,
        scale=scale,
        prediction=prediction,
        legs=fit_legs(sightings_of(row.surfaces), lifter_camera, scale),
        picture_px=size_px,
    )


def as_stored(features: Features) -> Features:
    """Round features to what the model's file keeps, so that training gives what is read back."""
    rounded = {name: values.astype(STORED[name]).astype(np.float64) for name, values in vars(features).items()}
    return Features(**{**rounded, "seeds": features.seeds})


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions (n,) for rows whose bodies were left out, cm at 175 cm, before the conformal factor."""

    cm: FloatArray
    sd_cm: FloatArray


def predict_held_out(features: Features, on_progress: Progress = silent) -> HeldOut:
    """Leave each body group out in turn and predict it."""
    count = len(features.seeds)
    cm, sd = np.zeros(count), np.zeros(count)
    of = groups_of(features)
    groups = np.unique(of)
    for number, group in enumerate(groups):
        on_progress("leaving bodies out", number / len(groups))
        out = of == group
        cm[out], sd[out] = fit(features.take(~out)).predict(features.take(out))
    on_progress("leaving bodies out", 1.0)
    return HeldOut(cm, sd)


def groups_of(features: Features) -> IntArray:
    """Body group (n,) of each row."""
    return np.array([group_of(int(seed)) for seed in features.seeds])


def conformal_factor(error_cm: FloatArray, sd_cm: FloatArray, coverage: float = 0.9) -> float:
    """Factor on the sd with which `coverage` of the errors lie within 1.645 sd (split conformal, normalised score)."""
    score = np.sort(np.abs(error_cm) / sd_cm)
    rank = min(len(score) - 1, int(np.ceil(coverage * (len(score) + 1))) - 1)
    return float(score[rank] / 1.645)


def held_out_factor(features: Features, held_out: HeldOut) -> float:
    """Factor that makes nine in ten intervals hold on bodies left out."""
    return round(conformal_factor(held_out.cm - features.depth_cm, held_out.sd_cm), 3)


def save_model(path: Path, features: Features, conformal: float) -> None:
    """Write the model: the features that it is fitted to when it is loaded, and the factor on its intervals."""
    stored = {name: values.astype(STORED[name]) for name, values in vars(features).items()}
    np.savez_compressed(path, allow_pickle=False, conformal=np.array(conformal), **stored)


STORED = {
    "seeds": np.int32, "described": np.float16, "seen": np.float32, "legs": np.float32, "cut": np.int8,
    "depth_cm": np.float32,
}  # fmt: skip
"""How each array is kept."""


def _row_path(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.npz"
