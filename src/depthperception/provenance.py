"""Where a result came from: versions, weights, method and options, so that it can be made again."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from depthperception.models import device_in_use, specs

RUNTIME = ("onnxruntime", "numpy", "av", "opencv-python-headless")


def provenance(options: Mapping[str, Any]) -> dict[str, Any]:
    """Name the versions and the hashes of all weights behind a judgement, and what was asked.

    Every shipped weight has a part: each method's reading is in the result, not only the one that ruled.
    """
    return {
        "version": package_version("depthperception"),
        **options,
        "models": {name: spec.sha256 for name, spec in specs().items()},
        "device": device_in_use(),
        "packages": {name: package_version(name) for name in RUNTIME},
    }


def package_version(name: str) -> str:
    """Version of an installed package, "unknown" where it runs from source without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
