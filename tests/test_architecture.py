"""The house stays in order: rooms on floors, arrows that go down, files that can be read at one sitting."""

import ast
import subprocess
import sys
from pathlib import Path

import depthperception

PACKAGE = Path(depthperception.__file__).parent

FLOORS = (
    ("types", "errors", "concurrency", "memory"),
    ("damaged",),
    ("sandbox",),
    ("json_types", "proof", "bar_motion", "decision", "video_facts"),
    ("results",),
    ("geometry", "video", "models", "rules"),
    ("provenance", "people"),
    ("pose", "synth"),
    ("attempts", "appearance", "surfaces", "io"),
    ("capture", "bottoms"),
    ("depth",),
    ("barbell",),
    ("train",),
    ("ruling",),
    ("settings",),
    ("options",),
    ("case", "shots", "series"),
    ("pieces", "no_squat", "judging"),
    ("examination", "planar"),
    ("film",),
    ("journal",),
    ("pipeline",),
    ("multiview",),
    ("report", "live"),
    ("packet",),
    ("batch",),
    ("web",),
    ("cli",),
    ("__main__",),
)
"""Rooms from the ground up, as docs/architecture.md draws them: an import goes to a lower floor."""

LONGEST_MODULE = 380
"""Lines of a module: more is more than one thing."""


def room(module: str) -> str:
    """First part of a module's name below the package."""
    return module.split(".", maxsplit=1)[0]


def imports() -> set[tuple[str, str]]:
    """Arrows between rooms: (from, to), of every import in every file."""
    arrows = set()
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if module == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("depthperception"):
                if node.module.endswith(".settings") and module == "settings":
                    continue  # a room's numbers rest on nothing: see below
                inside = node.module.removeprefix("depthperception").lstrip(".")
                arrows |= {(room(module), room(inside or alias.name)) for alias in node.names}
    return {(one, other) for one, other in arrows if one != other}


def test_every_room_has_its_floor() -> None:
    rooms = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms - {"__init__"} == {name for floor in FLOORS for name in floor}


def test_no_import_goes_up() -> None:
    floor_of = {name: floor for floor, names in enumerate(FLOORS) for name in names}
    assert {(one, other) for one, other in imports() if floor_of[one] <= floor_of[other]} == set()


def test_a_rooms_settings_are_numbers_alone() -> None:
    for path in PACKAGE.glob("*/settings.py"):
        assert "from depthperception" not in path.read_text(encoding="utf-8"), path


def test_a_module_can_be_read_at_one_sitting() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path) for path, lines in lengths.items() if lines > LONGEST_MODULE} == set()


def test_importing_the_package_loads_no_array_no_network_and_no_video() -> None:
    heavy = "{'numpy', 'cv2', 'av', 'onnxruntime', 'scipy'}"
    code = f"import sys, depthperception; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
