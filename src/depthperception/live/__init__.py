"""Attempts judged while a camera runs: what a pass over a file does first is done as the pictures come.

The pictures are looked at as they come (everyone four times a second, a small picture kept eight times a second), and
the film's last part is kept as the camera gave it. Where somebody who squatted stands again, that part becomes a file
and, with what was seen already, a `Case`, which the pipeline judges like any other.
"""

from depthperception.live.counts import Counts
from depthperception.live.feed import Feed
from depthperception.live.judging import LiveAttempt
from depthperception.live.watching import watch

__all__ = ["Counts", "Feed", "LiveAttempt", "watch"]
