"""Where the benchmark reads and writes."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "bench-method"
SETS = BENCH / "data"
RESULTS = BENCH / "results"
DOWNLOADS = ROOT / "build" / "data"  # the demo's, too
TABLE = ROOT / "docs" / "method-benchmark.md"
FEW_TABLE = ROOT / "docs" / "few-labels.md"


class DataMissingError(Exception):
    """The real data are not where they should be."""


def real_data(*parts: str) -> Path:
    """A file or folder of the real data: in COLEARN_DATA, else in ../shared/data beside the project.

    Raises:
        DataMissingError: it is not there.
    """
    named = os.environ.get("COLEARN_DATA")
    path = (Path(named) if named else ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        raise DataMissingError(f"no {path}: set COLEARN_DATA to the folder of the real data")
    return path
