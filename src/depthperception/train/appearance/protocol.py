"""The whole of the head's training: pictures, maps, a head for each body group left out, and the one that ships."""

from pathlib import Path

import numpy as np

from depthperception.appearance.features import combine
from depthperception.train.appearance.maps import make_maps, read_maps
from depthperception.train.appearance.pictures import make_pictures
from depthperception.train.appearance.training import outputs_of, save_head, train_head
from depthperception.train.calibrated import conformal_factor
from depthperception.train.rendered_squats import BODY_GROUPS, HELD_OUT, group_of, load_row, numbered, read_held_out
from depthperception.types import FloatArray, Progress, silent

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
