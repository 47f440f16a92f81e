"""What tests of several rooms are given: clips judged once, one browser, and the material outside the repository."""

import shutil
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest

from depthperception.errors import MissingExtraError
from depthperception.synth.stills import Studio
from depthperception.train.front import evaluation, training
from depthperception.train.front.published import PublishedTrainer
from tests.support.chromium import CHROMIUMS, QUIET
from tests.support.judged_once import Examined, examined_once, shared_folder
from tests.support.labelled_data import SHARED
from tests.support.web_server import ANSWERED_WITHIN_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `shared` where the material beside the repository is missing."""
    if item.get_closest_marker("shared") and not SHARED.is_file():
        pytest.skip(f"needs {SHARED}, which is not part of the repository")


@pytest.fixture(scope="session")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    """Examine a clip, or give what was found when it was examined before."""
    return examined_once(shared_folder(tmp_path_factory))


@pytest.fixture(scope="module")
def studio() -> Studio:
    """Draw stills without smoothed edges, where the machine can draw."""
    try:
        return Studio(samples=0)
    except MissingExtraError as problem:
        pytest.skip(str(problem))


@pytest.fixture
def quick_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `front` choose among two heights, not six, and the published network learn for 5 epochs, not 200."""
    monkeypatch.setattr(training, "FEATURES", ("hip_drop", "knee_depth"))
    monkeypatch.setattr(evaluation, "PublishedTrainer", partial(PublishedTrainer, epochs=5))


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(CHROMIUMS)})")
    playwright.expect.set_options(timeout=1000 * ANSWERED_WITHIN_S)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
