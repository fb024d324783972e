"""Forests: the reference for networks, members of averages, and the teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .feature_choice import design_of, rich_features
    from .forest import Forest
    from .paired_scores import PairedScores, compare_predictions
    from .privileged_teacher import FOLDS, with_soft_targets
    from .sensor_forests import SensorForests
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "FOLDS",
    "Forest",
    "PairedScores",
    "SensorForests",
    "compare_predictions",
    "design_of",
    "rich_features",
    "with_soft_targets",
]
