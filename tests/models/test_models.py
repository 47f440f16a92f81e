"""Every shipped weight: what models.toml says of it, what happens when its file is not that, what the files hold."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from depthperception import models
from depthperception.appearance.features import OUTPUTS, UNITS, shipped_head
from depthperception.cli.shipping import say_how_to_ship
from depthperception.depth import calibrated
from depthperception.depth.front import model as front
from depthperception.depth.front import published
from depthperception.errors import ModelError, OptionError
from depthperception.pose.blazepose import INNER_MAP
from depthperception.provenance import provenance
from depthperception.train.onnx_files import declare_outputs, halve
from tests.support.command_line import run

SHIPPED = models.FOLDER

LOADERS: dict[str, Callable[[], object]] = {
    "pose_mask": lambda: models._loaded.__wrapped__("pose_mask", 1, "cpu"),
    "appearance": lambda: models._loaded.__wrapped__("appearance", 1, "cpu"),
    "calibrated": calibrated.shipped_model.__wrapped__,
    "plates": lambda: models._loaded.__wrapped__("plates", 1, "cpu"),
    "front": front.shipped_model.__wrapped__,
    "front_published": published.shipped_network.__wrapped__,
}
"""How a file of each kind is loaded, past what is kept of it from before."""


def test_weights_are_small_enough_and_are_what_they_say() -> None:
    specs = models.specs()
    assert sum(spec.size_bytes for spec in specs.values()) <= 60e6
    for name, spec in specs.items():
        assert len(models.checked_bytes(name)) == spec.size_bytes
        assert spec.licence == "Apache-2.0"
        assert spec.source
        assert spec.input


def test_every_weight_in_the_folder_has_a_spec_and_no_other_module_names_its_file() -> None:
    beside = {".py", ".toml", ".md", ".svg"}
    files = {path.name for path in SHIPPED.iterdir() if path.is_file() and path.suffix not in beside}
    assert files == {spec.file for spec in models.specs().values()}
    package = SHIPPED.parent
    for module in package.rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        named = {f'"{file}"' for file in files if f'"{file}"' in text}
        assert not named, f"{module.relative_to(package)} names {named}"


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a copy of the shipped folder in its place, with one weight missing, cut short, or changed in one byte."""
    models.specs()
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr(models, "FOLDER", tmp_path)

    def damage(name: str, how: str) -> None:
        path = tmp_path / models.specs()[name].file
        whole = path.read_bytes()
        path.unlink()
        if how != "missing":
            path.write_bytes(whole[: len(whole) // 2] if how == "short" else bytes([whole[0] ^ 1]) + whole[1:])

    return damage


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("missing", r"cannot be read at .* expected the file that ships .*\. Install depthperception again\."),
        ("short", r"has \d+ bytes, expected \d+\. .*: install depthperception again\."),
        ("changed", r"has SHA-256 .*, expected .* changed or damaged: install depthperception again\."),
    ],
)
@pytest.mark.parametrize("name", list(LOADERS))
def test_a_damaged_weight_is_refused_and_the_doctor_finds_it(
    name: str, how: str, said: str, damaged: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    damaged(name, how)
    with pytest.raises(ModelError, match=said):
        LOADERS[name]()
    assert run("doctor") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "ok, Apache-2.0" in line] == [n for n in models.specs() if n != name]
    assert "a model is missing or damaged" in lines[-1]


def test_a_result_names_every_weight_with_its_hash() -> None:
    named = provenance({})["models"]
    assert named == {name: spec.sha256 for name, spec in models.specs().items()}
    assert {"front", "front_published", "calibrated", "appearance", "pose_landmark_heavy"} <= set(named)


def test_whoever_trained_a_weight_is_told_what_models_toml_must_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.json").write_bytes(b"abc")
    say_how_to_ship("front", tmp_path / "mine.json")
    said = [line.strip() for line in capsys.readouterr().err.splitlines()]
    # SHA-256 of "abc", FIPS 180-2, appendix B.1
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert said[1:] == ["[front]", 'file = "front.json"', f'sha256 = "{digest}"', "size_bytes = 3"]


def test_the_heavy_network_hands_out_what_the_heads_take() -> None:
    given = {value.name: value.shape for value in models.session("pose_landmark_heavy", threads=1).get_outputs()}
    (taken,) = {tuple(value.shape[1:]) for value in shipped_head().network.get_inputs()}
    assert given[INNER_MAP] == [1, *taken]
    for value in models.session("pose_mask", threads=1).get_inputs():
        assert given[value.name] == value.shape


def test_the_shipped_head_says_what_its_outputs_are() -> None:
    said = shipped_head().network.get_modelmeta().custom_metadata_map
    assert tuple(said["outputs"].split()) == OUTPUTS
    assert [float(unit) for unit in said["units"].split()] == UNITS.tolist()
    assert shipped_head().conformal == float(said["conformal"]) > 1.0


def small_network() -> onnx.ModelProto:
    """y = (2 x) + w, with w of 64 numbers that half precision holds, and 2 x inside."""
    tensor = helper.make_tensor_value_info
    weights = np.arange(64, dtype=np.float32) / 4
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["inner"]), helper.make_node("Add", ["inner", "w"], ["y"])],
        "small",
        [tensor("x", onnx.TensorProto.FLOAT, [64])],
        [tensor("y", onnx.TensorProto.FLOAT, [64])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_a_converted_network_hands_out_its_inside_and_says_what_it_said_before() -> None:
    model = halve(declare_outputs(small_network(), {"inner": [64]}))
    assert [tensor.data_type for tensor in model.graph.initializer] == [onnx.TensorProto.FLOAT16]
    x = np.linspace(-1.0, 1.0, 64, dtype=np.float32)
    before = models.open_network(small_network().SerializeToString(), threads=1).run(["y"], {"x": x})
    opened = models.open_network(model.SerializeToString(), threads=1)
    assert np.array_equal(opened.run(["inner"], {"x": x})[0], 2 * x)
    assert np.array_equal(opened.run(["y"], {"x": x})[0], before[0])
    with pytest.raises(ValueError, match="no value 'outer'"):
        declare_outputs(small_network(), {"outer": [64]})


def test_networks_run_on_the_processor_unless_another_device_is_asked_for_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert models.devices()[0] == models.device_in_use() == "cpu"
    assert provenance({})["device"] == "cpu"
    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    assert models.devices() == ("cpu", "cuda")
    assert models.open_network(models.checked_bytes("plates"), threads=1).get_providers() == ["CPUExecutionProvider"]
    with pytest.raises(OptionError, match=r"'coreml' was asked for; .* runs networks on: cpu, cuda"):
        models.use_device("coreml")
    try:
        models.use_device("cuda")
        asked: list[list[str]] = []
        monkeypatch.setattr(onnxruntime, "InferenceSession", lambda *_, providers: asked.append(providers))
        models.open_network(b"", threads=1)
        assert asked == [["CUDAExecutionProvider", "CPUExecutionProvider"]]
    finally:
        models.use_device("cpu")


def test_a_device_that_is_not_there_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("judge", "missing.mp4", "--device", "toaster") == 2
    assert "The device 'toaster' was asked for" in capsys.readouterr().err


def test_the_runtime_s_reports_to_its_maker_are_off() -> None:
    code = "import os; from depthperception.models import session; session('pose_mask')"
    code += "; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_a_network_keeps_no_second_copy_of_its_file_and_its_threads_do_not_wait_in_circles() -> None:
    network = models.open_network(models.checked_bytes("appearance"), threads=2)
    assert not [value for value in vars(network).values() if isinstance(value, bytes)]
    assert network.get_session_options().get_session_config_entry("session.intra_op.allow_spinning") == "0"
