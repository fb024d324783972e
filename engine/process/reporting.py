"""Reporting of a journey: as events for the plugin, or as progress bars and lines on a terminal."""

from __future__ import annotations

import os
import re
import select
import shutil
import sys
import time
from typing import Protocol, TextIO

from ..contract import (
    Epoch,
    Event,
    Failed,
    Finished,
    Interim,
    Level,
    Message,
    Planned,
    Progress,
    Started,
    metric_text,
    number_text,
    score_text,
)
from ..contract.wire import to_line, without_controls

_LEAST_STEP = 0.005  # of the whole journey
_LONGEST_SILENCE_S = 1.0
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


class Sink(Protocol):
    """A receiver of events."""

    def send(self, event: Event) -> None:
        """Show or forward one event."""


class NullSink:
    """A sink that discards events."""

    def send(self, event: Event) -> None:
        """Do nothing."""


class EventLines:
    """A sink of JSON lines, flushed immediately, for the plugin."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._steps = Steps()

    def send(self, event: Event) -> None:
        """Write the event's line, unless it is progress too small to show."""
        if isinstance(event, Progress) and not self._steps.is_one(event, time.monotonic()):
            return
        # Bypasses Python's buffers: whenever a signal arrives, a line is written completely or not at all.
        line = (to_line(event) + "\n").encode("ascii")
        while line:
            line = line[os.write(self._stream.fileno(), line) :]

    def last_words(self, text: str) -> None:
        """Write a message while the process is being ended, if possible without blocking."""
        if _takes_more(self._stream.fileno()):
            _try_to_write(self._stream.fileno(), to_line(Message(Level.INFO, "cancelled", text)) + "\n")


class Steps:
    """A filter of progress events: a map has a block every few milliseconds."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._at_s = 0.0

    def is_one(self, progress: Progress, now_s: float) -> bool:
        """Whether there was visible progress since the last one, a new stage, the end, or enough time has passed."""
        last = self._last
        if last is not None and now_s - self._at_s < _LONGEST_SILENCE_S and not _is_visible(last, progress):
            return False
        self._last, self._at_s = progress, now_s
        return True


def _is_visible(before: Progress, now: Progress) -> bool:
    moved = abs(now.fraction - before.fraction)
    has_ended = now.fraction == 1.0 != before.fraction
    return moved >= _LEAST_STEP or has_ended or _NUMBERS.sub("", now.stage) != _NUMBERS.sub("", before.stage)


class Terminal:
    """A progress bar and plain lines for the terminal."""

    def __init__(self) -> None:
        from tqdm import tqdm

        form = "{percentage:3.0f}%|{bar:30}| {elapsed} {desc}"
        # Determined here: tqdm shows no bar on a terminal of unknown size.
        size = shutil.get_terminal_size()
        self._bar = tqdm(total=100, bar_format=form, ncols=size.columns - 1, nrows=size.lines, file=sys.stderr)
        self._write = tqdm.write
        self._bar_is_open = True

    def send(self, event: Event) -> None:
        """Show the event."""
        if isinstance(event, Progress):
            self._bar.set_description_str(without_controls(event.stage), refresh=False)
            self._bar.update(round(100 * event.fraction) - self._bar.n)
        elif isinstance(event, (Finished, Failed)):
            self._bar.close()
            self._bar_is_open = False
        line = without_controls(self._line(event))
        if line:
            self._write(line, file=sys.stderr)

    def last_words(self, text: str) -> None:
        """Write a line below the bar while the process is being ended, bypassing buffers, which may be in use."""
        _try_to_write(sys.stderr.fileno(), f"\n{text}\n" if self._bar_is_open else f"{text}\n")
        self._bar_is_open = False

    @staticmethod
    def _line(event: Event) -> str:
        if isinstance(event, Started):
            return f"CoLearn {event.version}: {event.journey}"
        if isinstance(event, Message):
            return f"Warning: {event.text}" if event.level is Level.WARNING else event.text
        if isinstance(event, (Epoch, Interim, Planned)):
            return _training_line(event)
        if isinstance(event, Finished):
            numbers = [f"  {name} = {_figure(value)}" for name, value in event.numbers.items()]
            return "\n".join([f"  {name}: {path}" for name, path in event.outputs.items()] + numbers)
        return _failed_lines(event) if isinstance(event, Failed) else ""


def _figure(value: float) -> str:
    """A number of the results: counts in full, others in four digits."""
    return number_text(value, None if float(value).is_integer() else 4)


def _training_line(event: Epoch | Interim | Planned) -> str:
    if isinstance(event, Planned):
        return planned_line(event)
    return epoch_line(event) if isinstance(event, Epoch) else interim_line(event)


def planned_line(planned: Planned) -> str:
    """What is going to be trained as one line of text; empty where the training ends early, which is logged itself."""
    if planned.is_last:
        return ""
    if not planned.networks:
        return "Planned: forests only."
    every = "; a network on all sensors" if planned.fused else ""
    runs = f"; {planned.runs} runs" if planned.runs > 1 else ""
    return f"Planned networks per sensor: {planned.networks}, of {planned.epochs} epochs each{every}{runs}."


def interim_line(interim: Interim) -> str:
    """An interim predictor as one line of text."""
    return f"{interim.sensor}: {interim.predictor} finished, {_validation(interim.score, interim.metric)}"


def _failed_lines(failed: Failed) -> str:
    subject = f"{failed.subject}: " if failed.subject else ""
    return (
        f"Error [{failed.code.value}] {subject}\n  found:    {failed.found}\n  expected: {failed.expected}\n"
        f"  to do:    {failed.remedy}" + (f"\n{failed.details}" if failed.details else "")
    )


def _takes_more(file: int) -> bool:
    """Whether a line can be written without blocking; unknown for pipes on Windows."""
    try:
        return bool(select.select([], [file], [], 0)[1])
    except (OSError, ValueError):
        return False


def _try_to_write(file: int, text: str) -> None:
    """Write bypassing Python's buffers; does nothing if the reader has gone."""
    try:
        os.write(file, text.encode("utf-8", "replace"))
    except OSError:
        return


def epoch_line(epoch: Epoch) -> str:
    """One epoch as a line of text."""
    return (
        f"{epoch.training}, epoch {epoch.epoch}/{epoch.epochs}: training loss {epoch.train_loss:.3f}, "
        f"validation loss {epoch.validation_loss:.3f}, {_validation(epoch.score, epoch.metric)}"
    )


def _validation(score: float, metric: str) -> str:
    return f"validation {metric_text(metric) or 'score'} {score_text(score, metric)}"


class Reporter:
    """The interface by which journeys report. Keeps every message for the report.

    ``within(start, end)`` returns a reporter whose progress 0..1 covers that part of the whole.
    """

    def __init__(self, sink: Sink, start: float = 0.0, end: float = 1.0, notes: list[Message] | None = None) -> None:
        self._sink = sink
        self._start = start
        self._end = end
        self.notes: list[Message] = [] if notes is None else notes

    def within(self, start: float, end: float) -> Reporter:
        """A reporter for a part of the journey."""
        span = self._end - self._start
        return Reporter(self._sink, self._start + start * span, self._start + end * span, self.notes)

    def progress(self, fraction: float, stage: str) -> None:
        """Report the progress of this part, 0..1."""
        whole = self._start + min(max(fraction, 0.0), 1.0) * (self._end - self._start)
        self._sink.send(Progress(whole, stage))

    def info(self, code: str, text: str) -> None:
        """Log a fact."""
        self._say(Level.INFO, code, text)

    def warning(self, code: str, text: str) -> None:
        """Log a warning for the user."""
        self._say(Level.WARNING, code, text)

    def epoch(self, epoch: Epoch) -> None:
        """Log a finished epoch."""
        self._sink.send(epoch)

    def planned(self, planned: Planned) -> None:
        """Log what is going to be trained."""
        self._sink.send(planned)

    def interim(self, interim: Interim) -> None:
        """Log an interim predictor."""
        self._sink.send(interim)

    def texts(self, level: Level) -> tuple[str, ...]:
        """The messages reported so far at a level."""
        return tuple(note.text for note in self.notes if note.level is level)

    def _say(self, level: Level, code: str, text: str) -> None:
        self.repeat(Message(level, code, text))

    def repeat(self, message: Message) -> None:
        """Forward a message from another source."""
        self.notes.append(message)
        self._sink.send(message)
