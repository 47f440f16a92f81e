"""Where the time of a judgement goes, and its memory, against a plain loop of the heavy network over every frame.

    python benchmarks/speed.py                    all kinds of film, the sides in turn, medians of 3: some 12 minutes
    python benchmarks/speed.py --only 1080p30     kinds whose name has this; --rounds 5 and --seconds 10 for more
    python benchmarks/speed.py --before CHECKOUT  another checkout's judge() in the same rounds
    python benchmarks/speed.py --memory 0.2 2 10  peak memory for so many minutes of one squat over and over

Every figure is of a whole process of its own; the sides take turns, so that a machine that slows down slows all. Where
other work runs, the processor's time says more than the time on the wall. `decode` is a pass of its own over the file;
`people` has one in it. `judge()` is `examine` without the start of Python and the imports, which have their own row;
the loop's ratio is of whole processes without pictures and overlay, as the loop writes none.

The clips are the demo clip, enlarged, with its standing frames held; --keep FOLDER keeps them for the next time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

import depthperception
from depthperception.types import FloatArray
from depthperception.video import frames

SOURCE = Path(depthperception.__file__).parents[1]
DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"

STAGES = {
    "looking for people": "people",
    "following the lifter": "following",
    "looking closely": "fine pass",
    "watching the bar": "plates",
    "drawing the overlay": "overlay",
}
ROWS = ("imports", "decode", "people", "following", "fine pass", "plates", "ruling", "overlay", "pictures")

WATCH = """
import json, resource, sys, time
def now():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime
def report(**found):
    # The resource module's peak survives exec and would be that of the process that started this one.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps(dict(found, whole=now()[1], peak_mb=int(peak.split()[1]) / 1024)))
started = now()
"""
JUDGE = """
from pathlib import Path
from depthperception.pipeline import examine
marks = [("imports", started), ("start", now())]
def on_progress(step, done):
    name = "ruling" if step == "watching the bar" and done == 1.0 else str(step)
    if marks[-1][0] != name:
        marks.append((name, now()))
found = examine(path, on_progress=on_progress)
marks.append(("judged", now()))
report(marks=marks, verdicts=[one.verdict for one in found.judgement.attempts])
"""
PICTURES = """
from pathlib import Path
from depthperception.pipeline import examine
from depthperception.report.folder import prepare, write_all
found = examine(path)
folder = Path(path + ".judged")
prepare(folder)
marks = [("overlay", now())]
def on_progress(step, done):
    if done == 1.0:
        marks.append(("pictures", now()))
write_all(found, Path(path), folder, on_progress)
marks.append(("done", now()))
report(marks=marks)
"""
LOOP = """
from depthperception.pose.blazepose import estimate_pose
from depthperception.people.movenet import detect
from depthperception.geometry.roi import Region
from depthperception.video import frames
region = None
for frame in frames(path):
    rgb = frame.rgb()
    if region is None:
        x0, y0, x1, y1 = detect(rgb)[0].box_px
        region = Region((x0 + x1) / 2, (y0 + y1) / 2, 1.3 * (y1 - y0))
    region = estimate_pose(rgb, region).next_region
report()
"""
DECODE = """
from depthperception.video import frames
marks = [("decode", now())]
for frame in frames(path):
    pass
marks.append(("done", now()))
report(marks=marks)
"""


@dataclass(frozen=True)
class Kind:
    """A kind of film: its name, size of the upright picture in px, frames a second, FFmpeg's encoder."""

    name: str
    size_px: tuple[int, int]
    rate_hz: int
    encoder: str


KINDS = (
    Kind("720p30 H.264", (720, 1280), 30, "libx264"),
    Kind("1080p30 H.264", (1080, 1920), 30, "libx264"),
    Kind("1080p30 HEVC", (1080, 1920), 30, "libx265"),
    Kind("1080p60 H.264", (1080, 1920), 60, "libx264"),
    Kind("4K30 H.264", (2160, 3840), 30, "libx264"),
    Kind("4K30 HEVC", (2160, 3840), 30, "libx265"),
)


def make_clip(path: Path, kind: Kind, seconds: float, *, repeat: bool = False) -> None:
    """The demo squat in `seconds` of video: once with standing round it, or over and over."""
    pictures = [frame.rgb() for frame in frames(DEMO)]
    rng = np.random.default_rng(0)
    standing = (seconds - len(pictures) / 30) / 2
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream(kind.encoder, rate=kind.rate_hz))
        stream.width, stream.height = kind.size_px
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "20", "preset": "veryfast", "g": str(kind.rate_hz)}
        stream.codec_context.time_base = Fraction(1, kind.rate_hz)
        if kind.encoder == "libx265":
            stream.options |= {"x265-params": "log-level=none"}
        for number in range(round(seconds * kind.rate_hz)):
            at = number / kind.rate_hz * 30
            index = at % (len(pictures) - 1) if repeat else np.clip(at - standing * 30, 0, len(pictures) - 1)
            low, high = pictures[int(index)], pictures[min(int(index) + 1, len(pictures) - 1)]
            blend = cv2.addWeighted(low, 1.0 - index % 1.0, high, index % 1.0, 0.0)
            large = cv2.resize(blend, kind.size_px, interpolation=cv2.INTER_CUBIC)
            grain = rng.integers(0, 6, (1, *large.shape[1:]), dtype=np.uint8)
            noisy = cv2.add(large, np.broadcast_to(grain, large.shape))
            picture = av.VideoFrame.from_ndarray(np.asarray(noisy, np.uint8), format="rgb24")
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def run(code: str, path: Path, checkout: Path | None = None) -> dict[str, Any]:
    """Run code in a process of its own, and give what it reports."""
    source = str((checkout / "src").resolve() if checkout else SOURCE)
    script = f"{WATCH}path = {str(path)!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def spent(found: dict[str, Any]) -> dict[str, FloatArray]:
    """Time on the wall and of all cores, s, between the marks of a process."""
    marks = found["marks"]
    times: dict[str, FloatArray] = {}
    for (name, start), (_, end) in pairwise(marks):
        row = STAGES.get(name, "people" if name == "start" else name)
        times[row] = times.get(row, np.zeros(2)) + np.subtract(end, start)
    return times


def total(found: dict[str, Any]) -> FloatArray:
    """Time on the wall and of all cores, s, of judge() alone."""
    marks = dict(found["marks"])
    return np.asarray(np.subtract(marks["judged"], marks["start"]))


def measure(kind: Kind, clip: Path, seconds: float, rounds: int, before: Path | None) -> None:
    """Print where the time goes on one kind of film."""
    judged, loops, earlier, rows = [], [], [], []
    for _ in range(rounds):
        judged.append(run(JUDGE, clip))
        loops.append(run(LOOP, clip)["whole"])
        if before:
            earlier.append(run(JUDGE, clip, before))
        rows.append(spent(judged[-1]) | spent(run(DECODE, clip)))
    drawn = spent(run(PICTURES, clip))
    rows = [row | drawn for row in rows]
    print(f"\n{kind.name}: {seconds:g} s, {kind.size_px[0]} x {kind.size_px[1]}, {rounds} rounds in turn")
    print(f"  {'':<12}{'wall, s':>9}{'cores, s':>9}")
    for name in ROWS:
        wall_s, cores_s = np.median([row.get(name, np.zeros(2)) for row in rows], axis=0)
        print(f"  {name:<12}{wall_s:9.2f}{cores_s:9.2f}")
    sides = [("judge()", judged)] + ([("before", earlier)] if earlier else [])
    for name, found in sides:
        wall_s, cores_s = np.median([total(one) for one in found], axis=0)
        ratio = np.median(np.array(loops) / [one["whole"] for one in found])
        print(
            f"  {name:<12}{wall_s:9.2f}{cores_s:9.2f}   {wall_s / seconds:.2f} s for each of the film's, "
            f"peak {max(one['peak_mb'] for one in found):.0f} MB; "
            f"with its imports {ratio:.2f} x the heavy loop's speed by the cores"
        )
    print(f"  {'heavy loop':<12}{'':>9}{np.median(loops):9.2f}   {judged[-1]['verdicts']}", flush=True)


def compare(only: str, rounds: int, seconds: float, keep: Path | None, before: Path | None) -> None:
    """Print the tables of all kinds."""
    print(f"{cv2.getNumberOfCPUs()} cores")
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for kind in (one for one in KINDS if only.lower() in one.name.lower()):
            clip = folder / f"{kind.name.replace(' ', '_')}_{seconds:g}.mp4"
            if not clip.exists():
                make_clip(clip, kind, seconds)
            measure(kind, clip, seconds, rounds, before)


def memory(minutes: list[float], keep: Path | None) -> None:
    """Print peak memory against the length of the film."""
    kind = Kind("720p", (720, 1280), 30, "libx264")
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for length in minutes:
            clip = folder / f"loop_{length:g}.mp4"
            if not clip.exists():
                make_clip(clip, kind, length * 60.0, repeat=True)
            found = run(JUDGE, clip)
            wall_s, cores_s = total(found)
            print(
                f"{length:5.1f} min of 720 x 1280: {wall_s:7.1f} s, {cores_s:7.1f} s of all cores, "
                f"{len(found['verdicts'])} attempts, peak {found['peak_mb']:5.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="kinds of film whose name has this")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each clip, of which 4.5 are the squat")
    parser.add_argument("--keep", type=Path, help="folder for the clips")
    parser.add_argument("--before", type=Path, help="another checkout")
    parser.add_argument("--memory", type=float, nargs="+", metavar="MINUTES")
    chosen = parser.parse_args()
    if chosen.memory:
        memory(chosen.memory, chosen.keep)
    else:
        compare(chosen.only, chosen.rounds, chosen.seconds, chosen.keep, chosen.before)
