"""What is done with one video, and how it ended: the same here and on a cluster."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from depthperception.errors import DepthPerceptionError

Tell = Callable[[str, Mapping[str, Any]], None]
"""Takes what a job says while it works: "progress" with `step` and `done`, "begun" with `sha256` and `duration_s`."""

REFUSED, CRASHED, TOO_LONG = "refused", "crashed", "too_long"


class Job(Protocol):
    """Something that can be done in another process: a frozen dataclass of plain values.

    Attributes
    ----------
    video
        The video's name as the user gave it.
    """

    @property
    def video(self) -> str:
        """Name the video."""
        ...

    def do(self, tell: Tell) -> Any:
        """Do it, and give what came of it."""
        ...


@dataclass(frozen=True)
class Failure:
    """Why a video was not judged.

    Attributes
    ----------
    kind
        "refused" where the library said why, "crashed" or "too_long" where its process was lost.
    error
        Name of the library's error, empty for the other kinds.
    says
        What was found, what is expected, what to do.
    """

    kind: str
    error: str
    says: str


@dataclass(frozen=True)
class Ended:
    """How a job ended: `made` is what it gave, or `failure` says why it gave nothing.

    Attributes
    ----------
    took_s
        From its start to its end.
    begun
        What it had said of its video before: `sha256` and `duration_s`, where it came so far.
    """

    job: Job
    made: Any = None
    failure: Failure | None = None
    took_s: float = 0.0
    begun: Mapping[str, Any] = field(default_factory=dict)


def outcome(job: Job, tell: Tell) -> tuple[Any, Failure | None]:
    """Do a job; an error becomes a sentence, so that it goes through a pipe and stops nothing else."""
    try:
        return job.do(tell), None
    except DepthPerceptionError as error:
        return None, Failure(REFUSED, type(error).__name__, str(error))
    except MemoryError:
        says = "it needs more memory than there is. Expected less. Judge fewer at a time, or export it smaller."
        return None, Failure(CRASHED, "", f"{job.video}: {says}")
    except Exception as error:  # a fault of ours with one video is no reason to lose the others
        place = traceback.extract_tb(error.__traceback__)[-1]
        found = f"{type(error).__name__}: {error}".strip().rstrip(".")
        says = f"judging failed ({found}; {place.name}, line {place.lineno}). Expected a result. Please report it."
        return None, Failure(CRASHED, "", f"{job.video}: {says}")


def died(job: Job, exit_code: int | None) -> Failure:
    """Say that the process of a job ended without a word."""
    how = f"was killed by signal {-exit_code}" if exit_code is not None and exit_code < 0 else "crashed"
    return Failure(
        CRASHED,
        "",
        f"{job.video}: the process that judged it {how}. Expected it to go on to the end. Judge fewer at a time, for "
        "each needs memory, or export the video as MP4 (H.264).",
    )


def too_long(job: Job, limit_s: float) -> Failure:
    """Say that the time limit was passed."""
    says = f"judging took over {limit_s:.0f} s. Expected less. Give more time with --timeout, or cut out the lifts."
    return Failure(TOO_LONG, "", f"{job.video}: {says}")
