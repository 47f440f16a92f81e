"""The commands that make and use data sets, as they are called."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthperception.depth.front.model import FrontModel
from depthperception.train.front.layouts import read_dataset
from depthperception.video import frames
from tests.support.command_line import run
from tests.support.front_squats import lifters_data
from tests.support.labelled_data import pack
from tests.support.rendered_clips import DATA


def test_a_video_becomes_a_clip_of_a_labelled_data_set(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    clip = DATA / "front_deep.mp4"
    assert run("landmarks", clip, "-o", data / "mine", "--layout", "kaggle", "--model", "full", "--quiet") == 0
    files = sorted((data / "mine").glob("*.npy"))
    assert len(files) > 0.9 * len(list(frames(clip)))
    first = np.load(files[0]).reshape(33, 4)
    # The lifter stands in the middle of the picture, hips over knees over ankles, and is seen.
    assert first[[23, 24], 0] == pytest.approx([0.5, 0.5], abs=0.1)
    assert first[23, 1] < first[25, 1] < first[27, 1] < 1.0
    assert first[[23, 24], 3].min() > 0.5
    assert run("label", data / "labels.csv", "mine", "valid", "--lifter", "me") == 0
    (one,) = read_dataset(data).clips
    assert (one.valid, one.lifter) == (True, "me")


def test_a_label_nobody_knows_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("label", tmp_path / "labels.csv", "mine", "perhaps") == 2
    assert "expected one of" in capsys.readouterr().err
    assert not (tmp_path / "labels.csv").exists()


@pytest.mark.usefixtures("quick_training")
def test_front_is_trained_and_evaluated_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = pack(lifters_data(3), tmp_path / "made.npz")
    assert run("train", "front", data, "--out", tmp_path / "m.json", "--no-rendered", "--quiet") == 0
    assert FrontModel.load(tmp_path / "m.json").provenance["results"]["front"]["accuracy"] == 1.0
    assert run("evaluate", "front", data, "--json", "--quiet") == 0
    assert json.loads(capsys.readouterr().out)["leave_one_lifter_out"]["front"]["accuracy"] == 1.0
    assert run("evaluate", "front", tmp_path / "nothing") == 1
    assert "Traceback" not in capsys.readouterr().err
