"""The weights that ship with the package: what they are, their checked bytes, and sessions that run the networks.

Each weight is a frozen `ModelSpec` read from models.toml. `checked_bytes` alone opens the files, and checks the hash
each time, so a result's provenance (the hashes) names exactly the weights that made it.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from depthperception.errors import ModelError, OptionError, quoted
from depthperception.memory import give_back
from depthperception.models.memory import REMEMBERED, LookMemory, RememberingSession

if TYPE_CHECKING:
    import onnxruntime as ort

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ModelSpec:
    """One weight: its file, what the file must hash to, where it came from, and what it takes."""

    name: str
    file: str
    sha256: str
    size_bytes: int
    licence: str
    source: str
    input: str


@cache
def specs() -> Mapping[str, ModelSpec]:
    """Every shipped weight by name, from models.toml."""
    table = tomllib.loads((FOLDER / "models.toml").read_text(encoding="utf-8"))
    return {name: ModelSpec(name=name, **row) for name, row in table.items()}


def checked_bytes(name: str) -> bytes:
    """Read a shipped weight and refuse it unless it is the one that models.toml names.

    Raises
    ------
    ModelError
        When the file is missing, has another size, or its SHA-256 differs.
    """
    spec = specs()[name]
    path = FOLDER / spec.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The model {name} cannot be read at {path} ({error.strerror}); expected the file that ships with the "
            "package. Install depthperception again."
        ) from error
    if len(data) != spec.size_bytes:
        raise ModelError(
            f"The model file {path} has {len(data)} bytes, expected {spec.size_bytes}. "
            "It is not whole, or another file: install depthperception again."
        )
    found = hashlib.sha256(data).hexdigest()
    if found != spec.sha256:
        raise ModelError(
            f"The model file {path} has SHA-256 {found[:16]}..., expected {spec.sha256[:16]}.... "
            "It was changed or damaged: install depthperception again."
        )
    return data


def toml_lines(name: str, path: Path) -> str:
    """Lines of models.toml that name the content of a file, for whoever ships it as the weight `name`."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return f'[{name}]\nfile = "{specs()[name].file}"\nsha256 = "{digest}"\nsize_bytes = {len(data)}'


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
    device = _device
    # Looks beside each other ask for a network at the same moment, and a cache alone would let each of them load it.
    with _LOADING.setdefault((name, threads, device), Lock()):
        network = _loaded(name, threads, device)
    if not _MEMORIES or name not in REMEMBERED:
        return network
    return cast("ort.InferenceSession", RememberingSession(name, network, _MEMORIES[-1]))


def let_go_of_networks() -> None:
    """Let go of every network that is loaded, 210 MB in all: who asks for one next loads it again, .5 s for all."""
    _loaded.cache_clear()
    shrink_arena()


def shrink_arena() -> None:
    """Give back what all networks' arena keeps for the next look: it does so only when a run asks for it."""
    import numpy as np  # noqa: PLC0415  (who asks what a weight is needs no arrays)
    import onnxruntime as ort  # noqa: PLC0415

    smallest = session("pose_mask", threads=1)
    nothing = {one.name: np.zeros(one.shape, np.float32) for one in smallest.get_inputs()}
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    smallest.run(None, nothing, options)
    give_back()


@contextmanager
def remembered_looks() -> Iterator[LookMemory]:
    """Let the costly networks answer from memory what they were asked lately, in all threads, until this ends."""
    memory = LookMemory()
    _MEMORIES.append(memory)
    try:
        yield memory
    finally:
        _MEMORIES.remove(memory)


def use_device(name: str) -> None:
    """Let networks that are loaded from now on run on a device of `PROVIDERS`, in this process.

    Raises
    ------
    OptionError
        When there is no such device, or the onnxruntime that is installed cannot use it.
    """
    global _device  # noqa: PLW0603  (one for the process, as its threads and its memory are)
    if name != "cpu" and name not in devices():
        have = ", ".join(devices())
        packages = ", ".join(f"{device}: {package}" for device, (_, package) in PROVIDERS.items() if package)
        raise OptionError(
            f"The device {quoted(name)} was asked for; the onnxruntime that is installed runs networks on: {have}. "
            f"Choose one of these, or install another runtime ({packages})."
        )
    _device = name


def device_in_use() -> str:
    """Name the device on which networks run."""
    return _device


def devices() -> tuple[str, ...]:
    """Names of the devices on which networks can run here, cpu first."""
    import onnxruntime as ort  # noqa: PLC0415

    available = ort.get_available_providers()
    return tuple(name for name, (provider, _) in PROVIDERS.items() if provider in available)


def open_network(model: bytes, *, threads: int = 0) -> "ort.InferenceSession":
    """Make a session of the bytes of an ONNX file, on the device in use."""
    # onnxruntime 1.32 keeps reports for its maker otherwise: nothing of ours calls anybody.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime as ort  # noqa: PLC0415  (half of the import time of the package)

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or (os.cpu_count() or 1)
    options.log_severity_level = 3
    # A plan of all layers in one block is made beside what the first run took, and the arena gives nothing back.
    options.enable_mem_pattern = False
    # Threads that wait for each other's part of a layer by turning in circles take as much of the processor again.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with _SHARING:
        _share_arena()
    options.add_session_config_entry("session.use_env_allocators", "1")
    wanted = dict.fromkeys([PROVIDERS[_device][0], PROVIDERS["cpu"][0]])
    network = ort.InferenceSession(model, options, providers=list(wanted))
    if _device == "cpu":
        # Python's session keeps the file's bytes, 50 MB in five networks, for the day when a device fails.
        network._model_bytes = None
    give_back()  # twice the weights, while they were unpacked
    return network


PROVIDERS = {
    "cpu": ("CPUExecutionProvider", ""),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
    "coreml": ("CoreMLExecutionProvider", "onnxruntime on a Mac"),
    "directml": ("DmlExecutionProvider", "onnxruntime-directml"),
}
"""Devices: ONNX Runtime's name for what runs networks there, and the package that has it. Only the processor is used
unasked: what another device finds is not equal to the bit, and `doctor` says whether it is faster."""

_device = "cpu"

_SHARING = Lock()


@cache
def _share_arena() -> None:
    """Let all networks of the process work in one arena: each one's own keeps its largest need, 130 MB in five.

    Without any the system is asked for every layer's memory: 5 % more of the processor for a judgement.
    """
    import onnxruntime as ort  # noqa: PLC0415

    memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(memory, ort.OrtArenaCfg(0, 0, -1, -1))


_LOADING: dict[tuple[str, int, str], Lock] = {}
_MEMORIES: list[LookMemory] = []


@cache
def _loaded(name: str, threads: int, device: str) -> "ort.InferenceSession":
    _ = device  # sessions of one device do not serve another
    return open_network(checked_bytes(name), threads=threads)
