"""Depth methods by name: one at a time, in a known order, each with what it measures."""

import subprocess
import sys

import pytest

from depthperception.depth import Evidence, Method, measure, measure_all, method_names, methods, register, registry
from depthperception.errors import OptionError
from depthperception.results import Reading
from tests.support.evidence import evidence
from tests.support.figures import axes

IN_ORDER = ("calibrated", "surfaces", "appearance", "side", "floor_plane", "gravity", "front", "front_published")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of two made-up methods in place of ours."""
    monkeypatch.setattr(registry, "_METHODS", {})

    def breaks(evidence: Evidence) -> Reading:
        raise AssertionError("nobody asked for this one")

    register(Method("late", "Late", "Nothing.", "Everything.", False, breaks))
    register(Method("own", "Own", "Everything.", "Nothing.", False, lambda _: Reading("own", 1.0)))


def test_our_methods_stand_in_the_order_in_which_they_are_shown() -> None:
    assert method_names() == IN_ORDER
    for method in methods():
        assert method.title[0].isupper()
        assert all(sentence.endswith(".") for sentence in (method.sees, method.blind_to))


@pytest.mark.usefixtures("own")
def test_one_method_runs_alone() -> None:
    assert measure("own", evidence(95.0, axes(40.0))) == Reading("own", 1.0)
    assert method_names() == ("late", "own")
    with pytest.raises(OptionError, match="expected one of late, own"):
        measure("gravity", evidence(95.0, axes(40.0)))


def test_only_methods_that_measure_each_leg_give_it_a_number() -> None:
    readings = measure_all(evidence(95.0, axes(40.0)))
    assert tuple(readings) == IN_ORDER
    for method in methods():
        legs = readings[method.name].left, readings[method.name].right
        assert [leg is not None for leg in legs] == [method.each_leg] * 2, method.name


def test_plain_geometry_loads_no_network() -> None:
    script = (
        "import sys; from depthperception.depth import measure; from tests.support.figures import axes;"
        "from tests.support.evidence import evidence;"
        "assert measure('gravity', evidence(95.0, axes(40.0))).cm is not None; sys.exit('onnxruntime' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
