"""Where a result came from: versions, weights, method and options, so that it can be made again."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from depthperception.models import FOLDER, specs

USED = ("movenet_multipose", "pose_landmark_full", "pose_landmark_heavy", "pose_mask")
LEARNT = ("appearance", "calibrated")
RUNTIME = ("onnxruntime", "numpy", "av", "opencv-python-headless")


def provenance(options: Mapping[str, Any]) -> dict[str, Any]:
    """Name the versions and model hashes behind a judgement, and what was asked."""
    return {
        "version": package_version("depthperception"),
        **options,
        "models": {name: specs()[name].sha256 for name in USED} | {name: _sha256(name) for name in LEARNT},
        "packages": {name: package_version(name) for name in RUNTIME},
    }


@cache
def _sha256(name: str) -> str:
    return hashlib.sha256((FOLDER / f"{name}.npz").read_bytes()).hexdigest()


def package_version(name: str) -> str:
    """Version of an installed package, "unknown" where it runs from source without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
