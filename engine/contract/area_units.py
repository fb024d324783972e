"""Units of area used in the log, the tables and the reports."""

from __future__ import annotations

M2_PER_HECTARE = 10_000.0
