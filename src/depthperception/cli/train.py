"""What `depthperception train`, `evaluate` and `label` do; the command line adds names and help texts."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from depthperception.cli.progress import progress_bars
from depthperception.cli.shipping import say_how_to_ship
from depthperception.errors import DataError, OutputError
from depthperception.io.atomic import whole_file
from depthperception.json_types import plain
from depthperception.train.front.augmentation import Measured, shipped_measured
from depthperception.train.front.dataset import Dataset, without_duplicates
from depthperception.train.front.evaluation import evaluate_dataset, evaluate_front
from depthperception.train.front.grouping import with_groups
from depthperception.train.front.layouts import append_label, read_dataset
from depthperception.train.front.presentation import comparison_table, model_card, save_reliability_figure
from depthperception.train.front.published import train_front_published
from depthperception.train.front.training import train_front
from depthperception.types import Progress


def train_front_command(data: Path, out: Path, *, rendered: bool = True, quiet: bool = False) -> None:
    """Train `front` on a data set; write the model (.json), its card (.md) and a figure (.svg) beside each other.

    Parameters
    ----------
    data
        Folder or packed .npz of labelled squats.
    out
        File of the model.
    rendered
        Learn from the rendered attempts that ship with the package as well.
    quiet
        Say nothing on stderr.
    """
    given = read_dataset(data)
    dataset = with_groups(without_duplicates(given))
    with progress_bars(quiet) as on_progress:
        attempts = shipped_measured() if rendered else None
        results = _results(given, attempts, on_progress)
        model = train_front(dataset, rendered=attempts, results=_summary(results))
    figure = out.with_suffix(".svg")
    with _writing(out):
        with whole_file(out) as partial:
            model.save(partial)
        if results is not None:
            save_reliability_figure(results, figure)
        card = model_card(model, results, figure=figure.name)
        out.with_suffix(".md").write_text(card, encoding="utf-8")
    if not quiet:
        _say(f"Wrote {out}, and its card {out.with_suffix('.md')}.")
        say_how_to_ship("front", out)


def train_front_published_command(data: Path, out: Path, *, seed: int = 0, quiet: bool = False) -> None:
    """Train the published network on a data set and write it as .npz."""
    dataset = with_groups(without_duplicates(read_dataset(data)))
    network = train_front_published(dataset, seed=seed)
    with _writing(out), whole_file(out) as partial:
        network.save(partial)
    if not quiet:
        _say(f"Wrote {out}.")
        say_how_to_ship("front_published", out)


def evaluate_front_command(
    data: Path, *, as_json: bool = False, figure: Path | None = None, quiet: bool = False
) -> None:
    """Compare `front` and `front_published` under all protocols; JSON alone on stdout, or a table.

    Parameters
    ----------
    data
        Folder or packed .npz of labelled squats.
    as_json
        Write the results as JSON instead of a table.
    figure
        File for the reliability curve, .svg or .png.
    quiet
        Say nothing on stderr.
    """
    with progress_bars(quiet) as on_progress:
        results = evaluate_front(data, on_progress=on_progress)
    if figure is not None:
        with _writing(figure):
            save_reliability_figure(results, figure)
    if as_json:
        sys.stdout.write(json.dumps(plain(results), indent=1) + "\n")
    else:
        console = Console()
        console.print(comparison_table(results))
        for limit in results["limits"]:
            console.print(f"- {limit}")


def label_command(labels_csv: Path, clip: str, label: str, *, lifter: str = "", recording: str = "") -> None:
    """Add a label for one clip to a CSV of labels."""
    append_label(labels_csv, clip, label, lifter=lifter, recording=recording)


def _results(given: Dataset, rendered: Measured | None, on_progress: Progress) -> dict[str, Any] | None:
    """Evaluate `front` alone; None where the data set is too small to be split honestly."""
    try:
        return evaluate_dataset(given, rendered=rendered, network_seeds=0, on_progress=on_progress)
    except DataError:
        given.require_both_classes()
        return None


def _summary(results: dict[str, Any] | None) -> dict[str, Any]:
    """Keep what belongs with the model: scores on lifters left out."""
    if results is None:
        return {}
    kept = ("count", "accuracy", "balanced_accuracy", "auc", "brier", "ece", "ci95", "answered")
    return {
        model: {key: plain(scores[key]) for key in kept}
        for model, scores in results["leave_one_lifter_out"].items()
        if scores is not None
    }


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}); expected a place for a file. Choose another."
        ) from error


def _say(text: str) -> None:
    Console(stderr=True).print(text)
