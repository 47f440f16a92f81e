"""Runs the campaign in pieces, and makes the table of what came of it.

python -m tests.support.campaign --count 10000 --whole 60 --out campaign.jsonl
python -m tests.support.campaign --out campaign.jsonl --table docs/fire.md
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.campaign.runner import Runner
from tests.support.campaign.table import table
from tests.support.campaign.trial import Row, as_json, load_kinds

START, END = "<!-- campaign -->", "<!-- end of campaign -->"


def planned(count: int, whole: int, first: int) -> Iterator[tuple[str, int]]:
    """Every kind in turn, seed after seed, so that a part of the campaign is a campaign; few are judged as a whole."""
    kinds = sorted(load_kinds())
    wholes = [name for name in kinds if name.startswith("whole.")]
    others = [name for name in kinds if name not in wholes]
    yield from ((others[number % len(others)], first + number // len(others)) for number in range(count))
    yield from ((wholes[number % len(wholes)], first + number // len(wholes)) for number in range(whole))


def main() -> None:
    """Run what is not in the table yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=0, help="inputs that are read")
    parser.add_argument("--whole", type=int, default=0, help="films that are judged as a whole")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--only", default="", help="kinds that begin so")
    parser.add_argument(
        "--out", type=Path, required=True, help="table, one JSON a line; what is in it is not run again"
    )
    parser.add_argument("--table", type=Path, help="page of the manual whose table is renewed")
    asked = parser.parse_args()
    lines = asked.out.read_text().splitlines() if asked.out.exists() else []
    rows = [Row(**json.loads(line)) for line in lines]
    done = {(row.kind, row.seed) for row in rows}
    end_s = time.monotonic() + 60.0 * asked.minutes
    with tempfile.TemporaryDirectory() as name, asked.out.open("a") as out, Runner(Path(name)) as runner:
        for kind, seed in planned(asked.count, asked.whole, asked.first):
            if time.monotonic() > end_s:
                break
            if (kind, seed) in done or not kind.startswith(asked.only):
                continue
            row = runner.try_one(kind, seed)
            rows.append(row)
            out.write(as_json(row) + "\n")
            out.flush()
            if not row.is_kept:
                sys.stdout.write(as_json(row) + "\n")
    if asked.table:
        page = asked.table.read_text(encoding="utf-8")
        before, _, after = page.partition(START)
        asked.table.write_text(f"{before}{START}\n{table(rows)}{END}{after.partition(END)[2]}", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} inputs, {sum(not row.is_kept for row in rows)} broke the promise\n")


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
