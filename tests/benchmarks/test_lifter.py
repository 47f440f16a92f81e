"""What benchmarks/lifter.py writes, and what it leaves as it is."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import lifter
from lifter_report import AGAIN, BARE, FRESH, chosen_again

BY_HAND = f"# Old\nold tables\n\n{AGAIN}\nof 26\n\n## Last\nold\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page that the benchmark of two seeds, nothing of them rendered or judged, is to put anew."""
    path = tmp_path / "lifter.md"
    path.write_text(BY_HAND, encoding="utf-8")
    asked = ["lifter.py", str(tmp_path), "--seed", "7", "--count", "2", "--out", str(path)]
    monkeypatch.setattr(sys, "argv", asked)
    monkeypatch.setattr(lifter, "rendered", lambda folder, seed: folder / f"{seed}.mp4")
    monkeypatch.setattr(lifter, "with_lonely", lambda folder, seed: (folder / f"{seed}.mp4",) * 2)
    monkeypatch.setattr(lifter, "measured", lambda folder, clip, lonely: {})
    monkeypatch.setattr(lifter, "report", lambda records: f"# New\n{len(records)} clips\n\n## Last\nnew\n")
    monkeypatch.setattr(lifter, "chosen_in", lambda clip: "lifter" if clip.stem == "7" else None)
    return path


def test_tables_made_anew_leave_who_is_chosen_as_it_stands(page: Path) -> None:
    lifter.main()
    assert page.read_text(encoding="utf-8") == f"# New\n2 clips\n\n## Last\nnew\n\n{AGAIN}\nof 26\n"


def test_tables_made_anew_leave_parts_by_hand_as_they_stand(page: Path) -> None:
    page.write_text(f"{BY_HAND}\n{BARE}\n20 squats\n\n{FRESH}\n74 meets\n", encoding="utf-8")
    lifter.main()
    assert page.read_text(encoding="utf-8").endswith(f"{AGAIN}\nof 26\n\n{BARE}\n20 squats\n\n{FRESH}\n74 meets\n")


def test_choosing_again_leaves_the_tables_as_they_stand(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--choose"])
    lifter.main()
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Old\nold tables\n\n{AGAIN}\n")
    assert "in 1 of these 2" in text.replace("\n", " ")
    assert text.endswith("\n## Last\nold\n")


def test_who_is_chosen_is_counted_as_the_lifter_as_nobody_and_as_somebody_else() -> None:
    said = chosen_again({1: "lifter", 2: None, 3: "person 0", 4: "lifter", 5: "lifter"}).replace("\n", " ")
    assert "in 3 of these 5 clips, nobody in 1, and somebody else in 1." in said
    assert "Not the lifter: 2 (nobody), 3 (person 0)." in said
