"""Inputs that broke the promise once, kept as they were: a zip with a folder for each, and how each is tried.

`python -m tests.support.campaign.kept TABLE...` adds the failures of tables of the campaign, one for each place at
which something went wrong.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.campaign.films import Films
from tests.support.campaign.inputs import Made, make
from tests.support.campaign.trial import UNMADE, Row, load_kinds

KEPT = Path(__file__).parents[2] / "data" / "fire.zip"
HOW, FOLDER = "how.json", "FOLDER"


def names() -> list[str]:
    """Name every input that is kept, as kind-seed."""
    with zipfile.ZipFile(KEPT) as archive:
        return sorted({name.split("/")[0] for name in archive.namelist()})


def unpacked(name: str, folder: Path) -> tuple[str, Made]:
    """Write one of them to a folder; gives its kind, and how it is tried."""
    with zipfile.ZipFile(KEPT) as archive:
        for member in archive.namelist():
            if member.startswith(f"{name}/"):
                place = folder / member.removeprefix(f"{name}/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(member))
    how = json.loads((folder / HOW).read_text())

    def here(text: str) -> str:
        return text.replace(FOLDER, str(folder))

    environment = tuple((key, here(value)) for key, value in how["environment"])
    return how["kind"], Made(Path(here(how["path"])), tuple(map(here, how["command"])), environment)


def keep(rows: Iterator[Row]) -> None:
    """Make failures again and put them into the zip, but those whose place is there already."""
    load_kinds()
    places, there = set(), names()
    with tempfile.TemporaryDirectory() as films, zipfile.ZipFile(KEPT, "a", zipfile.ZIP_LZMA) as archive:
        for row in rows:
            place = (row.kind.split(".")[0], row.outcome, row.said.rsplit(" at ", 1)[-1][:40], row.said[:12])
            if row.is_kept or row.outcome == UNMADE or place in places or f"{row.kind}-{row.seed}" in there:
                continue
            places.add(place)
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                made = make(row.kind, row.seed, Films(Path(films)), folder)
                how = {
                    "kind": row.kind,
                    "path": str(made.path).replace(name, FOLDER),
                    "command": [part.replace(name, FOLDER) for part in made.command],
                    "environment": [[key, value.replace(name, FOLDER)] for key, value in made.environment],
                }
                own = f"{row.kind}-{row.seed}"
                archive.writestr(f"{own}/{HOW}", json.dumps(how))
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and not path.name.startswith("part"):
                        archive.write(path, f"{own}/{path.relative_to(folder)}")


if __name__ == "__main__":
    keep(Row(**json.loads(line)) for table in sys.argv[1:] for line in Path(table).read_text().splitlines())
