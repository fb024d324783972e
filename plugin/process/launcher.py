"""Runs a job in a new engine, follows its events, cancels it. No QGIS in here.

Only a ``Finished`` event whose files all exist counts as success.
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
    """Receives what a running engine reports.

    A listener that also has ``is_finish_wanted() -> bool`` can end a training early with a complete model of what is
    finished so far. It is asked from the first :class:`Interim` event on.
    """

    def is_cancelled(self) -> bool:
        """Whether the user has pressed Cancel."""

    def on_event(self, event: Event) -> None:
        """Handle one event; called in the thread that called :func:`run_engine`."""

    def on_noise(self, line: str) -> None:
        """Handle one line of output that is not an event."""


class EngineCancelledError(Exception):
    """The user cancelled; the engine has ended and its temporary folders are removed."""


def run_engine(command: Sequence[str], job: Job, folder: Path, listener: Listener) -> Finished:
    """Run the job with ``command`` (see environment.py) in ``folder``; returns once it has finished.

    Raises:
        EngineCancelledError: the listener cancelled the run.
        CoLearnError: the engine reported an error, or died (ENGINE_DIED, with the end of its stderr).
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
    """Remove temporary folders that a killed engine may have left next to its outputs."""
    for path in outputs_of(job).values():
        for folder in Path(path).parent.glob(f".*.colearn-{job.run_id}"):
            if not (folder / JOURNAL).exists():
                _remove_folder(folder)


def outputs_of(job: Job) -> dict[str, str]:
    """The output files of the job, by their Processing names."""
    named = {field.name: getattr(job, field.name) for field in fields(job) if field.name.startswith("output")}
    if isinstance(job, TrainJob) and job.split_only:
        named = {"output_samples": job.output_samples}
    return {name.upper(): path for name, path in named.items() if path}


def _follow_to_the_end(
    process: EngineProcess, handover: JobHandover, listener: Listener
) -> Union[Finished, Failed, None]:
    """Pass on every event up to the last; returns that, or None if the engine ended without one."""

    def on_event(event: Event) -> None:
        if not isinstance(event, Started):
            handover.forget()  # the engine has read it; if QGIS is killed now, no file is left
        listener.on_event(event)

    return follow(process, listener, on_event)


def follow(
    process: EngineProcess, listener: Listener, on_event: Callable[[Event], None]
) -> Union[Finished, Failed, None]:
    """Pass on every event up to the one that ends a job; returns that, or None if the engine ended without one.

    Raises:
        EngineCancelledError: the listener cancelled the run.
    """
    finish_wanted = getattr(listener, "is_finish_wanted", lambda: False)
    may_ask = False  # once the first predictor is finished, the training can end with a model
    for line in process.lines():
        event = from_line(line) if line else None
        if isinstance(event, (Finished, Failed)):
            return event
        if listener.is_cancelled():
            raise EngineCancelledError
        may_ask = may_ask or isinstance(event, Interim)
        if may_ask and finish_wanted():
            with suppress(OSError):  # it has ended: its last event is still to come
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
    """Check that every output file exists; returns the event.

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
    """Remove a folder, with retries: Windows locks the files of a killed process for a moment."""
    for _attempt in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
