"""Task-specific handling of predictions: scores, decisions, populations, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .population import AS_THEY_ARE, Population
    from .rules import (
        agreement,
        check_samples,
        logits_of,
        main_score,
        main_score_name,
        named_scores,
        observed_shares,
        prior_shift,
        rules_of,
        score_names,
        statistic,
    )
    from .scores import (
        LEAST_PROBABILITY,
        ClassScore,
        classification_scores,
        regression_scores,
    )
    from .weighted import Statistic
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AS_THEY_ARE",
    "LEAST_PROBABILITY",
    "ClassScore",
    "Population",
    "Statistic",
    "agreement",
    "check_samples",
    "classification_scores",
    "logits_of",
    "main_score",
    "main_score_name",
    "named_scores",
    "observed_shares",
    "prior_shift",
    "regression_scores",
    "rules_of",
    "score_names",
    "statistic",
]
