"""Judge every video of a folder into a table with a row for each attempt.

python examples/folder_to_table.py FOLDER table.csv
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import depthperception

COLUMNS = ("video", "attempt", "bottom_s", "verdict", "depth_cm", "low_cm", "high_cm", "probability", "reason")
ENDINGS = (".mp4", ".mov", ".mkv", ".webm", ".avi")


def rows(video: Path) -> Iterator[tuple[object, ...]]:
    """Give a row for each attempt; one with the reason where there is none, or the file is no video."""
    try:
        judgement = depthperception.judge(video)
    except depthperception.DepthPerceptionError as error:
        yield video.name, "", "", "unreadable", "", "", "", "", str(error)
        return
    if not judgement.attempts:
        yield video.name, "", "", judgement.status, "", "", "", "", judgement.reason
    for number, one in enumerate(judgement.attempts, 1):
        depth = one.depth
        low, high = depth.interval90_cm or (None, None)
        yield video.name, number, one.bottom_s, one.verdict, depth.cm, low, high, depth.probability, one.reason


def main(folder: str, table: str) -> None:
    """Write the table."""
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for video in sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in ENDINGS):
            writer.writerows(rows(video))


if __name__ == "__main__":
    main(*sys.argv[1:3])
