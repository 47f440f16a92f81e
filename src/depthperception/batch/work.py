"""Judging one video in a process of its own: beside the video as `judge` does, or into the place of a batch."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from depthperception.batch.addresses import local_copy
from depthperception.batch.entries import Entry, Record, key_of
from depthperception.batch.jobs import Ended, Tell
from depthperception.batch.places import Place
from depthperception.batch.table import rows_of
from depthperception.errors import DepthPerceptionError, OutputError
from depthperception.journal import forget
from depthperception.options import Options
from depthperception.report import folder as results_folder
from depthperception.results import Judgement
from depthperception.types import Progress
from depthperception.video import probe


@dataclass(frozen=True)
class Written:
    """The judgement of one lifter, its folder, and the files in it, the judgement last."""

    judgement: Judgement
    folder: Path
    files: Sequence[str]


def judge_into(
    video: Path, folder: Path, entry: Entry, on_progress: Progress, *, journal: Path | None = None
) -> tuple[Written, ...]:
    """Judge a video and write everything; of several lifters each has a folder of his own in `folder`.

    Parameters
    ----------
    video
        A file of this machine.
    folder
        Where results go; made ready before.
    entry
        What is asked, and what the video is called in the results.
    on_progress
        Hears of it.
    journal
        Where the pieces of a long film are kept, by who takes them away; in `folder` where it is not given, as long as
        anything is missing there.
    """
    from depthperception.pipeline import examine, examine_all  # noqa: PLC0415  (the networks' runtime)

    pieces = journal or folder / results_folder.PIECES
    with results_folder.writing(folder):
        if entry.all_lifters:
            examinations = examine_all(video, entry.options, on_progress=on_progress)
        else:
            examinations = (examine(video, entry.options, on_progress=on_progress, journal=pieces),)
        written = []
        for found in examinations:
            own = results_folder.lifter_folder(folder, found) if entry.all_lifters else folder
            results_folder.prepare(own)
            named = found.called(entry.video)
            files = results_folder.write_all(named, video, own, on_progress, overlay=entry.overlay)
            written.append(Written(named.judgement, own, files))
        if journal is None:
            forget(pieces)
        return tuple(written)


@dataclass(frozen=True)
class JudgeBeside:
    """Judge a video as `judge` does.

    Attributes
    ----------
    path
        The video.
    wanted
        The folder for its results, unless that holds another video's.
    taken
        Folders that other videos of the same run have.
    options, all_lifters, force, overlay
        What is asked; whether earlier results are written over, and the overlay is written.
    """

    path: Path
    wanted: Path
    taken: Collection[Path]
    options: Options
    all_lifters: bool = False
    force: bool = False
    overlay: bool = True

    @property
    def video(self) -> str:
        """Name the video."""
        return str(self.path)

    def do(self, tell: Tell) -> tuple[Path, tuple[Written, ...]]:
        """Choose the folder, judge, and write; gives both."""
        info = probe(self.path)  # what is no video leaves no folder behind
        tell("begun", {"sha256": info.sha256, "duration_s": info.duration_s or 0.0})
        folder = results_folder.free_folder(self.wanted, info, self.taken)
        results_folder.prepare(folder, info, replace=self.force)
        asked = Entry(self.video, self.options, all_lifters=self.all_lifters, overlay=self.overlay)
        return folder, judge_into(self.path, folder, asked, _progress(tell))


class Decoding(Protocol):
    """How a video of a batch is decoded: here, or in a box."""

    def look(self, copy: Path, tell: Tell) -> str:
        """Give the SHA-256 of a file; one that is no video is refused now or later."""
        ...

    def judge(
        self, copy: Path, folder: Path, entry: Entry, tell: Tell, journal: Path | None = None
    ) -> Sequence[Judgement]:
        """Judge it and write everything; gives what was judged. Pieces of a long film go to the journal."""
        ...


@dataclass(frozen=True)
class Here:
    """Decoding in this process."""

    def look(self, copy: Path, tell: Tell) -> str:
        """Look at the first picture too."""
        info = probe(copy)
        tell("begun", {"sha256": info.sha256, "duration_s": info.duration_s or 0.0})
        return info.sha256

    def judge(
        self, copy: Path, folder: Path, entry: Entry, tell: Tell, journal: Path | None = None
    ) -> Sequence[Judgement]:
        """Judge it."""
        return [one.judgement for one in self.written(copy, folder, entry, tell, journal)]

    def written(
        self, copy: Path, folder: Path, entry: Entry, tell: Tell, journal: Path | None = None
    ) -> Sequence[Written]:
        """Judge it; gives the folder of each lifter too."""
        return judge_into(copy, folder, entry, _progress(tell), journal=journal)


@dataclass(frozen=True)
class JudgeInto:
    """Judge a video of a batch, unless the same was judged so before.

    Attributes
    ----------
    entry
        What is to be judged.
    folder
        Name of the folder of its results.
    place
        Where that is.
    fingerprint, size_bytes
        Of the video, when the batch was begun.
    decoding
        Where it is decoded.
    """

    entry: Entry
    folder: str
    place: Place
    fingerprint: str = ""
    size_bytes: int | None = None
    decoding: Decoding = field(default=Here(), compare=False)

    @property
    def video(self) -> str:
        """Name the video."""
        return self.entry.video

    @property
    def twin(self) -> tuple[int, str] | None:
        """Give what this has in common with every copy of the video that is judged alike."""
        return None if self.size_bytes is None else (self.size_bytes, self.entry.asked)

    def do(self, tell: Tell) -> Record:
        """Fetch, look whether it was judged, judge, put the results in their place, and keep a record of that."""
        began_s = time.monotonic()
        with local_copy(self.video) as copy:
            try:
                return self._judge(copy, tell, began_s)
            except DepthPerceptionError as error:
                raise type(error)(str(error).replace(str(copy), self.video)) from error

    def _judge(self, copy: Path, tell: Tell, began_s: float) -> Record:
        key = key_of(self.decoding.look(copy, tell), self.entry.asked)
        kept = self.place.record(key)
        if kept is not None:
            return Record.of(kept)
        with self.place.working() as folder:
            rows = rows_of(self.decoding.judge(copy, folder, self.entry, tell, self.place.journal(key)))
            record = Record(
                key=key,
                video=self.video,
                fingerprint=self.fingerprint,
                folder=self.folder,
                rows=rows,
                took_s=round(time.monotonic() - began_s, 3),
            )
            self.place.keep(key, record.to_dict(), folder)
        return record


def failed(ended: Ended) -> Record:
    """Keep a record of a video that could not be judged, so that it is not tried again and again.

    Nothing is kept where the video was never read, or where there was no room for the results: that may be mended.
    """
    job, failure = ended.job, ended.failure
    assert isinstance(job, JudgeInto)
    assert failure is not None
    sha256 = str(ended.begun.get("sha256", ""))
    key = key_of(sha256, job.entry.asked)
    kind = {"kind": failure.kind, "error": failure.error, "says": failure.says}
    record = Record(key=key, video=job.video, fingerprint=job.fingerprint, failure=kind, took_s=ended.took_s)
    if sha256 and failure.error != OutputError.__name__:
        job.place.keep(key, record.to_dict(), None)
    return record


def _progress(tell: Tell) -> Progress:
    return lambda step, done: tell("progress", {"step": str(step), "done": done})
