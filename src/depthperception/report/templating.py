"""Jinja templates of the pages that are written as files: report, several views, case sheet."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, **known: Any) -> Environment:
    """Read a package's `templates`; what they may call is `known` in all of them, and every value is escaped."""
    found = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= known
    return found
