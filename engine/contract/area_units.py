"""Units of areas, as the log, the tables and the reports give them."""

from __future__ import annotations

M2_PER_HECTARE = 10_000.0
