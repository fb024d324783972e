"""Intervals of scores, calibration, areas, importance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .area_estimates import AreaAccuracy, AreaEstimate, area_accuracy
    from .calibration import (
        Calibration,
        Reliability,
        class_reliability,
        fit_calibration,
        reliability,
    )
    from .cluster_bootstrap import MINIMUM_GROUPS, RESAMPLES, Fold, PairedBootstrap, bootstrap
    from .importance import REPEATS, importance_of_bands, importance_of_columns
    from .intervals import compare, estimates, verdict
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MINIMUM_GROUPS",
    "REPEATS",
    "RESAMPLES",
    "AreaAccuracy",
    "AreaEstimate",
    "Calibration",
    "Fold",
    "PairedBootstrap",
    "Reliability",
    "area_accuracy",
    "bootstrap",
    "class_reliability",
    "compare",
    "estimates",
    "fit_calibration",
    "importance_of_bands",
    "importance_of_columns",
    "logits_of",
    "main_score",
    "multilabel_scores",
    "observed_shares",
    "prior_shift",
    "regression_scores",
    "reliability",
    "verdict",
]
