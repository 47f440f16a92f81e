"""The tests themselves: what they share is in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

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
