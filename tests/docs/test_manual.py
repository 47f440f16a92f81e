"""The manual builds without a warning, its links lead somewhere, and it loads nothing from elsewhere."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.judged_once import once, shared_folder

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LOADED = {"script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src"}
"""Elements that a browser fetches by itself, and their attribute."""


class Links(HTMLParser):
    """Collects what a page can be jumped to by, where it leads, and what it loads."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.ids.add(said.get("id") or "")
        if tag == "a":
            self.targets.append(said.get("href") or "")
        if tag in LOADED:
            self.loaded.append(said.get(LOADED[tag]) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("furo", reason="the extra docs is not installed")

    def build(place: Path) -> None:
        options = ("--fail-on-warning", "--keep-going", "--quiet")
        command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return once(shared_folder(tmp_path_factory) / "manual", build)


def dead(pages: dict[Path, Links]) -> Iterator[str]:
    """Give the links within the pages that lead to no file or no place in it."""
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or not target:
                continue
            place = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = place in pages and (not parts.fragment or unquote(parts.fragment) in pages[place].ids)
            if not (known or (place not in pages and place.is_file())):
                yield f"{page.name}: {target}"


def test_every_link_within_the_manual_leads_somewhere(site: Path, tmp_path: Path) -> None:
    pages = {path.resolve(): Links(path) for path in site.rglob("*.html")}
    assert len(pages) > 25
    assert sum(len(links.targets) for links in pages.values()) > 500
    assert not list(dead(pages))
    (broken := tmp_path / "a.html").write_text('<a href="b.html">b</a><a href="#c">c</a><p id="d"><a href="#d">d</a>')
    assert list(dead({broken: Links(broken)})) == ["a.html: b.html", "a.html: #c"]


def test_the_manual_loads_nothing_from_elsewhere(site: Path) -> None:
    assert not [
        f"{path.name}: {loaded}"
        for path in site.rglob("*.html")
        for loaded in Links(path).loaded
        if urlsplit(loaded).netloc
    ]
    assert not [
        path for path in site.rglob("*.css") if re.search(r"(url\(|@import)['\" ]*(https?:)?//", path.read_text())
    ]


def test_every_page_is_reached_from_the_contents(site: Path) -> None:
    linked = {(site / urlsplit(target).path).resolve() for target in Links(site / "index.html").targets}
    written = {(site / path.relative_to(DOCS)).with_suffix(".html").resolve() for path in DOCS.rglob("*.md")}
    assert written - linked == {(site / "index.html").resolve()}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_of_the_repositorys_own_pages_lead_to_files(name: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text(encoding="utf-8"))
    assert not [target for target in targets if not (ROOT / target).is_file()]


def test_the_page_of_fields_is_that_of_the_schema_and_says_each_of_them() -> None:
    schema = json.loads((DOCS / "judgement.schema.json").read_text(encoding="utf-8"))
    page = (DOCS / "judgement.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(ROOT / "tools" / "write_schema.py"))["page"](schema), "run: tools/write_schema.py"
    for part in schema["$defs"].values():
        assert all(f"| `{field}` |" in page for field in part["properties"])
    assert "| `bottom_s` | number |" in page
    assert "| `interval90_cm` | [number, number] or null | The truth lies in here nine times in ten. |" in page


def test_pages_repeat_the_numbers_of_the_tables_as_they_stand_there() -> None:
    tables = (DOCS / "accuracy.md").read_text(encoding="utf-8")
    median, most = re.findall(r"for a s of film: median, most \| ([\d.]+), ([\d.]+) \|", tables)[0]
    leg, equal = re.findall(r"error of 0?([\d.]+) cm \(rms\); always saying equal errs by 0?(\d*\.\d+)", tables)[0]
    biases = sorted(re.findall(r"\| bodies of group \d \| \d+ \| ([-+][\d.]+) \|", tables), key=float)
    repeated = {
        "README.md": f"takes {median} s of one processor to judge (median of 46 films, {most} at most)",
        "docs/command.md": f"in the median {median} s of computing for a second of film, at most {most} in 46 films",
        "docs/model_card.md": f"films: {median} and {most} on a processor",
        "docs/number.md": f'the error of the difference is {leg} cm, that of always saying "equal" {equal} cm',
        "docs/start/coach.md": f'the error of the difference is {leg} cm, of always saying "equal" {equal})',
    }
    said = {page: " ".join((ROOT / page).read_text(encoding="utf-8").split()) for page in repeated}
    assert not [page for page, words in repeated.items() if words not in said[page]]
    assert f"from {biases[0]} to {biases[-1]} cm" in said["docs/model_card.md"]
