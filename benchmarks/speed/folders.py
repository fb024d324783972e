"""Where the benchmark of speed reads and writes."""

from __future__ import annotations

from ..method.folders import ROOT, DataMissingError, real_data

__all__ = ["BENCH", "PAGE", "ROOT", "DataMissingError", "real_data"]

BENCH = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
