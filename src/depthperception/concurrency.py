"""Work that goes on beside other work, in threads: decoder, networks and array arithmetic all let others run."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from os import cpu_count
from typing import Any, TypeVar

One = TypeVar("One")
Made = TypeVar("Made")

AHEAD = 4
"""Items that are fetched before they are asked for: enough to even out key frames; of 4K video they take 50 MB."""

_END: Any = object()


@cache
def pool() -> ThreadPoolExecutor:
    """Give one thread for each core, shared by everything that runs beside each other."""
    return ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="beside")


@cache
def single() -> ThreadPoolExecutor:
    """Give one thread beside the others, for work of which so much memory is taken that one at a time is enough."""
    return ThreadPoolExecutor(1, thread_name_prefix="single")


def parallel_map(function: Callable[[One], Made], items: Iterable[One]) -> Generator[Made, None, None]:
    """Apply a function to items, as many at a time as there are cores; what it makes comes in the items' order.

    An item is asked for only when the one before it is under way, so items may be made meanwhile.
    """
    waiting: deque[Future[Made]] = deque()
    for item in items:
        waiting.append(pool().submit(function, item))
        if len(waiting) > (cpu_count() or 1):
            yield waiting.popleft().result()
    for one in waiting:
        yield one.result()


def prefetch(items: Iterable[One]) -> Generator[One, None, None]:
    """Fetch items in a thread of its own, some before they are asked for, from now on."""
    source, thread = iter(items), ThreadPoolExecutor(1, thread_name_prefix="ahead")
    return _fetched(source, thread, deque(thread.submit(next, source, _END) for _ in range(AHEAD)))


def _fetched(
    source: Iterator[One], thread: ThreadPoolExecutor, waiting: deque[Future[One]]
) -> Generator[One, None, None]:
    try:
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, source, _END))
            yield item
    finally:
        thread.shutdown(cancel_futures=True)
        if isinstance(source, Generator):
            source.close()
