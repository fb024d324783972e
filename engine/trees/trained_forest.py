"""A trained forest of one sensor, with everything needed to predict from raw values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..arrays import Doubles, Floats, Indices
from ..contract import Task
from ..learning.fit import predict_with
from ..learning.standardization import sensor_statistics
from ..learning.tasks import AS_THEY_ARE, Population
from ..samples import SensorSamples
from .design import USUAL, FeatureDesign
from .features import SensorView, TreeFeatures
from .forest import ForestSettings, fit_nodes
from .predictors import PredictionForest, SharesToScores
from .tree_nodes import TreeNodes


@dataclass(frozen=True)
class TrainedForest:
    """Trees and their features.

    ``shift`` (output,) is added to the log odds of the predictions, which adjusts them to the class proportions of
    ``population`` (prior correction).
    """

    task: Task
    features: TreeFeatures
    nodes: TreeNodes
    shift: Doubles
    population: Population = AS_THEY_ARE

    def predictor(self) -> PredictionForest:
        """The module that predicts from raw values, in evaluation mode."""
        scores = SharesToScores(self.task, np.ones(len(self.shift)), self.shift, self.population.decision)
        return PredictionForest(self.features, self.nodes, scores).eval()

    def predict(self, values: Floats) -> Floats:
        """Probabilities or values (sample, output) from raw values, as a network's ``predict``; NaN = nodata."""
        return predict_with(self.predictor(), values)

    def predict_table(self, table: Floats) -> Floats:
        """Predictions (sample, output) from rows (sample, feature) of the features' table."""
        features = torch.from_numpy(table).view(*table.shape, 1, 1)
        with torch.inference_mode():
            scores, _ = self.predictor().of_features(features, torch.ones(len(table), 1, 1, 1, dtype=torch.bool))
            predicted: Floats = scores.flatten(1).numpy()
        return predicted

    def of_population(self, shift: Doubles, population: Population) -> TrainedForest:
        """The same trees, with predictions adjusted to another population."""
        return replace(self, shift=shift, population=population)


def view_of(sensor: SensorSamples, bands: Sequence[str] = ()) -> SensorView:
    """The properties of a sensor's samples that features depend on; bands without names are numbered."""
    shape = sensor.shape
    names = tuple(bands) or sensor.bands or tuple(f"band {at + 1}" for at in range(shape.bands))
    return SensorView(names, shape.side_px, sensor.days_or_numbers())


def features_for(
    sensor: SensorSamples, index: Indices, bands: Sequence[str] = (), design: FeatureDesign = USUAL
) -> tuple[TreeFeatures, Floats]:
    """The features of one sensor, imputed with medians of the samples at ``index``, and the table of these samples.

    Raises:
        InputError: no valid pixel among the samples.
    """
    bare = TreeFeatures(view_of(sensor, bands), sensor_statistics(sensor, index), design)
    table = bare.table(sensor.values[index])
    features = bare.with_medians(table)
    return features, features.imputed(table)


def train_forest(
    task: Task,
    features: TreeFeatures,
    table: Floats,
    target: NDArray[Any],
    settings: ForestSettings,
    weights: NDArray[Any] | None = None,
) -> TrainedForest:
    """Fit a forest on rows of :func:`features_for`.

    Args:
        table: (sample, feature) without NaN.
        target: (sample, class or label) probabilities (one-hot labels, soft targets, or their mean), or (sample,
            target) values.
        weights: (sample,) sample weights.

    Raises:
        ValueError: no samples, or missing features.
    """
    nodes = fit_nodes(task, table, target, settings, weights)
    return TrainedForest(task, features, nodes, np.zeros(nodes.outputs))
