"""The code run by a Dask worker: one part of a map at a time, with the setup done once per run."""

from __future__ import annotations

import json
import platform
import threading
from collections import OrderedDict
from dataclasses import dataclass

from ...contract import CoLearnError, ErrorCode, InputError, PredictJob
from ...contract.wire import failed_from, from_plain, to_line, to_plain
from ...mapping import Mapper, set_up
from ...process import NullSink, Reporter
from ...raster.geo import Window
from ...raster.opening import guard_process
from ..plan import RunIdentity
from ..store import PartStore, store_of
from .local import compute_parts

_MOST_RUNS = 2  # cached setups: each holds a session and a vector mask


@dataclass(frozen=True)
class Order:
    """One part to compute. ``run`` is the expected identity of the worker's run."""

    job: PredictJob
    part_px: int
    run: RunIdentity
    part: Window

    def to_text(self) -> str:
        """The order as text, which any pickle can transfer."""
        return json.dumps(to_plain(self))


_ready: OrderedDict[str, tuple[Mapper, PartStore]] = OrderedDict()
_lock = threading.Lock()


def carry_out_guarded(text: str) -> str:
    """As :func:`carry_out`, in a dedicated process."""
    guard_process(from_plain(Order, json.loads(text)).job)
    return carry_out(text)


def carry_out(text: str) -> str:
    """Compute the part of an order; thread-safe.

    Returns:
        An empty string, or a line with the event :class:`Failed`: exceptions with custom fields cannot be pickled.
    """
    order = from_plain(Order, json.loads(text))
    try:
        mapper, store = _set_up_once(order)
        for _part in compute_parts(mapper, store, [order.part], threads=1):
            pass
    except CoLearnError as error:
        return to_line(failed_from(error))
    return ""


def _set_up_once(order: Order) -> tuple[Mapper, PartStore]:
    with _lock:
        if order.run.run_id not in _ready:
            mapper = set_up(order.job, Reporter(NullSink()))  # the process that sent the order has already logged it
            store = store_of(mapper, order.part_px)
            if store.identity != order.run:
                raise _other_run(order.run, store.identity)
            mapper.reading.size_cache()
            _ready[order.run.run_id] = mapper, store
            while len(_ready) > _MOST_RUNS:
                _ready.popitem(last=False)
        _ready.move_to_end(order.run.run_id)
        return _ready[order.run.run_id]


def _other_run(expected: RunIdentity, found: RunIdentity) -> InputError:
    """The error if a worker would compute something other than was ordered."""
    return InputError(
        ErrorCode.INPUT_CHANGED,
        subject=platform.node(),
        found=f"on this worker {expected.differences(found)}",
        expected="the same on every worker as at the start of the run",
        remedy="Use one installation of CoLearn and one shared file system on all workers, and do not change the "
        "inputs during the run.",
    )
