"""Runs a job in an engine of its own, follows its events, cancels it. No QGIS in here.

Success is a ``Finished`` event whose files are all there, and nothing else.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Protocol, Union
from uuid import uuid4

from ...engine.contract import (
    FINISH,
    JOURNAL,
    EngineError,
    ErrorCode,
    Event,
    Failed,
    Finished,
    Interim,
    Job,
    Started,
    TrainJob,
    journey_of,
)
from ...engine.contract.wire import error_from, from_line
from .engine_process import EngineProcess, death
from .job_handover import JobHandover


class Listener(Protocol):
    """Whoever waits for the engine.

    One that also has ``is_finish_wanted() -> bool`` can end a training with a whole model of what is finished: it is
    asked once there is one, that is from the first :class:`Interim` event on.
    """

    def is_cancelled(self) -> bool:
        """Whether the person has pressed Cancel."""

    def on_event(self, event: Event) -> None:
        """Take one event; called in the thread that called :func:`run_engine`."""

    def on_noise(self, line: str) -> None:
        """Take one line of output that is no event."""


class EngineCancelledError(Exception):
    """The person cancelled; the engine has ended and its temporary folders are gone."""


def run_engine(command: Sequence[str], job: Job, folder: Path, listener: Listener) -> Finished:
    """Run the job with ``command`` (see environment.py) in ``folder``; returns once it has finished.

    Raises:
        EngineCancelledError: the listener cancelled.
        CoLearnError: the engine failed and said why, or died (ENGINE_DIED, with its last words).
    """
    job = replace(job, run_id=uuid4().hex[:12])
    try:
        with JobHandover(job) as handover:
            whole = [*command, journey_of(job), "--attached", "--events", handover.path]
            with EngineProcess(whole, folder, **handover.streams) as process:
                last = _follow_to_the_end(process, handover, listener)
                return _require_success(last, process, job)
    except BaseException:
        remove_temporary(job)
        raise


def remove_temporary(job: Job) -> None:
    """Remove what an engine that was killed may have left beside its outputs."""
    for path in outputs_of(job).values():
        for folder in Path(path).parent.glob(f".*.colearn-{job.run_id}"):
            if not (folder / JOURNAL).exists():
                _remove_folder(folder)


def outputs_of(job: Job) -> dict[str, str]:
    """The files the job asks for, by their Processing names."""
    named = {field.name: getattr(job, field.name) for field in fields(job) if field.name.startswith("output")}
    if isinstance(job, TrainJob) and job.split_only:
        named = {"output_samples": job.output_samples}
    return {name.upper(): path for name, path in named.items() if path}


def _follow_to_the_end(
    process: EngineProcess, handover: JobHandover, listener: Listener
) -> Union[Finished, Failed, None]:
    """Pass every event on until the last; returns it, or None when the engine ended without."""

    def on_event(event: Event) -> None:
        if not isinstance(event, Started):
            handover.forget()  # it has been read; should QGIS be killed now, nothing stays behind
        listener.on_event(event)

    return follow(process, listener, on_event)


def follow(
    process: EngineProcess, listener: Listener, on_event: Callable[[Event], None]
) -> Union[Finished, Failed, None]:
    """Pass every event on until the one that ends a job; returns that, or None when the engine ended without.

    Raises:
        EngineCancelledError: the listener cancelled.
    """
    finish_wanted = getattr(listener, "is_finish_wanted", lambda: False)
    may_ask = False  # from the first predictor on there is a model to finish with
    for line in process.lines():
        event = from_line(line) if line else None
        if isinstance(event, (Finished, Failed)):
            return event
        if listener.is_cancelled():
            raise EngineCancelledError
        may_ask = may_ask or isinstance(event, Interim)
        if may_ask and finish_wanted():
            with suppress(OSError):  # it has ended: its last event comes
                process.send(FINISH)
            finish_wanted = lambda: False  # noqa: E731  (once is enough)
        if event is not None:
            on_event(event)
        elif line:
            listener.on_noise(line)
    return None


def _require_success(last: Union[Finished, Failed, None], process: EngineProcess, job: Job) -> Finished:
    if isinstance(last, Failed):
        raise error_from(last)
    code = process.finish()
    if last is None:
        raise death(code, process.last_words())
    return require_outputs(last, process, job)


def require_outputs(last: Finished, process: EngineProcess, job: Job) -> Finished:
    """What the engine has finished, once every file of it is seen to be there.

    Raises:
        EngineError: ENGINE_DIED.
    """
    missing = [path for path in (*outputs_of(job).values(), *last.outputs.values()) if not Path(path).exists()]
    if missing:
        raise EngineError(
            ErrorCode.ENGINE_DIED,
            subject=missing[0],
            found="no such file, although the engine finished",
            expected="all requested outputs",
            remedy="See the log for the cause, then run it again.",
            details=process.last_words(),
        )
    return last


def _remove_folder(folder: Path) -> None:
    """Remove a folder; Windows holds the files of a killed process a moment longer."""
    for _attempt in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
