"""Convert the .tflite networks to the ONNX files that ship in the package.

    python tools/convert_models.py FOLDER_WITH_TFLITE

needs onnx, tf2onnx and tensorflow-cpu (1.17.0 and 2.21.0 of these made the shipped files; tf2onnx names some tensors by
chance, so another run gives the same arithmetic under another hash, which goes into models.toml). The weights are
float16 in the .tflite and come out of tf2onnx as float32; every initialiser that float16 holds exactly is stored so
again, with a Cast in front that ONNX Runtime folds when the session loads. The arithmetic is unchanged, the file half
the size.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
from onnx.utils import Extractor

from depthperception.models import toml_lines
from depthperception.pose.blazepose import INNER_MAP
from depthperception.train.onnx_files import declare_outputs, halve

NAMES = ("pose_landmark_full", "pose_landmark_heavy", "movenet_multipose")
TARGET = Path(__file__).resolve().parent.parent / "src" / "depthperception" / "models"

WANTED = ["Identity", "Identity_1", "Identity_4"]
"""Outputs of BlazePose that are kept: landmarks, presence, metres. ONNX Runtime computes the whole graph whatever is
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

INNER = {INNER_MAP: (1, 192, 16, 16), MASK[0][0]: (1, 48, 64, 64), MASK[0][1]: (1, 24, 128, 128)}
"""Values inside the heavy network's kept part that are outputs too: for the head of `appearance` and for the mask's."""


def to_onnx(tflite: Path, folder: Path) -> onnx.ModelProto:
    """Run tf2onnx on one .tflite file."""
    out = folder / f"{tflite.stem}.onnx"
    command = [sys.executable, "-m", "tf2onnx.convert", "--tflite", str(tflite), "--output", str(out)]
    subprocess.run([*command, "--opset", "17"], check=True)
    return onnx.load(out)


def prune(model: onnx.ModelProto, outputs: list[str], inputs: list[str] | None = None) -> onnx.ModelProto:
    """Keep only what leads from some inputs to some outputs; their values stay the same to the last bit."""
    extractor = Extractor(onnx.shape_inference.infer_shapes(model))
    pruned = extractor.extract_model(inputs or [entry.name for entry in model.graph.input], outputs)
    del pruned.graph.value_info[:]
    return pruned


def main(folder: Path) -> None:
    """Convert the three networks, cut out the mask head, and print what models.toml holds of each."""
    for name in NAMES:
        with tempfile.TemporaryDirectory() as scratch:
            model = to_onnx(folder / f"{name}.tflite", Path(scratch))
        if name == "pose_landmark_heavy":
            inputs, outputs = MASK
            write("pose_mask", prune(model, outputs, inputs))
        if name != "movenet_multipose":
            model = prune(model, WANTED)
        write(name, declare_outputs(model, INNER) if name == "pose_landmark_heavy" else model)


def write(name: str, model: onnx.ModelProto) -> None:
    """Write a network into the package and print what models.toml must say."""
    target = TARGET / f"{name}.onnx"
    onnx.save(halve(model), target)
    print(toml_lines(name, target))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
