"""The tests themselves: what they share is in one place."""

import ast
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.judged_once import once

HERE = Path(__file__).parent


def imported(source: str) -> Iterator[str]:
    """Give the modules that a module imports anything from, wherever it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from (f"{start}.{alias.name}" for alias in node.names)


def from_other_tests(source: str) -> list[str]:
    """Imports of a test module that reach into other tests, and not into what they share."""
    reaching = [name for name in imported(source) if name.startswith((".", "tests.")) or name == "tests"]
    return [name for name in reaching if not name.startswith("tests.support.")]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from tests.support.figures import axes\nfrom tests.support import clips\nimport numpy", []),
        ("from tests.test_pipeline import run", ["tests.test_pipeline.run"]),
        ("def f():\n    from . import test_store", ["..test_store"]),
        ("import tests.web.conftest", ["tests.web.conftest"]),
    ],
)
def test_an_import_of_another_test_is_noticed(source: str, found: list[str]) -> None:
    assert from_other_tests(source) == found


def test_no_test_imports_another() -> None:
    modules = sorted(HERE.rglob("*.py"))
    assert len(modules) > 50
    assert not {str(path.relative_to(HERE)): found for path in modules if (found := from_other_tests(path.read_text()))}


def test_whatever_is_shared_says_what_it_is() -> None:
    assert all(ast.get_docstring(ast.parse(path.read_text())) for path in (HERE / "support").glob("*.py"))


def test_who_asks_while_it_is_made_waits_and_gets_the_same(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(path: Path) -> None:
        time.sleep(0.05)
        made.append(path)
        path.write_text("made")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: once(tmp_path / "it", make).read_text(), range(4)))
    assert found == ["made"] * 4
    assert len(made) == 1


def test_what_failed_to_be_made_is_made_again(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once(tmp_path / "it", fail)
    assert once(tmp_path / "it", lambda path: path.write_text("whole")).read_text() == "whole"
