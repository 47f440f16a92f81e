"""How the commands are called that train, evaluate and label."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from depthperception.cli.parameters import Json, Quiet

train = App(name="train", help="Train a method on data of your own.")


@train.command(name="front")
def train_front(data: Path, /, *, out: Path, rendered: bool = True, quiet: Quiet = False) -> None:
    """Train the front method on labelled squats: a folder in the published layout, or a packed .npz (extra train)."""
    from depthperception.cli.train import train_front_command  # noqa: PLC0415

    train_front_command(data, out, rendered=rendered, quiet=quiet)


@train.command(name="front-published")
def train_front_published(data: Path, /, *, out: Path, seed: int = 0, quiet: Quiet = False) -> None:
    """Train the report's network on labelled squats, to compare with (extra train)."""
    from depthperception.cli.train import train_front_published_command  # noqa: PLC0415

    train_front_published_command(data, out, seed=seed, quiet=quiet)


@train.command(name="calibrated")
def train_calibrated(
    rows: Annotated[Path, Parameter(help="Folder of looks at rendered squats; missing ones are made, 1 s each.")],
    /,
    *,
    out: Path,
    count: Annotated[int, Parameter(help="Rendered squats to learn from.")] = 1824,
    quiet: Quiet = False,
) -> int:
    """Train the measurement model on rendered squats with known depth (extra synth); needs `train appearance`."""
    from depthperception.cli.analyse import train_measurement_model  # noqa: PLC0415

    return train_measurement_model(rows, out, count, quiet=quiet)


@train.command(name="appearance")
def train_appearance(
    pictures: Annotated[Path, Parameter(help="Folder of rendered pictures; missing ones are made, 1 s each.")],
    /,
    *,
    rows: Annotated[Path, Parameter(help="Folder of `train calibrated`: what the head says of its squats goes there.")],
    out: Path,
    count: Annotated[int, Parameter(help="Rendered pictures to learn from; the shipped head had 8533.")] = 8533,
    quiet: Quiet = False,
) -> int:
    """Train the head on the frozen pose network, on rendered squats with known depth (extras head and synth)."""
    from depthperception.cli.analyse import train_appearance as run  # noqa: PLC0415

    return run(pictures, rows, out, count, quiet=quiet)


evaluate = App(name="evaluate", help="Measure a method on labelled data.")


@evaluate.command(name="front")
def evaluate_front(data: Path, /, *, json: Json = False, figure: Path | None = None, quiet: Quiet = False) -> None:
    """Compare front and front_published: a lifter left out, a recording left out, and at random (extra train)."""
    from depthperception.cli.train import evaluate_front_command  # noqa: PLC0415

    evaluate_front_command(data, as_json=json, figure=figure, quiet=quiet)


def label(labels: Path, clip: str, verdict: str, /, *, lifter: str = "", recording: str = "") -> None:
    """Add a label (valid or invalid) for one clip to a CSV, for data in the published layout."""
    from depthperception.cli.train import label_command  # noqa: PLC0415

    label_command(labels, clip, verdict, lifter=lifter, recording=recording)
