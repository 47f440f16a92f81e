"""A batch is never done twice and loses nothing, wherever it is cut off; its table is the same in the end."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception.batch import places, running, sources, work
from depthperception.batch.entries import Entry, Labels
from depthperception.batch.places import LocalPlace
from depthperception.batch.running import Batch
from depthperception.batch.table import COLUMNS
from depthperception.errors import OutputError
from depthperception.options import Options
from tests.support.batch_jobs import Judge, entries, inline
from tests.support.clips import numbered_clip


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    fake = Judge()
    monkeypatch.setattr(work, "judge_into", fake)
    return fake


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    """Two of one name, a copy of the first, one that is broken, and one without an attempt."""
    films = [tmp_path / name for name in ("day1/squat.mp4", "day2/squat.mp4", "nobody.mp4")]
    for number, path in enumerate(films):
        path.parent.mkdir(exist_ok=True)
        numbered_clip(path, (np.arange(2 + number) / 30).tolist())
    copy, broken = tmp_path / "copy.mp4", tmp_path / "broken.mp4"
    shutil.copy(films[0], copy)
    broken.write_bytes(b"hello" * 9)
    return [films[0], films[1], copy, broken, films[2]]


def run(out: Path, asked: tuple[Entry, ...], **options: Any) -> list[str]:
    """Run a batch; gives the names that were not kept from before."""
    batch = Batch(asked, LocalPlace(out), **options)
    return [done.entry.video for done in batch.run(inline) if not done.kept]


def table(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_video_has_its_row_and_its_folder_and_a_copy_is_judged_once(
    judge: Judge, clips: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(out, entries(*clips, height_cm=180.0))
    assert judge.judged == [str(clips[k]) for k in (0, 1, 4)]
    rows = table(out)
    assert list(rows[0]) == list(COLUMNS)
    assert [row["video"] for row in rows] == [str(path) for path in clips]
    assert [row["status"] for row in rows] == ["judged", "judged", "judged", "failed", "no_person"]
    assert [row["folder"] for row in rows] == ["squat.judged", "squat-2.judged", "squat.judged", "", "nobody.judged"]
    assert (rows[0]["verdict"], rows[0]["attempt"], rows[0]["height_cm"]) == ("depth", "1", "180.0")
    assert "the file holds text" in rows[3]["error"]
    for row, path in ((rows[0], clips[0]), (rows[1], clips[1])):
        judged = json.loads((out / row["folder"] / "judgement.json").read_text())
        assert judged["video"]["path"] == str(path)
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert [lines[0][name] for name in ("attempt", "depth_cm", "stood_up")] == [1, None, True]


def test_the_manual_says_what_every_column_is() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
    columns = {name for line in manual.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    assert set(COLUMNS) | set(sources.COLUMNS) <= columns


def test_the_parquet_file_holds_the_same_with_kinds(judge: Judge, clips: list[Path], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `export` is not installed")
    run(tmp_path / "out", entries(*clips))
    found = parquet.read_table(tmp_path / "out" / "results.parquet")
    assert found.column_names == list(COLUMNS)
    assert [str(found.schema.field(name).type) for name in ("video", "start_s", "attempt", "stood_up")] == [
        "string", "double", "int64", "bool",
    ]  # fmt: skip
    lines = (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    assert found.to_pylist() == [json.loads(line) for line in lines]


def test_what_is_known_of_a_video_changes_its_row_and_judges_nothing_again(
    judge: Judge, clips: list[Path], tmp_path: Path
) -> None:
    out, (first, *_) = tmp_path / "out", clips
    run(out, entries(first))
    known = Entry(str(first), Options(), Labels(lifter="=Anna", weight_kg=140.0, date="2026-11-27"))
    assert run(out, (known,)) == []
    (row,) = table(out)
    assert (row["lifter"], row["weight_kg"], row["date"]) == ("'=Anna", "140.0", "2026-11-27")
    assert len(judge.judged) == 1


def test_other_options_and_other_content_are_judged_and_overwrite_nothing(
    judge: Judge, clips: list[Path], tmp_path: Path
) -> None:
    out, (first, second, *_) = tmp_path / "out", clips
    run(out, entries(first))
    assert run(out, entries(first, height_cm=180.0)) == [str(first)]
    shutil.copy(second, first)
    assert run(out, entries(first)) == [str(first)]
    assert sorted(path.name for path in out.glob("*.judged")) == ["squat-2.judged", "squat-3.judged", "squat.judged"]


def test_what_was_judged_is_kept_until_it_is_asked_anew_and_what_failed_until_it_is_retried(
    judge: Judge, tmp_path: Path, clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, asked = tmp_path / "out", entries(clips[0], clips[1])

    def fail(video: Path, *_: Any, **more: Any) -> Any:
        raise RuntimeError("a fault")

    with monkeypatch.context() as broken:
        broken.setattr(work, "judge_into", fail)
        run(out, asked[:1])
    assert run(out, asked) == [str(clips[1])]
    assert [row["status"] for row in table(out)] == ["failed", "judged"]
    assert run(out, asked, retry=True) == [str(clips[0])]
    assert [row["status"] for row in table(out)] == ["judged", "judged"]
    assert run(out, asked, anew=True) == [str(path) for path in clips[:2]]
    assert sorted(path.name for path in out.glob("*.judged")) == ["squat-2.judged", "squat.judged"]


def test_a_folder_that_was_taken_away_is_made_again_and_one_that_is_not_ours_is_left(
    judge: Judge, clips: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "squat.judged").mkdir(parents=True)
    run(out, entries(clips[0]))
    assert not list((out / "squat.judged").iterdir())
    shutil.rmtree(out / "squat-2.judged")
    assert run(out, entries(clips[0])) == [str(clips[0])]
    assert (out / "squat-2.judged" / "judgement.json").exists()


class Killed(BaseException):
    """What ends a process in the middle."""


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int, out: Path, left: Path) -> Callable[[], int]:
    """End the process before, or after, its so-manieth step that others can see: records, moves and tables.

    `left` is `out` as it is then: a process that is killed tidies nothing up.
    """
    steps = 0

    def took_one() -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            shutil.copytree(out, left)
            raise Killed

    for owner, name in ((places, "write_json"), (Path, "rename"), (Path, "replace"), (running, "write_table")):
        whole = getattr(owner, name)

        def counted(*given: Any, whole: Any = whole, **more: Any) -> Any:
            took_one()
            made = whole(*given, **more)
            took_one()
            return made

        monkeypatch.setattr(owner, name, counted)
    return lambda: steps


def test_wherever_a_batch_is_cut_off_nothing_is_lost_and_nothing_judged_twice(
    judge: Judge, clips: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = entries(*clips)
    run(tmp_path / "whole", asked)
    undisturbed = table(tmp_path / "whole")
    for step in range(1, 200):
        out = tmp_path / f"cut-{step}"
        judge.judged.clear()
        with monkeypatch.context() as cutting:
            steps = kill_at(cutting, step, tmp_path / f"begun-{step}", out)
            with suppress(Killed):
                run(tmp_path / f"begun-{step}", asked)
        if steps() < step:
            break
        kept = {json.loads(path.read_text())["video"] for path in (out / ".batch/records").glob("[!.]*.json")}
        run(out, asked)
        assert table(out) == undisturbed
        assert all(judge.judged.count(str(path)) == 1 for path in clips if str(path) in kept)
        assert sorted(path.name for path in out.glob("*.judged")) == ["nobody.judged", "squat-2.judged", "squat.judged"]
        assert not list((out / ".batch" / "work").iterdir())
    assert step > 15, "it was cut off at every step"


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written .*; expected a folder"):
        Batch(entries("a.mp4"), LocalPlace(tmp_path / "file" / "out"))


def test_pieces_of_a_long_film_outlive_a_batch_that_was_cut_off_and_go_with_the_last_of_it(
    judge: Judge, clips: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, asked, known = tmp_path / "out", entries(clips[0]), list[list[str]]()

    def cut_off(*_: Any, journal: Path) -> Any:
        known.append(sorted(path.name for path in journal.iterdir()) if journal.exists() else [])
        journal.mkdir(parents=True, exist_ok=True)
        (journal / f"piece {len(known)}").touch()
        raise Killed

    def whole(*of: Any, journal: Path) -> Any:
        known.append(sorted(path.name for path in journal.iterdir()))
        return judge(*of)

    monkeypatch.setattr(work, "judge_into", cut_off)
    for anew in (False, False, True):
        with pytest.raises(Killed):
            run(out, asked, anew=anew)
    monkeypatch.setattr(work, "judge_into", whole)
    run(out, asked)
    assert known == [[], ["piece 1"], [], ["piece 3"]]
    assert list((out / ".batch" / "pieces").iterdir()) == []
