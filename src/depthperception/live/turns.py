"""Two threads for one machine: what is waited for, and what rests meanwhile."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Turns:
    """Does urgent jobs one after the other, and others beside them, which rest while there are urgent ones.

    A job that rests does so where it asks whether it may go on (`rest`).
    """

    def __init__(self) -> None:
        self._urgent = ThreadPoolExecutor(1, thread_name_prefix="urgent")
        self._others = ThreadPoolExecutor(1, thread_name_prefix="others")
        self._jobs: deque[Future[None]] = deque()
        self._lock, self._quiet = threading.Lock(), threading.Event()
        self.urgent = self.others = 0
        self._quiet.set()

    def at_once(self, job: Callable[[], None]) -> None:
        """Do a job as soon as the urgent ones before it are done."""
        with self._lock:
            self.urgent += 1
            self._quiet.clear()
        self._jobs.append(self._urgent.submit(self._urgently, job))

    def later(self, job: Callable[[], None]) -> None:
        """Do a job when there is nothing urgent."""
        with self._lock:
            self.others += 1
        self._jobs.append(self._others.submit(self._in_turn, job))

    def rest(self, *_: object) -> None:
        """Wait until nothing is urgent; takes what a `Progress` is called with."""
        self._quiet.wait()

    @property
    def failed(self) -> bool:
        """Whether a job raised, which `close` raises again."""
        while self._jobs and self._jobs[0].done() and self._jobs[0].exception() is None:
            self._jobs.popleft()
        return any(job.done() and job.exception() is not None for job in tuple(self._jobs))

    def close(self) -> None:
        """Do what waits."""
        for thread in (self._urgent, self._others):  # the urgent ones may ask for others
            thread.shutdown()
        for job in self._jobs:
            job.result()

    def _urgently(self, job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            with self._lock:
                self.urgent -= 1
                if not self.urgent:
                    self._quiet.set()

    def _in_turn(self, job: Callable[[], None]) -> None:
        self.rest()
        try:
            job()
        finally:
            with self._lock:
                self.others -= 1
