"""Every write of a batch and of a packet fails once at every place: a second run gives what one run would have."""

import csv
import multiprocessing
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from depthperception.batch.places import LocalPlace
from depthperception.batch.running import Batch
from depthperception.errors import OutputError
from depthperception.packet import write_packet, writing
from depthperception.packet.archive import unpacked
from depthperception.video import sha256_of
from tests.support.batch_jobs import Judge, entries, inline
from tests.support.campaign.trial import is_sentence
from tests.support.clips import numbered_clip
from tests.support.command_line import run as command
from tests.support.failing_disk import FAULTS, Killed, failing
from tests.support.report_examples import attempt, judgement


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """What stands in for judging."""
    stand_in = Judge()
    monkeypatch.setattr("depthperception.batch.work.judge_into", stand_in)
    return stand_in


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    """Two films, and one that is none."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    return [
        *(numbered_clip(tmp_path / f"{name}.mp4", [0.0, 0.1, size]) for name, size in (("a", 0.2), ("b", 0.3))),
        broken,
    ]


def run(out: Path, clips: list[Path]) -> list[list[str]]:
    """Judge them; gives the table, without the times that judging took."""
    batch = Batch(entries(*clips), LocalPlace(out))
    for _ in batch.run(inline):
        pass
    return table(out)


def table(out: Path) -> list[list[str]]:
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        return [[value for name, value in row.items() if name != "took_s"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_batch_whose_writes_fail_anywhere_is_whole_after_a_second_run(
    judge: Judge, clips: list[Path], tmp_path: Path, fault: str
) -> None:
    wanted = run(tmp_path / "whole", clips)
    with failing() as counted:
        run(tmp_path / "counted", clips)
    assert len(counted.calls) > 30
    for at in range(len(counted.calls)):
        out = tmp_path / f"{at}"
        said = None
        with failing(at, fault) as disk, suppress(Killed):
            try:
                run(out, clips)
            except OutputError as error:
                said = str(error)
        assert len(disk.calls) > at
        assert said is None or is_sentence(said), (disk.calls[at], said)
        assert run(out, clips) == wanted, disk.calls[at]
        assert sorted(path.name for path in out.glob("*.judged")) == ["a.judged", "b.judged"], disk.calls[at]
        assert not list((out / ".batch" / "work").iterdir())
        shutil.rmtree(out)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_packet_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    film = numbered_clip(tmp_path / "squat.mp4", [0.0, 0.1])
    judged = judgement(attempt(0.1))
    judged = replace(judged, video=replace(judged.video, sha256=sha256_of(film)))
    contents = iter(bytes([number]) * 1000 for number in range(250))

    def make(*_: object) -> writing.Packet:
        return writing.Packet({"case.html": next(contents)}, {})

    monkeypatch.setattr(writing, "make_packet", make)
    path = tmp_path / "appeal.zip"
    with failing() as counted:
        write_packet(path, film, judged, 1)
    assert len(counted.calls) >= 4
    for at in range(len(counted.calls)):
        before, said = path.read_bytes(), None
        with failing(at, fault), suppress(Killed):
            try:
                write_packet(path, film, judged, 1)
            except OutputError as error:
                said = str(error)
        assert said is None or is_sentence(said)
        assert path.read_bytes() == before or at == len(counted.calls) - 1
        assert unpacked(path)[1] == []
        write_packet(path, film, judged, 1)
        assert path.read_bytes() != before


def hold(out: Path, connection: Connection) -> None:
    """Run a batch until told to end."""
    with LocalPlace(out).held():
        connection.send("held")
        connection.recv()


def test_two_batches_do_not_write_to_one_folder_and_a_killed_one_holds_nothing(
    clips: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=hold, args=(out, theirs))
    other.start()
    assert ours.recv() == "held"
    half_done = out / ".batch" / "work" / "half"
    half_done.mkdir(parents=True)
    assert command("batch", *clips, "--out", out) == 1
    assert "Another depthperception writes to" in capsys.readouterr().err
    assert half_done.exists(), "what the first one has begun is its own"
    assert other.pid is not None
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    with LocalPlace(out).held():
        LocalPlace(out).prepare()
    assert not half_done.exists()
