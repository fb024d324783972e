"""Scores, their intervals, calibration, the population they are true of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .agreements import agreement
    from .area_estimates import AreaAccuracy, AreaEstimate, area_accuracy
    from .calibration import (
        LEAST_PROBABILITY,
        Calibration,
        Reliability,
        class_reliability,
        fit_calibration,
        logits_of,
        reliability,
    )
    from .cluster_bootstrap import MINIMUM_GROUPS, RESAMPLES, Fold, PairedBootstrap, bootstrap
    from .importance import REPEATS, importance_of_bands
    from .intervals import compare, estimates, verdict
    from .population import AS_THEY_ARE, Population, observed_shares, prior_shift
    from .scores import ClassScore, classification_scores, main_score, multilabel_scores, regression_scores
    from .weighted import score_names, statistic
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AS_THEY_ARE",
    "LEAST_PROBABILITY",
    "MINIMUM_GROUPS",
    "REPEATS",
    "RESAMPLES",
    "AreaAccuracy",
    "AreaEstimate",
    "Calibration",
    "ClassScore",
    "Fold",
    "PairedBootstrap",
    "Population",
    "Reliability",
    "agreement",
    "area_accuracy",
    "bootstrap",
    "class_reliability",
    "classification_scores",
    "compare",
    "estimates",
    "fit_calibration",
    "importance_of_bands",
    "logits_of",
    "main_score",
    "multilabel_scores",
    "observed_shares",
    "prior_shift",
    "regression_scores",
    "reliability",
    "score_names",
    "statistic",
    "verdict",
]
