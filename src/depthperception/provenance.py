"""Where a result came from: versions, weights, method and options, so that it can be made again."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from depthperception.models import specs

USED = ("movenet_multipose", "pose_landmark_full", "pose_landmark_heavy")
RUNTIME = ("onnxruntime", "numpy", "av", "opencv-python-headless")


def provenance(method: str, height_cm: float | None) -> dict[str, Any]:
    """Name the versions, model hashes and options behind a judgement."""
    return {
        "version": package_version("depthperception"),
        "method": method,
        "height_cm": height_cm,
        "models": {name: specs()[name].sha256 for name in USED},
        "packages": {name: package_version(name) for name in RUNTIME},
    }


def package_version(name: str) -> str:
    """Version of an installed package, "unknown" where it runs from source without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
