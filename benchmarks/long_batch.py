"""One batch that judges for hours, one video after the other: what it holds of memory, handles, threads and files.

    python benchmarks/long_batch.py                              two hours of the clips of tests/data
    python benchmarks/long_batch.py --minutes 480 --figure batch.png

Each video is one of tests/data's clips, made different by some bytes behind its end. When time is up the batch is
interrupted, as somebody would with Ctrl-C. Linux.
"""

import argparse
import csv
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from watched import NOTED_EVERY_S, draw, quarters, state_of

CLIPS = sorted((Path(__file__).parents[1] / "tests" / "data").glob("*.mp4"))
MAIN = "from depthperception.cli.app import main; main()"
VIDEOS_A_MINUTE = 30
"""More than are judged."""


def run(asked: argparse.Namespace, folder: Path) -> None:
    """Make the videos, judge until time is up, report."""
    (folder / "tmp").mkdir()
    (folder / "videos").mkdir()
    for number in range(int(asked.minutes * VIDEOS_A_MINUTE)):
        content = CLIPS[number % len(CLIPS)].read_bytes() + b"\0\0\0\x18free" + secrets.token_bytes(16)
        (folder / "videos" / f"{number:05d}.mp4").write_bytes(content)
    command = [sys.executable, "-c", MAIN, "batch", str(folder / "videos"), "--out", str(folder / "out")]
    process = subprocess.Popen(
        [*command, "--jobs", str(asked.jobs), "-q"], env=os.environ | {"TMPDIR": str(folder / "tmp")}
    )
    rows, began_s = [], time.monotonic()
    while process.poll() is None and time.monotonic() < began_s + 60 * asked.minutes:
        with suppress(OSError, IndexError):
            rows.append((time.monotonic() - began_s, *state_of(process.pid, [folder / "tmp"])))
        time.sleep(NOTED_EVERY_S)
    process.send_signal(signal.SIGINT)
    try:
        code = process.wait(120)
    except subprocess.TimeoutExpired:  # a shell that starts this in the background has it ignore Ctrl-C
        process.kill()
        code = process.wait()
    with (folder / "out" / "results.csv").open(newline="") as file:
        judged = [row["status"] for row in csv.DictReader(file)]
    states = ", ".join(f"{judged.count(state)} {state}" for state in sorted(set(judged)))
    print(f"rows of the table: {states}; exit {code}\n")
    print(quarters(np.array(rows), "batch"))
    if asked.figure:
        draw(np.array(rows), "batch", asked.figure)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--figure", type=Path, help="PNG of memory, handles, threads and files over time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(asked, Path(folder))


if __name__ == "__main__":
    main()
