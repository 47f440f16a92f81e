"""A batch with one job and with several, cut off at random moments, and what comes of it.

    python benchmarks/batch.py VIDEO...                  jobs 1 and 2: seconds by the clock and of the processor,
                                                         speed-up, whether all bits are the same
    python benchmarks/batch.py VIDEO... --kills 10       and with kill -9 at ten random moments: is the table the same?

Give videos, folders or lists as to `depthperception batch`. Seconds by the clock mean something where nothing else is;
those of the processor say what several jobs cost more than one.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MAIN = "from depthperception.cli.app import main; main()"
LOST_S = 1.0
"""A killed run's children notice within this time that it is gone."""


def command(videos: list[str], out: Path, jobs: int) -> list[str]:
    """Give the command, as a user types it."""
    return [sys.executable, "-c", MAIN, "batch", *videos, "--out", str(out), "--jobs", str(jobs), "-q"]


def children_s() -> float:
    """Seconds of the processor that every process which was started and has ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def prints(out: Path) -> dict[str, str]:
    """Hash every judgement, and the table."""
    files = [out / "results.csv", *sorted(out.glob("*.judged/**/judgement.json"))]
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def kept(out: Path) -> dict[Path, int]:
    """Say when each judgement that has a record was written."""
    if not any((out / ".batch" / "records").glob("[!.]*.json")):
        return {}
    return {path: path.stat().st_mtime_ns for path in out.glob("*.judged/judgement.json")}


def cut_off(videos: list[str], out: Path, kills: int, whole_s: float, seed: int) -> tuple[int, int]:
    """Kill a run again and again, and let the last go on to its end.

    Gives how many were killed in the middle, and how many judgements were written a second time.
    """
    chance, killed, twice = random.Random(seed), 0, 0
    known: dict[Path, int] = {}
    for number in range(kills + 1):
        running = subprocess.Popen(command(videos, out, 2), stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            running.wait(chance.uniform(0.0, 1.2 * whole_s / kills) if number < kills else None)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            killed += 1
            time.sleep(LOST_S)
        now = kept(out)
        twice += sum(now.get(path) != moment for path, moment in known.items())
        known = now
    return killed, twice


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="batch-"))
    took_s: dict[int, float] = {}
    of_one_s: float | None = None
    try:
        for jobs in asked.jobs:
            began_s, processor_s = time.monotonic(), children_s()
            subprocess.run(command(asked.videos, folder / str(jobs), jobs), stderr=subprocess.DEVNULL, check=False)
            took_s[jobs], processor_s = time.monotonic() - began_s, children_s() - processor_s
            of_one_s = of_one_s or processor_s
            same = prints(folder / str(jobs)) == prints(folder / str(asked.jobs[0]))
            faster = took_s[asked.jobs[0]] / took_s[jobs]
            more = f"processor {processor_s:.0f} s, {processor_s / of_one_s:.3f} times"
            said = f"{jobs} jobs  {took_s[jobs]:.0f} s  {faster:.2f} times as fast  {more}  same to the bit: {same}"
            print(said, f"({len(prints(folder / str(jobs))) - 1} judgements)", flush=True)
        if asked.kills:
            last = asked.jobs[-1]
            killed, twice = cut_off(asked.videos, folder / "cut", asked.kills, took_s[last], asked.seed)
            same = prints(folder / "cut") == prints(folder / str(last))
            print(f"killed {killed} times; same to the bit: {same}; judged a second time: {twice}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(os.sched_getaffinity(0))} cores; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
