"""The table of a batch: a row for each attempt, or for a video that has none, and one for each that failed."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from depthperception.batch.entries import Entry, Record
from depthperception.errors import MissingExtraError, OptionError
from depthperception.report.text import formula_safe
from depthperception.results import AttemptJudgement, Judgement

COLUMNS: Mapping[str, type] = {
    "video": str, "folder": str, "lifter": str, "weight_kg": float, "date": str, "notes": str,
    "status": str, "reason": str, "error": str, "person": int, "attempt": int, "attempts": int,
    "start_s": float, "bottom_s": float, "end_s": float, "bottom_frame": int, "stood_up": bool,
    "verdict": str, "depth_cm": float, "low_cm": float, "high_cm": float, "probability": float,
    "left_cm": float, "right_cm": float, "lift": str, "lights": str, "cards": str,
    "descent_m_s": float, "ascent_m_s": float, "method": str, "rules": str, "height_cm": float, "stature_cm": float,
    "scale_source": str, "cm_per_px": float, "view": str, "azimuth_deg": float, "pitch_deg": float,
    "duration_s": float, "sha256": str, "version": str,
}  # fmt: skip
"""Names and kinds of the columns, in their order; docs/batch.md says what each of them is."""

ENDINGS = (".csv", ".parquet", ".jsonl")

Row = Mapping[str, Any]


def rows_of(judgements: Sequence[Judgement]) -> list[dict[str, Any]]:
    """Make the rows of one video: those of everyone who was judged in it."""
    return [row for judgement in judgements for row in _rows_of(judgement)]


def _rows_of(judgement: Judgement) -> Iterator[dict[str, Any]]:
    asked = judgement.provenance
    whole = {
        "status": judgement.status,
        "attempts": len(judgement.attempts),
        "method": asked.get("method"),
        "rules": asked.get("rules"),
        "height_cm": asked.get("height_cm"),
        "duration_s": judgement.video.duration_s,
        "sha256": judgement.video.sha256,
        "version": asked.get("version"),
    }
    for number, attempt in enumerate(judgement.attempts, 1):
        yield _rounded({**whole, **_scene(judgement.at(attempt.bottom_s)), "attempt": number, **_of(attempt)})
    if not judgement.attempts:
        yield _rounded({**whole, **_scene(judgement), "reason": judgement.reason})


def _scene(judgement: Judgement) -> dict[str, Any]:
    lifter, camera, scale = judgement.lifter, judgement.camera, judgement.scale
    found: dict[str, Any] = {"person": lifter.number} if lifter else {}
    if camera:
        found |= {"view": camera.view, "azimuth_deg": camera.azimuth_deg, "pitch_deg": camera.pitch_deg}
    if scale:
        found |= {"scale_source": scale.source, "cm_per_px": scale.cm_per_px, "stature_cm": scale.stature_cm}
    return found


def _of(attempt: AttemptJudgement) -> dict[str, Any]:
    depth, bar = attempt.depth, attempt.bar
    low_cm, high_cm = depth.interval90_cm or (None, None)
    same = ("start_s", "bottom_s", "end_s", "bottom_frame", "stood_up", "verdict", "reason", "lift")
    return {
        **{name: getattr(attempt, name) for name in same},
        "depth_cm": depth.cm,
        "low_cm": low_cm,
        "high_cm": high_cm,
        "probability": depth.probability,
        "left_cm": depth.left.cm if depth.left else None,
        "right_cm": depth.right.cm if depth.right else None,
        "lights": " ".join(one.light for one in attempt.lights),
        "cards": "; ".join(f"{one.colour or 'red light'}: {one.says}" for one in attempt.cards),
        "descent_m_s": bar.descent.mean_m_s if bar and bar.descent else None,
        "ascent_m_s": bar.ascent.mean_m_s if bar and bar.ascent else None,
    }


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give numbers the decimals that the judgement's JSON has, and plain Python types."""
    return {name: round(float(value), 4) if isinstance(value, float) else value for name, value in row.items()}


def table_of(entries: Sequence[tuple[Entry, Record | None]]) -> list[dict[str, Any]]:
    """Make the whole table, in the order of the videos; those that are not done yet have no row."""
    return [row for entry, record in entries if record for row in _labelled(entry, record)]


def _labelled(entry: Entry, record: Record) -> Iterator[dict[str, Any]]:
    known = {"video": entry.video, "folder": record.folder, **asdict(entry.labels)}
    failed = {"status": "failed", "error": (record.failure or {}).get("says"), "method": entry.options.method}
    for row in record.rows or [failed]:
        yield {name: {**row, **known}.get(name) for name in COLUMNS}


def check_table(path: Path) -> None:
    """Refuse a table whose format nobody knows, or whose package is missing.

    Raises
    ------
    OptionError, MissingExtraError
    """
    if path.suffix.lower() not in ENDINGS:
        raise OptionError(
            f"{path} ends in none of {', '.join(ENDINGS)}; expected one, for it names the format. Rename."
        )
    if path.suffix.lower() == ".parquet" and not has_parquet():
        raise MissingExtraError(
            f"{path} needs the package pyarrow, which is not installed; expected the extra [export]. Install it: "
            'pip install "depthperception[export]".'
        )


def has_parquet() -> bool:
    """Whether Parquet can be written here."""
    return find_spec("pyarrow") is not None


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as the ending says: .csv, .parquet or .jsonl."""
    {".csv": _write_csv, ".parquet": _write_parquet, ".jsonl": _write_lines}[path.suffix.lower()](rows, path)


def _write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write CSV (RFC 4180, UTF-8): what is not known is empty; text that a spreadsheet would run is quoted."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([formula_safe(value) for value in row.values()] for row in rows)


def _write_lines(rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, allow_nan=False, ensure_ascii=False) + "\n" for row in rows)


def _write_parquet(rows: Sequence[Row], path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), path)


@dataclass(frozen=True)
class Counts:
    """How a batch ended."""

    videos: int
    judged: int
    failed: int
    attempts: Mapping[str, int]


def count(entries: Sequence[tuple[Entry, Record | None]]) -> Counts:
    """Count videos, and attempts by their verdict."""
    done = [record for _, record in entries if record]
    verdicts = [row["verdict"] for record in done for row in record.rows if row.get("verdict")]
    failed = sum(record.failure is not None for record in done)
    found = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(sorted(verdicts))}
    return Counts(len(entries), len(done) - failed, failed, found)
