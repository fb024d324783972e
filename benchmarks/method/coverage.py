"""The content of a page: the seeds of each method on each set, and the cells that are still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cells import AUTO, CONTROL
from .datasets import MATRIX
from .goals import LEAST_SEEDS
from .markdown import table
from .results import Result

JUDGED = (CONTROL, AUTO)  # the methods that goals refer to


def coverage(results: Sequence[Result], sets: Sequence[str] = MATRIX) -> Iterator[str]:
    """A section: seeds by set and method, and the sets without complete results for the goals.

    Args:
        sets: the sets of a complete page.
    """
    methods = list(dict.fromkeys(result.cell.method for result in results))
    names = list(dict.fromkeys([*sets, *(result.cell.dataset for result in results)]))
    rows = [(name, *(_seeds(results, name, method) or "–" for method in methods)) for name in names]
    yield "## What was run\n"
    yield "Seeds of each method on each data set.\n"
    yield table(("data set", *methods), rows)
    if lacking := _lacking(results, names):
        yield f"**This page is not whole.** {' '.join(lacking)} Goals below are of what was run.\n"


def is_whole(results: Sequence[Result], sets: Sequence[str] = MATRIX) -> bool:
    """Whether the goals cover all sets with enough seeds."""
    return not _lacking(results, sets)


def _lacking(results: Sequence[Result], names: Sequence[str]) -> list[str]:
    none, few = [], []
    for name in names:
        fewest = min(len(_seeds_of(results, name, method)) for method in JUDGED)
        if not fewest:
            none.append(name)
        elif fewest < LEAST_SEEDS:
            few.append(f"{name} ({fewest})")
    found = []
    if none:
        found.append(f"`auto` with its control was not run on {', '.join(none)}.")
    if few:
        found.append(f"Fewer than {LEAST_SEEDS} seeds: {', '.join(few)}.")
    return found


def _seeds(results: Sequence[Result], dataset: str, method: str) -> str:
    return ", ".join(str(seed) for seed in _seeds_of(results, dataset, method))


def _seeds_of(results: Sequence[Result], dataset: str, method: str) -> list[int]:
    return sorted({each.cell.seed for each in results if (each.cell.dataset, each.cell.method) == (dataset, method)})
