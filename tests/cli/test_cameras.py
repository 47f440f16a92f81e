"""The commands for several cameras: what they print and write, and what they refuse."""

import json
from pathlib import Path

import pytest

from depthperception.cli import several
from depthperception.multiview.calibration_files import write_calibration
from depthperception.multiview.together import TogetherExamination, put_together
from depthperception.options import Options
from tests.support.command_line import run
from tests.support.rendered_clips import DATA
from tests.support.several_views import Filmed, calibration_of, camera_at, examination_of

FIRST, SECOND = DATA / "front_deep.mp4", DATA / "side_high.mp4"


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> TogetherExamination:
    """What two views of a figure give, instead of two minutes' judging."""
    filmed = [examination_of(Filmed(45.0, FIRST)), examination_of(Filmed(315.0, SECOND, starts_s=0.25))]
    known = calibration_of(camera_at(45.0), camera_at(315.0))
    found = put_together(filmed, Options(), calibration=known, follow=lambda one: one.track)
    monkeypatch.setattr(several, "examine_together", lambda *_, **__: found)
    return found


def test_a_lift_by_two_cameras_is_printed_and_written(
    together: TogetherExamination, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("multiview", FIRST, SECOND, "--out", tmp_path / "out", "--quiet") == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("  attempt 1   ")
    assert "side_high.mp4   no depth, 2.0 cm above" in said[3]
    assert said[1].strip() == "● ●  left red (front_deep.mp4), chief missing, right red (side_high.mp4): NO LIFT"
    names = {"report.html", "judgement.json", "joints.trc", "calibration.toml"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    written = json.loads((tmp_path / "out" / "judgement.json").read_text())
    assert written["schema"] == together.judgement.schema
    assert run("multiview", FIRST, SECOND, "--out", tmp_path / "out", "--json", "--force") == 0
    assert json.loads(capsys.readouterr().out) == written


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((FIRST,), 2, "1 video was given"),
        ((FIRST, FIRST), 2, "are the same file"),
        ((FIRST, SECOND, "--calibration", DATA / "front_deep.json"), 1, "is no calibration"),
        ((FIRST, SECOND, "--calibration", "nowhere.toml"), 1, "cannot be read"),
        ((FIRST, SECOND, "--offset", "0.1", "--offset", "0.2"), 2, "2 offsets were given"),
        ((FIRST, SECOND, "--lifter", "2"), 2, "A person of one video was named"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_an_exit_code(
    arguments: tuple[str | Path, ...], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("multiview", *arguments, "--out", tmp_path / "out") == code

    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_calibration_of_other_cameras_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known, out = tmp_path / "three.toml", tmp_path / "out"
    write_calibration(calibration_of(camera_at(45.0), camera_at(0.0), camera_at(315.0)), known)
    assert run("multiview", FIRST, SECOND, "--calibration", known, "--out", out) == 1
    assert "The calibration has 3 cameras" in capsys.readouterr().err
    assert not out.exists()


def test_a_board_is_written_and_an_impossible_one_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("board", "--out", tmp_path / "board.svg") == 0
    assert (tmp_path / "board.svg").read_text().startswith("<svg")
    assert run("board", "--out", tmp_path / "board.pdf") == 0
    assert (tmp_path / "board.pdf").read_bytes().startswith(b"%PDF")
    assert run("board", "--out", tmp_path / "board.png") == 2
    assert run("board", "--out", tmp_path / "other.svg", "--board", "circles") == 2
    assert "no board called 'circles'" in capsys.readouterr().err


def test_calibration_by_one_film_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calibrate", FIRST, "--out", tmp_path / "calibration.toml") == 2
    assert "1 film was given" in capsys.readouterr().err
