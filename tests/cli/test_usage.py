"""How the command line is used: what is refused and with which code, where options come from, what is said how."""

import io
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console

from depthperception.cli import terminal
from depthperception.cli.app import app
from depthperception.cli.progress import SECONDS, share_done, times_words
from depthperception.depth import method_names
from depthperception.types import Step
from tests.support.command_line import run
from tests.support.rendered_clips import DEMO


@pytest.mark.parametrize("source", ["-", "https://example.org/squat.mp4"])
@pytest.mark.parametrize("command", ["judge", "export"])
def test_what_is_no_file_is_refused_in_one_sentence(
    command: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, source) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"depthperception: {source} is ")
    assert said.err.count("\n") == 1


def test_the_file_s_name_comes_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "missing.mp4"
    for command in ("judge", "export"):
        assert run(command, missing) == 1
        assert capsys.readouterr().err.startswith(f"{missing}: there is no such file")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("squat.mp4", "'squat.mp4' stands where a command is expected. To judge it: depthperception judge squat.mp4"),
        ("jugde squat.mp4", "There is no command called 'jugde'; expected one of "),
        ("jugde squat.mp4", "Did you mean judge?"),
        ("help judge", "For help: depthperception judge --help"),
        ("judge", "VIDEO was given no value; expected 1. See: depthperception judge --help"),
        ("judge a.mp4 --height 5'10", '--height was given as "5\'10"; expected a number.'),
        ("serve --port http", "--port was given as 'http'; expected a whole number."),
        ("judge a.mp4 --sure", "--sure was given no value; expected 1."),
        ("judge a.mp4 --pick 10", "--pick was given 1 of 3 values; expected 3."),
        ("judge a.mp4 --heigth 180", "Did you mean --height?"),
        ("packet verify a.zip", "See: depthperception packet verify --help"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence_that_says_what_to_do(
    call: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*call.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("depthperception: ")
    assert words in said.err
    assert said.err.count("\n") == 1


ENDLESS = "x" * 1000


@pytest.mark.parametrize(
    "call",
    [
        ("judge", "a.mp4", "--height", ENDLESS), ("judge", "a.mp4", "--lifter", ENDLESS),
        ("judge", "a.mp4", "--method", ENDLESS), ("judge", "a.mp4", "--rules", ENDLESS),
        ("judge", "a.mp4", "--pose", ENDLESS), ("judge", "a.mp4", "--device", ENDLESS),
        ("judge", "a.mp4", f"--{ENDLESS}"), ("export", "a.mp4", "--format", ENDLESS), ("doctor", ENDLESS),
        (ENDLESS,), ("judge", "x" * 5000),
    ],
)  # fmt: skip
def test_what_is_quoted_is_shortened(call: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*call) in (1, 2)
    said = capsys.readouterr().err
    assert "xxx..." in said
    assert 20 < len(said) < 800
    assert said.count("\n") == 1


@pytest.mark.parametrize("call", [("judge", "NAME"), ("export", "NAME"), ("export", "a.mp4", "--output", "NAME")])
def test_a_name_that_is_too_long_for_the_disk_is_said(
    call: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(f"{ENDLESS}.mp4" if word == "NAME" else word for word in call)) in (1, 2)
    said = capsys.readouterr().err
    assert "File name too long" in said or "there is no such file" in said
    assert "xpected" in said


def test_python_runs_the_package_where_the_command_is_not_on_the_path() -> None:
    command = [sys.executable, "-m", "depthperception", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == version(
        "depthperception"
    )


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_said(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flag) == 0
    assert capsys.readouterr().out.strip()


def test_options_come_from_the_environment_and_from_a_file_and_the_line_counts_most(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "depthperception.toml").write_text("[judge]\nheight = 17\n")
    assert run("judge", DEMO) == 2
    assert "A height of 17 cm" in capsys.readouterr().err
    monkeypatch.setenv("DEPTHPERCEPTION_JUDGE_HEIGHT", "18")
    assert run("judge", DEMO) == 2
    assert "A height of 18 cm" in capsys.readouterr().err
    assert run("judge", DEMO, "--height", "19") == 2
    assert "A height of 19 cm" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[judge\n", "[judge]\nhigh = 180\n", "judge = 3\n", None])
def test_a_file_of_options_that_cannot_be_used_is_refused(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "mine.toml").write_text(content)
    monkeypatch.setenv("DEPTHPERCEPTION_CONFIG", str(tmp_path / "mine.toml"))
    assert run("judge", DEMO) == 2
    said = capsys.readouterr().err
    assert "mine.toml" in "".join(said.replace("│", "").split())  # a long path is broken into lines
    assert "Traceback" not in said


def test_help_names_every_method_the_exit_codes_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("judge", "--help") == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert [name for name in method_names() if name not in said] == []
    for words in ("Exit codes: 0", "depthperception judge squat.mp4 --height 180", "in cm", "--force -f", "--quiet -q"):
        assert words in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_told_of_commands_and_options(shell: str) -> None:
    script = app.generate_completion(shell=shell)  # type: ignore[arg-type]
    assert all(word in script for word in ("export", "every-frame", "judge", "height"))


def test_lines_are_wrapped_by_words_where_somebody_reads_and_whole_in_a_pipe() -> None:
    line = "  attempt 1   " + "several-words of a long line " * 6
    read, piped = io.StringIO(), io.StringIO()
    terminal.say(Console(file=read, force_terminal=True, width=200), line)
    terminal.say(Console(file=piped, width=80), line)
    rows = read.getvalue().splitlines()
    assert len(rows) > 1
    assert max(map(len, rows)) <= 80
    assert all(row.startswith("    ") for row in rows[1:])
    assert " ".join(" ".join(rows).split()) == " ".join(line.split())
    assert piped.getvalue().count("\n") == 1


def test_the_page_to_open_is_a_link_where_the_terminal_can(tmp_path: Path) -> None:
    page, shown = tmp_path / "a folder" / "report.html", io.StringIO()
    console = Console(file=shown, force_terminal=True, width=300, color_system="truecolor", legacy_windows=False)
    terminal.say(console, f"  open {page}", link=page)
    assert page.as_uri() in shown.getvalue()


def test_one_bar_goes_from_nothing_to_all_through_the_steps_of_judging() -> None:
    parts = [share_done(step, done) for step in SECONDS for done in (0.0, 0.5, 1.0)]
    assert parts[0] == 0.0
    assert parts[-1] == pytest.approx(1.0)
    assert parts == sorted(parts)
    assert set(SECONDS) == set(Step) - {Step.MAKE_PLAYABLE}
    assert share_done("learning", 0.25) == 0.25


def test_the_whole_time_is_said_once_it_can_be_told() -> None:
    assert times_words(1.0, 0.5) == "0:01"
    assert times_words(30.0, 0.25) == "0:30 of about 2:00"
