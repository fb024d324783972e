"""Preprocessing fitted before training: plausible ranges, mean and spread, principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .spectral import reductions_for
    from .statistics import Statistics, sensor_statistics, target_statistics
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Statistics", "reductions_for", "sensor_statistics", "target_statistics"]
