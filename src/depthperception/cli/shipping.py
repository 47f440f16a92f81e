"""What whoever trained a weight does to ship it."""

from pathlib import Path

from rich.console import Console

from depthperception.models import specs, toml_lines


def say_how_to_ship(name: str, out: Path) -> None:
    """Say on stderr where a trained file goes in the package, and what models.toml must say of it then."""
    lines = toml_lines(name, out).replace("\n", "\n    ")
    Console(stderr=True).print(
        f"  To ship it, copy it to models/{specs()[name].file}; models.toml must say (and its source)\n    {lines}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
