"""What `batch`, and `judge` with several videos, do: a line for each video as it ends, and a summary of all."""

import os
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from depthperception.batch.boxes import Boxes
from depthperception.batch.children import Children, Waiting
from depthperception.batch.jobs import Ended, Failure, Job
from depthperception.batch.places import place_of
from depthperception.batch.running import TABLE, Batch, Done
from depthperception.batch.sources import entries_of
from depthperception.batch.table import check_table, count
from depthperception.batch.work import JudgeBeside
from depthperception.cli.analyse import Output, needing, say_elsewhere, show, summary_to, wanted_folder
from depthperception.cli.progress import clock, progress_bars
from depthperception.cli.terminal import complain, say, stderr
from depthperception.errors import OptionError
from depthperception.options import Options
from depthperception.report.text import STATUS_WORDS, WORDS, depth_words
from depthperception.results import Reading
from depthperception.sandbox import holds, said

VERDICTS: Mapping[str, str] = {str(name): words for name, words in WORDS.items()}


@dataclass(frozen=True, kw_only=True)
class HowMany:
    """How a batch is run.

    Attributes
    ----------
    jobs
        Videos side by side; half as many as cores where it is not given, and what a cluster takes on one.
    timeout_s
        Longest time of a video.
    resume
        Whether what was judged before is kept.
    retry_failed
        Whether what failed before is tried again.
    table
        One more table.
    ray
        Address of a Ray cluster, or "auto".
    sandbox
        Whether each video is judged in a box.
    """

    jobs: int | None = None
    timeout_s: float | None = None
    resume: bool = True
    retry_failed: bool = False
    table: Path | None = None
    ray: str | None = None
    sandbox: bool = False

    def __post_init__(self) -> None:
        if self.sandbox and self.ray is not None:
            raise OptionError(
                "A box was asked for on a Ray cluster; expected one of the two, for a cluster's processes need its "
                "network. Leave --sandbox or --ray out."
            )
        if self.jobs is not None and self.jobs < 1:
            raise OptionError(f"{self.jobs} jobs were asked for; expected 1 or more. Leave it out for half the cores.")
        if self.timeout_s is not None and not self.timeout_s > 0.0:
            raise OptionError(f"A time limit of {self.timeout_s:g} s was given; expected more than 0. Give seconds.")
        if self.table is not None:
            check_table(self.table)


class Tally:
    """Counts videos as they end, and tells how long the rest will take."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self._worked = total, 0, 0
        self._began_s = time.monotonic()

    def ended(self, *, kept: bool = False) -> str:
        """Count one; gives "3 of 80", and the time left where there is any to tell from."""
        self.done += 1
        self._worked += not kept
        left = self.total - self.done
        if not left or not self._worked:
            return f"{self.done} of {self.total}"
        return f"{self.done} of {self.total}   about {clock(self.took_s / self._worked * left)} left"

    @property
    def took_s(self) -> float:
        """Time since the beginning."""
        return time.monotonic() - self._began_s


class Progress:
    """Passes the progress of the only job on to a bar; of several side by side there is none."""

    def __init__(self, output: Output, jobs: int) -> None:
        self._output, self._single = output, jobs == 1
        self._to: Callable[[str, float], None] = lambda *_: None

    def __call__(self, _: Job, step: str, done: float) -> None:
        """Hear of a job."""
        self._to(step, done)

    def through(self, results: Iterator[Any], tally: Tally) -> Iterator[Any]:
        """Give results, with a bar while each is waited for; after the last there is nothing to count."""
        while True:
            title = f"{tally.done + 1} of {tally.total}"
            quiet = self._output.quiet or not self._single or tally.done == tally.total
            with progress_bars(quiet, verbose=self._output.verbose, title=title) as bar:
                self._to = bar
                result = next(results, None)
            if result is None:
                return
            yield result


def judge_each(videos: Sequence[Path], options: Options, output: Output) -> int:
    """Judge videos as `judge` does, one after the other, each in a process of its own; gives the exit code."""
    tally, code = Tally(len(videos)), 0
    failed = 0
    progress = Progress(output, 1)
    children = Children(on_progress=progress)
    try:
        with closing(_beside(videos, options, output, children)) as results:
            for ended in progress.through(results, tally):
                said = tally.ended()
                if ended.failure is None:
                    _show_each(ended, output, said)
                else:
                    failed += 1
                    code = max(code, 2 if ended.failure.error == OptionError.__name__ else 1)
                    _show_failure(ended.failure, ended.job.video, output, said)
    finally:
        children.close()
    if not output.quiet:
        say(summary_to(output), f"  {_videos(tally.total, tally.total - failed, failed)} in {clock(tally.took_s)}")
    return code


def _beside(
    videos: Sequence[Path], options: Options, output: Output, children: Children
) -> Generator[Ended, None, None]:
    """Judge one after the other: where results go depends on where those of the others went."""
    taken: dict[Path, Path] = {}
    for video in videos:
        wanted, others = wanted_folder(video, output, taken)
        job = JudgeBeside(video, wanted, others, options, output.all_lifters, output.force, output.overlay)
        for ended in children.run(Waiting([job])):
            if ended.made:
                taken[video.resolve()], _ = ended.made
            yield ended


def _show_each(ended: Ended, output: Output, said: str) -> None:
    job, (folder, written) = cast(JudgeBeside, ended.job), ended.made
    name = job.path.name
    if not output.quiet:
        say(summary_to(output), f"{name}   {said}")
    if folder != job.wanted:
        say_elsewhere(job.wanted, job.path, folder, output)
    show(written, output, f"{name}   ", one_line=True)


def _show_failure(failure: Failure, video: str, output: Output, said: str) -> None:
    complain(failure.says, Path(video))
    if not output.quiet:
        say(summary_to(output), f"{Path(video).name}   {said}   NOT JUDGED")


def run_batch(sources: Sequence[str], out: str, options: Options, how: HowMany, output: Output) -> int:
    """Judge every video that sources name, and keep tables of it; gives the exit code."""
    if output.all_lifters:
        options = options.for_everyone()
    entries = entries_of(sources, options, all_lifters=output.all_lifters, overlay=output.overlay)
    if options.names_somebody and len(entries) > 1:
        raise OptionError(
            f"A person of one video was asked for with {len(entries)} videos; expected one. Name each video's in a "
            "table, in the column person or pick."
        )
    place, tally = place_of(out), Tally(len(entries))
    with place.held():
        batch = Batch(entries, place, table=how.table, anew=not how.resume, retry=how.retry_failed)
        execute, close, progress = _executor(how, output, batch)
        try:
            with closing(batch.run(execute)) as results:
                for done in progress.through(results, tally):
                    _show_done(batch, done, output, tally)
        except KeyboardInterrupt:
            say(stderr(), f"  stopped; {tally.done} of {tally.total} are done and kept. The same command goes on.")
            raise
        finally:
            close()
    return _summary(batch, out, output, tally)


def _executor(how: HowMany, output: Output, batch: Batch) -> tuple[Any, Callable[[], None], Progress]:
    if how.ray is not None:
        with needing("cluster", "A cluster"):
            from depthperception.batch.cluster import Cluster  # noqa: PLC0415

        cluster = Cluster(how.ray, most=how.jobs, limit_s=how.timeout_s)
        return cluster.run, cluster.close, Progress(output, 0)
    jobs = min(how.jobs or max(1, (os.cpu_count() or 1) // 2), max(1, batch.waiting))
    progress = Progress(output, jobs)
    if how.sandbox and output.verbose:
        say(stderr(), f"  each box {said(holds())}")
    do = (Boxes if how.sandbox else Children)(jobs, limit_s=how.timeout_s, on_progress=progress)
    return do.run, do.close, progress


def _show_done(batch: Batch, done: Done, output: Output, tally: Tally) -> None:
    said = tally.ended(kept=done.kept)
    record = done.record
    if record.failure is not None:
        _show_failure(Failure(**record.failure), done.entry.video, output, said)
        return
    if output.json:
        for judgement in batch.judgements(record, done.entry):
            sys.stdout.write(judgement)
    if not output.quiet:
        kept = "   from before" if done.kept else ""
        say(summary_to(output), f"{_name(done.entry.video)}   {said}   {_found(record.rows)}{kept}")


def _name(video: str) -> str:
    return video.rstrip("/").replace("\\", "/").rpartition("/")[2] or video


def _found(rows: Sequence[Any]) -> str:
    """Say of a video in a few words what was found in it."""
    attempts = [row for row in rows if row.get("verdict")]
    if not attempts:
        return STATUS_WORDS[rows[0]["status"]].upper() if rows else "NOBODY"
    depths = [depth_words(Reading("", row.get("depth_cm"))) for row in attempts]
    return ", ".join(f"{VERDICTS[row['verdict']]} {depth}".strip() for row, depth in zip(attempts, depths, strict=True))


def _videos(total: int, judged: int, failed: int) -> str:
    return f"{_number(total, 'video')}: {judged} judged" + (f", {failed} could not be" if failed else "")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _summary(batch: Batch, out: str, output: Output, tally: Tally) -> int:
    counts = count(list(zip(batch.entries, batch.records, strict=True)))
    if not output.quiet:
        console = summary_to(output)
        verdicts = ", ".join(f"{number} {VERDICTS[name]}" for name, number in counts.attempts.items())
        attempts = f"; {_number(sum(counts.attempts.values()), 'attempt')}: {verdicts}" if verdicts else "; no attempt"
        say(console, f"  {_videos(counts.videos, counts.judged, counts.failed)}{attempts} in {clock(tally.took_s)}")
        say(console, f"  wrote {out.rstrip('/')}/{TABLE}.csv" + (f" and {batch.table}" if batch.table else ""))
    return 1 if counts.failed else 0
