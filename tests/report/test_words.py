"""What people read takes nobody for a man."""

import ast
import re
from pathlib import Path

import depthperception

PACKAGE = Path(depthperception.__file__).parent
HE = re.compile(r"\b(he|his|him|himself)\b", re.IGNORECASE)
MARKUP = ("*.jinja", "*.html", "*.toml", "*.js")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//.*?$", re.DOTALL | re.MULTILINE)


def said_in(module: Path) -> list[str]:
    """Strings of a module that are no docstrings; what stands alone is one."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    alone = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    constants = [one for one in ast.walk(tree) if isinstance(one, ast.Constant) and id(one) not in alone]
    return [one.value for one in constants if isinstance(one.value, str)]


def test_a_lifter_and_a_referee_may_be_a_woman() -> None:
    said = [(module.name, words) for module in PACKAGE.rglob("*.py") for words in said_in(module)]
    said += [
        (file.name, line)
        for pattern in MARKUP
        for file in PACKAGE.rglob(pattern)
        for line in COMMENT.sub("", file.read_text(encoding="utf-8")).splitlines()
    ]
    assert len(said) > 5000, "no words were found"
    assert [one for one in said if HE.search(one[1])] == []
