"""One run of the benchmark: all subjects are prepared, then measured together, round by round."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module

from ...engine.contract import CoLearnError
from .entries import MissingError, Prepared
from .folders import DataMissingError
from .machine import this_machine
from .results import Result, Store
from .rounds import in_rounds
from .size import Size

SUBJECTS = ("series", "dense", "trees", "journey", "training", "efforts", "accuracy", "memory", "gpu")
BETWEEN = " / "  # separates the names of subject and contestant


def run(subjects: Sequence[str], size: Size, store: Store, tell: Callable[[str], None]) -> dict[str, str]:
    """Measure subjects and store the results; returns the subjects that could not be measured, with the reasons."""
    date = datetime.datetime.now(datetime.timezone.utc)
    machine, failed, ready = this_machine(), {}, {}
    for name in subjects:
        started = time.perf_counter()
        try:
            ready[name] = prepare(name, size)
        except (CoLearnError, DataMissingError, MissingError) as error:
            failed[name] = str(error)
            tell(f"{name}: not measured, {error}")
            continue
        tell(f"{name}: ready after {time.perf_counter() - started:.0f} s")
    results = {
        name: Result(name, date.isoformat(timespec="seconds"), f"{date:%Y-%m-%d}", machine, missing=dict(each.missing))
        for name, each in ready.items()
    }
    _measure(ready, results, size, tell)
    for name, each in ready.items():
        started = time.perf_counter()
        try:
            results[name] = replace(results[name], facts=each.facts())
        except (CoLearnError, DataMissingError, MissingError) as error:
            failed[name] = str(error)
        store.write(results[name])
        tell(f"{name}: looked at in {time.perf_counter() - started:.0f} s")
    return failed


def prepare(name: str, size: Size) -> Prepared:
    """Prepare a subject; its module is imported late, because not every machine has all dependencies."""
    found: Prepared = import_module(f".subjects.{name}", __package__).prepare(size)
    return found


def _measure(ready: dict[str, Prepared], results: dict[str, Result], size: Size, tell: Callable[[str], None]) -> None:
    """Run all contestants of all subjects in the same rounds."""
    contestants = [
        replace(each, name=f"{subject}{BETWEEN}{each.name}")
        for subject, prepared in ready.items()
        for each in prepared.contestants
    ]
    found = in_rounds(
        contestants,
        size.rounds,
        size.least_run_s,
        lambda at, seconds: tell(f"round {at} of {size.rounds}: {seconds:.0f} s"),
    )
    for name, runs in found.items():
        subject, _, contestant = name.partition(BETWEEN)
        results[subject].runs[contestant] = runs


def report_to_terminal(text: str) -> None:
    """Report the progress of the run."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
