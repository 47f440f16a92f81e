"""Convert the .tflite networks to the ONNX files that ship in the package.

    python tools/convert_models.py FOLDER_WITH_TFLITE

needs tf2onnx and tensorflow-cpu (1.17.0 and 2.21.0 made the shipped files; tf2onnx names some tensors by chance, so
another run gives the same arithmetic under another hash, which goes into models.toml). The weights are float16 in
the .tflite and come out of tf2onnx as float32; every initialiser that float16 holds exactly is stored so again, with
a Cast in front that ONNX Runtime folds when the session loads. The arithmetic is unchanged, the file half the size.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.utils import Extractor

NAMES = ("pose_landmark_full", "pose_landmark_heavy", "movenet_multipose")
TARGET = Path(__file__).resolve().parent.parent / "src" / "depthperception" / "models"
INNER = {"pose_landmark_heavy": ("Relu6__337:0", "features", (1, 288, 4, 4))}
"""Inner maps made outputs: what a head on the frozen network sees."""

WANTED = {
    "pose_landmark_full": ["Identity", "Identity_1", "Identity_4"],
    "pose_landmark_heavy": ["Identity", "Identity_1", "Identity_4", "features"],
}
"""Outputs that are kept: landmarks, presence, metres, inner map. ONNX Runtime computes the whole graph whatever is
asked for; without the heads for mask and heatmaps full takes 4.3 ms instead of 10.7, heavy 20 instead of 27."""

MASK = (
    [
        "model_1/model/add_25/add",
        "model_1/model/batch_normalization_2/FusedBatchNormV3;model_1/model/depthwise_conv2d_76/depthwise;model_1/model/conv2d_1/Conv2D1",
    ],
    ["Identity_2"],
)
"""The heavy network's mask head: what it takes from the decoder, and the mask. In a file of its own it takes 8 ms where
it is wanted, on values that the pruned network computes anyway."""

SMALLEST = 64
"""Values in an initialiser below which halving it saves less than its Cast costs."""


def to_onnx(tflite: Path, folder: Path) -> onnx.ModelProto:
    """Run tf2onnx on one .tflite file."""
    out = folder / f"{tflite.stem}.onnx"
    command = [sys.executable, "-m", "tf2onnx.convert", "--tflite", str(tflite), "--output", str(out)]
    subprocess.run([*command, "--opset", "17"], check=True)
    return onnx.load(out)


def expose(model: onnx.ModelProto, inner: str, name: str, shape: tuple[int, ...]) -> onnx.ModelProto:
    """Make an inner tensor an output under a name of its own."""
    model.graph.node.append(helper.make_node("Identity", [inner], [name]))
    model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
    return model


def prune(model: onnx.ModelProto, outputs: list[str], inputs: list[str] | None = None) -> onnx.ModelProto:
    """Keep only what leads from some inputs to some outputs; their values stay the same to the last bit."""
    extractor = Extractor(onnx.shape_inference.infer_shapes(model))
    pruned = extractor.extract_model(inputs or [entry.name for entry in model.graph.input], outputs)
    del pruned.graph.value_info[:]
    return pruned


def halve(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store float32 initialisers that float16 holds exactly as float16 behind a Cast."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        half = values.astype(np.float16)
        if values.size < SMALLEST or not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def main(folder: Path) -> None:
    """Convert the three networks, cut out the mask head, and print what models.toml holds of each."""
    for name in NAMES:
        with tempfile.TemporaryDirectory() as scratch:
            model = to_onnx(folder / f"{name}.tflite", Path(scratch))
        if name == "pose_landmark_heavy":
            inputs, outputs = MASK
            write("pose_mask", prune(model, outputs, inputs))
        if name in INNER:
            model = expose(model, *INNER[name])
        if name in WANTED:
            model = prune(model, WANTED[name])
        write(name, model)


def write(name: str, model: onnx.ModelProto) -> None:
    """Write a network into the package and print its hash and size."""
    target = TARGET / f"{name}.onnx"
    onnx.save(halve(model), target)
    print(name, hashlib.sha256(target.read_bytes()).hexdigest(), target.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
