"""A check of the installation that a person can read, and send with a bug report."""

import platform
import sys
import time

import av
import numpy as np
from rich.console import Console

from depthperception.errors import ModelError
from depthperception.models import checked_bytes, session, specs
from depthperception.provenance import RUNTIME, package_version
from depthperception.sandbox import holds, said

DECODERS = ("h264", "hevc", "vp9", "av1", "mjpeg")
ENCODERS = ("libx264", "libopenh264", "mpeg4")


def examine_installation() -> int:
    """Print versions, models, codecs and one timed inference; 1 when a model is not what it should be."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"depthperception {package_version('depthperception')}, Python {sys.version.split()[0]}")
    console.print(f"  {platform.platform()}, {platform.machine()}")
    for name in RUNTIME:
        console.print(f"  {name:<24} {package_version(name)}")
    sound = {name: _model(console, name) for name in specs()}
    for kind, names in (("decoders", DECODERS), ("encoders", ENCODERS)):
        mode = "r" if kind == "decoders" else "w"
        console.print(f"  {kind:<24} {', '.join(name for name in names if _has_codec(name, mode)) or 'none'}")
    console.print(f"  {'a box for videos':<24} {said(holds())}", markup=False)
    if all(sound.values()):
        _time(console)
    well = all(sound.values())
    console.print("  all is well" if well else "  a model is missing or damaged: install depthperception again")
    return 0 if well else 1


def _model(console: Console, name: str) -> bool:
    try:
        checked_bytes(name)
    except ModelError as error:
        console.print(f"  {name:<24} {error}", markup=False)
        return False
    console.print(f"  {name:<24} sha256 {specs()[name].sha256[:16]} ok, {specs()[name].licence}")
    return True


def _has_codec(name: str, mode: str) -> bool:
    try:
        av.Codec(name, "r" if mode == "r" else "w")
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def _time(console: Console) -> None:
    network = session("pose_landmark_heavy")
    picture = np.zeros((1, 256, 256, 3), np.float32)
    network.run(None, {"input_1": picture})
    start = time.perf_counter()
    network.run(None, {"input_1": picture})
    took_ms = 1000.0 * (time.perf_counter() - start)
    console.print(f"  {'one look (heavy)':<24} {took_ms:.0f} ms on {network.get_providers()[0]}")
