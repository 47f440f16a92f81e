"""The loop: pictures come, are looked at in a thread of their own, and finished squats are judged in another."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from depthperception.errors import OptionError
from depthperception.live.counts import Counts
from depthperception.live.feed import Feed
from depthperception.live.judging import Judging, LiveAttempt
from depthperception.live.looking import Looking
from depthperception.live.memory import Memory
from depthperception.models import remembered_looks
from depthperception.options import Options

KEPT_ATTEMPTS = 10
"""A flight at a meet has up to 14 lifters, and who appeals does so before the next attempt."""


def watch(
    feed: Feed,
    folder: Path,
    options: Options,
    on_attempt: Callable[[LiveAttempt], None],
    *,
    keep: int = KEPT_ATTEMPTS,
    on_arrival: Callable[[Counts, int], None] = lambda counts, waiting: None,
) -> Counts:
    """Judge every squat that a feed shows, until it ends or is interrupted (Ctrl-C).

    Parameters
    ----------
    feed
        Opened.
    folder
        Where the attempts go; it is there.
    options
        What is asked of each.
    on_attempt
        Called with each attempt, from another thread: soon after its lockout, and again when it is judged as a whole.
    keep
        How many attempts are kept; older ones are deleted.
    on_arrival
        Called after each packet with what became of the pictures so far, and how many squats wait or are judged.

    Raises
    ------
    OptionError
        When one person is asked for by a number or a point.
    VideoError
        When the feed's pictures cannot be kept.
    OutputError
        When the folder cannot be written.
    """
    if options.names_somebody:
        raise OptionError(
            "A person was asked for by number or a point; expected auto or centre, for numbers and places change "
            "while a camera runs. Leave it out."
        )
    with remembered_looks():
        judging = Judging(Memory(feed), folder, options, on_attempt, keep)
        looking = Looking(judging)
        try:
            with suppress(KeyboardInterrupt):
                for arrival in feed.arrivals():
                    judging.memory.add(arrival)
                    looking.take(arrival)
                    on_arrival(judging.counts, judging.waiting())
                    if looking.ended or judging.failed:
                        break
        finally:
            looking.close()
            judging.close()
    judging.counts.gaps += feed.damaged
    return judging.counts
