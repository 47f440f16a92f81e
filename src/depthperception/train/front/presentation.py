"""Evaluation results for people: a table, a figure of the reliability, a model card."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.attempts.settings import ATTEMPTS
from depthperception.depth.front.method import UNSURE
from depthperception.depth.front.model import NOT_STOOD_UP_PROBABILITY, FrontModel

if TYPE_CHECKING:
    from rich.table import Table

PROTOCOL_TITLES = {
    "leave_one_lifter_out": "a lifter left out",
    "grouped_by_recording": "a recording left out",
    "random": "random 80/20",
    "trained_on_one_lifter": "trained on one lifter",
}

COLUMNS = ("protocol", "model", "accuracy", "95 %", "balanced", "AUC", "Brier", "ECE", "10 % refused", "20 % refused")

SHORT_COLUMNS = ("model", "accuracy", "95 %", "AUC", "Brier", "ECE")

_COLOURS = {"front": "#1b6ca8", "front_published": "#c2571a"}


def comparison_rows(results: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Lay results out as text, one row for each protocol and model."""
    return [
        (title, model, *_cells(scores))
        for protocol, title in PROTOCOL_TITLES.items()
        for model, scores in results.get(protocol, {}).items()
        if scores is not None
    ]


def comparison_table(results: Mapping[str, Any]) -> "Table":
    """Make a table of models under protocols for a terminal of 80 columns; the JSON and the card hold more."""
    from rich.box import SIMPLE  # noqa: PLC0415  (only when a table is asked for)
    from rich.table import Table  # noqa: PLC0415

    data = results["data"]
    table = Table(
        title=f"{data['source']}: {data['valid']} valid, {data['invalid']} invalid,\n{data['lifters']} lifters "
        f"({data['lifters_are']}), {data['recordings']} recordings",
        box=SIMPLE,
    )
    shown = [COLUMNS.index(column) for column in SHORT_COLUMNS]
    for column in SHORT_COLUMNS:
        table.add_column(column, justify="left" if column == "model" else "right", no_wrap=True)
    for protocol, rows in groupby(comparison_rows(results), key=lambda row: row[0]):
        table.add_row(f"[bold]{protocol}[/bold]")
        for row in rows:
            table.add_row(*(f"  {row[k]}" if COLUMNS[k] == "model" else row[k] for k in shown))
        table.add_section()
    return table


def save_reliability_figure(results: Mapping[str, Any], path: Path) -> None:
    """Draw how often lifts of a given probability are valid, on lifters left out; the format is the file's ending."""
    import matplotlib as mpl  # noqa: PLC0415  (only when a figure is asked for)
    from matplotlib.figure import Figure  # noqa: PLC0415

    # A fixed salt and no date: the same results give the same file.
    with mpl.rc_context({"svg.hashsalt": "depthperception", "font.size": 9}):
        figure = Figure(figsize=(4.6, 4.6), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes.axvspan(*UNSURE, color="0.95", zorder=0)
        axes.text(0.5, 0.97, "no verdict", color="0.45", ha="center", va="top")
        for model in ("front_published", "front"):
            scores = results["leave_one_lifter_out"].get(model)
            if scores is not None:
                mean, share, count = zip(*scores["reliability"], strict=True)
                total = sum(count)
                area = [15 + 400 * c / total for c in count]
                axes.scatter(mean, share, s=area, color=_COLOURS[model], alpha=0.6, linewidth=0, label=model)
        axes.set(
            xlabel="probability of a valid lift",
            ylabel="share that was valid",
            title="Lifters left out; area: share of the lifts",
            aspect="equal",
        )
        axes.legend(frameon=False, loc="center right")
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, metadata=metadata, dpi=150)


def model_card(model: FrontModel, results: Mapping[str, Any] | None, *, figure: str | None = None) -> str:
    """Describe a trained model in Markdown.

    Parameters
    ----------
    model
        With its provenance.
    results
        From `evaluate_dataset`; None when the data set was too small for the protocols.
    figure
        File name of the reliability figure beside the card.
    """
    data, parameters = model.provenance["data"], model.provenance["parameters"]
    weights = [
        (name, f"{mean:.4f}", f"{scale:.4f}", f"{weight:+.3f}")
        for name, mean, scale, weight in zip(model.features, model.mean, model.scale, model.weights, strict=True)
    ]
    parts = [
        "# Model card: front",
        "Says whether a squat filmed from the front is a valid lift, from a landmark sequence. Logistic regression on "
        "heights in standing-leg lengths; sideways position, size and frame rate do not enter.",
        f"A lift that climbs {ATTEMPTS.not_stood_up:.0%} or less of its descent was not stood up and gets at most "
        f"{NOT_STOOD_UP_PROBABILITY}. Between {UNSURE[0]} and {UNSURE[1]} there is no verdict.",
        "## Made from",
        _table(
            ("what", "value"),
            [
                ("data", str(data["source"])),
                ("SHA-256 of names, labels, x and y", str(data["sha256"])),
                ("clips, valid", f"{data['clips']}, {data['valid']}"),
                ("lifters, recordings", f"{data['lifters']}, {data['recordings']}"),
                ("depthperception", str(model.provenance["version"])),
                ("rendered attempts beside them", str(parameters["rendered_attempts"])),
                ("penalty C", str(parameters["regularisation_c"])),
            ],
        ),
        "## Coefficients",
        _table(("height", "mean", "sd", "weight"), weights) + f"\n\nBias {model.bias:+.3f}.",
        "## How good",
    ]
    if results is None:
        return "\n\n".join([*parts, "Not measured: the data set is too small for an honest protocol.\n"])
    parts.append(_table(COLUMNS, comparison_rows(results)))
    parts.append("Accuracy on lifters left out when their clips are changed and the training clips are not:")
    parts.append(_table(("change", "accuracy"), [(k, _short(v)) for k, v in results["robustness"]["front"].items()]))
    if figure:
        parts.append(f"![Reliability on lifters left out]({figure})")
    parts += ["## Limits", "\n".join(f"- {limit}" for limit in results["limits"])]
    return "\n\n".join(parts) + "\n"


def _cells(scores: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = scores["ci95"]["accuracy"]
    numbers = [scores[k] for k in ("balanced_accuracy", "auc", "brier", "ece")]
    refused = [scores[k] for k in ("accuracy_at_10_refused", "accuracy_at_20_refused")]
    accuracy = _short(scores["accuracy"]) + (f" ± {_short(scores['accuracy_sd'])}" if _is_repeated(scores) else "")
    return accuracy, f"{_short(low)} to {_short(high)}", *(_short(number) for number in numbers + refused)


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


def _is_repeated(scores: Mapping[str, Any]) -> bool:
    """Whether the spread is between repeats of the same; between lifters of different size it says little."""
    return scores["accuracy_sd_over"] in ("seeds", "splits")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
