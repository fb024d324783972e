"""The folders that the benchmark reads from and writes to."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "bench-method"
SETS = BENCH / "data"
RESULTS = BENCH / "results"
DOWNLOADS = ROOT / "build" / "data"  # shared with the demo
TABLE = ROOT / "docs" / "method-benchmark.md"
FEW_TABLE = ROOT / "docs" / "few-labels.md"


class DataMissingError(Exception):
    """The real data are missing."""


def real_data(*parts: str) -> Path:
    """A file or folder of the real data: in COLEARN_DATA, else in ../shared/data next to the project.

    Raises:
        DataMissingError: it does not exist.
    """
    named = os.environ.get("COLEARN_DATA")
    path = (Path(named) if named else ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        raise DataMissingError(f"no {path}: set COLEARN_DATA to the folder of the real data")
    return path
