"""The examples that the manual shows run on the demonstration clip, and say of it what its judgement says."""

import csv
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import depthperception
from depthperception.depth import known_method, registry
from depthperception.depth.geometric import gravity
from depthperception.examination import Examination
from depthperception.pipeline import examine
from depthperception.results import Judgement
from tests.support.clips import text_file
from tests.support.evidence import evidence
from tests.support.figures import axes
from tests.support.judged_once import Examined
from tests.support.rendered_clips import DEMO, DEMO_HEIGHT_CM

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: object) -> None:
    """Run an example as `python examples/NAME.py ARGUMENTS` does."""
    main: Callable[..., None] = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]
    main(*arguments)


@pytest.fixture
def demo(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> Judgement:
    """Judge the demonstration clip once for all examples, and every other file anew."""
    found = examined(DEMO, DEMO_HEIGHT_CM)

    def examine_once(path: str | Path, **asked: object) -> Examination:
        return found if Path(path).name == DEMO.name else examine(path)

    monkeypatch.setattr(depthperception, "examine", examine_once)
    monkeypatch.setattr(depthperception, "judge", lambda path, **asked: examine_once(path).judgement)
    return found.judgement


def test_judging_from_python_prints_verdict_depth_and_reason(
    demo: Judgement, capsys: pytest.CaptureFixture[str]
) -> None:
    run("judge", DEMO, 178.0)
    (attempt,) = demo.attempts
    said = capsys.readouterr().out
    assert f"{attempt.bottom_s:.2f} s: depth. {attempt.reason}" in said
    assert f"{attempt.depth.cm} {attempt.depth.interval90_cm}" in said


def test_the_curve_is_lowest_near_the_bottom_where_the_measured_depth_stands(
    demo: Judgement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path: drawn.append(figure))
    run("depth_curve", DEMO, tmp_path / "curve.png")
    (attempt,) = demo.attempts
    joints, crease, _ = (np.asarray(line.get_xydata()) for line in drawn[0].axes[0].lines)
    # The rep goes down for 1.4 s and up for 1.3; joints in the picture are lowest somewhere in its hole.
    assert joints[np.argmin(joints[:, 1]), 0] == pytest.approx(attempt.bottom_s, abs=0.4)
    assert crease.tolist() == [[attempt.bottom_s, -(attempt.depth.cm or 0.0)]]


def test_every_method_has_its_line(demo: Judgement, capsys: pytest.CaptureFixture[str]) -> None:
    run("compare_methods", DEMO)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(demo.attempts[0].measurements)
    assert f"{demo.attempts[0].measurements['side'].cm:+.1f} cm" in next(line for line in lines if " side " in line)


def test_a_folder_becomes_a_table_and_what_is_no_video_a_row_that_says_so(demo: Judgement, tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / DEMO.name)
    text_file(tmp_path / "download.mp4")
    (tmp_path / "notes.txt").write_text("monday", encoding="utf-8")
    run("folder_to_table", tmp_path, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        broken, judged = csv.DictReader(file)
    assert (broken["video"], broken["verdict"]) == ("download.mp4", "unreadable")
    assert "download.mp4" in broken["reason"]
    assert (judged["verdict"], float(judged["depth_cm"])) == ("depth", demo.attempts[0].depth.cm)


def test_a_method_of_ones_own_measures_what_it_says_and_is_registered(
    demo: Judgement, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "_METHODS", dict(registry._METHODS))
    run("own_method", DEMO)
    assert "depth" in capsys.readouterr().out
    added, given = known_method("knee_line"), evidence(80.0, axes(40.0))
    assert added is not None
    hip_joint = gravity(given).cm
    assert hip_joint is not None
    assert added.measure(given).cm == pytest.approx(hip_joint + 5.0)
