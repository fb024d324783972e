"""Tree ensembles: features, forests as graphs, averages with networks. Prediction imports nothing from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .design import RICH, USUAL, FeatureDesign
    from .features import TreeFeatures
    from .forest import ForestSettings, ForestSize, TreeKind, fitted_on_all_cores, grown, one_hot, target_scale
    from .predictors import MapPredictor, PredictionAverage, SharesToScores
    from .trained_forest import TrainedForest, features_for, train_forest
    from .tree_ensemble import ML_DOMAIN, ML_OPSET, TreeEnsemble
    from .tree_nodes import nodes_of
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "ML_DOMAIN",
    "ML_OPSET",
    "RICH",
    "USUAL",
    "FeatureDesign",
    "ForestSettings",
    "ForestSize",
    "MapPredictor",
    "PredictionAverage",
    "SharesToScores",
    "TrainedForest",
    "TreeEnsemble",
    "TreeFeatures",
    "TreeKind",
    "features_for",
    "fitted_on_all_cores",
    "grown",
    "nodes_of",
    "one_hot",
    "target_scale",
    "train_forest",
]
