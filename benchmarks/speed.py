"""Time and memory of a judgement, against a plain loop of the heavy network over every frame.

    python benchmarks/speed.py            10 s, 1080 x 1920, 30 fps, one rep: times, peak memory, ratio
    python benchmarks/speed.py --memory   peak memory for 1, 3 and 10 minutes of the same squat over and over

Every figure is of a whole process of its own; the sides take turns, so that a machine that slows down slows all. Where
other work runs, the processor's time says more than the time on the wall.
The clip is the demo clip, enlarged, with its standing frames held.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

import depthperception
from depthperception.video import VideoWriter, frames

DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"

JUDGE = "from depthperception.pipeline import examine; examine({path!r})"
COMMAND = """
import sys; from depthperception.cli.app import main
main(["judge", {path!r}, "--out", {path!r} + ".judged", "--quiet"])
"""
LOOP = """
from depthperception.pose.blazepose import look
from depthperception.people.movenet import detect
from depthperception.geometry.roi import Region
from depthperception.video import frames
region = None
for frame in frames({path!r}):
    rgb = frame.rgb()
    if region is None:
        x0, y0, x1, y1 = detect(rgb)[0].box_px
        region = Region((x0 + x1) / 2, (y0 + y1) / 2, 1.3 * (y1 - y0))
    region = look(rgb, region).next_region
"""


def make_clip(path: Path, seconds: float, size_px: tuple[int, int], *, repeat: bool = False) -> None:
    """The demo squat in `seconds` of video: once with standing round it, or over and over."""
    pictures = [cv2.resize(frame.rgb(), size_px, interpolation=cv2.INTER_CUBIC) for frame in frames(DEMO)]
    rng = np.random.default_rng(0)
    standing = int((seconds * 30 - len(pictures)) / 2)
    with VideoWriter(path, *size_px, crf=20, preset="veryfast") as writer:
        for number in range(round(seconds * 30)):
            index = number % len(pictures) if repeat else int(np.clip(number - standing, 0, len(pictures) - 1))
            grain = rng.integers(0, 6, (1, *pictures[0].shape[1:]), dtype=np.uint8)
            noisy = cv2.add(pictures[index], np.broadcast_to(grain, pictures[index].shape))
            writer.write(np.asarray(noisy, np.uint8), number / 30)


def measure(code: str, path: Path) -> tuple[float, float, float]:
    """Time on the wall and of all cores in s, and peak memory in MB, of a process that runs `code`."""
    watch = code.format(path=str(path))
    script = f"try:\n{_indented(watch)}\nfinally:\n    {REPORT}"
    start, worked_s = time.perf_counter(), _children_s()
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - start
    return wall_s, _children_s() - worked_s, float(said.stderr.strip().splitlines()[-1]) / 1024


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# The resource module's peak survives exec and would be that of this process.
REPORT = (
    "import sys; peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM')); "
    "print(peak.split()[1], file=sys.stderr)"
)


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.strip().splitlines())


def compare(rounds: int) -> None:
    """Print the table of times, memory and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "squat.mp4"
        make_clip(clip, 10.0, (1080, 1920))
        sides = {"judge()": JUDGE, "depthperception judge": COMMAND, "heavy on every frame": LOOP}
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, code in sides.items():
                found[name].append(measure(code, clip))
    loop = np.array(found["heavy on every frame"])
    print(f"10 s of 1080 x 1920 at 30 fps, one rep, {rounds} rounds in turn, {cv2.getNumberOfCPUs()} cores")
    for name in sides:
        figures = np.array(found[name])
        wall_s, cores_s, _ = np.median(figures, axis=0)
        times = [f"{ratio:4.2f}" for ratio in np.median(loop[:, :2] / figures[:, :2], axis=0)]
        print(
            f"{name:<24} {wall_s:6.1f} s, {cores_s:6.1f} s of all cores, peak {figures[:, 2].max():5.0f} MB, "
            f"{times[0]} x the loop's speed ({times[1]} by the cores)"
        )


def memory() -> None:
    """Print peak memory against the length of the video."""
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (1, 3, 10):
            clip = Path(folder) / f"{minutes}.mp4"
            make_clip(clip, minutes * 60.0, (360, 640), repeat=True)
            wall_s, _, memory_mb = measure(JUDGE, clip)
            print(f"{minutes:3d} min of 360 x 640: {wall_s:6.1f} s   peak {memory_mb:5.0f} MB", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    memory() if chosen.memory else compare(chosen.rounds)
