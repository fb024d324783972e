"""Computing parts of a map on a Dask distributed cluster: an existing one, or one of processes on this machine.

Dask is imported only here and only when needed; it is listed in scale-requirements.txt.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ...contract import CoLearnError, Device, EngineError, ErrorCode, Failed, Precision
from ...contract.wire import error_from, from_line
from ...mapping import Mapper
from ...process import Reporter, isolated_children, usable_cores
from ...raster.geo import Window
from ..plan import LOCAL, Certificates, Execution
from ..store import PartStore
from . import worker_entry
from .worker import Order

ROOT = Path(__file__).resolve().parents[3]
MOST_TRIES = 3  # of one part; Dask itself reassigns a part when its worker dies
_PATIENCE_S = 60.0  # waiting for the first worker
_COUNT_EVERY_S = 2.0
_ORDERS_PER_THREAD = 2  # one is being computed, one is queued on the worker

Client = Any
Future = Any


def compute_on_cluster(
    execution: Execution, mapper: Mapper, store: PartStore, parts: Iterable[Window], reporter: Reporter
) -> Iterator[Window]:
    """Compute parts on a cluster; yields each as soon as it is finished, in any order.

    If a worker dies, another one recomputes the part it was working on.

    Args:
        execution: ``cluster`` is the scheduler's address; ``local`` or ``local:N`` starts N local processes, by default
            one per core, not reachable from other machines.

    Raises:
        CoLearnError: Dask is not installed or not reachable, or a part failed repeatedly.
    """
    # Workers are explicitly given what was chosen automatically here.
    session = mapper.session
    job = replace(
        mapper.job,
        device=Device(session.device),
        precision=Precision(session.precision),
        quality=mapper.quality,
    )
    _warn_of_open(execution, reporter)
    with _client(execution.cluster, execution.tls) as client:
        orders = ((part, Order(job, execution.part_px, store.identity, part).to_text()) for part in parts)
        yield from _work_off(client, orders, reporter)


def _work_off(client: Client, orders: Iterator[tuple[Window, str]], reporter: Reporter) -> Iterator[Window]:
    """Keep only as many orders in flight as the workers can take, so that memory is bounded."""
    tries: Counter[Window] = Counter()
    running: dict[Future, tuple[Window, str]] = {}
    finished = _library("distributed").as_completed()
    run_order = _travelling()

    def submit(part: Window, order: str) -> None:
        tries[part] += 1
        future = client.submit(run_order, str(ROOT), order, pure=False, key=_key(part, tries[part], order))
        running[future] = part, order
        finished.add(future)

    room = _Room(client, reporter)
    _fill(running, room, orders, submit)
    for future in finished:
        part, order = running.pop(future)
        error = _error_of(future)
        if error is None:
            yield part
        elif tries[part] < MOST_TRIES:
            submit(part, order)
        else:
            raise _failed_for_good(part, error)
        _fill(running, room, orders, submit)


def _fill(running: dict[Future, Any], room: _Room, orders: Iterator[tuple[Window, str]], submit: Any) -> None:
    while len(running) < room.count():
        following = next(orders, None)
        if following is None:
            return
        submit(*following)


class _Room:
    """The number of orders a cluster can take; workers joining and leaving are logged."""

    def __init__(self, client: Client, reporter: Reporter) -> None:
        self._client = client
        self._reporter = reporter
        self._logged = ""
        self._count = 1
        self._counted_at = -_COUNT_EVERY_S

    def count(self) -> int:
        """At least one."""
        if time.monotonic() - self._counted_at > _COUNT_EVERY_S:
            threads = list(self._client.nthreads().values())
            self._count = max(1, _ORDERS_PER_THREAD * sum(threads))
            self._log(f"{len(threads)} {_few('worker', len(threads))}, {sum(threads)} {_few('thread', sum(threads))}")
            self._counted_at = time.monotonic()
        return self._count

    def _log(self, there: str) -> None:
        if there != self._logged:
            now = "now " if self._logged else ""
            self._reporter.info("dask_workers", f"Dask at {self._client.scheduler.address}: {now}{there}.")
            self._logged = there


def _few(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _warn_of_open(execution: Execution, reporter: Reporter) -> None:
    """Warn that anybody who can reach a scheduler without certificates can run any code on it and its workers."""
    if execution.tls is None and not execution.cluster.startswith((LOCAL, "tcp://127.0.0.1:", "tcp://localhost:")):
        reporter.warning(
            "dask_open",
            f"The scheduler at {execution.cluster} is used without certificates: anyone who can reach it can run "
            f"code on all machines of the cluster. Use it in a private network only, or set --dask-tls.",
        )


def _security(tls: Certificates | None, distributed: ModuleType) -> Any:
    """TLS settings by which client and scheduler authenticate each other; all traffic is then encrypted."""
    if tls is None:
        return None
    for path in (tls.authority, tls.certificate, tls.key):
        if not Path(path).is_file():
            raise _no_certificate(path)
    return distributed.Security(
        tls_ca_file=tls.authority, tls_client_cert=tls.certificate, tls_client_key=tls.key, require_encryption=True
    )


@contextmanager
def _client(address: str, tls: Certificates | None = None) -> Iterator[Client]:
    """A client of the cluster; processes started here end with it, however this process terminates."""
    distributed = _library("distributed")
    try:
        with (
            _cluster(address, distributed) as scheduler,
            distributed.Client(scheduler, timeout=_PATIENCE_S, security=_security(tls, distributed)) as client,
        ):
            client.wait_for_workers(1, timeout=_PATIENCE_S)
            yield client
    except (OSError, TimeoutError, ValueError, distributed.comm.core.CommClosedError) as error:
        raise _unreachable(address, error) from error


@contextmanager
def _cluster(address: str, distributed: ModuleType) -> Iterator[Any]:
    kind, _, count = address.partition(":")
    if kind != LOCAL:
        yield address
        return
    workers = int(count) if count else usable_cores()
    with (
        isolated_children(),  # for the whole lifetime: a worker that dies is restarted
        distributed.LocalCluster(
            host="127.0.0.1",
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            memory_limit=0,
        ) as cluster,
    ):
        yield cluster


def _travelling() -> Callable[[str, str], str]:
    """The function that workers run, detached from its module.

    A pickle would refer to its module, which neither scheduler nor workers can import; this one is pickled by value.
    """
    function = FunctionType(worker_entry.run_order.__code__, {"__builtins__": builtins}, "run_order")
    function.__module__ = "__main__"
    return function


def _library(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise _not_installed(error) from error


def _key(part: Window, attempt: int, order: str) -> str:
    return f"colearn-{abs(hash(order)):x}-row-{part.row}-col-{part.col}-{attempt}"


def _error_of(future: Future) -> CoLearnError | None:
    """The error because of which a part was not computed; None if it was."""
    if future.status != "finished":
        error = future.exception() if future.status == "error" else RuntimeError(f"the task was {future.status}")
        return _cluster_failed(f"{type(error).__name__}: {error}")
    answer: str = future.result()
    event = from_line(answer) if answer else None
    return error_from(event) if isinstance(event, Failed) else None


def _failed_for_good(part: Window, error: CoLearnError) -> CoLearnError:
    """The error, with the part in which it occurred."""
    rows, cols = f"{part.row + 1} to {part.row_stop}", f"{part.col + 1} to {part.col_stop}"
    return type(error)(
        error.code,
        subject=error.subject,
        found=f"{error.found}; the part in rows {rows}, columns {cols} failed {MOST_TRIES} times",
        expected=error.expected,
        remedy=error.remedy,
        details=error.details,
    )


def _cluster_failed(words: str) -> EngineError:
    return EngineError(
        ErrorCode.CLUSTER_FAILED,
        subject="--dask",
        found=f"a worker that failed ({words})",
        expected="workers that see the engine, the model, the inputs and the output folder under the same paths",
        remedy="See the log of the worker. Finished parts are kept: run the same job again to resume.",
    )


def _no_certificate(path: str) -> EngineError:
    return EngineError(
        ErrorCode.CLUSTER_FAILED,
        subject="--dask-tls",
        found=f"no file {path}",
        expected="three PEM files: CA certificate, own certificate, private key",
        remedy="Use the files that the scheduler and its workers were started with (--tls-ca-file, --tls-cert, "
        "--tls-key).",
    )


def _unreachable(address: str, error: BaseException) -> EngineError:
    return EngineError(
        ErrorCode.CLUSTER_FAILED,
        subject="--dask",
        found=f"no cluster at {address} ({type(error).__name__}: {error})",
        expected="the address of a Dask scheduler with at least one worker, as tcp://HOST:8786; or local, or local:N",
        remedy="Start the scheduler and its workers (dask scheduler, dask worker), and check the address.",
    )


def _not_installed(error: ImportError) -> EngineError:
    return EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        subject="--dask",
        found=f"no Dask ({error})",
        expected="dask and distributed, as scale-requirements.txt names them",
        remedy=f"Install them: {sys.executable} -m pip install -r {ROOT / 'scale-requirements.txt'}",
    )
