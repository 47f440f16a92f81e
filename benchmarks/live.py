"""How long after a lockout its attempt is known, and what stays in memory, with a film fed at its own pace.

    python benchmarks/live.py                  the demo's squat over and over, as one film: 8 times
    python benchmarks/live.py --squats 20      more of them, for memory
    python benchmarks/live.py VIDEO...         films of yours
    python benchmarks/live.py --pace 0.1       slowly, for the processor's time on a machine that does other work too

`delay` is on the wall, from when the picture of the lockout came. Where other work runs, `processor` says more: seconds
of processor time of this process from that moment on, looking at what comes next included; on N cores that nothing else
uses it takes a delay of an Nth of it at least. `memory` is what the process has resident when the attempt is known.
Last comes what an attempt takes in all, looking included: N cores keep up where that is less than N times what the film
has of it.
"""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import depthperception
from depthperception.live import Feed, LiveAttempt, watch
from depthperception.options import Options
from depthperception.video import VideoWriter, frames

DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"
EVERY_S = 0.05


def make_film(path: Path, squats: int) -> Path:
    """Write the demo's squat over and over; it begins and ends standing at the same place."""
    shown = [(frame.time_s, frame.rgb()) for frame in frames(DEMO)]
    lasts_s = shown[-1][0] + 1 / 30
    with VideoWriter(path, shown[0][1].shape[1], shown[0][1].shape[0]) as writer:
        for number in range(squats):
            for time_s, rgb in shown:
                writer.write(rgb, number * lasts_s + time_s)
    return path


class Clock:
    """Processor time of this process by the time on the wall."""

    def __init__(self) -> None:
        self._ticks: list[tuple[float, float]] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._ticks.append((time.monotonic(), time.process_time()))
            time.sleep(EVERY_S)

    def used_since_s(self, moment_s: float) -> float:
        """Processor time since a moment."""
        walls, used = np.array(self._ticks).T
        return time.process_time() - float(np.interp(moment_s, walls, used))


def lasts_s(film: Path) -> float:
    """How long a film lasts."""
    return max(frame.time_s for frame in frames(film))


def resident_mb() -> float:
    """Memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(film: Path, pace: float) -> None:
    """Feed one film and print a line for each attempt, then what became of its pictures."""
    clock, began_s = Clock(), time.process_time()
    delays: dict[bool, list[tuple[float, float]]] = {False: [], True: []}

    def on_attempt(one: LiveAttempt) -> None:
        used_s = clock.used_since_s(time.monotonic() - one.delay_s)
        delays[one.whole and not one.bar_left_out].append((one.delay_s, used_s))
        depth = "" if one.attempt.depth.cm is None else f"{one.attempt.depth.cm:+.1f} cm"
        ruling = f"{one.attempt.verdict} {depth}".strip()
        kind = "without bar" if one.bar_left_out else "whole" if one.whole else "depth"
        row = f"{one.number} | {kind} | {ruling} | {one.delay_s:.1f} | {used_s:.1f} | {resident_mb():.0f}"
        print(f"| {row} |", flush=True)

    with tempfile.TemporaryDirectory() as folder, Feed(str(film), pace=pace) as feed:
        print(f"{film.name} at {pace:g} of its pace, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print("| attempt | told of | ruling | delay, s | processor, s | memory, MB |\n|" + " --- |" * 6)
        counts = watch(feed, Path(folder), Options(), on_attempt)
    print(counts.sentence())
    if counts.attempts:
        each_s = (time.process_time() - began_s) / counts.attempts
        film_s = lasts_s(film) / counts.attempts
        print(f"processor in all: {each_s:.1f} s an attempt, of which the film has {film_s:.1f} s")
    for whole, found in delays.items():
        if found:
            wall_s, used_s = np.median(found, axis=0)
            kind = "whole" if whole else "depth"
            print(f"median of {len(found)}, {kind}: delay {wall_s:.1f} s, processor {used_s:.1f} s")


def main() -> None:
    """Feed the films that were named, or the demo's squat."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="*", type=Path)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--squats", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for film in asked.videos or [make_film(Path(folder) / "squats.mp4", asked.squats)]:
            measure(film, asked.pace)


if __name__ == "__main__":
    main()
