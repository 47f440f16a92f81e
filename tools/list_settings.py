"""Write docs/settings.md: every number that may be varied, its default and its reason, from the code that holds them.

python tools/list_settings.py
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from depthperception.settings import DEFAULTS

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"

HEAD = """# Settings
The numbers by which the detectors work, as `depthperception.settings.Settings` holds them. A judgement names those that
differ from the defaults under `provenance.settings`, by the path in the first column. Written by
`tools/list_settings.py` from the docstrings.

"""


def reasons(kind: type) -> dict[str, str]:
    """Reason of each attribute of a class by its docstring; names that share one each get it."""
    section = inspect.getdoc(kind).partition("Attributes\n----------\n")[2]  # type: ignore[union-attr]
    found = re.findall(r"^(\w[\w, ]*)\n((?: {4}.*\n?|\n)+)", section, re.MULTILINE)
    return {name: " ".join(said.split()) for names, said in found for name in names.split(", ")}


def tables(settings: Any, path: str = "") -> Iterator[str]:
    """Write a table of a class's numbers, and one of each that is inside of it."""
    said, inside = reasons(type(settings)), []
    title = inspect.getdoc(type(settings)).splitlines()[0]  # type: ignore[union-attr]
    rows = [f"## {type(settings).__name__}", title, "", "| path | default | why |", "| --- | --- | --- |"]
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            inside.append((value, f"{path}{field.name}."))
        else:
            rows.append(f"| `{path}{field.name}` | {shown(value)} | {said[field.name]} |")
    if len(rows) > 5:
        yield "\n".join(rows) + "\n"
    for value, below in inside:
        yield from tables(value, below)


def shown(value: Any) -> str:
    """Show a number, or several."""
    return ", ".join(shown(one) for one in value) if isinstance(value, tuple) else f"{value:g}"


if __name__ == "__main__":
    PAGE.write_text(HEAD + "\n".join(tables(DEFAULTS)), encoding="utf-8")
