"""Predictors: one protocol for networks, forests and averages, and its implementations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .average_predictor import AveragePredictor
    from .forest_predictor import ForestPredictor
    from .network_predictor import FusedPredictor, NetworkPredictor
    from .predictor import Predictor, SensorPredictor
    from .validation import validation_score
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AveragePredictor",
    "ForestPredictor",
    "FusedPredictor",
    "NetworkPredictor",
    "Predictor",
    "SensorPredictor",
    "validation_score",
]
