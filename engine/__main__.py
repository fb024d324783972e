"""The engine's command line: ``python -m engine train|predict|evaluate|exportsensor job.json``.

``serve`` keeps running: it reads prediction jobs from its standard input, one per line, and keeps the model open.

A prediction can be shared by several processes: run ``--shard 1/4`` … ``--shard 4/4``, then once without, or use
``--dask ADDRESS``.

On a terminal a progress bar is shown; with ``--events``, or if the output is redirected, one JSON event is written per
line. Exit codes: 0 finished, 1 failed (the last event says why), 2 wrong command line, 3 cancelled.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TextIO

from .contract import (
    ENGINE_VERSION,
    IDLE_S,
    JOURNEYS,
    OLDEST_PYTHON,
    SERVE,
    CoLearnError,
    EngineError,
    ErrorCode,
    ExportSensorJob,
    Finished,
    Job,
    JobError,
    PredictJob,
    Started,
    TrainJob,
    job_from_text,
)
from .contract.wire import failed_from
from .parts.plan import PART_PX, Certificates, Execution, Shard, parse_cluster
from .process import EventLines, Reporter, RequestLines, Terminal, attached, end_on_signals, unexpected_error

_MOST_JOB_BYTES = 64 * 2**20


def main(arguments: list[str] | None = None) -> int:
    """Run one journey; returns the exit code."""
    # Set before torch is loaded: waiting threads must sleep, or training on a busy desktop is several times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    options = _parse(arguments)
    sink = _sink(options.events)
    end_on_signals(sink.last_words)
    if options.journey == SERVE:
        return _serve(options.idle_s, sink)
    try:
        sink.send(Started(options.journey, ENGINE_VERSION))
        _require_python()
        job = _read_job(options.job, options.journey)
        with attached() if options.attached else nullcontext():
            journey = _journey(job, options)
        finished = journey(Reporter(sink))
    except CoLearnError as error:
        sink.send(failed_from(error))
        return 1
    except Exception as error:  # noqa: BLE001  (the one place: whatever happened, the plugin must be informed)
        sink.send(failed_from(unexpected_error(error, options.journey)))
        return 1
    sink.send(finished)
    return 0


def _serve(idle_s: float, sink: EventLines | Terminal) -> int:
    """Answer requests until the input ends, which ends the process, or until it has been idle for a while."""
    requests = RequestLines(idle_s, _MOST_JOB_BYTES)
    with attached(requests.take):
        from .serve import serve
    sink.send(Started(SERVE, ENGINE_VERSION))  # ready for requests
    return 0 if serve(requests, sink) else 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("journey", choices=sorted([*JOURNEYS, SERVE]), help="the command to run")
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] != [SERVE]:  # it reads jobs from standard input
        parser.add_argument("job", type=Path, help="the job file (JSON), as the plugin saves it")
    parser.add_argument("--events", action="store_true", help="write one JSON event per line, even on a terminal")
    parser.add_argument("--attached", action="store_true", help="end as soon as standard input ends")
    parser.add_argument("--version", action="version", version=f"CoLearn engine {ENGINE_VERSION}")
    parser.add_argument("--idle-s", type=_seconds, default=IDLE_S, help=f"serve: ends without requests ({IDLE_S:g} s)")
    execution = parser.add_argument_group("predict on several processes or machines")
    share = execution.add_mutually_exclusive_group()
    share.add_argument("--shard", type=_shard, metavar="I/N", help="compute one of N shards of the map, then stop")
    share.add_argument(
        "--dask", type=_cluster, metavar="ADDRESS", help="address of a Dask scheduler; or local, or local:N"
    )
    execution.add_argument(
        "--dask-tls",
        nargs=3,
        metavar=("CA", "CERTIFICATE", "KEY"),
        help="PEM files for mutual authentication with a scheduler at tls://…; all traffic is encrypted",
    )
    execution.add_argument(
        "--part-px", type=_pixels, default=PART_PX, help=f"side length of a part of the map in pixels ({PART_PX})"
    )
    options = parser.parse_args(given)
    if options.journey != "predict" and (options.shard or options.dask or options.part_px != PART_PX):
        parser.error("--shard, --dask and --part-px can be used with predict only")
    if options.dask_tls and not (options.dask or "").startswith("tls://"):
        parser.error("--dask-tls can be used with --dask tls://HOST:PORT only")
    return options


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _cluster(text: str) -> str:
    try:
        return parse_cluster(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number of seconds above 0")
    return seconds


def _pixels(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number of pixels from 1")
    return int(text)


def _sink(events: bool) -> EventLines | Terminal:
    if sys.stdout.isatty() and not events:
        return Terminal()
    return EventLines(_own_stdout())


def _own_stdout() -> TextIO:
    """Reserve standard output for events: whatever a library prints goes to standard error instead."""
    sys.stdout.flush()
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return stream


def _require_python() -> None:
    """Report that this Python is too old before an import fails with an obscure error."""
    if sys.version_info < OLDEST_PYTHON:
        raise EngineError(
            ErrorCode.DEPENDENCY_MISSING,
            subject=sys.executable,
            found=f"Python {platform.python_version()}",
            expected="Python {}.{} or newer".format(*OLDEST_PYTHON),
            remedy="Run the engine with the Python of `make setup` (.venv/bin/python) or another recent Python.",
        )


def _read_job(path: Path, journey: str) -> Job:
    try:
        with open(path, "rb") as file:  # may be a pipe
            content = file.read(_MOST_JOB_BYTES + 1)
        if len(content) > _MOST_JOB_BYTES:
            raise ValueError(f"more than {_MOST_JOB_BYTES} bytes")
        text = content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=str(path),
            found=f"a job file that cannot be read ({error})",
            expected="a CoLearn job in JSON",
            remedy="Check the path of the job file.",
        ) from error
    return job_from_text(text, journey, str(path))


def _journey(job: Job, options: argparse.Namespace) -> Callable[[Reporter], Finished]:
    """The job's journey as a function; each is imported late, so that prediction never loads torch."""
    from .raster.opening import guard_process

    guard_process(job)
    if isinstance(job, TrainJob):
        from .input_checks import check_headers

        check_headers(job)  # before torch, which takes seconds to load
        from .train import train

        return partial(train, job)
    if isinstance(job, PredictJob):
        from .predict import predict

        tls = Certificates(*options.dask_tls) if options.dask_tls else None
        return partial(predict, job, execution=Execution(options.shard, options.dask or "", options.part_px, tls))
    if isinstance(job, ExportSensorJob):
        from .export_sensor import export_sensor

        return partial(export_sensor, job)
    from .evaluate import evaluate

    return partial(evaluate, job)


if __name__ == "__main__":
    sys.exit(main())
