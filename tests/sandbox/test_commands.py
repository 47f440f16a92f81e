"""`--sandbox` of every command that decodes: a box for its videos and its results, and the same numbers."""

import json
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from depthperception.batch import boxes
from depthperception.cli import boxed
from depthperception.sandbox import Box
from depthperception.sandbox.asking import LostError
from tests.support.command_line import run
from tests.support.judged_once import Examined
from tests.support.rendered_clips import DATA

CLIP = DATA / "side_high.mp4"


class Asked:
    """Takes the place of `ask`: keeps the boxes, and answers, or raises, what it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.boxes: list[Box] = []

    def __call__(self, do: partial[Any], box: Box, **_: Any) -> Any:
        self.boxes.append(box)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def rows_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def text_as(path: Path) -> Path:
    path.write_text("<!doctype html>")
    return path


def test_a_batch_in_boxes_gives_the_same_numbers_and_refuses_what_is_no_video(
    examined: Examined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def decodes(_: Any) -> None:
        raise AssertionError("nothing is decoded outside of the box")

    monkeypatch.setattr("depthperception.batch.work.probe", decodes)
    monkeypatch.setattr("depthperception.batch.boxes.probe", decodes)
    text = text_as(tmp_path / "page.mp4")
    batch = partial(run, "batch", CLIP, text, "--out", tmp_path / "out", "--sandbox", "--jobs", "2", "-q")
    assert batch() == 1
    assert "the file holds text" in capfd.readouterr().err
    judged, refused = rows_of(tmp_path / "out")
    (known,) = examined(CLIP).judgement.attempts
    assert (judged["verdict"], judged["depth_cm"]) == (known.verdict, pytest.approx(known.depth.cm, abs=1e-3))
    assert refused["status"] == "failed"
    assert {"judgement.json", "overlay.mp4"} <= {
        path.name for path in (tmp_path / "out" / "side_high.judged").iterdir()
    }
    monkeypatch.setattr(boxes, "ask", None)
    assert run("batch", CLIP, "--out", tmp_path / "out", "--sandbox", "-q") == 0, "it is not judged again"


def test_a_video_of_a_batch_may_read_itself_alone_and_write_to_its_own_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked([])
    monkeypatch.setattr(boxes, "ask", asked)
    run("batch", CLIP, "--out", tmp_path / "out", "--sandbox", "-q")
    (box,) = asked.boxes
    assert box.reads == (CLIP,)
    scratch, own, pieces = box.writes
    assert own.parent == tmp_path / "out" / ".batch" / "work"
    assert pieces.parent == tmp_path / "out" / ".batch" / "pieces"
    assert not scratch.exists()
    assert not pieces.exists()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (LostError(-signal.SIGSEGV), "was killed by signal 11"),
        (TimeoutError(), "judging took over 600 s"),
        (["../../../secret"], "the process that judged it crashed"),
        (None, "the process that judged it crashed"),
        ([3], "There is no judgement.json that can be read in lifter_3"),
    ],
)
def test_a_box_that_is_lost_or_lies_costs_its_video_alone(
    answer: Any, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(boxes, "ask", Asked(answer))
    assert run("batch", CLIP, "--out", tmp_path / "out", "--sandbox", "-q") == 1
    assert says in capsys.readouterr().err
    (row,) = rows_of(tmp_path / "out")
    assert row["status"] == "failed"


def test_a_cluster_has_no_box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", CLIP, "--out", tmp_path / "out", "--sandbox", "--ray", "auto") == 2
    assert "expected one of the two" in capsys.readouterr().err


def test_a_series_from_the_box_is_the_same_and_its_neighbours_are_out_of_reach(
    examined: Examined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert run("export", CLIP, "--output", out / "squat.csv", "--sandbox", "-q") == 0
    examined(CLIP).time_series().save(tmp_path / "known.csv")
    assert (out / "squat.csv").read_text() == (tmp_path / "known.csv").read_text()
    assert [path.name for path in out.iterdir()] == ["squat.csv"]
    asked = Asked(1)
    monkeypatch.setattr(boxed, "ask", asked)
    assert run("export", CLIP, "--output", out / "other.csv", "--sandbox", "-q") == 1, "that box wrote nothing"
    (box,) = asked.boxes
    assert box.reads == (CLIP,)
    assert box.writes[1].parent == out


def test_several_cameras_are_judged_in_one_box_that_reads_every_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "both"
    assert run("multiview", CLIP, CLIP, "--out", out, "--sandbox", "-q") == 2
    assert "Traceback" not in (said := capfd.readouterr().err)
    assert "side_high.mp4" in said
    assert run("multiview", CLIP, text_as(tmp_path / "page.mp4"), "--out", out, "--sandbox", "-q") == 1
    assert "the file holds text" in capfd.readouterr().err
    assert not out.exists(), "what is refused leaves no folder"
    asked = Asked(0)
    monkeypatch.setattr(boxed, "ask", asked)
    cameras = tmp_path / "cameras.toml"
    run("multiview", CLIP, DATA / "two_reps.mp4", "--calibration", cameras, "--out", out, "--sandbox", "-q")
    assert asked.boxes[0].reads == (CLIP, DATA / "two_reps.mp4", cameras)
    assert asked.boxes[0].writes[1] == out


def test_a_film_is_watched_in_a_box_and_a_camera_is_not(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("live", CLIP, "--out", tmp_path / "live", "--sandbox", "-q") == 0
    said = capfd.readouterr().out
    assert "1 attempts were judged, 0 had to be given up" in said
    assert (tmp_path / "live" / "squat_0001.json").exists()
    assert run("live", "0", "--out", tmp_path / "live", "--sandbox") == 2
    assert "no camera and no network" in capfd.readouterr().err
