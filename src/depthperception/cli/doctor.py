"""A check of the installation that a person can read, and send with a bug report."""

import platform
import sys
import time
from importlib.resources import as_file, files

import av
import numpy as np
from rich.console import Console

from depthperception.errors import ModelError
from depthperception.geometry.roi import Region
from depthperception.models import checked_bytes, device_in_use, devices, session, specs, use_device
from depthperception.pose.blazepose import SIZE_PX
from depthperception.provenance import RUNTIME, package_version
from depthperception.sandbox import holds, said
from depthperception.types import FloatArray
from depthperception.video import frames

DECODERS = ("h264", "hevc", "vp9", "av1", "mjpeg")
LOOKS = 7
"""Of which the middle one counts: the first waits for the network to be made ready."""

SAME_PX = 0.05
"""Landmarks that are nearer are the same: a tenth of what the mirror image of a look moves them by at best."""

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
        _time_devices(console)
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


def _time_devices(console: Console) -> None:
    """Time one look on every device there is, and say which is faster and how far apart their landmarks are."""
    usual = device_in_use()
    try:
        by_cpu, cpu_ms = _looks_on("cpu")
        console.print(f"  {'one look (heavy)':<24} {cpu_ms:.0f} ms on cpu")
        for name in devices()[1:]:
            found, took_ms = _looks_on(name)
            away_px = float(np.linalg.norm(found - by_cpu, axis=-1).max())
            faster = f"{cpu_ms / took_ms:.1f} times as fast" if took_ms < cpu_ms else "no faster"
            equal = "the same landmarks" if away_px <= SAME_PX else "OTHER landmarks"
            console.print(f"  {'':<24} {took_ms:.0f} ms on {name}: {faster}, {equal} (within {away_px:.3f} px of 256)")
    finally:
        use_device(usual)


def _looks_on(device: str) -> tuple[FloatArray, float]:
    """Landmarks (39, 2) in px of the demo's first picture on a device, and how long a look takes there, ms."""
    use_device(device)
    network = session("pose_landmark_heavy")
    with as_file(files("depthperception") / "demo" / "squat.mp4") as demo:
        rgb = next(frames(demo)).rgb()
    height, width = rgb.shape[:2]
    crop = Region(width / 2, height / 2, float(max(width, height))).crop(rgb, SIZE_PX)
    shown = {"input_1": crop[None].astype(np.float32) / 255.0}
    took_ms = []
    for _ in range(LOOKS):
        start = time.perf_counter()
        points = network.run(["Identity"], shown)[0]
        took_ms.append(1000.0 * (time.perf_counter() - start))
    return points.reshape(-1, 5)[:, :2].astype(np.float64), float(np.median(took_ms))
