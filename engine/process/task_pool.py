"""Independent tasks side by side, in threads: their events are handled, and their results used, in the caller's thread.

Threads and not processes: what takes long (torch's operations) runs without the interpreter's lock, data are shared
without a copy, and no worker can outlive the engine or be killed alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
Emit = Callable[[Any], None]

_LONGEST_WAIT_S = 0.5  # on Windows a thread that waits for ever hears no signal


class Abandoned(Exception):  # noqa: N818  (nothing failed)
    """Ends a task whose result nobody waits for any more."""


@dataclass(frozen=True)
class PooledTask(Generic[Result]):
    """A named task: called with what takes its events, which are handled by ``on_event``, in their order."""

    name: str
    run: Callable[[Emit], Result]
    on_event: Emit


class TaskPool(Generic[Result]):
    """Runs tasks in at most ``workers`` threads, in the order in which they were begun.

    With one worker there is no thread: a task runs when its result is wanted. An exception of a task is raised by
    :meth:`result`; one of a handler of events, too, whichever task it was handling.

    Args:
        prepare: called in each thread before its first task.
    """

    def __init__(self, workers: int = 1, prepare: Callable[[], object] = lambda: None) -> None:
        self.workers = workers
        self._prepare = prepare
        self._executor: ThreadPoolExecutor | None = None
        self._begun: dict[str, PooledTask[Result]] = {}
        self._futures: dict[str, Future[Result]] = {}
        self._events: queue.SimpleQueue[tuple[Emit, Any] | None] = queue.SimpleQueue()
        self._abandoned = threading.Event()

    def begin(self, task: PooledTask[Result]) -> None:
        """Run the task as soon as a thread is free; nothing if one of this name was begun and is not yet used."""
        if task.name in self._begun:
            return
        self._begun[task.name] = task
        if self.workers > 1:
            self._executor = self._executor or ThreadPoolExecutor(self.workers, "task", self._prepare)
            future = self._executor.submit(task.run, self._emit_of(task))
            future.add_done_callback(lambda _: self._events.put(None))  # wakes who waits
            self._futures[task.name] = future

    def result(self, name: str) -> Result:
        """Wait for the task of this name, and forget it. Meanwhile the events of all tasks are handled.

        Raises:
            KeyError: no such task was begun.
        """
        task = self._begun[name]
        if self.workers == 1:
            del self._begun[name]
            return task.run(task.on_event)
        future = self._futures[name]
        while not future.done():
            self._handle_events(_LONGEST_WAIT_S)
        self._handle_events(0.0)
        del self._begun[name], self._futures[name]
        return future.result()

    def abandon(self) -> None:
        """Forget all tasks; those that are running end at their next event, which is waited for."""
        self._abandoned.set()
        if self._executor:
            self._executor.shutdown(cancel_futures=True)
        self._executor, self._events = None, queue.SimpleQueue()
        self._begun.clear()
        self._futures.clear()
        self._abandoned.clear()

    def _emit_of(self, task: PooledTask[Result]) -> Emit:
        def emit(event: Any) -> None:
            if self._abandoned.is_set():
                raise Abandoned
            self._events.put((task.on_event, event))

        return emit

    def _handle_events(self, wait_s: float) -> None:
        """Handle what has arrived; wait for the first one."""
        try:
            arrived = self._events.get(timeout=wait_s) if wait_s else self._events.get_nowait()
            while True:
                if arrived:
                    on_event, event = arrived
                    on_event(event)
                arrived = self._events.get_nowait()
        except queue.Empty:
            return
