"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from ...engine.parts.plan import Shard
from ...engine.process import usable_cores
from .cells import KNOWN, METHODS
from .datasets import MATRIX, NAMES, load
from .few.labels import ALL
from .few.page import few_document
from .few.trees import QUICK_METHODS
from .folders import FEW_TABLE, RESULTS, TABLE
from .matrix import REPORTED_SEEDS, WHOLE, Cell, cells
from .paper import paper_scores, run_paper
from .results import Store
from .runner import Runner
from .table import document

PAPER_FILE = "paper.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the requested cells that are not done yet, then write the table; returns the exit code."""
    options = _parse(arguments)
    torch.set_num_threads(options.threads)
    store = Store(options.results)
    failed: list[str] = []
    if options.page_only:
        _write_page(store, options)
        return 0
    if options.paper_protocol:
        run_paper(load("lfmc"), options.results / PAPER_FILE)
    else:
        wanted = cells(options.sets, options.methods, options.seeds, options.shard, options.labels)
        failed = Runner(store, options.device).run(wanted)
    if options.shard.count > 1:
        sys.stdout.write("One shard is done; run without --shard, when all are, to write the table.\n")
    else:
        _write_page(store, options)
    return 1 if failed else 0


def _write_page(store: Store, options: argparse.Namespace) -> None:
    """The requested page: that of all labels, or that of few labels with all its results."""
    few = options.labels != [ALL]
    page = options.table or (FEW_TABLE if few else TABLE)
    found = [each for each in store.all() if each.cell.seed in options.seeds]
    if few:
        text = few_document(found, page)
    else:
        found = [each for each in found if _asked(each.cell, options)]
        text = document(found, paper_scores(options.results / PAPER_FILE)) if found else ""
    if text:
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{page} is written.\n")


def _asked(cell: Cell, options: argparse.Namespace) -> bool:
    """Whether a result belongs in the table: seeds used for selection do not."""
    return cell.dataset in options.sets and cell.labels == ALL and cell.method not in QUICK_METHODS


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench_method", description="What training together brings, measured.")
    parser.add_argument("--sets", nargs="+", choices=NAMES, default=MATRIX, metavar="SET", help=", ".join(NAMES))
    parser.add_argument("--methods", nargs="+", choices=KNOWN, default=METHODS, metavar="METHOD", help=", ".join(KNOWN))
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=REPORTED_SEEDS, help="default: %(default)s; choose on others"
    )
    parser.add_argument(
        "--labels", nargs="+", type=float, default=[ALL], help="known of the training part: a share, or a number"
    )
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="run part NUMBER/COUNT, from 1/COUNT")
    parser.add_argument("--threads", type=int, default=usable_cores(), help="cores to train on (default: %(default)s)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="what to train on")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--table", type=Path, help="the page to write")
    parser.add_argument("--page-only", action="store_true", help="write the page from what is kept; run nothing")
    parser.add_argument("--paper-protocol", action="store_true", help="the paper's protocol on lfmc, and nothing else")
    return parser.parse_args(arguments)
