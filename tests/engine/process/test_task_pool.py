"""Tasks side by side: who runs them, who hears of them, and how they end."""

import threading

import pytest
from colearn.engine.process.task_pool import Abandoned, PooledTask, TaskPool

BOTH = pytest.mark.parametrize("workers", [1, 3])


def counting(name: str, heard: list, most: int = 3) -> PooledTask:
    """A task that emits 1 … most and results in its name."""

    def run(emit):
        for number in range(1, most + 1):
            emit(number)
        return name

    return PooledTask(name, run, lambda number: heard.append((name, number, threading.current_thread())))


@BOTH
def test_events_are_handled_in_order_by_who_waits_before_the_result_is_there(workers) -> None:
    pool, heard = TaskPool(workers), []
    for name in "abcd":
        pool.begin(counting(name, heard))
    for name in "abcd":
        assert pool.result(name) == name
        assert [number for of, number, _ in heard if of == name] == [1, 2, 3]
    assert {thread for *_, thread in heard} == {threading.current_thread()}
    pool.abandon()


def test_one_worker_runs_a_task_when_it_is_wanted_and_in_no_thread() -> None:
    pool, heard = TaskPool(), []
    pool.begin(counting("a", heard))
    assert heard == []
    before = threading.active_count()
    pool.begin(PooledTask("b", lambda emit: threading.current_thread(), heard.append))
    assert pool.result("b") is threading.current_thread()
    assert threading.active_count() == before


def test_several_workers_run_at_the_same_time() -> None:
    """Each waits until the other has begun: one after the other they would never end."""
    pool, meet = TaskPool(2), threading.Barrier(2, timeout=30)
    for name in "ab":
        pool.begin(PooledTask(name, lambda emit: meet.wait() >= 0, lambda event: None))
    assert pool.result("a")
    assert pool.result("b")
    pool.abandon()


@BOTH
def test_a_name_is_run_once_until_its_result_is_used(workers) -> None:
    pool, ran = TaskPool(workers), []
    task = PooledTask("a", lambda emit: ran.append(1), lambda event: None)
    pool.begin(task)
    pool.begin(task)
    pool.result("a")
    assert ran == [1]
    pool.begin(task)
    pool.result("a")
    assert ran == [1, 1]
    with pytest.raises(KeyError):
        pool.result("a")
    pool.abandon()


@BOTH
def test_the_error_of_a_task_is_that_of_its_result(workers) -> None:
    def fail(emit):
        raise ValueError("no such value")

    pool, heard = TaskPool(workers), []
    pool.begin(PooledTask("bad", fail, heard.append))
    pool.begin(counting("good", heard))
    with pytest.raises(ValueError, match="no such value"):
        pool.result("bad")
    assert pool.result("good") == "good"
    pool.abandon()


def test_what_is_abandoned_ends_at_its_next_event_and_what_waits_never_begins() -> None:
    pool, begun, ends, heard = TaskPool(2), threading.Semaphore(0), [], []

    def endless(emit):
        begun.release()
        try:
            while True:
                emit(1)
        except Abandoned:
            ends.append(1)
            raise

    for name in "abc":
        pool.begin(PooledTask(name, endless, heard.append))
    for _ in range(2):
        assert begun.acquire(timeout=30)
    pool.abandon()
    assert ends == [1, 1]
    assert not begun.acquire(blocking=False)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("task_")]
    pool.begin(counting("a", heard))  # it can be used again, by the same names
    assert pool.result("a") == "a"
    assert [number for of, number, _ in heard] == [1, 2, 3]
    pool.abandon()


def test_an_error_of_who_handles_events_reaches_who_waits_whichever_task_it_was_of() -> None:
    def refuse(event):
        raise KeyboardInterrupt

    pool, go = TaskPool(2), threading.Event()
    pool.begin(PooledTask("a", lambda emit: go.wait(30), lambda event: None))
    pool.begin(PooledTask("b", lambda emit: emit(1), refuse))
    with pytest.raises(KeyboardInterrupt):
        pool.result("a")
    go.set()
    pool.abandon()


def test_each_thread_is_prepared_before_its_first_task() -> None:
    prepared = []
    pool = TaskPool(2, lambda: prepared.append(threading.current_thread()))
    pool.begin(PooledTask("a", lambda emit: threading.current_thread() in prepared, lambda event: None))
    assert pool.result("a")
    pool.abandon()
