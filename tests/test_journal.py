"""A long film whose judging was cut off goes on where it was; what is damaged is judged again."""

import gc
import hashlib
import math
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from depthperception import models, pieces
from depthperception.batch import work
from depthperception.batch.entries import Entry
from depthperception.case import find_people
from depthperception.depth.calibrated import shipped_model
from depthperception.errors import OutputError
from depthperception.examination import Examination
from depthperception.film import Found
from depthperception.journal import HASH_BYTES, Journal, JudgePiece, found_by_piece
from depthperception.options import Options
from depthperception.pieces import Seam
from depthperception.pipeline import examine
from depthperception.report import folder as results_folder
from tests.support.clips import numbered_clip
from tests.support.people_tracks import standing
from tests.support.rendered_clips import DATA
from tests.support.report_examples import attempt, judgement, track

TWO_REPS = DATA / "two_reps.mp4"
PIECE_S, QUIET_S = 4.2, 0.6

KILLED = f"""
import os, signal, sys
from pathlib import Path
from depthperception import pieces
from depthperception.pipeline import examine

pieces.PIECE_S, pieces.QUIET_S = {PIECE_S}, {QUIET_S}
begun, find_people = [], pieces.find_people

def killed_at_the_second(*asked, **more):
    begun.append(asked)
    if len(begun) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return find_people(*asked, **more)

pieces.find_people = killed_at_the_second
examine(Path(sys.argv[1]), journal=Path(sys.argv[2]))
"""


def differing(one: Any, other: Any, name: str = "") -> list[str]:
    """Name where two values differ, in kind or in a bit."""
    if type(one) is not type(other):
        return [f"{name}: {type(one)}, {type(other)}"]
    if is_dataclass(one):
        pairs = [(field.name, getattr(one, field.name), getattr(other, field.name)) for field in fields(one)]
    elif isinstance(one, dict) and list(one) == list(other):
        pairs = [(str(key), value, other[key]) for key, value in one.items()]
    elif isinstance(one, list | tuple) and len(one) == len(other):
        pairs = [(str(k), a, b) for k, (a, b) in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, np.ndarray):
        same = (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
        return [] if same else [name]
    else:
        return [] if repr(one) == repr(other) else [f"{name}: {one!r}, {other!r}"]
    return [said for part, a, b in pairs for said in differing(a, b, f"{name}.{part}")]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_film_that_was_killed_after_a_piece_is_looked_at_from_the_next_and_is_judged_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_from_s: list[float] = []

    def counted(path: Path, options: Options, *more: Any, part_s: tuple[float, float]) -> Any:
        looked_from_s.append(part_s[0])
        return find_people(path, options, *more, part_s=part_s)

    monkeypatch.setattr(pieces, "find_people", counted)
    monkeypatch.setattr(pieces, "PIECE_S", PIECE_S)
    monkeypatch.setattr(pieces, "QUIET_S", QUIET_S)
    undisturbed = examine(TWO_REPS)
    first_s, second_s = looked_from_s
    looked_from_s.clear()

    journal = tmp_path / "pieces"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(TWO_REPS), str(journal)], check=False)
    assert ended.returncode == -signal.SIGKILL
    found = examine(TWO_REPS, journal=journal)
    assert looked_from_s == [second_s]
    assert first_s == 0.0
    assert len(undisturbed.judgement.attempts) == 2
    assert differing(found, undisturbed) == []

    looked_from_s.clear()
    assert differing(examine(TWO_REPS, journal=journal), undisturbed) == []
    assert looked_from_s == []


def found(piece: int) -> list[Found]:
    """One attempt in a piece of a film, with numbers that text would round, and none at all."""
    ruled = judgement(attempt(2.0 + 4.0 * piece))
    person = replace(standing(300.0, 1000.0), carries=1.0 / 3.0)
    seen = replace(track([4.0 * piece + 0.1, 4.0 * piece + 0.2]), presence=np.array([1.0 / 3.0, np.nan]))
    made = Examination(ruled, seen, person.times_s, (person,), 0, ((),))
    return [Found(made, (4.0 * piece, 4.0 * piece + 4.0), 0.0, piece, after_cut=False)]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered_clip(tmp_path / "film.mp4", [0.0, 0.1, 0.2])


@pytest.fixture
def journal(tmp_path: Path, film: Path) -> Journal:
    """Two pieces of a film."""
    made = Journal(tmp_path / "pieces", film, Options())
    for piece in (0, 1):
        made.keep(found(piece), Seam(4.0 * piece + 4.0, piece + 1))
    return made


def test_what_is_kept_is_read_to_the_bit_and_names_the_film_where_it_is_now(
    journal: Journal, film: Path, tmp_path: Path
) -> None:
    moved = film.rename(film.with_name("moved.mp4"))
    kept, seam = Journal(tmp_path / "pieces", moved, Options()).read()
    assert seam == Seam(8.0, 2)
    here = [replace(one, examination=one.examination.called(str(moved))) for piece in (0, 1) for one in found(piece)]
    assert differing(kept, here) == []


def test_other_options_another_film_and_another_version_have_nothing_kept(
    journal: Journal, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pieces"
    nothing: tuple[list[Found], Seam | None] = ([], None)
    assert Journal(folder, film, Options(height_cm=180.0)).read() == nothing
    other = numbered_clip(tmp_path / "other.mp4", [0.0, 0.1, 0.3])
    assert Journal(folder, other, Options()).read() == nothing
    assert len(Journal(folder, film, Options()).read()[0]) == 2
    monkeypatch.setattr("depthperception.options.package_version", lambda _: "another")
    assert Journal(folder, film, Options()).read() == nothing


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [flipped, lambda content: content[:-1], lambda _: b"", lambda _: b"x" * 99])
def test_a_damaged_piece_and_those_after_it_are_judged_again(
    journal: Journal, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    first, second = sorted((tmp_path / "pieces").iterdir())
    whole = second.read_bytes()
    second.write_bytes(damage(whole))
    kept, seam = journal.read()
    assert [one.piece for one in kept] == [0]
    assert seam == Seam(4.0, 1)
    second.write_bytes(whole)
    first.write_bytes(damage(first.read_bytes()))
    assert journal.read() == ([], None)


def judged_in_pieces(
    monkeypatch: pytest.MonkeyPatch, folder: Path | None, film: Path, judge: JudgePiece
) -> list[Found]:
    """Judge a film of two pieces, of which nothing is decoded."""
    cases = [
        SimpleNamespace(people_before=piece, people=[None], next_s=end_s) for piece, end_s in enumerate((4.0, math.inf))
    ]
    monkeypatch.setattr("depthperception.journal.pieces_of", lambda *_: iter(cases))
    return found_by_piece(film, Options(), lambda *_: None, judge, folder)


@pytest.mark.parametrize("named", [True, False])
def test_what_was_found_in_a_piece_and_what_measures_are_let_go_of_before_the_next(
    named: bool, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[weakref.ref[Any]] = []

    def judge(case: Any, piece: int, _: Any) -> list[Found]:
        gc.collect()
        assert [one for one in alive if one() is not None] == []
        made = found(piece)
        alive.extend(
            weakref.ref(one) for one in (made[0].examination, models.session("plates", threads=1), shipped_model())
        )
        return made

    read = judged_in_pieces(monkeypatch, tmp_path / "pieces" if named else None, film, judge)
    here = [replace(one, examination=one.examination.called(str(film))) for piece in (0, 1) for one in found(piece)]
    assert len(alive) == 6
    assert differing(read, here) == []


def test_a_piece_that_is_gone_when_the_last_is_judged_is_said(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(case: Any, piece: int, _: Any) -> list[Found]:
        for kept in (tmp_path / "pieces").glob("*"):
            kept.unlink()
        return found(piece)

    with pytest.raises(OutputError, match=r"damaged or gone in .*pieces\. Judge the film again"):
        judged_in_pieces(monkeypatch, tmp_path / "pieces", film, judge)


class Runs:
    """What somebody may put in the place of a piece, so that reading it runs a command."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def test_a_piece_that_names_what_none_is_made_of_runs_nothing(journal: Journal, tmp_path: Path) -> None:
    first, _ = sorted((tmp_path / "pieces").iterdir())
    content = pickle.dumps(Runs(tmp_path / "ran"))
    first.write_bytes(hashlib.sha256(content).digest() + content)
    assert len(hashlib.sha256().digest()) == HASH_BYTES
    assert journal.read() == ([], None)
    assert not (tmp_path / "ran").exists()


def test_the_pieces_lie_in_the_folder_of_results_until_those_are_written(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "film.judged"
    results_folder.prepare(folder)
    entry = Entry(str(film), Options())

    def examined(video: Path, options: Options, *, journal: Path, **_: Any) -> Examination:
        Journal(journal, video, options).keep(found(0), Seam(4.0, 1))
        return found(0)[0].examination

    def cut_off(*_: Any, **__: Any) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("depthperception.pipeline.examine", examined)
    monkeypatch.setattr(results_folder, "write_all", cut_off)
    with pytest.raises(KeyboardInterrupt):
        work.judge_into(film, folder, entry, lambda *_: None)
    assert len(list((folder / results_folder.PIECES).iterdir())) == 1
    monkeypatch.setattr(results_folder, "write_all", lambda *_, **__: [])
    work.judge_into(film, folder, entry, lambda *_: None)
    assert not (folder / results_folder.PIECES).exists()
