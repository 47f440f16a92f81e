"""Evaluation: metrics by hand, splits that keep lifters apart, tables, figures, and what the train write."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from depthperception.cli import train
from depthperception.depth.front.model import FrontModel
from depthperception.depth.front.published import PublishedNetwork
from depthperception.errors import DataError
from depthperception.train.front.dataset import Dataset
from depthperception.train.front.evaluation import adjusted_rand_index
from depthperception.train.front.metrics import (
    accuracy_when_refusing,
    auc,
    balanced_accuracy,
    bootstrap_interval,
    brier,
    expected_calibration_error,
    score,
)
from depthperception.train.front.presentation import (
    comparison_rows,
    comparison_table,
    model_card,
    save_reliability_figure,
)
from depthperception.train.front.splits import (
    grouped_by_recording,
    leave_one_lifter_out,
    random_splits,
    trained_on_one_lifter,
)
from depthperception.train.front.training import train_front
from tests.support.front_squats import clip, lifters_data
from tests.support.labelled_data import pack

VALID = np.array([True, True, True, False, False])
GUESS = np.array([0.9, 0.6, 0.3, 0.4, 0.1])


def test_metrics_by_hand() -> None:
    scores = score(VALID, GUESS, np.arange(5))
    assert scores.accuracy == pytest.approx(4 / 5)
    assert scores.balanced_accuracy == pytest.approx((2 / 3 + 1) / 2)
    # Of the six pairs of a valid and an invalid clip only (.3, .4) is the wrong way round.
    assert scores.auc == pytest.approx(5 / 6)
    assert scores.brier == pytest.approx((0.01 + 0.16 + 0.49 + 0.16 + 0.01) / 5)
    # Every probability is in a bin of its own.
    assert scores.ece == pytest.approx((0.1 + 0.4 + 0.7 + 0.4 + 0.1) / 5)


def test_ties_count_half_in_auc_and_one_class_has_none() -> None:
    assert auc(np.array([True, False]), np.array([0.5, 0.5])) == 0.5
    assert np.isnan(auc(np.array([True, True]), np.array([0.5, 0.6])))
    assert np.isnan(balanced_accuracy(np.array([False]), np.array([0.5])))


def test_calibration_pools_within_a_bin() -> None:
    # One bin, mean .64, three of four valid: |.64 - .75|.
    valid, guess = np.array([True, True, True, False]), np.array([0.61, 0.63, 0.65, 0.67])
    assert expected_calibration_error(valid, guess) == pytest.approx(0.11)


def test_refusing_drops_what_is_nearest_to_a_half() -> None:
    assert accuracy_when_refusing(VALID, GUESS, 0.2) == pytest.approx(3 / 4)  # .6 or .4, both right, goes
    valid, guess = np.array([False, True, True, False, True]), np.array([0.55, 0.9, 0.8, 0.1, 0.2])
    assert accuracy_when_refusing(valid, guess, 0.2) == pytest.approx(3 / 4)
    assert accuracy_when_refusing(valid, guess, 0.0) == pytest.approx(3 / 5)


def test_bootstrap_draws_recordings_not_clips() -> None:
    # Twenty clips in two sets, one all right and one all wrong: half of the draws give 0 or 1.
    valid, guess = np.ones(20, dtype=bool), np.repeat([0.9, 0.1], 10)
    sets = np.repeat([0, 1], 10)
    assert bootstrap_interval(brier, valid, guess, sets) == pytest.approx((0.01, 0.81))
    low, high = bootstrap_interval(brier, valid, guess, np.arange(20))
    assert 0.2 < low < high < 0.65


def test_no_lifter_or_recording_is_on_both_sides() -> None:
    data = lifters_data(3)
    for protocol, groups in (
        (leave_one_lifter_out, data.groups("lifter")),
        (trained_on_one_lifter, data.groups("lifter")),
        (grouped_by_recording, data.groups("recording")),
    ):
        folds = protocol(data)
        for fold in folds:
            assert not set(groups[fold.train]) & set(groups[fold.test])
            assert sorted([*fold.train, *fold.test]) == list(range(len(data)))
    assert [len(f.train) for f in trained_on_one_lifter(data)] == [6, 6, 6]
    assert [f.name for f in leave_one_lifter_out(data)] == ["lifter 0", "lifter 1", "lifter 2"]


def test_random_splits_are_twenty_different_fifths() -> None:
    folds = random_splits(lifters_data(3))
    assert len(folds) == 20
    assert {len(f.test) for f in folds} == {round(0.2 * 18)}
    assert len({tuple(f.test) for f in folds}) == 20


@pytest.mark.parametrize(
    ("protocol", "data", "found"),
    [
        (leave_one_lifter_out, lifters_data(1), "belong to one lifter"),
        (grouped_by_recording, Dataset((clip("a", drop=0.6, recording="x"),)), "belong to one recording"),
        (random_splits, lifters_data(1, each=4), "Found 4 clips"),
        (
            leave_one_lifter_out,
            Dataset((clip("a", drop=0.6, lifter="A"), clip("b", drop=0.4, lifter="B"))),
            "'A' leaves only clips of one label",
        ),
    ],
)
def test_too_little_for_a_protocol_is_refused(protocol: Callable[[Dataset], object], data: Dataset, found: str) -> None:
    with pytest.raises(DataError, match=r"expected .*\. Add") as error:
        protocol(data)
    assert found in str(error.value)


def test_adjusted_rand_index_by_hand() -> None:
    assert adjusted_rand_index(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])) == 1.0
    # Pairs together: 2, 2 of 6; in both 0; chance 4/6: (0 - 2/3) / (2 - 2/3).
    assert adjusted_rand_index(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == pytest.approx(-0.5)


@pytest.mark.usefixtures("quick_training")
def test_commands_write_model_card_figure_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = pack(lifters_data(3), tmp_path / "made.npz")
    out = tmp_path / "models" / "mine.json"
    train.train_front_command(data, out, rendered=False)
    model = FrontModel.load(out)
    assert model.provenance["results"]["front"]["accuracy"] == 1.0
    card = out.with_suffix(".md").read_text()
    assert "a lifter left out | front | 1.000" in card
    assert "(mine.svg)" in card
    assert out.with_suffix(".svg").read_text().startswith("<?xml")
    assert capsys.readouterr().out == ""
    train.evaluate_front_command(data, as_json=True, figure=tmp_path / "curve.png", quiet=True)
    captured = capsys.readouterr()
    results = json.loads(captured.out)
    for protocol in ("leave_one_lifter_out", "grouped_by_recording", "random"):
        assert {"front", "front_published"} <= results[protocol].keys()
        assert {"accuracy", "balanced_accuracy", "auc", "brier", "ece", "ci95"} <= results[protocol]["front"].keys()
    assert captured.err == ""
    assert (tmp_path / "curve.png").stat().st_size > 5000


def test_too_few_lifters_still_train_and_the_card_says_so(tmp_path: Path) -> None:
    data = pack(replace(lifters_data(1, each=2), source=""), tmp_path / "made.npz")
    train.train_front_command(data, tmp_path / "m.json", quiet=True)
    assert "too small for an honest protocol" in (tmp_path / "m.md").read_text()


def test_published_is_trained_by_a_command(tmp_path: Path) -> None:
    data = pack(lifters_data(2, each=4), tmp_path / "made.npz")
    train.train_front_published_command(data, tmp_path / "n.npz", quiet=True)
    assert PublishedNetwork.load(tmp_path / "n.npz").provenance["parameters"]["epochs"] == 200


def test_label_command_appends(tmp_path: Path) -> None:
    train.label_command(tmp_path / "labels.csv", "a", "valid", lifter="Ann")
    assert (tmp_path / "labels.csv").read_text().splitlines()[1] == "a,valid,Ann,"


def test_reports_leave_out_what_was_not_measured(tmp_path: Path) -> None:
    model = train_front(lifters_data(2))
    assert "Not measured" in model_card(model, None)
    scores = {"accuracy": 0.5, "accuracy_sd": 0.1, "accuracy_sd_over": "seeds", "balanced_accuracy": 0.5, "auc": 0.5}
    scores |= {"brier": 0.25, "ece": 0.0, "accuracy_at_10_refused": 0.5, "accuracy_at_20_refused": 0.5}
    scores |= {"ci95": {"accuracy": (0.4, 0.6)}, "reliability": [[0.5, 0.5, 10]]}
    results = {"leave_one_lifter_out": {"front_published": scores, "front_nested": None}}
    ((_, name, accuracy, interval, *_),) = comparison_rows(results)
    assert (name, accuracy, interval) == ("front_published", ".500 ± .100", ".400 to .600")
    made_of = {"source": "x.npz", "valid": 1, "invalid": 1, "lifters": 2, "lifters_are": "given", "recordings": 2}
    console = Console(width=80, record=True, file=StringIO())
    console.print(comparison_table({**results, "data": made_of}))
    shown = console.export_text()
    assert "front_published .500 ± .100 .400 to .600 .500 .250 .000" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80
    save_reliability_figure(results, tmp_path / "r.svg")
    first = (tmp_path / "r.svg").read_bytes()
    save_reliability_figure(results, tmp_path / "r.svg")
    assert (tmp_path / "r.svg").read_bytes() == first
