"""What came of a campaign, as a table."""

from collections.abc import Sequence

from tests.support.campaign.trial import UNMADE, Row

FAILURES = {"crashes": ("crash",), "hangs": ("hang", "slow"), "over memory": ("large",), "tracebacks": ("traceback",),
            "no sentence": ("not_a_sentence",), "wrong certainty": ("wrong",)}  # fmt: skip
"""Columns of what must not be, and the outcomes that count for each."""


def table(rows: Sequence[Row]) -> str:
    """Make Markdown: a row for each kind, the slowest and the largest."""
    rows = [row for row in rows if row.outcome != UNMADE]
    heads = ["kind", "tried", "read or judged", "refused", *FAILURES, "slowest", "largest"]
    lines = [" | ".join(["", *heads, ""]).strip(), "|" + " --- |" * len(heads)]
    for name in sorted({row.kind for row in rows}):
        lines.append(_line(name, [row for row in rows if row.kind == name]))
    lines.append(_line("all", rows))
    return "\n".join(lines) + "\n"


def _line(name: str, rows: Sequence[Row]) -> str:
    counts = [
        sum(row.outcome in ("read", "judged", "ran") for row in rows),
        sum(row.outcome == "refused" for row in rows),
    ]
    counts += [sum(row.outcome in outcomes for row in rows) for outcomes in FAILURES.values()]
    cells = [name, len(rows), *counts, f"{max(row.cpu_s for row in rows):.1f} s"]
    return "| " + " | ".join(str(cell) for cell in [*cells, f"{max(row.peak_mb for row in rows):.0f} MB"]) + " |"
