"""Videos of a batch each judged in a box, a few side by side: fetching, records and moving stay outside."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from depthperception.batch.children import PER_FILM_S, START_S, Heard, Waiting
from depthperception.batch.entries import Entry
from depthperception.batch.jobs import Ended, Failure, Tell, died, outcome, too_long
from depthperception.batch.work import Here, JudgeInto
from depthperception.errors import VideoError
from depthperception.io.atomic import writable
from depthperception.models import device_in_use, use_device
from depthperception.options import Options
from depthperception.report.folder import read_judgement
from depthperception.results import Judgement
from depthperception.sandbox import Box
from depthperception.sandbox.asking import LostError, ask
from depthperception.video import probe
from depthperception.video.hashed import hashed


@contextmanager
def box_for(reads: Sequence[Path], options: Options, *writes: Path) -> Iterator[Box]:
    """Give a box that reads these files and what the options name, and writes to these folders."""
    own = [path.absolute() for name in (options.pose, options.detector) if name and (path := Path(name)).is_file()]
    networks = [one for name in own for one in (name, name.with_suffix(".toml"), name.with_suffix(".cfg"))]
    scratch = Path(tempfile.mkdtemp(prefix="depthperception-"))
    try:
        yield Box(
            reads=(*(one.absolute() for one in reads), *networks), writes=(scratch, *(one.absolute() for one in writes))
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass
class _Boxed:
    """Decoding of one job in a box: how long it may take, and whether the box was lost."""

    job: JudgeInto
    limit_s: float | None
    is_closed: Callable[[], bool]
    began_s: float = field(default_factory=time.monotonic)
    sha256: str = ""
    begun: Mapping[str, Any] = field(default_factory=dict)
    lost: Failure | None = None

    @property
    def most_s(self) -> float:
        """Longest time of the job: it grows with its film once that is known."""
        return self.limit_s or START_S + PER_FILM_S * float(self.begun.get("duration_s", 0.0))

    def ends_s(self) -> float:
        """When it is stopped."""
        return 0.0 if self.is_closed() else self.began_s + self.most_s

    def look(self, copy: Path, tell: Tell) -> str:
        """Read its bytes, and decode nothing."""
        self.sha256 = hashed(copy).sha256
        return self.sha256

    def judge(self, copy: Path, folder: Path, entry: Entry, tell: Tell, journal: Path | None = None) -> list[Judgement]:
        """Judge it in a box.

        Raises
        ------
        DepthPerceptionError
            What it raised there, or where the box was lost.
        """

        def heard(kind: str, values: Mapping[str, Any]) -> None:
            if kind == "begun":
                self.begun = {"sha256": self.sha256, "duration_s": values["duration_s"]}
            tell(kind, values)

        try:
            with _there(journal) as more, box_for([copy], entry.options, folder, *more) as box:
                judging = partial(_judge, copy, folder, entry, device_in_use(), journal)
                numbers = ask(judging, box, heard=heard, ends_s=self.ends_s)
            return [read_judgement(folder / f"lifter_{one:d}" if one else folder) for one in numbers]
        except TimeoutError as error:
            self.lost = too_long(self.job, self.most_s)
            raise VideoError(self.lost.says) from error
        except (LostError, TypeError, ValueError) as error:
            self.lost = died(self.job, error.exit_code if isinstance(error, LostError) else None)
            raise VideoError(self.lost.says) from error


@contextmanager
def _there(folder: Path | None) -> Iterator[list[Path]]:
    """Make a folder, which a box can only be given where it is there; an empty one is not left behind."""
    if folder is None:
        yield []
        return
    with writable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield [folder]
    finally:
        with suppress(OSError):  # it holds something
            folder.rmdir()


def _judge(copy: Path, folder: Path, entry: Entry, device: str, journal: Path | None, tell: Tell) -> list[int]:
    """Judge; gives the numbers of those with folders of their own, 0 of one without; runs in the box."""
    use_device(device)
    tell("begun", {"duration_s": probe(copy).duration_s or 0.0})
    folders = [one.folder for one in Here().written(copy, folder, entry, tell, journal)]
    return [0 if one == folder else int(one.name.removeprefix("lifter_")) for one in folders]


class Boxes:
    """Does jobs of a batch, each video in a box of its own; parameters as of `Children`."""

    def __init__(self, at_once: int = 1, *, limit_s: float | None = None, on_progress: Heard = lambda *_: None) -> None:
        self._at_once, self._limit_s, self._heard = at_once, limit_s, on_progress
        self._closed = False

    def run(self, waiting: Waiting) -> Iterator[Ended]:
        """Do every job that waits; gives each as it ends."""
        running: set[Future[Ended]] = set()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="box") as pool:
            try:
                while True:
                    while len(running) < self._at_once and (job := waiting.take()) is not None:
                        running.add(pool.submit(self._do, cast(JudgeInto, job)))
                    if not running:
                        return
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for one in done:
                        ended = one.result()
                        waiting.ended(ended.job)
                        yield ended
            finally:
                self.close()

    def close(self) -> None:
        """End what is in a box."""
        self._closed = True

    def _do(self, job: JudgeInto) -> Ended:
        def tell(kind: str, values: Mapping[str, Any]) -> None:
            if kind == "progress":
                self._heard(job, str(values.get("step")), float(values.get("done", 0.0)))

        boxed = _Boxed(job, self._limit_s, lambda: self._closed)
        made, failure = outcome(replace(job, decoding=boxed), tell)
        return Ended(job, made, boxed.lost or failure, time.monotonic() - boxed.began_s, boxed.begun)
