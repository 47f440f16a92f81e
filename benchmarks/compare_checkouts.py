"""Do two checkouts judge alike? Every number of their judgements, to the bit, side by side.

    python benchmarks/compare_checkouts.py BEFORE AFTER VIDEO... [--ignore provenance] [--within 0.01] [--keep FOLDER]

Each checkout judges each video in a process of its own (its `src` first on the path, this Python and its packages).
Listed is every value that differs, by how much, and what only one of them has. Exit code 1 when there is any beyond
`--within`.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

JUDGE = """
import dataclasses, json, sys
from collections.abc import Mapping
import depthperception

def flat(value, name=""):
    if dataclasses.is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        return {k: v for key, item in value.items() for k, v in flat(item, f"{name}.{key}".lstrip(".")).items()}
    if isinstance(value, (list, tuple)):
        return {k: v for i, item in enumerate(value) for k, v in flat(item, f"{name}[{i}]").items()}
    return {name: value}

json.dump(flat(depthperception.judge(sys.argv[1], height_cm=178.0)), sys.stdout)
"""
HEIGHT_NOTE = "every video is judged with a height of 178 cm"


def judged(checkout: Path, video: Path, keep: Path | None) -> dict[str, Any]:
    """Every value of a checkout's judgement of a video by its path; kept answers are used again."""
    kept = None
    if keep:
        head = subprocess.run(
            ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
        name = hashlib.sha256(f"{head.stdout.strip()} {video.resolve()}".encode()).hexdigest()[:16]
        kept = keep / f"{name}.json"
        if kept.exists():
            return dict(json.loads(kept.read_text(encoding="utf-8")))
    environment = {**os.environ, "PYTHONPATH": str((checkout / "src").resolve())}
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(video)], env=environment, capture_output=True, text=True, check=False
    )
    values = json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip().splitlines()[-1]}
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(values), encoding="utf-8")
    return dict(values)


def differences(before: dict[str, Any], after: dict[str, Any], ignored: tuple[str, ...]) -> list[tuple[str, Any, Any]]:
    """Every path with another value, or with none, in one of them."""
    names = [name for name in {**before, **after} if not name.startswith(ignored)]
    missing = object()
    pairs = [(name, before.get(name, missing), after.get(name, missing)) for name in names]
    said = [(name, *("(none)" if v is missing else v for v in pair)) for name, *pair in pairs if pair[0] != pair[1]]
    return [(name, one, other) for name, one, other in said]


def size(one: Any, other: Any) -> float:
    """How far apart two numbers are; infinitely where one is none."""
    both = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    return abs(one - other) if both else float("inf")


def main() -> int:
    """Compare, print, and say by the exit code whether anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("videos", type=Path, nargs="+")
    parser.add_argument("--ignore", nargs="*", default=["provenance"], help="paths that begin so are left out")
    parser.add_argument("--new", action="store_true", help="what only AFTER has is left out")
    parser.add_argument("--within", type=float, default=0.0, help="numbers this near count as equal")
    parser.add_argument("--keep", type=Path, help="folder for answers, used again for the same commit")
    parser.add_argument("--most", type=int, default=12, help="differences that are listed of a video")
    asked = parser.parse_args()
    failed = 0
    for video in asked.videos:
        answers = [judged(checkout, video, asked.keep) for checkout in (asked.before, asked.after)]
        found = differences(answers[0], answers[1], tuple(asked.ignore))
        found = [row for row in found if not (asked.new and row[1] == "(none)")]
        beyond = [row for row in found if size(row[1], row[2]) > asked.within]
        failed += bool(beyond)
        print(
            f"{video.name}: {len(answers[0])} values, {len(found)} differ, {len(beyond)} beyond {asked.within:g}",
            flush=True,
        )
        for name, one, other in sorted(beyond, key=lambda row: row[0])[: asked.most]:
            print(f"    {name}: {one!r} -> {other!r}")
    print(f"{len(asked.videos) - failed} of {len(asked.videos)} videos alike ({HEIGHT_NOTE})")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
