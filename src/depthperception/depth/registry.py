"""Depth methods by name: what each measures, what it is blind to, and how to run one, or all, on the same evidence.

A method of one's own is registered like ours (`depth/__init__.py`); command line, JSON, report and web page then show
it beside the others.
"""

from collections.abc import Callable
from dataclasses import dataclass

from depthperception.depth.evidence import Evidence
from depthperception.depth.in_picture import PictureEvidence
from depthperception.errors import OptionError, quoted
from depthperception.results import Reading


@dataclass(frozen=True)
class Method:
    """A way to measure depth.

    Attributes
    ----------
    name
        What the command line and the JSON call it.
    title
        What people call it.
    sees, blind_to
        What it measures, and what it cannot see, a sentence or two each.
    each_leg
        Whether it measures left and right by themselves.
    measure
        Reads one attempt's depth; networks and models are loaded when it runs for the first time.
    in_picture
        Reads it from another network's landmarks in the picture alone; None where it needs more than these.
    """

    name: str
    title: str
    sees: str
    blind_to: str
    each_leg: bool
    measure: Callable[[Evidence], Reading]
    in_picture: Callable[[PictureEvidence], Reading] | None = None


_METHODS: dict[str, Method] = {}


def register(method: Method) -> None:
    """Add a method after those that are there; one of the same name is replaced in its place."""
    _METHODS[method.name] = method


def methods() -> tuple[Method, ...]:
    """Every registered method, in order of registration."""
    return tuple(_METHODS.values())


def method_names() -> tuple[str, ...]:
    """Their names."""
    return tuple(_METHODS)


def known_method(name: str) -> Method | None:
    """Find a method; None where a judgement names one that is not registered here."""
    return _METHODS.get(name)


def check_method(name: str) -> Method:
    """Find a method, and refuse a name that none is registered under.

    Raises
    ------
    OptionError
    """
    if name not in _METHODS:
        raise OptionError(
            f"There is no method called {quoted(name)}; expected one of {', '.join(_METHODS)}. Choose one of these."
        )
    return _METHODS[name]


def measure(name: str, evidence: Evidence) -> Reading:
    """Let one method measure, without loading what the others need.

    Raises
    ------
    OptionError
        When no method has that name.
    """
    return check_method(name).measure(evidence)


def measure_all(evidence: Evidence) -> dict[str, Reading]:
    """Let every method measure the same evidence."""
    return {name: method.measure(evidence) for name, method in _METHODS.items()}


def measure_all_in_picture(evidence: PictureEvidence) -> dict[str, Reading]:
    """Let every method measure landmarks in the picture; those that need more say so."""
    return {
        name: method.in_picture(evidence) if method.in_picture else Reading(name, reason=NEEDS_MORE)
        for name, method in _METHODS.items()
    }


NEEDS_MORE = (
    "Not available with this network: the method needs BlazePose, its landmarks in three dimensions or what it sees "
    "inside."
)
