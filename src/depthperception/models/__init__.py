"""The networks that ship with the package: where they are, what they are, and sessions that run them.

Each network is a frozen `ModelSpec` read from models.toml; `session` checks the file's hash before it hands the
bytes to ONNX Runtime, so a result's provenance (the hash) names exactly the weights that made it.
"""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from depthperception.errors import ModelError
from depthperception.models.inner_outputs import with_outputs

if TYPE_CHECKING:
    import onnxruntime as ort

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ModelSpec:
    """One network: its file, what the file must hash to, where it came from, and inner values that it hands out."""

    name: str
    file: str
    sha256: str
    size_bytes: int
    licence: str
    source: str
    input: str
    inner_outputs: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file lies in the installed package."""
        return FOLDER / self.file


@cache
def specs() -> Mapping[str, ModelSpec]:
    """Every shipped network by name, from models.toml."""
    table = tomllib.loads((FOLDER / "models.toml").read_text(encoding="utf-8"))
    return {name: ModelSpec(name=name, **row) for name, row in table.items()}


def checked_bytes(spec: ModelSpec) -> bytes:
    """Read a model file and refuse it unless it is the one that models.toml names.

    Raises
    ------
    ModelError
        When the file is missing or its SHA-256 differs.
    """
    try:
        data = spec.path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The model {spec.name} cannot be read at {spec.path} ({error.strerror}); it ships with the package. "
            "Install depthperception again."
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != spec.sha256:
        raise ModelError(
            f"The model file {spec.path} has SHA-256 {found[:16]}..., expected {spec.sha256[:16]}.... "
            "It was changed or damaged: install depthperception again."
        )
    return data


def session(name: str, *, threads: int = 0) -> "ort.InferenceSession":
    """Load a shipped network, once per process and thread count.

    Parameters
    ----------
    name
        A name in models.toml.
    threads
        Threads inside one inference; 0 takes every core. Looks that run beside each other use 1 (two sessions of
        one thread do 1.2 times the work of one with two on 2 cores).
    """
    # Looks beside each other ask for a network at the same moment, and a cache alone would let each of them load it.
    with _LOADING.setdefault((name, threads), Lock()):
        return _loaded(name, threads)


_LOADING: dict[tuple[str, int], Lock] = {}


@cache
def _loaded(name: str, threads: int) -> "ort.InferenceSession":
    import onnxruntime as ort  # noqa: PLC0415  (half of the import time of the package)

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or (os.cpu_count() or 1)
    options.log_severity_level = 3
    spec = specs()[name]
    model = with_outputs(checked_bytes(spec), spec.inner_outputs)
    return ort.InferenceSession(model, options, providers=_providers(ort.get_available_providers()))


def _providers(available: list[str]) -> list[str]:
    wanted = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")
    return [name for name in wanted if name in available]
