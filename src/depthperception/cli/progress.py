"""Progress on the terminal, for every command that takes long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from depthperception.cli.terminal import say, stderr
from depthperception.types import Progress, Step, silent

SECONDS = {
    Step.FIND_PEOPLE: 5.0, Step.FOLLOW: 6.0, Step.REFINE: 10.0, Step.WATCH_BAR: 11.0, Step.DRAW: 7.0,
}  # fmt: skip
"""What each step of judging took of clips of 3 to 5 s, on two cores: their shares of the bar. Steps that are not among
them have the bar to themselves."""

SOONEST_S, LEAST_DONE = 2.0, 0.05
"""Before this time, and below this part done, nobody knows how long it will take."""


@contextmanager
def progress_bars(quiet: bool, *, verbose: bool = False, title: str = "") -> Iterator[Progress]:
    """Show one bar for all steps on stderr, with the time it took and the time that it will take in all.

    Parameters
    ----------
    quiet
        Show nothing; nothing is shown either when nobody watches.
    verbose
        Say of each step how long it took, when it is over.
    title
        What it is the progress of.
    """
    console = stderr()
    steps = _StepTimes()
    shown = console.is_terminal and not quiet
    columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.fields[times]}"))
    with Bars(*columns, console=console, transient=True, disable=not shown) as bars:
        task = bars.add_task(title, total=1.0, times="")
        start_s, furthest = time.monotonic(), 0.0

        def advance(step: str, done: float) -> None:
            nonlocal start_s, furthest
            if steps.enter(step) and step not in SECONDS:
                start_s, furthest = time.monotonic(), 0.0
            furthest = max(furthest, share_done(step, done))
            took_s = time.monotonic() - start_s
            words = f"{title}: {step}" if title else step
            bars.update(task, description=words, completed=furthest, times=times_words(took_s, furthest))

        yield advance if shown or verbose else silent
    if verbose and not quiet:
        for step, took_s in steps.finished().items():
            say(console, f"  {step}: {took_s:.1f} s")


def share_done(step: str, done: float) -> float:
    """Part of the whole that is done, when this much of one step is; of a step of other work than judging just that."""
    names = list(SECONDS)
    if step not in SECONDS:
        return done
    before = sum(SECONDS[name] for name in names[: names.index(Step(step))])
    return (before + SECONDS[Step(step)] * done) / sum(SECONDS.values())


def times_words(took_s: float, done: float) -> str:
    """Write how long it has taken and will take in all: "0:12 of about 0:40"."""
    if took_s < SOONEST_S or done < LEAST_DONE:
        return clock(took_s)
    return f"{clock(took_s)} of about {clock(took_s / done)}"


def clock(seconds: float) -> str:
    """Write a time as minutes and seconds, "2:05", with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class _StepTimes:
    """How long each step took, one after the other."""

    def __init__(self) -> None:
        self._took_s: dict[str, float] = {}
        self._now: str | None = None
        self._since_s = time.monotonic()

    def enter(self, step: str) -> bool:
        """Begin a step; whether it is another than the one before."""
        new = step != self._now
        if new:
            self._leave()
            self._now = step
        return new

    def _leave(self) -> None:
        now_s = time.monotonic()
        if self._now is not None:
            self._took_s[self._now] = self._took_s.get(self._now, 0.0) + now_s - self._since_s
        self._since_s = now_s

    def finished(self) -> dict[str, float]:
        self._leave()
        return self._took_s
