"""A weight that is missing, short or changed is refused in a sentence, before anything is judged by it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from depthperception import models
from depthperception.errors import ModelError
from tests.support.command_line import run
from tests.support.rendered_clips import DATA


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (missing, "cannot be read"),
    "empty": (empty, "has 0 bytes"),
    "short": (short, "bytes, expected"),
    "one bit changed": (changed, "SHA-256"),
    "a folder": (folder, "cannot be read"),
}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the weights, loaded anew."""
    copy = tmp_path / "models"
    shutil.copytree(models.FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    models.specs()
    monkeypatch.setattr(models, "FOLDER", copy)
    monkeypatch.setattr(models, "_loaded", models._loaded.__wrapped__)
    return copy


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", sorted(models.specs()))
def test_every_weight_is_checked_when_it_is_read(weights: Path, name: str, fault: str) -> None:
    damage, said = FAULTS[fault]
    damage(weights / models.specs()[name].file)
    with pytest.raises(ModelError, match=f"{said}.*nstall depthperception again"):
        models.checked_bytes(name)


def test_a_video_is_not_judged_by_a_changed_weight(
    weights: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    changed(weights / models.specs()["movenet_multipose"].file)
    assert run("judge", DATA / "side_high.mp4", "-q", "--out", tmp_path / "out") == 1
    said = capfd.readouterr().err
    assert "SHA-256" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
