"""A trained forest of one sensor with all it needs to predict from raw values."""

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
    """Trees and the features they are shown.

    ``shift`` (output,) is added to the log odds of the trees' predictions, so that they refer to ``population``.
    """

    task: Task
    features: TreeFeatures
    nodes: TreeNodes
    shift: Doubles
    population: Population = AS_THEY_ARE

    def predictor(self) -> PredictionForest:
        """What predicts from the sensor's raw values."""
        scores = SharesToScores(self.task, np.ones(len(self.shift)), self.shift, self.population.decision)
        return PredictionForest(self.features, self.nodes, scores).eval()

    def predict(self, values: Floats) -> Floats:
        """Probabilities, or values in the target's unit (sample, output), as a network's ``predict``; NaN = nodata."""
        return predict_with(self.predictor(), values)

    def predict_table(self, table: Floats) -> Floats:
        """The same of rows (sample, feature) of its features' table."""
        features = torch.from_numpy(table).view(*table.shape, 1, 1)
        with torch.inference_mode():
            scores, _ = self.predictor().of_features(features, torch.ones(len(table), 1, 1, 1, dtype=torch.bool))
            predicted: Floats = scores.flatten(1).numpy()
        return predicted

    def of_population(self, shift: Doubles, population: Population) -> TrainedForest:
        """The same trees, true of another population."""
        return replace(self, shift=shift, population=population)


def view_of(sensor: SensorSamples, bands: Sequence[str] = ()) -> SensorView:
    """What features are made for, from a sensor's samples; bands that nobody names are numbered."""
    shape = sensor.shape
    names = tuple(bands) or sensor.bands or tuple(f"band {at + 1}" for at in range(shape.bands))
    return SensorView(names, shape.side_px, sensor.days_or_numbers())


def features_for(
    sensor: SensorSamples, index: Indices, bands: Sequence[str] = (), design: FeatureDesign = USUAL
) -> tuple[TreeFeatures, Floats]:
    """The features of one sensor, imputed by the medians of the samples at ``index``, and the table of these samples.

    Raises:
        InputError: not one valid pixel among the samples.
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
    """A forest on the rows of :func:`features_for`.

    Args:
        target: (sample, class or label) shares: one-hot labels, soft targets, or a mean of both; or (sample, target)
            values.
        weights: (sample,) weights of the samples.
    """
    nodes = fit_nodes(task, table, target, settings, weights)
    return TrainedForest(task, features, nodes, np.zeros(nodes.outputs))
