"""Blocks read ahead and mapped in parallel, with results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Loaded = TypeVar("Loaded")
Result = TypeVar("Result")


def in_order(
    items: Iterable[Item],
    read: Callable[[Item], Loaded],
    work: Callable[[Loaded], Result],
    threads: int,
    readers: int = 1,
) -> Iterator[tuple[Item, Result]]:
    """Read every item in ``readers`` threads, process it in ``threads`` others; yield items and results in order.

    Few readers share cached source blocks, so that one touched by two blocks is decoded once. At most two
    items per worker and one per reader are in progress, from reading to yielding, so memory is bounded whatever the
    number of items. The caller writes a result while others are computed. An exception in ``read`` or ``work`` is
    raised here; the rest is dropped.
    """
    with (
        ThreadPoolExecutor(readers, thread_name_prefix="reader") as reading,
        ThreadPoolExecutor(threads, thread_name_prefix="block") as working,
    ):
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        try:
            for item in items:
                waiting.append((item, working.submit(_follow, work, reading.submit(read, item))))
                if len(waiting) >= 2 * threads + readers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _follow(work: Callable[[Loaded], Result], loaded: Future[Loaded]) -> Result:
    return work(loaded.result())
