"""Blocks read ahead, mapped side by side, in order."""

import threading
import time

import pytest
from colearn.engine.mapping.pipeline import in_order


@pytest.mark.parametrize(("threads", "readers"), [(1, 1), (3, 1), (2, 4)])
def test_results_come_in_order(threads, readers):
    def work(number):
        time.sleep(0.002 * (number % 3))
        return number * number

    found = list(in_order(range(40), lambda item: item + 1, work, threads, readers))
    assert found == [(item, (item + 1) ** 2) for item in range(40)]


def test_what_waits_is_bounded_however_slow_the_caller_is():
    read = []
    blocks = in_order(iter(range(60)), lambda item: read.append(item) or item, lambda item: item, 2, 1)
    for yielded, _ in enumerate(blocks, start=1):
        time.sleep(0.001)
        assert len(read) - yielded <= 2 * 2 + 1


def test_items_are_read_by_readers_and_worked_on_by_workers():
    names = list(
        in_order(
            range(8),
            lambda _: threading.current_thread().name,
            lambda reader: (reader, threading.current_thread().name),
            2,
        )
    )
    assert {reader.rpartition("_")[0] for _, (reader, _) in names} == {"reader"}
    assert {worker.rpartition("_")[0] for _, (_, worker) in names} == {"block"}


@pytest.mark.parametrize("stage", ["read", "work"])
def test_an_exception_comes_out_where_its_item_would(stage):
    def fails(item):
        if item == 5:
            raise KeyError(item)
        return item

    steps = {"read": lambda item: item, "work": lambda item: item, stage: fails}
    found = []
    with pytest.raises(KeyError):
        for item, _ in in_order(range(100), steps["read"], steps["work"], 2):
            found.append(item)
    assert found == [0, 1, 2, 3, 4]


def test_nothing_in_nothing_out():
    assert list(in_order([], lambda item: item, lambda item: item, 2)) == []
