"""Which state of the code made a result: a table of cells from several says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .folders import ROOT

FOLDERS = (
    "engine/experiment/forests",
    "engine/learning",
    "engine/model",
    "engine/predictors",
    "engine/samples/split",
    "engine/trees",
)
FILES = (
    "benchmarks/method/cells.py",
    "benchmarks/method/few/labels.py",
    "benchmarks/method/few/trees.py",
    "engine/contract/job/job.py",
    "engine/contract/job/method.py",
    "engine/contract/job/sources.py",
    "engine/experiment/averaging.py",
    "engine/experiment/comparison.py",
    "engine/experiment/methods.py",
    "engine/samples/sample_set.py",
)


@cache
def code_digest() -> str:
    """Eight hex digits over the sources that training, splitting and choosing consist of."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def states(codes: Iterable[str]) -> str:
    """What a page says of the states of the code that its cells are of; empty where all are of the present one."""
    known = set(codes)
    if known <= {code_digest()}:
        return ""
    earlier = "an earlier state" if len(known) == 1 else f"{len(known)} different states"
    return f", by {earlier} of the code"


def _sources() -> list[Path]:
    return sorted([file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")] + [ROOT / f for f in FILES])
