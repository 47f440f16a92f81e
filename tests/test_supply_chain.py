"""What an application installs is pinned by hash, is what the project asks for, and is under permissive licences."""

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LICENCES: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "list_licences.py"))


def asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = (project["optional-dependencies"][name] for name in ("web", "export", "files"))
    return [Requirement(line) for line in sum(extras, project["dependencies"])]


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda requirement: requirement.name)
def test_what_the_project_asks_for_is_pinned_as_it_asks(requirement: Requirement) -> None:
    versions = [version for name, version, _ in LICENCES["pinned"]() if name == requirement.name]
    assert versions, "run: ./dev lock"
    assert all(version in requirement.specifier for version in versions), "run: ./dev lock"


def test_every_pin_has_its_hashes() -> None:
    pins = re.split(r"\n(?=\w)", LICENCES["LOCK"].read_text())[1:]
    bare = [pin.partition(" ")[0] for pin in pins if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", pin)]
    assert not bare
    assert len(pins) == len(list(LICENCES["pinned"]()))


def test_every_package_is_under_a_permissive_licence_and_on_the_page() -> None:
    page = LICENCES["PAGE"].read_text()
    rows = list(LICENCES["rows"]())
    assert len(rows) > 20
    assert not [(name, said) for name, _, said in rows if not LICENCES["permissive"](said)]
    assert not [name for name, version, _ in rows if f"| {name} | {version} |" not in page], "list_licences.py"


@pytest.mark.parametrize(
    ("licence", "well"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND (MIT OR GPL-3.0-only)", True),
        ("MIT AND LGPL-2.1-or-later", False),
        ("AGPL-3.0-only", False),
        ("nothing", False),
    ],
)
def test_a_licence_that_asks_for_more_than_a_name_is_noticed(licence: str, well: bool) -> None:
    assert LICENCES["permissive"](licence) is well
