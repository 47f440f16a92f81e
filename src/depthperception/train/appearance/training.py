"""Train the head, leave body groups out to see what it does on bodies it never saw, and write it for the package."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from depthperception.appearance.features import OUTPUTS, UNITS, combine
from depthperception.train.appearance.maps import Maps, make_maps, read_maps
from depthperception.train.appearance.network import Branch, Head, Residual
from depthperception.train.appearance.onnx_head import head_model
from depthperception.train.appearance.pictures import make_pictures
from depthperception.train.calibrated import conformal_factor
from depthperception.train.rendered_squats import BODY_GROUPS, HELD_OUT, group_of, load_row, numbered, read_held_out
from depthperception.types import FloatArray, IntArray, Progress, silent

POINT_WEIGHT, CAMERA_WEIGHT, DIFFERENCE_WEIGHT = 4.0, 0.5, 0.1
"""Of the places in the picture, of the camera and of left less right, beside the likelihood of the depth."""


@dataclass(frozen=True)
class Schedule:
    """How the head is trained: AdamW with one cycle of the learning rate (Smith 2018), mirrored at random."""

    epochs: int = 10
    batch: int = 64
    rate: float = 4e-3
    decay: float = 0.02
    seed: int = 0


def train_head(maps: Maps, chosen: IntArray, schedule: Schedule | None = None, on_progress: Progress = silent) -> Head:
    """Train on some of the squats; indices (m,) into `maps`."""
    plan = schedule or Schedule()
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    targets = _targets(maps)
    head = Head()
    optimiser = torch.optim.AdamW(head.parameters(), lr=plan.rate, weight_decay=plan.decay)
    steps = plan.epochs * (len(chosen) // plan.batch)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=steps, pct_start=0.15)
    head.train()
    for step, (rows, ways) in enumerate(_batches(chosen, plan, rng), 1):
        loss = _loss(head(_part(maps.bottom, rows, ways), _part(maps.standing, rows, ways)),
                     *(target[rows, ways] for target in targets))  # fmt: skip
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 2.0)
        optimiser.step()
        rates.step()
        on_progress("training the head", step / steps)
    head.eval()
    return head


def outputs_of(head: Head, bottom: NDArray[np.float16], standing: NDArray[np.float16]) -> FloatArray:
    """What a head says (n, 2, 9) of maps (n, 2, 192, 16, 16), plainly and in the mirror."""
    found = np.empty((len(bottom), 2, len(OUTPUTS)))
    with torch.inference_mode():
        for start in range(0, len(bottom), 64):
            part = slice(start, start + 64)
            pairs = [torch.from_numpy(maps[part].astype(np.float32)).flatten(0, 1) for maps in (bottom, standing)]
            found[part] = head(*pairs)[0].double().numpy().reshape(-1, 2, len(OUTPUTS))
    return found


def folded(head: Head) -> dict[str, NDArray[np.float32]]:
    """Weights for `onnx_head.head_model`, with every normalisation folded into the layer beside it."""
    weights: dict[str, Tensor] = {}
    for name, branch in (("bottom", head.bottom), ("standing", head.standing)):
        weights |= _folded_branch(name, branch)
    normal, linears = head.read[0], [layer for layer in head.read if isinstance(layer, nn.Linear)]
    scale, shift = _scale_and_shift(normal)
    for i, layer in enumerate(linears):
        weight, bias = layer.weight, layer.bias
        if i == 0:
            weight, bias = weight * scale, bias + weight @ shift
        weights |= {f"read.{i}.weight": weight, f"read.{i}.bias": bias}
    return {name: value.detach().numpy().astype(np.float32) for name, value in weights.items()}


def save_head(path: Path, head: Head, conformal: float) -> None:
    """Write a head as ONNX in half precision, with the factor that makes its intervals hold."""
    path.write_bytes(head_model(folded(head), conformal).SerializeToString())


def _folded_branch(name: str, branch: Branch) -> dict[str, Tensor]:
    entering, _, enter, entered, *_ = branch.trunk
    scale, shift = _scale_and_shift(entering)
    weight, bias = enter.weight * scale[None, :, None, None], enter.weight[:, :, 0, 0] @ shift
    weights = _with_norm(f"{name}.enter", weight, bias, entered)
    for i, block in enumerate((layer for layer in branch.trunk if isinstance(layer, Residual)), 1):
        first, first_norm, _, second, second_norm = block.change
        weights |= _with_norm(f"{name}.{i}.a", first.weight, torch.zeros(1), first_norm)
        weights |= _with_norm(f"{name}.{i}.b", second.weight, torch.zeros(1), second_norm)
    where = branch.points.where
    return weights | {f"{name}.where.weight": where.weight, f"{name}.where.bias": _tensor(where.bias)}


def _with_norm(name: str, weight: Tensor, bias: Tensor, norm: nn.Module) -> dict[str, Tensor]:
    scale, shift = _scale_and_shift(norm)
    return {f"{name}.weight": weight * scale[:, None, None, None], f"{name}.bias": bias * scale + shift}


def _scale_and_shift(norm: nn.Module) -> tuple[Tensor, Tensor]:
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
        raise TypeError(f"{type(norm).__name__} found, expected a batch normalisation")
    scale = norm.weight / torch.sqrt(_tensor(norm.running_var) + norm.eps)
    return scale, norm.bias - _tensor(norm.running_mean) * scale


def _tensor(value: Tensor | None) -> Tensor:
    if value is None:
        raise TypeError("a layer without the weights that it should have")
    return value


def _batches(chosen: IntArray, plan: Schedule, rng: np.random.Generator) -> Iterator[tuple[IntArray, IntArray]]:
    for _ in range(plan.epochs):
        order = rng.permutation(chosen)
        for start in range(0, len(order) - plan.batch + 1, plan.batch):
            yield np.sort(order[start : start + plan.batch]), rng.integers(0, 2, plan.batch)


def _part(maps: NDArray[np.float16], rows: IntArray, ways: IntArray) -> Tensor:
    return torch.from_numpy(maps[rows, ways].astype(np.float32))


def _targets(maps: Maps) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    azimuth, pitch, roll, height, distance = np.moveaxis(maps.camera, -1, 0)
    azimuth = np.radians(azimuth)
    camera = np.stack([pitch, roll, np.sin(azimuth), np.cos(azimuth), height, np.log(distance)], axis=-1) / UNITS[3:]
    depth = maps.depth / UNITS[[0, 2]]
    depth_t, camera_t, low, high = (
        torch.from_numpy(values.astype(np.float32))
        for values in (depth, camera, maps.bottom_points, maps.standing_points)
    )
    return depth_t, camera_t, low, high


def _loss(said: tuple[Tensor, Tensor, Tensor], depth: Tensor, camera: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Likelihood of the depth under a distribution between normal and Laplace, and the errors of all the rest."""
    outputs, low_places, high_places = said
    smooth: Callable[..., Tensor] = functional.smooth_l1_loss
    scale = outputs[:, 1].clamp(-4.0, 2.0)
    likelihood = (smooth(outputs[:, 0], depth[:, 0], reduction="none", beta=0.5) * torch.exp(-scale) + scale).mean()
    difference = smooth(outputs[:, 2], depth[:, 1])
    places = _place_error(low_places, low) + 0.5 * _place_error(high_places, high)
    off_camera = functional.l1_loss(outputs[:, 3:], camera)
    return likelihood + DIFFERENCE_WEIGHT * difference + CAMERA_WEIGHT * off_camera + POINT_WEIGHT * places


def _place_error(places: Tensor, truth: Tensor) -> Tensor:
    """Mean distance (L1) of the points that lie in the crop."""
    inside = (truth.abs() < 1.0).all(-1).float()
    return ((places - truth).abs().sum(-1) * inside).sum() / inside.sum().clamp_min(1.0)


SEEDS = (*range(100_000, 104_670), *range(110_000, 113_863))
"""Seeds of the pictures that the shipped head was trained on, none of them a row's: as many as two processes, counting
up from either end, had rendered when training began."""


def pictures_of(folder: Path, count: int, on_progress: Progress = silent) -> None:
    """Render the first `count` squats and run the frozen network over them; what is there already is kept."""
    make_pictures(folder, SEEDS[:count], on_progress)
    make_maps(folder, on_progress)


def train_all(pictures: Path, rows: Path, out: Path, on_progress: Progress = silent) -> None:
    """Train a head without each body group, note what it says of that group's rows, then train and write the last.

    Raises
    ------
    DataError
        When there are too few pictures.
    """
    maps = read_maps(pictures)
    said: dict[int, FloatArray] = {}
    for group in range(len(BODY_GROUPS)):
        head = train_head(maps, np.flatnonzero(maps.groups != group), on_progress=_named(on_progress, group))
        for path in _row_paths(rows, group):
            row = load_row(path)
            said[int(path.stem)] = outputs_of(head, row.maps[:1], row.maps[1:])[0]
    np.savez(rows / HELD_OUT, allow_pickle=False, seeds=np.array(list(said)), outputs=np.array(list(said.values())))
    head = train_head(maps, np.arange(len(maps.seeds)), on_progress=_named(on_progress, len(BODY_GROUPS)))
    save_head(out, head, head_factor(rows))


def head_factor(rows: Path) -> float:
    """Factor on the head's own doubt that makes nine in ten intervals hold on bodies that it never saw."""
    errors, doubts = [], []
    paths = [path for group in range(len(BODY_GROUPS)) for path in _row_paths(rows, group)]
    for path, said in zip(paths, read_held_out(rows, [int(path.stem) for path in paths]), strict=True):
        prediction = combine(said[None])
        errors.append(prediction.depth_cm - load_row(path).depth_cm)
        doubts.append(prediction.doubt_cm)
    return round(conformal_factor(np.array(errors), np.array(doubts)), 3)


def _row_paths(rows: Path, group: int) -> list[Path]:
    return [path for path in numbered(rows) if group_of(int(path.stem)) == group]


def _named(on_progress: Progress, number: int) -> Progress:
    def report(step: str, done: float) -> None:
        on_progress(step, (number + done) / (len(BODY_GROUPS) + 1))

    return report
