"""What of a journey's progress is written, and the words of a process that is being ended."""

from __future__ import annotations

import os
import threading
import time

import pytest
from colearn.engine.contract.wire.events import Level, Message, Planned, Progress, from_line
from colearn.engine.process.reporting import EventLines, Reporter, Steps, planned_line


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w", encoding="utf-8")
    yield reading, stream
    os.close(reading)
    try:
        stream.close()
    except OSError:
        return


def events(reading: int) -> list:
    return [from_line(line) for line in os.read(reading, 1 << 16).decode().splitlines()]


def test_of_ten_thousand_blocks_two_hundred_are_reported_and_the_last_one(pipe) -> None:
    reading, stream = pipe
    reporter = Reporter(EventLines(stream))
    start = time.monotonic()
    for block in range(1, 10_001):
        reporter.progress(block / 10_000, f"Block {block} of 10000")
    logged = events(reading)
    assert 190 <= len(logged) <= 202 + (time.monotonic() - start)
    assert logged[0] == Progress(0.0001, "Block 1 of 10000")
    assert logged[-1] == Progress(1.0, "Block 10000 of 10000")


@pytest.mark.parametrize(
    ("following", "later_s", "is_sent"),
    [
        (Progress(0.5, "Block 8 of 9"), 0.1, False),
        (Progress(0.504, "Block 8 of 9"), 0.1, False),
        (Progress(0.506, "Block 8 of 9"), 0.1, True),
        (Progress(0.5, "Polygons: 0.02 %"), 0.1, True),
        (Progress(0.5, "Block 8 of 9"), 1.1, True),
        (Progress(1.0, "Block 9 of 9"), 0.1, True),
    ],
)
def test_a_step_is_what_can_be_seen(following, later_s, is_sent) -> None:
    steps = Steps()
    assert steps.is_one(Progress(0.5, "Block 7 of 9"), 10.0)
    assert steps.is_one(following, 10.0 + later_s) is is_sent


def test_numbers_alone_make_no_other_stage() -> None:
    steps = Steps()
    steps.is_one(Progress(0.5, "Polygons: 0.02 %"), 0.0)
    assert not steps.is_one(Progress(0.5, "Polygons: 0.04 %"), 0.1)


def test_the_end_is_reported_once() -> None:
    steps = Steps()
    steps.is_one(Progress(1.0, "Block 9 of 9"), 0.0)
    assert not steps.is_one(Progress(1.0, "Block 9 of 9"), 0.1)


def test_small_steps_add_up() -> None:
    steps = Steps()
    logged = [steps.is_one(Progress(at / 1000, "Block"), 0.0) for at in range(12)]
    assert [at for at, is_sent in enumerate(logged) if is_sent] == [0, 5, 10]


def test_a_plan_is_a_line() -> None:
    assert planned_line(Planned(2, 8)) == "Planned networks per sensor: 2, of 8 epochs each."
    whole = "Planned networks per sensor: 3, of 40 epochs each; a network on all sensors; 5 runs."
    assert planned_line(Planned(3, 40, fused=True, runs=5)) == whole
    assert planned_line(Planned(0, 40)) == "Planned: forests only."
    assert planned_line(Planned(1, 40, finished=1, is_last=True)) == ""  # the warning of the early end says it


def test_last_words_are_an_event(pipe) -> None:
    reading, stream = pipe
    EventLines(stream).last_words("Cancelled.")
    assert events(reading) == [Message(Level.INFO, "cancelled", "Cancelled.")]


def test_the_last_message_never_blocks(pipe) -> None:
    """The reader has stopped reading, and the pipe is full."""
    _, stream = pipe
    os.set_blocking(stream.fileno(), False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(stream.fileno(), b"x" * 4096)
    os.set_blocking(stream.fileno(), True)
    EventLines(stream).last_words("Cancelled.")


def test_a_line_longer_than_the_pipe_arrives_whole(pipe) -> None:
    reading, stream = pipe
    long = Message(Level.INFO, "code", "x" * 300_000)
    writer = threading.Thread(target=EventLines(stream).send, args=(long,))
    writer.start()
    received = b""
    while not received.endswith(b"\n"):
        received += os.read(reading, 1 << 16)
    writer.join()
    assert from_line(received.decode()) == long
