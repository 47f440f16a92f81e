"""What a judgement's JSON promises: a schema that fits, a way back, nulls for what was not measured, short reprs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import depthperception
from depthperception.barbell import PlateTrack
from depthperception.errors import JudgementError
from depthperception.examination import Examination
from depthperception.json_types import plain, schema_of
from depthperception.people import PersonTrack
from depthperception.people.movenet import Person
from depthperception.report import folder
from depthperception.results import SCHEMA, Judgement
from depthperception.types import Side
from tests.support.golden import differences
from tests.support.report_examples import attempt, judgement, track

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "tests" / "data" / "demo_judgement.json"
SCHEMA_FILE = ROOT / "docs" / "judgement.schema.json"


@pytest.fixture
def demo() -> dict[str, Any]:
    """What the command line wrote of the demo clip."""
    content: dict[str, Any] = json.loads(DEMO.read_text(encoding="utf-8"))
    return content


def test_the_schema_in_the_docs_is_that_of_the_types() -> None:
    kept = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert schema_of(Judgement, SCHEMA) == kept, "run: python tools/write_schema.py"


def test_judgements_keep_to_the_schema_and_what_is_wrong_with_one_is_seen(demo: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for content in (demo, judgement().to_dict(), judgement(attempt(2.0), attempt(5.0, None)).to_dict()):
        jsonschema.validate(content, schema)
    assert demo["attempts"][0]["bar"]["path"]["px"], "the example has a bar"
    for place, wrong in (("verdict", "maybe"), ("bottom_s", "2.5"), ("depth", None)):
        spoilt = {**demo, "attempts": [{**demo["attempts"][0], place: wrong}]}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoilt, schema)


def test_a_judgement_read_back_is_the_one_that_was_written(demo: dict[str, Any]) -> None:
    read = Judgement.from_dict(demo)
    assert read.to_dict() == demo
    assert read.attempts[0].depth.interval90_cm == tuple(demo["attempts"][0]["depth"]["interval90_cm"])
    assert Judgement.from_dict(read.to_dict()) == read
    short = judgement(attempt(2.0, 1 / 3), attempt(5.0, None))
    assert Judgement.from_dict(short.to_dict()).attempts[0].depth.cm == 0.3333
    nobody = judgement()
    assert Judgement.from_dict(json.loads(json.dumps(nobody.to_dict()))) == nobody


def test_fields_that_a_later_version_adds_do_no_harm(demo: dict[str, Any]) -> None:
    assert Judgement.from_dict({**demo, "referee": {"name": "?"}}) == Judgement.from_dict(demo)


def test_what_is_not_finite_is_null() -> None:
    assert plain({"a": float("nan"), "b": (1.00004, float("inf")), "c": np.float64(2.0)}) == {
        "a": None, "b": [1.0, None], "c": 2.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"schema": "depthperception/judgement/1"}, r"judgement/1; expected \S+/2,.* Judge the video again"),
        ({"schema": None}, "no schema; expected"),
        ({"status": "perhaps"}, "'perhaps'.*status"),
        ({"video": {"path": "squat.mp4"}}, "missing required field `sha256`"),
    ],
)
def test_what_is_no_judgement_of_this_version_is_refused_with_a_sentence(
    spoilt: dict[str, Any], words: str, demo: dict[str, Any]
) -> None:
    with pytest.raises(JudgementError, match=words):
        Judgement.from_dict({**demo, **spoilt})


def test_a_folder_of_an_earlier_version_is_ours_to_replace_but_not_to_read(tmp_path: Path) -> None:
    (tmp_path / folder.JUDGEMENT).write_text('{"schema": "depthperception/judgement/1"}', encoding="utf-8")
    folder.prepare(tmp_path)
    with pytest.raises(JudgementError, match="Judge the video again"):
        folder.read_judgement(tmp_path)
    (tmp_path / folder.JUDGEMENT).write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    assert folder.read_judgement(tmp_path).attempts[0].verdict == "depth"


def test_the_comparison_with_the_golden_file_sees_what_changed(demo: dict[str, Any]) -> None:
    near, far = json.loads(json.dumps(demo)), json.loads(json.dumps(demo))
    near["attempts"][0]["depth"]["cm"] += 0.08
    near["attempts"][0]["bar"]["path"]["px"][10][1] += 3.0
    assert list(differences(near, demo)) == []
    near["camera"]["azimuth_deg"] += 0.8
    assert [one.split(" is ")[0] for one in differences(near, demo)] == [".camera.azimuth_deg"]
    near["attempts"][0]["bottom_frame"] += 1
    assert list(differences(near, demo)) == []
    near["attempts"][0]["bottom_frame"] += 1
    assert len(list(differences(near, demo))) == 2
    far["attempts"][0]["depth"]["cm"] += 0.3
    far["attempts"][0]["depth"]["left"] = None
    far["attempts"][0]["verdict"] = "no_depth"
    far["lifter"]["box_px"][2] += 3.0
    far["scale"]["cm_per_px"] += 0.002
    del far["camera"]["up"]
    assert [one.split(" is ")[0] for one in differences(far, demo)] == [
        ".attempts[0].depth.cm", ".attempts[0].depth.left", ".attempts[0].verdict", ".camera.up",
        ".lifter.box_px[2]", ".scale.cm_per_px",
    ]  # fmt: skip


def test_long_results_show_themselves_in_one_short_line() -> None:
    times = np.linspace(0.0, 3.0, 91)
    poses = track([float(time) for time in times])
    points, radii = np.zeros((91, 2)), np.ones(91)
    plate = PlateTrack(Side.LEFT, times, points, radii, np.eye(2), 0.834, points)
    person = Person(np.zeros((17, 2)), np.ones(17), np.array([10.0, 20.0, 110.0, 320.0]), 0.9)
    people = (PersonTrack(times, (person,) * 91),)
    ruled = judgement(*(attempt(2.0 + 3 * number) for number in range(40)))
    whole = Examination(ruled, poses, times, people, 0, ((plate,),))
    assert repr(poses) == "<PoseTrack 91 times, 0.00 to 3.00 s>"
    assert repr(plate) == "<PlateTrack left, 91 times, 0.00 to 3.00 s, vote 0.83>"
    assert repr(people[0]) == "<PersonTrack 91 times, 0.00 to 3.00 s>"
    assert repr(person) == "<Person 0.90 in 10, 20 to 110, 320 px>"
    assert repr(ruled.attempts[0]) == "<AttemptJudgement depth at 2.00 s by gravity, +3.0 cm>"
    assert repr(judgement(attempt(2.0))) == "<Judgement of squat.mp4: judged, 1 attempt: depth at 2.00 s>"
    assert repr(judgement()) == "<Judgement of squat.mp4: no_squat>"
    many = "judged, 40 attempts: depth at 2.00 s, depth at 5.00 s, depth at 8.00 s, ..."
    assert repr(whole) == f"<Examination of squat.mp4: {many}; person 1 of 1, 91 poses>"


def test_the_version_is_that_of_the_installed_package() -> None:
    from importlib.metadata import version  # noqa: PLC0415

    assert depthperception.__version__ == version("depthperception")


def test_reading_json_and_naming_the_version_load_neither_networks_nor_pictures() -> None:
    script = (
        f"import json, sys, depthperception as d; d.__version__; d.Judgement.from_dict(json.load(open({str(DEMO)!r})));"
        "sys.exit(any(name in sys.modules for name in ('onnxruntime', 'cv2', 'numpy', 'pydantic')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
