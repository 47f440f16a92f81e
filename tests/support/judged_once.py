"""What takes long is made once for all tests, whichever of pytest's processes asks first."""

import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from depthperception.examination import Examination
from depthperception.pipeline import examine

Examined = Callable[..., Examination]
"""Gives the examination of a clip, for a lifter's height in cm where that is given."""


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Folder of this run of pytest that all its processes see."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def once(path: Path, make: Callable[[Path], object]) -> Path:
    """Make a file or folder unless that was done before; who asks meanwhile waits."""
    done = path.with_name(f"{path.name}.done")
    with FileLock(f"{path}.lock"):
        if not done.exists():
            make(path)
            done.touch()
    return path


def examined_once(folder: Path) -> Examined:
    """Examine each clip once, and keep what was found in the folder."""

    @cache
    def of(clip: Path, height_cm: float | None = None) -> Examination:
        def make(kept: Path) -> None:
            kept.write_bytes(pickle.dumps(examine(clip, height_cm=height_cm)))

        found: Examination = pickle.loads(once(folder / f"{clip.stem}-{height_cm}.pickle", make).read_bytes())
        return found

    return of
