"""The command for many videos: what it prints, with which code it ends, and that killing it loses nothing."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from depthperception.batch import work
from depthperception.batch.children import Waiting
from depthperception.batch.jobs import Ended
from depthperception.cli import many
from depthperception.cli.analyse import Output
from tests.support.batch_jobs import Judge, inline
from tests.support.clips import numbered_clip
from tests.support.command_line import run


class Here:
    """Takes the place of child processes: jobs are done in this one; the one of a video called `stop` is Ctrl-C."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.closed = False

    def run(self, waiting: Waiting) -> Iterator[Ended]:
        """Do jobs."""
        for ended in inline(waiting):
            if "stop" in ended.job.video:
                raise KeyboardInterrupt
            yield ended

    def close(self) -> None:
        """End nothing."""


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    fake = Judge()
    monkeypatch.setattr(work, "judge_into", fake)
    monkeypatch.setattr(many, "Children", Here)
    return fake


def films(folder: Path, *names: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [numbered_clip(folder / name, [k / 30 for k in range(2 + number)]) for number, name in enumerate(names)]


@pytest.mark.usefixtures("judge")
def test_a_line_for_each_video_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films(tmp_path / "day", "a.mp4", "nobody.mp4")
    assert run("batch", tmp_path / "day", "--out", tmp_path / "out") == 0
    said = capsys.readouterr()
    lines = [line.split("   ") for line in said.out.splitlines()]
    assert lines[0][:2] == ["a.mp4", "1 of 2"]
    assert "left" in lines[0][2]
    assert lines[1] == ["nobody.mp4", "2 of 2", "NO PERSON"]
    assert said.out.splitlines()[2].startswith("  2 videos: 2 judged; 1 attempt: 1 DEPTH in 0:")
    assert run("batch", tmp_path / "day", "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.count("from before") == 2


def test_no_bar_counts_a_video_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = []

    @contextmanager
    def bars(quiet: bool, *, verbose: bool, title: str) -> Iterator[Any]:
        titles.append(None if quiet else title)
        yield lambda *_: None

    monkeypatch.setattr(many, "progress_bars", bars)
    tally = many.Tally(2)
    for _ in many.Progress(Output(), 1).through(iter("ab"), tally):
        tally.ended()
    assert titles == ["1 of 2", "2 of 2", None]


@pytest.mark.usefixtures("judge")
def test_one_that_cannot_be_judged_is_said_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (first,) = films(tmp_path / "day", "z.mp4")
    empty, gone = tmp_path / "day" / "empty.mp4", tmp_path / "gone.mp4"
    empty.touch()
    out, table = tmp_path / "out", tmp_path / "t.jsonl"
    assert run("batch", tmp_path / "day", gone, "--out", out, "--table", table, "--json") == 1
    said = capsys.readouterr()
    assert f"{empty}: the file is empty" in said.err
    assert f"{gone}: there is no such file" in said.err
    assert json.loads(said.out)["video"]["path"] == str(first)
    assert [json.loads(line)["status"] for line in table.read_text().splitlines()] == ["failed", "judged", "failed"]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("path,hight\na.mp4,180\n", (), "line 1 has no column 'hight'"),
        ("path\na.mp4\n", ("--jobs", "0"), "0 jobs were asked for"),
        ("path\na.mp4\n", ("--timeout", "-1"), "A time limit of -1 s"),
        ("path\na.mp4\n", ("--table", "x.xlsx"), "x.xlsx ends in none of"),
        ("path\na.mp4\nb.mp4\n", ("--lifter", "2"), "with 2 videos"),
        ("path\na.mp4\n", ("--height", "17"), "A height of 17 cm"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_judged(
    content: str, options: tuple[str, ...], said: str, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "day.csv").write_text(content)
    assert run("batch", tmp_path / "day.csv", "--out", tmp_path / "out", *options) == 2
    assert said in capsys.readouterr().err
    assert (judge.judged, (tmp_path / "out").exists()) == ([], False)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    films(tmp_path / "day", "a.mp4", "stop.mp4", "z.mp4")
    assert run("batch", tmp_path / "day", "--out", tmp_path / "out") == 130
    assert "stopped; 1 of 3 are done and kept. The same command goes on." in capsys.readouterr().err
    with (tmp_path / "out" / "results.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 1


def test_a_run_that_is_killed_is_gone_on_with_and_nothing_is_judged_twice(tmp_path: Path) -> None:
    films(tmp_path / "day", "a.mp4", "b.mp4", "c.mp4")
    out = tmp_path / "out"
    main = "from depthperception.cli.app import main; main()"
    command = [sys.executable, "-c", main, "batch", str(tmp_path / "day"), "--out", str(out), "--jobs", "1"]
    with subprocess.Popen(command, start_new_session=True) as running:
        while not (judged := list(out.glob("*.judged/judgement.json"))) and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    moments = {path: path.stat().st_mtime_ns for path in judged}
    assert 1 <= len(moments) < 3
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.count("from before") >= 1
    assert all(path.stat().st_mtime_ns == moment for path, moment in moments.items())
    with (out / "results.csv").open() as file:
        rows = [(row["folder"], row["status"]) for row in csv.DictReader(file)]
    assert rows == [(f"{name}.judged", "no_person") for name in "abc"]
    assert not list((out / ".batch" / "work").iterdir())
