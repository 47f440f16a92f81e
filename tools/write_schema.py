"""Write the JSON Schema of judgements and the page that explains each field, from their types.

The page is that of one video's judgement; that of several cameras has a schema of its own.

python tools/write_schema.py
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from depthperception.json_types import schema_of
from depthperception.multiview import results as multiview
from depthperception.results import SCHEMA, Judgement

DOCS = Path(__file__).parents[1] / "docs"
PLACE, PAGE = DOCS / "judgement.schema.json", DOCS / "judgement.md"
OF_CAMERAS = DOCS / "multiview.schema.json"

HEAD = """# Every field of the JSON
`judgement.json`, what `--json` prints and `Judgement.to_dict()` are one object, of the schema `{name}`
([for machines](judgement.schema.json)). Every field is always written; null is what was not measured. Units are in
the names: `_s` seconds of presentation time from the first frame, `_cm`, `_m`, `_deg`, `_px` of the upright picture.
Depth is positive when the crease is below the top of the knee. Fields are added in later versions, never renamed.

Written by `tools/write_schema.py` from the types in `results.py`.
"""


def page(schema: dict[str, Any]) -> str:
    """Write a section with a table for each object of a schema."""
    parts = schema["$defs"]
    return "\n".join([HEAD.format(name=schema["$id"]), *(section(name, part) for name, part in parts.items())])


def section(name: str, part: dict[str, Any]) -> str:
    """Write what an object is, and each of its fields with its type and meaning."""
    words, _, listed = part["description"].partition("\n\nAttributes\n----------\n")
    said = meanings(listed)
    rows = [f"| `{key}` | {kind(value)} | {said.get(key, '')} |" for key, value in part["properties"].items()]
    return "\n".join([f"## {name}", words, "", "| field | type | |", "| --- | --- | --- |", *rows, ""])


def meanings(listed: str) -> dict[str, str]:
    """Read a docstring's list of attributes; names that share a meaning each get it."""
    found = re.findall(r"^(\w[\w, ]*?)(?: : (.*))?\n((?: {4}.*\n?|\n)+)", listed + "\n", re.MULTILINE)
    return {
        name: " ".join(filter(None, (shape and f"{shape}.", *words.split())))
        for names, shape, words in found
        for name in names.split(", ")
    }


def kind(value: dict[str, Any]) -> str:
    """Write a type of JSON Schema in a few words, objects as links to their sections."""
    return " or ".join(kinds(value))


def kinds(value: dict[str, Any]) -> Iterator[str]:
    """Give the alternatives of a type."""
    if "anyOf" in value:
        for one in value["anyOf"]:
            yield from kinds(one)
    elif "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif "enum" in value:
        yield ", ".join(f'`"{one}"`' for one in value["enum"])
    elif "prefixItems" in value:
        yield f"[{', '.join(kind(one) for one in value['prefixItems'])}]"
    elif value.get("type") == "array":
        yield f"list of {kind(value.get('items', {}))}"
    elif value.get("type") == "object":
        yield f"object of {kind(value['additionalProperties'])}" if value.get("additionalProperties") else "object"
    else:
        yield str(value.get("type", "any"))


def main() -> None:
    """Write the files."""
    schema = schema_of(Judgement, SCHEMA)
    PLACE.write_text(json.dumps(schema, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(schema), encoding="utf-8")
    of_cameras = schema_of(multiview.MultiviewJudgement, multiview.SCHEMA)
    OF_CAMERAS.write_text(json.dumps(of_cameras, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
