"""A long film judged piece by piece, each kept until the whole is there: who was interrupted goes on where he was."""

import hashlib
import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import is_dataclass, replace
from enum import Enum
from functools import cache, cached_property
from itertools import count
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args, get_type_hints

import numpy as np

from depthperception.case import Case
from depthperception.damaged import MISREAD, unpickled
from depthperception.depth import calibrated
from depthperception.errors import OutputError, path_of
from depthperception.film import Found
from depthperception.io.atomic import whole_file, writable
from depthperception.options import Options, sum_of
from depthperception.pieces import Seam, pieces_of
from depthperception.types import Progress
from depthperception.video import probe

PROTOCOL = 4
"""Of pickle: arrays and single numbers name no more than `ARRAYS`."""

ARRAYS = (np.ndarray, np.dtype, np.empty(0).__reduce__()[0], np.float64().__reduce__()[0])
"""What numpy's arrays and numbers name: themselves, their kinds, and what makes each."""

HASH_BYTES = hashlib.sha256().digest_size

JudgePiece = Callable[[Case, int, Progress], list[Found]]
"""Judges a piece with its number from 0, shot by shot."""


def found_by_piece(
    path: str | PathLike[str], options: Options, on_progress: Progress, judge: JudgePiece, folder: Path | None
) -> list[Found]:
    """Judge a film piece by piece; those of a long one that the folder holds are not looked at again.

    What was found in a piece is in its file alone until the last is judged: the next has the memory to itself.

    Parameters
    ----------
    path, options, on_progress
        As `pipeline.judge` takes them.
    judge
        Judges a piece.
    folder
        Where pieces are kept; None for a folder of the system's that goes when they are put together.

    Raises
    ------
    OutputError
        When a piece cannot be written, or cannot be read again.
    """
    path = path_of(path)
    with nullcontext(folder) if folder else TemporaryDirectory(prefix="depthperception-pieces-") as place:
        journal = Journal(Path(place), path, options)
        number, seam = journal.reached() if folder else (0, None)
        for case in pieces_of(path, options, on_progress, seam):
            piece = judge(case, number, on_progress)
            seam = Seam.after(case)
            del case  # with its pictures, before the next piece's come
            if seam is None:
                return piece
            journal.keep(piece, seam)
            del piece
            number += 1
            calibrated.let_go()
        found, read = journal.read()
        if read != seam:
            raise OutputError(
                f"A piece of the film that was judged before is damaged or gone in {place}. Judge the film again: it "
                "goes on after the last whole piece."
            )
        return found


def forget(folder: Path) -> None:
    """Take kept pieces away, when what they were for is written."""
    shutil.rmtree(folder, ignore_errors=True)


class Journal:
    """The pieces of one film that were judged so, each in a file of its own: its hash, and what it holds to the bit.

    What is damaged, or of another film, of other options or another version, is as if it were not there.

    Parameters
    ----------
    folder
        Where the files are; made when the first is written.
    path, options
        As `pipeline.judge` takes them.
    """

    def __init__(self, folder: Path, path: Path, options: Options) -> None:
        self._folder, self._path, self._options = folder, path, options

    @cached_property
    def _key(self) -> str:
        return sum_of({**self._options.deciding(), "video": probe(self._path).sha256})

    def read(self) -> tuple[list[Found], Seam | None]:
        """Give what was found in the first pieces, and where the next one begins; None at the film's beginning."""
        found: list[Found] = []
        seam = None
        for piece, end in self._kept():
            found += [replace(one, examination=one.examination.called(str(self._path))) for one in piece]
            seam = end
        return found, seam

    def reached(self) -> tuple[int, Seam | None]:
        """Give how many of the first pieces there are, and where the next one begins; None at the film's beginning."""
        reached: tuple[int, Seam | None] = (0, None)
        for number, (_, seam) in enumerate(self._kept(), 1):
            reached = number, seam
        return reached

    def _kept(self) -> Iterator[tuple[list[Found], Seam]]:
        for number in count():
            kept = _read(self._file(number))
            if kept is None:
                return
            yield kept

    def keep(self, piece: Sequence[Found], seam: Seam) -> None:
        """Keep what was found in a piece, and where the next one begins.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        content = pickle.dumps((list(piece), seam), PROTOCOL)
        with writable(str(self._folder)):
            self._folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self._file(piece[0].piece)) as partial:
            partial.write_bytes(hashlib.sha256(content).digest() + content)

    def _file(self, number: int) -> Path:
        return self._folder / f"{self._key}-{number}"


def _read(file: Path) -> tuple[list[Found], Seam] | None:
    try:
        kept = file.read_bytes()
        content = kept[HASH_BYTES:]
        if kept[:HASH_BYTES] != hashlib.sha256(content).digest():
            return None
        found: tuple[list[Found], Seam] = unpickled(content, lambda *named: _known().get(named))
    except (*MISREAD, pickle.UnpicklingError):
        return None
    return found


@cache
def _known() -> dict[tuple[str, str], Any]:
    """Give what a piece may name: what it is made of, so that no file of a stranger's runs anything."""
    return {(one.__module__, one.__qualname__): one for one in (*ARRAYS, *_parts(Found), Seam)}


def _parts(kind: Any, inside: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Give a type and those that it is made of, as far as they are dataclasses and names for numbers.

    One that has another of its own kind is asked once.
    """
    if kind in inside:
        return
    if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
        yield kind
    hints = get_type_hints(kind) if is_dataclass(kind) else {}
    for one in (*get_args(kind), *hints.values()):
        yield from _parts(one, (*inside, kind))
