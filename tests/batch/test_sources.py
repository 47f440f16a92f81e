"""What is named becomes videos: folders, patterns, lists and tables, and what a table may not say."""

from pathlib import Path

import pytest

from depthperception.batch.entries import Labels
from depthperception.batch.sources import entries_of
from depthperception.errors import OptionError
from depthperception.options import Options
from depthperception.people import Pick


def videos(*sources: Path | str) -> list[str]:
    return [entry.video for entry in entries_of([str(source) for source in sources], Options())]


@pytest.fixture
def day(tmp_path: Path) -> Path:
    for name in ("a.mp4", "b.MOV", "c/d.mkv", "notes.txt", "._a.mp4", ".hidden/x.mp4", "a.judged/overlay.mp4",
                 "out/.batch/x", "out/y.mp4", "named/judgement.json", "named/overlay.mp4"):  # fmt: skip
        path = tmp_path / "day" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "day"


def test_a_folder_gives_its_videos_and_those_below_but_no_results_and_nothing_hidden(day: Path) -> None:
    assert videos(day) == [str(day / name) for name in ("a.mp4", "b.MOV", "c/d.mkv")]


def test_a_pattern_a_file_and_a_folder_together_give_each_video_once(day: Path) -> None:
    assert videos(day / "*.mp4", day / "a.mp4", day) == [str(day / name) for name in ("a.mp4", "b.MOV", "c/d.mkv")]
    assert videos(f"file://{day}/a.mp4") == [str(day / "a.mp4")]


def test_a_file_that_is_not_there_is_left_to_be_said_with_the_others(tmp_path: Path) -> None:
    assert videos(tmp_path / "gone.mp4") == [str(tmp_path / "gone.mp4")]


@pytest.mark.parametrize("source", ["empty", "*.mp4"])
def test_a_folder_or_a_pattern_without_a_video_is_refused(source: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OptionError, match="names no video"):
        videos(tmp_path / source)


def test_a_list_names_videos_beside_itself_or_from_here(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(day.parent)
    (day / "list.txt").write_text("# of Monday\n\na.mp4\nday/c/d.mkv\ns3://bucket/e.mp4\n/abs.mp4\n")
    assert videos(day / "list.txt") == [str(day / "a.mp4"), "day/c/d.mkv", "s3://bucket/e.mp4", "/abs.mp4"]


def test_a_table_says_of_each_video_what_is_known_and_what_is_asked(tmp_path: Path) -> None:
    table = tmp_path / "day.csv"
    table.write_text(
        "path,lifter,height_cm,weight_kg,date,notes,method,person,pick,sure\n"
        'a.mp4,"Ødegård, Åse",181.5,140,2026-11-27,"two\nlines",side,2,,0.8\n'
        "b.mp4,,,,,,,,320 400 1.5,\n"
    )
    first, second = entries_of([str(table)], Options(height_cm=170.0, sure=0.7))
    assert first.labels == Labels(lifter="Ødegård, Åse", weight_kg=140.0, date="2026-11-27", notes="two\nlines")
    assert first.options == Options(height_cm=181.5, method="side", lifter=2, sure=0.8)
    assert (second.labels, second.video) == (Labels(), str(tmp_path / "b.mp4"))
    assert second.options == Options(height_cm=170.0, sure=0.7, pick=Pick(320.0, 400.0, 1.5))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("path,hight\na.mp4,180\n", "line 1 has no column 'hight' that is known; expected path, and any of lifter"),
        ("video\na.mp4\n", "line 1 has no column 'video' that is known"),
        ("lifter\nAnna\n", "line 1 has no column path"),
        ("path,date,date\na.mp4,,\n", "line 1 has the column date twice"),
        ("path,height_cm\na.mp4,180\nb.mp4,tall\n", "line 3: height_cm is 'tall'; expected centimetres"),
        ("path,height_cm\na.mp4,17\n", "line 2: A height of 17 cm"),
        ("path,method\na.mp4,guess\n", "line 2: "),
        ("path,date\na.mp4,27.11.2026\n", "line 2: date is '27.11.2026'; expected a date such as 2026-11-27"),
        ("path,weight_kg\na.mp4,-5\n", "line 2: weight_kg is '-5'"),
        ("path,pick\na.mp4,320 400\n", "line 2: pick is '320 400'; expected X Y T"),
        ("path,person\na.mp4,left\n", "line 2: "),
        ("path,person,pick\na.mp4,2,1 1 1\n", "line 2: the person at a point and lifter 2 were asked for"),
        ("path,date\na.mp4\n", "line 2 has more or fewer cells"),
        ("path,date\na.mp4,,x\n", "line 2 has more or fewer cells"),
        ("path,date\n,2026-11-27\n", "line 2 has no path"),
    ],
)
def test_what_a_table_may_not_say_is_refused_in_one_sentence_with_its_line(
    content: str, said: str, tmp_path: Path
) -> None:
    table = tmp_path / "day.csv"
    table.write_text(content)
    with pytest.raises(OptionError) as raised:
        entries_of([str(table)], Options())
    assert said in str(raised.value)
    assert str(raised.value).startswith(str(table))
