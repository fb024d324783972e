"""The folders that the speed benchmark reads from and writes to."""

from __future__ import annotations

from ..method.folders import ROOT, DataMissingError, real_data

__all__ = ["BENCH", "PAGE", "ROOT", "DataMissingError", "real_data"]

BENCH = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
