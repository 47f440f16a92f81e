"""What `live` does; `appeals` says how it is called."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from depthperception.cli.boxed import in_box
from depthperception.cli.terminal import say, stderr, stdout
from depthperception.errors import OptionError, OutputError, quoted
from depthperception.live import Feed, LiveAttempt, watch
from depthperception.options import Options
from depthperception.report import text


def run(source: str, folder: Path, options: Options, *, keep: int, quiet: bool, sandbox: bool = False) -> int:
    """Judge squats as they come and say each, then what became of the pictures; a file in a box where asked for."""
    if keep < 1:
        raise OptionError(f"{keep} attempts were to be kept; expected 1 or more. Leave --keep out for the last ten.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made ({error.strerror}); expected a folder for the attempts. Name another with --out."
        ) from error

    do = partial(_watch, source, folder, options, keep=keep, quiet=quiet)
    if not sandbox:
        return do()
    if not Path(source).is_file():
        raise OptionError(
            f"{quoted(source)} was to be watched in a box, which has no camera and no network; expected a file. Leave "
            "--sandbox out, or name a film."
        )
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the box ends the watching, and says what came of it
    try:
        return in_box(partial(_until_interrupted, do), [Path(source)], options, writes=folder, quiet=quiet)
    finally:
        signal.signal(signal.SIGINT, interrupted)


def _until_interrupted(do: Callable[[], int]) -> int:
    """Let Ctrl-C through; runs in the box."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return do()


def _watch(source: str, folder: Path, options: Options, *, keep: int, quiet: bool) -> int:
    def on_attempt(one: LiveAttempt) -> None:
        where = f"with its bar: {one.video}" if one.whole else "its bar is still measured"
        if one.bar_left_out:
            where = f"others wait, its bar is left out: {one.video}"
        say(stdout(), f"  {text.attempt_line(one.number, one.attempt)}   {one.delay_s:.1f} s after its end; {where}")

    with Feed(source) as feed:
        if not quiet:
            say(stderr(), f"  watching {source}  (stop it with Ctrl-C)")
        counts = watch(feed, folder, options, on_attempt, keep=keep)
    say(stdout(), f"  {counts.sentence()}")
    return 0
