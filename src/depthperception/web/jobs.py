"""The queue: judgings run in child processes, a few at a time, and nothing is lost when the server stops."""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from depthperception.sandbox import processes
from depthperception.web.events import Events
from depthperception.web.folders import Folders
from depthperception.web.heart import BEAT_S, Heart
from depthperception.web.schemas import JudgingOut
from depthperception.web.store import Store
from depthperception.web.tables import Judging
from depthperception.web.worker import Job, run

logger = logging.getLogger(__name__)

Runner = Callable[[Job, Connection], None]
"""What a child process runs; a module-level function that sends what `worker.run` sends."""

AT_ONCE = 2
"""Two judgings side by side use two sessions of the networks well; more only wait for each other's cores."""

LONGEST_JOB_S = 2 * 3600.0
"""A minute of 1080p takes about a minute on two cores; what takes hours is stuck."""

LONGEST_END_S = 30.0
"""A process that has closed its connection is about to end."""

RETRY_S = 2.0
"""When the database could not be written (a full disk, a lock) the queue tries again this often."""


@dataclass(frozen=True)
class _Running:
    """A child at work; `gone` is set when it has ended and its files are closed."""

    process: SpawnProcess
    connection: Connection
    gone: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """Threads that take queued judgings from the store, one child process each.

    Parameters
    ----------
    store, folders, events
        Where judgings are kept, where their files are, and who hears of changes.
    runner
        What the child runs.
    at_once
        How many judgings run at the same time.
    server
        This server's name, where others share the database; empty of the only one.
    """

    def __init__(
        self,
        store: Store,
        folders: Folders,
        events: Events,
        *,
        runner: Runner = run,
        at_once: int = AT_ONCE,
        server: str = "",
    ) -> None:
        self._store, self._folders, self._events, self._runner = store, folders, events, runner
        self._server = server
        self._is_boxed = runner is run  # what stands in for it in tests decodes nothing
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._closing = False
        self._threads = [threading.Thread(target=self._work, name=f"judging-{n}") for n in range(at_once)]
        self._heart = Heart(
            store, server, running=self._now, lost=self._lose, found=self._wake_all, news=self._hear
        )  # fmt: skip

    def start(self) -> None:
        """Queue again what an earlier server left unfinished, and begin."""
        self._store.requeue(everyone=not self._server)
        self._heart.start()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop; what was running is queued again for the next server."""
        with self._lock:
            self._closing = True
            for running in self._running.values():
                running.process.kill()
        for _ in self._threads:
            self._wake.put(None)
        for thread in self._threads:
            thread.join()
        self._heart.stop()

    def _wake_all(self) -> None:
        for _ in self._threads:
            self._wake.put(None)

    def _now(self) -> set[str]:
        """Say what runs here."""
        with self._lock:
            return set(self._running)

    def _lose(self, lost: Collection[str]) -> None:
        """End what is no longer ours: cancelled at another server, or taken over by one."""
        with self._lock:
            for judging_id in lost:
                if judging_id in self._running:
                    self._running[judging_id].process.kill()

    def _hear(self, judging: Judging) -> None:
        """Tell pages what another server did."""
        if judging.id not in self._running:
            self.publish(judging)

    def add(self, judging: Judging) -> None:
        """Say that a judging was queued."""
        self.publish(judging)
        self._wake.put(None)

    def publish(self, judging: Judging) -> None:
        """Tell every page how a judging stands."""
        self._events.publish(JudgingOut.of(judging).model_dump())

    def cancel(self, judging_id: str) -> Judging | None:
        """Cancel a judging that waits or runs, and wait for its process to end; None when it did neither."""
        cancelled = self._store.change(judging_id, state="cancelled", step=None)
        with self._lock:
            running = self._running.get(judging_id)
            if running is not None:
                running.process.kill()
        if running is not None:
            running.gone.wait()
        if cancelled is not None:
            self.publish(cancelled)
        return cancelled

    def _work(self) -> None:
        while not self._closing:
            try:
                judging = self._store.take_next(self._server)
            except SQLAlchemyError as error:
                logger.warning("the queue cannot read its database, trying again in %.0f s: %s", RETRY_S, error)
                self._wait(RETRY_S)
                continue
            if judging is None:
                self._wait(BEAT_S if self._server else None)  # another server may have queued one
            else:
                self._run(judging)

    def _wait(self, longest_s: float | None) -> None:
        with suppress(Empty):
            self._wake.get(timeout=longest_s)

    def _run(self, judging: Judging) -> None:
        try:
            running = self._start(judging)
        except OSError as error:
            self._settle(judging, "failed", {"error": f"The judging could not be started ({error.strerror}). Expected "
                                             "memory and room for it. Free some and judge it again."})  # fmt: skip
            return
        if running is None:
            return
        try:
            kind, values = self._follow(judging.id, running)
        finally:
            with self._lock:
                del self._running[judging.id]
            processes.stop(running.process, running.connection)
        shutil.rmtree(self._folders.scratch(judging.id), ignore_errors=True)
        goes_on = self._closing and kind == "crashed"
        if kind == "done":
            self._keep_proxy(judging)
        elif not goes_on and not self._is_another_s(judging.id):
            shutil.rmtree(self._folders.results(judging.id), ignore_errors=True)
        running.gone.set()
        if not goes_on:
            self._settle(judging, kind, values)
            return
        again = {"state": "queued", "step": None, "done": 0.0, "runs": judging.runs - 1}
        self._store.change(judging.id, only_if=("running",), server=self._server, **again)

    def _is_another_s(self, judging_id: str) -> bool:
        """Whether a judging was taken over by another server, whose results are not to be touched."""
        with suppress(SQLAlchemyError):
            current = self._store.get(judging_id)
            return current is not None and current.server != self._server
        return bool(self._server)

    def _keep_proxy(self, judging: Judging) -> None:
        """Put the proxy that a judging made beside its video, where every judging of it finds it."""
        with suppress(OSError):  # none was made, or the video was deleted meanwhile
            os.replace(self._folders.new_proxy(judging.id), self._folders.proxy(judging.sha256))

    def _start(self, judging: Judging) -> _Running | None:
        """Start the child and say so, unless the judging was cancelled since it was taken: that was said already."""
        with self._lock:
            current = self._store.get(judging.id)
            if current is None or current.state != "running" or current.server != self._server:
                return None
            boxed = self._folders.judging_box(judging.id, judging.hashes, judging.pose) if self._is_boxed else None
            running = _Running(*processes.start(self._runner, self._job(judging), box=boxed))
            self._running[judging.id] = running
            self.publish(current)
            if self._closing:
                running.process.kill()
            return running

    def _job(self, judging: Judging) -> Job:
        # Several cameras are shown as pictures, side by side.
        needs_proxy = not (judging.cameras or judging.playable or self._folders.proxy(judging.sha256).exists())
        pick = judging.pick
        return Job(
            judging_id=judging.id,
            name=judging.name,
            video=self._folders.video(judging.sha256),
            results=self._folders.results(judging.id),
            page=self._folders.page(judging.id),
            proxy=self._folders.new_proxy(judging.id) if needs_proxy else None,
            height_cm=judging.height_cm,
            method=judging.method,
            sure=judging.sure,
            pose=judging.pose,
            rules=judging.rules,
            pick=(pick["x_px"], pick["y_px"], pick["time_s"]) if pick else None,
            cameras=tuple((one.name, self._folders.video(one.sha256)) for one in judging.cameras),
        )

    def _follow(self, judging_id: str, running: _Running) -> tuple[str, dict[str, Any]]:
        """Pass progress on until the child has said how it ended, or ended without a word."""
        end_s = time.monotonic() + LONGEST_JOB_S
        try:
            while running.connection.poll(max(0.0, end_s - time.monotonic())):
                kind, values = processes.received(running.connection)
                if kind != "progress":
                    return kind, values
                with suppress(SQLAlchemyError):  # progress is not worth failing for
                    moved = self._store.change(judging_id, only_if=("running",), server=self._server, **values)
                    if moved is not None:
                        self.publish(moved)
        except (EOFError, OSError):
            running.process.join(LONGEST_END_S)  # who is alive still said what is no message, and is stopped
            return "crashed", {"error": _how_it_ended(running.process.exitcode)}
        hours = LONGEST_JOB_S / 3600
        return "failed", {"error": f"The judging took over {hours:.0f} hours. Expected minutes. Cut out the lifts."}

    def _settle(self, judging: Judging, kind: str, values: dict[str, Any]) -> None:
        """Write down how a judging ended, unless it was cancelled or deleted meanwhile; insist until it is written."""
        while True:
            try:
                if kind == "done":
                    settled = self._store.finish(judging.id, server=self._server, **values)
                else:
                    failed = {"state": "failed", "step": None, **values}
                    settled = self._store.change(judging.id, only_if=("running",), server=self._server, **failed)
                break
            except SQLAlchemyError as error:
                logger.warning("%s cannot be written down, trying again in %.0f s: %s", judging.id, RETRY_S, error)
                if self._closing:
                    return  # it still counts as running, and the next server runs it again
                self._wait(RETRY_S)
        if settled is not None:
            self.publish(settled)


def _how_it_ended(exit_code: int | None) -> str:
    how = f"was killed by signal {-exit_code}" if exit_code is not None and exit_code < 0 else "crashed"
    return (
        f"The process that judged this video {how}. Expected it to go on to the end. Judge it again; if it ends so "
        "again, free some memory, or export the video as MP4 (H.264)."
    )
