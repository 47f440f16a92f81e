"""From what was named to videos: files, folders, patterns, lists, tables, and addresses of fsspec."""

import csv
import datetime
import glob
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from depthperception.batch.addresses import file_system, is_url, local_path, reached
from depthperception.batch.entries import Entry, Labels
from depthperception.errors import OptionError, quoted
from depthperception.options import Options
from depthperception.people import Pick, parse_rule

ENDINGS = (
    ".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt",
    ".ts", ".vob", ".webm", ".wmv",
)  # fmt: skip
"""Of files that are taken for videos in a folder; a file that is named is taken whatever it ends in."""

LISTS, TABLES = (".txt", ".lst"), (".csv",)

RESULT_ENDINGS = (".judged", ".multiview")
"""Of folders in which the videos are ours."""

MOST_KG = 1000.0


def entries_of(
    sources: Sequence[str], options: Options, *, all_lifters: bool = False, overlay: bool = True
) -> tuple[Entry, ...]:
    """Give every video that sources name, in their order, each once for each way of judging it.

    Parameters
    ----------
    sources
        Files, folders, patterns (`day1/*.mp4`, `**`), lists (.txt, a path a line), tables (.csv), addresses.
    options
        What is asked where a table says nothing else.
    all_lifters, overlay
        Whether everyone who lifts is judged, and the overlay is written.

    Raises
    ------
    OptionError
        When a source names no video, or a table holds what it may not.
    """
    base = Entry("", options, all_lifters=all_lifters, overlay=overlay)
    found = [entry for source in sources for entry in _entries(source, base)]
    return tuple(dict.fromkeys(found))


def _entries(source: str, base: Entry) -> Iterator[Entry]:
    suffix = Path(source).suffix.lower()
    if suffix in TABLES:
        yield from _of_table(source, base)
    elif suffix in LISTS:
        for line in _text(source).splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield replace(base, video=_beside(source, line.strip()))
    else:
        for video in _of_address(source) if is_url(source) else _of_disk(source):
            yield replace(base, video=video)


def _of_disk(source: str) -> Sequence[str]:
    path = local_path(source)
    if path.is_dir():
        found = _in_folder(path)
    elif path.exists() or not glob.has_magic(source):
        return [str(path)]  # one that is not there is said like any other that cannot be judged
    else:
        named = sorted(Path(name) for name in glob.glob(str(path), recursive=True))
        found = [path for path in named if not path.is_dir()]
    if not found:
        raise OptionError(
            f"{source} names no video; expected a folder or a pattern with files such as .mp4 or .mov in it. Check the "
            "name, or name a file itself."
        )
    return [str(path) for path in found]


def _in_folder(folder: Path) -> list[Path]:
    """Give the videos below a folder; results, and what is hidden, are passed over."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            results = path.name.endswith(RESULT_ENDINGS) or (path / "judgement.json").exists()
            found += [] if results or (path / ".batch").exists() else _in_folder(path)
        elif path.suffix.lower() in ENDINGS:
            found.append(path)
    return found


def _of_address(source: str) -> Sequence[str]:
    store, path = file_system(source)
    with reached(source, "an address that this user may read", OptionError):
        if glob.has_magic(path):
            names = store.glob(path)
        elif store.isdir(path):
            names = [name for name in store.find(path) if _is_video(str(name), path)]
        else:
            return [source]
    if not names:
        raise OptionError(f"{source} names no video; expected objects such as .mp4 or .mov there. Check the address.")
    return [store.unstrip_protocol(name) for name in sorted(names)]


def _is_video(name: str, below: str) -> bool:
    *folders, last = name.removeprefix(below).split("/")
    ours = any(folder.endswith(RESULT_ENDINGS) or folder.startswith(".") for folder in folders)
    return not ours and not last.startswith(".") and Path(last).suffix.lower() in ENDINGS


def _text(source: str) -> str:
    if is_url(source):
        store, path = file_system(source)
        with reached(source, "a list of videos in UTF-8", OptionError):
            return bytes(store.cat_file(path)).decode("utf-8-sig")
    try:
        return local_path(source).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OptionError(
            f"{source} cannot be read ({why}); expected a list of videos in UTF-8, one a line, or a CSV with a column "
            "path. Check the name."
        ) from error


def _beside(source: str, name: str) -> str:
    """Find what a list names: beside the list, or else from here."""
    if is_url(name) or name.startswith("file://") or Path(name).is_absolute():
        return name
    if is_url(source):
        return f"{source.rpartition('/')[0]}/{name}"
    beside = local_path(source).parent / name
    return name if not beside.exists() and Path(name).exists() else str(beside)


def _of_table(source: str, base: Entry) -> Iterator[Entry]:
    lines = csv.DictReader(io.StringIO(_text(source), newline=""), skipinitialspace=True, strict=True)
    try:
        columns = [name.strip() for name in lines.fieldnames or ()]
        _check_columns(source, columns)
        lines.fieldnames = columns
        for cells in lines:
            yield _of_line(f"{source}, line {lines.line_num}", source, cells, base)
    except csv.Error as error:
        raise OptionError(
            f"{source}, line {lines.line_num} is no CSV ({error}); expected RFC 4180. Mend it."
        ) from error


def _check_columns(source: str, columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in COLUMNS]
    twice = [name for name in columns if columns.count(name) > 1]
    if "path" not in columns or unknown or twice:
        found = f"has no column {quoted(unknown[0])} that is known" if unknown else "has no column path"
        found = f"has the column {twice[0]} twice" if twice and not unknown else found
        raise OptionError(
            f"{source}, line 1 {found}; expected path, and any of {', '.join(list(COLUMNS)[1:])}. Rename it, or leave "
            "it out."
        )


def _of_line(line: str, source: str, cells: Mapping[str, Any], base: Entry) -> Entry:
    if None in cells or None in cells.values():
        raise OptionError(f"{line} has more or fewer cells than line 1; expected as many. Mend it.")
    given = {name: text.strip() for name, text in cells.items() if text.strip()}
    if "path" not in given:
        raise OptionError(f"{line} has no path; expected one of a video. Fill it in, or take the line out.")
    try:
        read = {name: _cell(name, text) for name, text in given.items()}
        labels = Labels(**{name: read.pop(name) for name in LABELS if name in read})
        video = _beside(source, read.pop("path"))
        options = replace(base.options, **{OPTION_NAMES.get(name, name): value for name, value in read.items()})
    except OptionError as error:
        raise OptionError(f"{line}: {error}") from error
    return replace(base, video=video, options=options, labels=labels)


def _cell(name: str, text: str) -> Any:
    try:
        return COLUMNS[name](text)
    except ValueError as error:
        raise OptionError(f"{name} is {quoted(text)}; expected {EXPECTED[name]}. Mend it.") from error


def _pick(text: str) -> Pick:
    x_px, y_px, time_s = (float(part) for part in text.split())
    return Pick(x_px, y_px, time_s)


def _weight(text: str) -> float:
    weight_kg = float(text)
    if not 0.0 <= weight_kg <= MOST_KG:
        raise ValueError(text)
    return weight_kg


def _date(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat()


LABELS = ("lifter", "weight_kg", "date", "notes")

OPTION_NAMES = {"person": "lifter"}
"""Columns that are called otherwise than the option: `lifter` is who lifts, by name, as in the library."""

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "path": str, "lifter": str, "height_cm": float, "weight_kg": _weight, "date": _date, "notes": str, "method": str,
    "person": parse_rule, "pick": _pick, "plate_cm": float, "rotate_deg": int, "speed": float, "sure": float,
    "rules": str, "pose": str, "detector": str,
}  # fmt: skip
"""Columns of a table, and how their cells are read; empty ones are as on the command line."""

EXPECTED = {
    "height_cm": "centimetres, such as 180", "weight_kg": "kilograms, 0 to 1000", "date": "a date such as 2026-11-27",
    "pick": "X Y T in px and seconds, such as 320 400 1.5", "plate_cm": "centimetres, such as 45",
    "rotate_deg": "0, 90, 180 or 270", "speed": "a number such as 0.25", "sure": "a number such as 0.65",
}  # fmt: skip
