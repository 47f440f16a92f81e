"""Write the JSON Schemas of judgements of one video and of several, made from their types.

python tools/write_schema.py [docs]
"""

import json
import sys
from pathlib import Path

from depthperception.json_types import schema_of
from depthperception.multiview import results as multiview
from depthperception.results import SCHEMA, Judgement

DOCS = Path(__file__).parents[1] / "docs"

CONTRACTS = {
    "judgement.schema.json": (Judgement, SCHEMA),
    "multiview.schema.json": (multiview.MultiviewJudgement, multiview.SCHEMA),
}


def main() -> None:
    """Write the files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    for name, (kind, contract) in CONTRACTS.items():
        (folder / name).write_text(json.dumps(schema_of(kind, contract), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
