"""Judge real films with labels by eye: bottoms, verdicts, the right person, plates, points, cost, and known faults.

    python benchmarks/real.py ../shared [--only NAME...] [--out FOLDER] [--table docs/accuracy.md] [--code DIGEST]

FOLDER keeps what was said of each film by the hash of the film and of the package's own files, so that a table is made
again without judging again, and an earlier state's by its digest (`--code`). Nothing may be trained or tuned on these
films, and they may not be published: the table holds numbers only.
"""

import argparse
import sys
from pathlib import Path

from real_faults import FAULTS, Fault
from real_labels import read_clips
from real_measure import outcome
from real_points import score_points
from real_record import code_digest, recorded
from real_report import report, section_put


def main() -> None:
    """Judge what is not yet judged, and make the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--only", nargs="+", default=[], help="beginnings of names of clips and faults")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/out/real"))
    parser.add_argument("--table", type=Path, help="a document whose part on real video is put anew")
    parser.add_argument("--code", help="read what this earlier state said, judge nothing")
    asked = parser.parse_args()
    clips = read_clips(asked.shared / "clips", asked.only)
    outcomes = [outcome(clip, recorded(clip.path, asked.out, asked.code)) for clip in clips]
    faults = [fault for fault in FAULTS if not asked.only or fault.film.startswith(tuple(asked.only))]
    found = [(fault, _fault(asked.shared, fault, asked.out, asked.code)) for fault in faults]
    records = {one.clip.name: one.record for one in outcomes}
    points = score_points(asked.shared / "points" / "points.json", records)
    text = report(outcomes, points, found, asked.code or code_digest())
    if asked.table:
        asked.table.write_text(section_put(asked.table.read_text(encoding="utf-8"), text), encoding="utf-8")
        print(f"wrote {asked.table}", file=sys.stderr)
    else:
        print(text)


def _fault(shared: Path, fault: Fault, out: Path, code: str | None) -> list[str]:
    return fault.wrong(recorded(shared / "faults" / fault.film, out, code, **fault.options))


if __name__ == "__main__":
    main()
