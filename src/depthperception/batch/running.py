"""A batch from its videos to its table: what was judged before is kept, the rest is done, every end is written down."""

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import cast

from depthperception.batch.addresses import fingerprint
from depthperception.batch.children import Waiting
from depthperception.batch.entries import Entry, Manifest, Record
from depthperception.batch.jobs import Ended, Job
from depthperception.batch.places import Place
from depthperception.batch.table import ENDINGS, has_parquet, table_of, write_table
from depthperception.batch.work import JudgeInto, failed
from depthperception.io.atomic import whole_file, writable
from depthperception.report.folder import JUDGEMENT

Execute = Callable[[Waiting], Iterator[Ended]]
"""Does the jobs that wait: `Children.run` here, `cluster.Cluster.run` on many machines."""

TABLE = "results"
"""Name of the tables, before their endings."""

WRITING_SHARE = 0.05
"""Part of the time that the tables may take while the batch runs: they are written whole each time."""


@dataclass(frozen=True)
class Done:
    """One video that is done: judged now, or `kept` from before."""

    number: int
    entry: Entry
    record: Record
    kept: bool


class Batch:
    """Videos, where their results go, and what is known of them so far.

    Parameters
    ----------
    entries
        What is to be judged, in the order of the table.
    place
        Where results go.
    table
        One more table beside those in the place.
    anew
        Judge again what was judged before.
    retry
        Try again what failed before.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        place: Place,
        *,
        table: Path | None = None,
        anew: bool = False,
        retry: bool = False,
    ) -> None:
        place.prepare(anew=anew)
        self.entries, self.place, self.table = tuple(entries), place, table
        records = [Record.of(one) for one in place.records()]
        manifest = Manifest(records)
        marks = [fingerprint(entry.video) for entry in self.entries]
        found = [manifest.find(entry, mark) for entry, (mark, _) in zip(self.entries, marks, strict=True)]
        names = folder_names(self.entries, found, manifest.folders | place.folders())
        videos = {entry.video for entry in self.entries}
        forgotten = {
            record.key for record in records if record.video in videos and (anew or (retry and record.failure))
        }  # fmt: skip
        for key in forgotten:
            place.forget(key)
        self.records = [record if record and record.key not in forgotten else None for record in found]
        self._jobs = {
            JudgeInto(entry, name, place, *mark): number
            for number, (entry, name, mark) in enumerate(zip(self.entries, names, marks, strict=True))
        }
        self._took_s = self._written_s = 0.0

    @property
    def waiting(self) -> int:
        """How many videos are not done."""
        return self.records.count(None)

    def run(self, execute: Execute) -> Generator[Done, None, None]:
        """Give what was done before, then each video as it ends; the tables follow, and are whole when this ends.

        Raises
        ------
        OutputError
            When results cannot be written: then no other could be either.
        """
        for number, record in enumerate(self.records):
            if record is not None:
                yield Done(number, self.entries[number], record, kept=True)
        todo = [job for job, number in self._jobs.items() if self.records[number] is None]
        try:
            for ended in execute(Waiting(list[Job](todo), lambda job: cast(JudgeInto, job).twin)):
                number = self._jobs[cast(JudgeInto, ended.job)]
                record = self.records[number] = ended.made if ended.failure is None else failed(ended)
                kept = record.video != self.entries[number].video
                yield Done(number, self.entries[number], record, kept=kept)
                self._write_sometimes()
        finally:
            self.write_tables()

    def judgements(self, record: Record, entry: Entry) -> list[str]:
        """Read the judgements of a video, each on a line: one, or one of each lifter."""
        people = sorted({int(row["person"]) for row in record.rows if row.get("person")})
        names = [f"lifter_{person}/" for person in people if entry.all_lifters] or [""]
        texts = [self.place.read(f"{record.folder}/{name}{JUDGEMENT}") for name in names]
        return [json.dumps(json.loads(text), allow_nan=False) + "\n" for text in texts]

    def write_tables(self) -> list[str]:
        """Write every table whole; gives their names."""
        began_s = time.monotonic()
        rows = table_of(list(zip(self.entries, self.records, strict=True)))
        names = [f"{TABLE}{ending}" for ending in ENDINGS if ending != ".parquet" or has_parquet()]
        with writable("The table of the batch"), self.place.working() as folder:
            for name in names:
                write_table(rows, folder / name)
                self.place.put(name, folder / name)
            if self.table is not None:
                self.table.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self.table) as partial:
                    write_table(rows, partial)
        self._written_s = time.monotonic()
        self._took_s = self._written_s - began_s
        return names

    def _write_sometimes(self) -> None:
        if time.monotonic() - self._written_s > self._took_s / WRITING_SHARE:
            self.write_tables()


def folder_names(entries: Sequence[Entry], found: Sequence[Record | None], there: set[str]) -> list[str]:
    """Give each video a folder: its own of before, or the first of squat.judged, squat-2.judged, ... that is free.

    Names do not depend on what was done already, so that a batch that was cut off gives what one gives that was not.

    Parameters
    ----------
    entries
        The videos.
    found
        The record that each has from before.
    there
        Names that are taken.
    """
    taken = there | {record.folder for record in found if record}
    names = []
    for entry, record in zip(entries, found, strict=True):
        name = record.folder if record else ""
        if not name:
            stem = PurePosixPath(entry.video.replace("\\", "/")).stem or "video"
            wanted = (f"{stem}.judged" if k == 1 else f"{stem}-{k}.judged" for k in count(1))
            name = next(one for one in wanted if one not in taken)
            taken.add(name)
        names.append(name)
    return names
