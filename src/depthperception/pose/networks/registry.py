"""Layouts of outputs by name."""

from depthperception.pose.networks.layout import Layout

_LAYOUTS: dict[str, Layout] = {}


def register(layout: Layout) -> None:
    """Add a layout after those that are there; one of the same name is replaced in its place."""
    _LAYOUTS[layout.name] = layout


def layouts() -> tuple[Layout, ...]:
    """Every registered layout, in order of registration."""
    return tuple(_LAYOUTS.values())
