"""Write docs/licences.md: what the application installs, at which version, and under which licence.

python tools/list_licences.py

Names and versions are those of requirements/application.txt (`./dev lock`), licences what the installed packages say.
"""

import re
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "application.txt"
PAGE = ROOT / "docs" / "licences.md"

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-CMU", "PSF-2.0", "Zlib"}
)
"""SPDX names of licences that ask for no more than to be named."""

BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
}
"""SPDX names of what older packages say in their classifiers; "BSD License" does not say which, both are permissive."""

IN_WORDS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "MIT": "MIT",
}

READ = {"ezc3d": "MIT"}
"""What a person read in the licence file of a package whose metadata says nothing."""

HEAD = """# Licences
What the application installs (`pip install depthperception[web,export,files]`), as requirements/application.txt pins
it, with the licence that each package states. Written by `tools/list_licences.py`; a test holds it against what is
installed. Every licence here is permissive. What the project itself ships of others stands in the [notice](notice.md).

Two packages bring compiled libraries of others in their wheels, which their own licence does not cover:

- **av** (PyAV, BSD-3-Clause) brings FFmpeg built with libx264 and libx265, which are under the GPL, version 2 or
  later. Nothing of it is part of this project, and pip fetches it from PyAV's own release; who passes on an image or
  an installer *with* that wheel inside passes on GPL binaries and has to keep the GPL's terms for them. A PyAV built
  against an FFmpeg without them works too: `overlay.mp4` is then written by the next encoder that is there.
- **opencv-python-headless** (Apache-2.0) brings FFmpeg under the LGPL, version 2.1; the project decodes nothing by it.

| package | version | licence |
| --- | --- | --- |
"""


def pinned() -> Iterator[tuple[str, str, str]]:
    """Give name, version and marker ("" for every platform) of each package of the lock."""
    for name, version, marker in re.findall(r"^([\w.-]+)==(\S+)(?: ; ([^\\]+))? \\$", LOCK.read_text(), re.MULTILINE):
        yield name, version, marker.strip()


def stated(said: PackageMetadata) -> str:
    """Return the licence that a package's metadata states as SPDX writes it, or its own words."""
    if "License-Expression" in said:
        return said["License-Expression"]
    classified = [BY_CLASSIFIER.get(line.rpartition(" :: ")[2]) for line in said.get_all("Classifier") or ()]
    named = sorted(one for one in classified if one)
    word = said["License"].partition("\n")[0] if "License" in said else ""
    return " OR ".join(named) or IN_WORDS.get(word) or READ.get(said["Name"]) or word or "nothing"


def permissive(licence: str) -> bool:
    """Tell whether an SPDX expression can be kept by naming its authors: all that AND joins, one of what OR does."""
    bare = re.sub(r"[()]", "", licence)
    return all(any(one.strip() in PERMISSIVE for one in part.split(" OR ")) for part in bare.split(" AND "))


def rows() -> Iterator[tuple[str, str, str]]:
    """Give name, versions and licence of each pinned package that is installed here."""
    versions: dict[str, list[str]] = {}
    for name, version, _ in pinned():
        versions.setdefault(name, []).append(version)
    for name, several in versions.items():
        try:
            yield name, " or ".join(several), stated(metadata(name))
        except PackageNotFoundError:
            continue


if __name__ == "__main__":
    PAGE.write_text(HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows()), encoding="utf-8")
