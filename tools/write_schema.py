"""Write the JSON Schema of judgements, made from the types in `depthperception.results`.

python tools/write_schema.py [docs/judgement.schema.json]
"""

import json
import sys
from pathlib import Path

from depthperception.json_types import schema_of
from depthperception.results import SCHEMA, Judgement

PLACE = Path(__file__).parents[1] / "docs" / "judgement.schema.json"


def main() -> None:
    """Write the file."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE
    place.write_text(json.dumps(schema_of(Judgement, SCHEMA), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
