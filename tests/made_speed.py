"""Results of a benchmark that nobody ran."""

from __future__ import annotations

from colearn.benchmarks.speed import names
from colearn.benchmarks.speed.clock import Seconds
from colearn.benchmarks.speed.machine import Machine
from colearn.benchmarks.speed.results import Result
from colearn.benchmarks.speed.rounds import Runs
from colearn.benchmarks.speed.targets import FP32, INT8

MACHINE = Machine("a processor", ("AVX2",), 2, 8.0, "Linux x86_64", {"numpy": "1.24.2"})


def runs(*rates: float, amount: float = 1000.0) -> Runs:
    """Runs at these units a second, of the processor and by the clock."""
    return Runs(amount, tuple(Seconds(amount / each, amount / each) for each in rates))


def result(subject: str, found: dict[str, Runs], facts: dict[str, float] | None = None, run: str = "one") -> Result:
    return Result(subject, run, "2030-01-02", MACHINE, found, facts or {})


def series(**changes: float) -> Result:
    """Ours at 2000 pixels a second, 10 operations each, on a machine of 10,000 by one library and 20,000 by another."""
    rates = {"fp32": 2000.0, "int8": 7000.0, "naive": 1000.0, "paper": 100.0, "forest": 5000.0, **changes}
    found = {
        names.SGEMM_NUMPY: runs(10_000.0, 10_000.0),
        names.SGEMM_RUNTIME: runs(20_000.0, 20_000.0),
        FP32: runs(rates["fp32"], rates["fp32"]),
        INT8: runs(rates["int8"], rates["int8"]),
        names.NAIVE: runs(rates["naive"], rates["naive"]),
        names.PAPER_PREDICTION: runs(rates["paper"], rates["paper"]),
        names.FOREST: runs(rates["forest"], rates["forest"]),
    }
    return result("series", found, {names.SERIES_FLOPS.format(128): 10.0, names.SERIES_FLOPS.format(64): 3.0})
