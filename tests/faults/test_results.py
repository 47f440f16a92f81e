"""Every write of results fails once at every place: nothing half-written is read as whole, a second run mends it."""

import json
import multiprocessing
import os
import signal
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from depthperception.errors import DepthPerceptionError, JudgementError, OutputError
from depthperception.examination import Examination
from depthperception.io.atomic import whole_file, write_json
from depthperception.report.folder import JUDGEMENT, OURS, WRITES, prepare, read_judgement, write_all, writing
from depthperception.video import probe
from tests.support.campaign.trial import is_sentence
from tests.support.clips import numbered_clip
from tests.support.failing_disk import FAULTS, Killed, failing
from tests.support.report_examples import attempt, judgement, track


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered_clip(tmp_path / "squat.mp4", [number / 8 for number in range(9)])


@pytest.fixture
def small(film: Path, monkeypatch: pytest.MonkeyPatch) -> Examination:
    """An examination whose pictures take no time to draw: what is drawn is not what may be lost."""

    def draw(path: Path, *_: object, **__: object) -> None:
        with whole_file(path) as partial:
            partial.write_bytes(b"picture")

    for module, name in (
        ("overlay", "write_overlay"), ("bottom", "write_bottom"), ("share", "write_share"),
        ("figures", "write_depth_figure"), ("page.content", "write_page"),
    ):  # fmt: skip
        monkeypatch.setattr(f"depthperception.report.{module}.{name}", draw)
    judged = judgement(attempt(1.0))
    judged = replace(judged, video=replace(judged.video, sha256=probe(film).sha256))
    return Examination(judged, track([0.5, 1.0]), np.arange(9) / 8)


def write(examination: Examination, film: Path, folder: Path) -> list[str]:
    prepare(folder, probe(film))
    with writing(folder):
        return write_all(examination, film, folder)


def is_whole(folder: Path, wanted: list[str]) -> bool:
    """Whether whoever reads the folder finds results; then all of them have to be there, and whole."""
    try:
        read_judgement(folder)
    except JudgementError:
        return False
    for name in wanted:
        content = (folder / name).read_bytes()
        assert content == b"picture" if name not in (JUDGEMENT, "landmarks.npz") else len(content) > 1000, name
    return True


@pytest.mark.parametrize("fault", FAULTS)
def test_results_that_could_not_be_written_are_none_and_a_second_run_writes_them(
    tmp_path: Path, film: Path, small: Examination, fault: str
) -> None:
    with failing() as counted:
        wanted = write(small, film, tmp_path / "counted")
    assert len(counted.calls) > 30
    for at in range(len(counted.calls)):
        folder = tmp_path / f"{at}.judged"
        if at % 2:  # every second time over earlier results
            write(small, film, folder)
        with failing(at, fault) as disk:
            said = None
            try:
                write(small, film, folder)
            except OutputError as error:
                said = str(error)
            except Killed:
                pass
        assert len(disk.calls) > at
        assert said is None or is_sentence(said), said
        is_whole(folder, wanted)
        assert write(small, film, folder) == wanted, disk.calls[at]
        assert is_whole(folder, wanted)
        left = {path.name for path in folder.iterdir()} - set(OURS)
        assert left <= {name for name in left if name.startswith(".depthperception-")}, left


def test_a_folder_whose_writer_was_killed_is_written_again(tmp_path: Path, film: Path, small: Examination) -> None:
    folder = tmp_path / "squat.judged"
    with failing() as counted:
        write(small, film, tmp_path / "counted")
    after_the_first_file = counted.calls.index("replace") + 1
    with failing(after_the_first_file, "killed"), pytest.raises(Killed):
        write(small, film, folder)
    assert not (folder / JUDGEMENT).exists()
    assert any((folder / name).exists() for name in OURS)
    assert (folder / WRITES).exists()
    write(small, film, folder)
    assert not (folder / WRITES).exists()


def hold(folder: Path, connection: Connection) -> None:
    """Write to a folder until told to end."""
    with writing(folder):
        connection.send("held")
        connection.recv()


def test_two_processes_do_not_write_to_one_folder_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=hold, args=(tmp_path, theirs))
    other.start()
    assert ours.recv() == "held"
    with pytest.raises(OutputError, match=r"Another depthperception writes to .* Wait for it"), writing(tmp_path):
        pass
    assert other.pid is not None
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    with writing(tmp_path):
        pass
    assert not (tmp_path / WRITES).exists()


def test_one_json_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "judgement.json"
    with failing() as counted:
        write_json(path, {"version": 0})
    for fault in FAULTS:
        for at in range(len(counted.calls)):
            write_json(path, {"version": 1})
            with failing(at, fault), suppress(DepthPerceptionError, Killed):
                write_json(path, {"version": 2})
            assert json.loads(path.read_text())["version"] in (1, 2)
