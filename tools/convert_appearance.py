"""Make the ONNX file of a head of method `appearance` out of its weights as .npz, as they shipped once.

    python tools/convert_appearance.py HEAD.npz HEAD.onnx

Needs onnx. `depthperception train appearance` writes the ONNX file itself.
"""

import sys
from pathlib import Path

import numpy as np
import onnx

from depthperception.models import toml_lines
from depthperception.train.appearance.onnx_head import head_model


def main(source: Path, target: Path) -> None:
    """Convert, and print what models.toml must say."""
    with np.load(source) as file:
        weights = {name: file[name] for name in file.files}
    conformal = float(weights.pop("conformal"))
    onnx.save(head_model(weights, conformal), target)
    print(toml_lines("appearance", target))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
