"""Where results go: two videos of one name, and folders that hold another video's results."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import numbered_clip
from tests.support.command_line import run

TIMES_S = (np.arange(12) / 30).tolist()


def film(path: Path, frames: int) -> Path:
    """A film of nobody, which no film of another length equals; judging it takes a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return numbered_clip(path, TIMES_S[:frames])


def judged_from(folder: Path) -> str:
    """Path of the video whose results are in a folder."""
    path: str = json.loads((folder / "judgement.json").read_text())["video"]["path"]
    return path


@pytest.mark.parametrize("back", [False, True])
def test_two_videos_of_one_name_keep_both_results_and_their_folders(
    back: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = film(tmp_path / "day1" / "squat.mp4", 8), film(tmp_path / "day2" / "squat.mp4", 9)
    out = tmp_path / "X"
    assert run("judge", one, other, "--out", out) == 0
    assert "squat-2.judged" in capsys.readouterr().err
    again = (other, one) if back else (one, other)
    assert run("judge", *again, "--out", out, "--quiet", "--force") == 0
    assert [judged_from(out / name) for name in ("squat.judged", "squat-2.judged")] == [str(one), str(other)]
    assert sorted(folder.name for folder in out.iterdir()) == ["squat-2.judged", "squat.judged"]


def test_copies_of_one_video_get_folders_of_their_own(tmp_path: Path) -> None:
    one, copy = (film(tmp_path / day / "squat.mp4", 8) for day in ("day1", "day2"))
    assert run("judge", one, copy, "--out", tmp_path / "X", "--quiet") == 0
    assert judged_from(tmp_path / "X" / "squat-2.judged") == str(copy)


def test_endings_alone_tell_two_videos_apart(tmp_path: Path) -> None:
    phone, export = film(tmp_path / "IMG_1.MOV", 8), film(tmp_path / "IMG_1.mp4", 9)
    assert run("judge", phone, "--quiet") == 0
    assert run("judge", export, "--quiet") == 0
    assert judged_from(tmp_path / "IMG_1.judged") == str(phone)
    assert judged_from(tmp_path / "IMG_1-2.judged") == str(export)


def test_results_of_another_video_are_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = film(tmp_path / "a.mp4", 8), film(tmp_path / "b.mp4", 9)
    for folder in (tmp_path / "X", tmp_path / "Y" / "lifter_1"):
        assert run("judge", one, "--out", folder, "--quiet") == 0
    for out in (tmp_path / "X", tmp_path / "Y"):
        assert run("judge", other, "--out", out, "--quiet") == 1
        assert f"holds the results of another video, {one}" in capsys.readouterr().err
    assert run("judge", one, "--out", tmp_path / "X", "--quiet", "--force") == 0
