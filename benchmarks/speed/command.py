"""The command line of the speed benchmark."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import torch

from .folders import BENCH, PAGE
from .page import document
from .results import Store
from .run import SUBJECTS, report_to_terminal, run
from .size import FULL, QUICK


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the requested subjects, then write the page from all stored results; returns the exit code."""
    options = _parse(arguments)
    torch.set_num_threads(1)
    apart = options.quick or options.on_cpu
    results = options.results or BENCH / ("quick" if apart else "results")
    page = options.page or (BENCH / "quick.md" if apart else PAGE)
    store, size = Store(results), replace(QUICK if apart else FULL, on_cpu=options.on_cpu)
    if list(options.only) == ["gpu"] and not (options.on_cpu or options.page_only):
        missing = str(import_module(".subjects.gpu", __package__).no_gpu())
        if missing:
            report_to_terminal(missing)
            return 1
    failed = {}
    if not options.page_only:
        failed = run(options.only, replace(size, rounds=options.rounds or size.rounds), store, report_to_terminal)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(document(store.all()), encoding="utf-8")
    report_to_terminal(f"{page} is written.")
    return 1 if failed else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="How fast CoLearn is, against its limits and others.")
    parser.add_argument(
        "--only", nargs="+", choices=SUBJECTS, default=SUBJECTS, metavar="SUBJECT", help=", ".join(SUBJECTS)
    )
    parser.add_argument("--rounds", type=_at_least_one, help=f"how often each is run (default: {FULL.rounds})")
    parser.add_argument("--quick", action="store_true", help="a little of everything, to see that it runs; other files")
    parser.add_argument(
        "--on-cpu", action="store_true", help="what is of a GPU, quickly on the CPU, to see that it runs"
    )
    parser.add_argument("--page-only", action="store_true", help="measure nothing, write the page again")
    parser.add_argument("--results", type=Path, help="folder of the results")
    parser.add_argument("--page", type=Path, help="the page to write")
    return parser.parse_args(arguments)


def _at_least_one(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} rounds")
    return int(text)
