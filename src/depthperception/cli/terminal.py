"""What the commands say: results on stdout, everything else on stderr, wrapped by words where somebody reads."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap

from rich.console import Console
from rich.style import Style
from rich.text import Text

from depthperception.decision import LightColour
from depthperception.errors import OptionError, OutputError, quoted

COLUMNS = 80
"""Of a line that is read; a file or a pipe gets every record on one line, so that it can be searched."""


def stdout() -> Console:
    """Where results go."""
    return Console()


def stderr() -> Console:
    """Where everything else goes."""
    return Console(stderr=True)


DISC = "\u25cf"

DISCS: Mapping[LightColour, str] = {
    "white": "bold bright_white", "red": "bold red", "too_close": "bold yellow", "not_judgeable": "dim",
}  # fmt: skip
"""Styles of the lights; their words stand behind them, also where NO_COLOR is set."""


def say(console: Console, line: str, *, link: Path | None = None, lights: Sequence[LightColour] = ()) -> None:
    """Print a line, its continuations indented to where its text begins.

    Parameters
    ----------
    console
        Where to.
    line
        What is said; spaces in front are its indentation.
    link
        A file that opens where the terminal can: its name in the line becomes a link. Such a line is not wrapped, for
        a name that is broken is none.
    lights
        Coloured discs that stand before the words.
    """
    indent = line[: len(line) - len(line.lstrip())]
    line = indent + "".join(f"{DISC} " for _ in lights) + (" " if lights else "") + line.lstrip()
    width = min(COLUMNS, console.width) if console.is_terminal and not link else max(len(line), 1)
    for row in wrap(line, width, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False):
        text = Text(row)
        for place, light in enumerate(lights if DISC in row else ()):
            text.stylize(DISCS[light], len(indent) + 2 * place, len(indent) + 2 * place + 1)
        if link is not None:
            text.highlight_words([str(link)], Style(link=link.absolute().as_uri()))
        console.print(text, highlight=False, soft_wrap=True)


def complain(message: str, about: Path | None = None) -> None:
    """Say on stderr what went wrong: the file's name first, where it is about one."""
    named = about is None or message.startswith(str(about))
    say(stderr(), f"depthperception: {message}" if about is None else message if named else f"{about}: {message}")


@contextmanager
def hushed(quiet: bool) -> Iterator[None]:
    """Keep the library's warnings to itself while it works quietly."""
    logger = logging.getLogger("depthperception")
    before = logger.level
    if quiet:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def keep_unless(path: Path, *, force: bool) -> None:
    """Refuse to write over a file that is there.

    Raises
    ------
    OutputError
        When it is, and `force` was not asked for.
    """
    if path.exists() and not force:
        raise OutputError(
            f"{path} is there already; expected a new file. Write over it with --force, or name another with --output."
        )


LONGEST_WORD = 4096
"""Letters of an argument: no path is longer on any system."""


def refuse_endless(arguments: Sequence[str]) -> None:
    """Refuse what is longer than any name, before it is taken for one.

    Raises
    ------
    OptionError
        For a word that nothing takes.
    """
    for argument in arguments:
        if len(argument) > LONGEST_WORD:
            raise OptionError(
                f"{quoted(argument)} has {len(argument)} letters; expected at most {LONGEST_WORD}. Shorten it."
            )


ADDRESSES = ("http://", "https://", "ftp://", "rtsp://", "rtmp://")


def refuse_streams(arguments: Sequence[str]) -> None:
    """Refuse what is no file here, before anything is read.

    Raises
    ------
    OptionError
        For an address, or standard input.
    """
    for argument in arguments:
        what = "standard input" if argument == "-" else "an address" if argument.lower().startswith(ADDRESSES) else None
        if what:
            raise OptionError(
                f"{argument} is {what}; expected a file on this machine, for it is read more than once. Save it to a "
                "file first, and give that name."
            )
