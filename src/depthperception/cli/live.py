"""What `live` does; `appeals` says how it is called."""

from pathlib import Path

from depthperception.cli.terminal import say, stderr, stdout
from depthperception.errors import OptionError, OutputError
from depthperception.live import Feed, LiveAttempt, watch
from depthperception.options import Options
from depthperception.report import text


def run(source: str, folder: Path, options: Options, *, keep: int, quiet: bool) -> int:
    """Judge squats as they come and say each, then what became of the pictures."""
    if keep < 1:
        raise OptionError(f"{keep} attempts were to be kept; expected 1 or more. Leave --keep out for the last ten.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made ({error.strerror}); expected a folder for the attempts. Name another with --out."
        ) from error

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
